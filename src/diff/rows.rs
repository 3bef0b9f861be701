//! Two versions of one table: which rows are the same, and which cells of them differ.
//!
//! Both are read twice. The first reading keeps two digests a row; the second fetches the rows that differ.

use std::collections::{HashMap, HashSet, VecDeque};
use std::ops::Range;
use std::path::{Path, PathBuf};

use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::SchemaRef;
use parquet::arrow::arrow_reader::RowSelection;

use super::cells::{Renamed, digest, is_plain, text, together};
use crate::error::{Error, Result};
use crate::stored::{self, Stored};
use crate::tidy::TableDescription;

/// How many rows are read at a time.
const BATCH_ROWS: usize = 8192;
/// Columns that say where in a text a row stands; they move when the text is edited elsewhere.
const PLACES: [&str; 3] = ["sentence_id", "source_start", "source_end"];
/// The column of the document that a row is of.
const DOCUMENT: &str = "document_id";

/// What is known of all tables while they are compared one after the other.
#[derive(Default)]
pub(super) struct Ids {
    /// Documents that got other bytes and rows that got another id.
    pub renamed: Renamed,
    /// The documents that got other bytes, by the digest of their old id.
    pub edited: HashSet<u64>,
}

impl Ids {
    /// What a new id was called before.
    pub fn of(&self, digest: u64) -> u64 {
        self.renamed.get(&digest).copied().unwrap_or(digest)
    }
}

/// Of which documents rows are found again by some columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bytes {
    Any,
    /// Documents with the same bytes.
    Same,
    /// Documents with other bytes, where no place in the text tells anything.
    Other,
}

/// By which columns rows are found again whose key is in one version alone.
type Likeness = (Bytes, &'static [&'static str]);

const FROM_START: Likeness = (Bytes::Same, &["document_id", "source_start"]);
const TO_END: Likeness = (Bytes::Same, &["document_id", "source_end"]);

/// The likenesses of a table, tried one after the other.
const LIKENESSES: &[(&str, &[Likeness])] = &[
    ("documents", &[(Bytes::Any, &["source_path"])]),
    ("sentences", &[TO_END, (Bytes::Other, &["document_id", "text"])]),
    (
        "observations",
        &[
            FROM_START,
            TO_END,
            (Bytes::Other, &["document_id", "quote", "value_text", "measure"]),
            (Bytes::Other, &["document_id", "indicator_text", "measure", "scope", "time_period", "status"]),
            (Bytes::Other, &["document_id", "section_path", "value_text", "measure", "time_period"]),
        ],
    ),
    (
        "targets",
        &[
            FROM_START,
            TO_END,
            (Bytes::Other, &["document_id", "quote", "target_text"]),
            (Bytes::Other, &["document_id", "indicator_text", "measure", "scope", "horizon"]),
            (Bytes::Other, &["document_id", "section_path", "target_text", "horizon"]),
        ],
    ),
    (
        "honours",
        &[
            FROM_START,
            TO_END,
            (Bytes::Other, &["document_id", "quote", "title_text"]),
            (Bytes::Other, &["document_id", "title"]),
            (Bytes::Other, &["document_id", "quote"]),
        ],
    ),
    (
        "rankings",
        &[
            FROM_START,
            TO_END,
            (Bytes::Other, &["document_id", "quote", "rank_text"]),
            (Bytes::Other, &["document_id", "indicator_text", "within", "time_period"]),
            (Bytes::Other, &["document_id", "section_path", "rank_text"]),
        ],
    ),
    (
        "issues",
        &[
            (Bytes::Same, &["document_id", "code", "source_start", "source_end"]),
            (Bytes::Any, &["source_path", "code", "message"]),
        ],
    ),
    (
        "panel",
        &[(
            Bytes::Any,
            &["area", "indicator", "qualifier", "measure", "change_basis", "within", "unit_measure", "time_period"],
        )],
    ),
    (
        "vintages",
        &[(
            Bytes::Any,
            &[
                "document_id",
                "indicator",
                "qualifier",
                "measure",
                "change_basis",
                "within",
                "unit_measure",
                "time_period",
            ],
        )],
    ),
    ("target_outcomes", &[(Bytes::Other, &["document_id", "indicator_text", "qualifier", "measure", "time_period"])]),
    ("conflicts", &[(Bytes::Other, &["document_id", "kind", "indicator_text", "measure", "time_period"])]),
];

