//! The program itself: exit codes, messages, what is published, the same bytes at any number of threads.

mod common;
#[path = "common/tables.rs"]
mod tables;

use common::{Part, report_with, root};
use encoding_rs::GB18030;
use parquet::file::reader::{FileReader, SerializedFileReader};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tables::{rows, zhibiao};

/// The columns of `observations`, as DESIGN fixes them.
const OBSERVATIONS: [&str; 36] = [
    "obs_id",
    "document_id",
    "sentence_id",
    "section_path",
    "section_role",
    "ref_area",
    "ref_area_name",
    "scope",
    "indicator",
    "indicator_text",
    "measure",
    "direction",
    "status",
    "comparator",
    "modifier_text",
    "value",
    "unit",
    "obs_value",
    "unit_measure",
    "decimals",
    "time_period",
    "period_start",
    "period_end",
    "period_kind",
    "period_basis",
    "change_basis",
    "within",
    "role",
    "related_obs_id",
    "obs_status",
    "flags",
    "rule_id",
    "value_text",
    "quote",
    "source_start",
    "source_end",
];
/// The columns of `targets`.
const TARGETS: [&str; 34] = [
    "target_id",
    "document_id",
    "sentence_id",
    "section_path",
    "section_role",
    "is_headline",
    "ref_area",
    "ref_area_name",
    "scope",
    "indicator",
    "indicator_text",
    "status",
    "form",
    "bound",
    "measure",
    "direction",
    "low",
    "high",
    "unit",
    "unit_measure",
    "reference",
    "stretch",
    "stretch_text",
    "modifier_text",
    "horizon",
    "obs_id",
    "obs_id_high",
    "obs_id_stretch",
    "flags",
    "rule_id",
    "target_text",
    "quote",
    "source_start",
    "source_end",
];
const TABLES: [&str; 20] = [
    "areas",
    "checks",
    "conflicts",
    "coverage",
    "dictionary_terms",
    "documents",
    "honours",
    "indicators",
    "issues",
    "observations",
    "panel",
    "panel_wide",
    "rankings",
    "sentences",
    "target_outcomes",
    "targets",
    "term_counts",
    "term_matches",
    "units",
    "vintages",
];

fn code(output: &Output) -> i32 {
    output.status.code().unwrap_or_else(|| panic!("ended by a signal: {output:?}"))
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// A folder with a configuration, a report and nothing else.
fn workshop() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("reports")).unwrap();
    fs::write(folder.path().join("pipeline.toml"), "[read]\ninputs = [\"reports\"]\n[write]\noutput = \"tables\"\n")
        .unwrap();
    fs::write(folder.path().join("reports/good.txt"), report_with(Part::Review, "地区生产总值3128.4亿元，增长5.1%。"))
        .unwrap();
    folder
}

/// The columns of a published table, in order.
fn columns(tables: &Path, table: &str) -> Vec<String> {
    let reader =
        SerializedFileReader::new(fs::File::open(tables.join(format!("current/{table}.parquet"))).unwrap()).unwrap();
    reader.metadata().file_metadata().schema_descr().columns().iter().map(|column| column.name().to_string()).collect()
}

/// Name and bytes of every file of the published version.
fn published(tables: &Path) -> BTreeMap<String, Vec<u8>> {
    let folder = fs::read_dir(tables.join("current")).unwrap().map(|entry| entry.unwrap().path());
    folder.map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(path).unwrap())).collect()
}

/// The version that `current` points to.
fn version(tables: &Path) -> PathBuf {
    fs::canonicalize(tables.join("current")).unwrap()
}

