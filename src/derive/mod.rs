//! The second half of `tidy`: tables that set many reports side by side, made by polars from the tables that were
//! written.
//!
//! Everything here joins statements of one area. So the areas are taken in groups, and memory is that of a group, not
//! of the corpus. Copies of a report (`duplicate_of`) are left out.

mod conflicts;
mod written;

use polars::prelude::{DataFrame, PolarsError};

use crate::error::{Error, Result};
use crate::tidy::DerivedDef;
use crate::vocab::Vocabulary;
use crate::write::Publication;

pub use conflicts::{CHECKS, CONFLICTS};
pub use written::Group;
use written::Written;

/// A table and what a group of areas adds to it.
type Made = (&'static DerivedDef, DataFrame);

/// Makes all derived tables of what a publication has written so far.
pub fn derive(publication: &mut Publication, vocabulary: &Vocabulary) -> Result<()> {
    let written = Written::open(publication.written()?, &vocabulary.areas)?;
    for documents in written.groups() {
        let group = written.group(documents)?;
        for (table, frame) in tables_of(&group, vocabulary)? {
            publication.append_frame(&table.describe(), &frame)?;
        }
    }
    Ok(())
}

/// What a group of areas adds to each table.
fn tables_of(group: &Group, vocabulary: &Vocabulary) -> Result<Vec<Made>> {
    let (conflicts, checks) = conflicts::conflicts(group, vocabulary).map_err(wrong("conflicts"))?;
    Ok(vec![(&CONFLICTS, conflicts), (&CHECKS, checks)])
}

/// Wraps an error of polars with the table that was being made; made for `map_err`.
fn wrong(table: &'static str) -> impl Fn(PolarsError) -> Error {
    move |error| Error::Table { table, message: error.to_string() }
}
