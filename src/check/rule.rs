//! One expectation of the rows of a table: what it asks of a row.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::rc::Rc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Float64Type, Int32Type, Int64Type};
use arrow_array::{Array, BooleanArray, Date32Array, Float64Array, Int32Array, Int64Array, RecordBatch, StringArray};
use arrow_schema::DataType;

use super::Outcome;
use super::expectations::{Conditions, Entry, Expectations, Operator, Range};
use crate::issue::Severity;
use crate::model::Date;
use crate::tidy::{TableDescription, Values};

/// The value of a column in a row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Cell<'a> {
    Null,
    Text(&'a str),
    Integer(i64),
    Double(f64),
    Boolean(bool),
    /// Days since 1970-01-01.
    Date(i32),
}

impl<'a> Cell<'a> {
    fn number(self) -> Option<f64> {
        match self {
            Cell::Integer(number) => Some(number as f64),
            Cell::Double(number) => Some(number),
            Cell::Date(days) => Some(f64::from(days)),
            Cell::Null | Cell::Text(_) | Cell::Boolean(_) => None,
        }
    }

    fn text(self) -> Option<&'a str> {
        match self {
            Cell::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl Hash for Cell<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self {
            Cell::Null => 0u8.hash(state),
            Cell::Text(text) => text.hash(state),
            Cell::Integer(number) => number.hash(state),
            Cell::Double(number) => number.to_bits().hash(state),
            Cell::Boolean(flag) => flag.hash(state),
            Cell::Date(days) => days.hash(state),
        }
    }
}

impl fmt::Display for Cell<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cell::Null => f.write_str("null"),
            Cell::Text(text) => write!(f, "{}", text.replace(['\n', '\t'], " ")),
            Cell::Integer(number) => write!(f, "{number}"),
            Cell::Double(number) => write!(f, "{number}"),
            Cell::Boolean(flag) => write!(f, "{flag}"),
            Cell::Date(days) => write!(f, "{}", Date::from_days(*days)),
        }
    }
}

/// Some columns of some rows.
pub(super) struct Batch<'a> {
    columns: Vec<(&'a str, Typed<'a>)>,
    len: usize,
}

