//! `pipeline.toml` -> [`Config`]. One section a stage; an unknown key is an error that names it.

use crate::decode::DecodeOptions;
use crate::error::{Error, Result};
use crate::vocab::Vocabulary;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// The whole configuration of a run.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    pub read: ReadOptions,
    pub decode: DecodeOptions,
    pub vocab: VocabOptions,
    pub run: RunOptions,
    pub write: WriteOptions,
    pub check: CheckSettings,
    /// Where relative paths of the file start; not a key of the file.
    #[serde(skip)]
    pub base: PathBuf,
    /// Set when the work is to be given up: a program that reads a PDF file is ended then. Not a key of the file.
    #[serde(skip)]
    pub stop: Arc<AtomicBool>,
}

/// Which files are read, and how far: what goes beyond a limit is an issue.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReadOptions {
    /// Files, directories (read recursively), globs, or URLs of an object store that name the same.
    pub inputs: Vec<String>,
    /// The largest file that is opened, and the largest member of an archive, in bytes.
    pub max_file_bytes: u64,
    /// The longest text of one document, in characters.
    pub max_text_chars: usize,
    /// The most documents in one archive or table.
    pub max_members: usize,
    /// The most bytes that one archive may unpack to.
    pub max_unpacked_bytes: u64,
    /// How deep elements may lie in each other in HTML and Word files.
    pub max_depth: usize,
    /// The most pages of a PDF file.
    pub max_pages: usize,
    /// How long the reading of one PDF file may take.
    pub pdf_seconds: u64,
    /// How much memory it may take, in bytes.
    pub pdf_bytes: u64,
    /// The PDFium library; without one it is looked for (see the README).
    pub pdfium: Option<PathBuf>,
    /// The columns of CSV and JSONL files that may hold the text, in the order of trust; where none of them is
    /// there, the one with the longest values is taken.
    pub text_columns: Vec<String>,
    /// The columns beside the text that may tell its title, year and place, the most telling first.
    pub label_columns: Vec<String>,
    /// The program that reads PDF files in a process of its own; the command sets itself. Not a key of the file.
    #[serde(skip)]
    pub worker: Option<PathBuf>,
}

impl Default for ReadOptions {
    fn default() -> Self {
        let text_columns = ["text", "content", "body", "full_text", "正文", "全文", "内容", "报告内容", "文本"];
        let label_columns = [
            "标题", "题目", "名称", "title", "年份", "年度", "年", "year", "地区", "省份", "省", "province", "城市",
            "市", "city", "区县", "县", "county", "place", "area", "日期", "date",
        ];
        ReadOptions {
            inputs: vec!["data/reports".into()],
            max_file_bytes: 256 << 20,
            max_text_chars: 5_000_000,
            max_members: 100_000,
            max_unpacked_bytes: 4 << 30,
            max_depth: 512,
            max_pages: 2_000,
            pdf_seconds: 60,
            pdf_bytes: 1 << 30,
            pdfium: None,
            text_columns: text_columns.map(String::from).to_vec(),
            label_columns: label_columns.map(String::from).to_vec(),
            worker: None,
        }
    }
}

impl ReadOptions {
    /// A limit of nothing would refuse every file, which nobody means.
    fn check(&self) -> std::result::Result<(), String> {
        let limits = [
            ("max_file_bytes", self.max_file_bytes),
            ("max_text_chars", self.max_text_chars as u64),
            ("max_members", self.max_members as u64),
            ("max_unpacked_bytes", self.max_unpacked_bytes),
            ("max_depth", self.max_depth as u64),
            ("max_pages", self.max_pages as u64),
            ("pdf_seconds", self.pdf_seconds),
            ("pdf_bytes", self.pdf_bytes),
        ];
        match limits.iter().find(|(_, limit)| *limit == 0) {
            Some((key, _)) => Err(format!("read.{key} must be at least 1")),
            None => Ok(()),
        }
    }
}

/// Where the words come from.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct VocabOptions {
    /// A directory laid out like `data/vocab`; without it the embedded vocabulary is used.
    pub dir: Option<PathBuf>,
}

/// How the work is spread.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct RunOptions {
    /// Threads; 0 for one a core. The tables do not depend on it.
    pub threads: usize,
    /// Documents in memory at a time.
    pub batch: usize,
    /// A file to which OpenLineage events are added.
    pub lineage: Option<PathBuf>,
    /// The name of the job in these events.
    pub job: String,
}

impl Default for RunOptions {
    fn default() -> Self {
        RunOptions { threads: 0, batch: 128, lineage: None, job: "zhibiao".to_string() }
    }
}

/// The section `[write]` of the settings.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct WriteOptions {
    /// The directory of the published tables, or a URL of an object store.
    pub output: String,
    /// Where a dataset for an object store is made before it is uploaded; without it a directory among the caches of
    /// the user.
    pub work_dir: Option<PathBuf>,
    /// The level of zstd; from 3 on files hardly become smaller, only slower to write.
    pub compression_level: i32,
    /// How many rows make a row group, the piece that a reader can skip.
    pub row_group_rows: usize,
    /// How many versions are kept, the newest included; all without it.
    pub keep_versions: Option<usize>,
    pub about: About,
}

