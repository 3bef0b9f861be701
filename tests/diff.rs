//! `zhibiao diff` over the sample reports: one thing is changed, and it names what that changed.

mod common;
#[path = "common/tables.rs"]
mod tables;

use common::{root, sample_reports};
use serde_json::{Map, Value, json};
use std::fs;
use std::path::Path;
use std::process::Output;
use std::sync::OnceLock;
use tables::{rows, zhibiao};
use tempfile::TempDir;

/// The report that is edited or taken away.
const REPORT: &str = "dongcheng_2020_work_report.txt";

fn stdout(output: &Output) -> String {
    assert!(output.stderr.is_empty() || output.status.code() != Some(2), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A folder with the sample reports and the vocabulary, and their tables in `before`.
fn workshop() -> &'static Path {
    static WORKSHOP: OnceLock<TempDir> = OnceLock::new();
    let folder = WORKSHOP.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        copy_reports(&folder.path().join("reports"));
        run(folder.path(), "reports", "", "before");
        folder
    });
    folder.path()
}

fn copy_reports(to: &Path) {
    fs::create_dir(to).unwrap();
    for path in sample_reports() {
        fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
    }
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let copy = to.join(path.file_name().unwrap());
        if path.is_dir() { copy_folder(&path, &copy) } else { fs::copy(&path, &copy).map(|_| ()).unwrap() }
    }
}

/// Runs over a folder of inputs, with settings of other sections, and publishes under `output`.
fn run(folder: &Path, inputs: &str, settings: &str, output: &str) {
    let config = format!("[read]\ninputs = [\"{inputs}\"]\n[write]\noutput = \"{output}\"\n{settings}");
    let name = format!("{output}.toml");
    fs::write(folder.join(&name), config).unwrap();
    let ran = zhibiao(folder, &["run", "--config", &name]);
    assert!(ran.status.code() != Some(2), "{}", String::from_utf8_lossy(&ran.stderr));
}

/// `before` against another output: the summary and every difference.
fn diff(output: &str) -> (Value, Vec<Map<String, Value>>) {
    let file = format!("{output}-differences/current/differences.parquet");
    fs::create_dir_all(workshop().join(&file).parent().unwrap()).unwrap();
    let told = zhibiao(workshop(), &["diff", "before", output, "--json", "--parquet", &file]);
    assert_eq!(told.status.code(), Some(0), "{}", String::from_utf8_lossy(&told.stderr));
    let differences = rows(&workshop().join(format!("{output}-differences")), "differences");
    (serde_json::from_str(&stdout(&told)).unwrap(), differences)
}

/// Gained, lost, changed and moved rows of a table.
fn counts(diff: &Value, table: &str) -> [u64; 4] {
    let tables = diff["tables"].as_array().unwrap();
    let found = tables.iter().find(|found| found["table"] == table).unwrap();
    ["gained", "lost", "changed", "moved"].map(|count| found[count].as_u64().unwrap())
}

/// The tables in which anything differs.
fn differing(diff: &Value) -> Vec<&str> {
    let tables = diff["tables"].as_array().unwrap().iter().map(|table| table["table"].as_str().unwrap());
    tables.filter(|table| counts(diff, table) != [0; 4]).collect()
}

#[test]
fn the_same_sources_give_no_difference() {
    run(workshop(), "reports", "[run]\nthreads = 1\n", "again");
    let arguments = ["diff", "before/current", "again", "--exit-code"];
    let output = zhibiao(workshop(), &arguments);
    let page = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{page}");
    assert!(page.ends_with("\nsources       the same\n\nThe tables do not differ.\n"), "{page}");
}

#[test]
fn an_edited_report_shows_its_edited_figure_and_what_follows_from_it() {
    copy_reports(&workshop().join("edited"));
    let path = workshop().join("edited").join(REPORT);
    let text = fs::read_to_string(&path).unwrap();
    let edited = text.replace("突破2900亿元、增长6.2%左右", "突破2900亿元、增长6.25%左右");
    assert_ne!(text, edited);
    fs::write(&path, edited).unwrap();
    run(workshop(), "edited", "", "after_edit");
    let (diff, differences) = diff("after_edit");

    let changes = &diff["sources"]["inputs"];
    assert_eq!((changes.as_array().unwrap().len(), &changes[0]["name"]), (1, &json!(REPORT)));
    let documents = rows(&workshop().join("before"), "documents");
    let document = documents.iter().find(|document| document["source_path"] == REPORT).unwrap();
    let count = document["n_observations"].as_u64().unwrap();
    // The figure, and the one before it, whose quote holds both.
    assert_eq!(counts(&diff, "observations"), [0, 0, 2, count - 2]);
    assert_eq!(counts(&diff, "documents"), [0, 0, 1, 0]);
    let sentences = rows(&workshop().join("before"), "sentences");
    let sentences = sentences.iter().filter(|sentence| sentence["document_id"] == document["document_id"]).count();
    assert_eq!(counts(&diff, "sentences"), [0, 0, 1, sentences as u64 - 1]);
    let cells = |table: &str, column: &str| -> Vec<(Value, Value)> {
        let cells = differences.iter().filter(|row| row["table"] == table && row["column"] == column);
        cells.map(|row| (row["old"].clone(), row["new"].clone())).collect()
    };
    assert_eq!(cells("observations", "value_text"), [(json!("6.2%左右"), json!("6.25%左右"))]);
    assert_eq!(cells("observations", "obs_value"), [(json!("6.2"), json!("6.25"))]);
    assert_eq!(cells("panel", "obs_value"), [(json!("6.2"), json!("6.25"))]);
    // The report of the year before had promised it.
    assert_eq!(cells("target_outcomes", "outcome_value"), [(json!("6.2"), json!("6.25"))]);
    assert!(differences.iter().all(|row| row["cause"] == "input"), "{differences:?}");
    let of_document = ["observations", "sentences", "targets", "honours", "rankings", "coverage", "term_counts"];
    let of_others = differences.iter().filter(|row| of_document.contains(&row["table"].as_str().unwrap()));
    assert!(of_others.clone().count() > 0 && of_others.clone().all(|row| row["source_path"] == REPORT));
    assert_eq!(zhibiao(workshop(), &["diff", "before", "after_edit", "--exit-code"]).status.code(), Some(1));
}

