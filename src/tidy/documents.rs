//! The table `documents`: what each report is, where it comes from and how well it could be read.

use super::{Get, TableDef};
use crate::model::DocumentRow;

type Column = super::Column<DocumentRow>;

/// One row a report.
pub static DOCUMENTS: TableDef<DocumentRow> = TableDef {
    name: "documents",
    sentence: "One row a report that could be read; files without a row here have one in `issues`.",
    sentence_zh: "",
    key: &["document_id"],
    order: "by the path of the file; members of an archive by their path in it, records of a table by their number",
    columns: &[
        Column::new(
            "document_id",
            Get::Text(|row| Some(&row.document_id)),
            "The first 16 hex digits of the sha256 of the file's bytes; the same file has the same id in every dataset.",
        )
        .required(),
        Column::new(
            "source_path",
            Get::Text(|row| Some(&row.source_path)),
            "The path of the file as it was given to the program, with / between its parts; bytes that are no UTF-8 as \\xNN. \
             A member of an archive stands behind it (archive.zip/folder/x.docx), a record of a table has its number \
             (reports.csv#12): the first record below the header is 1; in JSON Lines it is the number of the line.",
        )
        .required(),
        Column::new("container", Get::Text(|row| Some(row.container)), "The kind of file: txt, html, docx, doc or pdf; of a file in an archive or a table its own.").required(),
        Column::new(
            "encoding",
            Get::Text(|row| row.encoding),
            "The encoding in which the bytes were read: UTF-8, GB18030 (also GBK and GB2312), Big5 (also HKSCS), UTF-16LE, UTF-16BE, HZ. Of a file with lines in several encodings it is that of most characters. Of a text that had been decoded wrongly before it was saved it is the steps from the bytes to the text: UTF-8>windows-1252>GB18030 is read as UTF-8, written as windows-1252 and read as GB18030. Null where the format itself tells the characters (Word, PDF).",
        ),
        Column::new(
            "encoding_score",
            Get::Double(|row| Some(row.encoding_score)),
            "How ordinary the characters beyond ASCII look in that encoding, at most 1; clean Chinese text is above 0.95, mojibake far below.",
        )
        .required()
        .unit("1"),
        Column::new(
            "encoding_runner_up",
            Get::Text(|row| row.encoding_runner_up),
            "The second best encoding; null when a byte order mark or the marks of HZ decided.",
        ),
        Column::new(
            "replacements",
            Get::Int32(|row| Some(row.replacements)),
            "How many replacement characters (U+FFFD) stand in the text: bytes that are lost for good.",
        )
        .required()
        .unit("{character}"),
        Column::new("title", Get::Text(|row| row.title.as_deref()), "The title of the report, as found above the text."),
        Column::new(
            "report_kind",
            Get::Text(|row| Some(row.report_kind)),
            "The genre: work_report (政府工作报告), performance (绩效管理工作报告), communique (统计公报) or other.",
        )
        .required(),
        Column::new(
            "ref_area",
            Get::Text(|row| row.ref_area.as_deref()),
            "The reporting area: GB/T 2260 code of six digits as text, valid in the year of the report.",
        ),
        Column::new(
            "ref_area_name",
            Get::Text(|row| row.ref_area_name.as_deref()),
            "The name of the reporting area.",
        ),
        Column::new(
            "area_level",
            Get::Text(|row| row.area_level.as_deref()),
            "The level of the reporting area in the division of the country, as in `areas.level`.",
        ),
        Column::new(
            "delivered_date",
            Get::Date(|row| row.delivered_date),
            "The day on which the report was given, as the text says.",
        ),
        Column::new(
            "published_date",
            Get::Date(|row| row.published_date),
            "The day on which the page was published, as the page says.",
        ),
        Column::new("report_year", Get::Int32(|row| row.report_year), "The year in which the report was given.").unit("a"),
        Column::new(
            "reviewed_year",
            Get::Int32(|row| row.reviewed_year),
            "The year on which the report looks back; the period of its results unless another is said.",
        )
        .unit("a"),
        Column::new(
            "planned_year",
            Get::Int32(|row| row.planned_year),
            "The year for which the report plans; the period of its targets unless another is said.",
        )
        .unit("a"),
        Column::new("speaker", Get::Text(|row| row.speaker.as_deref()), "Who gave the report."),
        Column::new("meeting", Get::Text(|row| row.meeting.as_deref()), "The meeting at which the report was given."),
        Column::new(
            "publisher",
            Get::Text(|row| row.publisher.as_deref()),
            "Who published the text (来源, 发文单位), as the page or the header of a scraper says.",
        ),
        Column::new("chars", Get::Int32(|row| Some(row.chars)), "The length of the decoded text.")
            .required()
            .unit("{character}"),
        Column::new(
            "damage_score",
            Get::Double(|row| Some(row.damage_score)),
            "Signs of lost text (holes, numbers without their unit, replacement characters) per 10,000 characters.",
        )
        .required()
        .unit("10*-4"),
        Column::new(
            "duplicate_of",
            Get::Text(|row| row.duplicate_of.as_deref()),
            "The `document_id` of the first document in the order of the inputs with nearly the same text (another \
             source of the same report), itself no duplicate; leave such rows out when adding up.",
        ),
        Column::new("n_observations", Get::Int32(|row| Some(row.n_observations)), "How many rows it has in `observations`.")
            .required()
            .unit("{row}"),
        Column::new("n_issues", Get::Int32(|row| Some(row.n_issues)), "How many rows it has in `issues`.")
            .required()
            .unit("{row}"),
    ],
};
