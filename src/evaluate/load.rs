//! Annotations (JSON Lines) and published tables (Parquet) -> what is compared. A malformed line is told with its
//! place; nothing is guessed.

use serde::Deserialize;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use arrow_array::{Array, Float64Array, Int32Array, RecordBatch, StringArray};

use crate::decode::{DecodeOptions, decode_bytes};
use crate::error::{Error, Result};
use crate::extract::{Direction, Measure, Status};
use crate::model::{COMPARATORS, ROLES};
use crate::publish::tables_in;
use crate::stored;

/// The file of a gold directory that lists the catalogue ids the annotators could give, one a line.
const INDICATORS: &str = "indicators.txt";

/// The columns of `observations` that are compared or told.
const OBSERVATIONS: [&str; 17] = [
    "document_id",
    "quote",
    "value_text",
    "value",
    "unit",
    "measure",
    "direction",
    "status",
    "comparator",
    "time_period",
    "role",
    "within",
    "scope",
    "indicator_text",
    "indicator",
    "source_start",
    "source_end",
];

/// One annotation: a line of NAME.jsonl.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Gold {
    #[serde(default)]
    pub quote: String,
    pub value_text: String,
    pub indicator_text: String,
    pub value: f64,
    pub unit: String,
    pub measure: String,
    #[serde(default)]
    pub direction: Option<String>,
    pub status: String,
    pub comparator: String,
    pub period: String,
    #[serde(default)]
    pub scope: Option<String>,
    #[serde(default)]
    pub within: Option<String>,
    #[serde(default)]
    pub role: Option<String>,
    #[serde(default)]
    pub indicator: Option<String>,
    /// Names joined by `|`; without the key they are taken from the other fields.
    #[serde(default)]
    pub phenomenon: Option<String>,
    #[serde(default)]
    pub note: Option<String>,
    /// Whether it may be found or not.
    #[serde(default)]
    pub optional: bool,
    /// Code points of the decoded source text; 0 and 0 when the line has none.
    #[serde(default)]
    pub start: i64,
    #[serde(default)]
    pub end: i64,
    /// Which of the places with the same `value_text` it is; only read when there is no `start`.
    #[serde(default)]
    pub occurrence: Option<usize>,
}

/// A part of a text, in code points.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
pub struct Span {
    pub start: i64,
    pub end: i64,
}

/// The file NAME.span.json: one part or several.
#[derive(Deserialize)]
#[serde(untagged)]
enum Spans {
    One(Span),
    Many(Vec<Span>),
}

/// The annotations of one document.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// The name of the source file up to its first dot.
    pub name: String,
    pub gold: Vec<Gold>,
    /// The parts that are annotated; without them the whole.
    pub spans: Option<Vec<Span>>,
}

/// A directory of annotations.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Annotations {
    /// Sorted by name.
    pub documents: Vec<Document>,
    /// The catalogue ids that the annotators could give; `None` for all.
    pub indicators: Option<HashSet<String>>,
}

/// What is compared of a row of `observations`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Extracted {
    pub value: Option<f64>,
    pub unit: String,
    pub measure: String,
    pub direction: Option<String>,
    pub status: String,
    pub comparator: String,
    pub period: String,
    pub role: Option<String>,
    pub within: Option<String>,
    pub scope: Option<String>,
    pub indicator_text: String,
    pub indicator: Option<String>,
    pub value_text: String,
    pub quote: String,
    pub start: i64,
    pub end: i64,
}

/// Reads every NAME.jsonl of a directory.
pub fn annotations(directory: &Path) -> Result<Annotations> {
    let mut paths: Vec<PathBuf> = Vec::new();
    for entry in std::fs::read_dir(directory).map_err(Error::io("cannot list annotations", directory))? {
        let path = entry.map_err(Error::io("cannot list annotations", directory))?.path();
        if path.extension().is_some_and(|extension| extension == "jsonl") {
            paths.push(path);
        }
    }
    paths.sort();
    if paths.is_empty() {
        return Err(Error::Config(format!("no annotations: {} holds no NAME.jsonl", directory.display())));
    }
    let documents = paths.iter().map(|path| document(path)).collect::<Result<_>>()?;
    let list = directory.join(INDICATORS);
    let indicators = match list.exists() {
        true => Some(text_of(&list)?.lines().map(|id| id.trim().to_string()).filter(|id| !id.is_empty()).collect()),
        false => None,
    };
    Ok(Annotations { documents, indicators })
}

