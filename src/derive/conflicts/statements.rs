//! The observations of a group with what the checks ask of them.

use std::collections::HashMap;

use polars::prelude::*;

use crate::derive::Group;
use crate::vocab::{CheckKind, Vocabulary};

/// Flags of rows whose number, unit or subject may be another: they are set against no other statement.
const DOUBTS: [&str; 3] = ["damaged", "unit_missing", "list_mismatch"];

/// What stands between the numbers of a list.
const LIST_SIGNS: [char; 5] = ['、', '，', '和', '及', '与'];

/// The kinds of indicators of which a place has one value a year; of the others the core ones.
const SINGULAR: [&str; 3] = ["ratio", "index", "growth"];

/// All observations of a group. Besides the columns of [`Group`]:
///
/// - `row`, `document`: the place in the order of `observations` and of `documents`; `report_year`
/// - `place`: the area, or where that is unknown the document, so that such a document is compared with itself only
/// - `wording`: what is measured as far as `indicator` does not tell it: empty for the catalogue's own terms
/// - `apart`, `is_growth_alone`, `may_pass_100`: what the words of `checks.csv` say of it
/// - `is_summable`: whether parts of it add up
/// - `is_doubtful`: whether it is flagged with one of [`DOUBTS`]
/// - `is_singular`: whether a place has one value of the indicator a year, unlike the many of 新建道路
/// - `is_listed`: whether it stands in a list with the number before it, though both are said of one thing
///   (存贷款余额达247亿元和197亿元); `obs_id_before`, `role_before`: of the number before it
/// - `is_own_time`: of 从…到…, whether this end has a time of its own
pub(super) struct Statements {
    pub all: LazyFrame,
}

impl Statements {
    pub fn of(group: &Group, vocabulary: &Vocabulary) -> PolarsResult<Statements> {
        let mut frame = group.observations.clone();
        add_order(&mut frame, &group.documents)?;
        add_words(&mut frame, vocabulary)?;
        add_lists(&mut frame)?;
        let of_other = |name: &str, rows: i32| col(name).shift(lit(rows));
        let is_from = col("role").eq(lit("from"));
        let is_later = of_other("time_period", -1).neq(col("time_period"));
        let is_told = col("period_basis").eq(lit("explicit"));
        let all = frame.lazy().with_columns([
            of_other("obs_id", 1).alias("obs_id_before"),
            of_other("role", 1).alias("role_before"),
            is_told.and(is_from.not().or(is_later)).alias("is_own_time"),
        ]);
        Ok(Statements { all })
    }

    /// Some columns of every observation and its id, with something put before their names, to be joined.
    pub fn columns(&self, prefix: &str, names: &[&str]) -> LazyFrame {
        let columns = ["obs_id"].iter().chain(names).map(|name| col(*name).alias(format!("{prefix}{name}")));
        self.all.clone().select(columns.collect::<Vec<_>>())
    }

    /// What a report says of its own area and a known indicator as a fact, beyond doubt, for a known time.
    pub fn facts(&self) -> LazyFrame {
        let is_fact = col("status").eq(lit("actual")).or(col("status").eq(lit("estimate")));
        let is_known = col("indicator").is_not_null().and(col("time_period").is_not_null());
        let is_end = col("role").neq(lit("part")).and(col("is_own_time"));
        let is_plain = col("role").is_null().or(is_end).and(col("is_doubtful").not());
        let is_own = col("scope").eq(lit("self"));
        self.all.clone().filter(is_fact.and(is_known).and(is_plain).and(is_own))
    }
}

/// `row`, `document`, `report_year` and `place`.
fn add_order(frame: &mut DataFrame, documents: &DataFrame) -> PolarsResult<()> {
    let years = documents.column("report_year")?.i32()?;
    let ids = documents.column("document_id")?.str()?;
    let of: HashMap<&str, (i32, Option<i32>)> =
        ids.iter().zip(years.iter()).zip(0..).filter_map(|((id, year), at)| Some((id?, (at, year)))).collect();
    let ids = frame.column("document_id")?.str()?;
    let found: Vec<Option<&(i32, Option<i32>)>> = ids.iter().map(|id| of.get(id?)).collect();
    let document: Int32Chunked = found.iter().map(|found| found.map(|(at, _)| *at)).collect();
    let year: Int32Chunked = found.iter().map(|found| found.and_then(|(_, year)| *year)).collect();
    let place: StringChunked =
        frame.column("area")?.str()?.iter().zip(ids.iter()).map(|(area, id)| area.or(id)).collect();
    let row: Int32Chunked = (0..frame.height()).map(|row| i32::try_from(row).ok()).collect();
    frame.with_column(document.into_column().with_name("document".into()))?;
    frame.with_column(year.into_column().with_name("report_year".into()))?;
    frame.with_column(place.into_column().with_name("place".into()))?;
    frame.with_column(row.into_column().with_name("row".into()))?;
    Ok(())
}

