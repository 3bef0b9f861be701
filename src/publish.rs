//! Datasets made visible, whole or not at all.
//!
//! A run writes into a staging directory of its own. When every file is on the disk, the directory becomes
//! `OUTPUT/versions/ID`, and the link `OUTPUT/current` is switched to it in one step; a run that is killed leaves `current`
//! as it was. The id is a digest of the sources, so it is known before the work is done.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use arrow_array::RecordBatch;
use rayon::prelude::*;

use crate::check::{Plan, Tallies, Verdict};
use crate::config::{About, WriteOptions};
use crate::descriptors::{Dataset, croissant, data_package};
use crate::error::{Error, Result};
use crate::manifest::{FileDigest, MANIFEST, Manifest, Sources, TableDigest, sha256};
use crate::piece::{Maker, TablePiece, stored_archive};
use crate::tidy::{Language, TableDef, TableDescription, codebook};
use crate::watch::{Watch, go_on};
use crate::write::{CsvFile, Encoder, TableFile};

/// The directory of the finished versions, beside the link `current`.
pub(crate) const VERSIONS: &str = "versions";
/// The link to the newest version.
const CURRENT: &str = "current";
/// Held by the run that writes here; the system lets go of it when the run dies.
const LOCK: &str = ".lock";
/// How often a run that waits for another one looks whether it has ended.
const LOOK: Duration = Duration::from_millis(200);
/// The name of a staging directory begins with this and ends with the process id.
const STAGING_PREFIX: &str = ".staging-";
/// The page that explains the tables, in both languages.
const CODEBOOKS: [(&str, Language); 2] = [("codebook.md", Language::English), ("codebook.zh.md", Language::Chinese)];
/// The descriptors.
const DATA_PACKAGE: &str = "datapackage.json";
const CROISSANT: &str = "croissant.json";
/// The words with which the tables were made, laid out like `data/vocab`.
pub const VOCABULARY: &str = "vocabulary.zip";

/// What was published.
#[derive(Debug, Clone, Default, PartialEq)]
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

impl Published {
    fn new(directory: PathBuf, manifest: Manifest) -> Published {
        let bytes = manifest.tables.values().map(|table| table.bytes).sum();
        Published { directory, version: manifest.version, tables: manifest.tables, bytes }
    }
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

/// Where versions are published; whoever holds it is the only one that writes there.
pub struct Output {
    directory: PathBuf,
    keep: Option<usize>,
    /// Open as long as the run writes; the lock goes with it.
    _lock: File,
}

impl Output {
    /// Takes the right to write under a directory, which is made if need be. What runs that died have left behind is
    /// removed. Where another run writes, its end is waited for, at most so long.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] when another run still writes there, [`Error::Io`] when the directory cannot be used,
    /// [`Error::Stopped`].
    pub fn open(directory: &Path, options: &WriteOptions, wait: Duration, watch: &dyn Watch) -> Result<Output> {
        let versions = directory.join(VERSIONS);
        if !versions.is_dir() {
            fs::create_dir_all(&versions).map_err(Error::io("cannot make", &versions))?;
            sync_directory(directory)?;
            // The name of the output itself; a parent that may not be opened is none of ours.
            let _ = directory.parent().map(sync_directory);
        }
        let lock = lock(directory, wait, watch)?;
        remove_stale(directory)?;
        Ok(Output { directory: directory.to_path_buf(), keep: options.keep_versions, _lock: lock })
    }

    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The manifest of the current version; `None` where there is none, or it is not whole.
    pub fn current(&self) -> Option<Manifest> {
        whole(&self.directory.join(CURRENT))
    }

    /// Makes a version current that is there already and whole.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] when the link cannot be switched.
    pub fn publish_again(&self, version: &str) -> Result<Option<Published>> {
        let directory = self.directory.join(VERSIONS).join(version);
        let Some(manifest) = whole(&directory).filter(|manifest| manifest.version == version) else { return Ok(None) };
        if self.current().is_none_or(|current| current.version != version) {
            switch_current(&self.directory, version)?;
        }
        Ok(Some(Published::new(directory, manifest)))
    }

