//! The conductor: the whole road on one screen, and the only place with threads.
//!
//! Inputs are listed and digested, which names the version; then they go through the stages chunk by chunk, inside a
//! chunk every document alone, and the rows stand in the order of the inputs, so neither threads nor the machine show in
//! the tables. What earlier runs made of the same documents with the same words is taken from their [pieces](crate::piece).

use crate::cache::Cache;
use crate::check::{Expectations, Plan, Verdict};
use crate::chunk::{Weight, chunks};
use crate::config::Config;
use crate::derive::{self, Group, Written, tables_of};
use crate::document::{document, walk};
use crate::duplicates::Known;
use crate::error::{Error, Result};
use crate::issue::{Issue, IssueCode, Severity};
use crate::manifest::{Differences, InputDigest, Sources};
use crate::model::{
    DocumentOutcome, DocumentRow, HonourRow, ObservationRow, RankingRow, SentenceRow, TargetRow, TermCountRow,
    TermMatchRow, document_id,
};
use crate::piece::{Maker, Note, Piece, TablePiece};
use crate::publish::{Output, Publication, Published};
use crate::read::{InputFile, list_inputs, read};
use crate::tidy::{self, TableDescription};
use crate::unseen::Unseen;
use crate::vocab::{Term, Vocabulary};
use crate::watch::{Stage, Watch, go_on};
use arrow_array::RecordBatch;
use arrow_select::concat::concat_batches;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use rayon::prelude::*;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// How often a run begins anew because inputs change while it reads them.
const ATTEMPTS: usize = 3;
/// So many chunks that earlier runs have kept are in memory at a time, at most.
const CHUNKS_AT_ONCE: usize = 64;
/// Rows of the tables that are not made of pieces are written so many at a time.
const ROWS_AT_ONCE: usize = 8192;

/// How a run is to be done, beside its configuration.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RunMode {
    /// Refuse to run when the inputs are not those of the current version.
    pub locked: bool,
    /// How long to wait for another run that writes to the same output.
    pub wait: Duration,
    /// Take from earlier runs what they made of the same documents, and leave it for later ones.
    pub cache: bool,
}

impl Default for RunMode {
    fn default() -> RunMode {
        RunMode { locked: false, wait: Duration::ZERO, cache: true }
    }
}

/// What a run tells at its end.
#[derive(Debug)]
pub struct Summary {
    /// Whether something was made; when nothing has changed since the current version, nothing is.
    pub is_new: bool,
    pub files: usize,
    pub bytes: u64,
    pub documents: usize,
    /// Documents whose rows were taken from an earlier run.
    pub cached: usize,
    /// Observations with a catalogue id; `None` when nothing was made.
    pub linked: Option<usize>,
    pub issues: BTreeMap<IssueCode, usize>,
    /// What came of the expectations of the tables.
    pub verdict: Verdict,
    /// What is otherwise than in the version that was current before; `None` where there was none.
    pub differences: Option<Differences>,
    pub published: Published,
}

impl Summary {
    /// Whether an issue says that rows are missing, or the tables are not as they must be.
    pub fn has_errors(&self) -> bool {
        self.issues.keys().any(|code| code.severity() == Severity::Error) || self.verdict.has_errors()
    }

    /// The rows of a table.
    pub fn rows(&self, table: &str) -> u64 {
        self.published.tables.get(table).map_or(0, |table| table.rows)
    }
}

/// Runs the whole road and publishes the tables.
///
/// # Errors
///
/// What keeps the tables from being made or published; the version published before then still stands.
pub fn run(config: &Config, mode: &RunMode, watch: &dyn Watch) -> Result<Summary> {
    let pool = threads(config)?;
    pool.install(|| {
        let directory = config.resolve(Path::new(&config.write.output));
        let output = Output::open(&directory, &config.write, mode.wait, watch)?;
        let cache = if mode.cache { Some(Cache::open(&directory)?) } else { None };
        // Both take a while and neither needs the other.
        let (vocabulary, listed) = rayon::join(|| config.vocabulary(), || Listed::all(config, watch));
        let (vocabulary, mut listed) = (vocabulary?, listed?);
        for _ in 0..ATTEMPTS {
            let road = Road { config, vocabulary: &vocabulary, cache: cache.as_ref(), watch };
            match road.go(&listed, &output, mode) {
                Err(Error::InputChanged(path)) => {
                    tracing::warn!("input {path} changed while it was read; the inputs are read anew");
                    listed = Listed::all(config, watch)?;
                }
                Ok(summary) => {
                    if let Some(cache) = cache.as_ref().filter(|_| summary.is_new) {
                        cache.prune();
                    }
                    return Ok(summary);
                }
                Err(error) => return Err(error),
            }
        }
        Err(Error::Config(format!("inputs changed {ATTEMPTS} times while they were read; run again when they rest")))
    })
}