/// `wording`, `apart`, `is_singular`, `is_growth_alone`, `may_pass_100`, `is_summable` and `is_doubtful`.
fn add_words(frame: &mut DataFrame, vocabulary: &Vocabulary) -> PolarsResult<()> {
    let checks = &vocabulary.checks;
    let column = |name: &str| -> PolarsResult<Vec<&str>> {
        Ok(frame.column(name)?.str()?.iter().map(Option::unwrap_or_default).collect())
    };
    let (texts, quotes, units) = (column("indicator_text")?, column("quote")?, column("unit_measure")?);
    let holds = |kind: CheckKind, at: usize| checks.holds(kind, texts[at]) || checks.holds(kind, quotes[at]);
    let rows = 0..frame.height();
    let wording: StringChunked =
        texts.iter().map(|text| Some(if vocabulary.is_term(text) { "" } else { text })).collect();
    let values = column("value_text")?;
    let apart: StringChunked =
        rows.clone().map(|at| Some(checks.found(CheckKind::Apart, words_before(quotes[at], values[at])))).collect();
    let growth: BooleanChunked = rows.clone().map(|at| Some(holds(CheckKind::GrowthAlone, at))).collect();
    let beyond: BooleanChunked = rows.clone().map(|at| Some(holds(CheckKind::Beyond100, at))).collect();
    let is_amount = |unit: &str| !unit.is_empty() && !unit.contains('/') && unit != "%" && unit != "[pp]";
    let summable: BooleanChunked =
        rows.map(|at| Some(is_amount(units[at]) && !checks.holds(CheckKind::Mean, texts[at]))).collect();
    let flags = column("flags")?;
    let doubtful: BooleanChunked =
        flags.iter().map(|flags| Some(flags.split('|').any(|flag| DOUBTS.contains(&flag)))).collect();
    let singular: HashMap<&str, bool> = vocabulary
        .indicators
        .iter()
        .map(|i| (i.id.as_str(), i.is_core || SINGULAR.contains(&i.kind.as_str())))
        .collect();
    let singular: BooleanChunked = column("indicator")?.iter().map(|id| singular.get(id).copied()).collect();
    frame.with_column(wording.into_column().with_name("wording".into()))?;
    frame.with_column(apart.into_column().with_name("apart".into()))?;
    for (name, values) in [
        ("is_singular", singular),
        ("is_growth_alone", growth),
        ("may_pass_100", beyond),
        ("is_summable", summable),
        ("is_doubtful", doubtful),
    ] {
        frame.with_column(values.into_column().with_name(name.into()))?;
    }
    Ok(())
}

/// The words of a quote that stand before a number and behind the number before that.
fn words_before<'a>(quote: &'a str, value: &str) -> &'a str {
    let words = quote.rfind(value).map_or(quote, |at| &quote[..at]);
    let is_digit = |c: char| c.is_ascii_digit() || ('０'..='９').contains(&c);
    words.rfind(is_digit).map_or(words, |at| words[at..].trim_start_matches(is_digit))
}

/// `is_listed`.
fn add_lists(frame: &mut DataFrame) -> PolarsResult<()> {
    let text = |name: &str| -> PolarsResult<Vec<&str>> {
        Ok(frame.column(name)?.str()?.iter().map(Option::unwrap_or_default).collect())
    };
    let same =
        ["document_id", "indicator_text", "measure", "time_period", "unit_measure", "change_basis", "comparator"];
    let same = same.map(text).into_iter().collect::<PolarsResult<Vec<_>>>()?;
    let (words, quote, role) = (text("value_text")?, text("quote")?, text("role")?);
    let (unit, comparator) = (text("unit_measure")?, text("comparator")?);
    let sentence: Vec<Option<i32>> = frame.column("sentence_id")?.i32()?.iter().collect();
    let doubtful: Vec<bool> = frame.column("is_doubtful")?.bool()?.iter().map(|is| is.unwrap_or(true)).collect();
    let is_listed = |at: usize| {
        let before = at.checked_sub(1)?;
        let is_same = sentence[at] == sentence[before] && same.iter().all(|column| column[at] == column[before]);
        let is_plain = !unit[at].is_empty() && comparator[at] == "=" && role[at].is_empty() && role[before].is_empty();
        let is_sure = !doubtful[at] && !doubtful[before];
        Some(is_same && is_plain && is_sure && stand_in_list(quote[at], words[before], words[at]))
    };
    let listed: BooleanChunked = (0..frame.height()).map(|at| Some(is_listed(at).unwrap_or(false))).collect();
    frame.with_column(listed.into_column().with_name("is_listed".into()))?;
    Ok(())
}

/// Whether two numbers stand side by side with a sign or word of a list between them.
fn stand_in_list(quote: &str, first: &str, second: &str) -> bool {
    quote.match_indices(first).any(|(at, _)| {
        let rest = &quote[at + first.len()..];
        LIST_SIGNS.iter().any(|sign| rest.strip_prefix(*sign).is_some_and(|rest| rest.starts_with(second)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_reach_back_to_the_number_before() {
        assert_eq!(words_before("税收5亿元，增长10.7%（按可比口径增长15.5%）", "15.5%"), "%（按可比口径增长");
        assert_eq!(words_before("其中4月份仅增长5.6%", "5.6%"), "月份仅增长");
        assert_eq!(words_before("累计完成税收６０亿元", "６０亿元"), "累计完成税收");
        assert_eq!(words_before("税收", "7%"), "税收");
    }
}