/// A column that both versions have.
pub(super) struct Column {
    pub name: String,
    /// It holds ids, of documents or rows.
    is_id: bool,
    /// It depends on where in the text the row stands.
    is_place: bool,
}

impl Column {
    fn new(name: &str) -> Column {
        let is_row_id = (name.ends_with("_id") && name != "rule_id") || name.starts_with("obs_id");
        let is_document = name.ends_with(DOCUMENT) || name == "duplicate_of";
        Column {
            name: name.to_string(),
            is_id: is_row_id || is_document,
            is_place: (is_row_id && !is_document) || PLACES.contains(&name),
        }
    }
}

/// A table that both versions have, and how it is compared.
pub(super) struct Plan<'t> {
    pub table: &'t str,
    old: PathBuf,
    new: PathBuf,
    pub columns: Vec<Column>,
    /// Columns that the old version alone has.
    pub only_old: Vec<String>,
    pub only_new: Vec<String>,
    /// Columns of the same name and another type, which are not compared.
    pub retyped: Vec<String>,
    /// The columns that rows are matched by; all where there is no key in both.
    key: Vec<usize>,
    /// Whether the key says nothing once the text of the document is another.
    key_has_place: bool,
    /// The key as it is shown.
    shown_key: Vec<usize>,
}

impl<'t> Plan<'t> {
    pub fn new(description: &'t TableDescription, old: PathBuf, new: PathBuf) -> Result<Plan<'t>> {
        let table = description.name;
        let (old_schema, new_schema) = (open(&old)?.schema().clone(), open(&new)?.schema().clone());
        let lacking = |schema: &SchemaRef, in_other: &SchemaRef| -> Vec<String> {
            let names = schema.fields().iter().map(|field| field.name().clone());
            names.filter(|name| in_other.field_with_name(name).is_err()).collect()
        };
        let mut columns = Vec::new();
        let mut retyped = Vec::new();
        for field in new_schema.fields() {
            let Ok(before) = old_schema.field_with_name(field.name()) else { continue };
            if before.data_type() == field.data_type() && is_plain(field.data_type()) {
                columns.push(Column::new(field.name()));
            } else {
                retyped.push(field.name().clone());
            }
        }
        let key_of = |names: &[&str]| -> Vec<usize> {
            let at = |name: &&str| columns.iter().position(|column: &Column| column.name == *name);
            match names.iter().map(at).collect::<Option<Vec<usize>>>() {
                Some(key) if !key.is_empty() => key,
                _ => (0..columns.len()).collect(),
            }
        };
        let shown_key = key_of(description.key);
        // The number of a sentence depends on all sentences before it, its place does not.
        let key = if table == "sentences" { key_of(&["document_id", "source_start"]) } else { shown_key.clone() };
        // An id that leads to a row of another table is known by now under its old name.
        let leads_on = |name: &str| {
            let column = description.columns.iter().find(|column| column.name == name);
            column.is_some_and(|column| column.reference.is_some())
        };
        let key_has_place = key.iter().any(|&at| columns[at].is_place && !leads_on(&columns[at].name));
        Ok(Plan {
            table,
            only_old: lacking(&old_schema, &new_schema),
            only_new: lacking(&new_schema, &old_schema),
            old,
            new,
            columns,
            retyped,
            key,
            key_has_place,
            shown_key,
        })
    }

    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }

    /// The columns of a batch, as this plan has them.
    fn project(&self, batch: &RecordBatch, path: &Path) -> Result<Vec<ArrayRef>> {
        let column = |column: &Column| batch.column_by_name(&column.name).cloned();
        let columns: Option<Vec<ArrayRef>> = self.columns.iter().map(column).collect();
        columns.ok_or_else(|| broken(path, "columns went while it was read"))
    }

    fn each_batch(&self, stored: Stored, path: &Path, mut take: impl FnMut(Vec<ArrayRef>)) -> Result<()> {
        let names = self.columns.iter().map(|column| column.name.as_str());
        let wrong = |message: String| broken(path, &message);
        stored::each_batch(stored.with_batch_size(BATCH_ROWS), names, wrong, |batch| {
            take(self.project(&batch, path)?);
            Ok(())
        })?;
        Ok(())
    }

