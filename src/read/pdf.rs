//! PDF files with a text layer.

use super::Reader;
use crate::decode::refuse;
use crate::issue::IssueCode;

/// Takes PDF files.
pub const READER: Reader = Reader {
    container: "pdf",
    extensions: &["pdf"],
    magic: &[b"%PDF"],
    text: |_, _, _| refuse(IssueCode::UnsupportedContainer, "PDF files are not read yet"),
};
