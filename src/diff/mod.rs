//! Two datasets side by side: which rows were gained, lost and changed, and what in their sources can be the cause.
//!
//! Rows are matched by the key of their table. An id begins with the digest of its document's bytes, so all rows of a
//! document that was edited have another one; there they are matched by what they say. See `docs/diff.md`.

mod cause;
mod cells;
mod page;
mod rows;
mod table;
#[cfg(test)]
mod tests;
mod vocabulary;

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use serde::Serialize;

use crate::error::{Error, Result};
use crate::manifest::{Differences, Manifest};
use crate::stored;
use crate::tidy::TableDescription;
use cause::{Causes, Touch};
use cells::text_digest;
use rows::{Cells, Compared, Ids, Plan, rows_in};

pub use cause::CAUSES;
pub use table::{DIFFERENCES, DifferenceFile, DifferenceRow};
pub use vocabulary::VocabularyFile;

/// What can have happened to a row.
pub const CHANGES: [&str; 4] = [LOST, GAINED, CHANGED, MOVED];
/// It is in the old version alone.
const LOST: &str = "lost";
/// It is in the new version alone.
const GAINED: &str = "gained";
/// It is in both, and cells differ.
const CHANGED: &str = "changed";
/// It says the same; its ids or its place in the text are others.
const MOVED: &str = "moved";

/// Columns that tell what a row is about; the first of each list that a table has is shown.
const ABOUT: [&[&str]; 5] = [
    &["ref_area_name", "area_name", "area"],
    &["time_period", "horizon", "year"],
    &["code", "kind", "dictionary"],
    &["indicator_text", "title", "indicator", "term", "unit", "name"],
    &["value_text", "target_text", "rank_text", "title_text"],
];
/// Columns that hold the words of the source, the best first.
const QUOTES: [&str; 3] = ["quote", "text", "message"];
/// Tables that other tables lead to; they are compared also when they are not asked for.
const LED_TO: [&str; 6] = ["documents", "sentences", "observations", "targets", "honours", "rankings"];

/// How many different changes of a column are counted one by one.
const MAX_TRANSITIONS: usize = 10_000;

/// What is compared and shown.
#[derive(Debug, Clone, PartialEq)]
pub struct DiffOptions {
    /// All, if empty.
    pub tables: Vec<String>,
    /// How many rows are shown of a kind, and of each column that changed.
    pub rows: usize,
}

/// What differs between two datasets.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Diff {
    /// The names of the versions.
    pub old: String,
    pub new: String,
    /// `None` where a manifest does not tell the sources.
    pub sources: Option<Differences>,
    /// What could not be compared, and why.
    pub notes: Vec<String>,
    pub vocabulary: Vec<VocabularyFile>,
    /// In the order of the codebook.
    pub tables: Vec<TableDiff>,
}

/// How the rows of a table differ.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct TableDiff {
    pub table: String,
    /// `None` where the version has no such table.
    pub rows_old: Option<u64>,
    pub rows_new: Option<u64>,
    pub gained: u64,
    pub lost: u64,
    /// How many of them came with a new report, and went with one that vanished.
    pub gained_with_reports: u64,
    pub lost_with_reports: u64,
    pub changed: u64,
    pub moved: u64,
    pub unchanged: u64,
    /// The columns in which changed rows differ, the most frequent first.
    pub columns: Vec<ColumnDiff>,
    /// How many rows differ by each cause.
    pub causes: BTreeMap<String, u64>,
    /// Columns that one version alone has, or that hold something of another type; they are not compared.
    pub columns_lost: Vec<String>,
    pub columns_gained: Vec<String>,
    pub columns_retyped: Vec<String>,
    /// The first differences of each kind and each column.
    pub examples: Vec<RowDifference>,
}

/// How often a column differs, and how.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ColumnDiff {
    pub column: String,
    pub rows: u64,
    /// The commonest of those that occur more than once; of columns with many of them, of the first met.
    pub commonest: Vec<Transition>,
}

/// From what to what cells changed, and how often.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Transition {
    pub old: Option<String>,
    pub new: Option<String>,
    pub rows: u64,
}

