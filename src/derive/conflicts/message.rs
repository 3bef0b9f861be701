//! What is wrong, in a sentence with the figures.

use super::statements::Statements;
use super::{
    CHANGE_CHAIN, DIFFERENT_VALUES, FROM_TO, Finding, GROWTH_CHAIN, PART_ABOVE_WHOLE, PARTS_SUM, RATE_BELOW_ZERO,
    RATE_OVER_100, SHARES_SUM,
};

/// The message of a conflict.
pub(super) fn message(finding: &Finding, statements: &Statements) -> String {
    let text_of = |at: Option<usize>| at.map_or("", |at| statements.all[at].row.value_text);
    let row = statements.all[finding.at].row;
    let (text, other, third) = (row.value_text, text_of(finding.other), text_of(finding.third));
    let expected = finding.expected.unwrap_or_default();
    let factor = if row.value == 0.0 || row.obs_value == 0.0 { 1.0 } else { (row.obs_value / row.value).abs() };
    let should = format!("{}{}", short(expected / factor), row.unit);
    match finding.kind {
        DIFFERENT_VALUES => format!("{other} before, {text} here for the same thing"),
        GROWTH_CHAIN => format!("{other} the year before and a change of {third} give {should}, not {text}"),
        CHANGE_CHAIN => format!("{other} the year before and a change by {third} give {should}, not {text}"),
        FROM_TO => format!("from {other} to {third} is a change of {should}, not {text}"),
        PART_ABOVE_WHOLE => format!("the part, {text}, is more than the whole, {other}"),
        PARTS_SUM => format!("the parts add up to {should}, more than the whole, {text}"),
        SHARES_SUM => {
            let sum = 100.0 + (row.obs_value - expected);
            format!("the shares that begin with {text} add up to {}, not 100", short(sum))
        }
        RATE_OVER_100 => format!("{text} is more than all"),
        RATE_BELOW_ZERO => format!("{text} is less than nothing"),
        _ => match finding.note {
            Some(note) => note.to_string(),
            None => format!("{other} and {text} are told of one thing"),
        },
    }
}

/// A number with at most three digits behind the point.
fn short(number: f64) -> String {
    let text = format!("{number:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_string()
}
