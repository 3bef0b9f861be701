//! Rows to tables. Each table is described once, in the module of its name: key, row order, and for
//! every column its type, unit and a sentence.
//!
//! Schema, metadata inside the Parquet files and the codebook page all come from that description.
//! Only plain types are used, so that every statistics program can load the tables.

#![deny(clippy::disallowed_methods)]

pub mod areas;
pub mod coverage;
pub mod dictionary_terms;
pub mod documents;
pub mod honours;
pub mod indicators;
pub mod issues;
pub mod observations;
pub mod rankings;
pub mod sentences;
pub mod targets;
pub mod term_counts;
pub mod term_matches;
pub mod units;

use std::collections::HashMap;
use std::fmt::Write;
use std::sync::Arc;

use arrow_array::builder::StringBuilder;
use arrow_array::{ArrayRef, BooleanArray, Date32Array, Float64Array, Int32Array, Int64Array, RecordBatch};
use arrow_schema::{DataType, Field, Schema};

use crate::derive;
use crate::error::{Error, Result};
use crate::issue::IssueCode;
use crate::vocab::Vocabulary;

pub use areas::{AREAS, AreaRow};
pub use coverage::{COVERAGE, CoverageRow, coverage};
pub use dictionary_terms::{DICTIONARY_TERMS, DictionaryTermRow};
pub use documents::DOCUMENTS;
pub use honours::HONOURS;
pub use indicators::{INDICATORS, IndicatorRow};
pub use issues::ISSUES;
pub use observations::OBSERVATIONS;
pub use rankings::RANKINGS;
pub use sentences::SENTENCES;
pub use targets::TARGETS;
pub use term_counts::TERM_COUNTS;
pub use term_matches::TERM_MATCHES;
pub use units::{UNITS, UnitRow};

/// The type of a column: plain types only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    Int32,
    Int64,
    Double,
    Boolean,
    Date,
}

impl Kind {
    fn data_type(self) -> DataType {
        match self {
            Kind::Text => DataType::Utf8,
            Kind::Int32 => DataType::Int32,
            Kind::Int64 => DataType::Int64,
            Kind::Double => DataType::Float64,
            Kind::Boolean => DataType::Boolean,
            Kind::Date => DataType::Date32,
        }
    }

    /// The name of the type in the codebook.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Text => "string",
            Kind::Int32 => "int32",
            Kind::Int64 => "int64",
            Kind::Double => "double",
            Kind::Boolean => "boolean",
            Kind::Date => "date32",
        }
    }
}

/// How the value of a column is taken from a row; the variant is the type of the column.
pub enum Get<R: 'static> {
    Text(fn(&R) -> Option<&str>),
    Int32(fn(&R) -> Option<i32>),
    Int64(fn(&R) -> Option<i64>),
    Double(fn(&R) -> Option<f64>),
    Boolean(fn(&R) -> Option<bool>),
    /// Days since 1970-01-01.
    Date(fn(&R) -> Option<i32>),
}

impl<R> Clone for Get<R> {
    fn clone(&self) -> Get<R> {
        *self
    }
}

impl<R> Copy for Get<R> {}

impl<R: 'static> Get<R> {
    fn array(&self, rows: &[&[R]]) -> ArrayRef {
        let of = rows.iter().copied().flatten();
        match self {
            Get::Text(get) => texts(of.map(get)),
            Get::Int32(get) => Arc::new(of.map(get).collect::<Int32Array>()),
            Get::Int64(get) => Arc::new(of.map(get).collect::<Int64Array>()),
            Get::Double(get) => Arc::new(of.map(get).collect::<Float64Array>()),
            Get::Boolean(get) => Arc::new(of.map(get).collect::<BooleanArray>()),
            Get::Date(get) => Arc::new(of.map(get).collect::<Date32Array>()),
        }
    }
}

/// What the texts of a column may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Values {
    /// Anything.
    Open,
    /// One of these.
    OneOf(&'static [&'static str]),
    /// Some of these, joined by `|`.
    EachOf(&'static [&'static str]),
}

impl Values {
    /// The closed list; empty where anything may stand.
    pub fn list(self) -> &'static [&'static str] {
        match self {
            Values::Open => &[],
            Values::OneOf(list) | Values::EachOf(list) => list,
        }
    }

    /// Whether a text may stand in the column.
    pub fn allow(self, text: &str) -> bool {
        match self {
            Values::Open => true,
            Values::OneOf(list) => list.contains(&text),
            Values::EachOf(list) => text.split('|').all(|part| list.contains(&part)),
        }
    }
}

