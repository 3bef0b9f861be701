//! One document through the stages, from bytes to rows. [`mod@crate::run`] does it for many, [`mod@crate::explain`] shows it.

#![deny(clippy::disallowed_methods)]

use crate::config::Config;
use crate::decode::decode;
use crate::duplicates::Signature;
use crate::extract::{Extracted, Source, count_terms, extract};
use crate::issue::{Issue, IssueCode};
use crate::model::{Decoded, DocumentOutcome, DocumentRow, RawFile, Report, SentenceRow, Shared};
use crate::normalize::{Normalized, normalize};
use crate::parse::{damage_signs, parse};
use crate::vocab::Vocabulary;

/// A document on its way: what each stage gave.
pub struct Walked {
    pub decoded: Decoded,
    pub normalized: Normalized,
    pub report: Report,
    pub extracted: Extracted,
}

/// The stages from bytes to observations, and all their issues. Without a text only the issues.
pub fn walk(file: &RawFile, config: &Config, vocabulary: &Vocabulary) -> (Option<Walked>, Vec<Issue>) {
    let (decoded, mut issues) = decode(file, config, vocabulary);
    let Some(decoded) = decoded else { return (None, issues) };
    let (normalized, more) = normalize(&decoded.text, vocabulary);
    issues.extend(more);
    let (report, more) = parse(&normalized, &file.label, &decoded.meta, vocabulary);
    issues.extend(more);
    let source = Source::new(&decoded.text);
    let (extracted, more) = extract(&normalized, &source, &report, &file.document_id, vocabulary);
    issues.extend(more);
    (Some(Walked { decoded, normalized, report, extracted }), issues)
}

/// Bytes of one report -> its rows.
pub fn document(file: &RawFile, config: &Config, vocabulary: &Vocabulary) -> DocumentOutcome {
    let mut outcome = DocumentOutcome::default();
    let (walked, mut issues) = walk(file, config, vocabulary);
    let has_text = walked.is_some();
    if walked.as_ref().is_some_and(|walked| walked.extracted.observations.is_empty()) {
        issues.push(Issue::new(IssueCode::NoNumbers, "no number is asserted in this document"));
    }
    for issue in &mut issues {
        issue.document_id = has_text.then(|| file.document_id.clone());
        issue.source_path.clone_from(&file.source_path);
    }
    let Some(Walked { decoded, normalized, report, extracted }) = walked else {
        return DocumentOutcome { issues, ..outcome };
    };
    let document_id = Shared::from(file.document_id.as_str());
    outcome.sentences = report
        .sentences
        .iter()
        .enumerate()
        .map(|(index, sentence)| {
            let span = normalized.source_span(&sentence.range);
            SentenceRow {
                document_id: document_id.clone(),
                sentence_id: index as i32 + 1,
                section_path: report.sections[sentence.section].path.clone(),
                section_role: sentence.role.name(),
                text: normalized.text[sentence.range.clone()].to_string(),
                source_start: span.start as i32,
                source_end: span.end as i32,
            }
        })
        .collect();
    let area = report.area.map(|i| &vocabulary.areas[i]);
    let chars = decoded.text.chars().count();
    let signs = damage_signs(&normalized.text) + extracted.damaged;
    outcome.document = Some(DocumentRow {
        document_id: file.document_id.clone(),
        source_path: file.source_path.clone(),
        container: file.container.into(),
        encoding: decoded.encoding.map(Into::into),
        encoding_score: decoded.score,
        encoding_runner_up: decoded.runner_up.map(|(name, _)| name.into()),
        replacements: decoded.replacements as i32,
        title: report.title.clone(),
        report_kind: report.kind.name().into(),
        ref_area: area.map(|a| a.code.clone()),
        ref_area_name: report.area_name.clone(),
        area_level: report.area_level.clone(),
        delivered_date: report.delivered_date.map(|d| d.days_since_epoch()),
        published_date: report.published_date.map(|d| d.days_since_epoch()),
        report_year: report.report_year,
        reviewed_year: report.reviewed_year,
        planned_year: report.planned_year,
        speaker: report.speaker.clone(),
        meeting: report.meeting.clone(),
        publisher: report.publisher.clone(),
        chars: chars as i32,
        damage_score: (signs as f64 * 1e5 / chars.max(1) as f64).round() / 10.0,
        duplicate_of: None,
        n_observations: extracted.observations.len() as i32,
        n_issues: issues.len() as i32,
    });
    (outcome.term_counts, outcome.term_matches) =
        count_terms(&normalized.text, &report, &document_id, &vocabulary.dictionaries);
    outcome.signature = Signature::of(&normalized.text);
    outcome.observations = extracted.observations;
    outcome.targets = extracted.targets;
    outcome.honours = extracted.honours;
    outcome.rankings = extracted.rankings;
    outcome.issues = issues;
    outcome
}
