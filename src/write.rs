//! Tables to Parquet files, published whole or not at all.
//!
//! A run writes into a staging directory of its own. When every table is on the disk, the directory
//! becomes `OUTPUT/versions/ID`, and the link `OUTPUT/current` is switched to it in one step; a run
//! that is killed leaves `current` as it was. The id is a digest of the manifest and the manifest
//! has no clock, so the same inputs give the same bytes under the same id.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Float64Type, Int32Type, Int64Type};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::DataType;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use polars::prelude::DataFrame;
use sha2::{Digest, Sha256};

use crate::config::{About, WriteOptions};
use crate::descriptors::{Dataset, croissant, data_package};
use crate::error::{Error, Result};
use crate::manifest::{MANIFEST, Manifest, Sources, TableDigest};
use crate::model::Date;
use crate::tidy::{Language, TableDef, TableDescription, codebook};

/// The directory of the finished versions, beside the link `current`.
const VERSIONS: &str = "versions";
/// The link to the newest version.
const CURRENT: &str = "current";
/// Held by the run that writes here; the system lets go of it when the run dies.
const LOCK: &str = ".lock";
/// The name of a staging directory begins with this and ends with the process id.
const STAGING_PREFIX: &str = ".staging-";
/// The page that explains the tables, in both languages.
const CODEBOOKS: [(&str, Language); 2] = [("codebook.md", Language::English), ("codebook.zh.md", Language::Chinese)];
/// The descriptors.
const DATA_PACKAGE: &str = "datapackage.json";
const CROISSANT: &str = "croissant.json";
/// Stands before the text of a CSV file, so that Excel reads it as UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";
/// How many rows are turned into Arrow columns at a time; the memory for it stays small.
const BATCH_ROWS: usize = 8192;

/// What was published.
#[derive(Debug, Clone, PartialEq)]
pub struct Published {
    /// The directory of the version, under `OUTPUT/versions`.
    pub directory: PathBuf,
    /// The name of the version.
    pub version: String,
    /// Rows, bytes and digest of every table.
    pub tables: BTreeMap<String, TableDigest>,
    /// The bytes of all tables together.
    pub bytes: u64,
}

/// Where the tables lie of a dataset that is named by the directory of its output, of a version or of `current`.
///
/// # Errors
///
/// [`Error::Config`] when there are none.
pub fn tables_in(directory: &Path) -> Result<PathBuf> {
    let current = directory.join(CURRENT);
    let has_tables = |directory: &&Path| directory.join("observations.parquet").is_file();
    let found = [directory, &current].into_iter().find(has_tables);
    found.map(Path::to_path_buf).ok_or_else(|| {
        Error::Config(format!(
            "no dataset at {}: observations.parquet is neither there nor in its `current`; give the output of `zhibiao run`",
            directory.display()
        ))
    })
}

/// A dataset that is being written; [`Publication::finish`] makes it visible, dropping it removes it.
pub struct Publication {
    output: PathBuf,
    staging: PathBuf,
    properties: WriterProperties,
    about: About,
    open: BTreeMap<&'static str, OpenTable>,
    closed: BTreeMap<String, TableDigest>,
    /// Tables that are also written as CSV, by the name of the file.
    csv: BTreeMap<String, OpenCsv>,
    /// Open as long as the run writes; the lock goes with it.
    _lock: File,
}

/// A table whose file is being written.
struct OpenTable {
    name: &'static str,
    path: PathBuf,
    rows: u64,
    writer: ArrowWriter<HashingFile>,
}

impl Publication {
    /// Starts a dataset under `output`, which is made if need be. What runs that died have left
    /// behind is removed.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] when another run writes there or an option is out of range, [`Error::Io`]
    /// when the directory cannot be used.
    pub fn begin(output: &Path, options: &WriteOptions) -> Result<Publication> {
        let properties = writer_properties(options)?;
        let versions = output.join(VERSIONS);
        fs::create_dir_all(&versions).map_err(Error::io("cannot make", &versions))?;
        let lock = lock(output)?;
        remove_stale(output)?;
        let staging = output.join(format!("{STAGING_PREFIX}{}", std::process::id()));
        fs::create_dir(&staging).map_err(Error::io("cannot make", &staging))?;
        Ok(Publication {
            output: output.to_path_buf(),
            staging,
            properties,
            about: options.about.clone(),
            open: BTreeMap::new(),
            closed: BTreeMap::new(),
            csv: BTreeMap::new(),
            _lock: lock,
        })
    }

