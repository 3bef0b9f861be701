//! Parts and their wholes.

use super::statements::{Statement, Statements};
use super::{Finding, PART_ABOVE_WHOLE, PARTS_SUM, SHARES_SUM};
use crate::derive::group::Observation;

/// How far from 100 numbers may add up and still be the shares of a structure: 70:25:8 is one, 1:2:5 a ratio.
const NEAR_100: f64 = 20.0;
/// Fewer numbers are no structure.
const MIN_SHARES: usize = 3;

/// A part is no more than its whole.
pub(super) fn part_above_whole<'g>(statements: &Statements<'g>) -> Vec<Finding<'g>> {
    let parts = parts(statements).filter(|part| !matches!(part.row.comparator, "<" | "<="));
    let finding = |Part { at, row, whole_at, whole }: Part<'g>| {
        let tolerance = row.rounding() + whole.rounding();
        Finding::new(PART_ABOVE_WHOLE, at, whole.obs_value, tolerance).against(whole_at).if_above(row.obs_value)
    };
    parts.map(finding).collect()
}

/// An amount that is part of another.
struct Part<'g> {
    at: usize,
    row: &'g Observation<'g>,
    whole_at: usize,
    whole: &'g Observation<'g>,
}

/// Amounts that are part of another amount in the same unit. A whole that is only bounded from below (超过) bounds no
/// part.
fn parts<'s, 'g>(statements: &'s Statements<'g>) -> impl Iterator<Item = Part<'g>> + use<'s, 'g> {
    let part = |(at, statement): (usize, &Statement<'g>)| {
        let row = statement.row;
        let (whole_at, other) = statements.related(row).filter(|_| row.role == Some("part"))?;
        let whole = other.row;
        let is_level = row.measure == "level" && whole.measure == "level";
        let is_same_unit = row.unit_measure == whole.unit_measure && statements.is_summable(row);
        let is_closed = !matches!(whole.comparator, ">" | ">=");
        let is_sure = !statement.is_doubtful && !other.is_doubtful;
        (is_level && is_same_unit && is_closed && is_sure).then_some(Part { at, row, whole_at, whole })
    };
    statements.all.iter().enumerate().filter_map(part)
}

/// The parts of a whole add up to no more than it; one part alone is looked at in [`part_above_whole`].
pub(super) fn parts_sum<'g>(statements: &Statements<'g>) -> Vec<Finding<'g>> {
    let mut figures: Vec<Part> = parts(statements).filter(|part| matches!(part.row.comparator, "=" | "~")).collect();
    figures.sort_by_key(|part| (part.whole_at, part.at));
    let sum = |parts: &[Part]| {
        let (first, _) = parts.split_first().filter(|(_, rest)| !rest.is_empty())?;
        let sum: f64 = parts.iter().map(|part| part.row.obs_value).sum();
        let tolerance: f64 = parts.iter().map(|part| part.row.rounding()).sum();
        let finding = Finding::new(PARTS_SUM, first.whole_at, sum, tolerance + first.whole.rounding());
        Some(finding.against(first.at).if_below(first.whole.obs_value))
    };
    figures.chunk_by(|a, b| a.whole_at == b.whole_at).filter_map(sum).collect()
}

/// The shares of a structure that is written as one (10.7∶37.6∶51.7) add up to 100.
pub(super) fn shares_sum<'g>(statements: &Statements<'g>) -> Vec<Finding<'g>> {
    let rows = statements.all.iter().map(|statement| statement.row).enumerate();
    let is_share = |row: &Observation| row.measure == "share" && row.unit_measure.is_none() && !row.has_flag("damaged");
    let shares: Vec<(usize, &Observation)> = rows.filter(|(_, row)| is_share(row)).collect();
    let sum = |structure: &[(usize, &Observation)]| {
        let sum: f64 = structure.iter().map(|(_, row)| row.value).sum();
        let [(at, first), (second, _), ..] = structure else { return None };
        if structure.len() < MIN_SHARES || (sum - 100.0).abs() > NEAR_100 {
            return None;
        }
        let tolerance = structure.iter().map(|(_, row)| row.rounding()).sum();
        let finding = Finding::new(SHARES_SUM, *at, first.value + 100.0 - sum, tolerance);
        Some(finding.against(*second).if_off(first.value))
    };
    shares.chunk_by(|(_, share), (_, next)| is_beside(share, next)).filter_map(sum).collect()
}

/// Whether only one character, the colon, lies between a number and the next.
fn is_beside(share: &Observation, next: &Observation) -> bool {
    let end = usize::try_from(share.source_start).unwrap_or_default() + share.value_text.chars().count();
    share.document == next.document && usize::try_from(next.source_start).is_ok_and(|start| start == end + 1)
}