impl Default for WriteOptions {
    fn default() -> WriteOptions {
        WriteOptions {
            output: "data/tables".to_string(),
            work_dir: None,
            compression_level: 3,
            row_group_rows: 131_072,
            keep_versions: None,
            about: About::default(),
        }
    }
}

/// What only those who publish a dataset know of it, for its descriptors.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct About {
    /// The licence of the tables, by its name in the SPDX list.
    pub license: String,
    /// The page of the dataset.
    pub url: Option<String>,
    /// Who publishes it.
    pub creator: Option<String>,
    /// The day on which it is published, as YYYY-MM-DD.
    pub date_published: Option<String>,
}

impl Default for About {
    fn default() -> About {
        About { license: "CC-BY-4.0".to_string(), url: None, creator: None, date_published: None }
    }
}

/// What the tables are held against.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct CheckSettings {
    /// A file laid out like data/expectations.toml; without it the one inside the program is used.
    pub expectations: Option<PathBuf>,
}

impl Config {
    /// Reads a configuration file.
    pub fn load(path: &Path) -> Result<Config> {
        let text = std::fs::read_to_string(path).map_err(Error::io("cannot read configuration", path))?;
        let base = path.parent().unwrap_or(Path::new("")).to_path_buf();
        Config::parse(&text, base).map_err(|message| Error::Config(format!("{}: {message}", path.display())))
    }

    /// Parses the text of a configuration; the error says which key and line.
    pub fn parse(text: &str, base: PathBuf) -> std::result::Result<Config, String> {
        let mut config: Config = toml::from_str(text).map_err(|error| {
            let line = error.span().map_or(1, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
            format!("line {line}: {}", error.message())
        })?;
        if config.run.batch == 0 {
            return Err("run.batch must be at least 1".into());
        }
        config.read.check()?;
        if !(1..=22).contains(&config.write.compression_level) {
            return Err("write.compression_level must be 1 to 22 (zstd)".into());
        }
        if config.write.keep_versions == Some(0) {
            return Err("write.keep_versions must be at least 1".into());
        }
        config.base = base;
        Ok(config)
    }

    /// The options that bear on the bytes of the tables, by `section.key`: not where things lie (the inputs and the
    /// vocabulary are told by their digests), and not how the work is spread.
    pub fn options(&self) -> BTreeMap<String, Value> {
        const PLACES: [&str; 7] = [
            "read.inputs",
            "read.pdfium",
            "vocab.dir",
            "write.output",
            "write.work_dir",
            "check.expectations",
            "write.keep_versions",
        ];
        let mut options = BTreeMap::new();
        if let Ok(Value::Object(sections)) = serde_json::to_value(self) {
            for (section, keys) in sections.iter().filter(|(section, _)| *section != "run") {
                flatten(section, keys, &mut options);
            }
        }
        options.retain(|key, _| !PLACES.contains(&key.as_str()));
        options
    }

    /// The vocabulary that the configuration names.
    pub fn vocabulary(&self) -> Result<Vocabulary> {
        match &self.vocab.dir {
            Some(dir) => Vocabulary::from_dir(&self.resolve(dir)),
            None => Vocabulary::embedded(),
        }
    }

    /// A path of the configuration, seen from the file it stands in.
    pub fn resolve(&self, path: &Path) -> PathBuf {
        if path.is_absolute() { path.to_path_buf() } else { self.base.join(path) }
    }
}

/// `write.about.license` and the like; an option that is not given is null.
fn flatten(name: &str, value: &Value, options: &mut BTreeMap<String, Value>) {
    match value {
        Value::Object(keys) => {
            keys.iter().for_each(|(key, value)| flatten(&format!("{name}.{key}"), value, options));
        }
        value => {
            options.insert(name.to_string(), value.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_key_is_named_with_its_line() {
        let error = Config::parse("[read]\ninputs = [\"a\"]\n[run]\nthread = 2\n", PathBuf::new()).unwrap_err();
        assert!(error.starts_with("line 4:") && error.contains("thread"), "{error}");
    }

    #[test]
    fn every_key_has_a_default() {
        let config = Config::parse("", PathBuf::from("x")).unwrap();
        assert_eq!(config.read.inputs, ["data/reports"]);
        assert_eq!(config.resolve(Path::new("data")), Path::new("x/data"));
        assert!(Config::parse("[run]\nbatch = 0\n", PathBuf::new()).is_err());
    }

    #[test]
    fn a_limit_of_nothing_is_named() {
        let error = |text: &str| Config::parse(&format!("[read]\n{text}\n"), PathBuf::new()).unwrap_err();
        assert_eq!(error("max_members = 0"), "read.max_members must be at least 1");
        assert_eq!(error("pdf_seconds = 0"), "read.pdf_seconds must be at least 1");
        assert!(error("max_file_bytes = -1").starts_with("line 2: "));
    }

    #[test]
    fn the_file_of_settings_says_what_holds_without_it() {
        let config = Config::parse(include_str!("../pipeline.toml"), PathBuf::new()).unwrap();
        assert_eq!(config.read, ReadOptions::default());
        assert_eq!(config.write, WriteOptions::default());
        assert_eq!(config.check, CheckSettings::default());
    }
}
