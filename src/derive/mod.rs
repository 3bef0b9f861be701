//! The second half of `tidy`: tables that set many reports side by side, made by polars from the tables that were
//! written.
//!
//! Everything here joins statements of one area. So the areas are taken in groups, and memory is that of a group, not
//! of the corpus. Copies of a report (`duplicate_of`) are left out.

mod conflicts;
mod fact;
mod outcomes;
mod panel;
mod vintages;
mod written;

use polars::prelude::{DataFrame, PolarsError};

use crate::error::{Error, Result};
use crate::tidy::TableDescription;
use crate::vocab::Vocabulary;

pub use conflicts::{CHECKS, CONFLICTS};
pub use outcomes::TARGET_OUTCOMES;
pub use panel::{PANEL, panel_wide_description};
pub use vintages::VINTAGES;
pub use written::{GROUP_DOCUMENTS, Group, Written};

/// A table and what a group of areas adds to it.
pub type Made = (TableDescription, DataFrame);

/// The tables made here, in the order of the codebook.
pub fn tables(vocabulary: &Vocabulary) -> Vec<TableDescription> {
    vec![
        PANEL.describe(),
        VINTAGES.describe(),
        panel_wide_description(vocabulary),
        TARGET_OUTCOMES.describe(),
        CONFLICTS.describe(),
        CHECKS.describe(),
    ]
}

/// What a group of areas adds to each table, in the order of [`tables`].
pub fn tables_of(group: &Group, vocabulary: &Vocabulary) -> Result<Vec<Made>> {
    let vintages = vintages::vintages(group).collect().map_err(wrong(VINTAGES.name))?;
    let panel = panel::panel(&vintages).collect().map_err(wrong(PANEL.name))?;
    let wide = panel_wide_description(vocabulary);
    let wide_frame = panel::panel_wide(&panel, vocabulary).map_err(wrong(wide.name))?;
    let outcomes = outcomes::target_outcomes(group, &vintages, vocabulary).map_err(wrong(TARGET_OUTCOMES.name))?;
    let (conflicts, checks) = conflicts::conflicts(group, vocabulary).map_err(wrong(CONFLICTS.name))?;
    Ok(vec![
        (PANEL.describe(), panel),
        (VINTAGES.describe(), vintages),
        (wide, wide_frame),
        (TARGET_OUTCOMES.describe(), outcomes),
        (CONFLICTS.describe(), conflicts),
        (CHECKS.describe(), checks),
    ])
}

/// Wraps an error of polars with the table that was being made; made for `map_err`.
fn wrong(table: &'static str) -> impl Fn(PolarsError) -> Error {
    move |error| Error::Table { table, message: error.to_string() }
}

#[cfg(test)]
mod tests;