/// From what a configuration makes a dataset.
///
/// # Errors
///
/// As [`run`], before anything is made.
pub fn sources(config: &Config, vocabulary: &Vocabulary, watch: &dyn Watch) -> Result<Sources> {
    let listed = threads(config)?.install(|| Listed::all(config, watch))?;
    Sources::new(config, vocabulary, listed.into_iter().map(|listed| listed.digest).collect())
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

/// An input with the digest of its bytes.
struct Listed {
    input: InputFile,
    digest: InputDigest,
    kind: Kind,
}

/// What can be known of an input before it is decoded.
enum Kind {
    /// A document, in a container of this kind.
    Document(&'static str),
    /// The same bytes in the same kind of container as an input before it.
    Copy,
    /// Nothing could be read.
    Unread(Vec<Issue>),
}

impl Listed {
    /// All inputs of a configuration, in the order of their paths. Bytes are not kept.
    fn all(config: &Config, watch: &dyn Watch) -> Result<Vec<Listed>> {
        let inputs = list_inputs(&config.read, &config.base)?;
        watch.begin(Stage::Read, inputs.len() as u64);
        let listed = inputs.into_par_iter().map(|input| {
            go_on(watch)?;
            let (file, issues) = read(&input, &config.read);
            watch.advance(1);
            let path = input.source_path.clone();
            Ok(match file {
                Some(file) => {
                    let digest = InputDigest { bytes: file.bytes.len() as u64, path, sha256: file.sha256 };
                    Listed { input, digest, kind: Kind::Document(file.container) }
                }
                None => {
                    let digest = InputDigest { bytes: 0, path, sha256: String::new() };
                    Listed { kind: Kind::Unread(issues), digest, input }
                }
            })
        });
        let mut listed = listed.collect::<Result<Vec<Listed>>>()?;
        let mut met = HashSet::new();
        for input in &mut listed {
            if let Kind::Document(container) = input.kind
                && !met.insert((input.digest.sha256.clone(), container))
            {
                input.kind = Kind::Copy;
            }
        }
        Ok(listed)
    }

    fn weight(&self) -> Weight {
        let bits = |digest: &str| u64::from_str_radix(digest.get(..16)?, 16).ok();
        let hash = matches!(self.kind, Kind::Document(_)).then(|| bits(&self.digest.sha256)).flatten();
        Weight { bytes: self.digest.bytes, hash }
    }
}

/// What the stages need.
struct Road<'a> {
    config: &'a Config,
    vocabulary: &'a Vocabulary,
    cache: Option<&'a Cache>,
    watch: &'a dyn Watch,
}

impl Road<'_> {
    /// From listed inputs to a published version.
    fn go(&self, listed: &[Listed], output: &Output, mode: &RunMode) -> Result<Summary> {
        let Road { config, vocabulary, watch, .. } = *self;
        let digests = listed.iter().map(|input| input.digest.clone()).collect();
        let sources = Sources::new(config, vocabulary, digests)?;
        let before = output.current();
        let differences = before.as_ref().map(|before| before.sources.differences(&sources));
        if mode.locked {
            refuse_changes(differences.as_ref())?;
        }
        let bytes = listed.iter().map(|input| input.digest.bytes).sum();
        let mut summary = Summary {
            is_new: false,
            files: listed.len(),
            bytes,
            documents: 0,
            cached: 0,
            linked: None,
            issues: BTreeMap::new(),
            verdict: Verdict::default(),
            differences,
            published: Published::default(),
        };
        if let Some(published) = output.publish_again(&sources.version())? {
            summary.published = published;
            summary.documents = summary.rows("documents") as usize;
            return Ok(summary);
        }

        let tables = tidy::tables(vocabulary);
        let expectations = config.check.expectations.as_ref().map(|path| config.resolve(path));
        let plan = Plan::new(&tables, Expectations::load(expectations.as_deref(), &tables)?, 0);
        let mut publication = output.begin(&config.write, plan)?;
        let seed = seed(&sources);
        watch.begin(Stage::Documents, bytes);
        let mut totals = Totals::default();
        self.documents(listed, &seed, &mut totals, &mut publication)?;
        self.words(&seed, &mut publication)?;
        self.derived(&seed, &totals, &mut publication)?;
        watch.begin(Stage::Check, 0);
        summary.verdict = publication.verdict(before.as_ref());
        watch.begin(Stage::Publish, 0);
        go_on(watch)?;
        summary.published = publication.finish(sources, &vocabulary.files, &tables)?;
        summary.is_new = true;
        let Totals { documents, cached, linked, issues, .. } = totals;
        Ok(Summary { documents, cached, linked: Some(linked), issues, ..summary })
    }

    /// The tables that are made of each document alone.
    fn documents(
        &self,
        listed: &[Listed],
        seed: &str,
        totals: &mut Totals,
        publication: &mut Publication,
    ) -> Result<()> {
        let weights: Vec<Weight> = listed.iter().map(Listed::weight).collect();
        let chunks: Vec<Chunk> = chunks(&weights).into_iter().map(|range| self.chunk(&listed[range], seed)).collect();
        // Also a corpus without a row has all tables.
        for table in &Rows::tables() {
            publication.append_empty(table)?;
        }
        let mut rest = chunks.as_slice();
        while !rest.is_empty() {
            let (now, later) = rest.split_at(at_once(
                rest.iter().map(|chunk| (chunk.is_kept, chunk.documents.len())),
                self.config.run.batch,
            ));
            rest = later;
            let made = now.par_iter().map(|chunk| self.rows(chunk, &publication.maker));
            let (pieces, notes): (Vec<_>, Vec<_>) =
                made.collect::<Result<Vec<Piece>>>()?.into_iter().map(|piece| (piece.tables, piece.notes)).unzip();
            publication.append_pieces(pieces)?;
            for (chunk, notes) in now.iter().zip(notes) {
                totals.take(chunk.listed, notes);
                totals.write(publication, ROWS_AT_ONCE)?;
            }
        }
        totals.write(publication, 0)
    }

    /// Consecutive inputs, and whether an earlier run has kept their rows.
    fn chunk<'l>(&self, listed: &'l [Listed], seed: &str) -> Chunk<'l> {
        let documents: Vec<&Listed> = listed.iter().filter(|input| matches!(input.kind, Kind::Document(_))).collect();
        let keys: Vec<String> = documents.iter().map(|input| document_key(seed, input)).collect();
        let key = digest_of([seed, "documents"].into_iter().chain(keys.iter().map(String::as_str)));
        let is_kept = self.cache.is_some_and(|cache| cache.has(&key));
        Chunk { listed, documents, keys, key, is_kept }
    }

    /// The rows of a chunk: kept from an earlier run, or made of those documents that are not.
    fn rows(&self, chunk: &Chunk, maker: &Maker) -> Result<Piece> {
        go_on(self.watch)?;
        let Chunk { documents, keys, key: piece_key, .. } = chunk;
        if let Some(mut piece) = self.cache.and_then(|cache| cache.get(piece_key)) {
            self.watch.advance(documents.iter().map(|input| input.digest.bytes).sum());
            piece.notes.iter_mut().for_each(|note| note.is_kept = true);
            return Ok(piece);
        }
        let earlier = self.earlier(keys)?;
        let made: Vec<Option<DocumentOutcome>> = documents
            .par_iter()
            .zip(keys)
            .map(|(input, key)| {
                go_on(self.watch)?;
                let outcome = match earlier.contains_key(key) {
                    true => None,
                    false => Some(process(input, self.config, self.vocabulary)?),
                };
                self.watch.advance(input.digest.bytes);
                Ok(outcome)
            })
            .collect::<Result<_>>()?;
        // What was cut short by a stop must not be kept.
        go_on(self.watch)?;
        let core = core_indicators(self.vocabulary);
        let mut tables = vec![Vec::new(); Rows::tables().len()];
        let mut notes = Vec::with_capacity(documents.len());
        let mut rows = Rows::default();
        for (outcome, key) in made.into_iter().zip(keys) {
            match (outcome, earlier.get(key)) {
                (Some(outcome), _) => notes.push(rows.take(key.clone(), outcome, core.len())),
                (None, Some((piece, at))) => {
                    std::mem::take(&mut rows).add_to(&mut tables, &core)?;
                    notes.push(piece.add_document_to(&mut tables, *at));
                }
                (None, None) => {}
            }
        }
        rows.add_to(&mut tables, &core)?;
        let tables = Rows::tables().into_iter().zip(tables).map(|(table, batches)| {
            let rows = concat_batches(&Arc::new(table.schema()), &batches).map_err(wrong(table.name))?;
            Ok((table, rows))
        });
        let piece = maker.piece(&tables.collect::<Result<Vec<_>>>()?, notes)?;
        if let Some(cache) = self.cache {
            cache.put(piece_key, &piece);
        }
        Ok(piece)
    }

    /// Where the rows of documents are that an earlier run has met, by the keys of the documents.
    fn earlier(&self, keys: &[String]) -> Result<HashMap<String, (Arc<EarlierPiece>, usize)>> {
        let mut found = HashMap::new();
        let Some(cache) = self.cache else { return Ok(found) };
        let pieces: BTreeSet<&str> = keys.iter().filter_map(|key| cache.piece_of(key)).collect();
        for piece in pieces {
            let Some(piece) = cache.read(piece) else { continue };
            let piece = Arc::new(EarlierPiece::decode(piece)?);
            for (at, note) in piece.notes.iter().enumerate() {
                found.insert(note.key.clone(), (Arc::clone(&piece), at));
            }
        }
        Ok(found)
    }

    /// The vocabulary as tables.
    fn words(&self, seed: &str, publication: &mut Publication) -> Result<()> {
        let key = digest_of([seed, "words"].into_iter());
        let tables = [
            tidy::INDICATORS.describe(),
            tidy::DICTIONARY_TERMS.describe(),
            tidy::UNITS.describe(),
            tidy::AREAS.describe(),
        ];
        for table in &tables {
            publication.append_empty(table)?;
        }
        let maker = &publication.maker;
        let piece = self.kept_or_made(&key, || {
            let rows = [
                tidy::INDICATORS.batch(&indicator_rows(self.vocabulary))?,
                tidy::DICTIONARY_TERMS.batch(&dictionary_rows(self.vocabulary))?,
                tidy::UNITS.batch(&unit_rows(self.vocabulary))?,
                tidy::AREAS.batch(&area_rows(self.vocabulary))?,
            ];
            maker.piece(&tables.into_iter().zip(rows).collect::<Vec<_>>(), Vec::new())
        })?;
        publication.append_pieces(vec![piece.tables])
    }

    /// The tables that set many reports side by side.
    fn derived(&self, seed: &str, totals: &Totals, publication: &mut Publication) -> Result<()> {
        let written = Written::open(publication.written()?, self.vocabulary)?;
        for table in &derive::tables(self.vocabulary) {
            publication.append_empty(table)?;
        }
        let groups: Vec<Areas> = written.groups().iter().map(|documents| self.areas(documents, seed, totals)).collect();
        self.watch.begin(Stage::Derive, groups.len() as u64);
        let mut rest = groups.as_slice();
        while !rest.is_empty() {
            go_on(self.watch)?;
            let (now, later) = rest.split_at(at_once(
                rest.iter().map(|areas| (areas.is_kept, areas.documents.len())),
                derive::GROUP_DOCUMENTS,
            ));
            rest = later;
            // What is to be made is read together, since reports of one area may stand in many row groups.
            let new = now.iter().filter(|areas| !areas.is_kept).flat_map(|areas| areas.documents);
            let stated = written.group(&new.cloned().collect())?;
            let pieces = now.par_iter().map(|areas| self.derived_rows(areas, &stated, &written, &publication.maker));
            let pieces = pieces.collect::<Result<Vec<Piece>>>()?;
            publication.append_pieces(pieces.into_iter().map(|piece| piece.tables).collect())?;
        }
        Ok(())
    }

    /// Some areas, and whether an earlier run has kept what was made of them.
    fn areas<'w>(&self, documents: &'w HashSet<String>, seed: &str, totals: &Totals) -> Areas<'w> {
        let mut keys: Vec<&str> = documents.iter().filter_map(|id| Some(totals.keys.get(id)?.as_str())).collect();
        keys.sort_unstable();
        let key = digest_of([seed, "derived"].into_iter().chain(keys));
        let is_kept = self.cache.is_some_and(|cache| cache.has(&key));
        Areas { documents, key, is_kept }
    }

    /// What is made of some areas: kept from an earlier run, or made of what they state.
    fn derived_rows(&self, areas: &Areas, stated: &Group, written: &Written, maker: &Maker) -> Result<Piece> {
        self.watch.advance(1);
        self.kept_or_made(&areas.key, || {
            let group = match areas.is_kept {
                // What was kept is damaged.
                true => written.group(areas.documents)?,
                false => stated.part(areas.documents)?,
            };
            let rows = tables_of(&group, self.vocabulary)?.into_iter().map(|(table, frame)| {
                let rows = table.frame_batch(&frame)?;
                Ok((table, rows))
            });
            maker.piece(&rows.collect::<Result<Vec<_>>>()?, Vec::new())
        })
    }

    /// A piece that an earlier run has kept; else it is made, and kept for the next.
    fn kept_or_made(&self, key: &str, make: impl FnOnce() -> Result<Piece>) -> Result<Piece> {
        if let Some(piece) = self.cache.and_then(|cache| cache.get(key)) {
            return Ok(piece);
        }
        let piece = make()?;
        if let Some(cache) = self.cache {
            cache.put(key, &piece);
        }
        Ok(piece)
    }
}

