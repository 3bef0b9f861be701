//! Numbers that are wrong by themselves.

use std::collections::HashMap;

use polars::prelude::*;

use super::statements::Statements;
use super::{LIST_ARITY, RATE_BELOW_ZERO, RATE_OVER_100, finding, is_above, is_below, no_statement, noted};

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
    let names = ["obs_id", "document_id", "source_start", "flags"];
    let rows = statements.all.clone().sort(["row"], SortMultipleOptions::default()).select(names.map(col)).collect()?;
    let (ids, notes): (Vec<&str>, Vec<&str>) = told_lists(&rows, issues)?.into_iter().unzip();
    let height = ids.len();
    let columns = vec![Column::new("obs_id".into(), ids), Column::new("note".into(), notes)];
    let told = DataFrame::new(height, columns)?.lazy();
    let told = told.select([col("obs_id"), col("note"), no_statement("other_obs_id")]);
    let bare = statements.all.clone().filter(col("is_listed"));
    let bare = bare.select([col("obs_id"), no_statement("note"), col("obs_id_before").alias("other_obs_id")]);
    let no_figure = || lit(NULL).cast(DataType::Float64);
    let frame = concat([told, bare], UnionArgs::default())?;
    let frame = frame.with_columns([
        no_statement("third_obs_id"),
        no_figure().alias("expected"),
        no_figure().alias("tolerance"),
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
