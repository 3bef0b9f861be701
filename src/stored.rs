//! Parquet files read back: opened, and handed on some rows at a time. What an error says is the caller's.

use crate::error::{Error, Result};
use arrow_array::{RecordBatch, RecordBatchReader};
use arrow_schema::SchemaRef;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ParquetRecordBatchReaderBuilder};
use std::fs::File;
use std::path::{Path, PathBuf};

/// A file about to be read; its metadata are known.
pub(crate) type Stored = ParquetRecordBatchReaderBuilder<File>;

/// Where a table lies in a directory of tables.
pub(crate) fn path_of(directory: &Path, table: &str) -> PathBuf {
    directory.join(format!("{table}.parquet"))
}

/// Opens a Parquet file. `wrong` makes an error of what is broken in it.
pub(crate) fn open(path: &Path, wrong: impl Fn(String) -> Error) -> Result<Stored> {
    let file = File::open(path).map_err(Error::io("cannot read", path))?;
    Stored::try_new(file).map_err(|error| wrong(error.to_string()))
}

/// What a Parquet file says of itself: its schema, its row groups.
pub(crate) fn metadata(path: &Path, wrong: impl Fn(String) -> Error) -> Result<ArrowReaderMetadata> {
    let file = File::open(path).map_err(Error::io("cannot read", path))?;
    ArrowReaderMetadata::load(&file, Default::default()).map_err(|error| wrong(error.to_string()))
}

/// Opens a Parquet file whose metadata are known.
pub(crate) fn reopen(path: &Path, metadata: &ArrowReaderMetadata) -> Result<Stored> {
    let file = File::open(path).map_err(Error::io("cannot read", path))?;
    Ok(Stored::new_with_metadata(file, metadata.clone()))
}

/// Hands columns of an open file on, some rows at a time; gives the schema they have.
pub(crate) fn each_batch<'c>(
    stored: Stored,
    columns: impl IntoIterator<Item = &'c str>,
    wrong: impl Fn(String) -> Error,
    mut take: impl FnMut(RecordBatch) -> Result<()>,
) -> Result<SchemaRef> {
    let mask = ProjectionMask::columns(stored.parquet_schema(), columns);
    let reader = stored.with_projection(mask).build().map_err(|error| wrong(error.to_string()))?;
    let schema = reader.schema();
    for batch in reader {
        take(batch.map_err(|error| wrong(error.to_string()))?)?;
    }
    Ok(schema)
}
