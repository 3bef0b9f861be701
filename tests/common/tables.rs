//! The command and what it publishes.

// Every test file takes its part of this module.
#![allow(dead_code)]

use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use serde_json::{Map, Value, json};
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

/// Runs the command in a folder.
pub fn zhibiao(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_zhibiao"));
    command.args(arguments).current_dir(folder).env_remove("ZHIBIAO_LOG").output().unwrap()
}

/// The rows of a published table.
pub fn rows(tables: &Path, table: &str) -> Vec<Map<String, Value>> {
    let path = tables.join(format!("current/{table}.parquet"));
    let reader =
        SerializedFileReader::new(fs::File::open(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
            .unwrap();
    let cell = |field: &Field| match field {
        Field::Null => Value::Null,
        Field::Str(text) => json!(text),
        Field::Int(number) => json!(number),
        Field::Long(number) => json!(number),
        Field::Double(number) => json!(number),
        Field::Bool(is) => json!(is),
        Field::Date(days) => json!(days),
        other => panic!("{table} has a column that is not plain: {other:?}"),
    };
    let rows = reader.get_row_iter(None).unwrap();
    rows.map(|row| row.unwrap().get_column_iter().map(|(name, field)| (name.clone(), cell(field))).collect()).collect()
}