    /// Starts a dataset.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] when an option is out of range, [`Error::Io`] when the staging directory cannot be made.
    pub fn begin(&self, options: &WriteOptions, plan: Plan) -> Result<Publication<'_>> {
        let staging = self.directory.join(format!("{STAGING_PREFIX}{}", std::process::id()));
        let encoder = Encoder::new(options)?;
        fs::create_dir(&staging).map_err(Error::io("cannot make", &staging))?;
        Ok(Publication {
            output: self,
            maker: Arc::new(Maker { encoder, plan }),
            tallies: Tallies::new(&staging),
            staging,
            about: options.about.clone(),
            open: BTreeMap::new(),
            closed: BTreeMap::new(),
            csv: BTreeMap::new(),
        })
    }

    /// Removes old versions, the oldest first, down to as many as are kept. What cannot
    /// be removed is told and left.
    fn prune(&self, current: &str) {
        let versions = self.directory.join(VERSIONS);
        let entries = fs::read_dir(&versions).into_iter().flatten().flatten();
        // Those that are damaged go first.
        let mut old: Vec<_> = entries
            .filter(|entry| entry.file_name() != *current)
            .filter_map(|entry| {
                let modified = entry.metadata().ok()?.modified().ok()?;
                Some((whole(&entry.path()).is_some(), modified, entry.path()))
            })
            .collect();
        old.sort();
        let surplus = self.keep.map_or(0, |keep| (old.len() + 1).saturating_sub(keep));
        for (_, _, path) in old.into_iter().take(surplus) {
            if let Err(error) = self.put_aside(&path) {
                tracing::warn!("an old version stays: {error}");
            }
        }
        if let Err(error) = remove_stale(&self.directory) {
            tracing::warn!("something is left behind: {error}");
        }
    }

    /// Takes a version out of sight in one step; what then is left of it is removed with what dead runs leave.
    fn put_aside(&self, version: &Path) -> Result<()> {
        if !version.exists() {
            return Ok(());
        }
        let name = version.file_name().unwrap_or_default().to_string_lossy();
        let aside = self.directory.join(format!("{STAGING_PREFIX}{name}"));
        fs::rename(version, &aside).map_err(Error::io("cannot put aside", version))
    }
}

/// An output as tests use it.
#[cfg(test)]
pub(crate) fn open(directory: &Path) -> Output {
    Output::open(directory, &WriteOptions::default(), Duration::ZERO, &()).unwrap()
}

/// A plan that asks nothing.
#[cfg(test)]
pub(crate) fn no_plan() -> Plan {
    Plan::new(
        &[],
        crate::check::Expectations::load(None, &crate::tidy::tables(&crate::vocab::Vocabulary::embedded().unwrap()))
            .unwrap(),
        0,
    )
}

/// A dataset that is being written; [`Publication::finish`] makes it visible, dropping it removes it.
pub struct Publication<'o> {
    output: &'o Output,
    staging: PathBuf,
    /// Makes the pieces of its tables.
    pub maker: Arc<Maker>,
    /// What the pieces of each table add to the verdict.
    tallies: Tallies,
    about: About,
    open: BTreeMap<&'static str, TableFile>,
    closed: BTreeMap<String, TableDigest>,
    /// Tables that are also written as CSV, by the name of the file.
    csv: BTreeMap<String, CsvFile>,
}

