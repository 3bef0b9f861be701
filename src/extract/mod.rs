//! Stage 5: report -> observations.
//!
//! One pass of the lexer over every sentence, then rules over its tokens clause by clause: what the
//! number measures ([`wording`], [`link`]), how ([`measure`]), of when ([`period`]) and whether it is
//! fact or promise. The rows of a table are read cell by cell instead ([`table`]). What it will not do:
//! repair a number. Where words or digits are lost the row says so.

#![deny(clippy::disallowed_methods)]

mod clause;
mod damage;
mod honour;
pub mod lexer;
mod link;
mod measure;
pub mod number;
mod own_words;
pub mod period;
mod ranking;
mod scope;
mod seen;
mod shape;
mod slots;
mod subject;
mod table;
mod target;
mod term;
mod wording;

pub use lexer::{Kind, Quantity, Token};
pub use measure::{Direction, Measure};
pub use seen::{NumberSeen, numbers_seen};
pub use term::count_terms;

use crate::issue::{Issue, IssueCode};
use crate::model::{Date, HonourRow, ObservationRow, RankingRow, Report, SectionRole, Shared, TargetRow, names};
use crate::normalize::Normalized;
use crate::vocab::Vocabulary;
use lexer::Lexed;
use period::Period;
use std::collections::HashMap;
use std::ops::Range;

/// Whether a value was reached, is expected or is promised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Actual,
    Estimate,
    Target,
    /// A norm that values are held against (3%控制线).
    Requirement,
}

names!(Status { Actual "actual", Estimate "estimate", Target "target", Requirement "requirement" });

/// An observation while its clause is read; offsets are plain bytes.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub range: Range<usize>,
    pub quote: Range<usize>,
    pub wording: String,
    /// The clause the number stands in, context for linking.
    pub clause: Range<usize>,
    pub subject_inferred: bool,
    /// The catalogue entry that its wording names.
    pub indicator: Option<usize>,
    /// That of the subject it took over, if its own words name none.
    pub inherited_indicator: Option<usize>,
    pub measure: Measure,
    pub direction: Option<Direction>,
    pub status: Status,
    pub is_preliminary: bool,
    pub comparator: &'static str,
    pub modifiers: Vec<String>,
    pub value: f64,
    pub scale: f64,
    pub is_negative: bool,
    pub unit: Option<usize>,
    pub unit_text: String,
    pub unit_is_shared: bool,
    pub decimals: usize,
    pub period: Period,
    pub change_basis: Option<&'static str>,
    pub within: Option<String>,
    /// The words that name the part of the area, where it is not the whole.
    pub scope: Option<Range<usize>>,
    pub role: Option<&'static str>,
    /// Index of the draft it is a part of or the other end of.
    pub related: Option<usize>,
    pub is_unit_missing: bool,
    pub is_damaged: bool,
    /// Its 分别 names another count of things: which of them it is about is not said.
    pub is_mismatched: bool,
    pub rule: &'static str,
}

impl Draft {
    /// What a catalogue entry must be counted in to be the one of this number; `None` where any will do.
    fn dimension<'v>(&self, vocabulary: &'v Vocabulary) -> Option<&'v str> {
        match self.measure {
            Measure::Level => vocabulary.dimension(self.unit),
            _ => None,
        }
    }
}

/// Slogans count in small numbers, name their noun in two characters and are said at least three times.
const SLOGAN_BELOW: f64 = 20.0;
const SLOGAN_NOUN_CHARS: usize = 2;
const SLOGAN_TIMES: usize = 3;
/// A token is about so long.
const BYTES_PER_TOKEN: usize = 8;

/// What the stage gives: rows without document columns.
#[derive(Debug, Default)]
pub struct Extracted {
    pub observations: Vec<ObservationRow>,
    pub targets: Vec<TargetRow>,
    pub honours: Vec<HonourRow>,
    pub rankings: Vec<RankingRow>,
    /// Numbers next to lost text.
    pub damaged: usize,
}

