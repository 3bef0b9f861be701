//! Parts and their wholes.

use polars::prelude::*;

use super::statements::Statements;
use super::{PART_ABOVE_WHOLE, PARTS_SUM, SHARES_SUM, finding, is_above, is_below, is_off, no_statement};

/// How far from 100 numbers may add up and still be the shares of a structure: 70:25:8 is one, 1:2:5 a ratio.
const NEAR_100: f64 = 20.0;
/// Fewer numbers are no structure.
const MIN_SHARES: usize = 3;

/// A part is no more than its whole.
pub(super) fn part_above_whole(statements: &Statements) -> LazyFrame {
    let frame =
        parts(statements).filter(col("comparator").neq(lit("<")).and(col("comparator").neq(lit("<=")))).with_columns([
            col("other_obs_value").alias("expected"),
            (col("rounding") + col("other_rounding")).alias("tolerance"),
            no_statement("third_obs_id"),
        ]);
    finding(frame, PART_ABOVE_WHOLE, is_above())
}

/// Amounts that are part of another amount in the same unit, with that as `other_`. A whole that is only bounded from
/// below (超过) bounds no part.
fn parts(statements: &Statements) -> LazyFrame {
    let names = ["obs_value", "rounding", "unit_measure", "measure", "comparator", "is_doubtful", "row"];
    let is_level = col("measure").eq(lit("level")).and(col("other_measure").eq(lit("level")));
    let is_same_unit = col("unit_measure").eq(col("other_unit_measure")).and(col("is_summable"));
    let is_closed = col("other_comparator").neq(lit(">")).and(col("other_comparator").neq(lit(">=")));
    let is_sure = col("is_doubtful").not().and(col("other_is_doubtful").not());
    statements
        .all
        .clone()
        .filter(col("role").eq(lit("part")))
        .with_column(col("related_obs_id").alias("other_obs_id"))
        .join(
            statements.columns("other_", &names),
            [col("other_obs_id")],
            [col("other_obs_id")],
            JoinArgs::new(JoinType::Inner),
        )
        .filter(is_level.and(is_same_unit).and(is_closed).and(is_sure))
}

/// The parts of a whole add up to no more than it; one part alone is looked at in [`part_above_whole`].
pub(super) fn parts_sum(statements: &Statements) -> PolarsResult<LazyFrame> {
    let is_figure = col("comparator").eq(lit("=")).or(col("comparator").eq(lit("~")));
    let names = ["obs_id", "obs_value", "rounding", "other_obs_id", "other_obs_value", "other_rounding"];
    let order = SortMultipleOptions::default();
    let rows =
        parts(statements).filter(is_figure).sort(["other_row", "row"], order).select(names.map(col)).collect()?;
    let (part, whole) = (rows.column("obs_id")?.str()?, rows.column("other_obs_id")?.str()?);
    let number = |name: &str| -> PolarsResult<Vec<f64>> {
        Ok(rows.column(name)?.f64()?.iter().map(Option::unwrap_or_default).collect())
    };
    let (value, rounding) = (number("obs_value")?, number("rounding")?);
    let (whole_value, whole_rounding) = (number("other_obs_value")?, number("other_rounding")?);
    let wholes: Vec<Option<&str>> = whole.iter().collect();
    let parts: Vec<Option<&str>> = part.iter().collect();
    let mut sums = Sums::default();
    let mut from = 0;
    for group in wholes.chunk_by(|a, b| a == b) {
        let range = from..from + group.len();
        from = range.end;
        if group.len() > 1 {
            let first = range.start;
            let sum: f64 = value[range.clone()].iter().sum();
            let tolerance: f64 = rounding[range].iter().sum();
            sums.push(wholes[first], whole_value[first], parts[first], sum, tolerance + whole_rounding[first]);
        }
    }
    Ok(finding(sums.frame()?, PARTS_SUM, is_below()))
}

/// The shares of a structure that is written as one (10.7∶37.6∶51.7) add up to 100.
pub(super) fn shares_sum(statements: &Statements) -> PolarsResult<LazyFrame> {
    let names = ["obs_id", "document_id", "value", "rounding", "source_start", "value_text"];
    let is_share = col("measure").eq(lit("share")).and(col("unit_measure").is_null()).and(col("is_damaged").not());
    let order = SortMultipleOptions::default();
    let rows = statements.all.clone().filter(is_share).sort(["row"], order).select(names.map(col)).collect()?;
    let (id, document) = (rows.column("obs_id")?.str()?, rows.column("document_id")?.str()?);
    let (value, rounding) = (rows.column("value")?.f64()?, rows.column("rounding")?.f64()?);
    let (start, text) = (rows.column("source_start")?.i32()?, rows.column("value_text")?.str()?);
    let texts = id.iter().zip(document.iter()).zip(start.iter()).zip(text.iter());
    let shares: Vec<Share> = texts
        .zip(value.iter().zip(rounding.iter()))
        .map(|((((id, document), start), text), (value, rounding))| Share {
            id,
            document,
            start: start.unwrap_or_default(),
            length: text.map_or(0, |text| text.chars().count()),
            value: value.unwrap_or_default(),
            rounding: rounding.unwrap_or_default(),
        })
        .collect();
    let mut sums = Sums::default();
    for structure in shares.chunk_by(Share::is_beside) {
        let sum: f64 = structure.iter().map(|share| share.value).sum();
        let (Some(first), Some(second)) = (structure.first(), structure.get(1)) else { continue };
        if structure.len() >= MIN_SHARES && (sum - 100.0).abs() <= NEAR_100 {
            let tolerance = structure.iter().map(|share| share.rounding).sum();
            sums.push(first.id, first.value, second.id, first.value + 100.0 - sum, tolerance);
        }
    }
    Ok(finding(sums.frame()?, SHARES_SUM, is_off()))
}

/// One number of a structure.
struct Share<'a> {
    id: Option<&'a str>,
    document: Option<&'a str>,
    start: i32,
    /// In characters.
    length: usize,
    value: f64,
    rounding: f64,
}

impl Share<'_> {
    /// Whether only one character, the colon, lies between a number and the next.
    fn is_beside(&self, next: &Share) -> bool {
        let end = usize::try_from(self.start).unwrap_or_default() + self.length;
        self.document == next.document && usize::try_from(next.start).is_ok_and(|start| start == end + 1)
    }
}

/// What several numbers add up to, as the columns of a finding.
#[derive(Default)]
struct Sums<'a> {
    id: Vec<Option<&'a str>>,
    value: Vec<f64>,
    other: Vec<Option<&'a str>>,
    expected: Vec<f64>,
    tolerance: Vec<f64>,
}

impl<'a> Sums<'a> {
    fn push(&mut self, id: Option<&'a str>, value: f64, other: Option<&'a str>, expected: f64, tolerance: f64) {
        self.id.push(id);
        self.value.push(value);
        self.other.push(other);
        self.expected.push(expected);
        self.tolerance.push(tolerance);
    }

    fn frame(self) -> PolarsResult<LazyFrame> {
        let columns = vec![
            Column::new("obs_id".into(), self.id),
            Column::new("obs_value".into(), self.value),
            Column::new("other_obs_id".into(), self.other),
            Column::new("expected".into(), self.expected),
            Column::new("tolerance".into(), self.tolerance),
        ];
        let height = columns.first().map_or(0, Column::len);
        Ok(DataFrame::new(height, columns)?.lazy().with_column(no_statement("third_obs_id")))
    }
}
