//! The conductor: the whole road on one screen, and the only place with threads.
//!
//! Files are taken in batches; inside a batch every document goes its way alone, and the rows are
//! written in the order of the inputs, so neither threads nor the machine show in the tables.

use crate::config::Config;
use crate::decode::decode;
use crate::error::{Error, Result};
use crate::extract::{Extracted, Source, extract};
use crate::issue::{Issue, IssueCode, Severity};
use crate::model::{Decoded, DocumentOutcome, DocumentRow, RawFile, Report, SentenceRow};
use crate::normalize::{Normalized, normalize};
use crate::parse::{damage_signs, parse};
use crate::read::{InputFile, list_inputs, read};
use crate::tidy;
use crate::unseen::Unseen;
use crate::vocab::{Term, Vocabulary};
use crate::write::{InputDigest, ManifestInputs, Publication, Published};
use rayon::prelude::*;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

/// What a run tells at its end.
#[derive(Debug)]
pub struct Summary {
    pub files: usize,
    pub bytes: u64,
    pub documents: usize,
    pub sentences: usize,
    pub observations: usize,
    pub targets: usize,
    /// Observations with a catalogue id.
    pub linked: usize,
    pub issues: BTreeMap<IssueCode, usize>,
    pub published: Published,
}

impl Summary {
    /// Whether an issue says that rows are missing.
    pub fn has_errors(&self) -> bool {
        self.issues.keys().any(|code| code.severity() == Severity::Error)
    }
}

/// Told after every batch: files done, bytes done, files in all.
pub type Progress<'a> = &'a dyn Fn(usize, u64, usize);

/// Runs the whole road and publishes the tables.
pub fn run(config: &Config, config_text: &str, progress: Progress) -> Result<Summary> {
    let vocabulary = load_vocabulary(config)?;
    let inputs = list_inputs(&config.read.inputs, &config.base)?;
    let output = config.resolve(Path::new(&config.write.output));
    let mut publication = Publication::begin(&output, &config.write)?;
    let pool = threads(config)?;
    let core: Vec<String> = vocabulary.indicators.iter().filter(|i| i.is_core).map(|i| i.id.clone()).collect();
    let mut totals = Totals::default();
    for batch in inputs.chunks(config.run.batch) {
        let outcomes: Vec<(Option<InputDigest>, DocumentOutcome)> =
            pool.install(|| batch.par_iter().map(|input| process(input, config, &vocabulary)).collect());
        let rows = totals.take(outcomes);
        publication.append(&tidy::DOCUMENTS, &rows.documents)?;
        publication.append(&tidy::SENTENCES, &rows.sentences)?;
        publication.append(&tidy::OBSERVATIONS, &rows.observations)?;
        publication.append(&tidy::TARGETS, &rows.targets)?;
        publication.append(&tidy::ISSUES, &rows.issues)?;
        let coverage = tidy::coverage(&rows.documents, &rows.observations, &rows.targets, &core)?;
        publication.append(&tidy::COVERAGE, &coverage)?;
        progress(totals.files, totals.bytes, inputs.len());
    }
    publication.append(&tidy::INDICATORS, &indicator_rows(&vocabulary))?;
    publication.append(&tidy::UNITS, &unit_rows(&vocabulary))?;
    publication.append(&tidy::AREAS, &area_rows(&vocabulary))?;
    let published = publication.finish(ManifestInputs {
        inputs: totals.inputs,
        config_sha256: format!("{:x}", Sha256::digest(config_text)),
        vocabulary_sha256: vocabulary.digest.clone(),
    })?;
    Ok(Summary {
        files: totals.files,
        bytes: totals.bytes,
        documents: totals.documents,
        sentences: totals.sentences,
        observations: totals.observations,
        targets: totals.targets,
        linked: totals.linked,
        issues: totals.issues,
        published,
    })
}

fn threads(config: &Config) -> Result<rayon::ThreadPool> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(config.run.threads)
        .build()
        .map_err(|error| Error::Config(format!("cannot start {} threads: {error}", config.run.threads)))
}