/// The rows of which table the values of a column lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reference {
    pub table: &'static str,
    /// Columns of that table. The last is what the column holds; those before it are called the same in both tables.
    pub columns: &'static [&'static str],
}

/// Where the values of a column come from: a [`Get`] from rows, a [`Kind`] where the whole column is made at once.
pub trait Origin: Copy + 'static {
    fn kind(&self) -> Kind;
}

impl<R: 'static> Origin for Get<R> {
    fn kind(&self) -> Kind {
        match self {
            Get::Text(_) => Kind::Text,
            Get::Int32(_) => Kind::Int32,
            Get::Int64(_) => Kind::Int64,
            Get::Double(_) => Kind::Double,
            Get::Boolean(_) => Kind::Boolean,
            Get::Date(_) => Kind::Date,
        }
    }
}

impl Origin for Kind {
    fn kind(&self) -> Kind {
        *self
    }
}

/// A column: its name, what it holds, and where its values come from.
pub struct ColumnOf<O: Origin> {
    pub name: &'static str,
    /// The unit of the numbers (UCUM), or in words where it changes from row to row.
    pub unit: Option<&'static str>,
    /// What the column says, for an analyst who has not seen the program.
    pub sentence: &'static str,
    /// The same in Chinese.
    pub sentence_zh: &'static str,
    /// Whether a row may have no value here.
    pub nullable: bool,
    /// What the texts may be.
    pub values: Values,
    /// The rows that the values lead to.
    pub reference: Option<Reference>,
    pub origin: O,
}

/// A column of a table that is made row by row.
pub type Column<R> = ColumnOf<Get<R>>;

/// A column of a table that is made column by column.
pub type DerivedColumn = ColumnOf<Kind>;

impl<O: Origin> ColumnOf<O> {
    /// A column that may be empty and hold anything; the other functions here say more of it.
    pub const fn new(name: &'static str, origin: O, sentence: &'static str) -> ColumnOf<O> {
        let (sentence_zh, values) = ("", Values::Open);
        ColumnOf { name, unit: None, sentence, sentence_zh, nullable: true, values, reference: None, origin }
    }

    /// The same column, explained in Chinese.
    pub const fn zh(self, sentence_zh: &'static str) -> ColumnOf<O> {
        ColumnOf { sentence_zh, ..self }
    }

    /// The same column, with a value in every row.
    pub const fn required(self) -> ColumnOf<O> {
        ColumnOf { nullable: false, ..self }
    }

    /// The same column, in this unit.
    pub const fn unit(self, unit: &'static str) -> ColumnOf<O> {
        ColumnOf { unit: Some(unit), ..self }
    }

    /// The same column, which holds one of these texts.
    pub const fn one_of(self, list: &'static [&'static str]) -> ColumnOf<O> {
        ColumnOf { values: Values::OneOf(list), ..self }
    }

    /// The same column, which holds some of these texts joined by `|`.
    pub const fn each_of(self, list: &'static [&'static str]) -> ColumnOf<O> {
        ColumnOf { values: Values::EachOf(list), ..self }
    }

    /// The same column, whose values lead to rows of a table; see [`Reference`].
    pub const fn references(self, table: &'static str, columns: &'static [&'static str]) -> ColumnOf<O> {
        ColumnOf { reference: Some(Reference { table, columns }), ..self }
    }

    fn describe(&self) -> ColumnDescription {
        ColumnDescription {
            name: self.name.to_string(),
            kind: self.origin.kind(),
            unit: self.unit.map(str::to_string),
            nullable: self.nullable,
            values: self.values,
            reference: self.reference,
            sentence: self.sentence.to_string(),
            sentence_zh: self.sentence_zh.to_string(),
        }
    }
}

/// A table: what a row is, what tells rows apart, in which order they stand, and the columns.
pub struct TableOf<O: Origin> {
    pub name: &'static str,
    /// What a row is.
    pub sentence: &'static str,
    /// The same in Chinese, and the order of the rows.
    pub sentence_zh: &'static str,
    /// The columns that together are unique; empty for a plain list.
    pub key: &'static [&'static str],
    /// The order of the rows, in words.
    pub order: &'static str,
    pub columns: &'static [ColumnOf<O>],
}

/// A table that is made row by row.
pub type TableDef<R> = TableOf<Get<R>>;

