//! What can stop a run. Bad data never does: that is an [`crate::Issue`].

use std::path::PathBuf;

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or directory could not be used.
    #[error("{action} {}: {source}", path.display())]
    Io {
        /// What was being done, such as `cannot read`.
        action: &'static str,
        path: PathBuf,
        source: std::io::Error,
    },
    /// An object store could not be used.
    #[error("{action} {url}: {message}")]
    Store {
        /// What was being done, such as `cannot upload`.
        action: &'static str,
        url: String,
        message: String,
    },
    /// `pipeline.toml`, an argument or what it names is wrong.
    #[error("{0}")]
    Config(String),
    /// A vocabulary file is wrong: which file, which line, what.
    #[error("{file}:{line}: {message}")]
    Vocab { file: String, line: usize, message: String },
    /// A line of an annotation file is wrong.
    #[error("{file}:{line}: {message}")]
    Annotation { file: String, line: usize, message: String },
    /// No input matched.
    #[error("no file matched {0}; check `inputs` in pipeline.toml or the --input arguments")]
    NoInput(String),
    /// An input has other bytes than when it was listed.
    #[error("input {0} changed while it was read")]
    InputChanged(String),
    /// A signal asked the run to stop.
    #[error("stopped; nothing was published")]
    Stopped,
    /// A table could not be built or written.
    #[error("cannot write table {table}: {message}")]
    Table { table: &'static str, message: String },
}

impl Error {
    /// Wraps an I/O error with what was being done to which path; made for `map_err`.
    pub fn io(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Error {
        let path = path.into();
        move |source| Error::Io { action, path, source }
    }

    /// An error of Arrow or Parquet, with the table it is about; made for `map_err`.
    pub fn table<E: std::fmt::Display>(table: &'static str) -> impl Fn(E) -> Error {
        move |error| Error::Table { table, message: error.to_string() }
    }
}

pub type Result<T, E = Error> = std::result::Result<T, E>;
