//! The table of all differences, one row a cell that changed or a row that came, went or moved.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;

use super::{CAUSES, CHANGES, RowDifference};
use crate::error::{Error, Result};
use crate::tidy::{Get, TableDef};

type Column = super::super::tidy::Column<DifferenceRow>;

/// How many rows are turned into Arrow columns at a time.
const BATCH_ROWS: usize = 8192;

/// A row of [`DIFFERENCES`].
#[derive(Debug, Clone, PartialEq)]
pub struct DifferenceRow {
    table: String,
    row: RowDifference,
    /// Which of its cells; `None` for a row without any.
    cell: Option<usize>,
}

impl DifferenceRow {
    fn cell(&self) -> Option<&super::CellDifference> {
        self.row.cells.get(self.cell?)
    }
}

/// One row a difference.
pub static DIFFERENCES: TableDef<DifferenceRow> = TableDef {
    name: "differences",
    sentence: "One row a cell that differs between two versions of a dataset, or a row that one of them has alone.",
    sentence_zh: "每行是两个版本之间不同的一个单元格，或仅在其中一个版本出现的一行；按表、变化种类、行的次序排列。",
    key: &[],
    order: "tables as in the codebook; lost, gained, changed, moved; rows as in the table, the old one for those lost; \
            columns as in the table",
    columns: &[
        Column::new("table", Get::Text(|row| Some(&row.table)), "The table that the row is of.").zh("所在的表。").required(),
        Column::new(
            "change",
            Get::Text(|row| Some(row.row.change)),
            "lost (the old version alone has the row), gained (the new one alone), changed (both have it, and this column \
             differs) or moved (it says the same under other ids or at another place of an edited document).",
        )
        .zh("lost（仅旧版本有）、gained（仅新版本有）、changed（两版都有，此列不同）、moved（内容相同，编号或在被修改报告中的位置不同）。")
        .one_of(&CHANGES)
        .required(),
        Column::new(
            "key",
            Get::Text(|row| Some(&row.row.key)),
            "The key of the row, its columns joined by |; of a table without a key all columns. In the new version, of a \
             lost row in the old one.",
        )
        .zh("该行的主键，各列用 | 连接；无主键的表用全部列。取新版本的值，lost 取旧版本的值。")
        .required(),
        Column::new("old_key", Get::Text(|row| row.row.old_key.as_deref()), "The key in the old version, if it was another one.")
            .zh("旧版本中的主键，仅在不同时有值。"),
        Column::new(
            "column",
            Get::Text(|row| Some(&row.cell()?.column)),
            "The column that differs; null for rows lost, gained and moved.",
        )
        .zh("不同的列；lost、gained、moved 为空。"),
        Column::new("old", Get::Text(|row| row.cell()?.old.as_deref()), "The value in the old version as text; null where it had none.")
            .zh("旧版本中的值（文本）；无值时为空。"),
        Column::new("new", Get::Text(|row| row.cell()?.new.as_deref()), "The value in the new version as text; null where it has none.")
            .zh("新版本中的值（文本）；无值时为空。"),
        Column::new(
            "cause",
            Get::Text(|row| Some(&row.row.cause)),
            "Which of the sources that differ can be the cause, joined by | where it cannot be told which: input (reports \
             came, went or were edited), vocabulary, options, program, or unknown (none differs, or one version does not \
             tell its sources).",
        )
        .zh("可能的原因，无法区分时用 | 连接：input（报告新增、消失或被修改）、vocabulary（词表）、options（选项）、program（程序）、unknown（来源无差别或无法比较）。")
        .each_of(&CAUSES)
        .required(),
        Column::new(
            "about",
            Get::Text(|row| Some(row.row.about.as_str()).filter(|about| !about.is_empty())),
            "What the row is about: place, period, subject and value, as far as the table has them.",
        )
        .zh("该行的内容概要：地区、时期、主题、数值（表中有哪些就写哪些）。"),
        Column::new("quote", Get::Text(|row| row.row.quote.as_deref()), "The words of the source, or of the issue.")
            .zh("原文引文，或问题说明。"),
        Column::new("document_id", Get::Text(|row| row.row.document_id.as_deref()), "The report, in the same version as key.")
            .zh("所属报告，与 key 同一版本。"),
        Column::new("source_path", Get::Text(|row| row.row.source_path.as_deref()), "The path of the report.")
            .zh("报告文件的路径。"),
    ],
};

/// A Parquet file of differences that is being written. It has its name when it is whole.
pub struct DifferenceFile {
    path: PathBuf,
    part: PathBuf,
    writer: ArrowWriter<File>,
    waiting: Vec<DifferenceRow>,
}

impl DifferenceFile {
    /// Begins a file.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] when it cannot be made.
    pub fn create(path: &Path) -> Result<DifferenceFile> {
        let mut part = path.as_os_str().to_os_string();
        part.push(".part");
        let part = PathBuf::from(part);
        let file = File::create(&part).map_err(Error::io("cannot make", &part))?;
        let metadata = [("description", DIFFERENCES.sentence), ("key", ""), ("row_order", DIFFERENCES.order)];
        let metadata = metadata.map(|(key, value)| KeyValue::new(key.to_string(), value.to_string())).to_vec();
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_key_value_metadata(Some(metadata))
            .set_created_by(concat!("zhibiao version ", env!("CARGO_PKG_VERSION")).to_string())
            .build();
        let schema = Arc::new(DIFFERENCES.describe().schema());
        let writer = ArrowWriter::try_new(file, schema, Some(properties)).map_err(|error| wrong(error.to_string()))?;
        Ok(DifferenceFile { path: path.to_path_buf(), part, writer, waiting: Vec::new() })
    }

    /// Adds a row that differs in a table.
    ///
    /// # Errors
    ///
    /// [`Error::Table`] when the disk fails.
    pub fn append(&mut self, table: &str, row: &RowDifference) -> Result<()> {
        let cells: Vec<Option<usize>> = match row.cells.len() {
            0 => vec![None],
            count => (0..count).map(Some).collect(),
        };
        let differences = cells.into_iter().map(|cell| DifferenceRow { table: table.into(), row: row.clone(), cell });
        self.waiting.extend(differences);
        if self.waiting.len() >= BATCH_ROWS { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<()> {
        let batch = DIFFERENCES.batch(&std::mem::take(&mut self.waiting))?;
        self.writer.write(&batch).map_err(|error| wrong(error.to_string()))
    }

    /// Ends the file and gives it its name.
    ///
    /// # Errors
    ///
    /// [`Error::Table`] or [`Error::Io`] when the disk fails.
    pub fn finish(mut self) -> Result<()> {
        self.flush()?;
        let file = self.writer.into_inner().map_err(|error| wrong(error.to_string()))?;
        file.sync_all().map_err(Error::io("cannot write", &self.part))?;
        fs::rename(&self.part, &self.path).map_err(Error::io("cannot name", &self.path))
    }
}

fn wrong(message: String) -> Error {
    Error::Table { table: "differences", message }
}