/// A table that is made column by column of others.
pub type DerivedDef = TableOf<Kind>;

impl<R: 'static> TableDef<R> {
    /// The rows as Arrow columns.
    ///
    /// # Errors
    ///
    /// [`Error::Table`] when a column that must have a value has none.
    pub fn batch(&self, rows: &[R]) -> Result<RecordBatch> {
        self.batch_of_parts(&[rows])
    }

    /// Rows that lie in several places, one after the other; as [`TableOf::batch`].
    ///
    /// # Errors
    ///
    /// As [`TableOf::batch`].
    pub fn batch_of_parts(&self, rows: &[&[R]]) -> Result<RecordBatch> {
        let arrays = self.columns.iter().map(|column| column.origin.array(rows)).collect();
        self.describe().record_batch(arrays)
    }
}

impl<O: Origin> TableOf<O> {
    /// The description without what makes the rows.
    pub fn describe(&self) -> TableDescription {
        TableDescription {
            name: self.name,
            sentence: self.sentence,
            sentence_zh: self.sentence_zh,
            key: self.key,
            order: self.order,
            columns: self.columns.iter().map(ColumnOf::describe).collect(),
        }
    }
}

/// A table as its schema, the codebook and the descriptors show it.
#[derive(Debug, Clone, PartialEq)]
pub struct TableDescription {
    pub name: &'static str,
    pub sentence: &'static str,
    pub sentence_zh: &'static str,
    pub key: &'static [&'static str],
    pub order: &'static str,
    pub columns: Vec<ColumnDescription>,
}

/// A column as its schema, the codebook and the descriptors show it.
#[derive(Debug, Clone, PartialEq)]
pub struct ColumnDescription {
    pub name: String,
    pub kind: Kind,
    pub unit: Option<String>,
    pub nullable: bool,
    pub values: Values,
    pub reference: Option<Reference>,
    pub sentence: String,
    pub sentence_zh: String,
}

/// Columns of a table whose values together are found in columns of another one, or of the same.
#[derive(Debug, Clone, PartialEq)]
pub struct ForeignKey {
    pub columns: Vec<String>,
    pub table: &'static str,
    pub referenced: &'static [&'static str],
}

impl TableDescription {
    /// The foreign keys, in the order of the columns.
    pub fn foreign_keys(&self) -> Vec<ForeignKey> {
        let key = |column: &ColumnDescription| {
            let Reference { table, columns: referenced } = column.reference?;
            let (_, same) = referenced.split_last()?;
            let columns = same.iter().map(|name| name.to_string()).chain([column.name.clone()]).collect();
            Some(ForeignKey { columns, table, referenced })
        };
        self.columns.iter().filter_map(key).collect()
    }

    /// The Arrow schema, with `description` and `unit` as metadata of each field.
    pub fn schema(&self) -> Schema {
        let field = |column: &ColumnDescription| {
            let mut metadata = HashMap::from([("description".to_string(), column.sentence.clone())]);
            if let Some(unit) = &column.unit {
                metadata.insert("unit".to_string(), unit.clone());
            }
            Field::new(&column.name, column.kind.data_type(), column.nullable).with_metadata(metadata)
        };
        Schema::new(self.columns.iter().map(field).collect::<Vec<_>>())
    }

    /// Arrow columns under the schema of the table.
    ///
    /// # Errors
    ///
    /// [`Error::Table`] when they do not fit it.
    pub fn record_batch(&self, arrays: Vec<ArrayRef>) -> Result<RecordBatch> {
        RecordBatch::try_new(Arc::new(self.schema()), arrays)
            .map_err(|error| Error::Table { table: self.name, message: error.to_string() })
    }

    /// Columns that are named, in any order, under the schema of the table.
    ///
    /// # Errors
    ///
    /// [`Error::Table`] when a column is not there, of another type, or lacks a value it must have.
    pub fn batch_of<N: AsRef<str>>(&self, columns: &[(N, ArrayRef)]) -> Result<RecordBatch> {
        let array = |column: &ColumnDescription| {
            let found = columns.iter().find(|(name, _)| name.as_ref() == column.name);
            let missing =
                || Error::Table { table: self.name, message: format!("the column {} is missing", column.name) };
            found.map(|(_, array)| Arc::clone(array)).ok_or_else(missing)
        };
        self.record_batch(self.columns.iter().map(array).collect::<Result<_>>()?)
    }
}