/// What the vocabulary does not cover in the inputs of a configuration; nothing is published.
pub fn unseen(config: &Config) -> Result<Unseen> {
    let vocabulary = load_vocabulary(config)?;
    let inputs = list_inputs(&config.read.inputs, &config.base)?;
    let pool = threads(config)?;
    let look = |input: &InputFile| {
        let file = read(input).0?;
        let walked = catch_unwind(AssertUnwindSafe(|| walk(&file, config, &vocabulary).0)).ok()??;
        Some(Unseen::of(&walked))
    };
    let mut all = Unseen::default();
    for batch in inputs.chunks(config.run.batch) {
        let found: Vec<Option<Unseen>> = pool.install(|| batch.par_iter().map(look).collect());
        found.into_iter().flatten().for_each(|document| all.add(document));
    }
    Ok(all)
}

/// The vocabulary that a configuration names.
pub fn load_vocabulary(config: &Config) -> Result<Vocabulary> {
    match &config.vocab.dir {
        Some(dir) => Vocabulary::from_dir(&config.resolve(dir)),
        None => Vocabulary::embedded(),
    }
}

/// One file, all stages; a panic in it is an issue of that file and no other.
fn process(input: &InputFile, config: &Config, vocabulary: &Vocabulary) -> (Option<InputDigest>, DocumentOutcome) {
    let (file, mut issues) = read(input);
    let Some(file) = file else {
        return (None, unread(input, issues));
    };
    let digest =
        InputDigest { path: file.source_path.clone(), sha256: file.sha256.clone(), bytes: file.bytes.len() as u64 };
    let outcome = catch_unwind(AssertUnwindSafe(|| document(&file, config, vocabulary)));
    let outcome = outcome.unwrap_or_else(|_| {
        issues.push(Issue::new(
            IssueCode::DocumentPanic,
            "the program failed on this document; please report it with the file",
        ));
        unread(input, std::mem::take(&mut issues))
    });
    (Some(digest), outcome)
}

/// A file that gave no document: its issues alone.
fn unread(input: &InputFile, mut issues: Vec<Issue>) -> DocumentOutcome {
    for issue in &mut issues {
        issue.source_path.clone_from(&input.source_path);
    }
    DocumentOutcome { issues, ..DocumentOutcome::default() }
}

/// A document on its way: what each stage gave.
pub struct Walked {
    pub decoded: Decoded,
    pub normalized: Normalized,
    pub report: Report,
    pub extracted: Extracted,
}

