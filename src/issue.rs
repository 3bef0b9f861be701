//! What can be wrong with the data: stable codes, a severity each, one sentence with the place.
//!
//! An issue never stops a run; it becomes a row of the table `issues`. What stops a run is an
//! [`crate::Error`].

#![deny(clippy::disallowed_methods)]

use crate::model::names;
use serde::{Deserialize, Serialize};
use std::fmt;

/// How bad it is: an `Error` means that rows are missing or not to be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    Info,
    Warning,
    Error,
}

names!(Severity { Info "info", Warning "warning", Error "error" });

macro_rules! codes {
    ($($variant:ident $code:literal $severity:ident $meaning:literal $($meaning_zh:literal)?;)+) => {
        /// The stable codes of the table `issues`. A code is never given another meaning.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
        pub enum IssueCode { $(#[doc = $meaning] #[serde(rename = $code)] $variant,)+ }

        impl IssueCode {
            /// Every code, in the order of the table of codes.
            pub const ALL: &'static [IssueCode] = &[$(IssueCode::$variant,)+];

            /// The name of every code.
            pub const NAMES: &'static [&'static str] = &[$($code,)+];

            pub fn name(self) -> &'static str {
                match self { $(IssueCode::$variant => $code,)+ }
            }

            pub fn severity(self) -> Severity {
                match self { $(IssueCode::$variant => Severity::$severity,)+ }
            }

            /// One sentence on what the code stands for.
            pub fn meaning(self) -> &'static str {
                match self { $(IssueCode::$variant => $meaning,)+ }
            }

            /// The same in Chinese.
            pub fn meaning_zh(self) -> &'static str {
                match self { $(IssueCode::$variant => concat!($($meaning_zh)?),)+ }
            }
        }
    };
}

