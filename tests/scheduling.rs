//! What a scheduler sees of a run: exit codes, the report, JSON logs, OpenLineage events, signals, the examples.

mod common;
#[path = "common/tables.rs"]
mod tables;

use common::{Part, report_with, root};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;
use tables::zhibiao;

/// Every key of a report, nested ones behind a dot, those of lists behind `[]`.
const SHAPE: [&str; 66] = [
    "checks",
    "checks.expectations",
    "checks.failed",
    "checks.failed[].failed",
    "checks.failed[].id",
    "checks.failed[].looked_at",
    "checks.failed[].sentence",
    "checks.failed[].severity",
    "counts",
    "counts.bytes",
    "counts.cached",
    "counts.documents",
    "counts.files",
    "counts.linked",
    "counts.linked_share",
    "counts.observations",
    "counts.sentences",
    "counts.targets",
    "directory",
    "drift",
    "drift.alarms",
    "drift.coverage_fallen",
    "drift.coverage_fallen[].indicator",
    "drift.coverage_fallen[].previous_share",
    "drift.coverage_fallen[].share",
    "drift.new_unit_observations",
    "drift.new_units",
    "drift.units",
    "drift.units[].observations",
    "drift.units[].unit",
    "drift.unknown_place",
    "drift.unlinked",
    "ended",
    "error",
    "exit_code",
    "format",
    "inputs",
    "inputs.changed",
    "inputs.new",
    "inputs.renamed",
    "inputs.vanished",
    "issues",
    "issues[].code",
    "issues[].count",
    "issues[].meaning",
    "issues[].severity",
    "output",
    "previous_version",
    "program",
    "program.name",
    "program.sha256",
    "program.version",
    "seconds",
    "settings",
    "settings.options_changed",
    "settings.program_changed",
    "settings.vocabulary_changed",
    "stage_seconds",
    "started",
    "status",
    "tables",
    "threads",
    "uploaded",
    "version",
    "count, names",
    "count, share, previous_share",
];

/// A folder with a configuration and one report.
fn workshop() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("reports")).unwrap();
    let settings = "[read]\ninputs = [\"reports\"]\n[run]\nbatch = 8\n[write]\noutput = \"tables\"\n";
    fs::write(folder.path().join("pipeline.toml"), settings).unwrap();
    add(folder.path(), "good", "地区生产总值3128.4亿元，增长5.1%。");
    folder
}

fn add(folder: &Path, name: &str, paragraph: &str) {
    fs::write(folder.join(format!("reports/{name}.txt")), report_with(Part::Review, paragraph)).unwrap();
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap_or_else(|| panic!("ended by a signal: {output:?}"))
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

fn json_of(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))).unwrap()
}

fn json_lines(bytes: &[u8]) -> Vec<Value> {
    let parse = |line: &str| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    text(bytes).lines().map(parse).collect()
}

/// The keys of an object and of what is in it; those of tables and stages are names, not keys.
fn keys(prefix: &str, value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                let path = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
                found.insert(path.clone());
                match path.as_str() {
                    "tables" | "stage_seconds" => {}
                    "inputs.new" | "inputs.changed" | "inputs.vanished" | "inputs.renamed" => {
                        assert_eq!(names(value), ["count", "names"], "{path}");
                    }
                    "drift.unknown_place" | "drift.unlinked" => {
                        assert_eq!(names(value), ["count", "previous_share", "share"], "{path}");
                    }
                    _ => keys(&path, value, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| keys(&format!("{prefix}[]"), item, found)),
        _ => {}
    }
}

fn names(value: &Value) -> Vec<&str> {
    let mut names: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}

fn current(folder: &Path) -> PathBuf {
    fs::canonicalize(folder.join("tables/current")).unwrap()
}

