//! What a run tells a person: what was published or that nothing changed, then what needs a look.

use std::path::Path;

use crate::issue::Severity;
use crate::report::{Names, Report, Status};

/// How many names a line holds.
const NAMED: usize = 5;
/// How many codes, and how many checks, of severity warning get a line.
const WARNINGS: usize = 5;
/// Tables with a row for everything that reports say or that is made of it; the others are lists and counts.
const TOLD: [&str; 6] = ["targets", "honours", "rankings", "panel", "target_outcomes", "conflicts"];

/// The page of a run that ended well; paths below `here` are shown from there.
pub fn page(report: &Report, here: &Path) -> String {
    let mut lines = Vec::new();
    let output = Path::new(report.output.as_deref().unwrap_or_default());
    let output = output.strip_prefix(here).unwrap_or(output);
    let (version, current) = (report.version.as_deref().unwrap_or_default(), output.join("current"));
    lines.push(match report.status {
        Status::Unchanged => format!("unchanged     {version} at {}; nothing was published", current.display()),
        _ => format!("{:<14}{version} at {}", report.status.name(), current.display()),
    });
    lines.extend(
        report.uploaded.iter().flat_map(|uploaded| uploaded.to_text().lines().map(str::to_string).collect::<Vec<_>>()),
    );
    if let Some(counts) = &report.counts {
        let cached = match counts.cached {
            0 => String::new(),
            cached => format!("; {cached} were known and not read again"),
        };
        lines.push(format!(
            "documents     {} of {} files, {:.2} MB in {:.2} s{cached}",
            counts.documents,
            counts.files,
            counts.bytes as f64 / 1e6,
            report.seconds
        ));
        let linked = counts.linked_share.map(|share| format!(", {:.1} % with a catalogue id", 100.0 * share));
        lines.push(format!("observations  {}{}", counts.observations, linked.unwrap_or_default()));
        let told = TOLD.iter().filter_map(|name| Some(format!("{name} {}", report.tables.get(*name)?.rows)));
        lines.push(format!("other rows    {}", told.collect::<Vec<_>>().join(", ")));
    }
    lines.extend(differences(report));
    let attention = attention(report);
    if !attention.is_empty() {
        lines.push(String::new());
        lines.extend(attention);
        lines.push(String::new());
        let tables = output.display();
        if report.issues.iter().any(|issue| issue.severity >= Severity::Warning) {
            lines.push(format!("Files and places: {}", current.join("issues.parquet").display()));
        }
        if !report.checks.failed.is_empty() {
            lines.push(format!("Failing rows: zhibiao check {tables}"));
        }
    }
    lines.join("\n") + "\n"
}

/// What differs from the version before.
fn differences(report: &Report) -> Vec<String> {
    let (Some(inputs), Some(previous)) = (&report.inputs, &report.previous_version) else { return Vec::new() };
    if report.status == Status::Unchanged {
        return Vec::new();
    }
    let counted = [
        ("new", &inputs.new),
        ("changed", &inputs.changed),
        ("vanished", &inputs.vanished),
        ("renamed", &inputs.renamed),
    ];
    let told = counted.map(|(word, names)| format!("{} {word}", names.count));
    let mut lines = vec![format!("inputs        {} since {previous}", told.join(", "))];
    for (word, names) in counted.into_iter().filter(|(_, names)| names.count > 0) {
        lines.push(format!("  {word:<12}{}", list(names)));
    }
    let settings = &report.settings;
    let mut also = Vec::new();
    if settings.program_changed {
        also.push("the program".to_string());
    }
    also.extend(settings.options_changed.iter().map(|name| format!("option {name}")));
    also.extend(settings.vocabulary_changed.iter().map(|name| format!("vocabulary {name}")));
    if !also.is_empty() {
        let count = also.len();
        lines.push(format!("changed too   {}", list(&Names { count, names: also })));
    }
    lines
}

/// What a person should look at, the worst first: how bad, how often, what, and a sentence.
fn attention(report: &Report) -> Vec<String> {
    let line = |severity: Severity, count: u64, name: &str, sentence: &str| {
        format!("{:<9}{count:>9}  {name}: {sentence}", severity.name())
    };
    let mut lines: Vec<String> =
        report.drift.iter().flat_map(|drift| &drift.alarms).map(|alarm| format!("drift{:>13}  {alarm}", "")).collect();
    let mut rest = Vec::new();
    for severity in [Severity::Error, Severity::Warning] {
        let most = if severity == Severity::Error { usize::MAX } else { WARNINGS };
        let issues: Vec<_> = report.issues.iter().filter(|issue| issue.severity == severity).collect();
        let told = issues.iter().take(most);
        lines.extend(told.map(|issue| line(severity, issue.count as u64, issue.code, issue.meaning)));
        rest.extend(issues.iter().skip(most).map(|issue| format!("{} {}", issue.code, issue.count)));
        let checks: Vec<_> = report.checks.failed.iter().filter(|check| check.severity == severity).collect();
        let told = checks.iter().take(most);
        lines.extend(told.map(|check| line(severity, check.failed, &check.id, &check.sentence)));
        if checks.len() > most {
            rest.push(format!("{} more checks fail", checks.len() - most));
        }
    }
    if !rest.is_empty() {
        lines.push(format!("besides{:>11}  {}", "", rest.join(", ")));
    }
    lines
}

/// The first names, and how many there are more.
fn list(names: &Names) -> String {
    let first: Vec<&str> = names.names.iter().take(NAMED).map(String::as_str).collect();
    match names.count - first.len() {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}
