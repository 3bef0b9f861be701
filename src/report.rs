//! `run_report.json`: what a run did, for the scheduler that started it and for whoever is called when it went wrong.
//!
//! Unlike the manifest it is of one run at one time on one machine, and lies beside the versions, not in them.
//! docs/scheduling.md explains every field.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::Path;

use serde::Serialize;

use crate::drift::{Drift, share};
use crate::error::{Error, Result};
use crate::issue::Severity;
use crate::manifest::{Differences, Program};
use crate::run::Summary;
use crate::store::Uploaded;
use crate::watch::Stage;

/// The file of the report, in the directory of the output.
pub const RUN_REPORT: &str = "run_report.json";
/// Another number when a field goes or changes its meaning.
pub const FORMAT: u32 = 1;
/// How many inputs are named in each list.
const NAMED: usize = 100;

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// There is a new version.
    Published,
    /// The version that would have been published is the current one already.
    Unchanged,
    /// An error stopped it; nothing was published.
    Failed,
    /// A signal stopped it; nothing was published.
    Stopped,
}

impl Status {
    /// The word in the file.
    pub fn name(self) -> &'static str {
        match self {
            Status::Published => "published",
            Status::Unchanged => "unchanged",
            Status::Failed => "failed",
            Status::Stopped => "stopped",
        }
    }
}

/// The whole report.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    pub format: u32,
    pub status: Status,
    pub exit_code: u8,
    /// Why nothing was published.
    pub error: Option<String>,
    /// Where versions are published; `None` when the settings could not be read.
    pub output: Option<String>,
    /// The directory of the version.
    pub directory: Option<String>,
    /// What was brought to the object store; `None` where the output is a directory.
    pub uploaded: Option<Uploaded>,
    pub version: Option<String>,
    /// The version that was the current one when the run began.
    pub previous_version: Option<String>,
    /// In UTC, as RFC 3339.
    pub started: String,
    pub ended: String,
    pub seconds: f64,
    /// The stages that were begun.
    pub stage_seconds: BTreeMap<Stage, f64>,
    pub threads: usize,
    pub program: Program,
    pub counts: Option<Counts>,
    pub tables: BTreeMap<String, TableCount>,
    pub inputs: Option<Inputs>,
    /// What else differs from the previous version.
    pub settings: Settings,
    /// The worst first, then the most frequent.
    pub issues: Vec<IssueCount>,
    pub checks: Checks,
    /// `None` without a previous version, and where nothing was published.
    pub drift: Option<Drift>,
}

/// How much there was.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Counts {
    pub files: usize,
    pub bytes: u64,
    pub documents: usize,
    /// Documents that were taken from an earlier run because nothing had changed for them.
    pub cached: usize,
    pub sentences: u64,
    pub observations: u64,
    pub targets: u64,
    /// Observations with a catalogue id.
    pub linked: Option<usize>,
    pub linked_share: Option<f64>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TableCount {
    pub rows: u64,
    pub bytes: u64,
}

/// Inputs against those of the previous version.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Inputs {
    pub new: Names,
    pub changed: Names,
    pub vanished: Names,
    /// The same bytes as one that is there no more, by the new name.
    pub renamed: Names,
}

/// How many, and the first of them.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Names {
    pub count: usize,
    pub names: Vec<String>,
}

impl Names {
    fn add(&mut self, name: &str) {
        self.count += 1;
        if self.names.len() < NAMED {
            self.names.push(name.to_string());
        }
    }
}

