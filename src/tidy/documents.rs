//! The table `documents`: what each report is, where it comes from and how well it could be read.

use super::{Get, TableDef};
use crate::model::{DocumentRow, ReportKind};

type Column = super::Column<DocumentRow>;

/// One row a report.
pub static DOCUMENTS: TableDef<DocumentRow> = TableDef {
    name: "documents",
    sentence: "One row a report that could be read; files without a row here have one in `issues`.",
    sentence_zh: "每行是一份读出的报告；读不出的文件见 `issues`。",
    key: &["document_id"],
    order: "by the path of the file; members of an archive by their path in it, records of a table by their \
             number",
    columns: &[
        Column::new(
            "document_id",
            Get::Text(|row| Some(&row.document_id)),
            "The first 16 hex digits of the sha256 of the file's bytes; the same file has the same id in \
             every dataset.",
        )
        .zh("文件内容 sha256 的前 16 位十六进制数字；同一文件在任何数据集中编号相同。")
        .required(),
        Column::new(
            "source_path",
            Get::Text(|row| Some(&row.source_path)),
            "The path of the file below the folder that holds all inputs, with / between its parts; bytes that are \
             no UTF-8 as \\xNN. A member of an archive stands behind it (archive.zip/folder/x.docx), a \
             record of a table has its number (reports.csv#12): the first record below the header is 1; in \
             JSON Lines it is the number of the line.",
        )
        .zh("文件在包含全部输入的文件夹之下的路径，各级之间用 / 隔开，不是 UTF-8 的字节写作 \\xNN。压缩包内的文件接在压缩包路径\
             之后（archive.zip/folder/x.docx）；表格中的一条记录写作路径加 # 和序号（reports.csv#12），表头下\
             第一条为 1，JSON Lines 中为行号。")
        .required(),
        Column::new(
            "container",
            Get::Text(|row| Some(&row.container)),
            "The kind of file: txt, html, docx, doc or pdf; of a file in an archive or a table its own.",
        )
        .zh("文件类型：txt、html、docx、doc 或 pdf；压缩包或表格里的文件为其自身的类型。")
        .required()
        .one_of(&["txt", "html", "docx", "doc", "pdf"]),
        Column::new(
            "encoding",
            Get::Text(|row| row.encoding.as_deref()),
            "The encoding in which the bytes were read: UTF-8, GB18030 (also GBK and GB2312), Big5 (also \
             HKSCS), UTF-16LE, UTF-16BE, HZ. Of a file with lines in several encodings it is that of most \
             characters. Of a text that had been decoded wrongly before it was saved it is the steps from \
             the bytes to the text: UTF-8>windows-1252>GB18030 is read as UTF-8, written as windows-1252 and \
             read as GB18030. Null where the format itself tells the characters (Word, PDF).",
        )
        .zh("读取字节所用的编码：UTF-8、GB18030（含 GBK、GB2312）、Big5（含 HKSCS）、UTF-16LE、UTF-16BE、HZ。\
             各行编码不一时为多数字符所用的编码。保存前已被错误解码的文本，写出还原的步骤（\
             UTF-8>windows-1252>GB18030）。格式本身已确定字符时（Word、PDF）为空。"),
        Column::new(
            "encoding_score",
            Get::Double(|row| Some(row.encoding_score)),
            "How ordinary the characters beyond ASCII look in that encoding, at most 1; clean Chinese text \
             is above 0.95, mojibake far below.",
        )
        .zh("在该编码下非 ASCII 字符的正常程度，最高为 1；正常中文在 0.95 以上，乱码远低于此。")
        .required()
        .unit("1"),
        Column::new(
            "encoding_runner_up",
            Get::Text(|row| row.encoding_runner_up.as_deref()),
            "The second best encoding; null when a byte order mark or the marks of HZ decided.",
        )
        .zh("得分第二的编码；由字节顺序标记或 HZ 标记直接确定编码时为空。"),
        Column::new(
            "replacements",
            Get::Int32(|row| Some(row.replacements)),
            "How many replacement characters (U+FFFD) stand in the text: bytes that are lost for good.",
        )
        .zh("文本中替换字符（U+FFFD）的个数，即已无法恢复的字节。")
        .required()
        .unit("{character}"),
        Column::new(
            "title",
            Get::Text(|row| row.title.as_deref()),
            "The title of the report, as found above the text.",
        )
        .zh("正文上方的报告标题。"),
        Column::new(
            "report_kind",
            Get::Text(|row| Some(&row.report_kind)),
            "The genre: work_report (政府工作报告), performance (绩效管理工作报告), communique (统计公报) or \
             other.",
        )
        .zh("文种：work_report（政府工作报告）、performance（绩效管理工作报告）、communique（统计公报）或 \
             other（其他）。")
        .required()
        .one_of(ReportKind::NAMES),
        Column::new(
            "ref_area",
            Get::Text(|row| row.ref_area.as_deref()),
            "The reporting area: GB/T 2260 code of six digits as text, valid in the year of the report. Null \
             for a zone that has no code (a development zone, a new area), never the code of its city, and \
             where no place was found.",
        )
        .zh("报告所属地区的 GB/T 2260 六位代码（文本），以报告当年有效者为准；开发区、新区等没有代码的功能区\
             以及无法确定地区时为空。")
        .references("areas", &["ref_area"]),
        Column::new(
            "ref_area_name",
            Get::Text(|row| row.ref_area_name.as_deref()),
            "The name of the reporting area; of a zone without a code with its city's before it (深圳市大鹏新\
             区), since zones of many cities share a name.",
        )
        .zh("报告所属地区的名称；没有代码的功能区冠以所在城市的名称（深圳市大鹏新区）。"),
        Column::new(
            "area_level",
            Get::Text(|row| row.area_level.as_deref()),
            "The level of the reporting area in the division of the country, as in `areas.level`; zone for a \
             zone that has no code of its own.",
        )
        .zh("报告所属地区的级别，取值同 `areas.level`；没有代码的功能区为 zone。")
        .one_of(&["national", "province", "city", "county", "zone"]),
        Column::new(
            "delivered_date",
            Get::Date(|row| row.delivered_date),
            "The day on which the report was given, as the text says.",
        )
        .zh("文中写明的作报告日期。"),
        Column::new(
            "published_date",
            Get::Date(|row| row.published_date),
            "The day on which the page was published, as the page says, or a news agency sent the text out; \
             a page put up again may be years younger than its report.",
        )
        .zh("网页写明的发布日期，或通讯社的发稿日期；旧网页重新上线时可能晚若干年。"),
        Column::new("report_year", Get::Int32(|row| row.report_year), "The year in which the report was given.")
            .zh("作报告的年份。")
            .unit("a"),
        Column::new(
            "reviewed_year",
            Get::Int32(|row| row.reviewed_year),
            "The year on which the report looks back; the period of its results unless another is said.",
        )
        .zh("报告回顾的年份；未另行说明时即其成绩所属的时期。")
        .unit("a"),
        Column::new(
            "planned_year",
            Get::Int32(|row| row.planned_year),
            "The year for which the report plans; the period of its targets unless another is said.",
        )
        .zh("报告安排工作的年份；未另行说明时即其目标所属的时期。")
        .unit("a"),
        Column::new("speaker", Get::Text(|row| row.speaker.as_deref()), "Who gave the report.").zh("作报告人的姓名。"),
        Column::new("meeting", Get::Text(|row| row.meeting.as_deref()), "The meeting at which the report was given.")
            .zh("作报告的会议。"),
        Column::new(
            "publisher",
            Get::Text(|row| row.publisher.as_deref()),
            "Who published the text (来源, 发文单位), as the page or the header of a scraper says.",
        )
        .zh("网页或抓取程序写明的发布单位（来源、发文单位）。"),
        Column::new("chars", Get::Int32(|row| Some(row.chars)), "The length of the decoded text.")
            .zh("解码后文本的字符数。")
            .required()
            .unit("{character}"),
        Column::new(
            "damage_score",
            Get::Double(|row| Some(row.damage_score)),
            "Signs of lost text (holes, numbers without their unit, replacement characters) per 10,000 \
             characters.",
        )
        .zh("每一万字符中文本缺损的迹象（缺口、丢失单位的数字、替换字符）。")
        .required()
        .unit("10*-4"),
        Column::new(
            "duplicate_of",
            Get::Text(|row| row.duplicate_of.as_deref()),
            "The `document_id` of the first document in the order of the inputs with nearly the same text \
             (another source of the same report), itself no duplicate; leave such rows out when adding up.",
        )
        .zh("按输入顺序最先出现的、文本几乎相同的文件（同一报告的另一来源）的 `document_id`，该文件本身不是重\
             复；汇总时应去掉有此值的行。")
        .references("documents", &["document_id"]),
        Column::new(
            "n_observations",
            Get::Int32(|row| Some(row.n_observations)),
            "How many rows it has in `observations`.",
        )
        .zh("该文件在 `observations` 中的行数。")
        .required()
        .unit("{row}"),
        Column::new("n_issues", Get::Int32(|row| Some(row.n_issues)), "How many rows it has in `issues`.")
            .zh("该文件在 `issues` 中的行数。")
            .required()
            .unit("{row}"),
    ],
};
