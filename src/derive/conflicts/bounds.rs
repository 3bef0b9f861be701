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

/// The issues `list_mismatch`, each with the first number of its list.
pub(super) fn list_arity(statements: &Statements, issues: &DataFrame) -> PolarsResult<LazyFrame> {
    let names = ["obs_id", "document_id", "source_start", "flags"];
    let rows = statements.all.clone().sort(["row"], SortMultipleOptions::default()).select(names.map(col)).collect()?;
    let (id, document) = (rows.column("obs_id")?.str()?, rows.column("document_id")?.str()?);
    let (start, flags) = (rows.column("source_start")?.i32()?, rows.column("flags")?.str()?);
    // The numbers of such lists in the order of their places, by report.
    let mut numbers: HashMap<&str, Vec<(i32, &str)>> = HashMap::new();
    for (((id, document), start), flags) in id.iter().zip(document.iter()).zip(start.iter()).zip(flags.iter()) {
        let is_flagged = flags.is_some_and(|flags| flags.split('|').any(|flag| flag == "list_mismatch"));
        if let (true, Some(id), Some(document), Some(start)) = (is_flagged, id, document, start) {
            numbers.entry(document).or_default().push((start, id));
        }
    }
    let (code, document) = (issues.column("code")?.str()?, issues.column("document_id")?.str()?);
    let (start, message) = (issues.column("source_start")?.i32()?, issues.column("message")?.str()?);
    let (mut ids, mut notes) = (Vec::new(), Vec::new());
    for (((code, document), start), message) in code.iter().zip(document.iter()).zip(start.iter()).zip(message.iter()) {
        let (Some("list_mismatch"), Some(document), Some(start)) = (code, document, start) else { continue };
        let Some(numbers) = numbers.get(document) else { continue };
        if let Some((_, id)) = numbers.get(numbers.partition_point(|(at, _)| *at < start))
            && ids.last() != Some(id)
        {
            ids.push(*id);
            notes.push(message);
        }
    }
    let columns = vec![Column::new("obs_id".into(), &ids), Column::new("note".into(), notes)];
    let none = || lit(NULL).cast(DataType::Float64);
    let frame = DataFrame::new(ids.len(), columns)?.lazy().with_columns([
        no_statement("other_obs_id"),
        no_statement("third_obs_id"),
        none().alias("expected"),
        none().alias("tolerance"),
    ]);
    Ok(noted(frame, LIST_ARITY, lit(true)))
}
