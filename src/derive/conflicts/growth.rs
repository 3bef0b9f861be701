//! Levels and the changes stated between them.

use polars::prelude::*;

use super::statements::Statements;
use super::{CHANGE_CHAIN, FROM_TO, GROWTH_CHAIN, finding, is_off, size};

/// A level and its growth are one statement if no more numbers stand between them (收入189.7亿元，增长5.6%).
const NEAR: i32 = 2;

/// Last year's level, grown by the stated rate, is this year's: 189.7 less 4.4 % is 181.4. Only where growth follows from
/// the levels, which is not so at constant prices.
pub(super) fn growth_chain(statements: &Statements) -> LazyFrame {
    let factor = || lit(1.0) + col("third_obs_value") / lit(100.0);
    let rounding = col("other_rounding") * size(factor())
        + size(col("other_obs_value")) * col("third_rounding") / lit(100.0)
        + col("rounding");
    let is_rate = col("measure").eq(lit("change_pct")).and(col("is_growth_alone").not());
    chain(statements, is_rate, lit(true), col("other_obs_value") * factor(), rounding, GROWTH_CHAIN)
}

/// Last year's level and the stated change make this year's.
pub(super) fn change_chain(statements: &Statements) -> LazyFrame {
    let is_change = col("measure").eq(lit("change_abs")).and(col("is_growth_alone").not());
    let is_point = col("third_unit_measure").eq(lit("[pp]")).and(col("unit_measure").eq(lit("%")));
    let is_same_unit = col("third_unit_measure").eq(col("unit_measure")).or(is_point);
    let rounding = col("rounding") + col("other_rounding") + col("third_rounding");
    chain(statements, is_change, is_same_unit, col("other_obs_value") + col("third_obs_value"), rounding, CHANGE_CHAIN)
}

/// Sets a level with a change behind it against the levels stated for the year before, in whichever report. Of several
/// levels or changes those that fit best count: a figure that was revised since is no fault of the growth.
fn chain(
    statements: &Statements,
    is_change: Expr,
    is_fitting: Expr,
    expected: Expr,
    tolerance: Expr,
    kind: &str,
) -> LazyFrame {
    let is_year = col("period_kind").eq(lit("year")).and(col("year_from").eq(col("year_to")));
    let exact = statements.facts().filter(is_year.and(col("comparator").eq(lit("="))));
    let levels = exact.clone().filter(col("measure").eq(lit("level")));
    let is_yearly = col("change_basis").eq(lit("yoy")).or(col("change_basis").eq(lit("since_year_start")));
    // 其中出口3亿元，增长5%: the growth is that of the part.
    let is_of_part = col("role_before").eq(lit("part")).fill_null(lit(false));
    let changes = exact.filter(is_change.and(is_yearly).and(is_of_part.not())).select(renamed(
        "third_",
        &[
            "obs_id",
            "document_id",
            "sentence_id",
            "indicator",
            "year_to",
            "obs_value",
            "rounding",
            "unit_measure",
            "row",
        ],
    ));
    let same = ["document_id", "sentence_id", "indicator", "year_to"];
    let distance = col("third_row") - col("row");
    let pairs = levels
        .clone()
        .join(changes, same.map(col), same.map(|name| col(format!("third_{name}"))), JoinArgs::new(JoinType::Inner))
        .filter(distance.clone().gt(lit(0)).and(distance.lt_eq(lit(NEAR))).and(is_fitting))
        .with_column((col("year_to") - lit(1)).alias("year_before"));
    let before = levels.select(renamed(
        "other_",
        &[
            "obs_id",
            "place",
            "indicator",
            "wording",
            "apart",
            "unit_measure",
            "year_to",
            "obs_value",
            "rounding",
            "row",
        ],
    ));
    let same = ["place", "indicator", "wording", "apart", "unit_measure", "year_before"].map(col);
    let other = ["place", "indicator", "wording", "apart", "unit_measure", "year_to"];
    let frame = pairs
        .join(before, same, other.map(|name| col(format!("other_{name}"))), JoinArgs::new(JoinType::Inner))
        .with_columns([expected.alias("expected"), tolerance.alias("tolerance")])
        .with_column(size(col("obs_value") - col("expected")).alias("distance"))
        .sort(["row", "distance", "third_row", "other_row"], SortMultipleOptions::default())
        .unique_stable_generic(Some(vec![col("obs_id")]), UniqueKeepStrategy::First);
    finding(frame, kind, is_off())
}

