//! Web pages: the main text without menus, scripts and share buttons; tables as rows of cells.

use super::Reader;
use crate::decode::refuse;
use crate::issue::IssueCode;

/// Takes saved web pages.
pub const READER: Reader = Reader {
    container: "html",
    extensions: &["html", "htm", "shtml", "xhtml"],
    magic: &[],
    text: |_, _, _| refuse(IssueCode::UnsupportedContainer, "web pages are not read yet"),
};
