//! The examples of a vocabulary, read by the whole program: what an entry says of itself must come true.

use crate::config::Config;
use crate::explain::explain;
use crate::model::ObservationRow;
use crate::normalize::fold_term;
use crate::vocab::Vocabulary;
use serde_json::Value;
use std::collections::BTreeSet;

/// An example that does not give what its entry says.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    /// `cues.csv:14`, or `indicators/housing.toml` and the id.
    pub place: String,
    pub message: String,
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}

/// How many examples there are, and those that fail.
pub fn check(vocabulary: &Vocabulary) -> (usize, Vec<Failure>) {
    let (mut count, mut failures) = (0, Vec::new());
    let checks = [check_cues, check_targets, check_honours, check_indicators, check_units, check_dictionaries];
    for found in checks.map(|check| check(vocabulary)) {
        count += found.0;
        failures.extend(found.1);
    }
    (count, failures)
}

/// A sentence as a paragraph of its own in a report of 2021 that reviews 2020.
fn read(sentence: &str, vocabulary: &Vocabulary) -> crate::explain::Explanation {
    let report =
        format!("2021年政府工作报告\n各位代表：\n一、2020年工作回顾\n{sentence}\n二、2021年主要任务\n坚持稳中求进。\n");
    explain(report.as_bytes(), "report.txt", &Config::default(), vocabulary)
}

/// What rows say, for messages.
fn told(rows: &[ObservationRow]) -> String {
    joined(rows.iter().map(|row| {
        let mut line = format!("{} {} {}", row.indicator_text, row.measure, row.value_text);
        line.extend([row.direction, row.role, row.change_basis].into_iter().flatten().map(|word| format!(" {word}")));
        let (period, indicator) = (row.time_period.as_deref().unwrap_or("?"), row.indicator.as_deref().unwrap_or("-"));
        format!("[{line} {} {} {period} {indicator}]", row.comparator, row.status)
    }))
}

fn joined(told: impl Iterator<Item = String>) -> String {
    let told: Vec<String> = told.collect();
    if told.is_empty() { "nothing".into() } else { told.join(" ") }
}

/// Each cue's example gives a row that has what `want` says, or none where it wants none.
pub fn check_cues(vocabulary: &Vocabulary) -> (usize, Vec<Failure>) {
    let mut failures = Vec::new();
    for example in &vocabulary.cue_examples {
        let rows = read(&example.example, vocabulary).observations;
        if !meets(&rows, &example.want) {
            failures.push(Failure {
                place: format!("{}:{} {}", example.file, example.line, example.term),
                message: format!("{} wants {}, gives {}", example.example, example.want, told(&rows)),
            });
        }
    }
    (vocabulary.cue_examples.len(), failures)
}

/// Each example of `targets.csv`, read in a plan, gives a row of `targets` that has what `want` says, or none.
pub fn check_targets(vocabulary: &Vocabulary) -> (usize, Vec<Failure>) {
    let mut failures = Vec::new();
    for example in &vocabulary.targets.examples {
        let rows = read_plan(&example.example, vocabulary).targets;
        if !meets(&rows, &example.want) {
            let told = rows.iter().map(|row| {
                let indicator = row.indicator.as_deref().unwrap_or("-");
                let bound = row.bound.unwrap_or("-");
                format!("[{} {} {bound} {} {indicator}]", row.indicator_text, row.form, row.target_text)
            });
            failures.push(Failure {
                place: format!("{}:{} {}", example.file, example.line, example.term),
                message: format!("{} wants {}, gives {}", example.example, example.want, joined(told)),
            });
        }
    }
    (vocabulary.targets.examples.len(), failures)
}

/// Each example of `honours.csv` gives a row of `honours` or `rankings` that has what `want` says, or none; what is
/// striven for is read in a plan.
pub fn check_honours(vocabulary: &Vocabulary) -> (usize, Vec<Failure>) {
    let mut failures = Vec::new();
    for example in &vocabulary.honours.examples {
        let explanation = match example.want.split(';').any(|pair| pair == "status=target") {
            true => read_plan(&example.example, vocabulary),
            false => read(&example.example, vocabulary),
        };
        let is_met = match example.want.as_str() {
            "none" => explanation.honours.is_empty() && explanation.rankings.is_empty(),
            want => meets(&explanation.honours, want) || meets(&explanation.rankings, want),
        };
        if !is_met {
            let honours = explanation.honours.iter().map(|row| {
                let scope = row.scope.as_deref().unwrap_or("?");
                format!(
                    "[{} {} {} of {scope} {}]",
                    row.title,
                    row.form.unwrap_or("-"),
                    row.level.unwrap_or("-"),
                    row.status
                )
            });
            let rankings = explanation
                .rankings
                .iter()
                .map(|row| format!("[{} {} {}]", row.indicator_text, row.of_measure.unwrap_or("-"), row.rank_text));
            failures.push(Failure {
                place: format!("{}:{} {}", example.file, example.line, example.term),
                message: format!(
                    "{} wants {}, gives {}",
                    example.example,
                    example.want,
                    joined(honours.chain(rankings))
                ),
            });
        }
    }
    (vocabulary.honours.examples.len(), failures)
}

