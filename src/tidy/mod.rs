//! Rows to tables. Each table is described once, in the module of its name: key, row order, and for
//! every column its type, unit and a sentence.
//!
//! Schema, metadata inside the Parquet files and the codebook page all come from that description.
//! Only plain types are used, so that every statistics program can load the tables.

#![deny(clippy::disallowed_methods)]

pub mod areas;
pub mod coverage;
pub mod documents;
pub mod honours;
pub mod indicators;
pub mod issues;
pub mod observations;
pub mod rankings;
pub mod sentences;
pub mod targets;
pub mod units;

use std::collections::HashMap;
use std::fmt::Write;
use std::sync::Arc;

use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, Float64Array, Int32Array, Int64Array, RecordBatch, StringArray,
};
use arrow_schema::{DataType, Field, Schema};

use crate::error::{Error, Result};
use crate::issue::IssueCode;

pub use areas::{AREAS, AreaRow};
pub use coverage::{COVERAGE, CoverageRow, coverage};
pub use documents::DOCUMENTS;
pub use honours::HONOURS;
pub use indicators::{INDICATORS, IndicatorRow};
pub use issues::ISSUES;
pub use observations::OBSERVATIONS;
pub use rankings::RANKINGS;
pub use sentences::SENTENCES;
pub use targets::TARGETS;
pub use units::{UNITS, UnitRow};

/// How the value of a column is taken from a row; the variant is the type of the column.
pub enum Get<R: 'static> {
    Text(fn(&R) -> Option<&str>),
    Int32(fn(&R) -> Option<i32>),
    Int64(fn(&R) -> Option<i64>),
    Double(fn(&R) -> Option<f64>),
    Boolean(fn(&R) -> Option<bool>),
    /// Days since 1970-01-01.
    Date(fn(&R) -> Option<i32>),
}

impl<R: 'static> Get<R> {
    fn data_type(&self) -> DataType {
        match self {
            Get::Text(_) => DataType::Utf8,
            Get::Int32(_) => DataType::Int32,
            Get::Int64(_) => DataType::Int64,
            Get::Double(_) => DataType::Float64,
            Get::Boolean(_) => DataType::Boolean,
            Get::Date(_) => DataType::Date32,
        }
    }

    /// The name of the type in the codebook.
    fn type_name(&self) -> &'static str {
        match self {
            Get::Text(_) => "string",
            Get::Int32(_) => "int32",
            Get::Int64(_) => "int64",
            Get::Double(_) => "double",
            Get::Boolean(_) => "boolean",
            Get::Date(_) => "date32",
        }
    }

    fn array(&self, rows: &[R]) -> ArrayRef {
        let rows = rows.iter();
        match self {
            Get::Text(get) => Arc::new(rows.map(get).collect::<StringArray>()),
            Get::Int32(get) => Arc::new(rows.map(get).collect::<Int32Array>()),
            Get::Int64(get) => Arc::new(rows.map(get).collect::<Int64Array>()),
            Get::Double(get) => Arc::new(rows.map(get).collect::<Float64Array>()),
            Get::Boolean(get) => Arc::new(rows.map(get).collect::<BooleanArray>()),
            Get::Date(get) => Arc::new(rows.map(get).collect::<Date32Array>()),
        }
    }
}

/// A column: its name, what it holds, and how it is taken from a row.
pub struct Column<R: 'static> {
    pub name: &'static str,
    /// The unit of the numbers (UCUM), or in words where it changes from row to row.
    pub unit: Option<&'static str>,
    /// What the column says, for an analyst who has not seen the program.
    pub sentence: &'static str,
    /// The same in Chinese.
    pub sentence_zh: &'static str,
    /// Whether a row may have no value here.
    pub nullable: bool,
    pub get: Get<R>,
}