/// How many groups, told as whether an earlier run has kept them and how many documents they have, are taken together: at
/// most so many documents, kept ones not counted, but at least one group.
fn at_once(groups: impl Iterator<Item = (bool, usize)>, most: usize) -> usize {
    let mut sum = 0;
    let fits = groups.take(CHUNKS_AT_ONCE).take_while(|&(is_kept, documents)| {
        sum += if is_kept { 0 } else { documents };
        sum <= most
    });
    fits.count().max(1)
}

/// Areas whose reports are set side by side together.
struct Areas<'w> {
    documents: &'w HashSet<String>,
    /// Names what is made of them.
    key: String,
    is_kept: bool,
}

/// Consecutive inputs whose rows become row groups.
struct Chunk<'l> {
    listed: &'l [Listed],
    /// Those of them that have rows, and their keys.
    documents: Vec<&'l Listed>,
    keys: Vec<String>,
    /// Names the rows of all.
    key: String,
    is_kept: bool,
}

/// A piece of an earlier run, from which documents are taken.
struct EarlierPiece {
    notes: Vec<Note>,
    /// All rows of each table.
    tables: Vec<RecordBatch>,
}

impl EarlierPiece {
    fn decode(piece: Piece) -> Result<EarlierPiece> {
        let decode = |(table, encoded): (TableDescription, &TablePiece)| -> Result<RecordBatch> {
            let reader = ParquetRecordBatchReaderBuilder::try_new(encoded.parquet.clone());
            let batches = reader.and_then(|reader| reader.build()).map_err(wrong(table.name))?;
            let batches = batches.collect::<std::result::Result<Vec<_>, _>>().map_err(wrong(table.name))?;
            concat_batches(&Arc::new(table.schema()), &batches).map_err(wrong(table.name))
        };
        let tables = Rows::tables().into_par_iter().zip(&piece.tables).map(decode).collect::<Result<_>>()?;
        Ok(EarlierPiece { notes: piece.notes, tables })
    }

