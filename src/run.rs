//! The conductor: the whole road on one screen, and the only place with threads.
//!
//! Inputs are listed and digested, which names the version; then they go through the stages chunk by chunk, inside a
//! chunk every document alone, and the rows stand in the order of the inputs, so neither threads nor the machine show in
//! the tables. What earlier runs made of the same documents with the same words is taken from their [pieces](crate::piece).

use crate::cache::Cache;
use crate::check::{Expectations, Plan, Verdict};
use crate::chunk::{Weight, chunks};
use crate::config::Config;
use crate::derive::{self, Stated, Written, tables_of};
use crate::document::{document, walk};
use crate::duplicates::Known;
use crate::error::{Error, Result};
use crate::issue::{Issue, IssueCode, Severity};
use crate::manifest::{Differences, InputDigest, Sources};
use crate::model::{DocumentOutcome, DocumentRow, document_id};
use crate::piece::{Maker, Note, Piece, TablePiece};
use crate::publish::{Output, Publication, Published};
use crate::read::{InputFile, list_inputs, read};
use crate::tidy::{self, TableDef, TableDescription};
use crate::unseen::Unseen;
use crate::vocab::{Term, Vocabulary};
use crate::watch::{Stage, Watch, go_on};
use arrow_array::RecordBatch;
use arrow_select::concat::concat_batches;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use rayon::current_num_threads;
use rayon::prelude::*;
use sha2::{Digest, Sha256};
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::iter::Peekable;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// How often a run begins anew because inputs change while it reads them.
const ATTEMPTS: usize = 3;
/// So many groups of documents are taken together at most, also where earlier runs have kept them.
const GROUPS_AT_ONCE: usize = 64;
/// Of so many documents of a chunk the rows lie in memory one by one, before they are columns.
const DOCUMENTS_AT_ONCE: usize = 32;
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
        Some(Unseen::of(&walked, &vocabulary))
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
    /// A document; other inputs may have the same bytes.
    Document { has_copies: bool },
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
                    (Listed { input, digest, kind: Kind::Document { has_copies: false } }, file.container)
                }
                None => {
                    let digest = InputDigest { bytes: 0, path, sha256: String::new() };
                    (Listed { kind: Kind::Unread(issues), digest, input }, "")
                }
            })
        });
        let (mut listed, containers): (Vec<Listed>, Vec<&str>) =
            listed.collect::<Result<Vec<_>>>()?.into_iter().unzip();
        let mut firsts = HashMap::new();
        let mut copies = Vec::new();
        for (at, (input, container)) in listed.iter().zip(containers).enumerate() {
            if matches!(input.kind, Kind::Document { .. }) {
                match firsts.entry((input.digest.sha256.as_str(), container)) {
                    Entry::Occupied(first) => copies.push((*first.get(), at)),
                    Entry::Vacant(free) => _ = free.insert(at),
                }
            }
        }
        for (first, copy) in copies {
            listed[first].kind = Kind::Document { has_copies: true };
            listed[copy].kind = Kind::Copy;
        }
        Ok(listed)
    }

    fn weight(&self) -> Weight {
        let bits = |digest: &str| u64::from_str_radix(digest.get(..16)?, 16).ok();
        let hash = matches!(self.kind, Kind::Document { .. }).then(|| bits(&self.digest.sha256)).flatten();
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
        let inputs = || listed.iter().map(|input| input.digest.clone()).collect();
        let mut sources = Sources::new(config, vocabulary, inputs())?;
        let mut before = output.current();
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
        // The inputs of a country are long lists; at the end they are made anew.
        sources.inputs = Vec::new();
        before.iter_mut().for_each(|before| before.sources.inputs = Vec::new());
        watch.begin(Stage::Documents, bytes);
        let mut totals = Totals { known: Some(Known::new(publication.directory())), ..Totals::default() };
        self.documents(listed, &seed, &mut totals, &mut publication)?;
        self.words(&seed, &mut publication)?;
        self.derived(&seed, &totals, &mut publication)?;
        watch.begin(Stage::Check, 0);
        summary.verdict = publication.verdict(before.as_ref())?;
        watch.begin(Stage::Publish, 0);
        go_on(watch)?;
        sources.set_inputs(inputs());
        summary.published = publication.finish(sources, &vocabulary.files, &tables)?;
        summary.is_new = true;
        let Totals { documents, cached, linked, issues, .. } = totals;
        Ok(Summary { documents, cached, linked: Some(linked), issues, ..summary })
    }

    /// The tables that are made of each document alone.
    fn documents<'l>(
        &self,
        listed: &'l [Listed],
        seed: &str,
        totals: &mut Totals,
        publication: &mut Publication,
    ) -> Result<()> {
        // Also a corpus without a row has all tables.
        for table in &row_tables() {
            publication.append_empty(table)?;
        }
        let weights: Vec<Weight> = listed.iter().map(Listed::weight).collect();
        let ranges = chunks(&weights).into_iter();
        let chunks = ranges.map(|range| self.chunk(&listed[range], seed));
        let weigh = |chunk: &Chunk| (chunk.is_kept, chunk.documents.len());
        let some = Together::new(chunks, weigh, self.config.run.batch, current_num_threads());
        let maker = Arc::clone(&publication.maker);
        let make = |some: Vec<Chunk<'l>>| {
            let made = some.par_iter().map(|chunk| Ok((chunk.listed, self.rows(chunk, &maker)?)));
            made.collect::<Result<Vec<_>>>()
        };
        in_turns(some, make, |made| {
            let (listed, pieces): (Vec<_>, Vec<_>) = made.into_iter().unzip();
            let (pieces, notes): (Vec<_>, Vec<_>) = pieces.into_iter().map(|piece| (piece.tables, piece.notes)).unzip();
            publication.append_pieces(pieces)?;
            for (listed, notes) in listed.into_iter().zip(notes) {
                totals.take(listed, notes)?;
                totals.write(publication, ROWS_AT_ONCE)?;
            }
            Ok(())
        })?;
        totals.known = None;
        totals.write(publication, 0)
    }

    /// Consecutive inputs, and whether an earlier run has kept their rows.
    fn chunk<'l>(&self, listed: &'l [Listed], seed: &str) -> Chunk<'l> {
        let documents: Vec<&Listed> =
            listed.iter().filter(|input| matches!(input.kind, Kind::Document { .. })).collect();
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
        let core = core_indicators(self.vocabulary);
        let mut notes = Vec::with_capacity(documents.len());
        let mut parts = Vec::new();
        for (documents, keys) in documents.chunks(DOCUMENTS_AT_ONCE).zip(keys.chunks(DOCUMENTS_AT_ONCE)) {
            let made = documents.par_iter().zip(keys).map(|(input, key)| {
                go_on(self.watch)?;
                let outcome = match earlier.contains_key(key) {
                    true => None,
                    false => Some(process(input, self.config, self.vocabulary)?),
                };
                self.watch.advance(input.digest.bytes);
                Ok(outcome)
            });
            let mut rows = Vec::new();
            for (outcome, key) in made.collect::<Result<Vec<_>>>()?.into_iter().zip(keys) {
                match (outcome, earlier.get(key)) {
                    (Some(mut outcome), _) => {
                        notes.push(note(key.clone(), &mut outcome, core.len()));
                        rows.push(outcome);
                    }
                    (None, Some((piece, at))) => {
                        parts.push(Part::made(std::mem::take(&mut rows), &core)?);
                        notes.push(piece.note(*at));
                        parts.push(Part::Kept(piece, *at));
                    }
                    (None, None) => {}
                }
            }
            parts.push(Part::made(rows, &core)?);
        }
        // What was cut short by a stop must not be kept.
        go_on(self.watch)?;
        let tables = row_tables().into_par_iter().enumerate().map(|(at, table)| {
            let batches: Vec<RecordBatch> = parts.iter().map(|part| part.batch(at)).collect();
            let rows = concat_batches(&Arc::new(table.schema()), &batches).map_err(Error::table(table.name))?;
            drop(batches);
            maker.table(&table, &rows)
        });
        let piece = Piece { tables: tables.collect::<Result<_>>()?, notes };
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
        let weigh = |areas: &&Areas| (areas.is_kept, areas.documents.len());
        let together: Vec<Vec<&Areas>> = Together::new(groups.iter(), weigh, derive::GROUP_DOCUMENTS, 1).collect();
        // Reports of one area may stand in many row groups, so what is to be made is read at once.
        let new = together.iter().map(|some| {
            let new = some.iter().filter(|areas| !areas.is_kept);
            new.map(|areas| areas.documents).collect::<Vec<_>>()
        });
        let parts = written.parted(&new.collect::<Vec<_>>())?;
        let maker = Arc::clone(&publication.maker);
        let make = |(part, some): (usize, Vec<&Areas<'_>>)| {
            go_on(self.watch)?;
            let stated = parts.stated(part)?;
            let pieces = some.par_iter().map(|areas| self.derived_rows(areas, &stated, &written, &maker));
            pieces.map(|piece| Ok(piece?.tables)).collect::<Result<Vec<_>>>()
        };
        in_turns(together.into_iter().enumerate(), make, |pieces| publication.append_pieces(pieces))
    }

    /// Some areas, and whether an earlier run has kept what was made of them.
    fn areas<'w>(&self, documents: &'w HashSet<String>, seed: &str, totals: &Totals) -> Areas<'w> {
        let mut keys: Vec<u128> = documents.iter().filter_map(|id| totals.keys.get(&number_of(id)?).copied()).collect();
        keys.sort_unstable();
        let keys: Vec<String> = keys.into_iter().map(|key| format!("{key:x}")).collect();
        let key = digest_of([seed, "derived"].into_iter().chain(keys.iter().map(String::as_str)));
        let is_kept = self.cache.is_some_and(|cache| cache.has(&key));
        Areas { documents, key, is_kept }
    }

    /// What is made of some areas: kept from an earlier run, or made of what they state.
    fn derived_rows(&self, areas: &Areas, stated: &Stated, written: &Written, maker: &Maker) -> Result<Piece> {
        self.watch.advance(1);
        self.kept_or_made(&areas.key, || {
            // What was kept is damaged.
            let again = areas.is_kept.then(|| written.stated(areas.documents)).transpose()?;
            let group = written.group(again.as_ref().unwrap_or(stated), areas.documents)?;
            maker.piece(&tables_of(&group, self.vocabulary)?, Vec::new())
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

/// Makes something of each of `things`, and takes it in order; while one is taken the next is made.
fn in_turns<T: Send, M: Send>(
    things: impl Iterator<Item = T>,
    make: impl Fn(T) -> Result<M> + Sync,
    mut take: impl FnMut(M) -> Result<()> + Send,
) -> Result<()> {
    let mut made: Option<M> = None;
    for thing in things {
        let before = made.take();
        let (taken, next) = rayon::join(|| before.map_or(Ok(()), &mut take), || make(thing));
        taken?;
        made = Some(next?);
    }
    made.map_or(Ok(()), take)
}

/// Groups of documents that are taken together: at most so many documents, those that an earlier run has kept not counted,
/// but at least so many groups.
struct Together<I: Iterator, W> {
    groups: Peekable<I>,
    /// Tells of a group whether an earlier run has kept it, and how many documents it has.
    weigh: W,
    most: usize,
    least: usize,
}

impl<I: Iterator, W: Fn(&I::Item) -> (bool, usize)> Together<I, W> {
    fn new(groups: I, weigh: W, most: usize, least: usize) -> Together<I, W> {
        Together { groups: groups.peekable(), weigh, most, least }
    }
}

impl<I: Iterator, W: Fn(&I::Item) -> (bool, usize)> Iterator for Together<I, W> {
    type Item = Vec<I::Item>;

    fn next(&mut self) -> Option<Vec<I::Item>> {
        let (mut some, mut sum, mut new) = (Vec::new(), 0, 0);
        while let Some(group) = self.groups.peek() {
            let (is_kept, documents) = (self.weigh)(group);
            sum += if is_kept { 0 } else { documents };
            new += usize::from(!is_kept);
            if !some.is_empty() && (some.len() == GROUPS_AT_ONCE || (sum > self.most && new > self.least)) {
                break;
            }
            some.extend(self.groups.next());
        }
        (!some.is_empty()).then_some(some)
    }
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
            let batches = reader.and_then(|reader| reader.build()).map_err(Error::table(table.name))?;
            let batches = batches.collect::<std::result::Result<Vec<_>, _>>().map_err(Error::table(table.name))?;
            concat_batches(&Arc::new(table.schema()), &batches).map_err(Error::table(table.name))
        };
        let tables = row_tables().into_par_iter().zip(&piece.tables).map(decode).collect::<Result<_>>()?;
        Ok(EarlierPiece { notes: piece.notes, tables })
    }

    /// The rows of a document in one of the tables.
    fn rows(&self, table: usize, at: usize) -> RecordBatch {
        let length = |note: &Note| note.rows.get(table).copied().unwrap_or(0);
        let start = self.notes[..at].iter().map(length).sum();
        self.tables[table].slice(start, length(&self.notes[at]))
    }

    fn note(&self, at: usize) -> Note {
        Note { is_kept: true, ..self.notes[at].clone() }
    }
}

/// Where rows of a chunk come from.
enum Part<'e> {
    /// Of documents read now the rows of each table.
    Made(Vec<RecordBatch>),
    /// A document of an earlier run.
    Kept(&'e EarlierPiece, usize),
}

impl Part<'_> {
    fn made(outcomes: Vec<DocumentOutcome>, core: &[String]) -> Result<Self> {
        let tables = (0..row_tables().len()).into_par_iter();
        Ok(Part::Made(tables.map(|table| batch(&outcomes, table, core)).collect::<Result<_>>()?))
    }

    /// The rows of one of the tables.
    fn batch(&self, table: usize) -> RecordBatch {
        match self {
            Part::Made(tables) => tables[table].clone(),
            Part::Kept(piece, at) => piece.rows(table, *at),
        }
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

/// A number written in hex.
fn number_of(digits: &str) -> Option<u128> {
    u128::from_str_radix(digits, 16).ok()
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
    vocabulary
        .indicators
        .iter()
        .filter(|indicator| indicator.is_core)
        .map(|indicator| indicator.id.to_string())
        .collect()
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

/// The tables that are made of each document alone, in the order in which [`batch`] gives them.
fn row_tables() -> Vec<TableDescription> {
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

/// The rows of documents in one of the [tables](row_tables).
fn batch(outcomes: &[DocumentOutcome], table: usize, core: &[String]) -> Result<RecordBatch> {
    fn rows<R: 'static>(
        table: &TableDef<R>,
        outcomes: &[DocumentOutcome],
        rows: impl Fn(&DocumentOutcome) -> &[R],
    ) -> Result<RecordBatch> {
        table.batch_of_parts(&outcomes.iter().map(rows).collect::<Vec<_>>())
    }
    match table {
        0 => rows(&tidy::SENTENCES, outcomes, |outcome| &outcome.sentences),
        1 => rows(&tidy::OBSERVATIONS, outcomes, |outcome| &outcome.observations),
        2 => rows(&tidy::TARGETS, outcomes, |outcome| &outcome.targets),
        3 => rows(&tidy::TERM_COUNTS, outcomes, |outcome| &outcome.term_counts),
        4 => rows(&tidy::TERM_MATCHES, outcomes, |outcome| &outcome.term_matches),
        5 => rows(&tidy::HONOURS, outcomes, |outcome| &outcome.honours),
        6 => rows(&tidy::RANKINGS, outcomes, |outcome| &outcome.rankings),
        _ => {
            let coverage = |outcome: &DocumentOutcome| {
                tidy::coverage(outcome.document.as_slice(), &outcome.observations, &outcome.targets, core)
            };
            tidy::COVERAGE.batch(&outcomes.iter().flat_map(coverage).collect::<Vec<_>>())
        }
    }
}

/// What is noted of a document. Its row and its issues go along, those of the other tables stay.
fn note(key: String, outcome: &mut DocumentOutcome, core: usize) -> Note {
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
    let (issues, signature) = (std::mem::take(&mut outcome.issues), outcome.signature.take());
    Note { key, document: outcome.document.clone(), issues, signature, rows, linked, is_kept: false }
}

/// What all documents together come to, and the rows that depend on the documents before.
#[derive(Default)]
struct Totals {
    documents: usize,
    cached: usize,
    linked: usize,
    issues: BTreeMap<IssueCode, usize>,
    /// What became of each digest of bytes that stands more than once: the first path with a document, or why there is
    /// none.
    seen: HashMap<String, std::result::Result<String, Vec<Issue>>>,
    /// The key of every document that has rows, by its id; both are numbers in hex.
    keys: HashMap<u128, u128>,
    /// The texts met so far; none once all are.
    known: Option<Known>,
    document_rows: Vec<DocumentRow>,
    issue_rows: Vec<Issue>,
}

impl Totals {
    /// Takes in consecutive inputs and the notes of those that are documents: counts them, and names copies.
    fn take(&mut self, listed: &[Listed], notes: Vec<Note>) -> Result<()> {
        let mut notes = notes.into_iter();
        for input in listed {
            let InputDigest { path, sha256, .. } = &input.digest;
            let issues = match &input.kind {
                Kind::Document { has_copies } => match notes.next() {
                    Some(note) => self.take_document(has_copies.then_some(sha256), path, note)?,
                    None => Vec::new(),
                },
                Kind::Copy => self.copy(sha256, path),
                Kind::Unread(issues) => unread(path, issues.clone()).issues,
            };
            for issue in &issues {
                *self.issues.entry(issue.code).or_default() += 1;
            }
            self.issue_rows.extend(issues);
        }
        Ok(())
    }

    /// A document, which may have nearly the text of one before it; gives its issues. Of one that has copies the digest
    /// is told.
    fn take_document(&mut self, sha256: Option<&String>, path: &str, note: Note) -> Result<Vec<Issue>> {
        let Note { key, document, mut issues, signature, linked, is_kept, .. } = note;
        self.linked += linked;
        self.cached += usize::from(is_kept);
        let Some(mut document) = document else {
            if let Some(sha256) = sha256 {
                self.seen.entry(sha256.clone()).or_insert_with(|| Err(issues.clone()));
            }
            return Ok(issues);
        };
        self.documents += 1;
        if let Some(sha256) = sha256 {
            self.seen.insert(sha256.clone(), Ok(path.to_string()));
        }
        if let (Some(known), Some(signature)) = (&mut self.known, &signature) {
            let met = known.meet(signature, &mut document);
            issues.extend(met.map_err(Error::io("cannot keep signatures for", path))?);
        }
        self.keys.extend(number_of(&document.document_id).zip(number_of(&key)));
        self.document_rows.push(document);
        Ok(issues)
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
            id: i.id.to_string(),
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
            unit_measure: u.code.to_string(),
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