    /// The digests of every row. Only new ids are ever renamed.
    fn scan(&self, path: &Path, ids: &Ids, is_new: bool) -> Result<Vec<Digests>> {
        let document = self.column(DOCUMENT);
        let mut rows = Vec::new();
        let mut cells = vec![0; self.columns.len()];
        self.each_batch(open(path)?, path, |columns| {
            for row in 0..columns.first().map_or(0, |column| column.len()) {
                let mut is_renamed = false;
                for (at, cell) in cells.iter_mut().enumerate() {
                    let found = digest(&columns[at], row);
                    *cell = if is_new && self.columns[at].is_id { ids.of(found) } else { found };
                    is_renamed |= *cell != found;
                }
                let is_edited = document.is_some_and(|at| ids.edited.contains(&cells[at]));
                rows.push(match is_edited && self.key_has_place {
                    true => {
                        let says = (0..cells.len()).filter(|&at| !self.columns[at].is_place);
                        let says = together(says.map(|at| cells[at]));
                        Digests { key: says, all: says, is_renamed: true }
                    }
                    false => Digests {
                        key: together(self.key.iter().map(|&at| cells[at])),
                        all: together(cells.iter().copied()),
                        is_renamed,
                    },
                });
            }
        })?;
        Ok(rows)
    }

    /// Some rows of a file, given in their order.
    fn fetch(&self, path: &Path, rows: Vec<usize>) -> Result<Fetched> {
        let stored = open(path)?;
        let total = stored.metadata().file_metadata().num_rows().max(0) as usize;
        let selection = RowSelection::from_consecutive_ranges(ranges(&rows).into_iter(), total);
        let mut fetched = Fetched { rows, starts: Vec::new(), batches: Vec::new() };
        let mut read = 0;
        self.each_batch(stored.with_row_selection(selection), path, |columns| {
            fetched.starts.push(read);
            read += columns.first().map_or(0, |column| column.len());
            fetched.batches.push(columns);
        })?;
        if read == fetched.rows.len() { Ok(fetched) } else { Err(broken(path, "it changed while it was read")) }
    }

    /// Compares the versions.
    pub fn compare(&self, ids: &Ids) -> Result<Compared<'_>> {
        let old = self.scan(&self.old, ids, false)?;
        let new = self.scan(&self.new, ids, true)?;
        let Joined { pairs, mut lost, mut gained } = join(&old, &new);
        let is_same = |&&(before, now): &&(usize, usize)| old[before].all == new[now].all;
        let moved: Vec<_> = pairs.iter().filter(is_same).filter(|pair| new[pair.1].is_renamed).copied().collect();
        let changed: Vec<_> = pairs.iter().filter(|pair| !is_same(pair)).copied().collect();
        let side = |alone: &[usize], of: fn(&(usize, usize)) -> usize| {
            let mut rows: Vec<usize> = alone.iter().copied().chain(moved.iter().chain(&changed).map(of)).collect();
            rows.sort_unstable();
            rows
        };
        let old_rows = self.fetch(&self.old, side(&lost, |pair| pair.0))?;
        let new_rows = self.fetch(&self.new, side(&gained, |pair| pair.1))?;
        let mut compared = Compared {
            plan: self,
            rows_old: old.len(),
            rows_new: new.len(),
            old: old_rows,
            new: new_rows,
            lost: Vec::new(),
            gained: Vec::new(),
            changed,
            moved,
        };
        compared.find_again(ids, &mut lost, &mut gained);
        if self.table == "sentences" {
            let mut anchors: Vec<Option<usize>> = vec![None; new.len()];
            pairs
                .iter()
                .chain(&compared.changed)
                .chain(&compared.moved)
                .for_each(|&(old, new)| anchors[new] = Some(old));
            compared.find_behind(ids, &anchors, &mut lost, &mut gained);
        }
        (compared.lost, compared.gained) = (lost, gained);
        compared.changed.sort_unstable_by_key(|pair| pair.1);
        compared.moved.sort_unstable_by_key(|pair| pair.1);
        Ok(compared)
    }
}

/// A row of one version.
#[derive(Debug, Clone, Copy)]
struct Digests {
    /// Of what rows are matched by.
    key: u64,
    /// Of all that is compared.
    all: u64,
    /// Whether an id in it is another than in the file.
    is_renamed: bool,
}

struct Joined {
    pairs: Vec<(usize, usize)>,
    lost: Vec<usize>,
    gained: Vec<usize>,
}

