//! Chinese government reports to tidy indicator tables in Parquet.
//!
//! The road, one module a stage:
//! [`read`] → [`decode`] → [`normalize`] → [`parse`] → [`extract`] → [`tidy`] → [`write`](mod@write) →
//! [`check`];
//! [`run`] walks it for a folder of reports, [`mod@explain`] for one text; [`mod@evaluate`] compares what was published with
//! annotations made by hand. Middle stages are plain functions
//! that give back a value and the [issues](issue) of the data; what stops a run is an [`Error`].
//!
//! ```
//! use zhibiao::{config::Config, explain::explain, vocab::Vocabulary};
//!
//! let vocabulary = Vocabulary::embedded()?;
//! let text = "2021年，全区地区生产总值达到3128.4亿元，增长5.1%。";
//! let rows = explain(text.as_bytes(), "report_2022.txt", &Config::default(), &vocabulary).observations;
//! assert_eq!(rows[0].indicator.as_deref(), Some("gdp"));
//! assert_eq!((rows[0].value, rows[0].unit.as_str()), (3128.4, "亿元"));
//! assert_eq!((rows[1].measure, rows[1].direction), ("change_pct", Some("up")));
//! # Ok::<(), zhibiao::Error>(())
//! ```

#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[cfg(feature = "tables")]
mod cache;
#[cfg(feature = "tables")]
pub mod check;
#[cfg(feature = "tables")]
mod chunk;
#[cfg(feature = "cli")]
pub mod cli;
pub mod config;
pub mod decode;
#[cfg(feature = "tables")]
pub mod derive;
#[cfg(feature = "tables")]
pub mod descriptors;
#[cfg(feature = "tables")]
pub mod diff;
pub mod document;
#[cfg(feature = "tables")]
pub mod drift;
pub mod duplicates;
pub mod error;
#[cfg(feature = "tables")]
pub mod evaluate;
pub mod examples;
pub mod explain;
pub mod extract;
pub mod issue;
#[cfg(feature = "tables")]
pub mod lineage;
#[cfg(feature = "tables")]
pub mod manifest;
pub mod model;
pub mod normalize;
pub mod parse;
#[cfg(feature = "tables")]
pub mod piece;
#[cfg(feature = "tables")]
pub mod publish;
pub mod read;
#[cfg(feature = "tables")]
pub mod report;
#[cfg(feature = "tables")]
pub mod run;
#[cfg(feature = "tables")]
mod spill;
pub mod store;
#[cfg(feature = "tables")]
mod stored;
#[cfg(feature = "tables")]
pub mod tidy;
pub mod unseen;
#[cfg(feature = "tables")]
pub mod verify;
pub mod vocab;
#[cfg(feature = "tables")]
pub mod watch;
#[cfg(feature = "tables")]
pub mod write;

pub use error::Error;
pub use issue::Issue;