#[test]
fn the_sample_is_published_with_the_shipped_configuration() {
    let folder = tempfile::tempdir().unwrap();
    let tables = folder.path().join("tables");
    let output = zhibiao(root(), &["run", "--output", tables.to_str().unwrap()]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let page = stdout(&output);
    assert!(page.starts_with("published     ") && page.contains("\ndocuments     11 of 11 files, "), "{page}");

    let files: BTreeSet<String> = published(&tables).into_keys().collect();
    for table in TABLES {
        assert!(files.contains(&format!("{table}.parquet")), "{table} is not among {files:?}");
    }
    for file in ["manifest.json", "codebook.md", "codebook.zh.md", "datapackage.json", "croissant.json"] {
        assert!(files.contains(file), "{file} is not among {files:?}");
    }
    // Everything published is as expected.
    assert!(!page.contains("Failing rows"), "{page}");
    let output = zhibiao(root(), &["check", tables.to_str().unwrap()]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert!(
        stdout(&output).ends_with("; failing: 0 of severity error, 0 of severity warning\n"),
        "{}",
        stdout(&output)
    );
    assert_eq!(columns(&tables, "observations"), OBSERVATIONS);
    assert_eq!(columns(&tables, "targets"), TARGETS);

    let documents = rows(&tables, "documents");
    let observations = rows(&tables, "observations");
    assert_eq!(documents.len(), 11);
    let told = documents.iter().map(|row| row["n_observations"].as_i64().unwrap()).sum::<i64>();
    assert_eq!(told, observations.len() as i64);
    assert!(page.contains(&format!("\nobservations  {}, ", observations.len())), "{page}");
    let ids: BTreeSet<&str> = observations.iter().map(|row| row["obs_id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), observations.len());
    // Every promise is a target, once, and a target with a figure is a promise.
    let targets = rows(&tables, "targets");
    let is_promise = |row: &&Map<String, Value>| {
        matches!(row["status"].as_str(), Some("target" | "requirement")) && row["role"] != json!("from")
    };
    let promised: Vec<&str> =
        observations.iter().filter(is_promise).map(|row| row["obs_id"].as_str().unwrap()).collect();
    let figures: Vec<&str> = targets
        .iter()
        .flat_map(|row| ["obs_id", "obs_id_high", "obs_id_stretch"].map(|column| row[column].as_str()))
        .flatten()
        .collect();
    assert_eq!(figures.len(), promised.len());
    assert_eq!(BTreeSet::from_iter(figures), BTreeSet::from_iter(promised));
    assert!(targets.iter().any(|row| row["obs_id"].is_null()), "no target without a figure");
    assert!(page.contains(&format!("\nother rows    targets {}, ", targets.len())), "{page}");
    let catalogue: BTreeSet<String> =
        rows(&tables, "indicators").iter().map(|row| row["indicator"].as_str().unwrap().to_string()).collect();
    assert!(observations.iter().all(|row| row["indicator"].as_str().is_none_or(|id| catalogue.contains(id))));
    // One row for each document and core indicator.
    let core = rows(&tables, "indicators").iter().filter(|row| row["core"] == json!(true)).count();
    assert_eq!(rows(&tables, "coverage").len(), documents.len() * core);

    let of = |path: &str| documents.iter().find(|row| row["source_path"].as_str().unwrap().ends_with(path)).unwrap();
    let (dongcheng, chaoyang) = (of("dongcheng_2019_work_report.txt"), of("chaoyang_2020_work_report.txt"));
    assert_eq!((&dongcheng["encoding"], &dongcheng["ref_area"]), (&json!("GB18030"), &json!("110101")));
    assert_eq!(
        (&chaoyang["encoding"], &chaoyang["reviewed_year"], &chaoyang["speaker"]),
        (&json!("UTF-16LE"), &json!(2019), &json!("罗清和"))
    );
    assert!(documents.iter().all(|row| !row["source_path"].as_str().unwrap().starts_with('/')), "{documents:?}");
}

#[test]
fn threads_and_batches_do_not_show_and_a_second_run_is_the_same_version() {
    let folder = tempfile::tempdir().unwrap();
    let mut versions = Vec::new();
    for (name, threads) in [("one", "1"), ("two", "2"), ("two", "2")] {
        let tables = folder.path().join(name);
        let output = zhibiao(root(), &["run", "--threads", threads, "--output", tables.to_str().unwrap()]);
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        versions.push((version(&tables).file_name().unwrap().to_os_string(), published(&tables)));
    }
    assert_eq!(versions[0].0, versions[1].0);
    for (name, bytes) in &versions[0].1 {
        assert!(versions[1].1[name] == *bytes, "{name} differs between 1 and 2 threads");
    }
    assert!(versions[0] == versions[1] && versions[1] == versions[2]);
    assert_eq!(
        fs::read_dir(folder.path().join("two/versions")).unwrap().count(),
        1,
        "a second run of the same input is the same version"
    );
}

#[test]
fn paths_of_the_configuration_are_seen_from_its_place() {
    let workshop = workshop();
    let elsewhere = tempfile::tempdir().unwrap();
    let config = workshop.path().join("pipeline.toml");
    let output = zhibiao(elsewhere.path(), &["run", "--config", config.to_str().unwrap()]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let documents = rows(&workshop.path().join("tables"), "documents");
    assert_eq!(documents.len(), 1);
    assert_eq!(documents[0]["source_path"], json!("good.txt"));
    assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 0);
    // Arguments are seen from where the command is given.
    fs::write(elsewhere.path().join("other.txt"), report_with(Part::Plan, "新增停车位300个。")).unwrap();
    let output = zhibiao(
        elsewhere.path(),
        &["run", "--config", config.to_str().unwrap(), "--input", "other.txt", "--output", "out"],
    );
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let observations = rows(&elsewhere.path().join("out"), "observations");
    assert_eq!(observations.len(), 1);
    assert_eq!((&observations[0]["status"], &observations[0]["obs_value"]), (&json!("target"), &json!(300.0)));
}

#[test]
fn what_cannot_run_is_told_and_ends_with_2() {
    let workshop = workshop();
    let folder = workshop.path();
    fs::write(folder.join("unknown.toml"), "[read]\ninputs = [\"reports\"]\n[run]\nthread = 2\n").unwrap();
    fs::write(folder.join("syntax.toml"), "[read\n").unwrap();
    fs::write(folder.join("level.toml"), "[write]\ncompression_level = 40\n").unwrap();
    fs::write(folder.join("words.toml"), "[read]\ninputs = [\"reports\"]\n[vocab]\ndir = \"nowhere\"\n").unwrap();
    fs::write(folder.join("plain_file"), "in the way").unwrap();
    let rows: [(&[&str], &[&str]); 12] = [
        (&["run", "--config", "missing.toml"], &["cannot read configuration missing.toml"]),
        (&["run", "--config", "unknown.toml"], &["unknown.toml", "line 4", "thread", "threads"]),
        (&["run", "--config", "syntax.toml"], &["syntax.toml", "line 1"]),
        (&["run", "--config", "level.toml"], &["level.toml", "write.compression_level must be 1 to 22"]),
        (&["run", "--config", "words.toml"], &["cannot read vocabulary", "nowhere"]),
        (&["run", "--input", "*.nothing"], &["no file matched *.nothing", "--input"]),
        (&["run", "--input", "nowhere.txt"], &["nowhere.txt does not exist"]),
        (&["run", "--output", "plain_file/tables"], &["plain_file/tables"]),
        (&["run", "--treads", "2"], &["--treads", "--threads"]),
        (&["run", "--threads", "many"], &["many", "--threads"]),
        (&["runn"], &["runn", "run"]),
        (&["explain", "nowhere.txt"], &["cannot read nowhere.txt"]),
    ];
    let mut wrong = Vec::new();
    for (arguments, words) in rows {
        let output = zhibiao(folder, arguments);
        let message = stderr(&output);
        let is_told = words.iter().all(|word| message.contains(word)) && !message.contains("panicked");
        if code(&output) != 2 || !is_told || !stdout(&output).is_empty() {
            wrong.push(format!("{arguments:?}: exit {}, want 2 and {words:?}: {message}", code(&output)));
        }
    }
    common::assert_none("failures are not told", &wrong);
    assert!(!folder.join("tables").join("current").exists(), "nothing may be published");
}

#[test]
fn a_failed_run_leaves_what_was_published() {
    let workshop = workshop();
    let tables = workshop.path().join("tables");
    assert_eq!(code(&zhibiao(workshop.path(), &["run"])), 0);
    let before = (version(&tables), published(&tables));
    assert_eq!(code(&zhibiao(workshop.path(), &["run", "--input", "*.nothing"])), 2);
    assert!((version(&tables), published(&tables)) == before);
    // Another input is another version, and the first one stays beside it.
    fs::write(workshop.path().join("reports/more.txt"), report_with(Part::Review, "新增停车位300个。")).unwrap();
    assert_eq!(code(&zhibiao(workshop.path(), &["run"])), 0);
    assert_ne!(version(&tables), before.0);
    assert!(before.0.is_dir());
    let left: Vec<String> =
        fs::read_dir(&tables).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    let known = [".cache", ".lock", "current", "run_report.json", "versions"];
    assert!(left.iter().all(|name| known.contains(&name.as_str())), "{left:?}");
}

#[test]
fn bad_files_are_issues_and_the_good_ones_are_published() {
    let workshop = workshop();
    let reports = workshop.path().join("reports");
    let good = fs::read(reports.join("good.txt")).unwrap();
    fs::write(reports.join("again.txt"), &good).unwrap();
    fs::write(reports.join("binary.txt"), b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR").unwrap();
    fs::write(reports.join("cyrillic.txt"), "Отчёт о работе правительства района за прошлый год").unwrap();
    fs::write(reports.join("empty.txt"), b"").unwrap();
    fs::write(reports.join("legacy.txt"), GB18030.encode(&report_with(Part::Review, "新增停车位300个。")).0).unwrap();
    fs::write(reports.join("sheet.xlsx"), b"PK\x03\x04").unwrap();
    let output = zhibiao(workshop.path(), &["run"]);
    assert_eq!(code(&output), 1, "{}", stderr(&output));

    let tables = workshop.path().join("tables");
    let paths: Vec<Value> = rows(&tables, "documents").into_iter().map(|row| row["source_path"].clone()).collect();
    assert_eq!(paths, [json!("again.txt"), json!("legacy.txt")], "of two files with the same bytes the first is kept");
    let issues = rows(&tables, "issues");
    let of = |path: &str| -> Vec<(&str, &str)> {
        let named = issues.iter().filter(|row| row["source_path"] == json!(path));
        named.map(|row| (row["code"].as_str().unwrap(), row["severity"].as_str().unwrap())).collect()
    };
    assert_eq!(of("empty.txt"), [("empty_file", "error")]);
    assert_eq!(of("binary.txt"), [("binary_file", "error")]);
    assert_eq!(of("cyrillic.txt"), [("undecodable_text", "error")]);
    assert_eq!(of("sheet.xlsx"), [("unsupported_container", "error")]);
    assert_eq!(of("good.txt"), [("duplicate_file", "warning")]);
    let page = stdout(&output);
    assert!(
        page.contains("documents     2 of 7 files, ")
            && page.contains("\nerror            1  empty_file: The file holds no text.\n"),
        "{page}"
    );
    // Every file is told in the manifest or in the issues.
    let observations = rows(&tables, "observations");
    assert_eq!(
        observations.iter().map(|row| row["obs_value"].as_f64().unwrap()).collect::<Vec<_>>(),
        [312_840_000_000.0, 5.1, 300.0]
    );
}

#[test]
fn the_same_report_from_another_source_names_the_first() {
    let workshop = workshop();
    let reports = workshop.path().join("reports");
    let report = |year: usize| {
        let task = |i: usize| format!("第{i}项工程完成投资{}万元，惠及{}户。", 37 * i + year, 13 * i * year % 997);
        report_with(Part::Review, &(0..60).map(task).collect::<Vec<_>>().join("\n"))
    };
    let page = format!("首页>政务公开\n{}\n上一篇：无", report(2020).replace('，', ",\r\n"));
    fs::write(reports.join("a.txt"), report(2020)).unwrap();
    fs::write(reports.join("b.txt"), GB18030.encode(&page).0).unwrap();
    fs::write(reports.join("c.txt"), report(2021)).unwrap();
    fs::write(
        workshop.path().join("pipeline.toml"),
        "[read]\ninputs = [\"reports\"]\n[run]\nbatch = 1\n[write]\noutput = \"tables\"\n",
    )
    .unwrap();
    let output = zhibiao(workshop.path(), &["run"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let tables = workshop.path().join("tables");
    let documents = rows(&tables, "documents");
    let first = documents[0]["document_id"].clone();
    let named: Vec<&Value> = documents.iter().map(|row| &row["duplicate_of"]).collect();
    assert_eq!(named, [&Value::Null, &first, &Value::Null, &Value::Null], "a, b, c, good");
    assert_eq!(documents[0]["n_observations"], documents[1]["n_observations"], "both keep their rows");
    let issues = rows(&tables, "issues");
    let near: Vec<&Value> =
        issues.iter().filter(|row| row["code"] == json!("near_duplicate")).map(|row| &row["source_path"]).collect();
    assert_eq!(near, [&json!("b.txt")]);
    let told = issues.iter().filter(|row| row["source_path"] == json!("b.txt")).count();
    assert_eq!(documents[1]["n_issues"], json!(told));
}

#[test]
fn only_bad_files_still_publish_their_issues() {
    let workshop = workshop();
    fs::write(workshop.path().join("reports/good.txt"), b"").unwrap();
    let output = zhibiao(workshop.path(), &["run"]);
    assert_eq!(code(&output), 1, "{}", stderr(&output));
    let tables = workshop.path().join("tables");
    assert_eq!(
        (rows(&tables, "documents").len(), rows(&tables, "observations").len(), rows(&tables, "issues").len()),
        (0, 0, 1)
    );
    assert_eq!(columns(&tables, "observations"), OBSERVATIONS);
    assert_eq!(columns(&tables, "targets"), TARGETS);
}

#[test]
fn check_tells_what_is_not_as_expected() {
    let workshop = workshop();
    let check = |arguments: &[&str]| zhibiao(workshop.path(), &[&["check"], arguments].concat());
    let output = check(&["tables"]);
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).starts_with("error: no dataset at tables: "), "{}", stderr(&output));
    assert_eq!(code(&zhibiao(workshop.path(), &["run"])), 0);
    assert_eq!(code(&check(&["tables", "--against", "tables"])), 0);

    // Expectations of one's own: growth is never above 3 %.
    let shipped = fs::read_to_string(root().join("data/expectations.toml")).unwrap();
    let own = shipped.replace(
        "range = [",
        "range = [{ where = { indicator = \"gdp\", measure = \"change_pct\" }, high = 3, severity = \"error\" },",
    );
    fs::write(workshop.path().join("own.toml"), own).unwrap();
    let output = check(&["tables/current", "--expectations", "own.toml", "--json"]);
    assert_eq!(code(&output), 1);
    let verdict: Value = serde_json::from_str(&stdout(&output)).unwrap();
    let outcomes = verdict["expectations"].as_array().unwrap();
    let failed: Vec<&Value> = outcomes.iter().filter(|outcome| outcome["failed"] != json!(0)).collect();
    assert_eq!(failed.len(), 1, "{failed:?}");
    assert_eq!((&failed[0]["id"], &failed[0]["severity"]), (&json!("range.gdp.change_pct"), &json!("error")));
    assert!(failed[0]["failing"][0].as_array().unwrap().contains(&json!(["value_text", "5.1%"])), "{failed:?}");

    // A run with them publishes all the same, and says so.
    let settings =
        "[read]\ninputs = [\"reports\"]\n[write]\noutput = \"tables\"\n[check]\nexpectations = \"own.toml\"\n";
    fs::write(workshop.path().join("pipeline.toml"), settings).unwrap();
    let output = zhibiao(workshop.path(), &["run"]);
    assert_eq!(code(&output), 1, "{}", stderr(&output));
    assert!(stdout(&output).contains("\nerror            1  range.gdp.change_pct: "), "{}", stdout(&output));
    fs::write(workshop.path().join("own.toml"), "show = []\n").unwrap();
    let before = version(&workshop.path().join("tables"));
    let output = zhibiao(workshop.path(), &["run"]);
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("own.toml: line 1: missing field"), "{}", stderr(&output));
    assert_eq!(version(&workshop.path().join("tables")), before);

    let units = workshop.path().join("tables/current/units.parquet");
    fs::remove_file(&units).unwrap();
    let output = check(&["tables"]);
    assert_eq!(code(&output), 1);
    let page = stdout(&output);
    assert!(page.contains("FAIL error    units.columns") && page.contains("table=missing"), "{page}");
    fs::write(&units, b"no Parquet").unwrap();
    let output = check(&["tables"]);
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).starts_with("error: units.parquet cannot be read: "), "{}", stderr(&output));
}

/// `explain` with a text on standard input.
fn explain(arguments: &[&str], text: &[u8]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_zhibiao"));
    let mut child = command
        .arg("explain")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(text).unwrap();
    child.wait_with_output().unwrap()
}

fn keys(value: &Value) -> BTreeSet<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn explain_gives_json_with_the_fields_of_the_contract() {
    let output = explain(&["--json"], "2021年，全区新增停车位1.5万个，推进5G应用。完成棚户区改造1366。".as_bytes());
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let page: Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!(keys(&page), BTreeSet::from(["numbers", "observations", "targets", "honours", "rankings", "issues"]));
    let numbers = page["numbers"].as_array().unwrap();
    assert_eq!(numbers[0], json!({ "text": "1.5万个", "start": 13, "end": 18, "value": 15000.0, "unit": "个" }));
    assert_eq!(numbers.len(), 2, "{numbers:?}");
    let observations = page["observations"].as_array().unwrap();
    assert_eq!(keys(&observations[0]), BTreeSet::from(OBSERVATIONS));
    assert_eq!(
        (&observations[0]["value"], &observations[0]["unit"], &observations[0]["indicator"]),
        (&json!(1.5), &json!("万个"), &json!("parking_new"))
    );
    assert_eq!((&observations[0]["source_start"], &observations[0]["source_end"]), (&json!(13), &json!(18)));
    let issue = page["issues"].as_array().unwrap().iter().find(|issue| issue["code"] == "unit_missing").unwrap();
    assert_eq!(keys(issue), BTreeSet::from(["code", "severity", "source_start", "source_end", "message"]));
    assert_eq!((&issue["severity"], &issue["message"]), (&json!("warning"), &json!("no unit behind 1366")));
}

#[test]
fn explain_reads_a_file_or_standard_input() {
    let workshop = workshop();
    let from_file = zhibiao(workshop.path(), &["explain", "reports/good.txt"]);
    assert_eq!(code(&from_file), 0, "{}", stderr(&from_file));
    let page = stdout(&from_file);
    assert!(page.starts_with("work_report of "), "{page}");
    assert!(
        page.contains("reviews 2020, plans 2021") && page.contains("地区生产总值【3128.4亿元】，增长【5.1%】。"),
        "{page}"
    );
    assert!(page.contains("    地区生产总值 level = 3128.4亿元 · actual 2020 · gdp  [level]\n"), "{page}");
    let text = fs::read(workshop.path().join("reports/good.txt")).unwrap();
    for arguments in [&["-"][..], &[]] {
        assert_eq!(stdout(&explain(arguments, &text)), page);
    }
    let empty = explain(&[], b"");
    assert_eq!((code(&empty), stdout(&empty).as_str()), (0, "empty_file: the file has no bytes\n"));
}

#[test]
fn a_reader_that_goes_away_is_no_panic() {
    let long = report_with(Part::Review, &"新增停车位300个。\n".repeat(20_000));
    let workshop = workshop();
    fs::write(workshop.path().join("long.txt"), long).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_zhibiao"));
    let mut child = command
        .args(["explain", "long.txt", "--json"])
        .current_dir(workshop.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(!stderr(&output).contains("panicked"), "{}", stderr(&output));
    assert_eq!(code(&output), 0);
}

#[test]
fn vocab_counts_and_checks() {
    let output = zhibiao(root(), &["vocab"]);
    assert_eq!(code(&output), 0);
    let vocabulary = common::vocabulary();
    let page = stdout(&output);
    assert!(page.starts_with(&format!("indicators {}\n", vocabulary.indicators.len())), "{page}");
    let (examples, _) = zhibiao::examples::check(vocabulary);
    let dictionaries = &vocabulary.dictionaries;
    let topics = format!("topics     {} with {} terms\n", dictionaries.names.len(), dictionaries.terms.len());
    assert!(page.contains(&topics), "{page}");
    let end = format!("digest     {}\nexamples   {examples}, 0 fail\n", vocabulary.digest);
    assert!(page.ends_with(&end), "{page}");
    let from_folder = zhibiao(root(), &["vocab", "data/vocab"]);
    assert_eq!(stdout(&from_folder), page);
    let missing = zhibiao(root(), &["vocab", "data/nowhere"]);
    assert_eq!(code(&missing), 2);
    assert!(stderr(&missing).contains("data/nowhere"), "{}", stderr(&missing));
}

#[test]
fn vocab_unseen_lists_what_nothing_covers() {
    let folder = tempfile::tempdir().unwrap();
    let reports = folder.path().join("reports");
    fs::create_dir(&reports).unwrap();
    fs::write(
        reports.join("a.txt"),
        report_with(Part::Review, "造林补植任务40项。造林补植任务7项。惠及30万农村居民。"),
    )
    .unwrap();
    fs::write(reports.join("b.txt"), report_with(Part::Review, "造林补植任务9项。竹编作坊3家。地区生产总值增长6%。"))
        .unwrap();
    let output = zhibiao(folder.path(), &["vocab", "unseen", "--input", "reports", "--top", "1"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert_eq!(
        stdout(&output),
        "wordings of rows without a catalogue id: 3 in 5 rows of 2 documents\n\
         documents   rows  wording  example\n        2      3  造林补植任务  造林补植任务40项\n\n\
         nouns right behind numbers without a unit: 1 in 1 rows of 2 documents\n\
         documents   rows  noun  example\n        1      1  农村  惠及30万农村居民\n"
    );
    let nowhere = zhibiao(folder.path(), &["vocab", "unseen", "--input", "nowhere"]);
    assert_eq!(code(&nowhere), 2);
    assert!(stderr(&nowhere).contains("nowhere"), "{}", stderr(&nowhere));
}

#[test]
fn help_and_version_are_no_failures() {
    for argument in ["--help", "--version"] {
        let output = zhibiao(root(), &[argument]);
        assert_eq!(code(&output), 0);
        assert!(stdout(&output).contains("zhibiao"), "{}", stdout(&output));
        assert!(stderr(&output).is_empty());
    }
}
