//! The conductor: the whole road on one screen, and the only place with threads.
//!
//! Files are taken in batches; inside a batch every document goes its way alone, and the rows are
//! written in the order of the inputs, so neither threads nor the machine show in the tables.

use crate::check::{CheckOptions, Verdict, check};
use crate::config::Config;
use crate::derive::derive;
use crate::document::{document, walk};
use crate::duplicates::Known;
use crate::error::{Error, Result};
use crate::issue::{Issue, IssueCode, Severity};
use crate::manifest::{InputDigest, Sources};
use crate::model::{DocumentOutcome, DocumentRow, SentenceRow};
use crate::read::{InputFile, list_inputs, read};
use crate::tidy;
use crate::unseen::Unseen;
use crate::vocab::{Term, Vocabulary};
use crate::watch::{Stage, Watch, go_on};
use crate::write::{Publication, Published, tables_in};
use rayon::prelude::*;
use std::collections::{BTreeMap, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

/// What a run tells at its end.
#[derive(Debug)]
pub struct Summary {
    pub files: usize,
    pub bytes: u64,
    pub documents: usize,
    /// Documents that were taken from an earlier run because nothing had changed for them.
    pub cached: usize,
    pub sentences: usize,
    pub observations: usize,
    pub targets: usize,
    /// Observations with a catalogue id.
    pub linked: usize,
    pub issues: BTreeMap<IssueCode, usize>,
    /// What came of the expectations of the tables.
    pub verdict: Verdict,
    pub published: Published,
}

impl Summary {
    /// Whether an issue says that rows are missing, or the tables are not as they must be.
    pub fn has_errors(&self) -> bool {
        self.issues.keys().any(|code| code.severity() == Severity::Error) || self.verdict.has_errors()
    }
}

/// Runs the whole road and publishes the tables.
pub fn run(config: &Config, watch: &dyn Watch) -> Result<Summary> {
    let vocabulary = config.vocabulary()?;
    watch.begin(Stage::Read, 0);
    let inputs = list_inputs(&config.read, &config.base)?;
    let output = config.resolve(Path::new(&config.write.output));
    let mut publication = Publication::begin(&output, &config.write)?;
    let pool = threads(config)?;
    let core: Vec<String> = vocabulary.indicators.iter().filter(|i| i.is_core).map(|i| i.id.clone()).collect();
    let mut totals = Totals::default();
    watch.begin(Stage::Documents, inputs.len() as u64);
    for batch in inputs.chunks(config.run.batch) {
        go_on(watch)?;
        let outcomes: Vec<(InputDigest, DocumentOutcome)> =
            pool.install(|| batch.par_iter().map(|input| process(input, config, &vocabulary)).collect());
        let rows = totals.take(outcomes);
        publication.append(&tidy::DOCUMENTS, &rows.documents)?;
        publication.append(&tidy::SENTENCES, &rows.sentences)?;
        publication.append(&tidy::OBSERVATIONS, &rows.observations)?;
        publication.append(&tidy::TARGETS, &rows.targets)?;
        publication.append(&tidy::TERM_COUNTS, &rows.term_counts)?;
        publication.append(&tidy::TERM_MATCHES, &rows.term_matches)?;
        publication.append(&tidy::HONOURS, &rows.honours)?;
        publication.append(&tidy::RANKINGS, &rows.rankings)?;
        publication.append(&tidy::ISSUES, &rows.issues)?;
        let coverage = tidy::coverage(&rows.documents, &rows.observations, &rows.targets, &core)?;
        publication.append(&tidy::COVERAGE, &coverage)?;
        watch.advance(batch.len() as u64);
    }
    publication.append(&tidy::INDICATORS, &indicator_rows(&vocabulary))?;
    publication.append(&tidy::DICTIONARY_TERMS, &dictionary_rows(&vocabulary))?;
    publication.append(&tidy::UNITS, &unit_rows(&vocabulary))?;
    publication.append(&tidy::AREAS, &area_rows(&vocabulary))?;
    watch.begin(Stage::Derive, 0);
    go_on(watch)?;
    derive(&mut publication, &vocabulary)?;
    let tables = tidy::tables(&vocabulary);
    watch.begin(Stage::Check, 0);
    go_on(watch)?;
    // Before they are published, so that what cannot be checked is not.
    let verdict = check(
        &publication.written()?,
        &tables,
        &CheckOptions {
            expectations: config.check.expectations.as_ref().map(|path| config.resolve(path)),
            against: tables_in(&output).ok(),
            rows: 0,
        },
    )?;
    watch.begin(Stage::Publish, 0);
    go_on(watch)?;
    let sources = Sources::new(config, &vocabulary, totals.inputs)?;
    let published = publication.finish(sources, &tables)?;
    Ok(Summary {
        files: totals.files,
        bytes: totals.bytes,
        documents: totals.documents,
        cached: 0,
        sentences: totals.sentences,
        observations: totals.observations,
        targets: totals.targets,
        linked: totals.linked,
        issues: totals.issues,
        verdict,
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
    let vocabulary = config.vocabulary()?;
    let inputs = list_inputs(&config.read, &config.base)?;
    let pool = threads(config)?;
    let look = |input: &InputFile| {
        let file = read(input, &config.read).0?;
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

/// One file, all stages; a panic in it is an issue of that file and no other.
fn process(input: &InputFile, config: &Config, vocabulary: &Vocabulary) -> (InputDigest, DocumentOutcome) {
    let (file, mut issues) = read(input, &config.read);
    let digest = |bytes: usize, sha256: &str| InputDigest {
        bytes: bytes as u64,
        path: input.source_path.clone(),
        sha256: sha256.to_string(),
    };
    let Some(file) = file else {
        return (digest(0, ""), unread(input, issues));
    };
    let digest = digest(file.bytes.len(), &file.sha256);
    let outcome = match catch_unwind(AssertUnwindSafe(|| document(&file, config, vocabulary))) {
        Ok(outcome) => with_issues(issues, outcome),
        Err(_) => {
            let message = "the program failed on this document; please report it with the file";
            issues.push(Issue::new(IssueCode::DocumentPanic, message));
            unread(input, issues)
        }
    };
    (digest, outcome)
}

/// What was wrong when the file was read comes before what is wrong with its text.
fn with_issues(mut issues: Vec<Issue>, mut outcome: DocumentOutcome) -> DocumentOutcome {
    if let Some(document) = &mut outcome.document {
        document.n_issues += issues.len() as i32;
        issues.iter_mut().for_each(|issue| issue.document_id = Some(document.document_id.clone()));
    }
    outcome.issues.splice(0..0, issues);
    outcome
}

/// A file that gave no document: its issues alone.
fn unread(input: &InputFile, mut issues: Vec<Issue>) -> DocumentOutcome {
    for issue in &mut issues {
        issue.source_path.clone_from(&input.source_path);
    }
    DocumentOutcome { issues, ..DocumentOutcome::default() }
}

/// The rows of a batch, in the order of the inputs.
#[derive(Default)]
struct Rows {
    documents: Vec<DocumentRow>,
    sentences: Vec<SentenceRow>,
    observations: Vec<crate::model::ObservationRow>,
    targets: Vec<crate::model::TargetRow>,
    term_counts: Vec<crate::model::TermCountRow>,
    term_matches: Vec<crate::model::TermMatchRow>,
    honours: Vec<crate::model::HonourRow>,
    rankings: Vec<crate::model::RankingRow>,
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
    /// The texts met so far.
    known: Known,
}

impl Totals {
    /// Takes in a batch: counts it, and keeps of files with the same bytes only the first.
    fn take(&mut self, outcomes: Vec<(InputDigest, DocumentOutcome)>) -> Rows {
        let mut rows = Rows::default();
        for (digest, mut outcome) in outcomes {
            self.files += 1;
            self.bytes += digest.bytes;
            self.inputs.push(digest);
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
            if let (Some(signature), Some(document)) = (outcome.signature.take(), &mut outcome.document) {
                outcome.issues.extend(self.known.meet(signature, document));
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
            rows.term_counts.extend(outcome.term_counts);
            rows.term_matches.extend(outcome.term_matches);
            rows.honours.extend(outcome.honours);
            rows.rankings.extend(outcome.rankings);
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

fn dictionary_rows(vocabulary: &Vocabulary) -> Vec<tidy::DictionaryTermRow> {
    let dictionaries = &vocabulary.dictionaries;
    dictionaries
        .terms
        .iter()
        .map(|term| tidy::DictionaryTermRow {
            dictionary: dictionaries.names[term.dictionary].clone(),
            term: term.text.clone(),
            concept: term.concept.clone(),
            example: term.example.clone(),
            not_in: (!term.not_in.is_empty()).then(|| term.not_in.join("|")),
            note: term.note.clone(),
        })
        .collect()
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