    /// Adds rows to a table. The first call makes its file, also when there are no rows.
    ///
    /// # Errors
    ///
    /// [`Error::Table`] when the rows do not fit the table, [`Error::Io`] when the disk fails.
    pub fn append<R>(&mut self, def: &TableDef<R>, rows: &[R]) -> Result<()> {
        let table = self.table(&def.describe())?;
        for rows in rows.chunks(BATCH_ROWS) {
            table.write(&def.batch(rows)?)?;
        }
        Ok(())
    }

    /// Adds the rows of a data frame to a table; as [`Publication::append`].
    ///
    /// # Errors
    ///
    /// [`Error::Table`] when the frame does not fit the table, [`Error::Io`] when the disk fails.
    pub fn append_frame(&mut self, description: &TableDescription, frame: &DataFrame) -> Result<()> {
        let table = self.table(description)?;
        for start in (0..frame.height()).step_by(BATCH_ROWS) {
            table.write(&description.frame_batch(&frame.slice(start as i64, BATCH_ROWS))?)?;
        }
        Ok(())
    }

    /// Adds the rows of a data frame to the CSV file of a table, `NAME.csv`; as [`Publication::append`].
    ///
    /// # Errors
    ///
    /// [`Error::Table`] when the frame does not fit the table, [`Error::Io`] when the disk fails.
    pub fn append_csv(&mut self, description: &TableDescription, frame: &DataFrame) -> Result<()> {
        let name = format!("{}.csv", description.name);
        let csv = match self.csv.entry(name) {
            Entry::Occupied(open) => open.into_mut(),
            Entry::Vacant(free) => {
                let path = self.staging.join(free.key());
                free.insert(OpenCsv::create(path, description)?)
            }
        };
        csv.write(&description.frame_batch(frame)?)
    }

    /// Closes the tables written so far and gives the directory in which they can be read; they take no more rows.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] or [`Error::Table`] when the disk fails.
    pub fn written(&mut self) -> Result<PathBuf> {
        for (name, table) in std::mem::take(&mut self.open) {
            self.closed.insert(name.to_string(), table.close()?);
        }
        Ok(self.staging.clone())
    }

    /// The open file of a table, made at the first call.
    fn table(&mut self, description: &TableDescription) -> Result<&mut OpenTable> {
        match self.open.entry(description.name) {
            Entry::Occupied(open) => Ok(open.into_mut()),
            Entry::Vacant(free) => Ok(free.insert(OpenTable::create(&self.staging, &self.properties, description)?)),
        }
    }

    /// Closes the tables, writes the codebook of the tables described, the manifest and the descriptors, and makes the
    /// dataset the current one.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] or [`Error::Table`]; the dataset published before then still stands.
    pub fn finish(mut self, sources: Sources, described: &[TableDescription]) -> Result<Published> {
        self.written()?;
        let tables = std::mem::take(&mut self.closed);
        let mut files = BTreeMap::new();
        for (name, csv) in std::mem::take(&mut self.csv) {
            files.insert(name, csv.close()?);
        }
        for (name, language) in CODEBOOKS {
            write_synced(&self.staging.join(name), codebook(described, language).as_bytes())?;
        }
        let version = sources.version();
        let manifest = Manifest { sources, files, tables, version: version.clone() };
        write_synced(&self.staging.join(MANIFEST), manifest.to_text().as_bytes())?;
        let tables = manifest.tables;
        self.write_descriptors(&version, described, &tables)?;
        sync_directory(&self.staging)?;

        let directory = self.output.join(VERSIONS).join(&version);
        // A version of that name has the same bytes; then the staging directory goes with `self`.
        if !directory.exists() {
            fs::rename(&self.staging, &directory).map_err(Error::io("cannot publish", &directory))?;
            sync_directory(&self.output.join(VERSIONS))?;
        }
        switch_current(&self.output, &version)?;
        let bytes = tables.values().map(|table| table.bytes).sum();
        Ok(Published { directory, version, tables, bytes })
    }

