//! The command `run`: the road between a watch and a report.

use std::path::{Path, PathBuf};
use std::time::Instant;

use chrono::{DateTime, SecondsFormat, Utc};
use indicatif::{ProgressBar, ProgressDrawTarget};

use super::log::LogFormat;
use super::progress::{Progress, stop_on_signals};
use super::{CLEAN, FAILED, FLAWED, configuration, print, replace_inputs, summary};
use crate::config::Config;
use crate::drift::{Drift, Portrait};
use crate::error::{Error, Result};
use crate::lineage::{self, Job};
use crate::manifest::{Manifest, Sources};
use crate::report::{RUN_REPORT, Report, Status};
use crate::run::{Summary, run};
use crate::tidy::{TableDescription, tables};
use crate::write::tables_in;

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
        Ok(config) => Some(PathBuf::from(&config.write.output)),
        Err(_) => arguments.output.as_ref().map(|output| here.join(output)),
    };
    report.output = output.as_ref().map(|output| output.display().to_string());
    let (events, ended) = match settings {
        Ok(config) => {
            report.threads = threads(&config);
            let events = events(arguments, &config, &here);
            let begun = events.iter().try_for_each(|(path, job)| lineage::append(path, &job.start(&report.started)));
            let ended = begun.and_then(|()| watched(&config, &mut report, format, bar));
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

/// The configuration with what the arguments replace in it; its output is an absolute path.
fn settings(arguments: &RunArguments, here: &Path) -> Result<Config> {
    let mut config = configuration(Some(&arguments.config))?;
    let output = match &arguments.output {
        Some(output) => here.join(output),
        None => here.join(config.resolve(Path::new(&config.write.output))),
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
    Ok(config)
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

/// The dataset that was there before a run.
struct Before {
    sources: Sources,
    portrait: Portrait,
}

impl Before {
    /// `None` where there is none, or none that can be read.
    fn read(output: &Path) -> Option<(String, Before)> {
        let directory = tables_in(output).ok()?;
        let read = || -> Result<(String, Before)> {
            let Manifest { sources, version, .. } = Manifest::read(&directory)?;
            Ok((version, Before { sources, portrait: Portrait::read(&directory)? }))
        };
        read().map_err(|error| tracing::warn!("the version before is not compared: {error}")).ok()
    }
}

/// The run itself, with what it is held against.
fn watched(config: &Config, report: &mut Report, format: LogFormat, bar: &ProgressBar) -> Result<Summary> {
    stop_on_signals(&config.stop)?;
    let (version, before) = Before::read(Path::new(&config.write.output)).unzip();
    report.previous_version = version;
    let terminal = ProgressDrawTarget::stderr();
    let is_logged = terminal.is_hidden() || format == LogFormat::Json;
    if !is_logged {
        bar.set_draw_target(terminal);
    }
    let progress = Progress::new(bar.clone(), is_logged, config.stop.clone());
    let ended = run(config, &progress);
    report.stage_seconds = progress.end();
    let summary = ended?;
    report.tell(&summary);
    report.status = match report.version == report.previous_version {
        true => Status::Unchanged,
        false => Status::Published,
    };
    let directory = &summary.published.directory;
    let old = before.as_ref().map_or_else(Sources::default, |before| before.sources.clone());
    match Manifest::read(directory) {
        Ok(manifest) => report.compare(&old.differences(&manifest.sources)),
        Err(error) => tracing::warn!("inputs are not compared: {error}"),
    }
    if let (Status::Published, Some(before)) = (report.status, before) {
        match Portrait::read(directory) {
            Ok(portrait) => report.drift = Some(Drift::between(&before.portrait, &portrait)),
            Err(error) => tracing::warn!("there is no drift in the report: {error}"),
        }
    }
    Ok(summary)
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
            let (observations, seconds) = (summary.observations, report.seconds);
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