    /// Adds the rows of a document to those of each table; gives its note.
    fn add_document_to(&self, tables: &mut [Vec<RecordBatch>], at: usize) -> Note {
        for (index, (to, from)) in tables.iter_mut().zip(&self.tables).enumerate() {
            let length = |note: &Note| note.rows.get(index).copied().unwrap_or(0);
            let start = self.notes[..at].iter().map(length).sum();
            to.push(from.slice(start, length(&self.notes[at])));
        }
        Note { is_kept: true, ..self.notes[at].clone() }
    }
}

/// Names what a run makes of a thing: the things it is made of, and the sources that all things are made with.
fn digest_of<'s>(parts: impl Iterator<Item = &'s str>) -> String {
    const DIGITS: usize = 32;
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(format!("{}\n{part}\n", part.len()));
    }
    format!("{:x}", digest.finalize()).chars().take(DIGITS).collect()
}

/// The sources that all documents are read with.
fn seed(sources: &Sources) -> String {
    let parts = [&sources.program.sha256, &sources.config_sha256, &sources.vocabulary_sha256];
    digest_of(parts.into_iter().map(String::as_str))
}

fn document_key(seed: &str, listed: &Listed) -> String {
    let InputDigest { path, sha256, .. } = &listed.digest;
    digest_of([seed, path, sha256].into_iter())
}