    /// The descriptors of those tables that were written.
    fn write_descriptors(
        &self,
        version: &str,
        described: &[TableDescription],
        digests: &BTreeMap<String, TableDigest>,
    ) -> Result<()> {
        let tables = described.iter().filter_map(|table| Some((table, digests.get(table.name)?))).collect();
        let dataset = Dataset { version, about: &self.about, tables };
        for (name, descriptor) in [(DATA_PACKAGE, data_package(&dataset)), (CROISSANT, croissant(&dataset))] {
            write_synced(&self.staging.join(name), format!("{descriptor:#}\n").as_bytes())?;
        }
        Ok(())
    }
}

impl Drop for Publication {
    fn drop(&mut self) {
        self.open.clear();
        self.csv.clear();
        // After a publication it is no longer there; a leftover is removed by the next run.
        let _ = fs::remove_dir_all(&self.staging);
    }
}

impl OpenTable {
    fn create(staging: &Path, properties: &WriterProperties, description: &TableDescription) -> Result<OpenTable> {
        let name = description.name;
        let path = staging.join(format!("{name}.parquet"));
        let file = File::create(&path).map_err(Error::io("cannot make", &path))?;
        let metadata = [
            ("description", description.sentence),
            ("key", &description.key.join(",")),
            ("row_order", description.order),
            ("zhibiao_version", env!("CARGO_PKG_VERSION")),
        ];
        let metadata = metadata.map(|(key, value)| KeyValue::new(key.to_string(), value.to_string())).to_vec();
        let properties = properties.clone().into_builder().set_key_value_metadata(Some(metadata)).build();
        let writer = ArrowWriter::try_new(HashingFile::new(file), Arc::new(description.schema()), Some(properties))
            .map_err(|error| table_error(name, &path, error))?;
        Ok(OpenTable { name, path, rows: 0, writer })
    }

    fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        self.writer.write(batch).map_err(|error| table_error(self.name, &self.path, error))?;
        self.rows += batch.num_rows() as u64;
        Ok(())
    }

    fn close(self) -> Result<TableDigest> {
        let file = self.writer.into_inner().map_err(|error| table_error(self.name, &self.path, error))?;
        let (bytes, sha256) = file.finish().map_err(Error::io("cannot write", &self.path))?;
        Ok(TableDigest { bytes, rows: self.rows, sha256 })
    }
}

/// A table whose CSV file is being written: UTF-8 with a byte order mark, which Excel asks for; no value is an empty
/// field.
struct OpenCsv {
    path: PathBuf,
    rows: u64,
    writer: csv::Writer<HashingFile>,
}

impl OpenCsv {
    fn create(path: PathBuf, description: &TableDescription) -> Result<OpenCsv> {
        let mut file = HashingFile::new(File::create(&path).map_err(Error::io("cannot make", &path))?);
        file.write_all(BYTE_ORDER_MARK).map_err(Error::io("cannot write", &path))?;
        let mut writer = csv::Writer::from_writer(file);
        let names = description.columns.iter().map(|column| column.name.as_str());
        writer.write_record(names).map_err(|error| Error::io("cannot write", &path)(error.into()))?;
        Ok(OpenCsv { path, rows: 0, writer })
    }

    fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        for row in 0..batch.num_rows() {
            let record = batch.columns().iter().map(|column| csv_field(column, row));
            self.writer.write_record(record).map_err(|error| Error::io("cannot write", &self.path)(error.into()))?;
        }
        self.rows += batch.num_rows() as u64;
        Ok(())
    }

    fn close(self) -> Result<TableDigest> {
        let file = self.writer.into_inner().map_err(csv::IntoInnerError::into_error);
        let written = file.and_then(HashingFile::finish).map_err(Error::io("cannot write", &self.path))?;
        let (bytes, sha256) = written;
        Ok(TableDigest { bytes, rows: self.rows, sha256 })
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

    /// Brings everything to the disk; gives the length and the sha256.
    fn finish(self) -> io::Result<(u64, String)> {
        let file = self.file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.sync_all()?;
        Ok((self.bytes, format!("{:x}", self.digest.finalize())))
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

fn writer_properties(options: &WriteOptions) -> Result<WriterProperties> {
    let level = ZstdLevel::try_new(options.compression_level).map_err(|_| {
        Error::Config(format!("write.compression_level is {}; zstd has 1 to 22", options.compression_level))
    })?;
    if options.row_group_rows == 0 {
        return Err(Error::Config("write.row_group_rows is 0; a row group has at least one row".to_string()));
    }
    Ok(WriterProperties::builder()
        .set_compression(Compression::ZSTD(level))
        .set_dictionary_enabled(true)
        // Statistics of every page, which also gives the page index.
        .set_statistics_enabled(EnabledStatistics::Page)
        .set_max_row_group_row_count(Some(options.row_group_rows))
        .set_created_by(concat!("zhibiao version ", env!("CARGO_PKG_VERSION")).to_string())
        .build())
}

/// Takes the right to write under `output`, which one run at a time can have.
fn lock(output: &Path) -> Result<File> {
    let path = output.join(LOCK);
    let file = File::create(&path).map_err(Error::io("cannot make", &path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(fs::TryLockError::WouldBlock) => Err(Error::Config(format!(
            "another run is writing to {}; wait for it or give another --output",
            output.display()
        ))),
        Err(fs::TryLockError::Error(error)) => Err(Error::io("cannot lock", &path)(error)),
    }
}

/// Removes the staging directories of runs that died; whoever holds the lock knows they are dead.
fn remove_stale(output: &Path) -> Result<()> {
    for entry in fs::read_dir(output).map_err(Error::io("cannot list", output))? {
        let entry = entry.map_err(Error::io("cannot list", output))?;
        if entry.file_name().to_string_lossy().starts_with(STAGING_PREFIX) {
            fs::remove_dir_all(entry.path()).map_err(Error::io("cannot remove", entry.path()))?;
        }
    }
    Ok(())
}

/// Points `current` to a version by renaming a new link over the old one, which no reader can see
/// half done.
fn switch_current(output: &Path, version: &str) -> Result<()> {
    let target = Path::new(VERSIONS).join(version);
    let link = output.join(format!(".{CURRENT}-{}", std::process::id()));
    let current = output.join(CURRENT);
    // A link of that name can only be left from a run that died with the same process id.
    let _ = fs::remove_file(&link);
    make_link(&target, &link).map_err(Error::io("cannot link", &link))?;
    if let Err(error) = fs::rename(&link, &current) {
        let _ = fs::remove_file(&link);
        return Err(Error::io("cannot switch", &current)(error));
    }
    sync_directory(output)
}

#[cfg(unix)]
fn make_link(target: &Path, link: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(target, link)
}

#[cfg(windows)]
fn make_link(target: &Path, link: &Path) -> io::Result<()> {
    std::os::windows::fs::symlink_dir(target, link)
}

fn write_synced(path: &Path, bytes: &[u8]) -> Result<()> {
    let write = || {
        let mut file = File::create(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().map_err(Error::io("cannot write", path))
}

/// Brings the names in a directory to the disk; elsewhere than on Unix a directory cannot be opened.
fn sync_directory(path: &Path) -> Result<()> {
    if cfg!(unix) {
        File::open(path).and_then(|directory| directory.sync_all()).map_err(Error::io("cannot sync", path))?;
    }
    Ok(())
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
    use crate::manifest::InputDigest;
    use crate::model::SentenceRow;
    use crate::tidy::{INDICATORS, ISSUES, SENTENCES};
    use crate::vocab::Vocabulary;
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

    fn tables() -> Vec<TableDescription> {
        crate::tidy::tables(&Vocabulary::embedded().unwrap())
    }

    fn sentences(count: i32) -> Vec<SentenceRow> {
        (0..count)
            .map(|number| SentenceRow {
                document_id: "00ff".into(),
                sentence_id: number,
                section_path: "一、工作回顾".into(),
                section_role: "review",
                text: format!("新建农村公路{number}公里。"),
                source_start: number * 10,
                source_end: number * 10 + 9,
            })
            .collect()
    }

    /// Of two inputs, the first of which has so many bytes.
    fn sources(bytes: usize) -> Sources {
        let input = |path: &str, bytes| InputDigest { bytes, path: path.into(), sha256: format!("{bytes:x}") };
        Sources { inputs: vec![input("a.txt", bytes as u64), input("b.txt", 3)], ..Sources::default() }
    }

    fn publish(output: &Path, rows: &[SentenceRow], options: &WriteOptions) -> Published {
        let mut publication = Publication::begin(output, options).unwrap();
        let (first, second) = rows.split_at(rows.len() / 2);
        publication.append(&SENTENCES, first).unwrap();
        publication.append(&ISSUES, &[]).unwrap();
        publication.append(&SENTENCES, second).unwrap();
        publication.finish(sources(rows.len()), &tables()).unwrap()
    }

    /// The names in a directory, hidden ones included.
    fn names(directory: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(directory)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn published_rows_read_back_as_they_were_given() {
        let output = tempfile::tempdir().unwrap();
        let rows = sentences(20_000);
        let options = WriteOptions { row_group_rows: 7_000, ..WriteOptions::default() };
        let published = publish(output.path(), &rows, &options);
        assert_eq!(published.tables["sentences"].rows, 20_000);
        assert_eq!(published.tables["issues"].rows, 0);

        let path = output.path().join("current/sentences.parquet");
        let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(&path).unwrap()).unwrap();
        assert_eq!(reader.metadata().num_row_groups(), 3);
        assert_eq!(reader.metadata().file_metadata().created_by(), Some("zhibiao version 0.1.0"));
        let metadata = reader.metadata().file_metadata().key_value_metadata().unwrap();
        let value = |key: &str| metadata.iter().find(|entry| entry.key == key).unwrap().value.clone().unwrap();
        assert_eq!(value("description"), SENTENCES.sentence);
        assert_eq!(value("key"), "document_id,sentence_id");
        assert_eq!(value("row_order"), SENTENCES.order);
        assert_eq!(reader.schema().fields(), SENTENCES.describe().schema().fields());
        let batches: Vec<_> = reader.with_batch_size(30_000).build().unwrap().map(|batch| batch.unwrap()).collect();
        assert_eq!(batches.len(), 1);
        assert_eq!(batches[0].columns(), SENTENCES.batch(&rows).unwrap().columns());

        let empty = File::open(output.path().join("current/issues.parquet")).unwrap();
        let empty = ParquetRecordBatchReaderBuilder::try_new(empty).unwrap();
        assert_eq!(empty.schema().fields(), ISSUES.describe().schema().fields());
        assert_eq!(empty.build().unwrap().count(), 0);
    }

    #[test]
    fn the_manifest_has_the_digests_of_the_files() {
        let output = tempfile::tempdir().unwrap();
        let published = publish(output.path(), &sentences(10), &WriteOptions::default());
        let manifest = Manifest::read(&published.directory).unwrap();
        assert_eq!(manifest.tables, published.tables);
        assert_eq!((manifest.version, published.version), (sources(10).version(), sources(10).version()));
        for (name, digest) in &manifest.tables {
            let bytes = fs::read(published.directory.join(format!("{name}.parquet"))).unwrap();
            assert_eq!(bytes.len() as u64, digest.bytes);
            assert_eq!(format!("{:x}", Sha256::digest(&bytes)), digest.sha256);
        }
        for (name, language) in CODEBOOKS {
            assert_eq!(fs::read_to_string(published.directory.join(name)).unwrap(), codebook(&tables(), language));
        }
    }

    #[test]
    fn two_runs_give_the_same_bytes_under_the_same_name() {
        let (left, right) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let first = publish(left.path(), &sentences(500), &WriteOptions::default());
        let second = publish(right.path(), &sentences(500), &WriteOptions::default());
        assert_eq!(first.version, second.version);
        for name in names(&first.directory) {
            let read = |directory: &Path| fs::read(directory.join(&name)).unwrap();
            assert!(read(&first.directory) == read(&second.directory), "{name}");
        }
        // Again at the same place: the version is there already.
        let third = publish(left.path(), &sentences(500), &WriteOptions::default());
        assert_eq!(third, first);
        assert_eq!(names(left.path()), [".lock", "current", "versions"]);
        assert_eq!(names(&left.path().join(VERSIONS)), [first.version]);
    }

    #[test]
    fn how_rows_are_cut_into_calls_does_not_matter() {
        let (left, right) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let rows = sentences(1_000);
        let whole = publish(left.path(), &rows, &WriteOptions::default());
        let mut publication = Publication::begin(right.path(), &WriteOptions::default()).unwrap();
        publication.append(&ISSUES, &[]).unwrap();
        for rows in rows.chunks(37) {
            publication.append(&SENTENCES, rows).unwrap();
        }
        let pieces = publication.finish(sources(1_000), &tables()).unwrap();
        assert_eq!(pieces.tables, whole.tables);
    }

    #[test]
    fn a_new_version_takes_the_place_of_the_old_one() {
        let output = tempfile::tempdir().unwrap();
        let first = publish(output.path(), &sentences(5), &WriteOptions::default());
        let second = publish(output.path(), &sentences(6), &WriteOptions::default());
        assert_ne!(first.version, second.version);
        let current = fs::read_link(output.path().join(CURRENT)).unwrap();
        assert_eq!(current, Path::new(VERSIONS).join(&second.version));
        assert!(first.directory.exists());
    }

    #[test]
    fn a_dropped_publication_leaves_current_as_it_was() {
        let output = tempfile::tempdir().unwrap();
        let published = publish(output.path(), &sentences(5), &WriteOptions::default());
        let mut publication = Publication::begin(output.path(), &WriteOptions::default()).unwrap();
        publication.append(&SENTENCES, &sentences(7)).unwrap();
        drop(publication);
        let current = fs::read_link(output.path().join(CURRENT)).unwrap();
        assert_eq!(current, Path::new(VERSIONS).join(&published.version));
        assert_eq!(names(output.path()), [".lock", "current", "versions"]);
        assert_eq!(names(&output.path().join(VERSIONS)), [published.version]);
    }

    #[test]
    fn what_dead_runs_left_is_removed_and_live_runs_are_respected() {
        let output = tempfile::tempdir().unwrap();
        let stale = output.path().join(".staging-4000000000");
        fs::create_dir(&stale).unwrap();
        fs::write(stale.join("issues.parquet"), b"half").unwrap();
        let live = Publication::begin(output.path(), &WriteOptions::default()).unwrap();
        assert!(!stale.exists());
        let error = Publication::begin(output.path(), &WriteOptions::default()).err().unwrap();
        assert!(
            matches!(&error, Error::Config(message) if message.starts_with("another run is writing to ")),
            "{error}"
        );
        assert!(live.staging.exists());
        drop(live);
        assert!(Publication::begin(output.path(), &WriteOptions::default()).is_ok());
    }

    #[test]
    fn output_that_cannot_be_written_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let output = folder.path().join("a_file");
        fs::write(&output, b"").unwrap();
        let error = Publication::begin(&output, &WriteOptions::default()).err().unwrap();
        assert!(matches!(&error, Error::Io { path, .. } if path.starts_with(&output)), "{error}");
    }

    #[test]
    fn a_current_that_is_no_link_is_not_touched() {
        let output = tempfile::tempdir().unwrap();
        let current = output.path().join(CURRENT);
        fs::create_dir(&current).unwrap();
        fs::write(current.join("mine.txt"), b"").unwrap();
        let mut publication = Publication::begin(output.path(), &WriteOptions::default()).unwrap();
        publication.append(&INDICATORS, &[]).unwrap();
        let error = publication.finish(sources(0), &tables()).unwrap_err();
        assert!(matches!(&error, Error::Io { path, .. } if *path == current), "{error}");
        assert_eq!(names(&current), ["mine.txt"]);
        assert_eq!(names(output.path()), [".lock", "current", "versions"]);
    }

    #[test]
    fn a_disk_error_inside_the_parquet_writer_names_the_file() {
        let source = io::Error::from(io::ErrorKind::StorageFull);
        let error = table_error("issues", Path::new("issues.parquet"), ParquetError::from(source));
        assert!(matches!(&error, Error::Io { path, .. } if path == Path::new("issues.parquet")), "{error}");
    }

    #[test]
    fn settings_out_of_range_are_refused() {
        let output = tempfile::tempdir().unwrap();
        for options in ["compression_level = 99", "row_group_rows = 0"] {
            let options: WriteOptions = toml::from_str(options).unwrap();
            assert!(matches!(Publication::begin(output.path(), &options), Err(Error::Config(_))));
        }
        assert!(toml::from_str::<WriteOptions>("compresion_level = 3").is_err());
        assert_eq!(toml::from_str::<WriteOptions>("").unwrap(), WriteOptions::default());
    }
}