/// Rows of the same key in pairs: the first with the first, and so on; pairs in the order of the new rows.
fn join(old: &[Digests], new: &[Digests]) -> Joined {
    let by_key = |rows: &[Digests]| {
        let mut sorted: Vec<(u64, usize)> = rows.iter().enumerate().map(|(at, row)| (row.key, at)).collect();
        sorted.sort_unstable();
        sorted
    };
    let (old, new) = (by_key(old), by_key(new));
    let mut joined = Joined { pairs: Vec::new(), lost: Vec::new(), gained: Vec::new() };
    let (mut i, mut j) = (0, 0);
    while i < old.len() || j < new.len() {
        match (old.get(i), new.get(j)) {
            (Some(before), Some(now)) if before.0 == now.0 => {
                joined.pairs.push((before.1, now.1));
                (i, j) = (i + 1, j + 1);
            }
            (Some(before), now) if now.is_none_or(|now| before.0 < now.0) => {
                joined.lost.push(before.1);
                i += 1;
            }
            (_, Some(now)) => {
                joined.gained.push(now.1);
                j += 1;
            }
            (_, None) => break,
        }
    }
    joined.pairs.sort_unstable_by_key(|pair| pair.1);
    joined.lost.sort_unstable();
    joined.gained.sort_unstable();
    joined
}

/// Rising numbers as ranges.
fn ranges(rows: &[usize]) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for &row in rows {
        match ranges.last_mut() {
            Some(last) if last.end == row => last.end += 1,
            _ => ranges.push(row..row + 1),
        }
    }
    ranges
}

/// Rows of a file that were fetched, by their numbers in it.
struct Fetched {
    rows: Vec<usize>,
    /// Which of `rows` begins each batch.
    starts: Vec<usize>,
    batches: Vec<Vec<ArrayRef>>,
}

/// One row that was fetched.
#[derive(Clone, Copy)]
pub(super) struct Cells<'a> {
    columns: &'a [ArrayRef],
    row: usize,
}

impl Fetched {
    /// Only rows that were fetched are asked for; of another one there are no cells.
    fn row(&self, row: usize) -> Cells<'_> {
        let at = self.rows.partition_point(|&fetched| fetched < row);
        let batch = self.starts.partition_point(|&start| start <= at).saturating_sub(1);
        let columns = self.batches.get(batch).map_or(&[][..], Vec::as_slice);
        Cells { columns, row: at - self.starts.get(batch).copied().unwrap_or(at) }
    }
}

impl Cells<'_> {
    pub fn text(&self, column: usize) -> Option<String> {
        text(self.columns.get(column)?, self.row)
    }

    pub fn digest(&self, column: usize) -> u64 {
        self.columns.get(column).map_or(0, |column| digest(column, self.row))
    }
}

/// The outcome for a table: numbers of rows in the two files. Rows that are in no list are the same.
pub(super) struct Compared<'p> {
    plan: &'p Plan<'p>,
    pub rows_old: usize,
    pub rows_new: usize,
    old: Fetched,
    new: Fetched,
    pub lost: Vec<usize>,
    pub gained: Vec<usize>,
    pub changed: Vec<(usize, usize)>,
    /// They say the same; ids or places in the text are others.
    pub moved: Vec<(usize, usize)>,
}

