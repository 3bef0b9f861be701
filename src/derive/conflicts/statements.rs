//! The observations of a group with what the checks ask of them.

use std::collections::HashMap;

use crate::derive::group::{Group, Observation};
use crate::vocab::{CheckKind, CheckWords, Vocabulary};

/// Flags of rows whose number, unit or subject may be another: they are set against no other statement.
const DOUBTS: [&str; 3] = ["damaged", "unit_missing", "list_mismatch"];

/// What stands between the numbers of a list.
const LIST_SIGNS: [char; 5] = ['、', '，', '和', '及', '与'];

/// The kinds of indicators of which a place has one value a year; of the others the core ones.
const SINGULAR: [&str; 3] = ["ratio", "index", "growth"];

/// All observations of a group.
pub(super) struct Statements<'g> {
    pub group: &'g Group<'g>,
    checks: &'g CheckWords,
    /// In the order of `observations`; findings name statements by their place in it.
    pub all: Vec<Statement<'g>>,
    /// What a report says of its own area and a known indicator as a fact, beyond doubt, for a known time.
    pub facts: Vec<Fact<'g>>,
}

/// An observation.
#[derive(Clone, Copy)]
pub(super) struct Statement<'g> {
    pub row: &'g Observation<'g>,
    /// Whether it is flagged with one of [`DOUBTS`].
    pub is_doubtful: bool,
    /// Whether it stands in a list with the number before it, though both are said of one thing
    /// (存贷款余额达247亿元和197亿元).
    pub is_listed: bool,
    /// Whether it is one of [`Statements::facts`].
    pub is_fact: bool,
}

/// What tells a fact from others.
pub(super) struct Fact<'g> {
    /// Its place in [`Statements::all`].
    pub at: usize,
    pub row: &'g Observation<'g>,
    /// The area, or where that is unknown the document, so that such a document is compared with itself only.
    pub place: &'g str,
    /// What is measured as far as `indicator` does not tell it: empty for the catalogue's own terms.
    pub wording: &'g str,
    /// The words of `checks.csv` that set it apart.
    pub apart: String,
    /// Whether a place has one value of the indicator a year, unlike the many of 新建道路.
    pub is_singular: bool,
}

impl<'g> Statements<'g> {
    pub fn of(group: &'g Group<'g>, vocabulary: &'g Vocabulary) -> Statements<'g> {
        let doubts = |row: &Observation| DOUBTS.iter().any(|doubt| row.has_flag(doubt));
        let statement =
            |row: &'g Observation<'g>| Statement { row, is_doubtful: doubts(row), is_listed: false, is_fact: false };
        let mut all: Vec<Statement> = group.observations.iter().map(statement).collect();
        for at in 1..all.len() {
            all[at].is_listed = is_listed(&all[at - 1], &all[at]);
        }
        let singular: HashMap<&str, bool> = vocabulary
            .indicators
            .iter()
            .map(|i| (i.id.as_str(), i.is_core || SINGULAR.contains(&i.kind.as_str())))
            .collect();
        let mut facts = Vec::new();
        for at in 0..all.len() {
            let Some(indicator) = fact_indicator(&all, at) else { continue };
            all[at].is_fact = true;
            let row = all[at].row;
            let text = row.indicator_text;
            facts.push(Fact {
                at,
                row,
                place: group.areas[row.document].unwrap_or(row.document_id),
                wording: if vocabulary.is_term(text) { "" } else { text },
                apart: vocabulary.checks.found(CheckKind::Apart, words_before(row.quote, row.value_text)),
                is_singular: singular.get(indicator).copied().unwrap_or(false),
            });
        }
        Statements { group, checks: &vocabulary.checks, all, facts }
    }

    /// Whether its growth does not follow from levels.
    pub fn is_growth_alone(&self, row: &Observation) -> bool {
        self.says(CheckKind::GrowthAlone, row)
    }

    pub fn may_pass_100(&self, row: &Observation) -> bool {
        self.says(CheckKind::Beyond100, row)
    }

    fn says(&self, kind: CheckKind, row: &Observation) -> bool {
        self.checks.holds(kind, row.indicator_text) || self.checks.holds(kind, row.quote)
    }

    /// Whether parts of it add up.
    pub fn is_summable(&self, row: &Observation) -> bool {
        let is_amount = |unit: &str| !unit.is_empty() && !unit.contains('/') && unit != "%" && unit != "[pp]";
        row.unit_measure.is_some_and(is_amount) && !self.checks.holds(CheckKind::Mean, row.indicator_text)
    }

    /// The statement that another one is related to, and its place.
    pub fn related(&self, row: &Observation) -> Option<(usize, &Statement<'g>)> {
        let at = self.group.row_of(row.related_obs_id?)?;
        Some((at, self.all.get(at)?))
    }
}

/// The indicator of a statement that is a fact.
fn fact_indicator<'g>(all: &[Statement<'g>], at: usize) -> Option<&'g str> {
    let Statement { row, is_doubtful, .. } = all[at];
    let is_fact = matches!(row.status, "actual" | "estimate") && row.scope == "self" && row.time_period.is_some();
    // Of 从…到… an end that has a time of its own.
    let is_own_time = |role: &str| {
        let next = all.get(at + 1).and_then(|next| next.row.time_period);
        row.period_basis == "explicit" && (role != "from" || (next.is_some() && next != row.time_period))
    };
    let is_plain = row.role.is_none_or(|role| role != "part" && is_own_time(role)) && !is_doubtful;
    row.indicator.filter(|_| is_fact && is_plain)
}

/// The words of a quote that stand before a number and behind the number before that.
fn words_before<'a>(quote: &'a str, value: &str) -> &'a str {
    let words = quote.rfind(value).map_or(quote, |at| &quote[..at]);
    let is_digit = |c: char| c.is_ascii_digit() || ('０'..='９').contains(&c);
    words.rfind(is_digit).map_or(words, |at| words[at..].trim_start_matches(is_digit))
}

/// Whether a statement stands in a list with the one before it.
fn is_listed(before: &Statement, statement: &Statement) -> bool {
    let (first, row) = (before.row, statement.row);
    let told = |row: &Observation<'_>| (row.document, row.sentence_id);
    if told(first) != told(row) || before.is_doubtful || statement.is_doubtful {
        return false;
    }
    let is_same = first.indicator_text == row.indicator_text
        && first.measure == row.measure
        && first.time_period == row.time_period
        && first.unit_measure == row.unit_measure
        && first.change_basis == row.change_basis
        && first.comparator == row.comparator;
    let is_plain = row.unit_measure.is_some() && row.comparator == "=" && row.role.is_none() && first.role.is_none();
    is_same && is_plain && stand_in_list(row.quote, first.value_text, row.value_text)
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