/// A sentence as the plan of a report of 2021.
fn read_plan(sentence: &str, vocabulary: &Vocabulary) -> crate::explain::Explanation {
    let report =
        format!("2021年政府工作报告\n各位代表：\n一、2020年工作回顾\n全区团结奋斗。\n二、2021年主要任务\n{sentence}\n");
    explain(report.as_bytes(), "report.txt", &Config::default(), vocabulary)
}

/// Whether some row has all that `want` says, or there is none where it wants none.
fn meets(rows: &[impl serde::Serialize], want: &str) -> bool {
    match want {
        "none" => rows.is_empty(),
        want => rows.iter().any(|row| want.split(';').all(|pair| has(row, pair))),
    }
}

/// Whether a row has the value of a `column=value` pair.
fn has(row: &impl serde::Serialize, pair: &str) -> bool {
    let Some((column, want)) = pair.split_once('=') else { return false };
    match serde_json::to_value(row).ok().as_ref().and_then(|row| row.get(column)) {
        Some(Value::String(got)) => got == want,
        Some(Value::Number(got)) => want.parse::<f64>().is_ok_and(|want| got.as_f64() == Some(want)),
        _ => false,
    }
}

/// Some number in each example is the indicator, none in a counterexample is.
pub fn check_indicators(vocabulary: &Vocabulary) -> (usize, Vec<Failure>) {
    let (mut count, mut failures) = (0, Vec::new());
    for indicator in &vocabulary.indicators {
        let is_linked =
            |rows: &[ObservationRow]| rows.iter().any(|row| row.indicator.as_deref() == Some(indicator.id.as_str()));
        let examples = indicator.examples.iter().map(|example| (example, true));
        let counterexamples = indicator.counterexamples.iter().map(|example| (example, false));
        for (example, should_link) in examples.chain(counterexamples) {
            count += 1;
            let rows = read(example, vocabulary).observations;
            let message = match is_linked(&rows) == should_link {
                true if rows.is_empty() && !example.chars().any(|c| c.is_ascii_digit()) => "has no number",
                true => continue,
                false if should_link => "does not link",
                false => "links and must not",
            };
            failures.push(Failure {
                place: format!("indicators/{}.toml {}", indicator.themes[0], indicator.id),
                message: format!("{example} {message}: {}", told(&rows)),
            });
        }
    }
    (count, failures)
}

/// The example of a unit holds a number with that unit: read as a number at least, for what is part of a name
/// (220千伏变电站) asserts nothing.
pub fn check_units(vocabulary: &Vocabulary) -> (usize, Vec<Failure>) {
    let mut failures = Vec::new();
    for unit in &vocabulary.units {
        let explanation = read(&format!("{}。", unit.example), vocabulary);
        let rows = explanation.observations.iter().map(|row| row.unit.as_str());
        let units: BTreeSet<&str> = rows.chain(explanation.numbers.iter().map(|number| number.unit.as_str())).collect();
        let holds = fold_term(&unit.example).contains(unit.text.as_str());
        if !holds || !units.iter().any(|found| found.ends_with(unit.text.as_str())) {
            failures.push(Failure {
                place: format!("units.csv {}", unit.text),
                message: format!("{} gives the units {units:?}", unit.example),
            });
        }
    }
    (vocabulary.units.len(), failures)
}

/// The example of a term holds it, as it is counted.
pub fn check_dictionaries(vocabulary: &Vocabulary) -> (usize, Vec<Failure>) {
    let dictionaries = &vocabulary.dictionaries;
    let (mut count, mut failures) = (0, Vec::new());
    for (index, term) in dictionaries.terms.iter().enumerate() {
        let Some(example) = &term.example else { continue };
        count += 1;
        let found: Vec<usize> = dictionaries.terms_in(&fold_term(example)).map(|(_, term)| term).collect();
        if !found.contains(&index) {
            let own = found.iter().map(|&term| &dictionaries.terms[term]);
            let told =
                joined(own.filter(|other| other.dictionary == term.dictionary).map(|other| other.text.to_string()));
            failures.push(Failure {
                place: format!("dictionaries/{}.csv {}", dictionaries.names[term.dictionary], term.text),
                message: format!("{example} does not count it; counted there: {told}"),
            });
        }
    }
    (count, failures)
}