#[test]
fn the_report_tells_what_was_published_and_what_is_new() {
    let workshop = workshop();
    let folder = workshop.path();
    let output = zhibiao(folder, &["run"]);
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    let first = json_of(&folder.join("tables/run_report.json"));
    assert_eq!((&first["status"], &first["exit_code"]), (&json!("published"), &json!(0)));
    assert_eq!(
        (&first["previous_version"], &first["drift"], &first["error"]),
        (&json!(null), &json!(null), &json!(null))
    );
    assert_eq!(first["inputs"]["new"], json!({ "count": 1, "names": ["good.txt"] }));

    // Another unit, a number without one, an empty file, growth beyond an expectation of our own, and no gross product.
    fs::remove_file(folder.join("reports/good.txt")).unwrap();
    add(folder, "other", "民航起降3200架次。完成棚户区改造1366。地区生产总值增长99%。");
    add(folder, "third", "新增停车位300个。");
    fs::write(folder.join("reports/empty.txt"), b"").unwrap();
    let output = zhibiao(folder, &["run", "--threads", "2", "--report", "elsewhere/report.json", "--json"]);
    assert_eq!(code(&output), 1, "{}", text(&output.stderr));
    let report = json_of(&folder.join("tables/run_report.json"));
    assert_eq!(json_of(&folder.join("elsewhere/report.json")), report);
    assert_eq!(serde_json::from_slice::<Value>(&output.stdout).unwrap(), report);
    assert_eq!((&report["status"], &report["exit_code"]), (&json!("published"), &json!(1)));
    assert_eq!(report["previous_version"], first["version"]);
    assert_ne!(report["version"], first["version"]);
    assert_eq!(report["directory"], json!(current(folder).to_str().unwrap()));
    assert_eq!(report["threads"], json!(2));
    let counts = &report["counts"];
    assert_eq!((&counts["files"], &counts["documents"], &counts["observations"]), (&json!(3), &json!(2), &json!(4)));
    assert_eq!(report["tables"]["observations"]["rows"], json!(4));
    assert_eq!(report["tables"]["documents"]["rows"], json!(2));
    assert_eq!(report["inputs"]["new"], json!({ "count": 3, "names": ["empty.txt", "other.txt", "third.txt"] }));
    assert_eq!(report["inputs"]["vanished"], json!({ "count": 1, "names": ["good.txt"] }));
    let issue = &report["issues"][0];
    assert_eq!(
        (&issue["code"], &issue["severity"], &issue["count"]),
        (&json!("empty_file"), &json!("error"), &json!(1))
    );
    let failed: Vec<&Value> = report["checks"]["failed"].as_array().unwrap().iter().map(|check| &check["id"]).collect();
    assert_eq!(failed, [&json!("range.gdp.change_pct.yoy|annual_average")]);
    let drift = &report["drift"];
    assert_eq!((&drift["new_units"], &drift["new_unit_observations"]), (&json!(2), &json!(2)));
    assert_eq!(drift["units"], json!([{ "unit": "个", "observations": 1 }, { "unit": "架次", "observations": 1 }]));
    // One of two documents states the gross product, where all did.
    assert_eq!(drift["coverage_fallen"], json!([{ "indicator": "gdp", "share": 0.5, "previous_share": 1.0 }]));
    // The reports name no place.
    assert_eq!(drift["unknown_place"], json!({ "count": 2, "share": 1.0, "previous_share": 1.0 }));
    assert_eq!(drift["alarms"], json!([]), "two documents are no drift");
    let stages = names(&report["stage_seconds"]);
    assert_eq!(stages, ["check", "derive", "documents", "publish", "read"]);
    let told = |key: &str| report[key].as_str().unwrap().to_string();
    assert!(told("started") < told("ended") && told("ended").ends_with('Z'), "{report}");

    let mut found = BTreeSet::new();
    keys("", &report, &mut found);
    let expected: BTreeSet<String> =
        SHAPE.iter().filter(|key| !key.contains(", ")).map(|key| key.to_string()).collect();
    assert_eq!(found, expected);
}

#[test]
fn every_field_of_the_report_is_explained() {
    let page = fs::read_to_string(root().join("docs/scheduling.md")).unwrap();
    let fields = SHAPE.iter().flat_map(|path| path.split(", ")).map(|path| path.rsplit(['.', ']']).next().unwrap());
    let missing: BTreeSet<&str> = fields.filter(|field| !page.contains(&format!("`{field}`"))).collect();
    assert!(missing.is_empty(), "docs/scheduling.md does not explain {missing:?}");
}

