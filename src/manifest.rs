//! `manifest.json`: from what a dataset was made, and what it is. There is no clock, no machine and no place of a folder
//! in it, so the same sources give the same manifest everywhere.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::check::Expectations;
use crate::config::Config;
use crate::error::{Error, Result};
use crate::vocab::Vocabulary;

/// The file of the manifest, beside the tables.
pub const MANIFEST: &str = "manifest.json";
/// How many hex digits of the sha256 of its sources name a version.
const VERSION_DIGITS: usize = 16;

/// From what a dataset is made: the same sources give the same bytes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Sources {
    /// The options that bear on the bytes, by `section.key`; see [`Config::options`].
    pub config: BTreeMap<String, Value>,
    pub config_sha256: String,
    /// Sorted by path.
    pub inputs: Vec<InputDigest>,
    pub program: Program,
    /// The sha256 of every file of the vocabulary.
    pub vocabulary: BTreeMap<String, String>,
    pub vocabulary_sha256: String,
}

/// A document that was read, or could not be.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct InputDigest {
    pub bytes: u64,
    /// As in `documents.source_path`.
    pub path: String,
    /// Empty where nothing could be read.
    pub sha256: String,
}

/// The program that makes a dataset.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Program {
    pub name: String,
    /// Of its sources, dependencies included.
    pub sha256: String,
    pub version: String,
}

impl Program {
    /// This program.
    pub fn this() -> Program {
        Program {
            name: env!("CARGO_PKG_NAME").to_string(),
            sha256: env!("ZHIBIAO_PROGRAM_SHA256").to_string(),
            version: env!("CARGO_PKG_VERSION").to_string(),
        }
    }
}

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ({})", self.name, self.version, self.sha256.chars().take(VERSION_DIGITS).collect::<String>())
    }
}

/// A table of a dataset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableDigest {
    pub bytes: u64,
    pub rows: u64,
    pub sha256: String,
}

/// Another file of a dataset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileDigest {
    pub bytes: u64,
    pub sha256: String,
}

/// The file `manifest.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    #[serde(flatten)]
    pub sources: Sources,
    /// What stands beside the tables (tables once more as CSV, codebooks, descriptors, the vocabulary), by the name of the
    /// file.
    pub files: BTreeMap<String, FileDigest>,
    pub tables: BTreeMap<String, TableDigest>,
    /// The name of the dataset: a digest of its sources.
    pub version: String,
}

impl Sources {
    /// What a configuration, a vocabulary and inputs give.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] when the expectations that the configuration names cannot be read.
    pub fn new(config: &Config, vocabulary: &Vocabulary, inputs: Vec<InputDigest>) -> Result<Sources> {
        let mut options = config.options();
        let expectations = config.check.expectations.as_ref().map(|path| config.resolve(path));
        let expectations = Expectations::text(expectations.as_deref())?;
        options.insert("check.expectations".to_string(), Value::String(sha256(expectations.as_bytes())));
        let mut sources = Sources {
            config_sha256: sha256(Value::from_iter(options.clone()).to_string().as_bytes()),
            config: options,
            inputs: Vec::new(),
            program: Program::this(),
            vocabulary: vocabulary.files.iter().map(|(name, text)| (name.clone(), sha256(text.as_bytes()))).collect(),
            vocabulary_sha256: vocabulary.digest.clone(),
        };
        sources.set_inputs(inputs);
        Ok(sources)
    }

    /// The same sources with these inputs, in any order.
    pub fn set_inputs(&mut self, mut inputs: Vec<InputDigest>) {
        inputs.sort_by(|left, right| left.path.cmp(&right.path));
        self.inputs = inputs;
    }

    /// The name of the dataset that they give.
    pub fn version(&self) -> String {
        let mut digest = Sha256::new();
        for part in [&self.program.sha256, &self.config_sha256, &self.vocabulary_sha256] {
            digest.update(format!("{part}\n"));
        }
        for input in &self.inputs {
            digest.update(format!("{}\n{}\n{}\n", input.path.len(), input.path, input.sha256));
        }
        format!("{:x}", digest.finalize()).chars().take(VERSION_DIGITS).collect()
    }

    /// What is otherwise in `now`.
    pub fn differences(&self, now: &Sources) -> Differences {
        let program = (self.program != now.program).then(|| (self.program.clone(), now.program.clone()));
        let by_path = |inputs: &[InputDigest]| -> BTreeMap<String, String> {
            inputs.iter().map(|input| (input.path.clone(), input.sha256.clone())).collect()
        };
        Differences {
            program,
            options: changes(&self.config, &now.config),
            vocabulary: changes(&self.vocabulary, &now.vocabulary),
            inputs: changes(&by_path(&self.inputs), &by_path(&now.inputs)),
        }
    }
}

/// How something of a name differs between two datasets.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change<T> {
    pub name: String,
    /// `None` where it is new.
    pub old: Option<T>,
    /// `None` where it has vanished.
    pub new: Option<T>,
}

impl<T> Change<T> {
    /// `new`, `changed` or `vanished`.
    pub fn kind(&self) -> &'static str {
        match (&self.old, &self.new) {
            (None, _) => "new",
            (_, None) => "vanished",
            _ => "changed",
        }
    }
}

/// What is otherwise in the sources of another dataset. Each list is in the order of the names.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Differences {
    /// The old program and the new one.
    pub program: Option<(Program, Program)>,
    /// By `section.key`.
    pub options: Vec<Change<Value>>,
    /// Files of the vocabulary, by their digests.
    pub vocabulary: Vec<Change<String>>,
    /// By path and digest.
    pub inputs: Vec<Change<String>>,
}

