//! Runs `tests/cases/*.toml`: one file a stage or kind, one row a phenomenon, all through one [`check`].
//!
//! A row is a `[[case]]` (`name`, the input, `want`) or a `[[known_gap]]`: `want` is what the contract asks,
//! `got` what the program gives today and `why` it does so. A gap that is mended fails here, so that it is
//! moved among the cases. Only the fields that a row names are compared; `"null"` stands for no value.

mod common;

use common::{Part, read_text, report_of, vocabulary};
use encoding_rs::{BIG5, GB18030};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use zhibiao::config::Config;
use zhibiao::decode::{DecodeOptions, decode_bytes};
use zhibiao::explain::explain;
use zhibiao::issue::Issue;
use zhibiao::model::Meta;
use zhibiao::normalize::normalize;
use zhibiao::parse::parse;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseFile<Input> {
    case: Vec<Row<Input>>,
    #[serde(default = "Vec::new")]
    known_gap: Vec<Row<Input>>,
}

#[derive(Deserialize)]
struct Row<Input> {
    name: String,
    #[serde(flatten)]
    input: Input,
    want: Value,
    got: Option<Value>,
    why: Option<String>,
}

/// Runs every row of a file; `run` gives what the program makes of an input, as the rows write it.
fn check<Input: for<'a> Deserialize<'a>>(kind: &str, run: impl Fn(&Input) -> Value) {
    let path = common::root().join(format!("tests/cases/{kind}.toml"));
    let text = std::fs::read_to_string(&path).unwrap();
    let file: CaseFile<Input> = toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut wrong = Vec::new();
    let mut names = std::collections::HashSet::new();
    for (row, is_gap) in file.case.iter().map(|row| (row, false)).chain(file.known_gap.iter().map(|row| (row, true))) {
        assert!(names.insert(&row.name), "{kind}: two rows are named `{}`", row.name);
        let found = run(&row.input);
        let differs = !differences("", &row.want, &found).is_empty();
        let mut complain = |what: &str, expected: &Value| {
            let lines = differences("", expected, &found).join("\n    ");
            wrong.push(format!(
                "{kind} `{}`: {what}\n    {lines}\n    got  {}",
                row.name,
                only_named(expected, &found)
            ));
        };
        match (is_gap, &row.got, &row.why) {
            (false, None, None) if differs => complain("differs", &row.want),
            (false, None, None) => {}
            (false, ..) => panic!("{kind} `{}`: `got` and `why` belong to a known gap", row.name),
            (true, Some(_), Some(_)) if !differs => complain("the gap is mended: make it a case", &row.want),
            (true, Some(got), Some(_)) if !differences("", got, &found).is_empty() => {
                complain("the gap is another one now", got)
            }
            (true, Some(_), Some(_)) => {}
            (true, ..) => panic!("{kind} `{}`: a known gap needs `got` and `why`", row.name),
        }
    }
    println!("{kind}: {} cases, {} known gaps", file.case.len(), file.known_gap.len());
    common::assert_none("rows differ", &wrong);
}

/// Where a value is not what a row wants: only what the row names is looked at, lists must be equally long.
fn differences(at: &str, want: &Value, got: &Value) -> Vec<String> {
    match (want, got) {
        (Value::Object(want), Value::Object(got)) => want
            .iter()
            .flat_map(|(field, want)| match got.get(field) {
                Some(got) => differences(&format!("{at}.{field}"), want, got),
                None => vec![format!("{at}: there is no field `{field}`")],
            })
            .collect(),
        (Value::Array(want), Value::Array(got)) if want.len() == got.len() => want
            .iter()
            .zip(got)
            .enumerate()
            .flat_map(|(i, (want, got))| differences(&format!("{at}[{i}]"), want, got))
            .collect(),
        (Value::Array(want), Value::Array(got)) => vec![format!("{at}: want {} rows, got {}", want.len(), got.len())],
        (Value::String(want), Value::Null) if want == "null" => Vec::new(),
        (Value::Number(want), Value::Number(got)) if is_near(want.as_f64().unwrap(), got.as_f64().unwrap()) => {
            Vec::new()
        }
        (want, got) if want == got => Vec::new(),
        (want, got) => vec![format!("{at}: want {want}, got {got}")],
    }
}

fn is_near(want: f64, got: f64) -> bool {
    (want - got).abs() <= 1e-9 * want.abs().max(1.0)
}

