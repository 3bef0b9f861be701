//! The extraction against annotations made by hand, with floors for every figure; and what `zhibiao evaluate` says.

mod common;

use common::{assert_none, beside, root, vocabulary};
use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use zhibiao::config::Config;
use zhibiao::decode::decode_bytes;
use zhibiao::evaluate::{Evaluation, evaluate};
use zhibiao::run::{RunMode, run};

/// The least a figure may be: what was reached, rounded down. Raised, never lowered.
struct Floors {
    figure: &'static str,
    /// The sample reports, annotated in `data/gold`.
    sample: f64,
    /// The annotated reports beside the checkout.
    beside: f64,
}

const FLOORS: [Floors; 17] = [
    floors("P", 1.0, 0.99),
    floors("R", 0.99, 1.0),
    floors("detect", 0.99, 0.99),
    floors("value", 1.0, 1.0),
    floors("unit", 0.99, 1.0),
    floors("measure", 0.99, 0.99),
    floors("direction", 0.99, 0.99),
    floors("status", 0.99, 0.99),
    floors("comparator", 0.99, 1.0),
    floors("period", 0.98, 0.99),
    floors("role", 0.99, 1.0),
    floors("within", 0.99, 0.99),
    floors("scope", 0.97, 0.92),
    floors("indicator_text", 0.96, 0.91),
    floors("tuple", 0.96, 0.99),
    floors("full", 0.93, 0.90),
    floors("linked", 0.95, 0.95),
];
/// Of the links only the sample's are counted against a list of ids that could be given.
const SAMPLE_LINK_PRECISION: f64 = 0.98;

const fn floors(figure: &'static str, sample: f64, beside: f64) -> Floors {
    Floors { figure, sample, beside }
}

const PHENOMENA: [&str; 18] = [
    "respectively",
    "from_to",
    "part",
    "range",
    "rank",
    "share",
    "multiple",
    "chinese_numeral",
    "fraction",
    "bound",
    "target",
    "estimate",
    "zero",
    "damaged",
    "multi_year",
    "inherited_subject",
    "list",
    "scope",
];

fn publish(reports: &Path, output: &Path) {
    let mut config = Config::default();
    config.read.inputs = vec![reports.display().to_string()];
    config.write.output = output.display().to_string();
    run(&config, &RunMode::default(), &()).unwrap();
}

fn check(evaluation: &Evaluation, floor: impl Fn(&Floors) -> f64) -> HashMap<&'static str, f64> {
    let figures: HashMap<&str, f64> =
        evaluation.total.figures().into_iter().map(|(name, figure)| (name, figure.unwrap())).collect();
    println!("{}", evaluation.to_text());
    let low = FLOORS.iter().filter(|floors| figures[floors.figure] < floor(floors));
    let low: Vec<String> =
        low.map(|floors| format!("{} {}, at least {}", floors.figure, figures[floors.figure], floor(floors))).collect();
    assert_none("figures are below their floors", &low);
    figures
}

#[test]
fn sample_reports_reach_their_floors() {
    let folder = tempfile::tempdir().unwrap();
    publish(&root().join("data/reports"), folder.path());
    let evaluation = evaluate(folder.path(), &root().join("data/gold")).unwrap();
    assert_eq!((evaluation.documents.len(), evaluation.absent.len()), (10, 0));
    assert_eq!(evaluation.total.gold, 1042);
    let figures = check(&evaluation, |floors| floors.sample);
    assert!(figures["link_precision"] >= SAMPLE_LINK_PRECISION, "{}", figures["link_precision"]);
    assert!(PHENOMENA.iter().all(|name| evaluation.phenomena.contains_key(*name)), "{:?}", evaluation.phenomena);
}

#[test]
fn annotated_reports_reach_their_floors() {
    let Some(gold) = beside("shared/gold") else { return };
    let folder = tempfile::tempdir().unwrap();
    publish(&gold, folder.path());
    let evaluation = evaluate(folder.path(), &gold).unwrap();
    assert_eq!(evaluation.absent.len(), 0);
    check(&evaluation, |floors| floors.beside);
}

