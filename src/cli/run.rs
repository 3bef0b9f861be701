//! The command `run`: the road between a watch and a report.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use chrono::{DateTime, SecondsFormat, Utc};
use indicatif::ProgressBar;

use super::log::LogFormat;
use super::progress::{Progress, stop_on_signals};
use super::{CLEAN, FAILED, FLAWED, configuration, print, replace_inputs, summary};
use crate::config::Config;
use crate::drift::{Drift, Portrait};
use crate::error::{Error, Result};
use crate::lineage::{self, Job};
use crate::manifest::{Manifest, Sources};
use crate::publish::{Published, tables_in};
use crate::report::{RUN_REPORT, Report, Status};
use crate::run::{RunMode, Summary, run};
use crate::store::{Location, Target};
use crate::tidy::{TableDescription, tables};

#[derive(clap::Args)]
pub struct RunArguments {
    /// The configuration.
    #[arg(long, default_value = "pipeline.toml")]
    config: PathBuf,
    /// A file, a directory (read recursively) or a glob; replaces the inputs of the configuration.
    #[arg(long)]
    input: Vec<String>,
    /// Where the tables are published; replaces the output of the configuration.
    #[arg(long)]
    output: Option<String>,
    /// Threads; 0 for one a core. The tables do not depend on it.
    #[arg(long)]
    threads: Option<usize>,
    /// Refuse to run when an input is new, changed or gone since the current version.
    #[arg(long)]
    locked: bool,
    /// Wait so many seconds for another run that writes to the same output; without it, say so and end.
    #[arg(long, default_value_t = 0, value_name = "SECONDS")]
    wait: u64,
    /// Read every document anew, and keep nothing for the next run.
    #[arg(long)]
    no_cache: bool,
    /// Writes the report of the run to this file too, also where nothing could be written to the output.
    #[arg(long)]
    report: Option<PathBuf>,
    /// Prints the report of the run instead of the page.
    #[arg(long)]
    json: bool,
    /// Adds OpenLineage events to this file; replaces that of the configuration.
    #[arg(long)]
    lineage: Option<PathBuf>,
    /// For when the scheduler meant this run, as 2026-01-31T02:00:00Z; the events tell it.
    #[arg(long, value_parser = time)]
    nominal_time: Option<DateTime<Utc>>,
}

fn time(text: &str) -> std::result::Result<DateTime<Utc>, String> {
    DateTime::parse_from_rfc3339(text)
        .map(|time| time.to_utc())
        .map_err(|error| format!("{error}; a time looks like 2026-01-31T02:00:00Z"))
}

