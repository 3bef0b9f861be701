//! Numbers that are wrong by themselves.

use std::collections::HashMap;

use super::statements::Statements;
use super::{Finding, LIST_ARITY, RATE_BELOW_ZERO, RATE_OVER_100};
use crate::derive::group::Observation;

/// A share or a rate is at most 100 %, unless its words say that it may be more (完成年度计划的120%).
pub(super) fn rate_over_100<'g>(statements: &Statements<'g>) -> Vec<Finding<'g>> {
    let rates = rates(statements).filter(|(_, row)| !statements.may_pass_100(row));
    rates.map(|(at, row)| Finding::new(RATE_OVER_100, at, 100.0, 0.0).if_above(row.obs_value)).collect()
}

/// A share or a rate is no less than 0 %.
pub(super) fn rate_below_zero<'g>(statements: &Statements<'g>) -> Vec<Finding<'g>> {
    rates(statements).map(|(at, row)| Finding::new(RATE_BELOW_ZERO, at, 0.0, 0.0).if_below(row.obs_value)).collect()
}

fn rates<'s, 'g>(statements: &'s Statements<'g>) -> impl Iterator<Item = (usize, &'g Observation<'g>)> + use<'s, 'g> {
    let all = statements.all.iter().enumerate().filter(|(_, statement)| !statement.is_doubtful);
    let rows = all.map(|(at, statement)| (at, statement.row));
    rows.filter(|(_, row)| matches!(row.measure, "level" | "share") && row.unit_measure == Some("%"))
}

/// Lists with more or fewer numbers than things: the issues `list_mismatch` of 分别, each with the first number of its
/// list; and numbers listed side by side of which one thing alone is told (存贷款余额达247亿元和197亿元).
pub(super) fn list_arity<'g>(statements: &Statements<'g>) -> Vec<Finding<'g>> {
    let finding = |at| Finding { is_conflict: true, ..Finding::of(LIST_ARITY, at) };
    let told = told_lists(statements).into_iter().map(|(at, note)| Finding { note: Some(note), ..finding(at) });
    let bare = (1..statements.all.len()).filter(|at| statements.all[*at].is_listed);
    told.chain(bare.map(|at| finding(at).against(at - 1))).collect()
}

/// The first number and the message of each issue.
fn told_lists<'g>(statements: &Statements<'g>) -> Vec<(usize, &'g str)> {
    // The numbers of such lists in the order of their places, by report.
    let mut numbers: HashMap<usize, Vec<(i32, usize)>> = HashMap::new();
    for (at, row) in statements.group.observations.iter().enumerate() {
        if row.has_flag("list_mismatch") {
            numbers.entry(row.document).or_default().push((row.source_start, at));
        }
    }
    let mut found: Vec<(usize, &str)> = Vec::new();
    for issue in &statements.group.issues {
        let ("list_mismatch", Some(start)) = (issue.code, issue.source_start) else { continue };
        let Some(numbers) = numbers.get(&issue.document) else { continue };
        let first = numbers.get(numbers.partition_point(|(at, _)| *at < start));
        if let Some((_, row)) = first
            && found.last().is_none_or(|(last, _)| last != row)
        {
            found.push((*row, issue.message));
        }
    }
    found
}