/// A column of texts. It is made in one piece: the values are asked for twice, first for their length.
pub(crate) fn texts<'t, T: Into<Option<&'t str>>>(values: impl Iterator<Item = T> + Clone) -> ArrayRef {
    let (mut rows, mut bytes) = (0, 0);
    for value in values.clone() {
        rows += 1;
        bytes += value.into().map_or(0, str::len);
    }
    let mut column = StringBuilder::with_capacity(rows, bytes);
    values.for_each(|value| column.append_option(value.into()));
    Arc::new(column.finish())
}

/// A column of integers.
pub(crate) fn wholes<T: Into<Option<i32>>>(values: impl Iterator<Item = T>) -> ArrayRef {
    Arc::new(values.map(Into::into).collect::<Int32Array>())
}

/// A column of numbers.
pub(crate) fn doubles<T: Into<Option<f64>>>(values: impl Iterator<Item = T>) -> ArrayRef {
    Arc::new(values.map(Into::into).collect::<Float64Array>())
}

/// Every table, in the order of the codebook. A new table is one module and one line here, or in `derive::tables`. One
/// of them has a column for each core indicator of the vocabulary.
pub fn tables(vocabulary: &Vocabulary) -> Vec<TableDescription> {
    let mut tables = vec![
        DOCUMENTS.describe(),
        SENTENCES.describe(),
        OBSERVATIONS.describe(),
        TARGETS.describe(),
        HONOURS.describe(),
        RANKINGS.describe(),
        COVERAGE.describe(),
        TERM_COUNTS.describe(),
        TERM_MATCHES.describe(),
        ISSUES.describe(),
        INDICATORS.describe(),
        DICTIONARY_TERMS.describe(),
        UNITS.describe(),
        AREAS.describe(),
    ];
    tables.extend(derive::tables(vocabulary));
    tables
}

/// The languages of the codebook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    English,
    Chinese,
}

/// What the codebook says beside the sentences of tables, columns and codes.
struct Words {
    head: &'static str,
    key: &'static str,
    no_key: &'static str,
    columns: &'static str,
    yes: &'static str,
    no: &'static str,
    as_in: &'static str,
    values: &'static str,
    parts: &'static str,
    found_in: &'static str,
    stop: &'static str,
    codes: &'static str,
}

static ENGLISH: Words = Words {
    head: "# Tables\n\n\
           This page is made from the definitions in `src/tidy`, `src/derive` and `src/issue.rs`; change it there.\n\n\
           Every table is one Parquet file, `NAME.parquet`. The same sentences stand in the files, as metadata\n\
           of the columns (`description`, `unit`), and in `datapackage.json` and `croissant.json`. Units of single\n\
           numbers are UCUM codes, currencies ISO 4217.\n",
    key: "Key: ",
    no_key: "none",
    columns: "| column | type | unit | may be null | meaning |",
    yes: "yes",
    no: "no",
    as_in: "as in ",
    values: " One of ",
    parts: " Each of ",
    found_in: " Found in ",
    stop: ".",
    codes: "\n## Issue codes\n\n| code | severity | meaning |\n|---|---|---|\n",
};

static CHINESE: Words = Words {
    head: "# 数据表\n\n\
           本页由 `src/tidy`、`src/derive` 和 `src/issue.rs` 中的定义生成，请在那里修改。\n\n\
           每张表是一个 Parquet 文件 `NAME.parquet`。英文说明也写在文件各列的元数据（`description`、`unit`）中，中英文说明同时写在\n\
           `datapackage.json` 和 `croissant.json` 中。单个数值的单位用 UCUM 代码，货币用 ISO 4217 代码。\n",
    key: "主键：",
    no_key: "无",
    columns: "| 列 | 类型 | 单位 | 可为空 | 含义 |",
    yes: "是",
    no: "否",
    as_in: "同 ",
    values: "取值：",
    parts: "各项取值：",
    found_in: "对应 ",
    stop: "。",
    codes: "\n## 问题代码\n\n| 代码 | 严重程度 | 含义 |\n|---|---|---|\n",
};

/// The page that explains every table, column and issue code, in Markdown.
pub fn codebook(tables: &[TableDescription], language: Language) -> String {
    let words = match language {
        Language::English => &ENGLISH,
        Language::Chinese => &CHINESE,
    };
    let mut page = String::from(words.head);
    for table in tables {
        write_table(&mut page, table, language, words);
    }
    page.push_str(words.codes);
    for code in IssueCode::ALL {
        let meaning = match language {
            Language::English => code.meaning(),
            Language::Chinese => code.meaning_zh(),
        };
        write_line(&mut page, &format!("| `{}` | {} | {} |", code.name(), code.severity().name(), cell(meaning)));
    }
    page
}

