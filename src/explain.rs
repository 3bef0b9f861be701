//! One text through all stages, for people: each sentence with its numbers marked and its rows below,
//! or everything as JSON.

#![deny(clippy::disallowed_methods)]

use crate::config::Config;
use crate::document::{Walked, walk};
use crate::extract::{NumberSeen, Source, numbers_seen};
use crate::issue::Issue;
use crate::model::{HonourRow, ObservationRow, RankingRow, RawFile, Report, Shared, TargetRow};
use crate::normalize::Normalized;
use crate::vocab::Vocabulary;
use std::fmt::Write;

/// What one text gives.
pub struct Explanation {
    pub numbers: Vec<NumberSeen>,
    pub observations: Vec<ObservationRow>,
    pub targets: Vec<TargetRow>,
    pub honours: Vec<HonourRow>,
    pub rankings: Vec<RankingRow>,
    pub issues: Vec<Issue>,
    /// The decoded text, in whose code points all spans are counted; `None` if there is none.
    pub text: Option<String>,
    report: Option<Report>,
    normalized: Normalized,
}

/// Explains the bytes of one text. `name` stands for its path: a year or a place in it is a hint.
pub fn explain(bytes: &[u8], name: &str, config: &Config, vocabulary: &Vocabulary) -> Explanation {
    let file = RawFile {
        document_id: "text".to_string(),
        ..RawFile::new(name, crate::read::container_of(bytes, name), bytes.to_vec())
    };
    let (walked, issues) = walk(&file, config, vocabulary);
    match walked {
        Some(Walked { decoded, normalized, report, extracted }) => Explanation {
            numbers: numbers_seen(&normalized, &Source::new(&decoded.text), &report, vocabulary),
            observations: extracted.observations,
            targets: extracted.targets,
            honours: extracted.honours,
            rankings: extracted.rankings,
            issues,
            text: Some(decoded.text),
            report: Some(report),
            normalized,
        },
        None => Explanation {
            numbers: Vec::new(),
            observations: Vec::new(),
            targets: Vec::new(),
            honours: Vec::new(),
            rankings: Vec::new(),
            issues,
            text: None,
            report: None,
            normalized: Normalized::default(),
        },
    }
}

impl Explanation {
    /// `{"numbers": […], "observations": […], "targets": […], "honours": […], "rankings": […], "issues": […]}`.
    pub fn to_json(&self) -> serde_json::Value {
        let issues: Vec<_> = self
            .issues
            .iter()
            .map(|issue| {
                serde_json::json!({
                    "code": issue.code.name(),
                    "severity": issue.code.severity().name(),
                    "source_start": issue.source_start,
                    "source_end": issue.source_end,
                    "message": issue.message,
                })
            })
            .collect();
        serde_json::json!({
            "numbers": self.numbers,
            "observations": self.observations,
            "targets": self.targets,
            "honours": self.honours,
            "rankings": self.rankings,
            "issues": issues,
        })
    }

    /// A page for the terminal.
    pub fn to_text(&self) -> String {
        let mut page = String::new();
        let Some(report) = &self.report else {
            for issue in &self.issues {
                let _ = writeln!(page, "{}: {}", issue.code, issue.message);
            }
            return page;
        };
        let year = |year: Option<i32>| year.map_or("?".to_string(), |y| y.to_string());
        let _ = writeln!(
            page,
            "{} of {}, reviews {}, plans {}",
            report.kind.name(),
            report.area_name.as_deref().unwrap_or("an unknown place"),
            year(report.reviewed_year),
            year(report.planned_year)
        );
        let mut section = usize::MAX;
        for (index, sentence) in report.sentences.iter().enumerate() {
            let rows = of_sentence(&self.observations, index, |row| row.sentence_id);
            let targets = of_sentence(&self.targets, index, |target| target.sentence_id).iter();
            let targets: Vec<&TargetRow> = targets.filter(|target| target.obs_id.is_none()).collect();
            let honours = of_sentence(&self.honours, index, |honour| honour.sentence_id);
            let rankings = of_sentence(&self.rankings, index, |ranking| ranking.sentence_id).iter();
            // What has an observation or a target stands above.
            let is_new = |row: &&RankingRow| row.obs_id.is_none() && row.status != "target";
            let rankings: Vec<&RankingRow> = rankings.filter(is_new).collect();
            if rows.is_empty() && targets.is_empty() && honours.is_empty() && rankings.is_empty() {
                continue;
            }
            if sentence.section != section {
                section = sentence.section;
                let path = &report.sections[section].path;
                let _ = writeln!(page, "\n## {}", if path.is_empty() { "(no heading)" } else { path });
            }
            let _ = writeln!(page, "\n[{}] {}", sentence.role.name(), self.marked(index, report, rows));
            for row in rows {
                let _ = writeln!(page, "    {}", row_line(row));
            }
            for target in targets {
                let _ = writeln!(page, "    {}", target_line(target));
            }
            for honour in honours {
                let _ = writeln!(page, "    {}", honour_line(honour));
            }
            for ranking in rankings {
                let _ = writeln!(page, "    {}", ranking_line(ranking));
            }
        }
        if !self.issues.is_empty() {
            let _ = writeln!(page, "\nIssues");
            for issue in &self.issues {
                let place = issue.source_start.map_or(String::new(), |at| format!(" at {at}"));
                let _ = writeln!(page, "    {}{place}: {}", issue.code, issue.message);
            }
        }
        page
    }

