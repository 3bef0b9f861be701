//! What a sentence says is to be reached: rows of `targets` from its observations and from its words.
//!
//! In come the tokens, drafts and rows of one sentence, out go its targets in text order. Numbers are taken as the rows
//! have them, only put together (the ends of a range, a figure and the one striven for); targets without a number are
//! read by [`wordless`]. What it will not do: read a number anew or change one.

use super::lexer::Token;
use super::measure::Measure;
use super::period::{Place, TimeState};
use super::{Draft, Origin, Source, key_of};
use crate::model::{ObservationRow, Report, Sentence, TARGET_STATUSES, TargetRow};
use crate::normalize::Normalized;
use crate::vocab::{Claims, Cue, TargetKind, Vocabulary};
use std::ops::Range;

mod wordless;

/// Where the sentence stands, and what its words are looked up in.
pub(super) struct Site<'a> {
    pub normalized: &'a Normalized,
    pub source: &'a Source<'a>,
    pub report: &'a Report,
    pub origin: &'a Origin,
    pub sentence: &'a Sentence,
    pub sentence_id: i32,
    pub claims: Claims,
    pub vocabulary: &'a Vocabulary,
}

impl<'a> Site<'a> {
    pub(super) fn text(&self) -> &'a str {
        &self.normalized.text
    }

    /// The words of the source at plain bytes.
    pub(super) fn words(&self, range: &Range<usize>) -> String {
        self.source.slice(&self.normalized.source_span(range)).to_string()
    }

    pub(super) fn place(&self) -> Place<'a> {
        Place { report: self.report, sentence: self.sentence }
    }
}

/// A target while its sentence is read; offsets are plain bytes.
struct Found {
    range: Range<usize>,
    quote: Range<usize>,
    /// The observation it rests on, by its place among the rows of the sentence.
    observation: Option<usize>,
    row: TargetRow,
}

/// Between a figure and the one striven for stand at most so many characters (，在实际工作中力争达到).
pub(super) const STRETCH_GAP_CHARS: usize = 14;
/// What a number is held against is named in fewer characters.
const REFERENCE_CHARS: usize = 20;

/// The targets of one sentence, in text order. `rows` are those of `drafts`; the words that make a promise firm or soft
/// are put into their `modifier_text`.
pub(super) fn read_sentence(
    site: &Site,
    tokens: &[Token],
    drafts: &[Draft],
    rows: &mut [ObservationRow],
) -> Vec<TargetRow> {
    for (draft, row) in drafts.iter().zip(rows.iter_mut()).filter(|(_, row)| is_target(row)) {
        add_commitments(site, draft, row);
    }
    let mut found = numeric(site, drafts, rows);
    if site.sentence.role.is_plan() && site.claims.has(Claims::TARGET) {
        wordless::read(site, tokens, drafts, rows, &mut found);
    }
    if found.is_empty() {
        return Vec::new();
    }
    found.sort_by_key(|target| (target.range.start, target.range.end));
    found.dedup_by(|next, kept| next.range.start < kept.range.end);
    let text = site.text();
    let goal = goal_end(site, &text[site.sentence.range.clone()]).map(|end| site.sentence.range.start + end);
    let section = &site.report.sections[site.sentence.section];
    let finished = found.into_iter().map(|target| {
        let span = site.normalized.source_span(&target.range);
        TargetRow {
            target_id: key_of(&site.origin.document_id, "t", &span),
            document_id: site.origin.document_id.clone(),
            sentence_id: site.sentence_id,
            section_path: section.path.clone(),
            section_role: site.sentence.role.name(),
            is_headline: goal.is_some_and(|goal| goal <= target.range.start),
            ref_area: site.origin.ref_area.clone(),
            ref_area_name: site.origin.ref_area_name.clone(),
            target_text: site.source.slice(&span).to_string(),
            quote: site.words(&target.quote),
            source_start: span.start as i32,
            source_end: span.end as i32,
            ..target.row
        }
    });
    finished.collect()
}

fn is_target(row: &ObservationRow) -> bool {
    TARGET_STATUSES.contains(&row.status)
}

/// Where the words end that open a list of targets.
fn goal_end(site: &Site, sentence: &str) -> Option<usize> {
    let mut words = site.claims.has(Claims::GOAL).then(|| site.vocabulary.targets.in_text(sentence))?;
    words.find(|(_, words)| words.iter().any(|word| word.kind == TargetKind::Goal)).map(|(range, _)| range.end)
}

/// The words of firmness (确保, 力争) in a run of text, as written.
fn commitments<'t>(site: &'t Site, text: &'t str) -> impl Iterator<Item = &'t str> {
    let words = site.vocabulary.targets.in_text(text);
    words
        .filter(|(_, words)| words.iter().any(|word| word.kind == TargetKind::Commitment))
        .map(|(range, _)| &text[range])
}

/// 确保税收增长6%以上: 确保 goes before 以上.
fn add_commitments(site: &Site, draft: &Draft, row: &mut ObservationRow) {
    let from = draft.clause.start.min(draft.range.start);
    let before = &site.text()[from..draft.range.start];
    let mut words: Vec<&str> = commitments(site, before).collect();
    if words.is_empty() {
        return;
    }
    words.dedup();
    let known: Vec<&str> = row.modifier_text.iter().flat_map(|words| words.split('|')).collect();
    words.retain(|word| !known.contains(word));
    words.extend(known);
    row.modifier_text = Some(words.join("|"));
}

