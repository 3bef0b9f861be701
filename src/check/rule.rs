//! What is expected of the rows of a table: of each alone, or of rows together by the digests of their keys.

use super::cell::{Batch, Cell, Column, Told};
use super::expectations::{Conditions, Entry, Expectations, Operator, Range};
use crate::issue::Severity;
use crate::tidy::{TableDescription, Values};

/// Which rows are meant.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Filter {
    only: Vec<(String, Vec<String>)>,
    unless: Vec<(String, Vec<String>)>,
}

impl Filter {
    fn new(only: &Conditions, unless: &Conditions) -> Filter {
        let list = |conditions: &Conditions| {
            conditions.iter().map(|(column, texts)| (column.clone(), texts.list().to_vec())).collect()
        };
        Filter { only: list(only), unless: list(unless) }
    }

    fn columns(&self) -> impl Iterator<Item = String> {
        self.only.iter().chain(&self.unless).map(|(column, _)| column.clone())
    }

    /// Tells of a row whether it is meant.
    pub fn of<'a>(&self, batch: &Batch<'a>) -> impl Fn(usize) -> bool + use<'a> {
        let told = |(column, texts): &(String, Vec<String>)| {
            let is_one = |part: &str| texts.iter().any(|text| text == part);
            batch.coded(column).told(|cell| is_one(cell) || cell.split('|').any(is_one))
        };
        let (only, unless): (Vec<Told>, Vec<Told>) =
            (self.only.iter().map(told).collect(), self.unless.iter().map(told).collect());
        let holds = |told: &Told, row: usize| told.of(row) == Some(true);
        move |row| only.iter().all(|told| holds(told, row)) && !unless.iter().any(|told| holds(told, row))
    }
}

/// What is asked of a row alone; a row that lacks what is asked about is passed over.
pub(super) enum RowTest {
    Given(Vec<String>),
    Listed(String, Values),
    Between(String, Option<f64>, Option<f64>),
    Compare(String, Operator, String),
    Form(String, String, Option<usize>),
    Span(String, String, String),
}

impl RowTest {
    /// Tells of a row whether it is as asked; `None` where nothing is asked of it.
    pub fn of<'a>(&'a self, batch: &Batch<'a>) -> Box<dyn Fn(usize) -> Option<bool> + 'a> {
        match self {
            RowTest::Given(columns) => {
                let columns = columns.iter().map(|name| batch.column(name));
                let gaps: Vec<Column> = columns.filter(|column| column.count() < batch.len()).collect();
                Box::new(move |row| Some(gaps.iter().all(|column| column.cell(row) != Cell::Null)))
            }
            RowTest::Listed(column, values) => {
                let told = batch.coded(column).told(|text| values.allow(text));
                Box::new(move |row| told.of(row))
            }
            RowTest::Between(column, low, high) => {
                let column = batch.column(column);
                Box::new(move |row| {
                    let value = column.number(row)?;
                    Some(low.is_none_or(|low| low <= value) && high.is_none_or(|high| value <= high))
                })
            }
            RowTest::Compare(left, operator, right) => {
                let (left, right) = (batch.column(left), batch.column(right));
                Box::new(move |row| Some(operator.holds(left.number(row)?, right.number(row)?)))
            }
            RowTest::Form(column, characters, length) => {
                let column = batch.column(column);
                Box::new(move |row| {
                    let text = column.text(row)?;
                    let is_long = length.is_none_or(|length| text.chars().count() == length);
                    Some(is_long && text.chars().all(|c| characters.contains(c)))
                })
            }
            RowTest::Span(words, start, end) => {
                let (words, start, end) = (batch.column(words), batch.column(start), batch.column(end));
                Box::new(move |row| {
                    let chars = end.number(row)? - start.number(row)?;
                    Some(chars == words.text(row)?.chars().count() as f64)
                })
            }
        }
    }

    fn columns(&self) -> Vec<String> {
        match self {
            RowTest::Given(columns) => columns.clone(),
            RowTest::Listed(column, _) | RowTest::Between(column, ..) | RowTest::Form(column, ..) => {
                vec![column.clone()]
            }
            RowTest::Compare(left, _, right) => vec![left.clone(), right.clone()],
            RowTest::Span(text, start, end) => vec![text.clone(), start.clone(), end.clone()],
        }
    }
}