    /// The sentence with its numbers in 【】.
    fn marked(&self, index: usize, report: &Report, rows: &[ObservationRow]) -> String {
        let range = report.sentences[index].range.clone();
        let mut out = String::new();
        for (at, c) in self.normalized.text[range.clone()].char_indices() {
            let span = self.normalized.source_span(&(range.start + at..range.start + at + c.len_utf8()));
            if rows.iter().any(|row| row.source_start as usize == span.start) {
                out.push('【');
            }
            out.push(c);
            if rows.iter().any(|row| row.source_end as usize == span.end) {
                out.push('】');
            }
        }
        out
    }
}

/// The rows of one sentence; rows come in the order of their sentences.
fn of_sentence<R>(rows: &[R], index: usize, id: impl Fn(&R) -> i32) -> &[R] {
    let from = rows.partition_point(|row| id(row) as usize <= index);
    let to = rows.partition_point(|row| id(row) as usize <= index + 1);
    &rows[from..to]
}

/// A target without an observation.
fn target_line(target: &TargetRow) -> String {
    let line = format!(
        "{} {} {} · {} {}",
        target.indicator_text,
        target.form,
        target.target_text,
        target.status,
        target.horizon.as_deref().unwrap_or("?")
    );
    line + &line_end(&target.indicator, &target.flags, target.rule_id)
}

/// `honour 全国文明城市 · national · of self · actual 2020  [win]`
fn honour_line(honour: &HonourRow) -> String {
    let level = honour.level.map_or(String::new(), |level| format!(" · {level}"));
    let giver = honour.giver.as_ref().map_or(String::new(), |giver| format!(" · by {giver}"));
    let line = format!(
        "honour {}{level}{giver} · of {} · {} {}",
        honour.title,
        honour.scope.as_deref().unwrap_or("?"),
        honour.status,
        honour.time_period.as_deref().unwrap_or("?")
    );
    line + &line_end(&None, &honour.flags, honour.rule_id)
}

/// A place without a number.
fn ranking_line(ranking: &RankingRow) -> String {
    let line = format!(
        "{} {} {} · {} {}",
        ranking.indicator_text,
        ranking.form,
        ranking.rank_text,
        ranking.status,
        ranking.time_period.as_deref().unwrap_or("?")
    );
    line + &line_end(&ranking.indicator, &ranking.flags, ranking.rule_id)
}

fn line_end(indicator: &Option<Shared>, flags: &Option<String>, rule_id: &str) -> String {
    let told = [indicator.as_deref(), flags.as_deref()].into_iter().flatten();
    let told: String = told.map(|words| format!(" · {words}")).collect();
    format!("{told}  [{rule_id}]")
}

fn row_line(row: &ObservationRow) -> String {
    let mut line = format!("{} {}", row.indicator_text, row.measure);
    if let Some(direction) = row.direction {
        let _ = write!(line, " {direction}");
    }
    let _ = write!(
        line,
        " {} {}{} · {} {}",
        row.comparator,
        row.value,
        row.unit,
        row.status,
        row.time_period.as_deref().unwrap_or("?")
    );
    if row.scope != "self" {
        let _ = write!(line, " · of {}", row.scope);
    }
    if let Some(within) = &row.within {
        let _ = write!(line, " · within {within}");
    }
    if let Some(role) = row.role {
        let _ = write!(line, " · {role}");
    }
    line + &line_end(&row.indicator, &row.flags, row.rule_id)
}
