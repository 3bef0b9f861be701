//! Numbers that are wrong by themselves.

use std::collections::HashMap;

use polars::prelude::*;

use super::statements::Statements;
use super::{LIST_ARITY, RATE_BELOW_ZERO, RATE_OVER_100, finding, is_above, is_below, no_statement, noted};

/// What stands between the numbers of a list.
const LIST_SIGNS: [char; 5] = ['、', '，', '和', '及', '与'];

/// A share or a rate is at most 100 %, unless its words say that it may be more (完成年度计划的120%).
pub(super) fn rate_over_100(statements: &Statements) -> LazyFrame {
    finding(rates(statements, 100.0).filter(col("may_pass_100").not()), RATE_OVER_100, is_above())
}

/// A share or a rate is no less than 0 %.
pub(super) fn rate_below_zero(statements: &Statements) -> LazyFrame {
    finding(rates(statements, 0.0), RATE_BELOW_ZERO, is_below())
}

fn rates(statements: &Statements, limit: f64) -> LazyFrame {
    let is_rate = col("measure").eq(lit("level")).or(col("measure").eq(lit("share")));
    statements
        .all
        .clone()
        .filter(is_rate.and(col("unit_measure").eq(lit("%"))).and(col("is_doubtful").not()))
        .with_columns([
            lit(limit).alias("expected"),
            lit(0.0).alias("tolerance"),
            no_statement("other_obs_id"),
            no_statement("third_obs_id"),
        ])
}

/// Lists with more or fewer numbers than things: the issues `list_mismatch` of 分别, each with the first number of its
/// list; and numbers listed side by side of which one thing alone is told (存贷款余额达247亿元和197亿元).
pub(super) fn list_arity(statements: &Statements, issues: &DataFrame) -> PolarsResult<LazyFrame> {
    let rows = statements.all.clone().sort(["row"], SortMultipleOptions::default()).collect()?;
    let (mut ids, mut others, mut notes) = (Vec::new(), Vec::new(), Vec::new());
    for (id, message) in told_lists(&rows, issues)? {
        ids.push(id);
        others.push(None);
        notes.push(message.to_string());
    }
    for (id, other, note) in bare_lists(&rows)? {
        ids.push(id);
        others.push(Some(other));
        notes.push(note);
    }
    let height = ids.len();
    let columns = vec![
        Column::new("obs_id".into(), ids),
        Column::new("other_obs_id".into(), others),
        Column::new("note".into(), notes),
    ];
    let none = || lit(NULL).cast(DataType::Float64);
    let frame = DataFrame::new(height, columns)?.lazy().with_columns([
        no_statement("third_obs_id"),
        none().alias("expected"),
        none().alias("tolerance"),
    ]);
    Ok(noted(frame, LIST_ARITY, lit(true)))
}

/// The first number and the message of each issue.
fn told_lists<'a>(rows: &'a DataFrame, issues: &'a DataFrame) -> PolarsResult<Vec<(&'a str, &'a str)>> {
    let text = |name: &str| -> PolarsResult<Vec<Option<&'a str>>> { Ok(rows.column(name)?.str()?.iter().collect()) };
    let (id, document, flags) = (text("obs_id")?, text("document_id")?, text("flags")?);
    let start = rows.column("source_start")?.i32()?;
    // The numbers of such lists in the order of their places, by report.
    let mut numbers: HashMap<&str, Vec<(i32, &str)>> = HashMap::new();
    for (at, start) in start.iter().enumerate() {
        let is_flagged = flags[at].is_some_and(|flags| flags.split('|').any(|flag| flag == "list_mismatch"));
        if let (true, Some(id), Some(document), Some(start)) = (is_flagged, id[at], document[at], start) {
            numbers.entry(document).or_default().push((start, id));
        }
    }
    let (code, document) = (issues.column("code")?.str()?, issues.column("document_id")?.str()?);
    let (start, message) = (issues.column("source_start")?.i32()?, issues.column("message")?.str()?);
    let mut found: Vec<(&str, &str)> = Vec::new();
    for (((code, document), start), message) in code.iter().zip(document.iter()).zip(start.iter()).zip(message.iter()) {
        let (Some("list_mismatch"), Some(document), Some(start)) = (code, document, start) else { continue };
        let Some(numbers) = numbers.get(document) else { continue };
        let first = numbers.get(numbers.partition_point(|(at, _)| *at < start));
        if let (Some((_, id)), Some(message)) = (first, message)
            && found.last().is_none_or(|(last, _)| last != id)
        {
            found.push((id, message));
        }
    }
    Ok(found)
}

/// A number, the one listed before it, and what is wrong.
type BareList<'a> = (&'a str, &'a str, String);

/// Numbers that stand in a list with the one before them, though both are said of the same thing.
fn bare_lists(rows: &DataFrame) -> PolarsResult<Vec<BareList<'_>>> {
    let text = |name: &str| -> PolarsResult<Vec<&str>> {
        Ok(rows.column(name)?.str()?.iter().map(Option::unwrap_or_default).collect())
    };
    let same =
        ["document_id", "indicator_text", "measure", "time_period", "unit_measure", "change_basis", "comparator"]
            .map(text)
            .into_iter()
            .collect::<PolarsResult<Vec<_>>>()?;
    let (id, words, quote) = (text("obs_id")?, text("value_text")?, text("quote")?);
    let (unit, comparator, role) = (text("unit_measure")?, text("comparator")?, text("role")?);
    let sentence: Vec<Option<i32>> = rows.column("sentence_id")?.i32()?.iter().collect();
    let doubtful: Vec<bool> = rows.column("is_doubtful")?.bool()?.iter().map(|is| is.unwrap_or(true)).collect();
    let mut found = Vec::new();
    for at in 1..rows.height() {
        let before = at - 1;
        let is_same = sentence[at] == sentence[before] && same.iter().all(|column| column[at] == column[before]);
        let is_plain = !unit[at].is_empty() && comparator[at] == "=" && role[at].is_empty() && role[before].is_empty();
        let is_sure = !doubtful[at] && !doubtful[before];
        if is_same && is_plain && is_sure && is_listed(quote[at], words[before], words[at]) {
            found.push((id[at], id[before], format!("{} and {} are told of one thing", words[before], words[at])));
        }
    }
    Ok(found)
}

/// Whether two numbers stand side by side with a sign or word of a list between them.
fn is_listed(quote: &str, first: &str, second: &str) -> bool {
    quote.match_indices(first).any(|(at, _)| {
        let rest = &quote[at + first.len()..];
        LIST_SIGNS.iter().any(|sign| rest.strip_prefix(*sign).is_some_and(|rest| rest.starts_with(second)))
    })
}
