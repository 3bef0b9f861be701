//! The second half of `tidy`: tables that set many reports side by side, made of the tables that were written.
//!
//! Everything here joins statements of one area. So the areas are taken in groups, and memory is that of a group, not
//! of the corpus. Copies of a report (`duplicate_of`) are left out.

mod conflicts;
mod fact;
mod group;
mod outcomes;
mod panel;
mod parts;
mod vintages;
mod written;

use arrow_array::{ArrayRef, RecordBatch};

use crate::error::Result;
use crate::tidy::TableDescription;
use crate::vocab::Vocabulary;

pub use conflicts::{CHECKS, CONFLICTS};
pub use group::{Group, Stated};
pub use outcomes::TARGET_OUTCOMES;
pub use panel::{PANEL, panel_wide_description};
pub use parts::Parts;
pub use vintages::VINTAGES;
pub use written::{GROUP_DOCUMENTS, Written};

/// A table and what a group of areas adds to it.
pub type Made = (TableDescription, RecordBatch);

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
    let vintages = vintages::vintages(group, vocabulary);
    let panel = panel::panel(&vintages);
    let outcomes = outcomes::target_outcomes(group, &vintages, vocabulary);
    let (conflicts, checks) = conflicts::conflicts(group, vocabulary);
    Ok(vec![
        made(PANEL.describe(), &panel::columns(&panel))?,
        made(VINTAGES.describe(), &vintages::columns(&vintages))?,
        made(panel_wide_description(vocabulary), &panel::panel_wide(&panel, vocabulary))?,
        made(TARGET_OUTCOMES.describe(), &outcomes::columns(&outcomes, vocabulary))?,
        made(CONFLICTS.describe(), &conflicts)?,
        made(CHECKS.describe(), &checks)?,
    ])
}

fn made<N: AsRef<str>>(table: TableDescription, columns: &[(N, ArrayRef)]) -> Result<Made> {
    let rows = table.batch_of(columns)?;
    Ok((table, rows))
}

#[cfg(test)]
mod tests;