fn core_indicators(vocabulary: &Vocabulary) -> Vec<String> {
    vocabulary.indicators.iter().filter(|indicator| indicator.is_core).map(|indicator| indicator.id.clone()).collect()
}

/// An error of Arrow or Parquet, with the table it is about; made for `map_err`.
fn wrong<E: std::fmt::Display>(table: &'static str) -> impl Fn(E) -> Error {
    move |error| Error::Table { table, message: error.to_string() }
}

/// Refuses inputs that are not those of the current version.
fn refuse_changes(differences: Option<&Differences>) -> Result<()> {
    const SHOWN: usize = 5;
    let Some(differences) = differences else {
        return Err(Error::Config("--locked: there is no version whose inputs could be compared".to_string()));
    };
    let inputs = &differences.inputs;
    let shown: Vec<String> =
        inputs.iter().take(SHOWN).map(|input| format!("{} {}", input.name, input.kind())).collect();
    match inputs.len() {
        0 => Ok(()),
        count => Err(Error::Config(format!(
            "--locked: {count} inputs are not those of the current version: {}{}",
            shown.join(", "),
            if count > SHOWN { ", …" } else { "" }
        ))),
    }
}

/// One file, all stages; a panic in it is an issue of that file and no other.
fn process(listed: &Listed, config: &Config, vocabulary: &Vocabulary) -> Result<DocumentOutcome> {
    let (file, mut issues) = read(&listed.input, &config.read);
    let Some(file) = file.filter(|file| file.sha256 == listed.digest.sha256) else {
        return Err(Error::InputChanged(listed.digest.path.clone()));
    };
    Ok(match catch_unwind(AssertUnwindSafe(|| document(&file, config, vocabulary))) {
        Ok(outcome) => with_issues(issues, outcome),
        Err(_) => {
            let message = "the program failed on this document; please report it with the file";
            issues.push(Issue::new(IssueCode::DocumentPanic, message));
            unread(&listed.digest.path, issues)
        }
    })
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
fn unread(path: &str, mut issues: Vec<Issue>) -> DocumentOutcome {
    for issue in &mut issues {
        issue.source_path = path.to_string();
    }
    DocumentOutcome { issues, ..DocumentOutcome::default() }
}

/// The rows of some documents, in the order of the inputs.
#[derive(Default)]
struct Rows {
    documents: Vec<DocumentRow>,
    sentences: Vec<SentenceRow>,
    observations: Vec<ObservationRow>,
    targets: Vec<TargetRow>,
    term_counts: Vec<TermCountRow>,
    term_matches: Vec<TermMatchRow>,
    honours: Vec<HonourRow>,
    rankings: Vec<RankingRow>,
}

impl Rows {
    /// The tables that are made of each document alone, in the order in which [`Rows`] gives them.
    fn tables() -> Vec<TableDescription> {
        vec![
            tidy::SENTENCES.describe(),
            tidy::OBSERVATIONS.describe(),
            tidy::TARGETS.describe(),
            tidy::TERM_COUNTS.describe(),
            tidy::TERM_MATCHES.describe(),
            tidy::HONOURS.describe(),
            tidy::RANKINGS.describe(),
            tidy::COVERAGE.describe(),
        ]
    }

    /// Takes in a document; gives its note.
    fn take(&mut self, key: String, outcome: DocumentOutcome, core: usize) -> Note {
        let rows = vec![
            outcome.sentences.len(),
            outcome.observations.len(),
            outcome.targets.len(),
            outcome.term_counts.len(),
            outcome.term_matches.len(),
            outcome.honours.len(),
            outcome.rankings.len(),
            if outcome.document.is_some() { core } else { 0 },
        ];
        let linked = outcome.observations.iter().filter(|row| row.indicator.is_some()).count();
        self.documents.extend(outcome.document.clone());
        self.sentences.extend(outcome.sentences);
        self.observations.extend(outcome.observations);
        self.targets.extend(outcome.targets);
        self.term_counts.extend(outcome.term_counts);
        self.term_matches.extend(outcome.term_matches);
        self.honours.extend(outcome.honours);
        self.rankings.extend(outcome.rankings);
        let DocumentOutcome { document, issues, signature, .. } = outcome;
        Note { key, document, issues, signature, rows, linked, is_kept: false }
    }

    /// Adds the rows to those of each table.
    fn add_to(self, tables: &mut [Vec<RecordBatch>], core: &[String]) -> Result<()> {
        if self.documents.is_empty() {
            return Ok(());
        }
        let coverage = tidy::coverage(&self.documents, &self.observations, &self.targets, core)?;
        let batches = [
            tidy::SENTENCES.batch(&self.sentences)?,
            tidy::OBSERVATIONS.batch(&self.observations)?,
            tidy::TARGETS.batch(&self.targets)?,
            tidy::TERM_COUNTS.batch(&self.term_counts)?,
            tidy::TERM_MATCHES.batch(&self.term_matches)?,
            tidy::HONOURS.batch(&self.honours)?,
            tidy::RANKINGS.batch(&self.rankings)?,
            tidy::COVERAGE.batch(&coverage)?,
        ];
        tables.iter_mut().zip(batches).for_each(|(table, batch)| table.push(batch));
        Ok(())
    }
}

/// What all documents together come to, and the rows that depend on the documents before.
#[derive(Default)]
struct Totals {
    documents: usize,
    cached: usize,
    linked: usize,
    issues: BTreeMap<IssueCode, usize>,
    /// What became of each digest of bytes: the first path with a document, or why there is none.
    seen: HashMap<String, std::result::Result<String, Vec<Issue>>>,
    /// The key of every document that has rows, by its id.
    keys: HashMap<String, String>,
    /// The texts met so far.
    known: Known,
    document_rows: Vec<DocumentRow>,
    issue_rows: Vec<Issue>,
}

impl Totals {
    /// Takes in consecutive inputs and the notes of those that are documents: counts them, and names copies.
    fn take(&mut self, listed: &[Listed], notes: Vec<Note>) {
        let mut notes = notes.into_iter();
        for input in listed {
            let InputDigest { path, sha256, .. } = &input.digest;
            let issues = match &input.kind {
                Kind::Document(_) => notes.next().map_or_else(Vec::new, |note| self.take_document(sha256, path, note)),
                Kind::Copy => self.copy(sha256, path),
                Kind::Unread(issues) => unread(path, issues.clone()).issues,
            };
            for issue in &issues {
                *self.issues.entry(issue.code).or_default() += 1;
            }
            self.issue_rows.extend(issues);
        }
    }

    /// A document, which may have nearly the text of one before it; gives its issues.
    fn take_document(&mut self, sha256: &str, path: &str, note: Note) -> Vec<Issue> {
        let Note { key, document, mut issues, signature, linked, is_kept, .. } = note;
        self.linked += linked;
        self.cached += usize::from(is_kept);
        let Some(mut document) = document else {
            self.seen.entry(sha256.to_string()).or_insert_with(|| Err(issues.clone()));
            return issues;
        };
        self.documents += 1;
        self.seen.insert(sha256.to_string(), Ok(path.to_string()));
        issues.extend(signature.and_then(|signature| self.known.meet(signature, &mut document)));
        self.keys.insert(document.document_id.clone(), key);
        self.document_rows.push(document);
        issues
    }

    /// An input with the bytes of one before it, which is kept once.
    fn copy(&self, sha256: &str, path: &str) -> Vec<Issue> {
        match self.seen.get(sha256) {
            Some(Ok(first)) => {
                let issue = Issue::new(IssueCode::DuplicateFile, format!("the same bytes as {first}; kept once"));
                vec![Issue { document_id: Some(document_id(sha256)), source_path: path.to_string(), ..issue }]
            }
            Some(Err(issues)) => unread(path, issues.clone()).issues,
            None => Vec::new(),
        }
    }

    /// Writes the rows gathered, once they are so many.
    fn write(&mut self, publication: &mut Publication, least: usize) -> Result<()> {
        if self.document_rows.len() >= least {
            publication.append(&tidy::DOCUMENTS, &std::mem::take(&mut self.document_rows))?;
        }
        if self.issue_rows.len() >= least {
            publication.append(&tidy::ISSUES, &std::mem::take(&mut self.issue_rows))?;
        }
        Ok(())
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