codes! {
    UnreadableFile "unreadable_file" Error "The file could not be opened or read." "文件无法打开或读取。";
    LinkNotFollowed "link_not_followed" Warning "A link to a directory was not followed; what is in it was not read." "没有进入指向目录的链接，其中的文件未读。";
    EmptyFile "empty_file" Error "The file holds no text." "文件中没有文字。";
    BinaryFile "binary_file" Error "The bytes are not text in any encoding tried." "文件内容用任何尝试过的编码都不是文字。";
    UnsupportedContainer "unsupported_container" Error "The file is of a kind that no reader takes yet." "还没有能读取这种文件的程序。";
    UndecodableText "undecodable_text" Error "No encoding gives ordinary Chinese text; nothing was extracted." "没有一种编码能得到正常的中文文字，未作提取。";
    LimitExceeded "limit_exceeded" Error "The file goes beyond a limit of the section `[read]` of the settings and was not read." "文件超过设置中 `[read]` 一节的限制，未读。";
    DamagedContainer "damaged_container" Error "The file is broken inside, and no text came out of it." "文件内部损坏，读不出文字。";
    PartlyRead "partly_read" Warning "Some parts of the file could not be read; the rest was." "文件有些部分读不出，其余已读。";
    NoTextLayer "no_text_layer" Error "The pages are pictures without text: text must be recognised first (OCR)." "页面是没有文字的图片，须先作文字识别（OCR）。";
    ReaderMissing "reader_missing" Error "The program that this kind of file is read with is not on this machine." "本机没有读取这种文件所需的程序。";
    DeclaredEncodingWrong "declared_encoding_wrong" Warning "The file names another encoding than its bytes have; the bytes were believed." "文件声明的编码与实际不符，以实际字节为准。";
    MixedEncodings "mixed_encodings" Warning "Some lines are in another encoding than the rest; each was read in its own." "有些行的编码与其余不同，各按自己的编码读取。";
    Mojibake "mojibake" Error "The text was decoded wrongly before it was saved and cannot be brought back; nothing was extracted." "文字在保存之前已被错误解码，无法还原，未作提取。";
    MojibakeUndone "mojibake_undone" Warning "The text had been decoded wrongly before it was saved; it was brought back without loss." "文字在保存之前曾被错误解码，已无损还原。";
    DuplicateFile "duplicate_file" Warning "The same bytes were already read under another path; kept once." "内容相同的文件已在另一路径读过，只保留一份。";
    ReplacedBytes "replaced_bytes" Warning "Bytes that are no characters stand as U+FFFD." "不成字符的字节以 U+FFFD 代替。";
    DocumentPanic "document_panic" Error "The program failed on this document; the others are not touched." "程序处理这份文件时出错，其他文件不受影响。";
    FurnitureCut "furniture_cut" Info "Page furniture (menu, print button, link list) was cut." "已删去页面附属文字（菜单、打印按钮、链接列表）。";
    RepeatedParagraph "repeated_paragraph" Warning "A paragraph or a long passage stands more than once; kept once." "一个段落或一大段文字重复出现，只保留一次。";
    ParagraphRejoined "paragraph_rejoined" Info "A paragraph split by a page break was joined again." "被分页断开的段落已重新接上。";
    GapInParagraph "gap_in_paragraph" Warning "A long run of spaces inside a paragraph: text is lost there." "段落中有一长串空格，那里丢失了文字。";
    NearDuplicate "near_duplicate" Warning "Nearly the same text was already read from another file; both are kept, see `documents.duplicate_of`." "另一个文件中有几乎相同的文字；两份都保留，见 `documents.duplicate_of`。";
    ForeignTextCut "foreign_text_cut" Warning "Text of other pages or reports around the report was cut." "已删去报告前后属于其他页面或其他报告的文字。";
    AreaContradicted "area_contradicted" Warning "The file name or the page names another place than the text; the text was believed." "文件名或页面所说的地方与正文不同，以正文为准。";
    AreaUnknown "area_unknown" Warning "No place of the division table was found in the title block." "标题部分没有找到行政区划表中的地方。";
    AreaWithoutCode "area_without_code" Info "The report is of a zone (a development zone, a new area) that GB/T 2260 gives no code; `ref_area` is null, not its city's." "报告属于没有 GB/T 2260 代码的功能区（开发区、新区等）；`ref_area` 为空，不取所在城市的代码。";
    AreaOutdated "area_outdated" Warning "The place had not this code and name in the year of the report: the year or the name is wrong." "报告当年该地并非此代码和名称：年份或名称有误。";
    YearUnknown "year_unknown" Warning "The year the report looks back on was not found." "没有找到报告所回顾的年份。";
    YearFromFileName "year_from_file_name" Info "The year was taken from the file name: the text names none." "正文没有写明年份，取自文件名。";
    YearInferred "year_inferred" Warning "No title, day or heading names a year; it was inferred from the years the text speaks of." "标题、日期和标题行均未写明年份，由正文所述年份推断。";
    YearContradicted "year_contradicted" Warning "A title, day or file name has a year that the report neither was given in nor looks back on nor plans." "标题、日期或文件名中的年份既非报告作出之年，也非所回顾或计划之年。";
    NoNumbers "no_numbers" Warning "The document asserts no number at all: a shell, a cover page or another kind of text." "文件没有陈述任何数字：空壳、封面或其他种类的文字。";
    UnitMissing "unit_missing" Warning "A number stands without its unit where the genre demands one." "按这类报告的写法应有单位的数字没有单位。";
    DamagedNumber "damaged_number" Warning "Digits, a multiplier or a separator are lost at a number." "数字丢失了位数、倍数或分隔符。";
    TableNotRead "table_not_read" Warning "Numbers of a table were not read: what they measure or count could not be told." "表格中有数字未读：看不出它们测量或计数的是什么。";
    ListMismatch "list_mismatch" Warning "分别 names another count of things than of numbers." "“分别”所列的事物与数字的数目不同。";
}

impl fmt::Display for IssueCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One thing wrong at one place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Issue {
    pub code: IssueCode,
    /// `None` when the file has no row in `documents`.
    pub document_id: Option<String>,
    pub source_path: String,
    /// Code points into the decoded text, where there is one.
    pub source_start: Option<i32>,
    pub source_end: Option<i32>,
    /// One sentence: what and where.
    pub message: String,
}

impl Issue {
    /// An issue of a whole document; the conductor fills in which.
    pub fn new(code: IssueCode, message: impl Into<String>) -> Issue {
        Issue {
            code,
            document_id: None,
            source_path: String::new(),
            source_start: None,
            source_end: None,
            message: message.into(),
        }
    }

    /// The same issue at a span of the decoded text (code points).
    pub fn at(mut self, start: usize, end: usize) -> Issue {
        self.source_start = i32::try_from(start).ok();
        self.source_end = i32::try_from(end).ok();
        self
    }
}
