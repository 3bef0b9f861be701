//! Rows to Parquet and CSV: pieces of tables are encoded in memory, and files are put together of encoded pieces.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Float64Type, Int32Type, Int64Type};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::DataType;
use bytes::Bytes;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::arrow::{ArrowSchemaConverter, ArrowWriter, add_encoded_arrow_schema_to_metadata};
use parquet::basic::{Compression, ZstdLevel};
use parquet::column::writer::ColumnCloseResult;
use parquet::errors::ParquetError;
use parquet::file::metadata::{KeyValue, PageIndexPolicy, ParquetMetaDataReader};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::SerializedFileWriter;
use sha2::{Digest, Sha256};

use crate::config::WriteOptions;
use crate::error::{Error, Result};
use crate::manifest::{FileDigest, TableDigest};
use crate::model::Date;
use crate::stored;
use crate::tidy::TableDescription;

/// Stands before the text of a CSV file, so that Excel reads it as UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// How tables are encoded.
#[derive(Debug, Clone)]
pub struct Encoder {
    properties: WriterProperties,
}

impl Encoder {
    /// An encoder with the settings of the section `[write]`.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] when an option is out of range.
    pub fn new(options: &WriteOptions) -> Result<Encoder> {
        let level = ZstdLevel::try_new(options.compression_level).map_err(|_| {
            Error::Config(format!("write.compression_level is {}; zstd has 1 to 22", options.compression_level))
        })?;
        if options.row_group_rows == 0 {
            return Err(Error::Config("write.row_group_rows is 0; a row group has at least one row".to_string()));
        }
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(level))
            .set_dictionary_enabled(true)
            // Statistics of every page, which also gives the page index.
            .set_statistics_enabled(EnabledStatistics::Page)
            .set_max_row_group_row_count(Some(options.row_group_rows))
            .set_created_by(concat!("zhibiao version ", env!("CARGO_PKG_VERSION")).to_string())
            .build();
        Ok(Encoder { properties })
    }

    /// Encodes rows of a table. They become a row group, or several where they are many.
    ///
    /// # Errors
    ///
    /// [`Error::Table`] when they do not fit it.
    pub fn encode(&self, table: &TableDescription, rows: &RecordBatch) -> Result<Bytes> {
        let wrong = |error: ParquetError| Error::Table { table: table.name, message: error.to_string() };
        // The schema is written once, with the file that the row groups come into.
        let options = ArrowWriterOptions::new().with_properties(self.properties.clone());
        let options = options.with_skip_arrow_metadata(true);
        let mut writer = ArrowWriter::try_new_with_options(Vec::new(), rows.schema(), options).map_err(wrong)?;
        writer.write(rows).map_err(wrong)?;
        Ok(writer.into_inner().map_err(wrong)?.into())
    }
}

/// A Parquet file that is being put together.
pub(crate) struct TableFile {
    name: &'static str,
    path: PathBuf,
    rows: u64,
    writer: SerializedFileWriter<HashingFile>,
}

impl TableFile {
    pub fn create(directory: &Path, encoder: &Encoder, table: &TableDescription) -> Result<TableFile> {
        let name = table.name;
        let path = stored::path_of(directory, name);
        let file = File::create(&path).map_err(Error::io("cannot make", &path))?;
        let metadata = [
            ("description", table.sentence),
            ("key", &table.key.join(",")),
            ("row_order", table.order),
            ("zhibiao_version", env!("CARGO_PKG_VERSION")),
        ];
        let metadata = metadata.map(|(key, value)| KeyValue::new(key.to_string(), value.to_string())).to_vec();
        let properties = encoder.properties.clone().into_builder().set_key_value_metadata(Some(metadata));
        let mut properties = properties.build();
        let schema = table.schema();
        add_encoded_arrow_schema_to_metadata(&schema, &mut properties);
        let wrong = |error| table_error(name, &path, error);
        let columns = ArrowSchemaConverter::new().convert(&schema).map_err(wrong)?.root_schema_ptr();
        let writer = SerializedFileWriter::new(HashingFile::new(file), columns, Arc::new(properties)).map_err(wrong)?;
        Ok(TableFile { name, path, rows: 0, writer })
    }

    /// Copies the row groups of a piece.
    pub fn append(&mut self, piece: &Bytes) -> Result<()> {
        let rows = copy_row_groups(piece, &mut self.writer);
        self.rows += rows.map_err(|error| table_error(self.name, &self.path, error))?;
        Ok(())
    }

    pub fn close(mut self) -> Result<TableDigest> {
        self.writer.finish().map_err(|error| table_error(self.name, &self.path, error))?;
        let (bytes, sha256) = self.writer.inner_mut().finish().map_err(Error::io("cannot write", &self.path))?;
        Ok(TableDigest { bytes, rows: self.rows, sha256 })
    }
}