/// What is kept of the rows of a table to look at rows together: of each row that is meant and has a key a pair, the
/// digest of the key and a number.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct List {
    /// The key.
    columns: Vec<String>,
    /// The column whose number is kept, as the bits of a double. Without one, the pairs of equal keys are one pair with
    /// the number of rows.
    number: Option<String>,
    filter: Filter,
}

/// A pair of a [`List`].
pub(super) type Pair = (u64, u64);

impl List {
    fn of_keys(columns: Vec<String>) -> List {
        List { columns, number: None, filter: Filter::default() }
    }

    /// Gives the pair of a row.
    pub fn of<'a>(&self, batch: &Batch<'a>) -> impl FnMut(usize) -> Option<Pair> + use<'a> {
        let takes = self.filter.of(batch);
        let mut digests = batch.digests(&self.columns);
        let number = self.number.as_ref().map(|column| batch.column(column));
        move |row| {
            if !takes(row) {
                return None;
            }
            let digest = digests(row)?;
            Some((digest, number.map_or(Some(1), |number| number.number(row).map(f64::to_bits))?))
        }
    }

    /// Appends the pairs of some rows. Rows with one key mostly follow each other.
    pub fn add(&self, batch: &Batch, pairs: &mut Vec<Pair>) {
        for (digest, number) in (0..batch.len()).filter_map(self.of(batch)) {
            match pairs.last_mut() {
                Some((last, rows)) if *last == digest && self.number.is_none() => *rows += number,
                _ => pairs.push((digest, number)),
            }
        }
    }

    /// Brings the pairs into the form in which they are kept: one of each key, in order; numbers stay as they are.
    pub fn close(&self, pairs: &mut Vec<Pair>) {
        if self.number.is_some() {
            return;
        }
        pairs.sort_unstable();
        pairs.dedup_by(|next, first| {
            let is_same = next.0 == first.0;
            if is_same {
                first.1 += next.1;
            }
            is_same
        });
        pairs.shrink_to_fit();
    }

    fn columns(&self) -> Vec<String> {
        self.columns.iter().chain(&self.number).cloned().chain(self.filter.columns()).collect()
    }
}

/// A list of a table: their positions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub table: usize,
    pub list: usize,
}

/// The lists of all tables.
pub(super) struct Lists {
    names: Vec<&'static str>,
    of_tables: Vec<Vec<List>>,
}

impl Lists {
    pub fn new(tables: &[TableDescription]) -> Lists {
        Lists { names: tables.iter().map(|table| table.name).collect(), of_tables: vec![Vec::new(); tables.len()] }
    }

    /// Where a list of a table is, which is kept from now on; `None` if there is no such table.
    fn place(&mut self, table: &str, list: List) -> Option<Place> {
        let table = self.names.iter().position(|name| *name == table)?;
        let lists = self.of_tables.get_mut(table)?;
        let known = lists.iter().position(|known| *known == list);
        let place = Place { table, list: known.unwrap_or(lists.len()) };
        if known.is_none() {
            lists.push(list);
        }
        Some(place)
    }

    pub fn get(&self, place: Place) -> Option<&List> {
        self.of_tables.get(place.table)?.get(place.list)
    }

    pub fn of_table(&self, table: usize) -> &[List] {
        self.of_tables.get(table).map_or(&[], Vec::as_slice)
    }
}

/// What is asked.
pub(super) enum Test {
    /// Of rows alone, of those that are meant.
    Row(RowTest, Filter),
    /// No key stands twice.
    Unique(Place),
    /// Every key of the first list is in the second.
    Leads(Place, Place),
    /// Every number of the first list is how many rows have the key in the second.
    Counted(Place, Place),
}

/// An expectation of the rows of a table.
pub(super) struct Rule {
    pub id: String,
    pub severity: Severity,
    pub sentence: String,
    pub test: Test,
    /// The columns in question.
    pub columns: Vec<String>,
}

impl Rule {
    fn of_rows(id: String, severity: Severity, sentence: String, test: RowTest, filter: Filter) -> Rule {
        let columns = test.columns().into_iter().chain(filter.columns()).collect();
        Rule { id, severity, sentence, test: Test::Row(test, filter), columns }
    }