#[test]
fn the_sample_annotations_are_sound() {
    let mut wrong = Vec::new();
    let gold = root().join("data/gold");
    let ids = fs::read_to_string(gold.join("indicators.txt")).unwrap();
    let ids: Vec<&str> = ids.lines().collect();
    let catalogue: Vec<&str> = vocabulary().indicators.iter().map(|indicator| indicator.id.as_str()).collect();
    wrong.extend(ids.iter().filter(|id| !catalogue.contains(id)).map(|id| format!("{id} is not in the catalogue")));
    for report in common::annotated_reports() {
        let name = report.file_stem().unwrap().to_str().unwrap();
        let text = decode_bytes(&fs::read(&report).unwrap(), None, &Config::default().decode).0.unwrap().text;
        let letters: Vec<char> = text.chars().collect();
        let mut last = 0;
        for line in fs::read_to_string(gold.join(format!("{name}.jsonl"))).unwrap().lines() {
            let row: serde_json::Value = serde_json::from_str(line).unwrap();
            let word = |key: &str| row[key].as_str().unwrap_or_default();
            let (start, end) = (row["start"].as_u64().unwrap() as usize, row["end"].as_u64().unwrap() as usize);
            if letters[start..end].iter().collect::<String>() != word("value_text")
                || !word("quote").contains(word("value_text"))
                || !text.contains(word("quote"))
                || start < last
            {
                wrong.push(format!("{name}: {} at {start}..{end} is not the text", word("value_text")));
            }
            last = start;
            let named = word("phenomenon").split('|').filter(|name| !name.is_empty());
            wrong.extend(
                named
                    .filter(|name| !PHENOMENA.contains(name))
                    .map(|name| format!("{name} is no phenomenon of the list")),
            );
            if !row["indicator"].is_null() && !ids.contains(&word("indicator")) {
                wrong.push(format!("{name}: {} is not in indicators.txt", word("indicator")));
            }
        }
    }
    assert_none("annotations are wrong", &wrong);
}

/// A folder with a report, its tables and one annotation of it.
fn workshop() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in ["reports", "gold", "empty"] {
        fs::create_dir(folder.path().join(name)).unwrap();
    }
    let report = common::report_with(common::Part::Review, "地区生产总值3128.4亿元，增长5.1%。");
    fs::write(folder.path().join("reports/some.report.txt"), report).unwrap();
    publish(&folder.path().join("reports"), &folder.path().join("tables"));
    annotate(folder.path(), "some", &[line("")]);
    folder
}

/// An annotation of the workshop's first number; more keys may be given.
fn line(more: &str) -> String {
    format!(
        r#"{{"value_text": "3128.4亿元", "indicator_text": "地区生产总值", "value": 3128.4, "unit": "亿元", "measure": "level",
            "status": "actual", "comparator": "=", "period": "2020", "indicator": "gdp"{more}}}"#
    )
    .replace("\n            ", " ")
}

fn annotate(folder: &Path, name: &str, lines: &[String]) {
    fs::write(folder.join(format!("gold/{name}.jsonl")), lines.join("\n")).unwrap();
}

