//! A piece of a dataset: some rows of some tables, encoded as they will stand in the files. A piece is made of a few
//! documents alone, so it can be kept and used again as long as they, the words and the program are the same.

use std::io::{Cursor, Read, Write};

use arrow_array::RecordBatch;
use bytes::Bytes;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use crate::check::{Plan, Tally};
use crate::duplicates::Signature;
use crate::error::{Error, Result};
use crate::issue::Issue;
use crate::model::DocumentRow;
use crate::tidy::TableDescription;
use crate::write::{Encoder, csv_lines};

/// The member of a stored piece that holds the notes.
const NOTES: &str = "notes.json";
/// The ending of a table in a stored piece.
const TABLE: &str = ".parquet";
/// The ending of a table as text in a stored piece.
const TEXT: &str = ".csv";
/// The ending of what a table adds to the verdict.
const TALLY: &str = ".tally";
/// Tables that are also published as CSV, for Excel.
const ALSO_CSV: [&str; 1] = ["panel_wide"];

/// Rows of some tables, and what is noted of the documents they are of.
#[derive(Debug, Clone, Default)]
pub struct Piece {
    pub tables: Vec<TablePiece>,
    /// One for each document of the piece; empty in pieces of derived tables.
    pub notes: Vec<Note>,
}

/// Rows of a table as row groups of a small Parquet file.
#[derive(Debug, Clone)]
pub struct TablePiece {
    pub name: String,
    pub parquet: Bytes,
    /// The rows once more as lines of CSV, where the table is also published so.
    pub csv: Option<Vec<u8>>,
    /// What the rows add to the verdict on the table.
    pub tally: Tally,
}

/// Makes pieces: rows are encoded, and held against what is expected of them.
pub struct Maker {
    pub encoder: Encoder,
    pub plan: Plan,
}

impl Maker {
    /// A piece of a table.
    ///
    /// # Errors
    ///
    /// [`Error::Table`] when the rows do not fit the table.
    pub fn table(&self, table: &TableDescription, rows: &RecordBatch) -> Result<TablePiece> {
        Ok(TablePiece {
            name: table.name.to_string(),
            parquet: self.encoder.encode(table, rows)?,
            csv: ALSO_CSV.contains(&table.name).then(|| csv_lines(rows)).transpose()?,
            tally: self.plan.tally(table.name, std::slice::from_ref(rows)),
        })
    }

    /// A piece of some tables.
    ///
    /// # Errors
    ///
    /// As [`Maker::table`].
    pub fn piece(&self, tables: &[(TableDescription, RecordBatch)], notes: Vec<Note>) -> Result<Piece> {
        let tables = tables.par_iter().map(|(table, rows)| self.table(table, rows)).collect::<Result<_>>()?;
        Ok(Piece { tables, notes })
    }
}

/// What a run must know of a document beside its rows in the tables of the piece.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Note {
    /// Names the document with everything its rows depend on.
    pub key: String,
    /// `None` when it could not be read.
    pub document: Option<DocumentRow>,
    pub issues: Vec<Issue>,
    /// What its text is told from others by; `None` for a text too short.
    pub signature: Option<Signature>,
    /// How many rows it has in each table of the piece, in the order of the tables.
    pub rows: Vec<usize>,
    /// How many of its observations have a catalogue id.
    pub linked: usize,
    /// Whether it was read by an earlier run; told of a note, not kept with it.
    #[serde(skip)]
    pub is_kept: bool,
}

impl Piece {
    /// The piece as one file: a zip archive that is stored, not packed, whose checksums tell whether it is whole.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] when it cannot be put together.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        let wrong = |error: String| Error::Config(format!("cannot store a piece: {error}"));
        let notes = serde_json::to_vec(&self.notes).map_err(|error| wrong(error.to_string()))?;
        let tallies: Vec<Vec<u8>> = self.tables.iter().map(|table| table.tally.to_bytes()).collect();
        let mut members = vec![(NOTES.to_string(), notes.as_slice())];
        for (table, tally) in self.tables.iter().zip(&tallies) {
            members.push((format!("{}{TABLE}", table.name), &table.parquet));
            members.push((format!("{}{TALLY}", table.name), tally));
            members.extend(table.csv.as_ref().map(|text| (format!("{}{TEXT}", table.name), text.as_slice())));
        }
        stored_archive(members.into_iter()).map_err(|error| wrong(error.to_string()))
    }

    /// A stored piece; `None` when it is not whole.
    pub fn from_bytes(bytes: Bytes) -> Option<Piece> {
        let mut archive = ZipArchive::new(Cursor::new(&bytes)).ok()?;
        let mut piece = Piece::default();
        for index in 0..archive.len() {
            let mut member = archive.by_index(index).ok()?;
            let mut content = Vec::with_capacity(usize::try_from(member.size()).ok()?.min(bytes.len()));
            member.read_to_end(&mut content).ok()?;
            let name = member.name().ok()?;
            if name == NOTES {
                piece.notes = serde_json::from_slice(&content).ok()?;
            } else if let Some(name) = name.strip_suffix(TABLE) {
                let (parquet, tally) = (content.into(), Tally::default());
                piece.tables.push(TablePiece { name: name.to_string(), parquet, csv: None, tally });
            } else {
                // What else there is of a table stands behind it.
                let table = piece.tables.last_mut()?;
                match name.strip_prefix(table.name.as_str())? {
                    TALLY => table.tally = Tally::from_bytes(&content)?,
                    _ => table.csv = Some(content),
                }
            }
        }
        Some(piece)
    }
}

/// Files in one archive, not packed and without a clock, so that the same files give the same bytes.
pub(crate) fn stored_archive<'a>(
    files: impl Iterator<Item = (String, &'a [u8])>,
) -> std::result::Result<Vec<u8>, zip::result::ZipError> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(zip::DateTime::default())
        .unix_permissions(0o644);
    for (name, content) in files {
        archive.start_file(name, options)?;
        archive.write_all(content)?;
    }
    Ok(archive.finish()?.into_inner())
}
