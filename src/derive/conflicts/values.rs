//! The same thing, different values.

use polars::prelude::*;

use super::statements::Statements;
use super::{DIFFERENT_VALUES, finding, is_off, no_statement, size};

/// What makes two statements tell the same thing, besides where they stand and how they name it.
const SAME: [&str; 7] = ["indicator", "apart", "measure", "time_period", "unit_measure", "change_basis", "within"];
/// How far off a figure may be that is said to be about right, of its size.
const ABOUT: f64 = 0.05;

/// Sets each value against the one stated before it for the same thing: in the same report under the same words, or in the
/// last report before that has one under any words of the catalogue. Of a list of numbers only the first counts. Bounds (超过, 以上) are left out: they hold for many
/// values.
pub(super) fn different_values(statements: &Statements) -> PolarsResult<LazyFrame> {
    let is_value = col("measure").eq(lit("level")).or(col("measure").eq(lit("change_pct")));
    let is_figure = col("comparator").eq(lit("=")).or(col("comparator").eq(lit("~")));
    let figures = statements
        .facts()
        .filter(is_value.and(is_figure).and(col("is_singular")).and(col("is_listed").not()))
        .sort(["report_year", "document", "row"], SortMultipleOptions::default());
    let inside = against_before(figures.clone(), &[&SAME[..], &["document_id", "indicator_text"]].concat())?;
    let key = [&SAME[..], &["place", "wording"]].concat();
    let in_report = [&key[..], &["document_id"]].concat().into_iter().map(col).collect();
    let between = against_before(figures.unique_stable_generic(Some(in_report), UniqueKeepStrategy::First), &key)?;
    let both = concat([inside, between], UnionArgs::default())?;
    let both = both.unique_stable_generic(Some(vec![col("obs_id")]), UniqueKeepStrategy::First);
    Ok(finding(both, DIFFERENT_VALUES, is_off()))
}

/// Each row with the one before it that has the same key, if there is one.
fn against_before(figures: LazyFrame, key: &[&str]) -> PolarsResult<LazyFrame> {
    let before = |name: &str| -> PolarsResult<Expr> {
        let key: Vec<Expr> = key.iter().map(|name| col(*name)).collect();
        Ok(col(name).shift(lit(1)).over(key)?.alias(format!("other_{name}")))
    };
    let is_about = |name: &str| col(name).eq(lit("~"));
    Ok(figures
        .with_columns([before("obs_id")?, before("obs_value")?, before("rounding")?, before("comparator")?])
        .filter(col("other_obs_id").is_not_null())
        .with_columns([
            col("other_obs_value").alias("expected"),
            tolerance(is_about("comparator").or(is_about("other_comparator"))).alias("tolerance"),
            no_statement("third_obs_id"),
        ]))
}

/// Half a unit of the last digit where both figures have the same; a whole unit of the coarser one where it may have been
/// rounded or cut off from the finer one.
fn tolerance(is_about: Expr) -> Expr {
    let (rounding, other) = (col("rounding"), col("other_rounding"));
    let coarser = when(rounding.clone().gt(other.clone())).then(rounding.clone()).otherwise(other.clone());
    let finer = when(rounding.clone().gt(other.clone())).then(other.clone()).otherwise(rounding);
    let is_even = (coarser.clone() - finer).lt_eq(coarser.clone() * lit(super::FLOAT_NOISE));
    let exact = when(is_even).then(coarser.clone()).otherwise(coarser * lit(2.0));
    let about = size(col("other_obs_value")) * lit(ABOUT);
    when(is_about.and(about.clone().gt(exact.clone()))).then(about).otherwise(exact)
}