/// The decoded text, quoted by code points.
pub struct Source<'a> {
    text: &'a str,
    /// Where every code point begins whose number is a multiple of [`STRIDE`].
    starts: Vec<u32>,
    length: usize,
}

/// So many code points are counted from one known place to the next.
const STRIDE: usize = 16;

impl<'a> Source<'a> {
    pub fn new(text: &'a str) -> Source<'a> {
        let mut starts = Vec::with_capacity(text.len() / (2 * STRIDE));
        let mut length = 0;
        for (at, _) in text.char_indices() {
            if length % STRIDE == 0 {
                starts.push(at as u32);
            }
            length += 1;
        }
        Source { text, starts, length }
    }

    /// The exact words at a span of code points.
    pub fn slice(&self, span: &Range<usize>) -> &'a str {
        let at = |i: usize| {
            let known = self.starts.get(i / STRIDE).map_or(self.text.len(), |&byte| byte as usize);
            let behind = self.text[known..].char_indices().nth(i % STRIDE);
            behind.map_or(self.text.len(), |(length, _)| known + length)
        };
        &self.text[at(span.start)..at(span.end)]
    }

    /// How many code points the text has.
    pub fn len(&self) -> usize {
        self.length
    }

    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }
}

/// Report -> observations, in text order. `document_id` begins every `obs_id`.
pub fn extract(
    normalized: &Normalized,
    source: &Source,
    report: &Report,
    document_id: &str,
    vocabulary: &Vocabulary,
) -> (Extracted, Vec<Issue>) {
    let out = Extracted::default();
    let text = normalized.text.as_str();
    let lexed = Sentences::lex(text, report, vocabulary);
    let site = table::Site { text, report, vocabulary };
    let area = report.area.map(|i| &vocabulary.areas[i]);
    let origin = Origin {
        document_id: document_id.into(),
        ref_area: area.map(|area| area.code.as_str().into()),
        ref_area_name: report.area_name.as_deref().map(Into::into),
        is_municipality: area.is_some_and(|area| vocabulary.is_in_municipality(area)),
    };
    let mut writer = Writer { normalized, source, report, origin, vocabulary, out, issues: Vec::new() };
    let mut index = 0;
    while let Some(sentence) = report.sentences.get(index) {
        let rows = table::rows_from(text, &report.sentences[index..]);
        let is_read = !matches!(sentence.role, SectionRole::Front | SectionRole::Glossary);
        if rows > 0 && is_read {
            let read = table::read(&site, &report.sentences, &lexed, index..index + rows);
            writer.tell_unread(&read.unread);
            let first_row = writer.out.observations.len();
            for (row, mut read) in read.rows.into_iter().enumerate() {
                writer.write(index + row, &mut read.drafts, &read.words, first_row);
            }
        } else if is_read {
            let mut read = clause::read_sentence(text, lexed.of(index), sentence, report, vocabulary);
            for (span, message) in read.mismatches {
                let span = normalized.source_span(&span);
                writer.issues.push(Issue::new(IssueCode::ListMismatch, message).at(span.start, span.end));
            }
            let first_row = writer.out.observations.len();
            writer.write(index, &mut read.drafts, lexed.of(index), first_row);
        }
        index += rows.max(1);
    }
    (writer.out, writer.issues)
}

/// What all rows of a document have.
struct Origin {
    document_id: Shared,
    ref_area: Option<Shared>,
    ref_area_name: Option<Shared>,
    /// 北京市 and its districts: what is called of the city is of the level of a province.
    is_municipality: bool,
}

/// Drafts -> rows of the document.
struct Writer<'a> {
    normalized: &'a Normalized,
    source: &'a Source<'a>,
    report: &'a Report,
    origin: Origin,
    vocabulary: &'a Vocabulary,
    out: Extracted,
    issues: Vec<Issue>,
}

