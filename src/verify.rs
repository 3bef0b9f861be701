//! A dataset made once more from its sources, and held against what was published.

use std::fs;
use std::path::{Path, PathBuf};

use arrow_array::RecordBatch;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};

use crate::config::Config;
use crate::error::{Error, Result};
use crate::manifest::{Manifest, sha256};
use crate::publish::{VOCABULARY, tables_in};
use crate::run::{RunMode, run, sources};
use crate::vocab::{Vocabulary, files_of_archive};
use crate::watch::Watch;

/// How many rows are compared at a time.
const BATCH_ROWS: usize = 8192;

/// What came of a verification.
#[derive(Debug, Clone, PartialEq)]
pub struct Verification {
    pub version: String,
    /// What does not agree, the first reason first; nothing when the dataset can be made again to the byte.
    pub differences: Vec<String>,
    /// How many files were made again and found the same.
    pub same: usize,
}

/// Holds a published dataset against its manifest, its sources against those of the manifest, and, if both agree, makes
/// it once more in a directory of its own and compares every file.
///
/// # Errors
///
/// [`Error`] when there is no dataset, or it cannot be made.
pub fn verify(directory: &Path, config: &Config, watch: &dyn Watch) -> Result<Verification> {
    let directory = tables_in(directory)?;
    let manifest = Manifest::read(&directory)?;
    let mut differences = damaged(&directory, &manifest)?;
    let vocabulary = config.vocabulary()?;
    let now = sources(config, &vocabulary, watch)?;
    for line in manifest.sources.differences(&now).lines() {
        differences.push(line);
    }
    differences.extend(changed_words(&directory, &vocabulary));
    let version = manifest.version.clone();
    if !differences.is_empty() {
        return Ok(Verification { version, differences, same: 0 });
    }
    let again = Again::new();
    let mut config = config.clone();
    config.write.output = again.0.to_string_lossy().into_owned();
    let made = run(&config, &RunMode { cache: false, ..RunMode::default() }, watch)?.published.directory;
    let made_manifest = Manifest::read(&made)?;
    let mut same = 0;
    for (name, _, digest) in manifest.all_files() {
        let found = made_manifest.all_files().find(|(other, ..)| *other == name);
        match found {
            Some((.., found)) if found == digest => same += 1,
            Some(_) => {
                differences.push(format!("{name} comes out otherwise{}", first_difference(&directory, &made, &name)))
            }
            None => differences.push(format!("{name} is not made")),
        }
    }
    Ok(Verification { version, differences, same })
}

/// Files that are not what the manifest says.
fn damaged(directory: &Path, manifest: &Manifest) -> Result<Vec<String>> {
    let mut wrong = Vec::new();
    for (name, _, digest) in manifest.all_files() {
        let path = directory.join(&name);
        if !path.is_file() {
            wrong.push(format!("file          {name} is missing"));
        } else if sha256(&fs::read(&path).map_err(Error::io("cannot read", &path))?) != digest {
            wrong.push(format!("file          {name} has other bytes than the manifest says"));
        }
    }
    if manifest.version != manifest.sources.version() {
        wrong.push("file          manifest.json names another version than its sources give".to_string());
    }
    Ok(wrong)
}

/// The first line of each file of the vocabulary that is otherwise than in the words published with the tables.
fn changed_words(directory: &Path, vocabulary: &Vocabulary) -> Vec<String> {
    let Ok(old) = files_of_archive(&directory.join(VOCABULARY)) else { return Vec::new() };
    let line = |(name, old): &(String, String)| {
        let new = vocabulary.files.iter().find(|(other, _)| other == name).map(|(_, text)| text)?;
        let number = old.lines().zip(new.lines()).take_while(|(old, new)| old == new).count();
        let shown = |text: &str| text.lines().nth(number).unwrap_or("(the end)").to_string();
        (old != new).then(|| format!("  {name}:{}: {} -> {}", number + 1, shown(old), shown(new)))
    };
    old.iter().filter_map(line).collect()
}

/// Where two tables differ first, in words; nothing for other files.
fn first_difference(old: &Path, new: &Path, name: &str) -> String {
    let open = |directory: &Path| -> Option<ParquetRecordBatchReader> {
        let file = fs::File::open(directory.join(name)).ok()?;
        ParquetRecordBatchReaderBuilder::try_new(file).ok()?.with_batch_size(BATCH_ROWS).build().ok()
    };
    let (Some(mut old), Some(mut new)) = (open(old), open(new)) else { return String::new() };
    let mut row = 0;
    loop {
        let (left, right) = match (old.next(), new.next()) {
            (Some(Ok(left)), Some(Ok(right))) => (left, right),
            (None, None) => return ": the rows are the same, their encoding is not".to_string(),
            _ => return format!(": one ends with row {row}"),
        };
        match differing(&left, &right) {
            Some((at, column)) => return format!(": first in row {}, column {column}", row + at + 1),
            None => row += left.num_rows(),
        }
    }
}

/// The first row, and in it the first column, in which two batches differ.
fn differing(left: &RecordBatch, right: &RecordBatch) -> Option<(usize, String)> {
    let rows = left.num_rows().min(right.num_rows());
    let differs = |(index, field): (usize, &std::sync::Arc<arrow_schema::Field>)| {
        let right = right.column_by_name(field.name())?;
        let left = left.column(index);
        let row = (0..rows).find(|&row| left.slice(row, 1).as_ref() != right.slice(row, 1).as_ref())?;
        Some((row, index, field.name().clone()))
    };
    let first = left.schema_ref().fields().iter().enumerate().filter_map(differs).min();
    let longer = (left.num_rows() != right.num_rows()).then(|| (rows, 0, "all".to_string()));
    first.or(longer).map(|(row, _, column)| (row, column))
}

/// A directory in which a dataset is made again; gone at the end.
struct Again(PathBuf);

impl Again {
    fn new() -> Again {
        Again(std::env::temp_dir().join(format!("zhibiao-verify-{}", std::process::id())))
    }
}

impl Drop for Again {
    fn drop(&mut self) {
        // A leftover is in a directory that the system clears.
        let _ = fs::remove_dir_all(&self.0);
    }
}