/// Copies all row groups of a small file, as they are encoded; gives the number of rows.
fn copy_row_groups(
    piece: &Bytes,
    writer: &mut SerializedFileWriter<HashingFile>,
) -> std::result::Result<u64, ParquetError> {
    let reader = ParquetMetaDataReader::new().with_page_index_policy(PageIndexPolicy::Optional);
    let metadata = reader.parse_and_finish(piece)?;
    let mut rows = 0;
    for (at, group) in metadata.row_groups().iter().enumerate() {
        let indexes = metadata.column_index().and_then(|index| index.get(at));
        let offsets = metadata.offset_index().and_then(|index| index.get(at));
        let mut copy = writer.next_row_group()?;
        for (column, chunk) in group.columns().iter().enumerate() {
            let close = ColumnCloseResult {
                bytes_written: chunk.compressed_size() as u64,
                rows_written: group.num_rows() as u64,
                metadata: chunk.clone(),
                bloom_filter: None,
                column_index: indexes.and_then(|index| index.get(column)).cloned(),
                offset_index: offsets.and_then(|index| index.get(column)).cloned(),
            };
            copy.append_column(piece, close)?;
        }
        copy.close()?;
        rows += group.num_rows() as u64;
    }
    Ok(rows)
}

/// Rows as lines of CSV; no value is an empty field.
pub(crate) fn csv_lines(rows: &RecordBatch) -> Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in 0..rows.num_rows() {
        let record = rows.columns().iter().map(|column| csv_field(column, row));
        writer.write_record(record).map_err(|error| Error::Config(format!("cannot write CSV: {error}")))?;
    }
    writer.into_inner().map_err(|error| Error::Config(format!("cannot write CSV: {error}")))
}

/// A CSV file that is being put together: UTF-8 with a byte order mark, which Excel asks for.
pub(crate) struct CsvFile {
    path: PathBuf,
    file: HashingFile,
}

impl CsvFile {
    pub fn create(path: PathBuf, table: &TableDescription) -> Result<CsvFile> {
        let mut header = csv::Writer::from_writer(BYTE_ORDER_MARK.to_vec());
        let names = table.columns.iter().map(|column| column.name.as_str());
        header.write_record(names).map_err(|error| Error::io("cannot write", &path)(error.into()))?;
        let header = header.into_inner().map_err(|error| Error::io("cannot write", &path)(error.into_error()))?;
        let file = HashingFile::new(File::create(&path).map_err(Error::io("cannot make", &path))?);
        let mut csv = CsvFile { path, file };
        csv.append(&header)?;
        Ok(csv)
    }

    pub fn append(&mut self, lines: &[u8]) -> Result<()> {
        self.file.write_all(lines).map_err(Error::io("cannot write", &self.path))
    }

    pub fn close(mut self) -> Result<FileDigest> {
        let (bytes, sha256) = self.file.finish().map_err(Error::io("cannot write", &self.path))?;
        Ok(FileDigest { bytes, sha256 })
    }
}

/// The value of a plain column in a row; nothing for null.
fn csv_field(column: &ArrayRef, row: usize) -> String {
    if column.is_null(row) {
        return String::new();
    }
    match column.data_type() {
        DataType::Utf8 => column.as_string::<i32>().value(row).to_string(),
        DataType::Int32 => column.as_primitive::<Int32Type>().value(row).to_string(),
        DataType::Int64 => column.as_primitive::<Int64Type>().value(row).to_string(),
        DataType::Float64 => column.as_primitive::<Float64Type>().value(row).to_string(),
        DataType::Date32 => Date::from_days(column.as_primitive::<Date32Type>().value(row)).to_string(),
        // Booleans; there is no other type in a table.
        _ => column.as_boolean_opt().map_or(String::new(), |column| column.value(row).to_string()),
    }
}

/// A file that counts and digests what is written to it, so that nothing is read again.
struct HashingFile {
    file: BufWriter<File>,
    digest: Sha256,
    bytes: u64,
}

impl HashingFile {
    fn new(file: File) -> HashingFile {
        HashingFile { file: BufWriter::new(file), digest: Sha256::new(), bytes: 0 }
    }

    /// The end of the file: its length and its sha256.
    fn finish(&mut self) -> io::Result<(u64, String)> {
        self.file.flush()?;
        Ok((self.bytes, format!("{:x}", std::mem::take(&mut self.digest).finalize())))
    }
}

impl Write for HashingFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.digest.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// A full disk comes wrapped in an error of the Parquet writer; it is named as what it is.
fn table_error(table: &'static str, path: &Path, error: ParquetError) -> Error {
    let message = error.to_string();
    if let ParquetError::External(source) = error
        && let Ok(source) = source.downcast::<io::Error>()
    {
        return Error::io("cannot write", path)(*source);
    }
    Error::Table { table, message }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_error_inside_the_parquet_writer_names_the_file() {
        let source = io::Error::from(io::ErrorKind::StorageFull);
        let error = table_error("issues", Path::new("issues.parquet"), ParquetError::from(source));
        assert!(matches!(&error, Error::Io { path, .. } if path == Path::new("issues.parquet")), "{error}");
    }
}
