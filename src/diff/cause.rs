//! Why a row differs: which of the sources that differ can bear on it.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use super::cells::{digest, text_digest};
use super::rows::{Cells, Ids, Plan};
use crate::error::{Error, Result};
use crate::manifest::{Change, Differences};
use crate::stored;

/// What can be the cause of a difference.
pub const CAUSES: [&str; 5] = [INPUT, VOCABULARY, OPTIONS, PROGRAM, UNKNOWN];
const INPUT: &str = "input";
const VOCABULARY: &str = "vocabulary";
const OPTIONS: &str = "options";
const PROGRAM: &str = "program";
/// No source differs that could be the cause, or the sources of one version are not known.
const UNKNOWN: &str = "unknown";

/// Tables that are made of the vocabulary alone.
const OF_VOCABULARY: [&str; 4] = ["indicators", "dictionary_terms", "units", "areas"];
/// A document of which this column differs may itself be the same; it is about other documents.
const ABOUT_OTHERS: &str = "duplicate_of";
/// Sections whose options change no row.
const SECTIONS_WITHOUT_ROWS: [&str; 2] = ["write.", "check."];
/// The table that has each document with the area under which reports are set side by side.
const AREAS_OF_DOCUMENTS: &str = "checks";

/// How a document is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Touch {
    /// New or vanished.
    Alone,
    /// Its bytes or its path are others.
    Edited,
}

/// What can be said of the causes of all rows.
#[derive(Default)]
pub(super) struct Causes {
    /// Those that differ and bear on every row, in the order of [`CAUSES`].
    others: Vec<&'static str>,
    /// By the digest of the id, of an edited document of the old one.
    documents: HashMap<u64, Touch>,
    paths: HashMap<u64, Touch>,
    /// Areas of those documents.
    areas: HashSet<u64>,
    inputs_differ: bool,
    pub are_sources_known: bool,
}

impl Causes {
    /// By what differs in the sources; `None` where that is not known.
    pub fn new(sources: Option<&Differences>) -> Causes {
        let mut causes = Causes::default();
        let Some(sources) = sources else {
            causes.others.push(UNKNOWN);
            return causes;
        };
        let bears = |name: &str| !SECTIONS_WITHOUT_ROWS.iter().any(|section| name.starts_with(section));
        if !sources.vocabulary.is_empty() {
            causes.others.push(VOCABULARY);
        }
        if sources.options.iter().any(|option| bears(&option.name)) {
            causes.others.push(OPTIONS);
        }
        if sources.program.is_some() {
            causes.others.push(PROGRAM);
        }
        for Change { name, old, new } in &sources.inputs {
            let touch = if old.is_some() && new.is_some() { Touch::Edited } else { Touch::Alone };
            causes.paths.insert(text_digest(name), touch);
        }
        causes.inputs_differ = !sources.inputs.is_empty();
        causes.are_sources_known = true;
        causes
    }

    /// Learns of a document that differs, by its id and the paths it has and had. Where the sources are known, they tell
    /// whether its file differs: an option can also make a document come and go.
    pub fn touch(&mut self, document: u64, paths: &[u64], touch: Touch) {
        if !self.are_sources_known || paths.iter().any(|path| self.paths.contains_key(path)) {
            self.documents.insert(document, touch);
            self.inputs_differ = true;
        }
    }

    /// Learns of which areas the documents are that differ.
    pub fn learn_areas(&mut self, directory: &Path, ids: &Ids) -> Result<()> {
        let path = directory.join(format!("{AREAS_OF_DOCUMENTS}.parquet"));
        if !path.is_file() || self.documents.is_empty() {
            return Ok(());
        }
        let wrong = |message: String| Error::Config(format!("{} cannot be read: {message}", path.display()));
        stored::each_batch(stored::open(&path, wrong)?, ["document_id", "area"], wrong, |batch| {
            if let (Some(documents), Some(areas)) = (batch.column_by_name("document_id"), batch.column_by_name("area"))
            {
                let touched =
                    (0..batch.num_rows()).filter(|&row| self.touched(ids.of(digest(documents, row))).is_some());
                let found: Vec<u64> = touched.map(|row| digest(areas, row)).filter(|&area| area != 0).collect();
                self.areas.extend(found);
            }
            Ok(())
        })?;
        Ok(())
    }

    fn touched(&self, document: u64) -> Option<Touch> {
        self.documents.get(&document).copied()
    }

    /// How the document of a row is concerned, or of an issue its file.
    pub fn touch_of(&self, plan: &Plan, ids: &Ids, old: Option<Cells>, new: Option<Cells>) -> Option<Touch> {
        let own = digests(plan, ids, "document_id", old, new).find_map(|document| self.touched(document));
        let path = || digests(plan, ids, "source_path", old, new).find_map(|path| self.paths.get(&path).copied());
        own.or_else(|| if plan.table == "issues" { path() } else { None })
    }

    /// The causes of a difference, joined by `|`: of a row in one version, or of one in both in which columns differ.
    pub fn of(
        &self,
        plan: &Plan,
        ids: &Ids,
        (old, new): (Option<Cells>, Option<Cells>),
        own: Option<Touch>,
        differing: &[usize],
    ) -> String {
        if OF_VOCABULARY.contains(&plan.table) {
            return self.joined([VOCABULARY, PROGRAM, UNKNOWN].into_iter().filter(|cause| self.others.contains(cause)));
        }
        if own == Some(Touch::Alone) {
            return INPUT.to_string();
        }
        let cells = |name| digests(plan, ids, name, old, new);
        let mut other_documents = cells("other_document_id").chain(cells("outcome_document_id"));
        let by_input = own.is_some()
            || other_documents.any(|document| self.touched(document).is_some())
            || cells("area").any(|area| self.areas.contains(&area))
            || (self.inputs_differ && differing.iter().any(|&at| plan.columns[at].name == ABOUT_OTHERS));
        // Where a row says the same, its report alone gave it other ids.
        let says_the_same = old.is_some() && new.is_some() && differing.is_empty();
        if by_input && says_the_same {
            return INPUT.to_string();
        }
        self.joined(by_input.then_some(INPUT).into_iter().chain(self.others.iter().copied()))
    }

    /// Where nothing is found, what is left: the inputs, if they differ.
    fn joined(&self, found: impl Iterator<Item = &'static str>) -> String {
        let found: Vec<&str> = found.collect();
        match (found.as_slice(), self.inputs_differ) {
            ([], true) => INPUT.to_string(),
            ([], false) => UNKNOWN.to_string(),
            _ => found.join("|"),
        }
    }
}

/// A cell of a row in both versions, as digests.
fn digests<'a>(
    plan: &Plan,
    ids: &'a Ids,
    name: &str,
    old: Option<Cells<'a>>,
    new: Option<Cells<'a>>,
) -> impl Iterator<Item = u64> + 'a {
    let at = plan.column(name);
    at.into_iter().flat_map(move |at| [old.map(|old| old.digest(at)), new.map(|new| ids.of(new.digest(at)))]).flatten()
}
