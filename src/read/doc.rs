//! Word files before 2007, and those of WPS that are built like them.

use super::Reader;
use crate::decode::refuse;
use crate::issue::IssueCode;

/// Takes old Word files (doc) and WPS files.
pub const READER: Reader = Reader {
    container: "doc",
    extensions: &["doc", "wps"],
    magic: &[b"\xD0\xCF\x11\xE0"],
    text: |_, _, _| refuse(IssueCode::UnsupportedContainer, "old Word files are not read yet"),
};
