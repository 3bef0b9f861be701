//! Plain text files: the bytes as they are. What they say is found out by `decode`.

use std::fs::File;
use std::io::{Error, ErrorKind, Read, Result};
use std::path::Path;

use super::Reader;

/// Takes text files of any encoding.
pub const READER: Reader = Reader { container: "txt", extensions: &["txt", "text", "md"], load };

/// No report comes near this; a larger file is something else, and would take the memory of a batch.
const MAX_BYTES: u64 = 256 * 1024 * 1024;

fn load(path: &Path) -> Result<Vec<u8>> {
    load_at_most(path, MAX_BYTES)
}

fn load_at_most(path: &Path, max_bytes: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut file = File::open(path)?.take(max_bytes + 1);
    file.read_to_end(&mut bytes)?;
    if bytes.len() as u64 > max_bytes {
        return Err(Error::new(ErrorKind::FileTooLarge, format!("it is larger than {max_bytes} bytes")));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_beyond_the_limit_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        std::fs::write(&path, b"12345").unwrap();
        assert_eq!(load_at_most(&path, 5).unwrap(), b"12345");
        assert_eq!(load_at_most(&path, 4).unwrap_err().to_string(), "it is larger than 4 bytes");
    }
}