/// The stages from bytes to observations, and all their issues. Without a text only the issues.
pub fn walk(file: &RawFile, config: &Config, vocabulary: &Vocabulary) -> (Option<Walked>, Vec<Issue>) {
    let (decoded, mut issues) = decode(file, &config.decode);
    let Some(decoded) = decoded else { return (None, issues) };
    let (normalized, more) = normalize(&decoded.text, vocabulary);
    issues.extend(more);
    let (report, more) = parse(&normalized, &file.source_path, vocabulary);
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
    outcome.sentences = report
        .sentences
        .iter()
        .enumerate()
        .map(|(index, sentence)| {
            let span = normalized.source_span(&sentence.range);
            SentenceRow {
                document_id: file.document_id.clone(),
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
        container: file.container,
        encoding: decoded.encoding,
        encoding_score: decoded.score,
        encoding_runner_up: decoded.runner_up.map(|(name, _)| name),
        replacements: decoded.replacements as i32,
        title: report.title.clone(),
        report_kind: report.kind.name(),
        ref_area: area.map(|a| a.code.clone()),
        ref_area_name: report.area_name.clone(),
        area_level: area.map(|a| a.level.clone()),
        delivered_date: report.delivered_date.map(|d| d.days_since_epoch()),
        published_date: report.published_date.map(|d| d.days_since_epoch()),
        report_year: report.report_year,
        reviewed_year: report.reviewed_year,
        planned_year: report.planned_year,
        speaker: report.speaker.clone(),
        meeting: report.meeting.clone(),
        chars: chars as i32,
        damage_score: (signs as f64 * 1e5 / chars.max(1) as f64).round() / 10.0,
        duplicate_of: None,
        n_observations: extracted.observations.len() as i32,
        n_issues: issues.len() as i32,
    });
    outcome.observations = extracted.observations;
    outcome.targets = extracted.targets;
    outcome.issues = issues;
    outcome
}

/// The rows of a batch, in the order of the inputs.
#[derive(Default)]
struct Rows {
    documents: Vec<DocumentRow>,
    sentences: Vec<SentenceRow>,
    observations: Vec<crate::model::ObservationRow>,
    targets: Vec<crate::model::TargetRow>,
    issues: Vec<Issue>,
}

#[derive(Default)]
struct Totals {
    files: usize,
    bytes: u64,
    documents: usize,
    sentences: usize,
    observations: usize,
    targets: usize,
    linked: usize,
    issues: BTreeMap<IssueCode, usize>,
    inputs: Vec<InputDigest>,
    /// Where each document id was met first.
    seen: HashMap<String, String>,
}

impl Totals {
    /// Takes in a batch: counts it, and keeps of files with the same bytes only the first.
    fn take(&mut self, outcomes: Vec<(Option<InputDigest>, DocumentOutcome)>) -> Rows {
        let mut rows = Rows::default();
        for (digest, mut outcome) in outcomes {
            self.files += 1;
            if let Some(digest) = digest {
                self.bytes += digest.bytes;
                self.inputs.push(digest);
            }
            if let Some(document) = &outcome.document {
                if let Some(first) = self.seen.get(&document.document_id) {
                    let mut issue =
                        Issue::new(IssueCode::DuplicateFile, format!("the same bytes as {first}; kept once"));
                    issue.document_id = Some(document.document_id.clone());
                    issue.source_path.clone_from(&document.source_path);
                    outcome = DocumentOutcome { issues: vec![issue], ..DocumentOutcome::default() };
                } else {
                    self.seen.insert(document.document_id.clone(), document.source_path.clone());
                }
            }
            for issue in &outcome.issues {
                *self.issues.entry(issue.code).or_default() += 1;
            }
            self.documents += usize::from(outcome.document.is_some());
            self.sentences += outcome.sentences.len();
            self.observations += outcome.observations.len();
            self.targets += outcome.targets.len();
            self.linked += outcome.observations.iter().filter(|o| o.indicator.is_some()).count();
            rows.documents.extend(outcome.document);
            rows.sentences.extend(outcome.sentences);
            rows.observations.extend(outcome.observations);
            rows.targets.extend(outcome.targets);
            rows.issues.extend(outcome.issues);
        }
        rows
    }
}

fn indicator_rows(vocabulary: &Vocabulary) -> Vec<tidy::IndicatorRow> {
    vocabulary
        .indicators
        .iter()
        .map(|i| tidy::IndicatorRow {
            id: i.id.clone(),
            name_zh: i.name_zh.clone(),
            name_en: i.name_en.clone(),
            definition: i.definition.clone(),
            themes: i.themes.join("|"),
            unit_measure: i.unit.clone(),
            kind: i.kind.clone(),
            dimensions: i.dimensions.join("|"),
            core: i.is_core,
            terms: i.terms.iter().map(|term| term.text.as_str()).collect::<Vec<_>>().join("|"),
            terms_in_use: in_use(&i.terms),
            note: i.note.clone(),
        })
        .collect()
}

/// `农民人均纯收入 ../2013`: the wordings whose years are known, as open or closed ISO 8601 intervals.
fn in_use(terms: &[Term]) -> Option<String> {
    let end = |year: Option<i32>| year.map_or("..".to_string(), |year| year.to_string());
    let dated = terms.iter().filter(|term| term.from.or(term.until).is_some());
    let told: Vec<String> = dated.map(|term| format!("{} {}/{}", term.text, end(term.from), end(term.until))).collect();
    (!told.is_empty()).then(|| told.join("|"))
}

fn unit_rows(vocabulary: &Vocabulary) -> Vec<tidy::UnitRow> {
    vocabulary
        .units
        .iter()
        .map(|u| tidy::UnitRow {
            unit: u.text.clone(),
            dimension: u.dimension.clone(),
            unit_measure: u.code.clone(),
            factor: u.factor,
            name_en: u.name_en.clone(),
        })
        .collect()
}

fn area_rows(vocabulary: &Vocabulary) -> Vec<tidy::AreaRow> {
    vocabulary
        .areas
        .iter()
        .map(|a| tidy::AreaRow {
            code: a.code.clone(),
            name: a.name.clone(),
            level: a.level.clone(),
            parent: a.parent_code.clone(),
            valid_from: a.valid_from,
            valid_to: a.valid_to,
            successor: a.successor_code.clone(),
        })
        .collect()
}