/// What differs from the previous version besides the inputs.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Settings {
    pub program_changed: bool,
    /// By `section.key`.
    pub options_changed: Vec<String>,
    /// By file.
    pub vocabulary_changed: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct IssueCount {
    pub code: &'static str,
    pub severity: Severity,
    pub count: usize,
    pub meaning: &'static str,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Checks {
    /// How many expectations the tables were held against.
    pub expectations: usize,
    pub failed: Vec<FailedCheck>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FailedCheck {
    pub id: String,
    pub severity: Severity,
    pub sentence: String,
    pub failed: u64,
    pub looked_at: u64,
}

impl Report {
    /// The report of a run that has done nothing yet.
    pub fn new() -> Report {
        Report {
            format: FORMAT,
            status: Status::Failed,
            exit_code: 2,
            error: None,
            output: None,
            directory: None,
            uploaded: None,
            version: None,
            previous_version: None,
            started: String::new(),
            ended: String::new(),
            seconds: 0.0,
            stage_seconds: BTreeMap::new(),
            threads: 0,
            program: Program::this(),
            counts: None,
            tables: BTreeMap::new(),
            inputs: None,
            settings: Settings::default(),
            issues: Vec::new(),
            checks: Checks::default(),
            drift: None,
        }
    }

    /// Takes in what a run tells at its end.
    pub fn tell(&mut self, summary: &Summary) {
        let published = &summary.published;
        self.directory = Some(published.directory.display().to_string());
        self.version = Some(published.version.clone());
        self.counts = Some(Counts {
            files: summary.files,
            bytes: summary.bytes,
            documents: summary.documents,
            cached: summary.cached,
            sentences: summary.rows("sentences"),
            observations: summary.rows("observations"),
            targets: summary.rows("targets"),
            linked: summary.linked,
            linked_share: summary.linked.map(|linked| share(linked as u64, summary.rows("observations"))),
        });
        let count = |(name, table): (&String, &crate::manifest::TableDigest)| {
            (name.clone(), TableCount { rows: table.rows, bytes: table.bytes })
        };
        self.tables = published.tables.iter().map(count).collect();
        self.issues = (summary.issues.iter())
            .map(|(code, &count)| IssueCount {
                code: code.name(),
                severity: code.severity(),
                count,
                meaning: code.meaning(),
            })
            .collect();
        self.issues.sort_by_key(|issue| std::cmp::Reverse((issue.severity, issue.count)));
        let failed = |outcome: &crate::check::Outcome| FailedCheck {
            id: outcome.id.clone(),
            severity: outcome.severity,
            sentence: outcome.sentence.clone(),
            failed: outcome.failed,
            looked_at: outcome.looked_at,
        };
        self.checks = Checks {
            expectations: summary.verdict.expectations.len(),
            failed: summary.verdict.failed().map(failed).collect(),
        };
        self.checks.failed.sort_by_key(|check| std::cmp::Reverse(check.severity));
    }

    /// Takes in what differs from the sources of the previous version.
    pub fn compare(&mut self, differences: &Differences) {
        // The same bytes come under one name and gone under another, as often as that is so, are a file renamed. What
        // could not be read has no digest.
        let mut come: HashMap<&str, usize> = HashMap::new();
        let mut gone: HashMap<&str, usize> = HashMap::new();
        for input in &differences.inputs {
            match (input.old.as_deref(), input.new.as_deref()) {
                (None, Some(sha256)) if !sha256.is_empty() => *come.entry(sha256).or_default() += 1,
                (Some(sha256), None) if !sha256.is_empty() => *gone.entry(sha256).or_default() += 1,
                _ => {}
            }
        }
        let mut inputs = Inputs::default();
        let take = |counts: &mut HashMap<&str, usize>, sha256: &str| match counts.get_mut(sha256) {
            Some(count) if *count > 0 => {
                *count -= 1;
                true
            }
            _ => false,
        };
        for input in &differences.inputs {
            match (input.old.as_deref(), input.new.as_deref()) {
                (None, Some(sha256)) if take(&mut gone, sha256) => inputs.renamed.add(&input.name),
                (Some(sha256), None) if take(&mut come, sha256) => {}
                (None, _) => inputs.new.add(&input.name),
                (_, None) => inputs.vanished.add(&input.name),
                _ => inputs.changed.add(&input.name),
            }
        }
        self.inputs = Some(inputs);
        self.settings = Settings {
            program_changed: differences.program.is_some(),
            options_changed: differences.options.iter().map(|change| change.name.clone()).collect(),
            vocabulary_changed: differences.vocabulary.iter().map(|change| change.name.clone()).collect(),
        };
    }

    /// The text of the file.
    pub fn to_text(&self) -> String {
        serde_json::to_string_pretty(self).map_or_else(|_| String::new(), |text| text + "\n")
    }

    /// Writes the file beside its place and moves it there, so that nobody reads half of it.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] when it cannot be written.
    pub fn write(&self, path: &Path) -> Result<()> {
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            fs::create_dir_all(folder).map_err(Error::io("cannot make", folder))?;
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let beside = path.with_file_name(format!(".{name}-{}", std::process::id()));
        let written = fs::write(&beside, self.to_text())
            .map_err(Error::io("cannot write", &beside))
            .and_then(|()| fs::rename(&beside, path).map_err(Error::io("cannot write", path)));
        if written.is_err() {
            // Half a report is nobody's.
            let _ = fs::remove_file(&beside);
        }
        written
    }
}

impl Default for Report {
    fn default() -> Report {
        Report::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::Change;

    #[test]
    fn inputs_are_counted_and_the_first_are_named() {
        let change = |name: String, old: Option<&str>, new: Option<&str>| Change {
            name,
            old: old.map(String::from),
            new: new.map(String::from),
        };
        let mut inputs: Vec<_> = (0..NAMED + 3).map(|at| change(format!("{at}.txt"), None, Some("aa"))).collect();
        inputs.push(change("x.txt".into(), Some("aa"), Some("bb")));
        inputs.push(change("y.txt".into(), Some("cc"), None));
        inputs.push(change("unread.txt".into(), Some(""), None));
        let mut report = Report::new();
        report.compare(&Differences { inputs, ..Differences::default() });
        let told = report.inputs.take().unwrap();
        assert_eq!((told.new.count, told.new.names.len(), told.new.names[1].as_str()), (103, 100, "1.txt"));
        assert_eq!(told.changed, Names { count: 1, names: vec!["x.txt".into()] });
        assert_eq!(told.vanished, Names { count: 2, names: vec!["y.txt".into(), "unread.txt".into()] });
        assert_eq!(told.renamed.count, 0);

        // Two files of the same bytes were moved, and one of them was copied besides; two others cannot be read.
        let moved = [("a", Some("ff"), None), ("b", Some("ff"), None), ("c", Some(""), None)];
        let to = [("d", None, Some("ff")), ("e", None, Some("ff")), ("f", None, Some("ff")), ("g", None, Some(""))];
        let inputs = moved.into_iter().chain(to).map(|(name, old, new)| change(name.into(), old, new)).collect();
        report.compare(&Differences { inputs, ..Differences::default() });
        let names = |names: &[&str]| Names { count: names.len(), names: names.iter().map(|n| n.to_string()).collect() };
        let told = report.inputs.unwrap();
        assert_eq!((told.renamed, told.new, told.vanished), (names(&["d", "e"]), names(&["f", "g"]), names(&["c"])));
    }

    #[test]
    fn a_report_is_moved_to_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/run.json");
        let mut report = Report::new();
        report.write(&path).unwrap();
        report.status = Status::Stopped;
        report.write(&path).unwrap();
        let read: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        assert_eq!((&read["status"], &read["exit_code"]), (&"stopped".into(), &2.into()));
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
        // A folder in the way.
        assert!(matches!(report.write(folder.path()), Err(Error::Io { .. })));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
