//! Whole reports: every row of each file of `data/reports` stands in `tests/golden/NAME.csv`.
//! `UPDATE_GOLDEN=1 cargo test --test golden` rewrites; look at every line before it is committed.

mod common;

use common::{root, sample_reports, vocabulary};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::PathBuf;
use zhibiao::config::Config;
use zhibiao::document::document;
use zhibiao::model::{Date, DocumentOutcome, RawFile, TargetRow};
use zhibiao::read::container_of;

const OBSERVATION_COLUMNS: [&str; 18] = [
    "section_role",
    "indicator",
    "indicator_text",
    "measure",
    "direction",
    "status",
    "comparator",
    "value",
    "unit",
    "obs_value",
    "unit_measure",
    "time_period",
    "change_basis",
    "within",
    "role",
    "obs_status",
    "flags",
    "value_text",
];

/// Of the targets only those that are more than one observation: without a figure, ranges, with a figure striven for.
const TARGET_COLUMNS: [&str; 14] = [
    "is_headline",
    "indicator",
    "indicator_text",
    "form",
    "bound",
    "direction",
    "low",
    "high",
    "unit_measure",
    "reference",
    "stretch_text",
    "modifier_text",
    "horizon",
    "target_text",
];

#[test]
fn reports_give_their_golden_rows() {
    let mut wrong = Vec::new();
    let is_update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let reports = sample_reports();
    for path in &reports {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let golden = golden_path(name);
        let bytes = std::fs::read(path).unwrap();
        let source_path = format!("data/reports/{}", path.file_name().unwrap().to_str().unwrap());
        let container = container_of(&bytes, &source_path);
        let got = page(&document(&RawFile::new(&source_path, container, bytes), &Config::default(), vocabulary()));
        if is_update {
            std::fs::write(&golden, &got).unwrap();
        }
        let want = std::fs::read_to_string(&golden).unwrap_or_default();
        if want != got {
            wrong.push(format!("{name}:\n{}", changes(&want, &got)));
        }
    }
    let expected: BTreeSet<PathBuf> =
        reports.iter().map(|path| golden_path(path.file_stem().unwrap().to_str().unwrap())).collect();
    let found: BTreeSet<PathBuf> =
        std::fs::read_dir(root().join("tests/golden")).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(found, expected, "every sample report has its golden file and no other is there");
    common::assert_none("reports differ (UPDATE_GOLDEN=1 rewrites)", &wrong);
}

fn golden_path(name: &str) -> PathBuf {
    root().join(format!("tests/golden/{name}.csv"))
}

/// One document as CSV in four blocks: the document, its observations, its targets, its issues.
fn page(outcome: &DocumentOutcome) -> String {
    let mut page = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    let document = outcome.document.as_ref().unwrap();
    page.write_record([
        "report_kind",
        "ref_area",
        "report_year",
        "reviewed_year",
        "planned_year",
        "encoding",
        "title",
        "speaker",
        "delivered_date",
    ])
    .unwrap();
    let year = |year: Option<i32>| year.map_or(String::new(), |year| year.to_string());
    page.write_record([
        &*document.report_kind,
        document.ref_area.as_deref().unwrap_or_default(),
        &year(document.report_year),
        &year(document.reviewed_year),
        &year(document.planned_year),
        document.encoding.as_deref().unwrap_or("-"),
        document.title.as_deref().unwrap_or_default(),
        document.speaker.as_deref().unwrap_or_default(),
        document.delivered_date.map_or(String::new(), iso).as_str(),
    ])
    .unwrap();
    page.write_record(OBSERVATION_COLUMNS).unwrap();
    for row in &outcome.observations {
        page.write_record(cells(row, &OBSERVATION_COLUMNS)).unwrap();
    }
    page.write_record(TARGET_COLUMNS).unwrap();
    let is_more = |row: &&TargetRow| row.obs_id.is_none() || row.obs_id_high.is_some() || row.stretch_text.is_some();
    for row in outcome.targets.iter().filter(is_more) {
        page.write_record(cells(row, &TARGET_COLUMNS)).unwrap();
    }
    page.write_record(["issue", "message"]).unwrap();
    for issue in &outcome.issues {
        page.write_record([issue.code.name(), &issue.message]).unwrap();
    }
    String::from_utf8(page.into_inner().unwrap()).unwrap()
}

/// The values of a row in some columns, as text.
fn cells(row: &impl serde::Serialize, columns: &[&str]) -> Vec<String> {
    let row = serde_json::to_value(row).unwrap();
    let cell = |column: &&str| match row.get(column).unwrap() {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Bool(is) => is.to_string(),
        Value::Number(number) => number.as_f64().unwrap().to_string(),
        other => panic!("column {column} is {other}"),
    };
    columns.iter().map(cell).collect()
}

/// A day as written: the days of the calendar are tried, there are not many.
fn iso(days: i32) -> String {
    let year = 1970 + days.div_euclid(366);
    let all =
        (year..=year + 2).flat_map(|y| (1..=12).flat_map(move |m| (1..=31).filter_map(move |d| Date::new(y, m, d))));
    let date = all.into_iter().find(|date| date.days_since_epoch() == days).unwrap();
    format!("{}-{:02}-{:02}", date.year, date.month, date.day)
}

/// The lines that only one of two texts has, in order.
fn changes(want: &str, got: &str) -> String {
    let lines = |text: &'_ str| text.lines().map(str::to_string).collect::<BTreeSet<_>>();
    let (wanted, gotten) = (lines(want), lines(got));
    let lost = want.lines().filter(|line| !gotten.contains(*line)).map(|line| format!("  - {line}"));
    let gained = got.lines().filter(|line| !wanted.contains(*line)).map(|line| format!("  + {line}"));
    let all: Vec<String> = lost.chain(gained).collect();
    if all.is_empty() { "  the same lines in another order or number".into() } else { all.join("\n") }
}

#[test]
fn days_come_back_as_dates() {
    assert_eq!(iso(Date::new(2021, 1, 12).unwrap().days_since_epoch()), "2021-01-12");
    assert_eq!(iso(Date::new(2020, 2, 29).unwrap().days_since_epoch()), "2020-02-29");
    assert_eq!(iso(0), "1970-01-01");
}