/// Of what was found, the fields that the row names: the row as it would have to be written.
fn only_named(want: &Value, got: &Value) -> Value {
    match (want, got) {
        (Value::Array(want), Value::Array(got)) => {
            let fields: Vec<&String> = want.iter().filter_map(Value::as_object).flat_map(Map::keys).collect();
            let is_named = |key: &String| key == "value_text" || key == "target_text" || fields.contains(&key);
            let named = |row: &Value| match row {
                Value::Object(row) => row
                    .iter()
                    .filter(|(key, _)| is_named(key))
                    .map(|(key, value)| (key.clone(), value.clone()))
                    .collect(),
                other => other.clone(),
            };
            got.iter().map(named).collect()
        }
        (Value::Object(want), Value::Object(got)) => want
            .iter()
            .map(|(key, want)| (key.clone(), only_named(want, got.get(key).unwrap_or(&Value::Null))))
            .collect(),
        (_, got) => got.clone(),
    }
}

fn codes(issues: &[Issue]) -> Vec<&'static str> {
    issues.iter().map(|issue| issue.code.name()).collect()
}

#[derive(Deserialize)]
struct Bytes {
    /// The text, written in the encoding `as` …
    #[serde(default)]
    text: String,
    #[serde(default)]
    r#as: String,
    /// … or the bytes themselves.
    hex: Option<String>,
    #[serde(default)]
    byte_order_mark: bool,
    #[serde(default = "once")]
    times: usize,
    /// Bytes put in at an offset.
    insert: Option<(usize, Vec<u8>)>,
    /// How many bytes are lost at the end.
    #[serde(default)]
    cut: usize,
}

fn once() -> usize {
    1
}

impl Bytes {
    fn bytes(&self) -> Vec<u8> {
        let text = self.text.repeat(self.times);
        let (mark, mut bytes): (&[u8], Vec<u8>) = match (&self.hex, self.r#as.as_str()) {
            (Some(hex), _) => (
                &[],
                hex.split_whitespace()
                    .map(|byte| u8::from_str_radix(byte, 16).unwrap())
                    .collect::<Vec<u8>>()
                    .repeat(self.times),
            ),
            (None, "UTF-8") => (b"\xEF\xBB\xBF", text.into_bytes()),
            (None, "UTF-16LE") => (b"\xFF\xFE", text.encode_utf16().flat_map(u16::to_le_bytes).collect()),
            (None, "UTF-16BE") => (b"\xFE\xFF", text.encode_utf16().flat_map(u16::to_be_bytes).collect()),
            (None, "GB18030") => (&[], GB18030.encode(&text).0.into_owned()),
            (None, "Big5") => (&[], BIG5.encode(&text).0.into_owned()),
            (None, other) => panic!("unknown encoding `{other}`"),
        };
        if let Some((at, lost)) = &self.insert {
            bytes.splice(at..at, lost.iter().copied());
        }
        bytes.truncate(bytes.len() - self.cut);
        if self.byte_order_mark {
            bytes.splice(0..0, mark.iter().copied());
        }
        bytes
    }
}

#[test]
fn decode_cases() {
    check("decode", |input: &Bytes| {
        let (decoded, issues) = decode_bytes(&input.bytes(), None, &DecodeOptions::default());
        let message = issues.first().map(|issue| issue.message.clone());
        match decoded {
            Some(decoded) => json!({
                "encoding": decoded.encoding,
                "text": decoded.text,
                "replacements": decoded.replacements,
                "runner_up": decoded.runner_up.map(|(name, _)| name),
                "issues": codes(&issues),
                "message": message,
            }),
            None => json!({ "encoding": null, "issues": codes(&issues), "message": message }),
        }
    });
}

#[derive(Deserialize)]
struct Text {
    text: String,
}

#[test]
fn normalize_cases() {
    check("normalize", |input: &Text| {
        let (normalized, issues) = normalize(&input.text, vocabulary());
        let decoded: Vec<char> = input.text.chars().collect();
        // Every plain character and the source characters that it stands for.
        let origins: Vec<String> = normalized
            .text
            .char_indices()
            .map(|(at, c)| {
                let span = normalized.source_span(&(at..at + c.len_utf8()));
                decoded[span].iter().collect()
            })
            .collect();
        json!({ "text": normalized.text, "furniture": normalized.furniture, "issues": codes(&issues), "origins": origins })
    });
}

#[test]
fn numeral_cases() {
    check("numeral", |input: &Text| {
        let explanation = explain(input.text.as_bytes(), "report_2021.txt", &Config::default(), vocabulary());
        serde_json::to_value(explanation.numbers).unwrap()
    });
}