impl Publication<'_> {
    /// Where the dataset is made.
    pub fn directory(&self) -> &Path {
        &self.staging
    }

    /// Adds rows to a table. The first call makes its file, also when there are no rows.
    ///
    /// # Errors
    ///
    /// [`Error::Table`] when the rows do not fit the table, [`Error::Io`] when the disk fails.
    pub fn append<R>(&mut self, def: &TableDef<R>, rows: &[R]) -> Result<()> {
        let table = def.describe();
        let piece = self.maker.table(&table, &def.batch(rows)?)?;
        self.append_piece(&table, piece)
    }

    /// Adds encoded rows to a table; as [`Publication::append`].
    ///
    /// # Errors
    ///
    /// [`Error::Table`] when the piece is of another table, [`Error::Io`] when the disk fails.
    pub fn append_piece(&mut self, table: &TableDescription, piece: TablePiece) -> Result<()> {
        let file = match self.open.entry(table.name) {
            Entry::Occupied(open) => open.into_mut(),
            Entry::Vacant(free) => free.insert(TableFile::create(&self.staging, &self.maker.encoder, table)?),
        };
        file.append(&piece.parquet)?;
        self.maker.plan.gather(&mut self.tallies, table.name, piece.tally)?;
        let Some(lines) = &piece.csv else { return Ok(()) };
        let csv = match self.csv.entry(format!("{}.csv", table.name)) {
            Entry::Occupied(open) => open.into_mut(),
            Entry::Vacant(free) => {
                let path = self.staging.join(free.key());
                free.insert(CsvFile::create(path, table)?)
            }
        };
        csv.append(lines)
    }

    /// Adds pieces, one after the other, each of some tables that have been begun.
    ///
    /// # Errors
    ///
    /// As [`Publication::append_piece`].
    pub fn append_pieces(&mut self, pieces: Vec<Vec<TablePiece>>) -> Result<()> {
        let mut by_table: BTreeMap<String, Vec<TablePiece>> = BTreeMap::new();
        for piece in pieces.into_iter().flatten() {
            by_table.entry(piece.name.clone()).or_default().push(piece);
        }
        self.open.par_iter_mut().try_for_each(|(name, file)| {
            by_table.get(*name).into_iter().flatten().try_for_each(|piece| file.append(&piece.parquet))
        })?;
        for (name, pieces) in by_table {
            for piece in pieces {
                self.maker.plan.gather(&mut self.tallies, &name, piece.tally)?;
                if let (Some(lines), Some(csv)) = (&piece.csv, self.csv.get_mut(&format!("{name}.csv"))) {
                    csv.append(lines)?;
                }
            }
        }
        Ok(())
    }

    /// Makes the file of a table, which may stay without rows.
    ///
    /// # Errors
    ///
    /// As [`Publication::append_piece`].
    pub fn append_empty(&mut self, table: &TableDescription) -> Result<()> {
        let none = RecordBatch::new_empty(Arc::new(table.schema()));
        let piece = self.maker.table(table, &none)?;
        self.append_piece(table, piece)
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

    /// What is to be said of the tables beside an earlier version.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] when the disk fails.
    pub fn verdict(&mut self, before: Option<&Manifest>) -> Result<Verdict> {
        let rows = |before: &Manifest| before.tables.iter().map(|(name, table)| (name.clone(), table.rows)).collect();
        self.maker.plan.verdict(&mut self.tallies, before.map(rows).as_ref())
    }

    /// Closes the tables, writes what stands beside them (codebooks, vocabulary, manifest, descriptors), and makes the
    /// dataset the current one.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] or [`Error::Table`]; the dataset published before then still stands.
    pub fn finish(
        mut self,
        sources: Sources,
        vocabulary: &[(String, String)],
        described: &[TableDescription],
    ) -> Result<Published> {
        self.written()?;
        let tables = std::mem::take(&mut self.closed);
        let mut manifest = Manifest { version: sources.version(), sources, files: BTreeMap::new(), tables };
        for (name, csv) in std::mem::take(&mut self.csv) {
            manifest.files.insert(name, csv.close()?);
        }
        self.write_beside(&mut manifest, vocabulary, described)?;
        self.sync()?;

        let versions = self.output.directory.join(VERSIONS);
        let directory = versions.join(&manifest.version);
        // A version of that name that is whole has the same bytes, and readers may be at it.
        if whole(&directory).is_none() {
            self.output.put_aside(&directory)?;
            fs::rename(&self.staging, &directory).map_err(Error::io("cannot publish", &directory))?;
            sync_directory(&versions)?;
        }
        switch_current(&self.output.directory, &manifest.version)?;
        self.output.prune(&manifest.version);
        Ok(Published::new(directory, manifest))
    }

    /// The files that stand beside the tables, and the manifest that names all of them.
    fn write_beside(
        &self,
        manifest: &mut Manifest,
        vocabulary: &[(String, String)],
        described: &[TableDescription],
    ) -> Result<()> {
        let write = |name: &str, bytes: &[u8]| {
            let path = self.staging.join(name);
            fs::write(&path, bytes).map_err(Error::io("cannot write", path))
        };
        let words = stored_archive(vocabulary.iter().map(|(name, text)| (name.clone(), text.as_bytes())));
        let words = words.map_err(|error| Error::Config(format!("cannot store the vocabulary: {error}")))?;
        let tables = described.iter().filter_map(|table| Some((table, manifest.tables.get(table.name)?))).collect();
        let dataset = Dataset { version: &manifest.version, about: &self.about, tables };
        let beside: [(&str, &(dyn Fn() -> Vec<u8> + Sync)); 5] = [
            (VOCABULARY, &|| words.clone()),
            (CODEBOOKS[0].0, &|| codebook(described, CODEBOOKS[0].1).into_bytes()),
            (CODEBOOKS[1].0, &|| codebook(described, CODEBOOKS[1].1).into_bytes()),
            (DATA_PACKAGE, &|| format!("{:#}\n", data_package(&dataset)).into_bytes()),
            (CROISSANT, &|| format!("{:#}\n", croissant(&dataset)).into_bytes()),
        ];
        let digests = beside.par_iter().map(|(name, bytes)| {
            let bytes = bytes();
            write(name, &bytes)?;
            Ok((name.to_string(), FileDigest { bytes: bytes.len() as u64, sha256: sha256(&bytes) }))
        });
        let digests = digests.collect::<Result<Vec<_>>>()?;
        manifest.files.extend(digests);
        write(MANIFEST, manifest.to_text().as_bytes())
    }

    /// Brings every file to the disk, and the names.
    fn sync(&self) -> Result<()> {
        let entries = fs::read_dir(&self.staging).map_err(Error::io("cannot list", &self.staging))?;
        let paths = entries.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<Vec<_>>>();
        let paths = paths.map_err(Error::io("cannot list", &self.staging))?;
        paths.par_iter().try_for_each(|path| {
            let file = fs::OpenOptions::new().write(true).open(path);
            file.and_then(|file| file.sync_all()).map_err(Error::io("cannot sync", path))
        })?;
        sync_directory(&self.staging)
    }
}

