//! What is too much for memory and not for keeping: bytes put away in a nameless file, and taken out again.

use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::Path;

use tempfile::{SpooledTempFile, spooled_tempfile_in};

/// A file that vanishes with its process.
pub(crate) struct Spill {
    file: SpooledTempFile,
    end: u64,
}

impl Spill {
    /// An empty one, on the disk of a directory; up to so many bytes stay in memory.
    pub fn new(directory: &Path, memory_bytes: usize) -> Spill {
        Spill { file: spooled_tempfile_in(memory_bytes, directory), end: 0 }
    }

    /// Puts bytes behind those that are there; gives where they lie.
    pub fn put(&mut self, bytes: &[u8]) -> io::Result<Range<u64>> {
        let start = self.end;
        self.file.seek(SeekFrom::Start(start))?;
        self.file.write_all(bytes)?;
        self.end += bytes.len() as u64;
        Ok(start..self.end)
    }

    /// The bytes of a place.
    pub fn get(&mut self, place: Range<u64>) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; (place.end - place.start) as usize];
        self.file.seek(SeekFrom::Start(place.start))?;
        self.file.read_exact(&mut bytes)?;
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_back_from_memory_and_from_disk() {
        let folder = tempfile::tempdir().unwrap();
        for memory_bytes in [0, 4, 1 << 20] {
            let mut spill = Spill::new(folder.path(), memory_bytes);
            let places = ["甲县".as_bytes(), b"", b"2021"].map(|bytes| spill.put(bytes).unwrap());
            assert_eq!(places, [0..6, 6..6, 6..10]);
            assert_eq!(spill.get(6..10).unwrap(), b"2021");
            assert_eq!(spill.get(places[0].clone()).unwrap(), "甲县".as_bytes());
            assert_eq!(spill.put(b"x").unwrap(), 10..11);
            assert!(spill.get(10..12).is_err());
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