#[derive(Deserialize)]
struct ReportText {
    text: String,
    #[serde(default)]
    path: String,
}

#[test]
fn parse_cases() {
    check("parse", |input: &ReportText| {
        let (normalized, _) = normalize(&input.text, vocabulary());
        let (report, issues) =
            parse(&normalized, input.path.rsplit('/').next().unwrap(), &Meta::default(), vocabulary());
        let date = |date: Option<zhibiao::model::Date>| date.map(|d| format!("{}-{:02}-{:02}", d.year, d.month, d.day));
        let sentences: Vec<Value> = report
            .sentences
            .iter()
            .map(|sentence| {
                let span = sentence.span.map(|(first, last)| format!("{first}/{last}"));
                let path = &report.sections[sentence.section].path;
                json!({ "role": sentence.role.name(), "text": normalized.text[sentence.range.clone()], "path": path, "span": span })
            })
            .collect();
        json!({
            "kind": report.kind.name(),
            "title": report.title,
            "area": report.area.map(|i| vocabulary().areas[i].code.clone()),
            "area_name": report.area_name,
            "level": report.area_level,
            "delivered": date(report.delivered_date),
            "published": date(report.published_date),
            "report_year": report.report_year,
            "reviewed_year": report.reviewed_year,
            "planned_year": report.planned_year,
            "speaker": report.speaker,
            "publisher": report.publisher,
            "meeting": report.meeting,
            "issues": codes(&issues),
            // The sentences of the body: the title block is told by the fields above.
            "body": sentences.into_iter().filter(|s| s["role"] != "front").collect::<Value>(),
        })
    });
}

#[derive(Deserialize)]
struct Clause {
    text: String,
    #[serde(default)]
    part: Option<String>,
    /// The place that reports; without it the report does not say.
    #[serde(default)]
    area: String,
}

#[test]
fn extract_cases() {
    check("extract", |input: &Clause| {
        let outcome = read_text(&report_of(&input.area, part_of(input), &input.text));
        let rows = outcome.observations.iter().map(|row| {
            // The row a part or an end of a change belongs to, by its words.
            let related = row
                .related_obs_id
                .as_ref()
                .and_then(|id| outcome.observations.iter().find(|other| other.obs_id == *id));
            let mut value = serde_json::to_value(row).unwrap();
            value["related"] = json!(related.map(|row| &row.value_text));
            value
        });
        rows.collect()
    });
}

#[test]
fn target_cases() {
    check("targets", |input: &Clause| {
        let part = match input.part.as_deref() {
            Some("review") => Part::Review,
            None | Some("plan") => Part::Plan,
            Some(other) => panic!("unknown part `{other}`"),
        };
        let outcome = read_text(&report_of(&input.area, part, &input.text));
        let words = |id: &Option<String>| {
            let row = id.as_ref().and_then(|id| outcome.observations.iter().find(|row| row.obs_id == *id));
            json!(row.map(|row| &row.value_text))
        };
        let rows = outcome.targets.iter().map(|row| {
            let mut value = serde_json::to_value(row).unwrap();
            // The observations it rests on, by their words.
            value["figure"] = words(&row.obs_id);
            value["figure_high"] = words(&row.obs_id_high);
            value["figure_stretch"] = words(&row.obs_id_stretch);
            value
        });
        rows.collect()
    });
}

/// The part of a report that a case names; the review if it names none.
fn part_of(input: &Clause) -> Part {
    match input.part.as_deref() {
        None | Some("review") => Part::Review,
        Some("plan") => Part::Plan,
        Some(other) => panic!("unknown part `{other}`"),
    }
}

#[test]
fn honour_cases() {
    check("honours", |input: &Clause| {
        let outcome = read_text(&report_of(&input.area, part_of(input), &input.text));
        outcome.honours.iter().map(|row| serde_json::to_value(row).unwrap()).collect()
    });
}

#[test]
fn ranking_cases() {
    check("rankings", |input: &Clause| {
        let outcome = read_text(&report_of(&input.area, part_of(input), &input.text));
        let rows = outcome.rankings.iter().map(|row| {
            let figure = row.obs_id.as_ref().and_then(|id| outcome.observations.iter().find(|o| o.obs_id == *id));
            let mut value = serde_json::to_value(row).unwrap();
            value["figure"] = json!(figure.map(|row| &row.value_text));
            value
        });
        rows.collect()
    });
}