fn write_table(page: &mut String, table: &TableDescription, language: Language, words: &Words) {
    let key = if table.key.is_empty() { words.no_key.to_string() } else { code_list(table.key, ", ") };
    let Words { stop, .. } = words;
    match language {
        Language::English => {
            write_line(page, &format!("\n## {}\n\n{}\n", table.name, table.sentence));
            write_line(page, &format!("{}{key}{stop} Row order: {}{stop}\n", words.key, table.order));
        }
        Language::Chinese => {
            write_line(page, &format!("\n## {}\n\n{}\n", table.name, table.sentence_zh));
            write_line(page, &format!("{}{key}{stop}\n", words.key));
        }
    }
    write_line(page, &format!("{}\n|---|---|---|---|---|", words.columns));
    for column in &table.columns {
        let unit = column.unit.as_deref().map(cell).unwrap_or_default();
        let unit = unit.replace(ENGLISH.as_in, words.as_in);
        let null = if column.nullable { words.yes } else { words.no };
        let mut meaning = match language {
            Language::English => column.sentence.clone(),
            Language::Chinese => column.sentence_zh.clone(),
        };
        match column.values {
            Values::Open => {}
            Values::OneOf(list) => meaning.extend([words.values, &code_list(list, ", "), stop]),
            Values::EachOf(list) => meaning.extend([words.parts, &code_list(list, ", "), stop]),
        }
        if let Some(Reference { table, columns }) = column.reference {
            let last = columns.last().copied().unwrap_or_default();
            meaning.extend([words.found_in, &format!("`{table}.{last}`"), stop]);
        }
        let kind = column.kind.name();
        write_line(page, &format!("| `{}` | {kind} | {unit} | {null} | {} |", column.name, cell(&meaning)));
    }
}

/// Names as code, with something between them.
fn code_list(names: &[&str], between: &str) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(between)
}

/// Writing to a string cannot fail.
fn write_line(page: &mut String, line: &str) {
    let _ = writeln!(page, "{line}");
}

