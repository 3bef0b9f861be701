//! Plain text files: bytes in an encoding that is found out.

use super::Reader;
use crate::decode::decode_bytes;

/// Takes text files of any encoding.
pub const READER: Reader = Reader {
    container: "txt",
    extensions: &["txt", "text", "md"],
    magic: &[],
    text: |bytes, config, _| decode_bytes(bytes, None, &config.decode),
};
