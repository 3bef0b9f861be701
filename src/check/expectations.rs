//! The file of expectations: what a published dataset is held against beside the definitions of its tables.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use crate::error::{Error, Result};
use crate::issue::Severity;
use crate::tidy::TableDescription;

/// The file inside the program.
pub const EMBEDDED: &str = include_str!("../../data/expectations.toml");
/// What the embedded file is called in messages.
const EMBEDDED_NAME: &str = "data/expectations.toml";

/// The whole file.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectations {
    /// Columns that are shown of a failing row beside its key, where the table has them.
    pub show: Vec<String>,
    pub filled: Filled,
    pub rows: Rows,
    #[serde(default)]
    pub range: Vec<Range>,
    #[serde(default)]
    pub expectation: Vec<Entry>,
}

/// No column is without any value, in tables that are long enough to tell.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Filled {
    pub severity: Severity,
    /// Shorter tables may lack anything.
    pub min_rows: u64,
    /// Columns that may be empty throughout, as `table.column`.
    pub except: Vec<String>,
}

/// No table is much shorter than in the dataset compared with.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rows {
    pub severity: Severity,
    /// By how many percent a table may have fewer rows.
    pub max_fall_pct: f64,
}

/// Between which bounds `obs_value` lies.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Range {
    /// Of which observations.
    #[serde(rename = "where")]
    pub only: Conditions,
    pub low: Option<f64>,
    pub high: Option<f64>,
    #[serde(default = "warning")]
    pub severity: Severity,
}

/// A value out of its range is a finding about a row, not a broken table.
fn warning() -> Severity {
    Severity::Warning
}

/// Any other expectation: exactly one of the fields from `compare` on is there.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    pub id: String,
    pub severity: Severity,
    pub table: String,
    pub sentence: String,
    /// Only of rows in which the columns hold this.
    #[serde(default, rename = "where")]
    pub only: Conditions,
    /// Not of rows in which a column holds this.
    #[serde(default)]
    pub unless: Conditions,
    pub compare: Option<Compare>,
    pub form: Option<Form>,
    pub span: Option<Span>,
    pub given: Option<String>,
    pub count: Option<Count>,
}

/// Column to the texts of which it holds one, alone or among others joined by `|`.
pub type Conditions = BTreeMap<String, OneOrMore>;

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum OneOrMore {
    One(String),
    More(Vec<String>),
}

impl OneOrMore {
    pub fn list(&self) -> &[String] {
        match self {
            OneOrMore::One(one) => std::slice::from_ref(one),
            OneOrMore::More(more) => more,
        }
    }
}

/// Two numbers or dates of a row, where both are there.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Compare {
    pub left: String,
    pub operator: Operator,
    pub right: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Operator {
    #[serde(rename = "<")]
    Less,
    #[serde(rename = "<=")]
    LessOrEqual,
    #[serde(rename = "=")]
    Equal,
}

impl Operator {
    pub fn holds(self, left: f64, right: f64) -> bool {
        match self {
            Operator::Less => left < right,
            Operator::LessOrEqual => left <= right,
            Operator::Equal => left == right,
        }
    }
}

/// A text made of these characters, and of so many where that is said.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    pub column: String,
    pub characters: String,
    pub length: Option<usize>,
}

/// A text that is as long as the span it was cut from.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Span {
    pub text: String,
    pub start: String,
    pub end: String,
}

/// A number that is how many rows of a table have the same values in some columns.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Count {
    pub column: String,
    pub of: String,
    pub by: Vec<String>,
    #[serde(default, rename = "where")]
    pub only: Conditions,
    #[serde(default)]
    pub unless: Conditions,
}

impl Expectations {
    /// Those of a file, or those inside the program.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] or [`Error::Config`] when the file cannot be read or says what cannot be looked for.
    pub fn load(path: Option<&Path>, tables: &[TableDescription]) -> Result<Expectations> {
        let name = path.map_or(EMBEDDED_NAME.to_string(), |path| path.display().to_string());
        Expectations::parse(&name, &Expectations::text(path)?, tables)
    }