/// A `|` would end the cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow_array::Array;
    use arrow_array::cast::AsArray;

    struct Row {
        name: Option<&'static str>,
        share: Option<f64>,
        like: Option<&'static str>,
    }

    static TABLE: TableDef<Row> = TableDef {
        name: "sample",
        sentence: "One row a thing.",
        sentence_zh: "每行一物。",
        key: &["name"],
        order: "by name",
        columns: &[
            Column::<Row>::new("name", Get::Text(|row| row.name), "What it is called.")
                .zh("名称。")
                .required()
                .one_of(&["甲", "乙"]),
            Column::<Row>::new("share", Get::Double(|row| row.share), "Its share, a|b.")
                .zh("份额。")
                .unit("as in unit"),
            Column::<Row>::new("like", Get::Text(|row| row.like), "What it is like.")
                .zh("相似之物。")
                .each_of(&["甲", "乙"])
                .references("sample", &["name"]),
        ],
    };

    #[test]
    fn a_batch_has_the_values_and_the_described_schema() {
        let rows =
            [Row { name: Some("甲"), share: Some(1.5), like: None }, Row { name: Some("乙"), share: None, like: None }];
        let batch = TABLE.batch(&rows).unwrap();
        assert_eq!(batch.num_rows(), 2);
        assert_eq!(batch.column(0).as_string::<i32>().value(1), "乙");
        assert_eq!(batch.column(1).as_primitive::<arrow_array::types::Float64Type>().value(0), 1.5);
        assert!(batch.column(1).is_null(1));
        let field = batch.schema().field(1).clone();
        assert_eq!(field.data_type(), &DataType::Float64);
        assert!(field.is_nullable());
        assert_eq!(field.metadata()["description"], "Its share, a|b.");
        assert_eq!(field.metadata()["unit"], "as in unit");
        assert!(!batch.schema().field(0).is_nullable());
    }

    #[test]
    fn a_missing_value_in_a_required_column_is_an_error() {
        let error = TABLE.batch(&[Row { name: None, share: None, like: None }]).unwrap_err();
        assert!(matches!(error, Error::Table { table: "sample", .. }), "{error}");
    }

    #[test]
    fn the_codebook_shows_every_column_once() {
        let mut page = String::new();
        write_table(&mut page, &TABLE.describe(), Language::English, &ENGLISH);
        assert_eq!(
            page,
            "\n## sample\n\nOne row a thing.\n\nKey: `name`. Row order: by name.\n\n\
             | column | type | unit | may be null | meaning |\n|---|---|---|---|---|\n\
             | `name` | string |  | no | What it is called. One of `甲`, `乙`. |\n\
             | `share` | double | as in unit | yes | Its share, a\\|b. |\n\
             | `like` | string |  | yes | What it is like. Each of `甲`, `乙`. Found in `sample.name`. |\n"
        );
        let mut page = String::new();
        write_table(&mut page, &TABLE.describe(), Language::Chinese, &CHINESE);
        assert_eq!(
            page,
            "\n## sample\n\n每行一物。\n\n主键：`name`。\n\n\
             | 列 | 类型 | 单位 | 可为空 | 含义 |\n|---|---|---|---|---|\n\
             | `name` | string |  | 否 | 名称。取值：`甲`, `乙`。 |\n\
             | `share` | double | 同 unit | 是 | 份额。 |\n\
             | `like` | string |  | 是 | 相似之物。各项取值：`甲`, `乙`。对应 `sample.name`。 |\n"
        );
        let codebook = codebook(&tables(&Vocabulary::embedded().unwrap()), Language::English);
        assert!(codebook.contains("| `obs_id` | string |"));
        assert!(codebook.contains("| `empty_file` | error | The file holds no text. |"));
    }

    #[test]
    fn every_table_is_well_described() {
        for table in tables(&Vocabulary::embedded().unwrap()) {
            let mut names: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
            for key in table.key {
                let column = table.columns.iter().find(|column| column.name == *key);
                assert!(column.is_some_and(|column| !column.nullable), "{}: key {key}", table.name);
            }
            for column in &table.columns {
                assert!(column.sentence.ends_with('.'), "{}.{}", table.name, column.name);
            }
            assert!(table.sentence.ends_with('.') && !table.order.ends_with('.'), "{}", table.name);
            names.sort_unstable();
            let count = names.len();
            names.dedup();
            assert_eq!(names.len(), count, "{}: a column name stands twice", table.name);
        }
    }

    #[test]
    fn every_table_column_and_code_is_explained_in_chinese() {
        let mut missing = Vec::new();
        let is_sentence = |text: &str| text.ends_with('。') && text.chars().any(crate::normalize::is_han);
        for table in tables(&Vocabulary::embedded().unwrap()) {
            if !is_sentence(table.sentence_zh) {
                missing.push(table.name.to_string());
            }
            let columns = table.columns.iter().filter(|column| !is_sentence(&column.sentence_zh));
            missing.extend(columns.map(|column| format!("{}.{}", table.name, column.name)));
        }
        let codes = IssueCode::ALL.iter().filter(|code| !is_sentence(code.meaning_zh()));
        missing.extend(codes.map(|code| code.name().to_string()));
        assert!(missing.is_empty(), "not explained in Chinese: {missing:?}");
    }

    #[test]
    fn values_and_references_are_of_columns_that_are_there() {
        let tables = tables(&Vocabulary::embedded().unwrap());
        for table in &tables {
            for column in table.columns.iter().filter(|column| column.values != Values::Open) {
                assert_eq!(column.kind, Kind::Text, "{}.{}", table.name, column.name);
            }
            for key in table.foreign_keys() {
                let other = tables.iter().find(|other| other.name == key.table).unwrap();
                for (name, referenced) in key.columns.iter().zip(key.referenced) {
                    let here = table.columns.iter().find(|column| column.name == *name).unwrap();
                    let there = other.columns.iter().find(|column| column.name == *referenced).unwrap();
                    assert_eq!(here.kind, there.kind, "{}.{name}", table.name);
                }
            }
        }
        let observations = OBSERVATIONS.describe();
        let keys = observations.foreign_keys();
        assert!(keys.contains(&ForeignKey {
            columns: vec!["document_id".into(), "sentence_id".into()],
            table: "sentences",
            referenced: &["document_id", "sentence_id"],
        }));
        assert!(Values::EachOf(&["a", "b"]).allow("b|a") && !Values::EachOf(&["a", "b"]).allow("a|c"));
        assert!(Values::OneOf(&["a"]).allow("a") && !Values::OneOf(&["a"]).allow("a|a"));
    }
}