impl Compared<'_> {
    pub fn old_row(&self, row: usize) -> Cells<'_> {
        self.old.row(row)
    }

    pub fn new_row(&self, row: usize) -> Cells<'_> {
        self.new.row(row)
    }

    /// The document of a row, as the old version calls it.
    fn document(&self, ids: &Ids, cells: Cells) -> Option<u64> {
        self.plan.column(DOCUMENT).map(|at| ids.of(cells.digest(at)))
    }

    fn is_edited(&self, ids: &Ids, cells: Cells) -> bool {
        self.document(ids, cells).is_some_and(|document| ids.edited.contains(&document))
    }

    /// Pairs rows whose key is in one version alone by what is told of them in [`LIKENESSES`].
    fn find_again(&mut self, ids: &Ids, lost: &mut Vec<usize>, gained: &mut Vec<usize>) {
        let Some((_, likenesses)) = LIKENESSES.iter().find(|(table, _)| *table == self.plan.table) else { return };
        for (bytes, names) in *likenesses {
            let at = names.iter().map(|name| self.plan.column(name));
            let Some(columns) = at.collect::<Option<Vec<usize>>>() else { continue };
            let concerns =
                |cells: Cells| *bytes == Bytes::Any || self.is_edited(ids, cells) == (*bytes == Bytes::Other);
            let likeness = |cells: Cells| together(columns.iter().map(|&at| ids.of(cells.digest(at))));
            let mut waiting: HashMap<u64, VecDeque<usize>> = HashMap::new();
            for &row in lost.iter() {
                let cells = self.old.row(row);
                if concerns(cells) {
                    waiting.entry(likeness(cells)).or_default().push_back(row);
                }
            }
            let mut pairs = Vec::new();
            for &row in gained.iter() {
                let cells = self.new.row(row);
                if concerns(cells)
                    && let Some(before) = waiting.get_mut(&likeness(cells)).and_then(VecDeque::pop_front)
                {
                    pairs.push((before, row));
                }
            }
            self.pair(ids, pairs, lost, gained);
        }
    }

    /// In documents with other bytes, pairs rows that follow the same row. `anchors` are the old rows of the new ones.
    fn find_behind(&mut self, ids: &Ids, anchors: &[Option<usize>], lost: &mut Vec<usize>, gained: &mut Vec<usize>) {
        let free: HashSet<usize> = lost.iter().copied().collect();
        let mut pairs = Vec::new();
        let (mut anchor, mut next) = (None, gained.iter().peekable());
        for (row, old) in anchors.iter().enumerate() {
            if old.is_some() {
                anchor = old.map(|old| (old, row));
            }
            if next.next_if_eq(&&row).is_none() {
                continue;
            }
            let Some(before) = anchor.map(|(old, new)| old + (row - new)).filter(|old| free.contains(old)) else {
                continue;
            };
            let (old, new) = (self.old.row(before), self.new.row(row));
            if self.is_edited(ids, new) && self.document(ids, old) == self.document(ids, new) {
                pairs.push((before, row));
            }
        }
        self.pair(ids, pairs, lost, gained);
    }

    /// Takes pairs out of what is lost and gained.
    fn pair(&mut self, ids: &Ids, pairs: Vec<(usize, usize)>, lost: &mut Vec<usize>, gained: &mut Vec<usize>) {
        let (old, new): (HashSet<usize>, HashSet<usize>) = pairs.iter().copied().unzip();
        lost.retain(|row| !old.contains(row));
        gained.retain(|row| !new.contains(row));
        for pair in pairs {
            let is_moved = self.differing(ids, pair).is_empty();
            if is_moved { &mut self.moved } else { &mut self.changed }.push(pair);
        }
    }

    /// The columns in which a pair differs. In a document with other bytes places in the text do not count.
    pub fn differing(&self, ids: &Ids, (old, new): (usize, usize)) -> Vec<usize> {
        let (old, new) = (self.old.row(old), self.new.row(new));
        let is_edited = self.plan.key_has_place && self.is_edited(ids, new);
        let differs = |&at: &usize| {
            let column = &self.plan.columns[at];
            let now = new.digest(at);
            let now = if column.is_id { ids.of(now) } else { now };
            !(is_edited && column.is_place) && old.digest(at) != now
        };
        (0..self.plan.columns.len()).filter(differs).collect()
    }

    /// What a row is called: the cells of its key.
    pub fn key(&self, cells: Cells) -> String {
        let cells: Vec<String> = self.plan.shown_key.iter().map(|&at| cells.text(at).unwrap_or_default()).collect();
        cells.join("|")
    }

    /// Tells `ids` of rows that are the same under another id.
    pub fn learn(&self, ids: &mut Ids) {
        let &[at] = self.plan.key.as_slice() else { return };
        if !self.plan.columns[at].is_id {
            return;
        }
        for &(old, new) in self.changed.iter().chain(&self.moved) {
            let (old, new) = (self.old.row(old).digest(at), self.new.row(new).digest(at));
            if old != new {
                ids.renamed.insert(new, old);
            }
        }
    }
}

/// How many rows a table has.
pub(super) fn rows_in(path: &Path) -> Result<u64> {
    Ok(open(path)?.metadata().file_metadata().num_rows().max(0) as u64)
}

fn open(path: &Path) -> Result<Stored> {
    stored::open(path, |message| broken(path, &message))
}

fn broken(path: &Path, message: &str) -> Error {
    Error::Config(format!("{} cannot be read: {message}", path.display()))
}