#[test]
fn a_report_that_is_gone_takes_its_rows_with_it() {
    copy_reports(&workshop().join("fewer"));
    fs::remove_file(workshop().join("fewer").join(REPORT)).unwrap();
    run(workshop(), "fewer", "", "after_loss");
    let (diff, differences) = diff("after_loss");
    assert_eq!(counts(&diff, "documents"), [0, 1, 0, 0]);
    let lost = differences.iter().filter(|row| row["change"] == "lost" && row["table"] == "observations");
    let lost: Vec<_> = lost.collect();
    let documents = rows(&workshop().join("before"), "documents");
    let document = documents.iter().find(|document| document["source_path"] == REPORT).unwrap();
    assert_eq!(json!(lost.len()), document["n_observations"]);
    assert_eq!(counts(&diff, "observations"), [0, lost.len() as u64, 0, 0]);
    assert!(lost.iter().all(|row| row["cause"] == "input" && row["source_path"] == REPORT));

    let page = stdout(&zhibiao(workshop(), &["diff", "after_loss", "before", "--table", "documents", "--rows", "1"]));
    assert!(page.contains(&format!("\ninput         {REPORT} new\n")), "{page}");
    let head = format!("\n  + {}  {REPORT}  东城区 2020年", document["document_id"].as_str().unwrap());
    assert!(page.contains(&head), "{page}");
    assert!(!page.contains("\nobservations"), "{page}");
}

#[test]
fn an_entry_of_the_vocabulary_shows_in_the_cells_it_makes() {
    let words = workshop().join("words");
    copy_folder(&root().join("data/vocab"), &words);
    run(workshop(), "reports", "[vocab]\ndir = \"words\"\n", "before_words");
    let units = fs::read_to_string(words.join("units.csv")).unwrap();
    let edited = units.replace("\n户,count,{household},", "\n户,count,{family},");
    assert_ne!(units, edited);
    fs::write(words.join("units.csv"), edited).unwrap();
    run(workshop(), "reports", "[vocab]\ndir = \"words\"\n", "after_words");

    // The files are the vocabulary inside the program; where they lie is no difference.
    assert!(stdout(&zhibiao(workshop(), &["diff", "before", "before_words"])).contains("sources       the same"));
    let (diff, differences) = diff("after_words");
    assert_eq!(diff["sources"]["vocabulary"][0]["name"], "units.csv");
    assert_eq!(diff["vocabulary"][0]["kind"], "changed");
    let households = rows(&workshop().join("before"), "observations");
    let households = households.iter().filter(|row| row["unit_measure"] == "{household}").count();
    assert!(households > 0);
    assert_eq!(counts(&diff, "observations"), [0, 0, households as u64, 0]);
    assert_eq!(counts(&diff, "units"), [0, 0, 1, 0]);
    assert_eq!(differing(&diff), ["observations", "targets", "units", "panel", "vintages", "target_outcomes"]);
    for row in &differences {
        let told = ["change", "column", "old", "new", "cause"].map(|name| row[name].as_str().unwrap());
        assert_eq!(told, ["changed", "unit_measure", "{household}", "{family}", "vocabulary"], "{row:?}");
    }

    let note = workshop().join("note.md");
    stdout(&zhibiao(workshop(), &["diff", "before", "after_words", "--markdown", "note.md"]));
    let note = fs::read_to_string(note).unwrap();
    assert!(note.contains("- vocabulary units.csv changed"), "{note}");
    assert!(
        note.contains(&format!(
            "- `unit_measure` changed in {households} rows: {{household}} -\\> {{family}} ({households})\n"
        )),
        "{note}"
    );
}

#[test]
fn an_option_that_drops_a_report_is_the_cause() {
    run(workshop(), "reports", "[decode]\nthreshold = 0.96\n", "after_option");
    let (diff, differences) = diff("after_option");
    assert_eq!(diff["sources"]["options"], json!([{"name": "decode.threshold", "old": 0.5, "new": 0.96}]));
    assert_eq!(counts(&diff, "documents"), [0, 1, 0, 0]);
    let lost = differences.iter().find(|row| row["table"] == "documents").unwrap();
    assert_eq!(lost["source_path"], "chaoyang_2021_communique.html");
    assert!(differences.iter().all(|row| row["cause"] == "options"));
    assert_eq!(counts(&diff, "issues")[0], 1);
}

#[test]
fn what_is_no_dataset_is_named() {
    let output = zhibiao(workshop(), &["diff", "before", "nowhere"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).starts_with("error: no dataset at nowhere: "));
    let output = zhibiao(workshop(), &["diff", "before", "before", "--table", "observation"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "error: there is no table observation\n");
}
