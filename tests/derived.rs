//! The derived tables of the sample reports in `data/reports`, as the whole program makes them.

mod common;

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use std::sync::OnceLock;

use common::root;
use parquet::file::reader::{FileReader, SerializedFileReader};
use zhibiao::config::Config;

/// A row by the names of its columns; no value is an empty text.
type Row = BTreeMap<String, String>;

struct Sample {
    folder: tempfile::TempDir,
}

impl Sample {
    /// The sample is run once for all tests.
    fn get() -> &'static Sample {
        static SAMPLE: OnceLock<Sample> = OnceLock::new();
        SAMPLE.get_or_init(|| {
            let folder = tempfile::tempdir().unwrap();
            let text = std::fs::read_to_string(root().join("pipeline.toml")).unwrap();
            let mut config = Config::parse(&text, root().to_path_buf()).unwrap();
            config.write.output = folder.path().join("tables").to_string_lossy().into_owned();
            zhibiao::run::run(&config, &zhibiao::run::RunMode::default(), &()).unwrap();
            Sample { folder }
        })
    }

    fn current(&self) -> std::path::PathBuf {
        self.folder.path().join("tables/current")
    }

    fn rows(&self, table: &str) -> Vec<Row> {
        rows(&self.current().join(format!("{table}.parquet")))
    }
}

fn rows(path: &Path) -> Vec<Row> {
    let reader = SerializedFileReader::new(File::open(path).unwrap()).unwrap();
    let rows = reader.get_row_iter(None).unwrap().map(|row| {
        let row = row.unwrap();
        let field = |field: &parquet::record::Field| match field {
            parquet::record::Field::Null => String::new(),
            parquet::record::Field::Str(text) => text.clone(),
            parquet::record::Field::Double(number) => number.to_string(),
            other => other.to_string(),
        };
        row.get_column_iter().map(|(name, value)| (name.clone(), field(value))).collect()
    });
    rows.collect()
}

/// The row in which some columns have some values; there is one.
fn the<'r>(rows: &'r [Row], wanted: &[(&str, &str)]) -> &'r Row {
    let found: Vec<&Row> = rows.iter().filter(|row| wanted.iter().all(|(name, value)| row[*name] == *value)).collect();
    assert_eq!(found.len(), 1, "{wanted:?}: {found:?}");
    found[0]
}

fn number(row: &Row, column: &str) -> f64 {
    row[column].parse().unwrap()
}

#[test]
fn targets_stand_beside_the_outcome_of_the_next_report() {
    let rows = Sample::get().rows("target_outcomes");
    let gdp = |area: &str, year: &str| {
        let wanted = [("ref_area", area), ("time_period", year), ("indicator", "gdp"), ("change_basis", "yoy")];
        the(&rows, &[wanted.as_slice(), &[("is_headline", "true")]].concat())
    };
    let dongcheng = gdp("110101", "2019");
    assert_eq!((dongcheng["target_text"].as_str(), dongcheng["outcome_value_text"].as_str()), ("6.5%左右", "6.2%左右"));
    assert_eq!((dongcheng["verdict"].as_str(), dongcheng["rule"].as_str()), ("met", "about"));
    assert_eq!((dongcheng["outcome_status"].as_str(), dongcheng["match"].as_str()), ("estimate", "id"));
    assert!((number(dongcheng, "gap") + 0.3).abs() < 1e-9);
    assert!((number(dongcheng, "tolerance") - 0.325).abs() < 1e-9);
    let xicheng = gdp("110102", "2020");
    assert_eq!((xicheng["verdict"].as_str(), xicheng["outcome_value"].as_str()), ("missed", "1.1"));
    let unemployment =
        the(&rows, &[("ref_area", "110105"), ("time_period", "2021"), ("indicator", "unemp_registered")]);
    assert_eq!((unemployment["verdict"].as_str(), unemployment["rule"].as_str()), ("met", "at_most"));
    let retail = the(&rows, &[("ref_area", "110105"), ("time_period", "2020"), ("indicator", "retail_sales")]);
    assert_eq!((retail["verdict"].as_str(), retail["outcome_value"].as_str()), ("missed", "-12.2"));
}

