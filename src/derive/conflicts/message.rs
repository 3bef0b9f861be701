//! What is wrong, in a sentence with the figures.

use polars::prelude::*;

use super::{
    CHANGE_CHAIN, DIFFERENT_VALUES, FROM_TO, GROWTH_CHAIN, PART_ABOVE_WHOLE, PARTS_SUM, RATE_BELOW_ZERO, RATE_OVER_100,
    SHARES_SUM,
};

/// Adds `conflict_id` and `message`.
pub(super) fn add(frame: &mut DataFrame) -> PolarsResult<()> {
    let texts = |name: &str| -> PolarsResult<Vec<&str>> {
        Ok(frame.column(name)?.str()?.iter().map(Option::unwrap_or_default).collect())
    };
    let numbers = |name: &str| -> PolarsResult<Vec<f64>> {
        Ok(frame.column(name)?.f64()?.iter().map(Option::unwrap_or_default).collect())
    };
    let (kind, id, note) = (texts("kind")?, texts("obs_id")?, texts("note")?);
    let (text, other, third) = (texts("value_text")?, texts("other_value_text")?, texts("third_value_text")?);
    let (unit, value, base) = (texts("unit")?, numbers("value")?, numbers("obs_value")?);
    let (expected, difference) = (numbers("expected")?, numbers("difference")?);
    let ids: Vec<String> = kind.iter().zip(&id).map(|(kind, id)| format!("{kind}:{id}")).collect();
    let told = |at: usize| {
        let factor = if value[at] == 0.0 || base[at] == 0.0 { 1.0 } else { (base[at] / value[at]).abs() };
        let should = format!("{}{}", short(expected[at] / factor), unit[at]);
        let (text, other, third) = (text[at], other[at], third[at]);
        match kind[at] {
            DIFFERENT_VALUES => format!("{other} before, {text} here for the same thing"),
            GROWTH_CHAIN => format!("{other} the year before and a change of {third} give {should}, not {text}"),
            CHANGE_CHAIN => format!("{other} the year before and a change by {third} give {should}, not {text}"),
            FROM_TO => format!("from {other} to {third} is a change of {should}, not {text}"),
            PART_ABOVE_WHOLE => format!("the part, {text}, is more than the whole, {other}"),
            PARTS_SUM => format!("the parts add up to {should}, more than the whole, {text}"),
            SHARES_SUM => {
                format!("the shares that begin with {text} add up to {}, not 100", short(100.0 + difference[at]))
            }
            RATE_OVER_100 => format!("{text} is more than all"),
            RATE_BELOW_ZERO => format!("{text} is less than nothing"),
            _ if note[at].is_empty() => format!("{other} and {text} are told of one thing"),
            _ => note[at].to_string(),
        }
    };
    let messages: Vec<String> = (0..frame.height()).map(told).collect();
    frame.with_column(Column::new("conflict_id".into(), ids))?;
    frame.with_column(Column::new("message".into(), messages))?;
    Ok(())
}

/// A number with at most three digits behind the point.
fn short(number: f64) -> String {
    let text = format!("{number:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_string()
}