impl Differences {
    pub fn is_empty(&self) -> bool {
        self.program.is_none() && self.options.is_empty() && self.vocabulary.is_empty() && self.inputs.is_empty()
    }

    /// One line a difference.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if let Some((old, new)) = &self.program {
            lines.push(format!("program       {old} -> {new}"));
        }
        let value = |value: &Option<Value>| value.as_ref().map_or("not there".to_string(), Value::to_string);
        for option in &self.options {
            lines.push(format!("option        {}: {} -> {}", option.name, value(&option.old), value(&option.new)));
        }
        lines.extend(self.vocabulary.iter().map(|file| format!("vocabulary    {} {}", file.name, file.kind())));
        lines.extend(self.inputs.iter().map(|input| format!("input         {} {}", input.name, input.kind())));
        lines
    }
}

fn changes<T: Clone + PartialEq>(old: &BTreeMap<String, T>, new: &BTreeMap<String, T>) -> Vec<Change<T>> {
    let names: std::collections::BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let change =
        |name: &String| Change { name: name.clone(), old: old.get(name).cloned(), new: new.get(name).cloned() };
    names.into_iter().map(change).filter(|change| change.old != change.new).collect()
}

impl Manifest {
    /// The manifest of the dataset in a directory of tables.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] when it cannot be read, [`Error::Config`] when it is none.
    pub fn read(directory: &Path) -> Result<Manifest> {
        let path = directory.join(MANIFEST);
        let bytes = std::fs::read(&path).map_err(Error::io("cannot read", &path))?;
        serde_json::from_slice(&bytes)
            .map_err(|error| Error::Config(format!("{} is no manifest of zhibiao: {error}", path.display())))
    }

    /// The name, length and sha256 of every file that it names.
    pub fn all_files(&self) -> impl Iterator<Item = (String, u64, &str)> {
        let tables = self.tables.iter().map(|(name, table)| (format!("{name}.parquet"), table.bytes, &*table.sha256));
        tables.chain(self.files.iter().map(|(name, file)| (name.clone(), file.bytes, &*file.sha256)))
    }

    /// The text of the file: keys in the order of the alphabet.
    pub fn to_text(&self) -> String {
        serde_json::to_value(self).map_or_else(|_| String::new(), |value| format!("{value:#}\n"))
    }
}

/// The sha256 in hex.
pub fn sha256(bytes: &[u8]) -> String {
    format!("{:x}", Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources(inputs: &[(&str, &str)]) -> Sources {
        let input = |&(path, sha256): &(&str, &str)| InputDigest { bytes: 1, path: path.into(), sha256: sha256.into() };
        let vocabulary = Vocabulary::embedded().unwrap();
        Sources::new(&Config::default(), &vocabulary, inputs.iter().map(input).collect()).unwrap()
    }

    #[test]
    fn a_version_is_named_by_its_sources() {
        let first = sources(&[("a.txt", "aa"), ("b.txt", "bb")]);
        assert_eq!(first.version(), sources(&[("b.txt", "bb"), ("a.txt", "aa")]).version());
        assert_ne!(first.version(), sources(&[("a.txt", "aa"), ("c.txt", "bb")]).version());
        assert_ne!(first.version(), sources(&[("a.txt", "aa"), ("b.txt", "bc")]).version());
        let mut other = first.clone();
        other.program.sha256 = "00".into();
        assert_ne!(first.version(), other.version());
        assert_eq!(first.version().len(), VERSION_DIGITS);
    }

    #[test]
    fn differences_are_named() {
        let old = sources(&[("a.txt", "aa"), ("b.txt", "bb")]);
        let mut new = sources(&[("a.txt", "a2"), ("c.txt", "cc")]);
        new.config.insert("read.max_pages".into(), Value::from(7));
        new.vocabulary.insert("units.csv".into(), "00".into());
        assert_eq!(
            old.differences(&new).lines(),
            [
                "option        read.max_pages: 2000 -> 7",
                "vocabulary    units.csv changed",
                "input         a.txt changed",
                "input         b.txt vanished",
                "input         c.txt new",
            ]
        );
        assert!(old.differences(&old.clone()).is_empty());
    }

    #[test]
    fn where_things_lie_and_how_work_is_spread_are_no_sources() {
        let text = "[read]\ninputs = [\"x\"]\n[run]\nthreads = 1\nbatch = 3\n[write]\noutput = \"y\"\n";
        let config = Config::parse(text, "/elsewhere".into()).unwrap();
        assert_eq!(config.options(), Config::default().options());
        assert!(Config::default().options().contains_key("write.about.license"));
    }

    #[test]
    fn a_manifest_is_read_as_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let sources = sources(&[("a.txt", "aa")]);
        let tables = BTreeMap::from([("units".to_string(), TableDigest { bytes: 3, rows: 1, sha256: "dd".into() })]);
        let manifest = Manifest { version: sources.version(), sources, files: BTreeMap::new(), tables };
        std::fs::write(folder.path().join(MANIFEST), manifest.to_text()).unwrap();
        assert_eq!(Manifest::read(folder.path()).unwrap(), manifest);
        let keys: Vec<String> =
            serde_json::from_str::<BTreeMap<String, Value>>(&manifest.to_text()).unwrap().into_keys().collect();
        let places: Vec<usize> =
            keys.iter().map(|key| manifest.to_text().find(&format!("\n  \"{key}\"")).unwrap()).collect();
        assert!(places.is_sorted(), "{keys:?}");
        std::fs::write(folder.path().join(MANIFEST), "{}").unwrap();
        assert!(matches!(Manifest::read(folder.path()), Err(Error::Config(_))));
    }
}