#[test]
fn every_outcome_is_a_result_of_the_same_thing_in_another_report() {
    let sample = Sample::get();
    let observations: BTreeMap<String, Row> =
        sample.rows("observations").into_iter().map(|row| (row["obs_id"].clone(), row)).collect();
    let mut pairs = 0;
    for row in sample.rows("target_outcomes") {
        let verdict = row["verdict"].as_str();
        assert_eq!(verdict == "not_comparable", !row["reason"].is_empty(), "{row:?}");
        let Some(outcome) = observations.get(&row["outcome_obs_id"]) else {
            assert!(!matches!(verdict, "met" | "missed") && row["gap"].is_empty(), "{row:?}");
            continue;
        };
        pairs += 1;
        assert_eq!(outcome["document_id"], row["outcome_document_id"]);
        assert_ne!(outcome["document_id"], row["document_id"]);
        assert!(matches!(outcome["status"].as_str(), "actual" | "estimate"));
        for column in ["indicator", "unit_measure", "time_period", "change_basis"] {
            // The unit of a relative target is that of the distance.
            if column == "unit_measure" && row["form"] == "relative" {
                continue;
            }
            assert_eq!(outcome[column], row[column], "{column} of {row:?}");
        }
    }
    assert!(pairs >= 60, "{pairs}");
}

#[test]
fn the_panel_has_one_value_a_fact_and_keeps_the_others() {
    let sample = Sample::get();
    let panel = sample.rows("panel");
    let revenue = the(
        &panel,
        &[("area", "110105"), ("indicator", "gpb_revenue"), ("time_period", "2021"), ("change_basis", "yoy")],
    );
    let shown = ["obs_value", "first_value", "min_value", "max_value", "n_documents", "is_conflict", "choice"];
    assert_eq!(shown.map(|column| revenue[column].as_str()), ["5.1", "5.2", "5.1", "5.2", "2", "true", "work_report"]);
    let key = ["area", "indicator", "qualifier", "measure", "change_basis", "within", "unit_measure", "time_period"];
    let of = |row: &Row| key.map(|column| row[column].clone());
    let mut keys: Vec<_> = panel.iter().map(of).collect();
    assert!(keys.is_sorted());
    keys.dedup();
    assert_eq!(keys.len(), panel.len());
    // Every vintage is behind one row of the panel.
    let vintages = sample.rows("vintages");
    let told: usize = panel.iter().map(|row| row["n_documents"].parse::<usize>().unwrap()).sum();
    assert_eq!(told, vintages.len());
    assert!(vintages.iter().all(|row| row["measure"] != "rank" && row["status"] != "target"));
    // An average over five years is never the growth of the last of them.
    let average = the(&panel, &[("area", "110102"), ("indicator", "gdp"), ("change_basis", "annual_average")]);
    assert_eq!((average["time_period"].as_str(), average["obs_value"].as_str()), ("2016/2020", "5.2"));
    let growth = the(&panel, &[("area", "110102"), ("indicator", "gdp"), ("change_basis", "yoy"), ("year", "2020")]);
    assert_eq!(growth["obs_value"], "1.1");
}

#[test]
fn the_wide_panel_says_the_same_in_parquet_and_csv() {
    let sample = Sample::get();
    let wide = sample.rows("panel_wide");
    let xicheng = the(&wide, &[("area", "110102"), ("year", "2020")]);
    let shown = ["area_name", "area_level", "gdp", "gdp_yoy", "retail_sales_yoy", "pm25", "unemp_registered"];
    assert_eq!(
        shown.map(|column| xicheng[column].as_str()),
        ["西城区", "county", "506110000000", "1.1", "-7.5", "38", "1.2"]
    );
    let bytes = std::fs::read(sample.current().join("panel_wide.csv")).unwrap();
    let mut reader = csv::Reader::from_reader(bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap());
    let names: Vec<String> = reader.headers().unwrap().iter().map(str::to_string).collect();
    let records: Vec<Row> = reader
        .records()
        .map(|record| names.iter().cloned().zip(record.unwrap().iter().map(str::to_string)).collect())
        .collect();
    assert_eq!(records, wide);
}