fn document(path: &Path) -> Result<Document> {
    let name = stem(path);
    let mut text = None;
    let mut gold = Vec::new();
    for (at, line) in text_of(path)?.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let wrong = |message: String| Error::Annotation { file: path.display().to_string(), line: at + 1, message };
        let mut row: Gold = serde_json::from_str(line).map_err(|error| wrong(without_place(&error)))?;
        if (row.start, row.end) == (0, 0) {
            if text.is_none() {
                text = Some(source_text(&path.with_file_name(format!("{name}.txt"))).map_err(&wrong)?);
            }
            (row.start, row.end) = place(text.as_deref().unwrap_or_default(), &row).map_err(&wrong)?;
        }
        check(&row).map_err(wrong)?;
        gold.push(row);
    }
    let path = path.with_file_name(format!("{name}.span.json"));
    let spans = match path.exists() {
        true => Some(match serde_json::from_str(&text_of(&path)?) {
            Ok(Spans::One(span)) => vec![span],
            Ok(Spans::Many(spans)) => spans,
            Err(error) => return Err(Error::Config(format!("{}: {error}", path.display()))),
        }),
        false => None,
    };
    Ok(Document { name, gold, spans })
}

/// What a field may hold; a misspelt word would count as an error of the program.
fn check(row: &Gold) -> std::result::Result<(), String> {
    let closed: [(&str, Option<&str>, &[&str]); 5] = [
        ("measure", Some(&row.measure), Measure::NAMES),
        ("direction", row.direction.as_deref(), Direction::NAMES),
        ("status", Some(&row.status), Status::NAMES),
        ("comparator", Some(&row.comparator), &COMPARATORS),
        ("role", row.role.as_deref(), &ROLES),
    ];
    for (field, word, words) in closed {
        if let Some(word) = word
            && !words.contains(&word)
        {
            return Err(format!("{field} is `{word}`; it is one of {}", words.join(", ")));
        }
    }
    let length = row.value_text.chars().count() as i64;
    if row.start < 0 || row.end.checked_sub(row.start) != Some(length) || length == 0 {
        let value_text = &row.value_text;
        return Err(format!(
            "start {} and end {} do not fit `{value_text}` of {length} characters",
            row.start, row.end
        ));
    }
    Ok(())
}

/// The place of an annotation without one: where its words stand the given time.
fn place(text: &str, row: &Gold) -> std::result::Result<(i64, i64), String> {
    let time = row.occurrence.unwrap_or(1);
    let found = match row.value_text.as_str() {
        "" => None,
        words => text.match_indices(words).nth(time.saturating_sub(1)),
    };
    let (at, words) = found.ok_or_else(|| format!("the text does not hold `{}` {time} times", row.value_text))?;
    let start = text[..at].chars().count() as i64;
    Ok((start, start + words.chars().count() as i64))
}

/// The text beside the annotations, decoded as the program decodes a report.
fn source_text(path: &Path) -> std::result::Result<String, String> {
    let way_out = "give the line `start` and `end`, or put the report beside it";
    let bytes = std::fs::read(path).map_err(|error| format!("cannot read {}: {error}; {way_out}", path.display()))?;
    let (decoded, _) = decode_bytes(&bytes, None, &DecodeOptions::default());
    decoded.map(|decoded| decoded.text).ok_or_else(|| format!("{} is no text; {way_out}", path.display()))
}

