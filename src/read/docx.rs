//! Word files of 2007 and later: paragraphs, tables, footnotes and the numbers of lists as the reader sees them.

use super::Reader;
use crate::decode::refuse;
use crate::issue::IssueCode;

/// Takes Word files (docx).
pub const READER: Reader = Reader {
    container: "docx",
    extensions: &["docx", "docm"],
    magic: &[],
    text: |_, _, _| refuse(IssueCode::UnsupportedContainer, "Word files are not read yet"),
};