#[test]
fn nothing_new_is_told_and_is_no_failure() {
    let workshop = workshop();
    let folder = workshop.path();
    fs::write(folder.join("reports/empty.txt"), b"").unwrap();
    assert_eq!(code(&zhibiao(folder, &["run"])), 1, "an empty file is an error");
    let before = current(folder);
    let output = zhibiao(folder, &["run"]);
    assert_eq!(code(&output), 0, "nothing was published, so nothing flawed was");
    assert_eq!(current(folder), before);
    let report = json_of(&folder.join("tables/run_report.json"));
    assert_eq!((&report["status"], &report["version"]), (&json!("unchanged"), &report["previous_version"]));
    assert_eq!(report["inputs"]["new"], json!({ "count": 0, "names": [] }));
    assert!(text(&output.stdout).starts_with("unchanged     "), "{}", text(&output.stdout));
    assert!(text(&output.stdout).contains("; nothing was published\n"), "{}", text(&output.stdout));
}

#[test]
fn the_page_tells_the_most_important_first() {
    let workshop = workshop();
    let folder = workshop.path();
    assert_eq!(code(&zhibiao(folder, &["run"])), 0);
    let first = json_of(&folder.join("tables/run_report.json"))["version"].as_str().unwrap().to_string();
    add(folder, "good", "地区生产总值3128.4亿元，增长99%。");
    fs::write(folder.join("reports/空.txt"), b"").unwrap();
    let output = zhibiao(folder, &["run"]);
    let page = text(&output.stdout);
    let lines: Vec<&str> = page.lines().collect();
    let version = json_of(&folder.join("tables/run_report.json"))["version"].as_str().unwrap().to_string();
    assert_eq!(lines[0], format!("published     {version} at tables/current"));
    assert!(lines[1].starts_with("documents     1 of 2 files, 0.00 MB in "), "{page}");
    assert_eq!(lines[2], "observations  2, 100.0 % with a catalogue id");
    assert!(lines[3].starts_with("other rows    targets 0, honours 0, rankings 0, panel 0, "), "{page}");
    assert_eq!(
        lines[4..7],
        [
            format!("inputs        1 new, 1 changed, 0 vanished, 0 renamed since {first}").as_str(),
            "  new         空.txt",
            "  changed     good.txt"
        ]
    );
    assert_eq!(lines[8], "error            1  empty_file: The file holds no text.");
    assert!(lines.iter().any(|line| line.starts_with("warning          1  range.gdp.change_pct.")), "{page}");
    assert_eq!(
        lines[lines.len() - 2..],
        ["Files and places: tables/current/issues.parquet", "Failing rows: zhibiao check tables"]
    );
}

#[test]
fn a_failed_run_is_reported() {
    let workshop = workshop();
    let folder = workshop.path();
    let output = zhibiao(folder, &["run", "--input", "*.nothing", "--report", "report.json", "--lineage", "events"]);
    assert_eq!(code(&output), 2);
    assert!(text(&output.stderr).contains("error: no file matched *.nothing"), "{}", text(&output.stderr));
    let report = json_of(&folder.join("tables/run_report.json"));
    assert_eq!(json_of(&folder.join("report.json")), report);
    assert_eq!(
        (&report["status"], &report["exit_code"], &report["version"]),
        (&json!("failed"), &json!(2), &json!(null))
    );
    assert!(report["error"].as_str().unwrap().starts_with("no file matched *.nothing"), "{report}");
    let events = json_lines(&fs::read(folder.join("events")).unwrap());
    let kinds: Vec<&Value> = events.iter().map(|event| &event["eventType"]).collect();
    assert_eq!(kinds, [&json!("START"), &json!("FAIL")]);
    assert_eq!(events[1]["run"]["facets"]["errorMessage"]["message"], report["error"]);

    // The settings do not say where the output is; the argument says where the report is.
    fs::write(folder.join("broken.toml"), "[read\n").unwrap();
    let output = zhibiao(folder, &["run", "--config", "broken.toml", "--report", "report.json", "--json"]);
    assert_eq!(code(&output), 2);
    let report = json_of(&folder.join("report.json"));
    assert_eq!((&report["status"], &report["output"]), (&json!("failed"), &json!(null)));
    assert_eq!(serde_json::from_slice::<Value>(&output.stdout).unwrap(), report);
}