/// The rows of the documents with these names, by name; a name that the dataset does not have is left out.
pub fn dataset(directory: &Path, names: &[&str]) -> Result<HashMap<String, Vec<Extracted>>> {
    let directory = tables_in(directory)?;
    let wanted: HashSet<&str> = names.iter().copied().collect();
    let mut name_of: HashMap<String, String> = HashMap::new();
    let mut rows: HashMap<String, Vec<Extracted>> = HashMap::new();
    read_table(&directory.join("documents.parquet"), &["document_id", "source_path"], |table| {
        let (ids, paths) = (table.text("document_id")?, table.text("source_path")?);
        for (id, path) in ids.iter().zip(paths).filter_map(|(id, path)| id.zip(path)) {
            let name = stem(Path::new(path));
            if wanted.contains(name.as_str()) {
                if rows.insert(name.clone(), Vec::new()).is_some() {
                    return Err(format!("two documents are named {name}; the annotations cannot tell them apart"));
                }
                name_of.insert(id.to_string(), name);
            }
        }
        Ok(())
    })?;
    read_table(&directory.join("observations.parquet"), &OBSERVATIONS, |table| {
        let (documents, quotes, words) = (table.text("document_id")?, table.text("quote")?, table.text("value_text")?);
        let (values, units) = (table.column::<Float64Array>("value")?, table.text("unit")?);
        let (measures, directions) = (table.text("measure")?, table.text("direction")?);
        let (statuses, comparators) = (table.text("status")?, table.text("comparator")?);
        let (periods, roles) = (table.text("time_period")?, table.text("role")?);
        let (withins, scopes) = (table.text("within")?, table.text("scope")?);
        let (wordings, ids) = (table.text("indicator_text")?, table.text("indicator")?);
        let (starts, ends) = (table.column::<Int32Array>("source_start")?, table.column::<Int32Array>("source_end")?);
        let optional = |column: &StringArray, at: usize| column.is_valid(at).then(|| column.value(at).to_string());
        let text = |column: &StringArray, at: usize| optional(column, at).unwrap_or_default();
        for at in 0..table.0.num_rows() {
            let Some(name) = name_of.get(documents.value(at)) else { continue };
            let Some(rows) = rows.get_mut(name) else { continue };
            rows.push(Extracted {
                value: values.is_valid(at).then(|| values.value(at)),
                unit: text(units, at),
                measure: text(measures, at),
                direction: optional(directions, at),
                status: text(statuses, at),
                comparator: text(comparators, at),
                period: text(periods, at),
                role: optional(roles, at),
                within: optional(withins, at),
                scope: optional(scopes, at),
                indicator_text: text(wordings, at),
                indicator: optional(ids, at),
                value_text: text(words, at),
                quote: text(quotes, at),
                start: i64::from(starts.value(at)),
                end: i64::from(ends.value(at)),
            });
        }
        Ok(())
    })?;
    Ok(rows)
}

/// Some columns of some rows of a table.
struct Table(RecordBatch);

impl Table {
    fn column<A: 'static>(&self, name: &str) -> std::result::Result<&A, String> {
        let column = self.0.column_by_name(name).and_then(|column| column.as_any().downcast_ref());
        column.ok_or_else(|| format!("column {name} is missing or of another type"))
    }

    fn text(&self, name: &str) -> std::result::Result<&StringArray, String> {
        self.column(name)
    }
}

/// Hands the columns of a table on, some thousand rows at a time.
fn read_table(
    path: &Path,
    columns: &[&str],
    mut take: impl FnMut(&Table) -> std::result::Result<(), String>,
) -> Result<()> {
    let wrong = |message: String| Error::Config(format!("{}: {message}", path.display()));
    let table_file = stored::open(path, wrong)?;
    stored::each_batch(table_file, columns.iter().copied(), wrong, |batch| take(&Table(batch)).map_err(wrong))?;
    Ok(())
}

fn text_of(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).map_err(Error::io("cannot read", path))
}

/// The name of a file up to its first dot.
fn stem(path: &Path) -> String {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    name.split('.').next().unwrap_or_default().to_string()
}

/// The message of a JSON error; its place counts within the line, which the caller knows better.
fn without_place(error: &serde_json::Error) -> String {
    let message = error.to_string();
    message.split(" at line ").next().unwrap_or(&message).to_string()
}
