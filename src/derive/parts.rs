//! The written tables parted by what is looked at together. Reports of one area may stand anywhere in the files, yet each file
//! is read once: rows wait for their turn in memory, and on disk where they are many.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use arrow_select::concat::concat_batches;
use bytes::Bytes;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ParquetRecordBatchReaderBuilder, RowSelection};
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use rayon::current_num_threads;
use rayon::prelude::*;

use super::group::{Document, Note, Observation, Rows, Stated, Target, runs};
use crate::error::{Error, Result};
use crate::spill::Spill;
use crate::stored;

/// How many rows are read together.
const BATCH_ROWS: usize = 8192;
/// The tables that are parted, and their columns.
const TABLES: [(&str, &[&str]); 4] = [
    (Document::TABLE, Document::COLUMNS),
    (Observation::TABLE, Observation::COLUMNS),
    (Target::TABLE, Target::COLUMNS),
    (Note::TABLE, Note::COLUMNS),
];

/// The rows of some documents, by the part that the document is in.
pub struct Parts {
    /// Of each part the rows of each table.
    waiting: Vec<[Waiting; TABLES.len()]>,
    /// The bytes of all rows that wait in memory.
    bytes: usize,
    /// Where the others wait; it has no name.
    spill: Mutex<Spill>,
}

/// Rows of one table for one part.
#[derive(Default)]
struct Waiting {
    /// The earlier ones: where in the file.
    written: Vec<Range<u64>>,
    rows: Vec<RecordBatch>,
}

/// Rows that follow each other, and their part.
type Slice = (usize, RecordBatch);

impl Parts {
    /// Reads what some documents state from the tables in a directory; `parts` are their ids. In memory rows of some `most`
    /// bytes wait.
    pub(super) fn read(directory: &Path, parts: &[Vec<&HashSet<String>>], most: usize) -> Result<Parts> {
        let waiting = parts.iter().map(|_| Default::default()).collect();
        let mut read = Parts { waiting, bytes: 0, spill: Mutex::new(Spill::new(directory, 0)) };
        let mut part_of: HashMap<&str, usize> = HashMap::new();
        for (part, documents) in parts.iter().enumerate() {
            part_of.extend(documents.iter().copied().flatten().map(|id| (id.as_str(), part)));
        }
        for (at, (table, columns)) in TABLES.into_iter().enumerate() {
            let table = Table::open(directory, table, columns)?;
            let groups: Vec<usize> = (0..table.metadata.metadata().num_row_groups()).collect();
            for some in groups.chunks(2 * current_num_threads()) {
                let slices = some.par_iter().map(|group| table.slices(*group, &part_of));
                for (bytes, slices) in slices.collect::<Result<Vec<_>>>()? {
                    read.bytes += bytes;
                    slices.into_iter().for_each(|(part, rows)| read.waiting[part][at].rows.push(rows));
                }
                if read.bytes > most {
                    read.write(directory)?;
                }
            }
        }
        Ok(read)
    }

    /// Brings what waits in memory to the file.
    fn write(&mut self, directory: &Path) -> Result<()> {
        let rows = self.waiting.iter_mut().flatten().filter(|waiting| !waiting.rows.is_empty());
        let mut rows: Vec<&mut Waiting> = rows.collect();
        let encoded = rows.par_iter_mut().map(|waiting| encoded(std::mem::take(&mut waiting.rows)));
        let encoded = encoded.collect::<Result<Vec<_>>>()?;
        let spill = self.spill.get_mut().map_err(|_| Error::table("the rows that wait")("another thread failed"))?;
        for (waiting, bytes) in rows.into_iter().zip(encoded) {
            waiting.written.push(spill.put(&bytes).map_err(Error::io("cannot write", directory))?);
        }
        self.bytes = 0;
        Ok(())
    }

