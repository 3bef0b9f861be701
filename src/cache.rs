//! Pieces of earlier runs, kept beside the versions under the digest of what they were made of. Nothing depends on them:
//! the directory may be removed at any time, and a piece that is not whole is made again.

use std::collections::{HashMap, HashSet};
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use bytes::Bytes;

use crate::error::{Error, Result};
use crate::piece::Piece;

/// The directory of the pieces, beside the versions.
const DIRECTORY: &str = ".cache";
/// Which piece holds which document: a line `DOCUMENT PIECE` each, added when a piece is.
const INDEX: &str = "documents.txt";
/// The ending of a piece that is being written.
const UNFINISHED: &str = ".part";

/// The pieces of an output.
pub struct Cache {
    directory: PathBuf,
    /// Where each document is, by its key.
    documents: HashMap<String, String>,
    index: Mutex<File>,
    used: Mutex<HashSet<String>>,
}

impl Cache {
    /// Opens the pieces of an output, of which the caller has the lock.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] when the directory cannot be used.
    pub fn open(output: &Path) -> Result<Cache> {
        let directory = output.join(DIRECTORY);
        fs::create_dir_all(&directory).map_err(Error::io("cannot make", &directory))?;
        let path = directory.join(INDEX);
        let text = fs::read(&path).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let documents = text.lines().filter_map(|line| line.split_once(' '));
        let documents = documents.map(|(document, piece)| (document.to_string(), piece.to_string())).collect();
        // A line that a killed run left half written must not swallow the next one.
        let is_cut = !text.is_empty() && !text.ends_with('\n');
        let mut index =
            OpenOptions::new().create(true).append(true).open(&path).map_err(Error::io("cannot open", &path))?;
        if is_cut {
            index.write_all(b"\n").map_err(Error::io("cannot write", &path))?;
        }
        Ok(Cache { directory, documents, index: Mutex::new(index), used: Mutex::default() })
    }

    /// The piece of a key, if there is one and it is whole.
    pub fn get(&self, key: &str) -> Option<Piece> {
        let piece = self.read(key)?;
        self.mark(key);
        Some(piece)
    }

    /// As [`Cache::get`], for a piece that the next one takes the place of.
    pub fn read(&self, key: &str) -> Option<Piece> {
        Piece::from_bytes(Bytes::from(fs::read(self.directory.join(key)).ok()?))
    }

    /// Whether there is a piece of a key, whole or not.
    pub fn has(&self, key: &str) -> bool {
        self.directory.join(key).is_file()
    }

    /// The key of the piece that holds a document.
    pub fn piece_of(&self, document: &str) -> Option<&str> {
        self.documents.get(document).map(String::as_str)
    }

    /// Keeps a piece. What cannot be kept is made again next time; the run goes on.
    pub fn put(&self, key: &str, piece: &Piece) {
        if let Err(error) = self.try_put(key, piece) {
            tracing::warn!("a piece cannot be kept for the next run: {error}");
        }
    }

    fn try_put(&self, key: &str, piece: &Piece) -> Result<()> {
        let path = self.directory.join(key);
        let unfinished = self.directory.join(format!("{key}{UNFINISHED}"));
        let written = fs::write(&unfinished, piece.to_bytes()?).and_then(|()| fs::rename(&unfinished, &path));
        if let Err(error) = written {
            let _ = fs::remove_file(&unfinished);
            return Err(Error::io("cannot write", &path)(error));
        }
        let lines: String = piece.notes.iter().map(|note| format!("{} {key}\n", note.key)).collect();
        if !lines.is_empty()
            && let Ok(mut index) = self.index.lock()
        {
            index.write_all(lines.as_bytes()).map_err(Error::io("cannot write", self.directory.join(INDEX)))?;
        }
        self.mark(key);
        Ok(())
    }

    fn mark(&self, key: &str) {
        if let Ok(mut used) = self.used.lock() {
            used.insert(key.to_string());
        }
    }

    /// Removes what this run did not use. What cannot be removed stays until the next time.
    pub fn prune(&self) {
        let Ok(used) = self.used.lock() else { return };
        let entries = fs::read_dir(&self.directory).into_iter().flatten().flatten();
        let mut gone = false;
        for entry in entries {
            let name = entry.file_name().to_string_lossy().into_owned();
            if name != INDEX && !used.contains(&name) {
                gone |= fs::remove_file(entry.path()).is_ok();
            }
        }
        if gone {
            self.write_index(&used);
        }
    }

    /// The index anew, without the pieces that are gone.
    fn write_index(&self, used: &HashSet<String>) {
        let path = self.directory.join(INDEX);
        let Ok(text) = fs::read_to_string(&path) else { return };
        let is_used = |line: &&str| line.split_once(' ').is_some_and(|(_, piece)| used.contains(piece));
        let lines: String = text.lines().filter(is_used).map(|line| format!("{line}\n")).collect();
        let unfinished = self.directory.join(format!("{INDEX}{UNFINISHED}"));
        let _ = fs::write(&unfinished, lines).and_then(|()| fs::rename(&unfinished, &path));
    }
}