    /// What the definition of a table says: values that must be there, the key, closed lists, references.
    pub fn of_definition(table: &TableDescription, lists: &mut Lists) -> Vec<Rule> {
        let name = table.name;
        let error =
            |id: String, sentence: String, test| Rule::of_rows(id, Severity::Error, sentence, test, Filter::default());
        let required = table.columns.iter().filter(|column| !column.nullable).map(|column| column.name.clone());
        let sentence = "Columns that must have a value have one in every row.".to_string();
        let mut rules = vec![error(format!("{name}.required"), sentence, RowTest::Given(required.collect()))];
        if !table.key.is_empty() {
            let columns: Vec<String> = table.key.iter().map(|name| name.to_string()).collect();
            let sentence = format!("No two rows have the same {}.", table.key.join(", "));
            let test = lists.place(name, List::of_keys(columns.clone())).map(Test::Unique);
            rules.extend(test.map(|test| Rule {
                id: format!("{name}.key"),
                severity: Severity::Error,
                sentence,
                test,
                columns,
            }));
        }
        for column in table.columns.iter().filter(|column| column.values != Values::Open) {
            let sentence = format!("{} holds what its definition lists.", column.name);
            let test = RowTest::Listed(column.name.clone(), column.values);
            rules.push(error(format!("{name}.{}.values", column.name), sentence, test));
        }
        for key in table.foreign_keys() {
            let referenced = key.referenced.iter().map(|name| name.to_string()).collect();
            let Some(known) = lists.place(key.table, List::of_keys(referenced)) else { continue };
            let Some(own) = lists.place(name, List::of_keys(key.columns.clone())) else { continue };
            let last = key.columns.last().cloned().unwrap_or_default();
            let sentence = format!("{} is found in {}.", key.columns.join(", "), key.table);
            rules.push(Rule {
                id: format!("{name}.{last}.references"),
                severity: Severity::Error,
                sentence,
                test: Test::Leads(own, known),
                columns: key.columns,
            });
        }
        rules
    }

    /// What the file of expectations says of a table.
    pub fn of_file(table: &TableDescription, expectations: &Expectations, lists: &mut Lists) -> Vec<Rule> {
        let entries = expectations.expectation.iter().filter(|entry| entry.table == table.name);
        let mut rules: Vec<Rule> = entries.filter_map(|entry| Rule::of_entry(entry, lists)).collect();
        if table.name == "observations" {
            rules.extend(expectations.range.iter().map(Rule::of_range));
        }
        rules
    }

    fn of_entry(entry: &Entry, lists: &mut Lists) -> Option<Rule> {
        let filter = Filter::new(&entry.only, &entry.unless);
        let test = match entry {
            Entry { compare: Some(compare), .. } => {
                RowTest::Compare(compare.left.clone(), compare.operator, compare.right.clone())
            }
            Entry { form: Some(form), .. } => RowTest::Form(form.column.clone(), form.characters.clone(), form.length),
            Entry { span: Some(span), .. } => RowTest::Span(span.text.clone(), span.start.clone(), span.end.clone()),
            Entry { given: Some(column), .. } => RowTest::Given(vec![column.clone()]),
            Entry { count: Some(count), .. } => {
                let own = List { columns: count.by.clone(), number: Some(count.column.clone()), filter };
                let columns = own.columns();
                let rows = List { filter: Filter::new(&count.only, &count.unless), ..List::of_keys(count.by.clone()) };
                let test = Test::Counted(lists.place(&entry.table, own)?, lists.place(&count.of, rows)?);
                let (id, severity, sentence) = (entry.id.clone(), entry.severity, entry.sentence.clone());
                return Some(Rule { id, severity, sentence, test, columns });
            }
            _ => return None,
        };
        Some(Rule::of_rows(entry.id.clone(), entry.severity, entry.sentence.clone(), test, filter))
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
        let test = RowTest::Between("obs_value".to_string(), *low, *high);
        let filter = Filter::new(only, &Conditions::new());
        Rule::of_rows(format!("range.{}", words.join(".")), *severity, sentence, test, filter)
    }
}
