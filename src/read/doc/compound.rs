//! Compound files, the container of old Office files: streams by name, none longer than the file.

use std::io::{Cursor, Error, Read, Result};

use cfb::CompoundFile;

/// Where the header tells the size of a sector and the first sector of the list of tables.
const SECTOR_SHIFT_AT: usize = 30;
const FIRST_LIST_AT: usize = 68;
/// Numbers of sectors end here; what is above ends a chain.
const MAX_SECTOR: u32 = 0xFFFF_FFFA;
/// The size of the numbers of sectors.
const NUMBER_BYTES: usize = 4;

/// An opened compound file.
pub struct Compound<'a> {
    file: CompoundFile<Cursor<&'a [u8]>>,
    size: u64,
}

impl<'a> Compound<'a> {
    pub fn open(bytes: &'a [u8]) -> Result<Compound<'a>> {
        if !is_list_of_tables_sane(bytes) {
            return Err(Error::other("its list of tables is longer than the file"));
        }
        let file = CompoundFile::open(Cursor::new(bytes))?;
        Ok(Compound { file, size: bytes.len() as u64 })
    }

    pub fn has(&self, stream: &str) -> bool {
        self.file.is_stream(stream)
    }

    /// A stream as far as it can be read, and whether that is all of it.
    pub fn stream(&mut self, name: &str) -> Result<(Vec<u8>, bool)> {
        let mut bytes = Vec::new();
        let is_whole = self.file.open_stream(name)?.take(self.size).read_to_end(&mut bytes).is_ok();
        Ok((bytes, is_whole))
    }
}

/// Whether the list of tables has no more sectors than a file of this size needs: the library reads every table
/// that is listed, and a table may be listed many times.
fn is_list_of_tables_sane(bytes: &[u8]) -> bool {
    let number = |at: usize| {
        let four = bytes.get(at..)?.first_chunk::<NUMBER_BYTES>()?;
        Some(u32::from_le_bytes(*four))
    };
    let Some(&shift) = bytes.get(SECTOR_SHIFT_AT) else { return false };
    if !matches!(shift, 9 | 12) {
        return false;
    }
    let sector = 1usize << shift;
    let per_sector = sector / NUMBER_BYTES;
    let most = bytes.len() / (sector * per_sector * per_sector) + 2;
    let mut next = number(FIRST_LIST_AT);
    for _ in 0..=most {
        match next {
            Some(index) if index < MAX_SECTOR => {
                next = number((index as usize + 2).saturating_mul(sector) - NUMBER_BYTES)
            }
            _ => return true,
        }
    }
    false
}
