//! `pipeline.toml` -> [`Config`]. One section a stage; an unknown key is an error that names it.

use crate::decode::DecodeOptions;
use crate::error::{Error, Result};
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// The whole configuration of a run.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    pub read: ReadOptions,
    pub decode: DecodeOptions,
    pub vocab: VocabOptions,
    pub run: RunOptions,
    pub write: crate::write::WriteOptions,
    /// Where relative paths of the file start; not a key of the file.
    #[serde(skip)]
    pub base: PathBuf,
}

/// Which files are read.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReadOptions {
    /// Files, directories (read recursively) or globs.
    pub inputs: Vec<String>,
}

impl Default for ReadOptions {
    fn default() -> Self {
        ReadOptions { inputs: vec!["data/reports".into()] }
    }
}

/// Where the words come from.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct VocabOptions {
    /// A directory laid out like `data/vocab`; without it the embedded vocabulary is used.
    pub dir: Option<PathBuf>,
}

/// How the work is spread.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RunOptions {
    /// Threads; 0 for one a core. The tables do not depend on it.
    pub threads: usize,
    /// Documents in memory at a time.
    pub batch: usize,
}

impl Default for RunOptions {
    fn default() -> Self {
        RunOptions { threads: 0, batch: 128 }
    }
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
        if !(1..=22).contains(&config.write.compression_level) {
            return Err("write.compression_level must be 1 to 22 (zstd)".into());
        }
        config.base = base;
        Ok(config)
    }

    /// A path of the configuration, seen from the file it stands in.
    pub fn resolve(&self, path: &Path) -> PathBuf {
        if path.is_absolute() { path.to_path_buf() } else { self.base.join(path) }
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
}