#[test]
fn logs_are_json_line_by_line() {
    let workshop = workshop();
    let folder = workshop.path();
    let output = zhibiao(folder, &["run", "--log-format", "json"]);
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    let lines = json_lines(&output.stderr);
    for line in &lines {
        assert!(line["timestamp"].is_string() && line["level"].is_string() && line["message"].is_string(), "{line}");
    }
    let stages: Vec<&str> = lines.iter().filter_map(|line| line["stage"].as_str()).collect();
    assert_eq!(stages, ["read", "documents", "derive", "check", "publish"]);
    let last = lines.last().unwrap();
    let report = json_of(&folder.join("tables/run_report.json"));
    assert_eq!(
        (&last["status"], &last["version"], &last["files"]),
        (&json!("published"), &report["version"], &json!(1))
    );

    for arguments in [
        &["run", "--log-format=json", "--input", "nowhere"][..],
        &["run", "--log-format", "json", "--treads", "2"],
        &["--log-format", "json", "check", "nowhere"],
    ] {
        let output = zhibiao(folder, arguments);
        assert_eq!(code(&output), 2, "{arguments:?}");
        let lines = json_lines(&output.stderr);
        let last = lines.last().unwrap();
        assert_eq!(last["level"], json!("ERROR"), "{arguments:?}");
        let message = last["message"].as_str().unwrap();
        assert!(message.contains("nowhere") || message.contains("--treads"), "{message}");
    }
    // For a person the sentence is enough.
    let output = zhibiao(folder, &["run", "--output", "others"]);
    assert!(text(&output.stderr).contains(" INFO documents took "), "{}", text(&output.stderr));
    assert!(!text(&output.stderr).contains("stage="), "{}", text(&output.stderr));
}

#[test]
fn events_tell_inputs_and_tables() {
    let workshop = workshop();
    let folder = workshop.path();
    let settings = fs::read_to_string(folder.join("pipeline.toml")).unwrap();
    let settings = settings.replace("[run]\n", "[run]\nlineage = \"events.jsonl\"\njob = \"nightly\"\n");
    fs::write(folder.join("pipeline.toml"), settings).unwrap();
    let time = "2026-01-31T03:00:00+01:00";
    assert_eq!(code(&zhibiao(folder, &["run", "--nominal-time", time])), 0);
    assert_eq!(code(&zhibiao(folder, &["run"])), 0);
    assert_eq!(code(&zhibiao(folder, &["run", "--nominal-time", "yesterday"])), 2);
    let events = json_lines(&fs::read(folder.join("events.jsonl")).unwrap());
    let kinds: Vec<&Value> = events.iter().map(|event| &event["eventType"]).collect();
    assert_eq!(kinds, [&json!("START"), &json!("COMPLETE"), &json!("START"), &json!("COMPLETE")]);
    let id = |at: usize| events[at]["run"]["runId"].as_str().unwrap();
    assert_eq!((id(0), id(2)), (id(1), id(3)));
    assert_ne!(id(0), id(2));
    for event in &events {
        let schema = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent";
        assert_eq!((&event["job"]["name"], &event["schemaURL"]), (&json!("nightly"), &json!(schema)));
    }
    let complete = &events[1];
    assert_eq!(complete["run"]["facets"]["nominalTime"]["nominalStartTime"], json!("2026-01-31T02:00:00.000Z"));
    let reports = folder.join("reports");
    assert_eq!(complete["inputs"][0]["name"], json!(reports.to_str().unwrap()));
    let statistics = &complete["inputs"][0]["inputFacets"]["inputStatistics"];
    let bytes = fs::metadata(reports.join("good.txt")).unwrap().len();
    assert_eq!((&statistics["fileCount"], &statistics["size"]), (&json!(1), &json!(bytes)));
    let table = folder.join("tables/current/observations.parquet");
    let outputs = complete["outputs"].as_array().unwrap();
    let output = outputs.iter().find(|output| output["name"] == json!(table.to_str().unwrap())).unwrap();
    let statistics = &output["outputFacets"]["outputStatistics"];
    let size = fs::metadata(&table).unwrap().len();
    assert_eq!((&statistics["rowCount"], &statistics["size"]), (&json!(2), &json!(size)));
    let report = json_of(&folder.join("tables/run_report.json"));
    assert_eq!(output["facets"]["version"]["datasetVersion"], report["version"]);
    let field = &output["facets"]["schema"]["fields"][0];
    assert_eq!((&field["name"], &field["type"]), (&json!("obs_id"), &json!("string")));
    assert_eq!(outputs.len(), names(&report["tables"]).len());
    // The second run wrote nothing.
    assert_eq!(events[3]["outputs"], json!([]));
}