/// How a row differs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RowDifference {
    /// One of [`CHANGES`].
    pub change: &'static str,
    /// The cells of its key, joined by `|`; of a lost row in the old version.
    pub key: String,
    /// The key in the old version, if it was another one.
    pub old_key: Option<String>,
    /// What it is about: place, period, subject, value.
    pub about: String,
    pub quote: Option<String>,
    pub document_id: Option<String>,
    pub source_path: Option<String>,
    /// Some of [`CAUSES`], joined by `|`.
    pub cause: String,
    /// Whether its report as a whole is new or has vanished.
    pub is_with_report: bool,
    /// The cells that differ, if it changed.
    pub cells: Vec<CellDifference>,
}

/// A cell as it was and is, as text.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CellDifference {
    pub column: String,
    pub old: Option<String>,
    pub new: Option<String>,
}

impl Diff {
    /// Whether the tables are the same, of whatever they were made.
    pub fn is_empty(&self) -> bool {
        self.tables.iter().all(TableDiff::is_empty)
    }
}

impl TableDiff {
    pub fn is_empty(&self) -> bool {
        let columns = [&self.columns_lost, &self.columns_gained, &self.columns_retyped];
        self.gained + self.lost + self.changed + self.moved == 0
            && columns.iter().all(|columns| columns.is_empty())
            && self.rows_old.is_some() == self.rows_new.is_some()
    }

    /// Counts a row that differs; gives whether it is one of the first of its kind.
    fn count(&mut self, row: &RowDifference, limit: u64) -> bool {
        let (count, with_reports) = match row.change {
            LOST => (&mut self.lost, Some(&mut self.lost_with_reports)),
            GAINED => (&mut self.gained, Some(&mut self.gained_with_reports)),
            CHANGED => (&mut self.changed, None),
            _ => (&mut self.moved, None),
        };
        *count += 1;
        // That a report brings its rows along goes without saying.
        let goes_without_saying = row.is_with_report && self.table != "documents";
        let is_first = with_reports.is_some_and(|with_reports| {
            *with_reports += u64::from(goes_without_saying);
            !goes_without_saying && *count - *with_reports <= limit
        });
        *self.causes.entry(row.cause.clone()).or_default() += 1;
        is_first
    }
}

/// The columns of a table in which rows differ.
#[derive(Default)]
struct ColumnCounts {
    by_column: BTreeMap<String, ColumnCount>,
}

#[derive(Default)]
struct ColumnCount {
    rows: u64,
    /// By the old cell and the new one.
    transitions: HashMap<(Option<String>, Option<String>), u64>,
}

impl ColumnCounts {
    /// Counts the cells of a row; gives whether one of them is among the first of its column.
    fn count(&mut self, row: &RowDifference, limit: u64) -> bool {
        let mut is_first = false;
        for cell in &row.cells {
            let ColumnCount { rows, transitions } = self.by_column.entry(cell.column.clone()).or_default();
            *rows += 1;
            is_first |= *rows <= limit;
            let transition = (cell.old.clone(), cell.new.clone());
            if let Some(count) = transitions.get_mut(&transition) {
                *count += 1;
            } else if transitions.len() < MAX_TRANSITIONS {
                transitions.insert(transition, 1);
            }
        }
        is_first
    }

    fn into_columns(self, limit: usize) -> Vec<ColumnDiff> {
        let column = |(column, ColumnCount { rows, transitions })| {
            let repeated = transitions.into_iter().filter(|(_, rows)| *rows > 1);
            let mut commonest: Vec<Transition> =
                repeated.map(|((old, new), rows)| Transition { old, new, rows }).collect();
            commonest.sort_by(|left, right| {
                let order = right.rows.cmp(&left.rows);
                order.then_with(|| (&left.old, &left.new).cmp(&(&right.old, &right.new)))
            });
            commonest.truncate(limit);
            ColumnDiff { column, rows, commonest }
        };
        let mut columns: Vec<ColumnDiff> = self.by_column.into_iter().map(column).collect();
        columns.sort_by_key(|column| std::cmp::Reverse(column.rows));
        columns
    }
}

