//! Which lines of the vocabulary differ, where both versions keep its files.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use serde::Serialize;
use zip::ZipArchive;
use zip::result::ZipError;

use crate::error::{Error, Result};
use crate::manifest::Change;

/// The files of the vocabulary as they were, beside the tables.
const VOCABULARY: &str = "vocabulary.zip";
/// The largest file of a vocabulary that is read, in bytes.
const MAX_FILE_BYTES: u64 = 1 << 26;

/// A file of the vocabulary that differs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct VocabularyFile {
    pub name: String,
    /// `new`, `changed` or `vanished`.
    pub kind: &'static str,
    /// How many lines it lost and gained; `None` where one version does not keep the file.
    pub lines_lost: Option<u64>,
    pub lines_gained: Option<u64>,
    /// The first of them, behind `- ` or `+ `.
    pub lines: Vec<String>,
}

/// The lines of the files that differ, the first `limit` of each kind.
pub(super) fn files(old: &Path, new: &Path, changes: &[Change<String>], limit: usize) -> Result<Vec<VocabularyFile>> {
    let (mut old, mut new) = (Archive::open(old)?, Archive::open(new)?);
    let file = |change: &Change<String>| {
        let mut file = VocabularyFile {
            name: change.name.clone(),
            kind: change.kind(),
            lines_lost: None,
            lines_gained: None,
            lines: Vec::new(),
        };
        let before = if change.old.is_some() { old.text(&change.name)? } else { Some(String::new()) };
        let now = if change.new.is_some() { new.text(&change.name)? } else { Some(String::new()) };
        if let (Some(before), Some(now)) = (before, now) {
            let (lost, gained) = (only_in(&before, &now), only_in(&now, &before));
            (file.lines_lost, file.lines_gained) = (Some(lost.len() as u64), Some(gained.len() as u64));
            file.lines.extend(lost.iter().take(limit).map(|line| format!("- {line}")));
            file.lines.extend(gained.iter().take(limit).map(|line| format!("+ {line}")));
        }
        Ok(file)
    };
    changes.iter().map(file).collect()
}

/// The lines of a text that another one has not, or has less often.
fn only_in<'t>(text: &'t str, other: &'t str) -> Vec<&'t str> {
    let mut left: HashMap<&str, usize> = HashMap::new();
    other.lines().for_each(|line| *left.entry(line).or_default() += 1);
    let is_left = |line: &&'t str| match left.get_mut(*line) {
        Some(count) if *count > 0 => {
            *count -= 1;
            false
        }
        _ => true,
    };
    text.lines().filter(is_left).collect()
}

/// The files that a version keeps, if it does.
struct Archive {
    path: std::path::PathBuf,
    zip: Option<ZipArchive<File>>,
}

impl Archive {
    fn open(directory: &Path) -> Result<Archive> {
        let path = directory.join(VOCABULARY);
        if !path.is_file() {
            return Ok(Archive { path, zip: None });
        }
        let file = File::open(&path).map_err(Error::io("cannot read", &path))?;
        let zip = ZipArchive::new(file).map_err(|error| broken(&path, &error.to_string()))?;
        Ok(Archive { path, zip: Some(zip) })
    }

    fn text(&mut self, name: &str) -> Result<Option<String>> {
        let Some(zip) = &mut self.zip else { return Ok(None) };
        let file = match zip.by_name(name) {
            Ok(file) => file,
            Err(ZipError::FileNotFound) => return Ok(None),
            Err(error) => return Err(broken(&self.path, &error.to_string())),
        };
        let mut bytes = Vec::new();
        file.take(MAX_FILE_BYTES).read_to_end(&mut bytes).map_err(|error| broken(&self.path, &error.to_string()))?;
        Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
    }
}

fn broken(path: &Path, message: &str) -> Error {
    Error::Config(format!("{} cannot be read: {message}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use zip::write::{SimpleFileOptions, ZipWriter};

    fn keep(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let mut zip = ZipWriter::new(File::create(folder.path().join(VOCABULARY)).unwrap());
        for (name, text) in files {
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        }
        zip.finish().unwrap();
        folder
    }

    fn change(name: &str, old: Option<&str>, new: Option<&str>) -> Change<String> {
        Change { name: name.into(), old: old.map(Into::into), new: new.map(Into::into) }
    }

    #[test]
    fn lines_that_came_and_went_are_told_in_their_order() {
        let old = keep(&[("units.csv", "unit\n亩\n里\n斤\n亩\n"), ("gone.csv", "x\n")]);
        let new = keep(&[("units.csv", "unit\n斤\n亩\n丈\n"), ("topics/new.csv", "甲\n乙\n丙\n")]);
        let changes = [
            change("gone.csv", Some("1"), None),
            change("topics/new.csv", None, Some("1")),
            change("units.csv", Some("1"), Some("2")),
        ];
        let files = files(old.path(), new.path(), &changes, 2).unwrap();
        let told: Vec<_> = files.iter().map(|file| (file.kind, file.lines_lost, file.lines_gained)).collect();
        assert_eq!(told, [("vanished", Some(1), Some(0)), ("new", Some(0), Some(3)), ("changed", Some(2), Some(1))]);
        assert_eq!(files[1].lines, ["+ 甲", "+ 乙"]);
        assert_eq!(files[2].lines, ["- 里", "- 亩", "+ 丈"]);
    }

    #[test]
    fn a_version_that_keeps_no_files_has_no_lines_and_a_broken_one_is_named() {
        let (old, new) = (tempfile::tempdir().unwrap(), keep(&[("units.csv", "x\n")]));
        let changes = [change("units.csv", Some("1"), Some("2"))];
        let files_of = |old: &Path| files(old, new.path(), &changes, 2);
        assert_eq!(files_of(old.path()).unwrap()[0].lines_gained, None);
        std::fs::write(old.path().join(VOCABULARY), b"PK").unwrap();
        let error = files_of(old.path()).unwrap_err().to_string();
        assert!(error.contains("vocabulary.zip cannot be read"), "{error}");
    }
}