#[cfg(unix)]
#[test]
fn a_signal_ends_a_run_cleanly() {
    use std::io::{BufRead, BufReader};
    use std::process::{Command, Stdio};

    let workshop = workshop();
    let folder = workshop.path();
    assert_eq!(code(&zhibiao(folder, &["run"])), 0);
    let before = current(folder);
    for number in 0..1500 {
        let tasks =
            (1..20).map(|task| format!("第{task}项工程完成投资{}万元，惠及{}户。", number + task, 7 * number + task));
        add(folder, &format!("{number}"), &tasks.collect::<String>());
    }
    // A test under nohup or in the background hands on that SIGHUP or SIGINT is ignored.
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).unwrap_or("0");
    let ignored = u64::from_str_radix(ignored.trim(), 16).unwrap();
    let signals = [("TERM", 15), ("INT", 2), ("HUP", 1)];
    for (signal, _) in signals.into_iter().filter(|(_, number)| ignored >> (number - 1) & 1 == 0) {
        let mut child = Command::new(env!("CARGO_BIN_EXE_zhibiao"))
            .args(["run", "--log-format", "json", "--lineage", "events.jsonl"])
            .current_dir(folder)
            .env_remove("ZHIBIAO_LOG")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        // The inputs are listed; their documents follow.
        let read = lines.next().unwrap().unwrap();
        assert_eq!(serde_json::from_str::<Value>(&read).unwrap()["stage"], json!("read"), "{read}");
        let kill = Command::new("kill").args(["-s", signal, &child.id().to_string()]).status().unwrap();
        assert!(kill.success());
        let rest: Vec<String> = lines.map(Result::unwrap).collect();
        let output = child.wait_with_output().unwrap();
        assert_eq!(code(&output), 2, "{signal}: {rest:?}");
        assert!(output.stdout.is_empty(), "{}", text(&output.stdout));
        let last: Value = serde_json::from_str(rest.last().unwrap()).unwrap();
        assert_eq!(last["message"], json!("stopped; nothing was published"), "{signal}");
        let report = json_of(&folder.join("tables/run_report.json"));
        assert_eq!((&report["status"], &report["exit_code"]), (&json!("stopped"), &json!(2)));
        assert_eq!(current(folder), before);
        let events = json_lines(&fs::read(folder.join("events.jsonl")).unwrap());
        assert_eq!(events.last().unwrap()["eventType"], json!("ABORT"));
    }
    let output = zhibiao(folder, &["run", "--input", "reports/1.txt"]);
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    let left = fs::read_dir(folder.join("tables")).unwrap().map(|entry| entry.unwrap().file_name());
    let staging: Vec<_> = left.filter(|name| name.to_str().unwrap().starts_with(".staging")).collect();
    assert!(staging.is_empty(), "{staging:?}");
    assert_ne!(current(folder), before);
}

#[cfg(target_os = "linux")]
#[test]
fn a_signal_that_is_to_be_ignored_is() {
    use std::io::{BufRead, BufReader};
    use std::process::{Command, Stdio};

    let workshop = workshop();
    let mut child = Command::new("sh")
        .args(["-c", "trap '' HUP; echo ready; exec \"$0\" run", env!("CARGO_BIN_EXE_zhibiao")])
        .current_dir(workshop.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert_eq!(lines.next().unwrap().unwrap(), "ready");
    assert!(Command::new("kill").args(["-s", "HUP", &child.id().to_string()]).status().unwrap().success());
    let page: Vec<String> = lines.map(Result::unwrap).collect();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert!(page[0].starts_with("published "), "{page:?}");
}

#[test]
fn the_examples_use_options_that_exist() {
    let help = zhibiao(root(), &["run", "--help"]);
    let help = text(&help.stdout);
    let folder = root().join("docs/scheduling");
    let mut seen = BTreeSet::new();
    for name in ["zhibiao.service", "zhibiao.timer", "crontab", "airflow_dag.py"] {
        let example = fs::read_to_string(folder.join(name)).unwrap();
        // No other command of the examples has options that begin like these.
        let commands = example.split("zhibiao run").skip(1);
        let words = commands.flat_map(|rest| rest.split(|c: char| c.is_whitespace() || c == '"'));
        for option in words.filter(|word| word.starts_with("--")) {
            assert!(
                help.split_whitespace().any(|word| word == option),
                "{name}: {option} is no option of `zhibiao run`"
            );
            seen.insert(option.to_string());
        }
    }
    let expected = ["--config", "--lineage", "--log-format", "--nominal-time", "--report"];
    assert_eq!(seen, BTreeSet::from(expected.map(String::from)));
}