enum Typed<'a> {
    Text(&'a StringArray),
    Int32(&'a Int32Array),
    Int64(&'a Int64Array),
    Double(&'a Float64Array),
    Boolean(&'a BooleanArray),
    Date(&'a Date32Array),
}

impl<'a> Batch<'a> {
    /// Columns of types that no table has are left out; the definition has been held against the file before.
    pub fn new(batch: &'a RecordBatch) -> Batch<'a> {
        let typed = |array: &'a dyn Array| match array.data_type() {
            DataType::Utf8 => Some(Typed::Text(array.as_string())),
            DataType::Int32 => Some(Typed::Int32(array.as_primitive::<Int32Type>())),
            DataType::Int64 => Some(Typed::Int64(array.as_primitive::<Int64Type>())),
            DataType::Float64 => Some(Typed::Double(array.as_primitive::<Float64Type>())),
            DataType::Boolean => Some(Typed::Boolean(array.as_boolean())),
            DataType::Date32 => Some(Typed::Date(array.as_primitive::<Date32Type>())),
            _ => None,
        };
        let fields = batch.schema_ref().fields().iter().zip(batch.columns());
        let columns = fields.filter_map(|(field, array)| Some((field.name().as_str(), typed(array.as_ref())?)));
        Batch { columns: columns.collect(), len: batch.num_rows() }
    }

    pub fn len(&self) -> usize {
        self.len
    }

    fn column(&self, name: &str) -> Option<&Typed<'a>> {
        self.columns.iter().find(|(known, _)| *known == name).map(|(_, typed)| typed)
    }

    /// Whether a column has a value in some row.
    pub fn has_values(&self, name: &str) -> bool {
        self.column(name).is_some_and(|typed| typed.array().null_count() < self.len)
    }

    /// The value of a column in a row; null where the column is not there.
    pub fn cell(&self, name: &str, row: usize) -> Cell<'a> {
        self.column(name).map_or(Cell::Null, |typed| typed.cell(row))
    }

    /// A digest of some columns of a row; `None` where one of them is null.
    fn key(&self, columns: &[String], row: usize) -> Option<u64> {
        let mut hasher = DefaultHasher::new();
        for column in columns {
            match self.cell(column, row) {
                Cell::Null => return None,
                cell => cell.hash(&mut hasher),
            }
        }
        Some(hasher.finish())
    }
}

impl<'a> Typed<'a> {
    fn array(&self) -> &'a dyn Array {
        match self {
            Typed::Text(array) => *array,
            Typed::Int32(array) => *array,
            Typed::Int64(array) => *array,
            Typed::Double(array) => *array,
            Typed::Boolean(array) => *array,
            Typed::Date(array) => *array,
        }
    }

    fn cell(&self, row: usize) -> Cell<'a> {
        if self.array().is_null(row) {
            return Cell::Null;
        }
        match self {
            Typed::Text(array) => Cell::Text(array.value(row)),
            Typed::Int32(array) => Cell::Integer(array.value(row).into()),
            Typed::Int64(array) => Cell::Integer(array.value(row)),
            Typed::Double(array) => Cell::Double(array.value(row)),
            Typed::Boolean(array) => Cell::Boolean(array.value(row)),
            Typed::Date(array) => Cell::Date(array.value(row)),
        }
    }
}

/// The keys of a table as digests of 8 bytes. That two of five million rows share one has odds of one in a million.
#[derive(Default)]
pub(super) struct Keys(HashSet<u64>);

impl Keys {
    pub fn add(&mut self, batch: &Batch, columns: &[String]) {
        self.0.extend((0..batch.len()).filter_map(|row| batch.key(columns, row)));
    }
}

/// How many rows have each key.
#[derive(Default)]
pub(super) struct Counts(HashMap<u64, u64>);

impl Counts {
    pub fn add(&mut self, batch: &Batch, by: &[String], filter: &Filter) {
        let rows = (0..batch.len()).filter(|&row| filter.takes(batch, row));
        rows.filter_map(|row| batch.key(by, row)).for_each(|key| *self.0.entry(key).or_default() += 1);
    }
}

/// Which rows are meant.
#[derive(Default)]
pub(super) struct Filter {
    only: Vec<(String, Vec<String>)>,
    unless: Vec<(String, Vec<String>)>,
}

impl Filter {
    pub fn new(only: &Conditions, unless: &Conditions) -> Filter {
        let list = |conditions: &Conditions| {
            conditions.iter().map(|(column, texts)| (column.clone(), texts.list().to_vec())).collect()
        };
        Filter { only: list(only), unless: list(unless) }
    }

    pub fn columns(&self) -> impl Iterator<Item = String> {
        self.only.iter().chain(&self.unless).map(|(column, _)| column.clone())
    }

    fn takes(&self, batch: &Batch, row: usize) -> bool {
        let holds = |(column, texts): &(String, Vec<String>)| {
            let cell = batch.cell(column, row).text();
            cell.is_some_and(|cell| cell.split('|').any(|part| texts.iter().any(|text| text == part)))
        };
        self.only.iter().all(holds) && !self.unless.iter().any(holds)
    }
}

/// What is asked of a row; a row that lacks what is asked about is passed over.
enum Test {
    Given(Vec<String>),
    Listed(String, Values),
    Unique(Vec<String>, HashSet<u64>),
    Leads(Vec<String>, Rc<Keys>),
    Between(String, Option<f64>, Option<f64>),
    Compare(String, Operator, String),
    Form(String, String, Option<usize>),
    Span(String, String, String),
    Counted(String, Vec<String>, Rc<Counts>),
}

/// An expectation of the rows of a table and what came of it so far.
pub(super) struct Rule {
    test: Test,
    filter: Filter,
    pub outcome: Outcome,
}

impl Rule {
    fn new(id: String, severity: Severity, sentence: String, test: Test) -> Rule {
        Rule { test, filter: Filter::default(), outcome: Outcome::new(id, severity, sentence) }
    }

    /// What the definition of a table says: values that must be there, the key, closed lists, references.
    pub fn of_definition(table: &TableDescription, keys: &HashMap<(String, Vec<String>), Rc<Keys>>) -> Vec<Rule> {
        let name = table.name;
        let error = |id: String, sentence: String, test| Rule::new(id, Severity::Error, sentence, test);
        let required = table.columns.iter().filter(|column| !column.nullable).map(|column| column.name.clone());
        let sentence = "Columns that must have a value have one in every row.".to_string();
        let mut rules = vec![error(format!("{name}.required"), sentence, Test::Given(required.collect()))];
        if !table.key.is_empty() {
            let columns = table.key.iter().map(|name| name.to_string()).collect();
            let sentence = format!("No two rows have the same {}.", table.key.join(", "));
            rules.push(error(format!("{name}.key"), sentence, Test::Unique(columns, HashSet::new())));
        }
        for column in table.columns.iter().filter(|column| column.values != Values::Open) {
            let sentence = format!("{} holds what its definition lists.", column.name);
            let test = Test::Listed(column.name.clone(), column.values);
            rules.push(error(format!("{name}.{}.values", column.name), sentence, test));
        }
        for key in table.foreign_keys() {
            let referenced = key.referenced.iter().map(|name| name.to_string()).collect();
            let Some(known) = keys.get(&(key.table.to_string(), referenced)) else { continue };
            let last = key.columns.last().cloned().unwrap_or_default();
            let sentence = format!("{} is found in {}.", key.columns.join(", "), key.table);
            let test = Test::Leads(key.columns, Rc::clone(known));
            rules.push(error(format!("{name}.{last}.references"), sentence, test));
        }
        rules
    }

    /// What the file of expectations says of a table.
    pub fn of_file(
        table: &TableDescription,
        expectations: &Expectations,
        counts: &HashMap<String, Rc<Counts>>,
    ) -> Vec<Rule> {
        let entries = expectations.expectation.iter().filter(|entry| entry.table == table.name);
        let mut rules: Vec<Rule> = entries.filter_map(|entry| Rule::of_entry(entry, counts)).collect();
        if table.name == "observations" {
            rules.extend(expectations.range.iter().map(Rule::of_range));
        }
        rules
    }

    fn of_entry(entry: &Entry, counts: &HashMap<String, Rc<Counts>>) -> Option<Rule> {
        let test = match entry {
            Entry { compare: Some(compare), .. } => {
                Test::Compare(compare.left.clone(), compare.operator, compare.right.clone())
            }
            Entry { form: Some(form), .. } => Test::Form(form.column.clone(), form.characters.clone(), form.length),
            Entry { span: Some(span), .. } => Test::Span(span.text.clone(), span.start.clone(), span.end.clone()),
            Entry { given: Some(column), .. } => Test::Given(vec![column.clone()]),
            Entry { count: Some(count), .. } => {
                Test::Counted(count.column.clone(), count.by.clone(), Rc::clone(counts.get(&entry.id)?))
            }
            _ => return None,
        };
        let rule = Rule::new(entry.id.clone(), entry.severity, entry.sentence.clone(), test);
        Some(Rule { filter: Filter::new(&entry.only, &entry.unless), ..rule })
    }

    fn of_range(range: &Range) -> Rule {
        let Range { only, low, high, severity } = range;
        let named = ["indicator", "measure", "unit_measure"].iter().filter_map(|column| only.get(*column));
        let others =
            only.iter().filter(|(column, _)| !["indicator", "measure", "unit_measure"].contains(&column.as_str()));
        let words: Vec<String> =
            named.chain(others.map(|(_, texts)| texts)).map(|texts| texts.list().join("|")).collect();
        let bound = |bound: &Option<f64>| bound.map_or("..".to_string(), |bound| bound.to_string());
        let sentence = format!("obs_value of {} lies in [{}, {}].", words.join(" "), bound(low), bound(high));
        let test = Test::Between("obs_value".to_string(), *low, *high);
        let rule = Rule::new(format!("range.{}", words.join(".")), *severity, sentence, test);
        Rule { filter: Filter::new(only, &Conditions::new()), ..rule }
    }

    /// The columns in question.
    pub fn columns(&self) -> Vec<String> {
        let of_test = match &self.test {
            Test::Given(columns) | Test::Unique(columns, _) | Test::Leads(columns, _) => columns.clone(),
            Test::Listed(column, _) | Test::Between(column, ..) | Test::Form(column, ..) => vec![column.clone()],
            Test::Compare(left, _, right) => vec![left.clone(), right.clone()],
            Test::Span(text, start, end) => vec![text.clone(), start.clone(), end.clone()],
            Test::Counted(column, by, _) => by.iter().chain([column]).cloned().collect(),
        };
        of_test.into_iter().chain(self.filter.columns()).collect()
    }

    /// Whether a row fails; `None` where nothing is asked of it.
    pub fn fails(&mut self, batch: &Batch, row: usize) -> Option<bool> {
        if !self.filter.takes(batch, row) {
            return None;
        }
        let number = |column: &str| batch.cell(column, row).number();
        let text = |column: &str| batch.cell(column, row).text();
        let holds = match &mut self.test {
            Test::Given(columns) => columns.iter().all(|column| batch.cell(column, row) != Cell::Null),
            Test::Listed(column, values) => values.allow(text(column)?),
            Test::Unique(columns, seen) => seen.insert(batch.key(columns, row)?),
            Test::Leads(columns, known) => known.0.contains(&batch.key(columns, row)?),
            Test::Between(column, low, high) => {
                let value = number(column)?;
                low.is_none_or(|low| low <= value) && high.is_none_or(|high| value <= high)
            }
            Test::Compare(left, operator, right) => operator.holds(number(left)?, number(right)?),
            Test::Form(column, characters, length) => {
                let text = text(column)?;
                length.is_none_or(|length| text.chars().count() == length)
                    && text.chars().all(|c| characters.contains(c))
            }
            Test::Span(words, start, end) => number(end)? - number(start)? == text(words)?.chars().count() as f64,
            Test::Counted(column, by, counts) => {
                let found = counts.0.get(&batch.key(by, row)?).copied().unwrap_or(0);
                number(column)? == found as f64
            }
        };
        Some(!holds)
    }
}