/// One target for every observation that is one, but for the ends of a range and the figures striven for, which join the
/// target before them, and the value that a change starts from.
fn numeric(site: &Site, drafts: &[Draft], rows: &[ObservationRow]) -> Vec<Found> {
    let text = site.text();
    let mut found: Vec<Found> = Vec::new();
    for (index, (draft, row)) in drafts.iter().zip(rows).enumerate() {
        if !is_target(row) || row.role == Some("from") {
            continue;
        }
        let last = found.last_mut().filter(|last| last.range.end <= draft.range.start);
        if let Some(last) = last
            && let Some(low) = last.observation.filter(|&low| low + 1 == index)
        {
            let gap = &text[last.range.end..draft.range.start];
            if is_range(&drafts[low], draft, gap) {
                let is_about = draft.modifiers.iter().any(|word| is_approximate(word, site.vocabulary));
                last.range.end = draft.range.end;
                last.quote.end = last.quote.end.max(draft.quote.end);
                last.row.form = "range";
                last.row.bound = Some(if is_about { "~" } else { "=" });
                let ends = (rows[low].obs_value, row.obs_value);
                (last.row.low, last.row.high) = (Some(ends.0.min(ends.1)), Some(ends.0.max(ends.1)));
                last.row.unit = Some(row.unit.clone());
                last.row.unit_measure.clone_from(&row.unit_measure);
                last.row.modifier_text.clone_from(&row.modifier_text);
                last.row.obs_id_high = Some(row.obs_id.clone());
                last.observation = Some(index);
                continue;
            }
            if is_stretch(site, &drafts[low], draft, gap) {
                let words = gap.trim_start_matches(['，', '、', '；', '（']);
                last.row.stretch = Some(row.obs_value);
                last.row.stretch_text = Some(site.words(&(draft.range.start - words.len()..draft.range.end)));
                last.row.obs_id_stretch = Some(row.obs_id.clone());
                continue;
            }
        }
        found.push(Found {
            range: draft.range.clone(),
            quote: draft.quote.clone(),
            observation: Some(index),
            row: figure(site, draft, row),
        });
    }
    found
}

/// 6%-6.5%, 8%至9%: a lower end and an upper one with nothing but the mark of a range between them.
fn is_range(low: &Draft, high: &Draft, gap: &str) -> bool {
    const MARKS: &[&str] = &["-", "—", "——", "–", "−", "~", "～", "至", "到"];
    low.comparator == ">=" && high.comparator == "<=" && low.measure == high.measure && MARKS.contains(&gap.trim())
}

fn is_approximate(word: &str, vocabulary: &Vocabulary) -> bool {
    vocabulary.word_at(word, 0).is_some_and(|(_, word)| word.cues.has_any(&[Cue::ApproxAfter, Cue::ApproxBefore]))
}

/// 8%以上，力争达到10%: a second figure of the same subject and unit behind a word of striving.
fn is_stretch(site: &Site, firm: &Draft, draft: &Draft, gap: &str) -> bool {
    let strives = draft.rule == "stretch" || commitments(site, gap).next().is_some();
    strives
        && firm.unit == draft.unit
        && (draft.subject_inferred && firm.wording == draft.wording)
        && gap.chars().count() <= STRETCH_GAP_CHARS
}

/// The target that one observation states.
fn figure(site: &Site, draft: &Draft, row: &ObservationRow) -> TargetRow {
    let value = Some(row.obs_value);
    let is_fall = row.obs_value < 0.0;
    let (low, high) = match (row.comparator, is_fall) {
        (">" | ">=", false) | ("<" | "<=", true) => (value, None),
        ("<" | "<=", false) | (">" | ">=", true) => (None, value),
        _ => (value, value),
    };
    let reference = reference_of(site, draft);
    let form = match row.comparator {
        _ if reference.is_some() => "relative",
        "=" | "~" => "point",
        _ => "bound",
    };
    TargetRow {
        scope: row.scope.clone(),
        indicator: row.indicator.clone(),
        indicator_text: row.indicator_text.clone(),
        status: row.status,
        form,
        bound: Some(row.comparator),
        measure: Some(row.measure),
        direction: row.direction,
        low,
        high,
        unit: Some(row.unit.clone()),
        unit_measure: row.unit_measure.clone(),
        reference,
        modifier_text: row.modifier_text.clone(),
        horizon: row.time_period.clone(),
        obs_id: Some(row.obs_id.clone()),
        flags: row.flags.clone(),
        rule_id: row.rule_id,
        ..TargetRow::default()
    }
}

/// 高于全省1个百分点: what a distance in points is counted from.
fn reference_of(site: &Site, draft: &Draft) -> Option<String> {
    if draft.measure != Measure::ChangeAbs || !draft.unit_text.ends_with("百分点") {
        return None;
    }
    let from = draft.clause.start.min(draft.range.start);
    let before = &site.text()[from..draft.range.start];
    let compares = site
        .vocabulary
        .targets
        .in_text(before)
        .filter(|(_, words)| words.iter().any(|word| word.kind == TargetKind::Compare));
    let (range, _) = compares.last()?;
    let words = from + range.end..draft.range.start;
    let is_reference = is_reference(site.vocabulary, &site.text()[words.clone()]);
    is_reference.then(|| site.words(&words))
}

/// Whether words name something that a comparison can be with.
pub(super) fn is_reference(vocabulary: &Vocabulary, words: &str) -> bool {
    words.chars().count() <= REFERENCE_CHARS && vocabulary.targets.holds(TargetKind::Reference, words)
}

/// The times met so far in a sentence, for targets without a number.
fn horizon(site: &Site, time: &TimeState, is_average: bool) -> Option<String> {
    let question = super::period::Question { is_average, is_change: true, ..Default::default() };
    time.period(site.place(), question).text
}
