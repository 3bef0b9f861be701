//! What the documents of some areas state, row by row: views into the written tables.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use arrow_array::{
    Array, ArrayRef, BooleanArray, Date32Array, Float64Array, Int32Array, PrimitiveArray, RecordBatch, StringArray,
    types::ArrowPrimitiveType,
};

use crate::error::{Error, Result};
use crate::model::Date;

/// A value as it stands in a column of this kind; a column that must have a value has one.
trait Cell<'r>: Sized {
    type Column: Array + 'static;

    fn of(column: &'r Self::Column, row: usize) -> Self;
}

impl<'r> Cell<'r> for &'r str {
    type Column = StringArray;

    fn of(column: &'r StringArray, row: usize) -> &'r str {
        column.value(row)
    }
}

impl<'r> Cell<'r> for Option<&'r str> {
    type Column = StringArray;

    fn of(column: &'r StringArray, row: usize) -> Option<&'r str> {
        column.is_valid(row).then(|| column.value(row))
    }
}

impl<'r> Cell<'r> for i32 {
    type Column = Int32Array;

    fn of(column: &'r Int32Array, row: usize) -> i32 {
        column.value(row)
    }
}

impl<'r> Cell<'r> for Option<i32> {
    type Column = Int32Array;

    fn of(column: &'r Int32Array, row: usize) -> Option<i32> {
        given(column, row)
    }
}

impl<'r> Cell<'r> for f64 {
    type Column = Float64Array;

    fn of(column: &'r Float64Array, row: usize) -> f64 {
        column.value(row)
    }
}

impl<'r> Cell<'r> for Option<f64> {
    type Column = Float64Array;

    fn of(column: &'r Float64Array, row: usize) -> Option<f64> {
        given(column, row)
    }
}

impl<'r> Cell<'r> for bool {
    type Column = BooleanArray;

    fn of(column: &'r BooleanArray, row: usize) -> bool {
        column.value(row)
    }
}

/// Days since 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(pub i32);

impl<'r> Cell<'r> for Option<Day> {
    type Column = Date32Array;

    fn of(column: &'r Date32Array, row: usize) -> Option<Day> {
        given(column, row).map(Day)
    }
}

fn given<T: ArrowPrimitiveType>(column: &PrimitiveArray<T>, row: usize) -> Option<T::Native> {
    column.is_valid(row).then(|| column.value(row))
}

/// A column of some rows of a table.
fn column<'r, A: Array + 'static>(batch: &'r RecordBatch, table: &'static str, name: &str) -> Result<&'r A> {
    let found = batch.column_by_name(name).and_then(|array: &ArrayRef| array.as_any().downcast_ref());
    found.ok_or_else(|| Error::Table { table, message: format!("the column {name} is missing or of another type") })
}

macro_rules! view {
    ($(#[$doc:meta])* $name:ident<$life:lifetime> of $table:literal { $($field:ident: $kind:ty,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub struct $name<$life> {
            /// The position of its document in [`Group::documents`].
            pub document: usize,
            $(pub $field: $kind,)+
        }

        impl<$life> $name<$life> {
            pub const TABLE: &'static str = $table;
            /// The columns of the table that are looked at.
            pub const COLUMNS: &'static [&'static str] = &[$(stringify!($field),)+];

            /// The rows of some documents, in their order.
            fn all(rows: &$life Rows, document: impl Fn(&str) -> Option<usize>) -> Result<Vec<$name<$life>>> {
                let runs = rows.batches.iter().flat_map(|(_, runs)| runs);
                let wanted = runs.filter(|run| document(&run.document_id).is_some()).map(|run| run.rows.len());
                let mut all = Vec::with_capacity(wanted.sum());
                for (batch, runs) in &rows.batches {
                    $(let $field = column::<<$kind as Cell<$life>>::Column>(batch, $table, stringify!($field))?;)+
                    for run in runs {
                        let Some(document) = document(&run.document_id) else { continue };
                        all.extend(run.rows.clone().map(|row| $name {
                            document,
                            $($field: <$kind as Cell<$life>>::of($field, row),)+
                        }));
                    }
                }
                Ok(all)
            }
        }
    };
}

view! {
    /// A row of `documents`.
    Document<'r> of "documents" {
        document_id: &'r str,
        report_kind: &'r str,
        area_level: Option<&'r str>,
        delivered_date: Option<Day>,
        report_year: Option<i32>,
        reviewed_year: Option<i32>,
    }
}

view! {
    /// A row of `observations`.
    Observation<'r> of "observations" {
        obs_id: &'r str,
        document_id: &'r str,
        sentence_id: i32,
        section_role: &'r str,
        ref_area: Option<&'r str>,
        ref_area_name: Option<&'r str>,
        scope: &'r str,
        indicator: Option<&'r str>,
        indicator_text: &'r str,
        measure: &'r str,
        status: &'r str,
        comparator: &'r str,
        value: f64,
        unit: &'r str,
        obs_value: f64,
        unit_measure: Option<&'r str>,
        decimals: i32,
        time_period: Option<&'r str>,
        period_start: Option<Day>,
        period_end: Option<Day>,
        period_kind: &'r str,
        period_basis: &'r str,
        change_basis: Option<&'r str>,
        within: Option<&'r str>,
        role: Option<&'r str>,
        related_obs_id: Option<&'r str>,
        flags: Option<&'r str>,
        value_text: &'r str,
        quote: &'r str,
        source_start: i32,
    }
}