impl Writer<'_> {
    /// Writes the drafts of one sentence and the targets they and its words state. `first_row` is the row that their
    /// `related` counts from.
    fn write(&mut self, index: usize, drafts: &mut [Draft], tokens: &[Token], first_row: usize) {
        let Writer { normalized, source, report, vocabulary, .. } = *self;
        let origin = &self.origin;
        let Some(sentence) = report.sentences.get(index) else { return };
        let text = normalized.text.as_str();
        let section = &report.sections[sentence.section];
        let first = self.out.observations.len();
        for draft in drafts.iter_mut() {
            let span = normalized.source_span(&draft.range);
            let value_text = source.slice(&span).to_string();
            draft.is_damaged |= damage::is_glued(&value_text, &text[draft.range.clone()])
                || damage::has_lost_head(text, draft.range.start, &draft.wording);
            if draft.is_unit_missing {
                self.issues.push(
                    Issue::new(IssueCode::UnitMissing, format!("no unit behind {value_text}")).at(span.start, span.end),
                );
            }
            if draft.is_damaged {
                self.issues.push(
                    Issue::new(IssueCode::DamagedNumber, format!("{value_text} stands next to lost text"))
                        .at(span.start, span.end),
                );
            }
            self.out.damaged += usize::from(draft.is_unit_missing || draft.is_damaged);
            let mut row = row_of(draft, text, vocabulary);
            row.obs_id = key_of(&origin.document_id, "", &span);
            row.document_id = origin.document_id.clone();
            row.sentence_id = index as i32 + 1;
            row.section_path = section.path.clone();
            row.section_role = sentence.role.name();
            row.ref_area = origin.ref_area.clone();
            row.ref_area_name = origin.ref_area_name.clone();
            row.quote = source.slice(&normalized.source_span(&draft.quote)).to_string();
            row.value_text = value_text;
            row.time_period = draft.period.text.take();
            row.within = draft.within.take();
            row.source_start = span.start as i32;
            row.source_end = span.end as i32;
            self.out.observations.push(row);
        }
        for (i, draft) in drafts.iter().enumerate() {
            if let Some(related) = draft.related {
                self.out.observations[first + i].related_obs_id =
                    Some(self.out.observations[first_row + related].obs_id.clone());
            }
        }
        let sentence_id = index as i32 + 1;
        let claims = vocabulary.claims_in(&text[sentence.range.clone()]);
        let site = target::Site { normalized, source, report, origin, sentence, sentence_id, claims, vocabulary };
        let rows = &mut self.out.observations[first..];
        let targets = target::read_sentence(&site, tokens, drafts, rows);
        self.out.rankings.extend(ranking::read_sentence(&site, tokens, drafts, rows, &targets));
        self.out.targets.extend(targets);
        self.out.honours.extend(honour::read_sentence(&site, tokens));
    }

    /// One issue a reason for the numbers of a table that were not read.
    fn tell_unread(&mut self, unread: &[(Range<usize>, &'static str)]) {
        let mut told: Vec<&'static str> = Vec::new();
        for (range, why) in unread {
            if told.contains(why) {
                continue;
            }
            told.push(why);
            let count = unread.iter().filter(|(_, other)| other == why).count();
            let span = self.normalized.source_span(range);
            let message = format!("{count} numbers of a table from here on were not read: {why}");
            self.issues.push(Issue::new(IssueCode::TableNotRead, message).at(span.start, span.end));
        }
    }
}

/// The tokens of all sentences of a report, one behind the other.
pub(crate) struct Sentences<'v> {
    tokens: Vec<Token<'v>>,
    /// Where the tokens of each sentence end.
    ends: Vec<usize>,
}

