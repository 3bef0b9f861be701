//! `zhibiao diff`: what differs between two datasets, and why.

use std::path::{Path, PathBuf};

use super::{CLEAN, FLAWED, print};
use crate::config::Config;
use crate::diff::{DiffOptions, DifferenceFile, diff};
use crate::error::{Error, Result};
use crate::publish::tables_in;
use crate::store;
use crate::tidy::tables;

#[derive(clap::Args)]
pub(super) struct DiffArguments {
    /// The older tables: OUTPUT, OUTPUT/current or a version.
    old: PathBuf,
    /// The newer tables.
    new: PathBuf,
    /// Only this table; may be given several times.
    #[arg(long)]
    table: Vec<String>,
    /// How many rows are shown of each kind, and of each column that changed.
    #[arg(long, default_value_t = 3)]
    rows: usize,
    /// Writes every difference to this file.
    #[arg(long)]
    parquet: Option<PathBuf>,
    /// Writes the page as a section of a release note to this file.
    #[arg(long)]
    markdown: Option<PathBuf>,
    /// JSON instead of a page.
    #[arg(long)]
    json: bool,
    /// Ends with 1 when the tables differ.
    #[arg(long)]
    exit_code: bool,
}

pub(super) fn diff_command(arguments: DiffArguments) -> Result<u8> {
    let (old, new) = (store::local(&arguments.old)?, store::local(&arguments.new)?);
    let (old, new) = (tables_in(old.path())?, tables_in(new.path())?);
    let described = tables(&Config::default().vocabulary()?);
    let options = DiffOptions { tables: arguments.table, rows: arguments.rows };
    let mut file = arguments.parquet.as_deref().map(DifferenceFile::create).transpose()?;
    let found = diff(&old, &new, &described, &options, |table, row| {
        file.as_mut().map_or(Ok(()), |file| file.append(table, row))
    })?;
    file.map_or(Ok(()), DifferenceFile::finish)?;
    if let Some(path) = &arguments.markdown {
        write(path, &found.to_markdown())?;
    }
    match arguments.json {
        true => print(&format!("{:#}\n", serde_json::json!(found))),
        false => print(&found.to_text()),
    }
    Ok(if arguments.exit_code && !found.is_empty() { FLAWED } else { CLEAN })
}

fn write(path: &Path, text: &str) -> Result<()> {
    std::fs::write(path, text).map_err(Error::io("cannot write", path))
}