impl Drop for Publication<'_> {
    fn drop(&mut self) {
        self.open.clear();
        self.csv.clear();
        // After a publication it is no longer there; a leftover is removed by the next run.
        let _ = fs::remove_dir_all(&self.staging);
    }
}

/// The manifest of a version all of whose files are there with their lengths.
fn whole(directory: &Path) -> Option<Manifest> {
    let manifest = Manifest::read(directory).ok()?;
    let length = |name: &str| Some(fs::metadata(directory.join(name)).ok()?.len());
    let is_whole = manifest.all_files().all(|(name, bytes, _)| length(&name) == Some(bytes));
    is_whole.then_some(manifest)
}

/// Takes the lock of an output. The system lets go of it when its holder ends, however it ends.
fn lock(output: &Path, wait: Duration, watch: &dyn Watch) -> Result<File> {
    let path = output.join(LOCK);
    let open = fs::OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
    let mut file = open.map_err(Error::io("cannot make", &path))?;
    let end = Instant::now() + wait;
    loop {
        match file.try_lock() {
            Ok(()) => break,
            Err(fs::TryLockError::Error(error)) => return Err(Error::io("cannot lock", &path)(error)),
            Err(fs::TryLockError::WouldBlock) if Instant::now() < end => {
                go_on(watch)?;
                sleep(LOOK);
            }
            Err(fs::TryLockError::WouldBlock) => {
                let mut holder = String::new();
                let _ = file.read_to_string(&mut holder);
                let (holder, output) = (holder.trim(), output.display());
                return Err(Error::Config(format!(
                    "another run (process {holder}) is writing to {output}; wait for it with --wait SECONDS or give another --output"
                )));
            }
        }
    }
    // Who holds it, for whoever finds it held; on a full disk nobody is told.
    let told = file.set_len(0).and_then(|()| file.seek(SeekFrom::Start(0)));
    let _ = told.and_then(|_| writeln!(file, "{}", std::process::id()));
    Ok(file)
}