impl<'v> Sentences<'v> {
    fn lex(text: &str, report: &Report, vocabulary: &'v Vocabulary) -> Sentences<'v> {
        let mut lexed = Lexed { tokens: Vec::with_capacity(text.len() / BYTES_PER_TOKEN), ..Lexed::default() };
        let mut ends = Vec::with_capacity(report.sentences.len());
        for sentence in &report.sentences {
            let words = without_heading_marks(text, &sentence.range);
            lexer::lex_behind(&mut lexed, text, &words, vocabulary, report.report_year);
            ends.push(lexed.tokens.len());
        }
        mark_slogans(text, &mut lexed.tokens);
        Sentences { tokens: lexed.tokens, ends }
    }

    /// The tokens of one sentence.
    fn of(&self, index: usize) -> &[Token<'v>] {
        let end = |at: usize| self.ends.get(at).copied().unwrap_or_default();
        &self.tokens[index.checked_sub(1).map_or(0, end)..end(index)]
    }
}

/// A sentence without the （一） or 1. in front of it.
fn without_heading_marks(text: &str, sentence: &Range<usize>) -> Range<usize> {
    let mut range = sentence.clone();
    range.start += table_number(&text[range.clone()]);
    while let Some((_, length)) = crate::normalize::heading_mark(&text[range.clone()]).filter(|(level, _)| *level < 4) {
        range.start += length;
    }
    range
}

/// The length of the 表1 or 附表2 in front of a caption.
fn table_number(line: &str) -> usize {
    let Some(behind) = line.strip_prefix("附表").or(line.strip_prefix('表')) else { return 0 };
    let rest = behind.trim_start_matches(|c: char| c.is_ascii_digit());
    if rest.len() < behind.len() { line.len() - rest.len() } else { 0 }
}

/// A count in words that comes again and again with the same noun (五个东城) is a slogan that lost its quotation
/// marks: facts are told once.
fn mark_slogans(text: &str, tokens: &mut [Token]) {
    let key = |token: &Token| match &token.kind {
        Kind::Quantity(q)
            if !q.numeral.is_percentage
                && q.numeral.script == number::Script::Chinese
                && q.numeral.value < SLOGAN_BELOW
                && q.unit.is_some() =>
        {
            let noun: usize = text[token.range.end..].chars().take(SLOGAN_NOUN_CHARS).map(char::len_utf8).sum();
            Some(&text[token.range.start..token.range.end + noun])
        }
        _ => None,
    };
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for key in tokens.iter().filter_map(key) {
        *counts.entry(key).or_default() += 1;
    }
    if counts.values().all(|&count| count < SLOGAN_TIMES) {
        return;
    }
    for token in tokens {
        if key(token).is_some_and(|key| counts.get(key).is_some_and(|&count| count >= SLOGAN_TIMES)) {
            token.kind = Kind::NameNumber;
        }
    }
}

/// The columns a draft decides, in base units.
fn row_of(draft: &Draft, text: &str, vocabulary: &Vocabulary) -> ObservationRow {
    let unit = draft.unit.map(|u| &vocabulary.units[u]);
    let dimension = draft.dimension(vocabulary);
    let linked = match draft.measure {
        // A table links its shares itself.
        Measure::Share if draft.rule != table::RULE => {
            link::link_part(&draft.wording, &text[draft.clause.clone()], vocabulary)
        }
        _ => draft.indicator,
    };
    let indicator = linked
        .or(draft.inherited_indicator.filter(|&index| link::suits(index, dimension, vocabulary)))
        .filter(|_| !draft.is_mismatched);
    let is_fall =
        draft.direction == Some(Direction::Down) && matches!(draft.measure, Measure::ChangePct | Measure::ChangeAbs);
    let sign = if is_fall != draft.is_negative { -1.0 } else { 1.0 };
    let factor = unit.map_or(1.0, |u| u.factor);
    let mut flags = Vec::new();
    let mut flag = |is_set: bool, name: &'static str| {
        if is_set {
            flags.push(name);
        }
    };
    flag(draft.is_damaged, "damaged");
    flag(draft.is_unit_missing, "unit_missing");
    flag(draft.is_mismatched, "list_mismatch");
    flag(draft.unit_is_shared, "unit_shared");
    flag(draft.subject_inferred, "subject_inferred");
    flag(draft.period.basis == "inferred", "period_inferred");
    let obs_status = match draft.status {
        _ if draft.is_damaged || draft.is_unit_missing => "U",
        Status::Target | Status::Requirement => "F",
        Status::Estimate => "E",
        Status::Actual if draft.is_preliminary || draft.period.kind == "ytd" => "P",
        Status::Actual => "A",
    };
    ObservationRow {
        scope: draft.scope.clone().map_or("self".into(), |place| text[place].to_string().into()),
        indicator: indicator.map(|i| vocabulary.indicators[i].id.clone()),
        indicator_text: draft.wording.clone(),
        measure: draft.measure.name(),
        direction: draft.direction.map(Direction::name),
        status: draft.status.name(),
        comparator: draft.comparator,
        modifier_text: (!draft.modifiers.is_empty()).then(|| draft.modifiers.join("|")),
        value: draft.value,
        unit: draft.unit_text.clone(),
        obs_value: round_to(sign * draft.value * draft.scale * factor, draft.value * draft.scale * factor),
        unit_measure: match draft.measure {
            Measure::Rank => Some("{rank}".into()),
            _ => unit.map(|u| u.code.clone()),
        },
        decimals: draft.decimals as i32,
        period_start: draft.period.start.map(Date::days_since_epoch),
        period_end: draft.period.end.map(Date::days_since_epoch),
        period_kind: draft.period.kind,
        period_basis: draft.period.basis,
        change_basis: draft.change_basis,
        role: draft.role,
        obs_status,
        flags: (!flags.is_empty()).then(|| flags.join("|")),
        rule_id: draft.rule,
        ..ObservationRow::default()
    }
}