fn zhibiao(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_zhibiao"));
    command.arg("evaluate").args(arguments).current_dir(folder).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn a_line_without_a_place_is_found_in_the_report_beside_it() {
    let workshop = workshop();
    let folder = workshop.path();
    fs::copy(folder.join("reports/some.report.txt"), folder.join("gold/some.txt")).unwrap();
    for dir in ["tables", "tables/current"] {
        let output = zhibiao(folder, &[dir, "--gold", "gold", "--errors", "errors.jsonl", "--json"]);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        let page: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let all = &page["ALL"];
        assert_eq!((&all["gold"], &all["pred"], &all["P"]), (&1.into(), &2.into(), &0.5.into()));
        assert_eq!((&all["R"], &all["tuple"], &page["documents"]["some"]), (&1.0.into(), &(2.0 / 3.0).into(), all));
    }
    let errors = fs::read_to_string(folder.join("errors.jsonl")).unwrap();
    assert_eq!(errors, "{\"doc\":\"some\",\"quote\":\"地区生产总值3128.4亿元，增长5.1%\",\"spurious\":\"5.1%\"}\n");
    let page = text(&zhibiao(folder, &["tables", "--gold", "gold"]).stdout);
    assert!(page.starts_with("document ") && page.contains("\nALL ") && page.contains("\nindicator_text "), "{page}");
}

#[test]
fn a_document_that_is_absent_is_told_and_ends_with_1() {
    let workshop = workshop();
    fs::remove_file(workshop.path().join("gold/some.jsonl")).unwrap();
    annotate(workshop.path(), "other", &[line(r#", "start": 1, "end": 9"#)]);
    let output = zhibiao(workshop.path(), &["tables", "--gold", "gold"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("no document other"), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("\nALL "), "{}", text(&output.stdout));
}

#[test]
fn what_cannot_be_compared_is_told_and_ends_with_2() {
    let workshop = workshop();
    let folder = workshop.path();
    let place = r#", "start": 1, "end": 9"#;
    let lines: [(String, &str); 6] = [
        ("{\"value_text\": ".into(), "some.jsonl:2: EOF while parsing a value"),
        (line(place).replace("\"unit\": \"亿元\",", ""), "some.jsonl:2: missing field `unit`"),
        (line(place).replace("\"level\"", "\"levle\""), "some.jsonl:2: measure is `levle`; it is one of level, "),
        (line(r#", "start": 1, "end": 4"#), "some.jsonl:2: start 1 and end 4 do not fit `3128.4亿元` of 8 characters"),
        (line(r#", "start": -9223372036854775808, "end": 9"#), "some.jsonl:2: start -9223372036854775808"),
        (line(""), "some.jsonl:2: cannot read gold/some.txt"),
    ];
    let mut wrong = Vec::new();
    let mut expect = |arguments: &[&str], words: &str| {
        let output = zhibiao(folder, arguments);
        let message = text(&output.stderr);
        if output.status.code() != Some(2) || !message.contains(words) || !output.stdout.is_empty() {
            wrong.push(format!("{arguments:?}: exit {:?}, want 2 and {words}: {message}", output.status.code()));
        }
    };
    for (bad, words) in lines {
        annotate(folder, "some", &[line(place), bad]);
        expect(&["tables", "--gold", "gold"], words);
    }
    annotate(folder, "some", &[line(r#", "occurrence": 2"#)]);
    fs::copy(folder.join("reports/some.report.txt"), folder.join("gold/some.txt")).unwrap();
    expect(&["tables", "--gold", "gold"], "some.jsonl:1: the text does not hold `3128.4亿元` 2 times");
    annotate(folder, "some", &[line("")]);
    fs::write(folder.join("gold/some.span.json"), "{\"start\": 3}").unwrap();
    expect(&["tables", "--gold", "gold"], "some.span.json");
    fs::remove_file(folder.join("gold/some.span.json")).unwrap();
    expect(&["empty", "--gold", "gold"], "no dataset at empty");
    expect(&["tables", "--gold", "empty"], "no annotations: empty holds no NAME.jsonl");
    expect(&["tables", "--gold", "nowhere"], "cannot list annotations nowhere");
    expect(&["tables", "--gold", "gold", "--errors", "nowhere/errors.jsonl"], "cannot write nowhere/errors.jsonl");
    // Two reports of one name.
    fs::create_dir(folder.join("reports/more")).unwrap();
    let other = common::report_with(common::Part::Plan, "新增停车位300个。");
    fs::write(folder.join("reports/more/some.txt"), other).unwrap();
    publish(&folder.join("reports"), &folder.join("tables"));
    expect(&["tables", "--gold", "gold"], "two documents are named some");
    fs::write(folder.join("tables/current/documents.parquet"), "no Parquet").unwrap();
    expect(&["tables", "--gold", "gold"], "documents.parquet");
    assert_none("failures are not told", &wrong);
}
