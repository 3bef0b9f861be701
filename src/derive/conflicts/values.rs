//! The same thing, different values.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use super::statements::{Fact, Statements};
use super::{DIFFERENT_VALUES, FLOAT_NOISE, Finding};
use crate::derive::group::Observation;

/// How far off a figure may be that is said to be about right, of its size.
const ABOUT: f64 = 0.05;

/// Sets each value against the one stated before it for the same thing: in the same report under the same words, or in the
/// last report before that has one under any words of the catalogue. Of a list of numbers only the first counts. Bounds (超过, 以上) are left out: they hold for many
/// values.
pub(super) fn different_values<'g>(statements: &Statements<'g>) -> Vec<Finding<'g>> {
    let is_figure = |fact: &&Fact| {
        let is_value = matches!(fact.row.measure, "level" | "change_pct") && matches!(fact.row.comparator, "=" | "~");
        is_value && fact.is_singular && !statements.all[fact.at].is_listed
    };
    let mut figures: Vec<&Fact> = statements.facts.iter().filter(is_figure).collect();
    figures.sort_by_key(|fact| (statements.group.documents[fact.row.document].report_year, fact.at));
    let mut found = against_before(&figures, |fact| (same(fact), fact.row.document, fact.row.indicator_text));
    let inside: HashSet<usize> = found.iter().map(|finding| finding.at).collect();
    let mut met = HashSet::new();
    figures.retain(|fact| met.insert((same(fact), fact.place, fact.wording, fact.row.document)));
    let between = against_before(&figures, |fact| (same(fact), fact.place, fact.wording));
    found.extend(between.into_iter().filter(|finding| !inside.contains(&finding.at)));
    found
}

/// What makes two statements tell the same thing, besides where they stand and how they name it.
fn same<'f>(fact: &'f Fact) -> impl Hash + Eq + use<'f> {
    let Observation { indicator, measure, time_period, unit_measure, change_basis, within, .. } = *fact.row;
    (indicator, fact.apart.as_str(), measure, time_period, unit_measure, change_basis, within)
}

/// Each statement with the one before it that has the same key, if there is one.
fn against_before<'f, 'g, K: Hash + Eq>(figures: &[&'f Fact<'g>], key: impl Fn(&'f Fact<'g>) -> K) -> Vec<Finding<'g>> {
    let mut last: HashMap<K, &Fact> = HashMap::new();
    let finding = |fact: &&'f Fact<'g>| {
        let before = last.insert(key(fact), fact)?;
        let tolerance = tolerance(fact.row, before.row);
        Some(
            Finding::new(DIFFERENT_VALUES, fact.at, before.row.obs_value, tolerance)
                .against(before.at)
                .if_off(fact.row.obs_value),
        )
    };
    figures.iter().filter_map(finding).collect()
}

/// Half a unit of the last digit where both figures have the same; a whole unit of the coarser one where it may have been
/// rounded or cut off from the finer one.
fn tolerance(row: &Observation, other: &Observation) -> f64 {
    let (rounding, other_rounding) = (row.rounding(), other.rounding());
    let (coarser, finer) = (rounding.max(other_rounding), rounding.min(other_rounding));
    let is_even = coarser - finer <= coarser * FLOAT_NOISE;
    let exact = if is_even { coarser } else { coarser * 2.0 };
    let about = other.obs_value.abs() * ABOUT;
    let is_about = row.comparator == "~" || other.comparator == "~";
    if is_about && about > exact { about } else { exact }
}