/// A product without the noise of binary fractions: 15 significant digits.
fn round_to(value: f64, magnitude: f64) -> f64 {
    if magnitude == 0.0 || !value.is_finite() {
        return value;
    }
    near_short_decimal(value).unwrap_or_else(|| format!("{value:.14e}").parse().unwrap_or(value))
}

/// The number with few decimals and at most 15 digits that a value is, but for the last bit: it is the value in 15
/// digits, since two such numbers differ by four last bits and more.
fn near_short_decimal(value: f64) -> Option<f64> {
    [1.0, 1e1, 1e2, 1e3, 1e4].into_iter().find_map(|power: f64| {
        let digits = (value * power).round();
        let near = digits / power;
        (digits.abs() < 1e15 && (value - near).abs() <= value.abs() * f64::EPSILON).then_some(near)
    })
}

/// The key of a row: its document and where in the source it stands, behind the mark of its table.
fn key_of(document_id: &str, mark: &str, span: &Range<usize>) -> String {
    let mut key = String::with_capacity(document_id.len() + mark.len() + 16);
    key.push_str(document_id);
    key.push('-');
    key.push_str(mark);
    push_number(&mut key, span.start);
    key.push('-');
    push_number(&mut key, span.end);
    key
}

/// A number in digits.
fn push_number(out: &mut String, number: usize) {
    if number >= 10 {
        push_number(out, number / 10);
    }
    out.push(char::from(b'0' + (number % 10) as u8));
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rounded_as_text(value: f64) -> f64 {
        format!("{value:.14e}").parse().unwrap()
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 4096, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_product_is_rounded_as_its_text_is(
            digits in 0u64..2_000_000_000,
            decimals in 0i32..6,
            scale in proptest::sample::select(vec![1.0, 1e3, 1e4, 1e6, 1e8, 1e-2, 1e-3, 1e4 / 15.0, 666.666_666_666_666_7]),
            sign in proptest::sample::select(vec![1.0, -1.0]),
            noise in -9i64..=9,
        ) {
            let product = digits as f64 / 10f64.powi(decimals) * scale * sign;
            let noisy = f64::from_bits(product.to_bits().saturating_add_signed(noise));
            for value in [product, noisy] {
                prop_assert_eq!(round_to(value, value).to_bits(), rounded_as_text(value).to_bits(), "{:e}", value);
            }
        }

        #[test]
        fn any_number_is_rounded_as_its_text_is(value in proptest::num::f64::NORMAL) {
            prop_assert_eq!(round_to(value, value).to_bits(), rounded_as_text(value).to_bits(), "{:e}", value);
        }

        #[test]
        fn a_key_has_the_digits_of_its_span(start in 0usize..=usize::MAX, end in 0usize..1000) {
            prop_assert_eq!(key_of("ab12", "t", &(start..end)), format!("ab12-t{start}-{end}"));
        }
    }
}