    /// What the documents of a part state, in the order of the tables.
    pub fn stated(&self, part: usize) -> Result<Stated> {
        let rows = |at: usize| -> Result<Rows> {
            let (table, _) = TABLES[at];
            let waiting = &self.waiting[part][at];
            let mut rows = Rows::default();
            for place in &waiting.written {
                let bytes = self.bytes_at(place).map_err(Error::io("cannot read the rows that wait of", table))?;
                let reader = ParquetRecordBatchReaderBuilder::try_new(Bytes::from(bytes));
                let reader = reader
                    .and_then(|reader| reader.with_batch_size(BATCH_ROWS).build())
                    .map_err(Error::table(table))?;
                reader.into_iter().try_for_each(|batch| rows.push(batch.map_err(Error::table(table))?, table))?;
            }
            waiting.rows.iter().try_for_each(|batch| rows.push(batch.clone(), table))?;
            Ok(rows)
        };
        Ok(Stated { documents: rows(0)?, observations: rows(1)?, targets: rows(2)?, issues: rows(3)? })
    }

    fn bytes_at(&self, place: &Range<u64>) -> std::io::Result<Vec<u8>> {
        let mut spill = self.spill.lock().map_err(|_| std::io::Error::other("another thread failed"))?;
        spill.get(place.clone())
    }
}

/// A written table.
struct Table {
    name: &'static str,
    columns: &'static [&'static str],
    path: PathBuf,
    metadata: ArrowReaderMetadata,
}

impl Table {
    fn open(directory: &Path, name: &'static str, columns: &'static [&'static str]) -> Result<Table> {
        let path = stored::path_of(directory, name);
        let metadata = stored::metadata(&path, |message| Error::Table { table: name, message })?;
        Ok(Table { name, columns, path, metadata })
    }

    /// The rows of a row group that are wanted, and the bytes that they take up.
    fn slices(&self, group: usize, part_of: &HashMap<&str, usize>) -> Result<(usize, Vec<Slice>)> {
        let name = self.name;
        let wrong_file = |message: String| Error::Table { table: name, message };
        let open = || Ok(stored::reopen(&self.path, &self.metadata)?.with_row_groups(vec![group]));
        // The rows that are wanted: which they are of all, and of which part.
        let (mut wanted, mut parts, mut start) = (Vec::new(), Vec::new(), 0);
        stored::each_batch(open()?, ["document_id"], wrong_file, |batch| {
            for (id, rows) in runs(batch.column(0).as_string()) {
                if let Some(part) = id.and_then(|id| part_of.get(id)) {
                    wanted.push(start + rows.start..start + rows.end);
                    parts.push((*part, rows.len()));
                }
            }
            start += batch.num_rows();
            Ok(())
        })?;
        if wanted.is_empty() {
            return Ok((0, Vec::new()));
        }
        let selection = RowSelection::from_consecutive_ranges(wanted.into_iter(), start);
        let reader = open()?.with_row_selection(selection).with_batch_size(BATCH_ROWS);
        let (mut bytes, mut slices, mut parts) = (0, Vec::new(), parts.into_iter().peekable());
        stored::each_batch(reader, self.columns.iter().copied(), wrong_file, |batch| {
            bytes += batch.get_array_memory_size();
            let mut from = 0;
            while from < batch.num_rows() {
                let Some((part, left)) = parts.peek_mut() else { break };
                let length = (*left).min(batch.num_rows() - from);
                slices.push((*part, batch.slice(from, length)));
                (from, *left) = (from + length, *left - length);
                if *left == 0 {
                    parts.next();
                }
            }
            Ok(())
        })?;
        Ok((bytes, slices))
    }
}

/// Rows of one table as a file in memory.
fn encoded(rows: Vec<RecordBatch>) -> Result<Vec<u8>> {
    let Some(first) = rows.first() else { return Ok(Vec::new()) };
    let rows = concat_batches(first.schema_ref(), &rows).map_err(Error::table("the rows that wait"))?;
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_statistics_enabled(EnabledStatistics::None)
        .build();
    let encoded = ArrowWriter::try_new(Vec::new(), rows.schema(), Some(properties)).and_then(|mut writer| {
        writer.write(&rows)?;
        writer.into_inner()
    });
    encoded.map_err(Error::table("the rows that wait"))
}