impl<R: 'static> Column<R> {
    /// A column that may be empty; see [`Column::zh`], [`Column::required`] and [`Column::unit`] for the rest.
    pub const fn new(name: &'static str, get: Get<R>, sentence: &'static str) -> Column<R> {
        Column { name, unit: None, sentence, sentence_zh: "", nullable: true, get }
    }

    /// The same column, explained in Chinese.
    pub const fn zh(self, sentence_zh: &'static str) -> Column<R> {
        Column { sentence_zh, ..self }
    }

    /// The same column, with a value in every row.
    pub const fn required(self) -> Column<R> {
        Column { nullable: false, ..self }
    }

    /// The same column, in this unit.
    pub const fn unit(self, unit: &'static str) -> Column<R> {
        Column { unit: Some(unit), ..self }
    }

    fn field(&self) -> Field {
        let mut metadata = HashMap::from([("description".to_string(), self.sentence.to_string())]);
        if let Some(unit) = self.unit {
            metadata.insert("unit".to_string(), unit.to_string());
        }
        Field::new(self.name, self.get.data_type(), self.nullable).with_metadata(metadata)
    }
}

/// A table: what a row is, what tells rows apart, in which order they stand, and the columns.
pub struct TableDef<R: 'static> {
    pub name: &'static str,
    /// What a row is.
    pub sentence: &'static str,
    /// The same in Chinese.
    pub sentence_zh: &'static str,
    /// The columns that together are unique; empty for a plain list.
    pub key: &'static [&'static str],
    /// The order of the rows, in words.
    pub order: &'static str,
    pub columns: &'static [Column<R>],
}

impl<R: 'static> TableDef<R> {
    /// The Arrow schema, with `description` and `unit` as metadata of each field.
    pub fn schema(&self) -> Schema {
        Schema::new(self.columns.iter().map(Column::field).collect::<Vec<_>>())
    }

    /// The rows as Arrow columns.
    ///
    /// # Errors
    ///
    /// [`Error::Table`] when a column that must have a value has none.
    pub fn batch(&self, rows: &[R]) -> Result<RecordBatch> {
        let arrays = self.columns.iter().map(|column| column.get.array(rows)).collect();
        RecordBatch::try_new(Arc::new(self.schema()), arrays)
            .map_err(|error| Error::Table { table: self.name, message: error.to_string() })
    }

    /// The description without the row type.
    pub fn describe(&self) -> TableDescription {
        let describe_column = |column: &Column<R>| ColumnDescription {
            name: column.name,
            type_name: column.get.type_name(),
            unit: column.unit,
            nullable: column.nullable,
            sentence: column.sentence,
            sentence_zh: column.sentence_zh,
        };
        TableDescription {
            name: self.name,
            sentence: self.sentence,
            sentence_zh: self.sentence_zh,
            key: self.key,
            order: self.order,
            columns: self.columns.iter().map(describe_column).collect(),
        }
    }
}

/// A table as the codebook shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct TableDescription {
    pub name: &'static str,
    pub sentence: &'static str,
    pub sentence_zh: &'static str,
    pub key: &'static [&'static str],
    pub order: &'static str,
    pub columns: Vec<ColumnDescription>,
}

/// A column as the codebook shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct ColumnDescription {
    pub name: &'static str,
    pub type_name: &'static str,
    pub unit: Option<&'static str>,
    pub nullable: bool,
    pub sentence: &'static str,
    pub sentence_zh: &'static str,
}

/// Every table, in the order of the codebook. A new table is one module and one line here.
pub fn tables() -> Vec<TableDescription> {
    vec![
        DOCUMENTS.describe(),
        SENTENCES.describe(),
        OBSERVATIONS.describe(),
        TARGETS.describe(),
        HONOURS.describe(),
        RANKINGS.describe(),
        COVERAGE.describe(),
        ISSUES.describe(),
        INDICATORS.describe(),
        UNITS.describe(),
        AREAS.describe(),
    ]
}

/// The page that explains every table, column and issue code, in Markdown.
pub fn codebook() -> String {
    let mut page = String::from(
        "# Tables\n\n\
         This page is made from the definitions in `src/tidy` and `src/issue.rs`; change it there.\n\n\
         Every table is one Parquet file, `NAME.parquet`. The same sentences stand in the files, as metadata\n\
         of the columns (`description`, `unit`). Units of single numbers are UCUM codes, currencies ISO 4217.\n",
    );
    for table in tables() {
        write_table(&mut page, &table);
    }
    page.push_str("\n## Issue codes\n\n| code | severity | meaning |\n|---|---|---|\n");
    for code in IssueCode::ALL {
        write_line(
            &mut page,
            &format!("| `{}` | {} | {} |", code.name(), code.severity().name(), cell(code.meaning())),
        );
    }
    page
}

