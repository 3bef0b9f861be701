//! What can be wrong with the data: stable codes, a severity each, one sentence with the place.
//!
//! An issue never stops a run; it becomes a row of the table `issues`. What stops a run is an
//! [`crate::Error`].

#![deny(clippy::disallowed_methods)]

use std::fmt;

/// How bad it is: an `Error` means that rows are missing or not to be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    Info,
    Warning,
    Error,
}

impl Severity {
    pub fn name(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

macro_rules! codes {
    ($($variant:ident $code:literal $severity:ident $meaning:literal;)+) => {
        /// The stable codes of the table `issues`. A code is never given another meaning.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum IssueCode { $(#[doc = $meaning] $variant,)+ }

        impl IssueCode {
            /// Every code, in the order of the table of codes.
            pub const ALL: &'static [IssueCode] = &[$(IssueCode::$variant,)+];

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
        }
    };
}

codes! {
    UnreadableFile "unreadable_file" Error "The file could not be opened or read.";
    LinkNotFollowed "link_not_followed" Warning "A link to a directory was not followed; what is in it was not read.";
    EmptyFile "empty_file" Error "The file holds no text.";
    BinaryFile "binary_file" Error "The bytes are not text in any encoding tried.";
    UnsupportedContainer "unsupported_container" Error "The file is of a kind that no reader takes yet.";
    UndecodableText "undecodable_text" Error "No encoding gives ordinary Chinese text; nothing was extracted.";
    LimitExceeded "limit_exceeded" Error "The file goes beyond a limit of the section `[read]` of the settings and was not read.";
    DamagedContainer "damaged_container" Error "The file is broken inside, and no text came out of it.";
    PartlyRead "partly_read" Warning "Some parts of the file could not be read; the rest was.";
    NoTextLayer "no_text_layer" Error "The pages are pictures without text: text must be recognised first (OCR).";
    ReaderMissing "reader_missing" Error "The program that this kind of file is read with is not on this machine.";
    DeclaredEncodingWrong "declared_encoding_wrong" Warning "The file names another encoding than its bytes have; the bytes were believed.";
    MixedEncodings "mixed_encodings" Warning "Some lines are in another encoding than the rest; each was read in its own.";
    Mojibake "mojibake" Error "The text was decoded wrongly before it was saved and cannot be brought back; nothing was extracted.";
    MojibakeUndone "mojibake_undone" Warning "The text had been decoded wrongly before it was saved; it was brought back without loss.";
    DuplicateFile "duplicate_file" Warning "The same bytes were already read under another path; kept once.";
    ReplacedBytes "replaced_bytes" Warning "Bytes that are no characters stand as U+FFFD.";
    DocumentPanic "document_panic" Error "The program failed on this document; the others are not touched.";
    FurnitureCut "furniture_cut" Info "Page furniture (menu, print button, link list) was cut.";
    RepeatedParagraph "repeated_paragraph" Warning "A paragraph or a long passage stands more than once; kept once.";
    ParagraphRejoined "paragraph_rejoined" Info "A paragraph split by a page break was joined again.";
    GapInParagraph "gap_in_paragraph" Warning "A long run of spaces inside a paragraph: text is lost there.";
    NearDuplicate "near_duplicate" Warning "Nearly the same text was already read from another file; both are kept, see `documents.duplicate_of`.";
    ForeignTextCut "foreign_text_cut" Warning "Text of other pages or reports around the report was cut.";
    AreaContradicted "area_contradicted" Warning "The file name or the page names another place than the text; the text was believed.";
    AreaUnknown "area_unknown" Warning "No place of the division table was found in the title block.";
    AreaWithoutCode "area_without_code" Info "The report is of a zone (a development zone, a new area) that GB/T 2260 gives no code; `ref_area` is null, not its city's.";
    AreaOutdated "area_outdated" Warning "The place had not this code and name in the year of the report: the year or the name is wrong.";
    YearUnknown "year_unknown" Warning "The year the report looks back on was not found.";
    YearFromFileName "year_from_file_name" Info "The year was taken from the file name: the text names none.";
    YearInferred "year_inferred" Warning "No title, day or heading names a year; it was inferred from the years the text speaks of.";
    YearContradicted "year_contradicted" Warning "A title, day or file name has a year that the report neither was given in nor looks back on nor plans.";
    NoNumbers "no_numbers" Warning "The document asserts no number at all: a shell, a cover page or another kind of text.";
    UnitMissing "unit_missing" Warning "A number stands without its unit where the genre demands one.";
    DamagedNumber "damaged_number" Warning "Digits, a multiplier or a separator are lost at a number.";
    TableNotRead "table_not_read" Warning "Numbers of a table were not read: what they measure or count could not be told.";
    ListMismatch "list_mismatch" Warning "分别 names another count of things than of numbers.";
}

impl fmt::Display for IssueCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One thing wrong at one place.
#[derive(Debug, Clone, PartialEq)]
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
