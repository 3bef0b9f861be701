//! Levels and the changes stated between them.

use std::collections::HashMap;

use super::statements::{Fact, Statement, Statements};
use super::{CHANGE_CHAIN, FROM_TO, Finding, GROWTH_CHAIN};
use crate::derive::group::Observation;

/// A level and its growth are one statement if no more numbers stand between them (收入189.7亿元，增长5.6%).
const NEAR: usize = 2;
/// One part in a hundred.
const PERCENT: f64 = 1.0 / 100.0;

/// What a level would be by the one of the year before and the change, and how far off it may be.
type Expected = fn(level: &Observation, before: &Observation, change: &Observation) -> (f64, f64);

/// Last year's level, grown by the stated rate, is this year's: 189.7 less 4.4 % is 181.4. Only where growth follows from
/// the levels, which is not so at constant prices.
pub(super) fn growth_chain<'g>(statements: &Statements<'g>) -> Vec<Finding<'g>> {
    let expected = |level: &Observation, before: &Observation, change: &Observation| {
        let factor = 1.0 + change.obs_value * PERCENT;
        let rounding =
            before.rounding() * factor.abs() + before.obs_value.abs() * change.rounding() * PERCENT + level.rounding();
        (before.obs_value * factor, rounding)
    };
    chain(statements, "change_pct", |_, _| true, expected, GROWTH_CHAIN)
}

/// Last year's level and the stated change make this year's.
pub(super) fn change_chain<'g>(statements: &Statements<'g>) -> Vec<Finding<'g>> {
    let expected = |level: &Observation, before: &Observation, change: &Observation| {
        (before.obs_value + change.obs_value, level.rounding() + before.rounding() + change.rounding())
    };
    chain(statements, "change_abs", is_of_unit, expected, CHANGE_CHAIN)
}

/// Whether a change is told in the unit of a level, or in points of a percentage.
fn is_of_unit(level: &Observation, change: &Observation) -> bool {
    let is_point = change.unit_measure == Some("[pp]") && level.unit_measure == Some("%");
    is_point || (level.unit_measure.is_some() && change.unit_measure == level.unit_measure)
}

/// Sets a level with a change behind it against the levels stated for the year before, in whichever report. Of several
/// levels or changes those that fit best count: a figure that was revised since is no fault of the growth.
fn chain<'g>(
    statements: &Statements<'g>,
    measure: &str,
    is_fitting: fn(&Observation, &Observation) -> bool,
    expected: Expected,
    kind: &'static str,
) -> Vec<Finding<'g>> {
    let levels: Vec<(&Fact, i32)> = statements
        .facts
        .iter()
        .filter(|fact| fact.row.measure == "level" && fact.row.unit_measure.is_some())
        .filter_map(|fact| Some((fact, exact_year(fact.row)?)))
        .collect();
    let mut before: HashMap<_, Vec<&Fact>> = HashMap::new();
    let key = |fact: &Fact<'g>, year: i32| (fact.place, fact.row.indicator, fact.wording, fact.row.unit_measure, year);
    for &(level, year) in &levels {
        before.entry(key(level, year)).or_default().push(level);
    }
    let is_change = |statement: &Statement, at: usize| {
        let row = statement.row;
        let is_yearly = matches!(row.change_basis, Some("yoy" | "since_year_start"));
        // 其中出口3亿元，增长5%: the growth is that of the part.
        let is_of_part = at.checked_sub(1).is_some_and(|before| statements.all[before].row.role == Some("part"));
        statement.is_fact && row.measure == measure && is_yearly && !is_of_part && !statements.is_growth_alone(row)
    };
    let finding = |&(level, year): &(&Fact<'g>, i32)| {
        let row = level.row;
        let told = |row: &Observation<'g>| (row.document, row.sentence_id, row.indicator, exact_year(row));
        let changes = (level.at + 1..=level.at + NEAR).filter(|&at| {
            statements.all.get(at).is_some_and(|change| {
                told(change.row) == told(row) && is_fitting(row, change.row) && is_change(change, at)
            })
        });
        let mut best: Option<(f64, Finding)> = None;
        for third in changes {
            for other in
                before.get(&key(level, year - 1)).into_iter().flatten().filter(|other| other.apart == level.apart)
            {
                let (expected, tolerance) = expected(row, other.row, statements.all[third].row);
                let distance = (row.obs_value - expected).abs();
                if best.as_ref().is_none_or(|(least, _)| distance < *least) {
                    let finding = Finding::new(kind, level.at, expected, tolerance).against(other.at).and(third);
                    best = Some((distance, finding.if_off(row.obs_value)));
                }
            }
        }
        best.map(|(_, finding)| finding)
    };
    levels.iter().filter_map(finding).collect()
}

/// The year of an exact figure of one year.
fn exact_year(row: &Observation) -> Option<i32> {
    let year = row.year_to().filter(|_| row.comparator == "=" && row.period_kind == "year")?;
    (row.year_from() == Some(year)).then_some(year)
}

/// The change that stands behind 从 A 到 B is what lies between them, in all or on average a year.
pub(super) fn from_to<'g>(statements: &Statements<'g>) -> Vec<Finding<'g>> {
    let is_exact = |statement: &Statement| statement.row.comparator == "=" && !statement.is_doubtful;
    let told = |row: &Observation<'g>| (row.document, row.sentence_id, row.indicator_text);
    let finding = |at: usize| {
        let third = at.checked_sub(1)?;
        let (statement, to) = (&statements.all[at], &statements.all[third]);
        let (row, end) = (statement.row, to.row);
        let is_rate = row.measure == "change_pct";
        let is_change = (is_rate || row.measure == "change_abs") && row.role.is_none();
        let is_end = end.role == Some("to") && told(end) == told(row);
        if !is_change
            || !is_end
            || !is_exact(statement)
            || !is_exact(to)
            || (is_rate && statements.is_growth_alone(row))
        {
            return None;
        }
        let (other, from) = statements.related(end)?;
        let start = from.row;
        let is_start = start.role == Some("from") && is_exact(from);
        if !is_start || end.unit_measure.is_none() || start.unit_measure != end.unit_measure {
            return None;
        }
        let span = match row.change_basis {
            Some("annual_average") => f64::from(end.year_to()? - start.year_to()?),
            _ => 1.0,
        };
        let is_average = row.change_basis == Some("annual_average");
        let is_fitting = if is_rate { start.obs_value > 0.0 } else { is_of_unit(end, row) };
        if (is_average && span <= 1.0) || !is_fitting {
            return None;
        }
        let ratio = end.obs_value / start.obs_value;
        let (expected, rounding) = if is_rate {
            let rounding = end.rounding() + start.rounding() * ratio.abs();
            ((ratio.powf(1.0 / span) - 1.0) * 100.0, rounding / start.obs_value.abs() * 100.0 / span)
        } else {
            ((end.obs_value - start.obs_value) / span, (end.rounding() + start.rounding()) / span)
        };
        let finding = Finding::new(FROM_TO, at, expected, row.rounding() + rounding).against(other).and(third);
        Some(finding.if_off(row.obs_value))
    };
    (0..statements.all.len()).filter_map(finding).collect()
}