/// The change that stands behind 从 A 到 B is what lies between them, in all or on average a year.
pub(super) fn from_to(statements: &Statements) -> LazyFrame {
    let exact = statements.all.clone().filter(col("comparator").eq(lit("=")).and(col("is_doubtful").not()));
    let is_rate = col("measure").eq(lit("change_pct")).and(col("is_growth_alone").not());
    let is_change = is_rate.clone().or(col("measure").eq(lit("change_abs"))).and(col("role").is_null());
    let ends = ["obs_id", "obs_value", "rounding", "unit_measure", "year_to"];
    let starts = exact.clone().filter(col("role").eq(lit("from"))).select(renamed("other_", &ends));
    let to = exact.clone().filter(col("role").eq(lit("to"))).with_column((col("row") + lit(1)).alias("next_row"));
    let more = ["document_id", "sentence_id", "indicator_text", "next_row", "related_obs_id"];
    let to = to.select(renamed("third_", &[&ends[..], &more[..]].concat()));
    let same = ["document_id", "sentence_id", "indicator_text"];
    let years = (col("third_year_to") - col("other_year_to")).cast(DataType::Float64);
    let is_average = col("change_basis").eq(lit("annual_average")).fill_null(lit(false));
    let (start, end) = (col("other_obs_value"), col("third_obs_value"));
    let ratio = || end.clone() / start.clone();
    let span = when(is_average.clone()).then(years.clone()).otherwise(lit(1.0));
    let is_rate = || col("measure").eq(lit("change_pct"));
    let grown = (ratio().pow(lit(1.0) / span.clone()) - lit(1.0)) * lit(100.0);
    let moved = (end.clone() - start.clone()) / span.clone();
    let ends_rounding = col("third_rounding") + col("other_rounding") * size(ratio());
    let rate_rounding = ends_rounding / size(start.clone()) * lit(100.0) / span.clone();
    let moved_rounding = (col("third_rounding") + col("other_rounding")) / span;
    let is_point = col("unit_measure").eq(lit("[pp]")).and(col("third_unit_measure").eq(lit("%")));
    let is_same_unit = col("unit_measure").eq(col("third_unit_measure")).or(is_point);
    let is_fitting = is_rate().and(start.gt(lit(0.0))).or(is_rate().not().and(is_same_unit));
    let frame = exact
        .filter(is_change)
        .join(
            to,
            [&same.map(col)[..], &[col("row")]].concat(),
            [&same.map(|name| col(format!("third_{name}")))[..], &[col("third_next_row")]].concat(),
            JoinArgs::new(JoinType::Inner),
        )
        .join(starts, [col("third_related_obs_id")], [col("other_obs_id")], JoinArgs::new(JoinType::Inner))
        .with_column(col("third_related_obs_id").alias("other_obs_id"))
        .filter(col("other_unit_measure").eq(col("third_unit_measure")))
        .filter(is_average.not().or(years.gt(lit(1.0))).and(is_fitting))
        .with_columns([
            when(is_rate()).then(grown).otherwise(moved).alias("expected"),
            (col("rounding") + when(is_rate()).then(rate_rounding).otherwise(moved_rounding)).alias("tolerance"),
        ]);
    finding(frame, FROM_TO, is_off())
}

/// Columns with something put before their names.
fn renamed(prefix: &str, names: &[&str]) -> Vec<Expr> {
    names.iter().map(|name| col(*name).alias(format!("{prefix}{name}"))).collect()
}