view! {
    /// A row of `targets`.
    Target<'r> of "targets" {
        target_id: &'r str,
        document_id: &'r str,
        is_headline: bool,
        ref_area: Option<&'r str>,
        ref_area_name: Option<&'r str>,
        scope: &'r str,
        indicator: Option<&'r str>,
        indicator_text: &'r str,
        form: &'r str,
        bound: Option<&'r str>,
        measure: Option<&'r str>,
        direction: Option<&'r str>,
        low: Option<f64>,
        high: Option<f64>,
        unit_measure: Option<&'r str>,
        stretch: Option<f64>,
        modifier_text: Option<&'r str>,
        horizon: Option<&'r str>,
        obs_id: Option<&'r str>,
        target_text: &'r str,
        quote: &'r str,
        source_start: i32,
    }
}

view! {
    /// A row of `issues` that is of a document.
    Note<'r> of "issues" {
        code: &'r str,
        document_id: &'r str,
        source_start: Option<i32>,
        message: &'r str,
    }
}

impl Observation<'_> {
    /// The first year of the period.
    pub fn year_from(&self) -> Option<i32> {
        self.period_start.map(|Day(days)| Date::from_days(days).year)
    }

    /// The last year of the period.
    pub fn year_to(&self) -> Option<i32> {
        self.period_end.map(|Day(days)| Date::from_days(days).year)
    }

    /// Half a unit of the last digit in the unit of `obs_value`.
    pub fn rounding(&self) -> f64 {
        let factor = if self.value == 0.0 { 1.0 } else { (self.obs_value / self.value).abs() };
        0.5 * 10f64.powi(-self.decimals) * factor
    }

    pub fn has_flag(&self, flag: &str) -> bool {
        self.flags.is_some_and(|flags| flags.split('|').any(|known| known == flag))
    }
}

/// Some columns of a written table, and where documents have their rows in them.
#[derive(Debug, Default)]
pub(super) struct Rows {
    batches: Vec<(RecordBatch, Vec<Run>)>,
}

/// Rows of one document that follow each other.
#[derive(Debug)]
struct Run {
    document_id: String,
    rows: Range<usize>,
}

impl Rows {
    /// Takes in the next rows of a table.
    pub fn push(&mut self, batch: RecordBatch, table: &'static str) -> Result<()> {
        let found = runs(column(&batch, table, "document_id")?);
        let found = found.filter_map(|(id, rows)| Some(Run { document_id: id?.to_string(), rows })).collect();
        self.batches.push((batch, found));
        Ok(())
    }
}

/// Rows with the same id that follow each other.
pub(super) fn runs(ids: &StringArray) -> impl Iterator<Item = (Option<&str>, Range<usize>)> {
    let id = |row: usize| ids.is_valid(row).then(|| ids.value(row));
    let mut from = 0;
    std::iter::from_fn(move || {
        let first = (from < ids.len()).then(|| id(from))?;
        let end = (from..ids.len()).find(|row| id(*row) != first).unwrap_or(ids.len());
        let rows = from..end;
        from = end;
        Some((first, rows))
    })
}

/// The written rows of some documents.
#[derive(Debug, Default)]
pub struct Stated {
    pub(super) documents: Rows,
    pub(super) observations: Rows,
    pub(super) targets: Rows,
    pub(super) issues: Rows,
}

/// The statements of some areas, in the order of the written tables.
#[derive(Debug, Default)]
pub struct Group<'r> {
    pub documents: Vec<Document<'r>>,
    /// Of each document its area: the code under which the place is known today, so that a county that became a district
    /// keeps its series; of a zone without a code its name.
    pub areas: Vec<Option<&'r str>>,
    pub observations: Vec<Observation<'r>>,
    pub targets: Vec<Target<'r>>,
    pub issues: Vec<Note<'r>>,
    /// Where in `observations` an id is.
    rows: HashMap<&'r str, usize>,
}

impl<'r> Group<'r> {
    /// What some of the documents state; `area` tells where a document is of.
    pub(super) fn of(
        stated: &'r Stated,
        documents: &HashSet<String>,
        area: impl Fn(&str) -> Option<&'r str>,
    ) -> Result<Group<'r>> {
        let mut all = Document::all(&stated.documents, |id| documents.contains(id).then_some(0))?;
        all.iter_mut().enumerate().for_each(|(at, document)| document.document = at);
        let position: HashMap<&str, usize> =
            all.iter().map(|document| (document.document_id, document.document)).collect();
        let position = |id: &str| position.get(id).copied();
        let areas = all.iter().map(|document| area(document.document_id)).collect();
        let observations = Observation::all(&stated.observations, position)?;
        let (targets, issues) = (Target::all(&stated.targets, position)?, Note::all(&stated.issues, position)?);
        Ok(Group::new(all, areas, observations, targets, issues))
    }

    pub(super) fn new(
        documents: Vec<Document<'r>>,
        areas: Vec<Option<&'r str>>,
        observations: Vec<Observation<'r>>,
        targets: Vec<Target<'r>>,
        issues: Vec<Note<'r>>,
    ) -> Group<'r> {
        let rows = observations.iter().enumerate().map(|(row, observation)| (observation.obs_id, row)).collect();
        Group { documents, areas, observations, targets, issues, rows }
    }

    /// Where in [`Group::observations`] an id is.
    pub fn row_of(&self, obs_id: &str) -> Option<usize> {
        self.rows.get(obs_id).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_one_document_are_a_run_and_those_of_none_too() {
        let ids = StringArray::from(vec![None, Some("a"), Some("a"), Some("b"), Some("a")]);
        let found: Vec<_> = runs(&ids).collect();
        assert_eq!(found, [(None, 0..1), (Some("a"), 1..3), (Some("b"), 3..4), (Some("a"), 4..5)]);
        assert_eq!(runs(&StringArray::from(Vec::<&str>::new())).count(), 0);
    }
}