    /// The text of a file, or of the one inside the program.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] when the file cannot be read.
    pub fn text(path: Option<&Path>) -> Result<Cow<'static, str>> {
        let Some(path) = path else { return Ok(EMBEDDED.into()) };
        let text = std::fs::read_to_string(path).map_err(Error::io("cannot read expectations", path))?;
        Ok(text.into())
    }

    fn parse(name: &str, text: &str, tables: &[TableDescription]) -> Result<Expectations> {
        let expectations: Expectations = toml::from_str(text).map_err(|error| {
            let line = error.span().map_or(1, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
            Error::Config(format!("{name}: line {line}: {}", error.message()))
        })?;
        expectations
            .problem(tables)
            .map_or(Ok(expectations), |problem| Err(Error::Config(format!("{name}: {problem}"))))
    }

    /// What is named that is not there.
    fn problem(&self, tables: &[TableDescription]) -> Option<String> {
        let unknown = |table: &str, column: &str| {
            let known = tables.iter().find(|known| known.name == table);
            match known.map(|known| known.columns.iter().any(|known| known.name == column)) {
                None => Some(format!("there is no table {table}")),
                Some(false) => Some(format!("table {table} has no column {column}")),
                Some(true) => None,
            }
        };
        // A text that a column never holds would select nothing, and nobody would see it.
        let unlisted = |table: &str, conditions: &Conditions| {
            let columns = tables.iter().filter(|known| known.name == table).flat_map(|table| &table.columns);
            let mut conditions = columns.filter_map(|column| Some((column, conditions.get(&column.name)?))).flat_map(
                |(column, texts)| {
                    let texts = texts.list().iter();
                    texts.filter(|text| !column.values.allow(text)).map(move |text| (&column.name, text, column.values))
                },
            );
            let (column, text, values) = conditions.next()?;
            Some(format!("{column} is `{text}`; it is one of {}", values.list().join(", ")))
        };
        let of_range = |range: &Range| {
            let columns = range.only.keys().find_map(|column| unknown("observations", column));
            columns.or_else(|| unlisted("observations", &range.only))
        };
        let of_entry = |entry: &Entry| {
            let Entry { compare, form, span, given, count, .. } = entry;
            let kinds = [compare.is_some(), form.is_some(), span.is_some(), given.is_some(), count.is_some()];
            if kinds.iter().filter(|is_there| **is_there).count() != 1 {
                return Some("it needs exactly one of compare, form, span, given and count".to_string());
            }
            let mut here: Vec<&String> = entry.only.keys().chain(entry.unless.keys()).chain(given).collect();
            here.extend(compare.iter().flat_map(|compare| [&compare.left, &compare.right]));
            here.extend(form.iter().map(|form| &form.column));
            here.extend(span.iter().flat_map(|span| [&span.text, &span.start, &span.end]));
            here.extend(count.iter().flat_map(|count| [&count.column].into_iter().chain(&count.by)));
            let there =
                count.iter().flat_map(|count| count.by.iter().chain(count.only.keys()).chain(count.unless.keys()));
            let of = count.as_ref().map_or(String::new(), |count| count.of.clone());
            let mut columns = here.into_iter().map(|column| (entry.table.as_str(), column));
            let mut columns_there = there.map(|column| (of.as_str(), column));
            columns
                .find_map(|(table, column)| unknown(table, column))
                .or_else(|| columns_there.find_map(|(table, column)| unknown(table, column)))
                .or_else(|| unlisted(&entry.table, &entry.only))
                .or_else(|| unlisted(&entry.table, &entry.unless))
                .or_else(|| count.as_ref().and_then(|count| unlisted(&of, &count.only)))
                .or_else(|| count.as_ref().and_then(|count| unlisted(&of, &count.unless)))
        };
        let filled = self.filled.except.iter().find_map(|name| {
            let (table, column) = name.split_once('.').unwrap_or((name, ""));
            unknown(table, column)
        });
        let ranges = || self.range.iter().find_map(of_range);
        let entries = || {
            let of = |entry| of_entry(entry).map(|problem| format!("expectation {}: {problem}", entry.id));
            self.expectation.iter().find_map(of)
        };
        filled.or_else(ranges).or_else(entries)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::TableDescription;
    use crate::vocab::Vocabulary;
    use std::collections::HashSet;

    fn tables() -> Vec<TableDescription> {
        crate::tidy::tables(&Vocabulary::embedded().unwrap())
    }

    #[test]
    fn the_file_inside_the_program_names_what_is_there() {
        let expectations = Expectations::load(None, &tables()).unwrap();
        let vocabulary = Vocabulary::embedded().unwrap();
        let known: HashSet<&str> = vocabulary.indicators.iter().map(|i| i.id.as_str()).collect();
        let units: HashSet<&str> = vocabulary.units.iter().map(|unit| unit.code.as_str()).collect();
        for range in &expectations.range {
            let texts = |column: &str| range.only.get(column).map_or(&[] as &[String], OneOrMore::list);
            assert!(texts("indicator").iter().all(|id| known.contains(id.as_str())), "{range:?}");
            assert!(texts("unit_measure").iter().all(|unit| units.contains(unit.as_str())), "{range:?}");
            assert!(range.low.is_some() || range.high.is_some(), "{range:?}");
            assert!(range.low.zip(range.high).is_none_or(|(low, high)| low < high), "{range:?}");
        }
        let ids: HashSet<&str> = expectations.expectation.iter().map(|entry| entry.id.as_str()).collect();
        assert_eq!(ids.len(), expectations.expectation.len());
        assert!(expectations.expectation.iter().all(|entry| entry.sentence.ends_with('.')));
    }

    #[test]
    fn what_is_not_there_is_named() {
        let head = "show = []\n[filled]\nseverity = \"warning\"\nmin_rows = 1\nexcept = []\n[rows]\nseverity = \"warning\"\nmax_fall_pct = 5\n";
        let problem = |text: &str| {
            let error = Expectations::parse("mine.toml", &format!("{head}{text}"), &tables()).unwrap_err();
            error.to_string()
        };
        let entry = "[[expectation]]\nid = \"mine\"\nseverity = \"error\"\nsentence = \"It is so.\"\n";
        assert_eq!(
            problem(&format!("{entry}table = \"observations\"\ngiven = \"valu\"\n")),
            "mine.toml: expectation mine: table observations has no column valu"
        );
        assert_eq!(
            problem(&format!("{entry}table = \"works\"\ngiven = \"value\"\n")),
            "mine.toml: expectation mine: there is no table works"
        );
        assert_eq!(
            problem(&format!("{entry}table = \"observations\"\n")),
            "mine.toml: expectation mine: it needs exactly one of compare, form, span, given and count"
        );
        assert_eq!(
            problem("[[range]]\nwhere = { measure = \"levels\" }\nlow = 1\n"),
            "mine.toml: measure is `levels`; it is one of level, change_pct, change_abs, rank, share, multiple"
        );
        assert!(problem("[[range]]\nlow = 1\n").starts_with("mine.toml: line 9: "));
        assert!(Expectations::parse("mine.toml", head, &tables()).is_ok());
    }
}