/// Removes what runs that died have left; whoever holds the lock knows that they are dead.
fn remove_stale(output: &Path) -> Result<()> {
    for entry in fs::read_dir(output).map_err(Error::io("cannot list", output))? {
        let entry = entry.map_err(Error::io("cannot list", output))?;
        let (name, path) = (entry.file_name(), entry.path());
        let name = name.to_string_lossy();
        let removed = if name.starts_with(STAGING_PREFIX) {
            fs::remove_dir_all(&path)
        } else if name.starts_with(&format!(".{CURRENT}-")) {
            fs::remove_file(&path)
        } else {
            Ok(())
        };
        removed.map_err(Error::io("cannot remove", &path))?;
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

/// Brings the names in a directory to the disk; elsewhere than on Unix a directory cannot be opened.
fn sync_directory(path: &Path) -> Result<()> {
    if cfg!(unix) {
        File::open(path).and_then(|directory| directory.sync_all()).map_err(Error::io("cannot sync", path))?;
    }
    Ok(())
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
        let output = Output::open(output, options, Duration::ZERO, &()).unwrap();
        let mut publication = output.begin(options, no_plan()).unwrap();
        let (first, second) = rows.split_at(rows.len() / 2);
        publication.append(&SENTENCES, first).unwrap();
        publication.append(&ISSUES, &[]).unwrap();
        publication.append(&SENTENCES, second).unwrap();
        publication.finish(sources(rows.len()), &words(), &tables()).unwrap()
    }

    fn words() -> Vec<(String, String)> {
        vec![("units.csv".into(), "unit\n亿元\n".into())]
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
        // Two calls, each in groups of at most 7,000 rows.
        assert_eq!(reader.metadata().num_row_groups(), 4);
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
            assert_eq!(sha256(&bytes), digest.sha256);
        }
        let mut words = zip::ZipArchive::new(File::open(published.directory.join(VOCABULARY)).unwrap()).unwrap();
        assert_eq!(io::read_to_string(words.by_name("units.csv").unwrap()).unwrap(), super::tests::words()[0].1);
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
        let folder = tempfile::tempdir().unwrap();
        let published = publish(folder.path(), &sentences(5), &WriteOptions::default());
        let output = open(folder.path());
        let mut publication = output.begin(&WriteOptions::default(), no_plan()).unwrap();
        publication.append(&SENTENCES, &sentences(7)).unwrap();
        drop(publication);
        let current = fs::read_link(folder.path().join(CURRENT)).unwrap();
        assert_eq!(current, Path::new(VERSIONS).join(&published.version));
        assert_eq!(names(folder.path()), [".lock", "current", "versions"]);
        assert_eq!(names(&folder.path().join(VERSIONS)), [published.version]);
    }

    #[test]
    fn what_dead_runs_left_is_removed_and_live_runs_are_respected() {
        let folder = tempfile::tempdir().unwrap();
        let stale = folder.path().join(".staging-4000000000");
        fs::create_dir(&stale).unwrap();
        fs::write(stale.join("issues.parquet"), b"half").unwrap();
        fs::write(folder.path().join(".current-4000000000"), b"").unwrap();
        let live = open(folder.path());
        assert_eq!(names(folder.path()), [".lock", "versions"]);
        let second = |wait| Output::open(folder.path(), &WriteOptions::default(), Duration::from_millis(wait), &());
        let error = second(0).err().unwrap();
        let told = format!("another run (process {}) is writing to ", std::process::id());
        assert!(matches!(&error, Error::Config(message) if message.starts_with(&told)), "{error}");
        assert!(second(300).is_err());
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| second(60_000).is_ok());
            drop(live);
            assert!(waiting.join().unwrap());
        });
    }

    #[test]
    fn a_run_that_waits_can_be_stopped() {
        struct Stopped;
        impl Watch for Stopped {
            fn is_stopped(&self) -> bool {
                true
            }
        }
        let folder = tempfile::tempdir().unwrap();
        let _live = open(folder.path());
        let error =
            Output::open(folder.path(), &WriteOptions::default(), Duration::from_secs(60), &Stopped).err().unwrap();
        assert!(matches!(error, Error::Stopped), "{error}");
    }

    #[test]
    fn old_versions_are_kept_as_many_as_told() {
        let folder = tempfile::tempdir().unwrap();
        let options = |keep_versions| WriteOptions { keep_versions, ..WriteOptions::default() };
        let made: Vec<String> =
            (1..5).map(|count| publish(folder.path(), &sentences(count), &options(None)).version).collect();
        assert_eq!(names(&folder.path().join(VERSIONS)).len(), 4);
        let last = publish(folder.path(), &sentences(9), &options(Some(3))).version;
        let mut kept = vec![made[2].clone(), made[3].clone(), last];
        kept.sort();
        assert_eq!(names(&folder.path().join(VERSIONS)), kept);
    }

    #[test]
    fn a_version_that_is_whole_is_made_current_again() {
        let folder = tempfile::tempdir().unwrap();
        let first = publish(folder.path(), &sentences(5), &WriteOptions::default());
        let second = publish(folder.path(), &sentences(6), &WriteOptions::default());
        let output = open(folder.path());
        assert_eq!(output.current().unwrap().version, second.version);
        assert_eq!(output.publish_again(&first.version).unwrap(), Some(first.clone()));
        assert_eq!(output.current().unwrap().version, first.version);
        assert_eq!(output.publish_again("0123456789abcdef").unwrap(), None);
        // One that lost a file is not.
        fs::remove_file(second.directory.join("sentences.parquet")).unwrap();
        assert_eq!(output.publish_again(&second.version).unwrap(), None);
        drop(output);
        assert_eq!(publish(folder.path(), &sentences(6), &WriteOptions::default()), second);
        assert!(second.directory.join("sentences.parquet").exists());
    }

    #[test]
    fn output_that_cannot_be_written_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let output = folder.path().join("a_file");
        fs::write(&output, b"").unwrap();
        let error = Output::open(&output, &WriteOptions::default(), Duration::ZERO, &()).err().unwrap();
        assert!(matches!(&error, Error::Io { path, .. } if path.starts_with(&output)), "{error}");
    }

    #[test]
    fn a_current_that_is_no_link_is_not_touched() {
        let folder = tempfile::tempdir().unwrap();
        let current = folder.path().join(CURRENT);
        fs::create_dir(&current).unwrap();
        fs::write(current.join("mine.txt"), b"").unwrap();
        let output = open(folder.path());
        let mut publication = output.begin(&WriteOptions::default(), no_plan()).unwrap();
        publication.append(&INDICATORS, &[]).unwrap();
        let error = publication.finish(sources(0), &[], &tables()).unwrap_err();
        assert!(matches!(&error, Error::Io { path, .. } if *path == current), "{error}");
        assert_eq!(names(&current), ["mine.txt"]);
        assert_eq!(names(folder.path()), [".lock", "current", "versions"]);
    }

    #[test]
    fn settings_out_of_range_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let output = open(folder.path());
        for options in ["compression_level = 99", "row_group_rows = 0"] {
            let options: WriteOptions = toml::from_str(options).unwrap();
            assert!(matches!(output.begin(&options, no_plan()), Err(Error::Config(_))));
        }
        assert!(toml::from_str::<WriteOptions>("compresion_level = 3").is_err());
        assert_eq!(toml::from_str::<WriteOptions>("").unwrap(), WriteOptions::default());
    }
}