fn write_table(page: &mut String, table: &TableDescription) {
    let key: Vec<String> = table.key.iter().map(|name| format!("`{name}`")).collect();
    let key = if key.is_empty() { "none".to_string() } else { key.join(", ") };
    write_line(page, &format!("\n## {}\n\n{}\n", table.name, table.sentence));
    write_line(page, &format!("Key: {key}. Row order: {}.\n", table.order));
    write_line(page, "| column | type | unit | may be null | meaning |\n|---|---|---|---|---|");
    for column in &table.columns {
        let unit = column.unit.map(cell).unwrap_or_default();
        let null = if column.nullable { "yes" } else { "no" };
        let line =
            format!("| `{}` | {} | {unit} | {null} | {} |", column.name, column.type_name, cell(column.sentence));
        write_line(page, &line);
    }
}

/// Writing to a string cannot fail.
fn write_line(page: &mut String, line: &str) {
    let _ = writeln!(page, "{line}");
}

/// A `|` would end the cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow_array::Array;
    use arrow_array::cast::AsArray;

    struct Row {
        name: Option<&'static str>,
        share: Option<f64>,
    }

    static TABLE: TableDef<Row> = TableDef {
        name: "sample",
        sentence: "One row a thing.",
        sentence_zh: "每行一物。",
        key: &["name"],
        order: "by name",
        columns: &[
            Column::<Row>::new("name", Get::Text(|row| row.name), "What it is called.").required(),
            Column::<Row>::new("share", Get::Double(|row| row.share), "Its share, a|b.").unit("%"),
        ],
    };

    #[test]
    fn a_batch_has_the_values_and_the_described_schema() {
        let rows = [Row { name: Some("甲"), share: Some(1.5) }, Row { name: Some("乙"), share: None }];
        let batch = TABLE.batch(&rows).unwrap();
        assert_eq!(batch.num_rows(), 2);
        assert_eq!(batch.column(0).as_string::<i32>().value(1), "乙");
        assert_eq!(batch.column(1).as_primitive::<arrow_array::types::Float64Type>().value(0), 1.5);
        assert!(batch.column(1).is_null(1));
        let field = batch.schema().field(1).clone();
        assert_eq!(field.data_type(), &DataType::Float64);
        assert!(field.is_nullable());
        assert_eq!(field.metadata()["description"], "Its share, a|b.");
        assert_eq!(field.metadata()["unit"], "%");
        assert!(!batch.schema().field(0).is_nullable());
    }

    #[test]
    fn a_missing_value_in_a_required_column_is_an_error() {
        let error = TABLE.batch(&[Row { name: None, share: None }]).unwrap_err();
        assert!(matches!(error, Error::Table { table: "sample", .. }), "{error}");
    }

    #[test]
    fn the_codebook_shows_every_column_once() {
        let mut page = String::new();
        write_table(&mut page, &TABLE.describe());
        assert_eq!(
            page,
            "\n## sample\n\nOne row a thing.\n\nKey: `name`. Row order: by name.\n\n\
             | column | type | unit | may be null | meaning |\n|---|---|---|---|---|\n\
             | `name` | string |  | no | What it is called. |\n\
             | `share` | double | % | yes | Its share, a\\|b. |\n"
        );
        let codebook = codebook();
        assert!(codebook.contains("| `obs_id` | string |"));
        assert!(codebook.contains("| `empty_file` | error | The file holds no text. |"));
    }

    #[test]
    fn every_table_is_well_described() {
        for table in tables() {
            let mut names: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
            for key in table.key {
                let column = table.columns.iter().find(|column| column.name == *key);
                assert!(column.is_some_and(|column| !column.nullable), "{}: key {key}", table.name);
            }
            for column in &table.columns {
                assert!(column.sentence.ends_with('.'), "{}.{}", table.name, column.name);
            }
            assert!(table.sentence.ends_with('.') && !table.order.ends_with('.'), "{}", table.name);
            names.sort_unstable();
            let count = names.len();
            names.dedup();
            assert_eq!(names.len(), count, "{}: a column name stands twice", table.name);
        }
    }
}