/// A time as reports and events have it.
fn stamp(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// Runs the road, tells how it ended in the report, the log and the events, and gives the exit code.
///
/// # Errors
///
/// Whatever kept the run from publishing; the report has been written then.
pub fn command(arguments: &RunArguments, format: LogFormat, bar: &ProgressBar) -> Result<u8> {
    let here = std::env::current_dir().map_err(Error::io("cannot find the working directory", "."))?;
    let (begun, clock) = (Utc::now(), Instant::now());
    let settings = settings(arguments, &here);
    let mut report = Report { started: stamp(begun), ..Report::new() };
    let output = match &settings {
        Ok((config, _)) => Some(PathBuf::from(&config.write.output)),
        Err(_) => arguments.output.as_ref().map(|output| here.join(output)),
    };
    report.output = output.as_ref().map(|output| output.display().to_string());
    let (events, ended) = match settings {
        Ok((config, place)) => {
            report.threads = threads(&config);
            let events = events(arguments, &config, &here);
            let begun = events.iter().try_for_each(|(path, job)| lineage::append(path, &job.start(&report.started)));
            let options = RunMode {
                locked: arguments.locked,
                wait: Duration::from_secs(arguments.wait),
                cache: !arguments.no_cache,
            };
            let ended = begun.and_then(|()| watched(&config, place.as_ref(), &options, &mut report, format, bar));
            (events.map(|events| (config, events)), ended)
        }
        Err(error) => (None, Err(error)),
    };
    finish(&mut report, ended.as_ref(), clock);
    if let Some((config, (path, job))) = &events {
        // The end of the run is not undone by what cannot be told of it.
        lineage::append(path, &job.end(&report, &described(config, report.status)))
            .unwrap_or_else(|error| tracing::warn!("the end of the run is not in the events: {error}"));
    }
    let beside = output.map(|output| output.join(RUN_REPORT));
    for path in beside.iter().chain(&arguments.report) {
        report.write(path).unwrap_or_else(|error| tracing::warn!("there is no report of the run: {error}"));
    }
    match arguments.json {
        true => print(&report.to_text()),
        false if ended.is_ok() => print(&summary::page(&report, &here)),
        false => {}
    }
    ended.map(|_| report.exit_code)
}

/// The configuration with what the arguments replace in it; its output is an absolute path, of a dataset for an object
/// store that where it is made before it is uploaded.
fn settings(arguments: &RunArguments, here: &Path) -> Result<(Config, Option<Location>)> {
    let mut config = configuration(Some(&arguments.config))?;
    let place = Location::parse(arguments.output.as_ref().unwrap_or(&config.write.output))?;
    let output = match (&place, &config.write.work_dir, &arguments.output) {
        (Some(_), Some(work), _) => here.join(config.resolve(work)),
        (Some(place), None, _) => place.work_directory()?,
        (None, _, Some(output)) => here.join(output),
        (None, _, None) => here.join(config.resolve(Path::new(&config.write.output))),
    };
    config.write.output = output.to_string_lossy().into_owned();
    config.run.lineage = match &arguments.lineage {
        Some(lineage) => Some(here.join(lineage)),
        None => config.run.lineage.as_ref().map(|lineage| here.join(config.resolve(lineage))),
    };
    replace_inputs(&mut config, arguments.input.clone());
    if let Some(threads) = arguments.threads {
        config.run.threads = threads;
    }
    Ok((config, place))
}

/// How many threads a configuration gives.
fn threads(config: &Config) -> usize {
    match config.run.threads {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        threads => threads,
    }
}

/// The file of the events and the run as they name it, if they are wanted.
fn events(arguments: &RunArguments, config: &Config, here: &Path) -> Option<(PathBuf, Job)> {
    let path = config.run.lineage.clone()?;
    let absolute = |input: &String| match input.contains("://") {
        true => input.clone(),
        false => here.join(config.resolve(Path::new(input))).display().to_string(),
    };
    let job = Job {
        run_id: uuid::Uuid::now_v7().to_string(),
        // The variable that other producers of events heed as well.
        namespace: std::env::var("OPENLINEAGE_NAMESPACE").unwrap_or_else(|_| "default".to_string()),
        name: config.run.job.clone(),
        nominal_time: arguments.nominal_time.map(stamp),
        inputs: config.read.inputs.iter().map(absolute).collect(),
    };
    Some((path, job))
}

/// The run itself, with what it is held against.
fn watched(
    config: &Config,
    place: Option<&Location>,
    options: &RunMode,
    report: &mut Report,
    format: LogFormat,
    bar: &ProgressBar,
) -> Result<Summary> {
    stop_on_signals(&config.stop)?;
    let before = tables_in(Path::new(&config.write.output)).and_then(|directory| Manifest::read(&directory)).ok();
    report.previous_version = before.as_ref().map(|before| before.version.clone());
    let progress = Progress::shown(bar, format, config.stop.clone());
    let target = place.map(Target::open).transpose()?;
    let ended = run(config, options, &progress).and_then(|summary| {
        // Also when nothing is new: an upload may have failed before.
        let publish =
            |target: Target| target.publish(&summary.published.directory, config.write.keep_versions, &progress);
        report.uploaded = target.map(publish).transpose()?;
        Ok(summary)
    });
    report.stage_seconds = progress.end();
    let summary = ended?;
    report.tell(&summary);
    report.status = if summary.is_new { Status::Published } else { Status::Unchanged };
    let sources = Manifest::read(&summary.published.directory)?.sources;
    let old = before.map_or_else(Sources::default, |before| before.sources);
    report.compare(&old.differences(&sources));
    report.drift = drift(report, &summary.published);
    Ok(summary)
}

/// How what was published differs in kind from the version before, if that is still there.
fn drift(report: &Report, published: &Published) -> Option<Drift> {
    let before = published.directory.with_file_name(report.previous_version.as_ref()?);
    if report.status != Status::Published || !before.is_dir() {
        return None;
    }
    let (old, new) = rayon::join(|| Portrait::read(&before), || Portrait::read(&published.directory));
    match old.and_then(|old| Ok(Drift::between(&old, &new?))) {
        Ok(drift) => Some(drift),
        Err(error) => {
            tracing::warn!("there is no drift in the report: {error}");
            None
        }
    }
}

/// The tables that a run wrote.
fn described(config: &Config, status: Status) -> Vec<TableDescription> {
    match (status, config.vocabulary()) {
        (Status::Published, Ok(vocabulary)) => tables(&vocabulary),
        _ => Vec::new(),
    }
}

/// Fills in how the run ended, and logs it.
fn finish(report: &mut Report, ended: Result<&Summary, &Error>, clock: Instant) {
    report.seconds = clock.elapsed().as_secs_f64();
    report.ended = stamp(Utc::now());
    match ended {
        Ok(summary) => {
            let is_flawed = report.status == Status::Published && summary.has_errors();
            report.exit_code = if is_flawed { FLAWED } else { CLEAN };
            for alarm in report.drift.iter().flat_map(|drift| &drift.alarms) {
                tracing::warn!("drift: {alarm}");
            }
            let (status, version) = (report.status.name(), report.version.as_deref().unwrap_or_default());
            let (files, documents) = (summary.files, summary.documents);
            let (observations, seconds) = (summary.rows("observations"), report.seconds);
            tracing::info!(
                status,
                version,
                files,
                documents,
                observations,
                seconds,
                exit_code = report.exit_code,
                "{status} {version}"
            );
        }
        Err(error) => {
            report.status = if matches!(error, Error::Stopped) { Status::Stopped } else { Status::Failed };
            report.exit_code = FAILED;
            report.error = Some(error.to_string());
        }
    }
}