/// Compares the tables in two directories. `take` is told of every row that differs: table by table as in
/// `described`; lost, gained, changed, moved; in the order of the rows.
///
/// # Errors
///
/// [`Error::Config`] or [`Error::Io`] when there is nothing that can be compared, or a file is broken.
pub fn diff(
    old: &Path,
    new: &Path,
    described: &[TableDescription],
    options: &DiffOptions,
    mut take: impl FnMut(&str, &RowDifference) -> Result<()>,
) -> Result<Diff> {
    if let Some(unknown) = options.tables.iter().find(|name| !described.iter().any(|table| table.name == **name)) {
        return Err(Error::Config(format!("there is no table {unknown}")));
    }
    let mut diff = Diff {
        old: name_of(old),
        new: name_of(new),
        sources: None,
        notes: unknown_tables(old, new, described)?,
        vocabulary: Vec::new(),
        tables: Vec::new(),
    };
    match (Manifest::read(old), Manifest::read(new)) {
        (Ok(before), Ok(now)) => {
            let differences = before.sources.differences(&now.sources);
            diff.vocabulary = vocabulary::files(old, new, &differences.vocabulary, options.rows)?;
            diff.sources = Some(differences);
        }
        (before, now) => {
            let errors = [before.err(), now.err()].into_iter().flatten();
            diff.notes.extend(errors.map(|error| format!("sources cannot be compared: {error}")));
        }
    }
    let mut context = Context {
        ids: Ids::default(),
        causes: Causes::new(diff.sources.as_ref()),
        paths: paths(old)?.into_iter().chain(paths(new)?).collect(),
    };
    for table in described {
        let is_wanted = options.tables.is_empty() || options.tables.iter().any(|name| name == table.name);
        if !is_wanted && !LED_TO.contains(&table.name) {
            continue;
        }
        let mut found = TableDiff { table: table.name.to_string(), ..TableDiff::default() };
        let [before, now] = [old, new].map(|directory| stored::path_of(directory, table.name));
        match (before.is_file(), now.is_file()) {
            (false, false) => continue,
            (true, true) => {
                let plan = Plan::new(table, before, now)?;
                context.compare(&plan, &mut found, options.rows, |row| {
                    if is_wanted { take(table.name, row) } else { Ok(()) }
                })?;
            }
            (true, false) => found.rows_old = Some(rows_in(&before)?),
            (false, true) => found.rows_new = Some(rows_in(&now)?),
        }
        if table.name == "documents" {
            context.causes.learn_areas(old, &context.ids)?;
            context.causes.learn_areas(new, &context.ids)?;
        }
        if is_wanted {
            diff.tables.push(found);
        }
    }
    Ok(diff)
}

/// What is known while the tables are compared.
struct Context {
    ids: Ids,
    causes: Causes,
    /// The path of a document by the digest of its id.
    paths: HashMap<u64, String>,
}

impl Context {
    fn compare(
        &mut self,
        plan: &Plan,
        found: &mut TableDiff,
        limit: usize,
        mut take: impl FnMut(&RowDifference) -> Result<()>,
    ) -> Result<()> {
        let compared = plan.compare(&self.ids)?;
        if plan.table == "documents" {
            self.learn_documents(plan, &compared);
        }
        let mut columns = ColumnCounts::default();
        let mut tell = |row: RowDifference| {
            let is_first = found.count(&row, limit as u64) | columns.count(&row, limit as u64);
            take(&row)?;
            if is_first {
                found.examples.push(row);
            }
            Ok::<(), Error>(())
        };
        let alone = |row: Cells, change: &'static str| {
            let (old, new) = if change == LOST { (Some(row), None) } else { (None, Some(row)) };
            self.difference(plan, &compared, change, old, new, &[])
        };
        for &row in &compared.lost {
            tell(alone(compared.old_row(row), LOST))?;
        }
        for &row in &compared.gained {
            tell(alone(compared.new_row(row), GAINED))?;
        }
        for (pairs, change) in [(&compared.changed, CHANGED), (&compared.moved, MOVED)] {
            for &pair in pairs {
                let differing = if change == CHANGED { compared.differing(&self.ids, pair) } else { Vec::new() };
                let (old, new) = (compared.old_row(pair.0), compared.new_row(pair.1));
                tell(self.difference(plan, &compared, change, Some(old), Some(new), &differing))?;
            }
        }
        found.columns = columns.into_columns(limit);
        found.rows_old = Some(compared.rows_old as u64);
        found.rows_new = Some(compared.rows_new as u64);
        found.unchanged = compared.rows_old as u64 - found.lost - found.changed - found.moved;
        found.columns_lost.clone_from(&plan.only_old);
        found.columns_gained.clone_from(&plan.only_new);
        found.columns_retyped.clone_from(&plan.retyped);
        compared.learn(&mut self.ids);
        Ok(())
    }

    /// Which documents are new, vanished or edited.
    fn learn_documents(&mut self, plan: &Plan, compared: &Compared) {
        let (Some(id), Some(path)) = (plan.column("document_id"), plan.column("source_path")) else { return };
        let alone = compared.lost.iter().map(|&row| compared.old_row(row));
        for cells in alone.chain(compared.gained.iter().map(|&row| compared.new_row(row))) {
            self.causes.touch(cells.digest(id), &[cells.digest(path)], Touch::Alone);
        }
        for &(old, new) in &compared.changed {
            let (old, new) = (compared.old_row(old), compared.new_row(new));
            let paths = [old.digest(path), new.digest(path)];
            let is_edited = old.digest(id) != new.digest(id);
            if is_edited {
                self.ids.edited.insert(old.digest(id));
            }
            // Where the sources are not known, paths may have been written in another way.
            if is_edited || (self.causes.are_sources_known && paths[0] != paths[1]) {
                self.causes.touch(old.digest(id), &paths, Touch::Edited);
            }
        }
    }

    fn difference(
        &self,
        plan: &Plan,
        compared: &Compared,
        change: &'static str,
        old: Option<Cells>,
        new: Option<Cells>,
        differing: &[usize],
    ) -> RowDifference {
        let shown = new.or(old);
        let first = |names: &[&str]| {
            let mut at = names.iter().filter_map(|name| plan.column(name));
            at.find_map(|at| shown?.text(at)).filter(|text| !text.is_empty())
        };
        let key = |cells: Option<Cells>| cells.map(|cells| compared.key(cells));
        let document_id = first(&["document_id"]);
        let known = || self.paths.get(&text_digest(document_id.as_deref()?)).cloned();
        let cell = |&at: &usize| CellDifference {
            column: plan.columns[at].name.clone(),
            old: old.and_then(|old| old.text(at)),
            new: new.and_then(|new| new.text(at)),
        };
        let now = key(shown).unwrap_or_default();
        let own = self.causes.touch_of(plan, &self.ids, old, new);
        RowDifference {
            change,
            old_key: key(old).filter(|before| *before != now),
            key: now,
            about: ABOUT.iter().filter_map(|names| first(names)).collect::<Vec<_>>().join(" "),
            quote: first(&QUOTES),
            source_path: first(&["source_path"]).or_else(known),
            document_id,
            cause: self.causes.of(plan, &self.ids, (old, new), own, differing),
            is_with_report: own == Some(Touch::Alone),
            cells: differing.iter().map(cell).collect(),
        }
    }
}

/// The paths of the documents by the digests of their ids.
fn paths(directory: &Path) -> Result<HashMap<u64, String>> {
    let path = directory.join("documents.parquet");
    let mut paths = HashMap::new();
    if !path.is_file() {
        return Ok(paths);
    }
    let wrong = |message: String| Error::Config(format!("{} cannot be read: {message}", path.display()));
    stored::each_batch(stored::open(&path, wrong)?, ["document_id", "source_path"], wrong, |batch| {
        if let (Some(ids), Some(names)) = (batch.column_by_name("document_id"), batch.column_by_name("source_path")) {
            let known = |row| Some((cells::digest(ids, row), cells::text(names, row)?));
            paths.extend((0..batch.num_rows()).filter_map(known));
        }
        Ok(())
    })?;
    Ok(paths)
}

/// The name of the version in a directory: that of its manifest, else that of the directory.
fn name_of(directory: &Path) -> String {
    let found = directory.canonicalize().unwrap_or_else(|_| directory.to_path_buf());
    let name = || found.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Manifest::read(directory).map_or_else(|_| name(), |manifest| manifest.version)
}

/// Says which tables this program does not know and so does not compare.
fn unknown_tables(old: &Path, new: &Path, described: &[TableDescription]) -> Result<Vec<String>> {
    let mut notes = Vec::new();
    for directory in [old, new] {
        for entry in std::fs::read_dir(directory).map_err(Error::io("cannot list", directory))? {
            let name = entry.map_err(Error::io("cannot list", directory))?.file_name().to_string_lossy().into_owned();
            if let Some(table) = name.strip_suffix(".parquet")
                && !described.iter().any(|known| known.name == table)
            {
                notes.push(format!("the table {table} is not known to this program and not compared"));
            }
        }
    }
    notes.sort();
    notes.dedup();
    Ok(notes)
}
