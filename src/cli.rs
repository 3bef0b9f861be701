//! The command: `run`, `explain`, `check`, `diff`, `verify`, `evaluate`, `vocab`. Arguments in, exit code out; the work is the library's.

mod diff;
mod log;
mod progress;
mod run;
mod summary;
mod verify;

use crate::check::{CheckOptions, check};
use crate::config::Config;
use crate::error::{Error, Result};
use crate::evaluate::evaluate;
use crate::examples;
use crate::explain::explain;
use crate::publish::tables_in;
use crate::run::unseen;
use crate::store;
use crate::tidy::tables;
use clap::{Parser, Subcommand};
use indicatif::ProgressBar;
use log::LogFormat;
use progress::{Progress, stop_on_signals};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

/// Done without a flaw.
const CLEAN: u8 = 0;
/// Done, but with issues or failed checks of severity error, failing examples or absent documents.
const FLAWED: u8 = 1;
/// Could not run; nothing was published.
const FAILED: u8 = 2;

/// Turns Chinese government reports into tidy indicator tables in Parquet.
#[derive(Parser)]
#[command(name = "zhibiao", version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// More log lines: -v for debug, -vv for trace.
    #[arg(short, long, action = clap::ArgAction::Count, global = true)]
    verbose: u8,
    /// How log lines are written.
    #[arg(long, value_enum, default_value = "text", global = true)]
    log_format: LogFormat,
}

#[derive(Subcommand)]
enum Command {
    /// Read all reports and publish the tables under OUTPUT/current/.
    Run(run::RunArguments),
    /// Show what is read from one text: its sentences, their numbers, the rows.
    Explain {
        /// A report of any kind that is read, or - for standard input.
        #[arg(default_value = "-")]
        file: String,
        /// JSON instead of a page: numbers, observations, targets, honours, rankings, issues.
        #[arg(long)]
        json: bool,
        /// The text alone, in whose code points source_start and source_end count.
        #[arg(long, conflicts_with = "json")]
        text: bool,
        /// The configuration; without one the defaults hold.
        #[arg(long)]
        config: Option<PathBuf>,
    },
    /// Hold published tables against what is expected of them.
    Check {
        /// The published tables: OUTPUT, OUTPUT/current or a version, on a disk or in an object store.
        dir: PathBuf,
        /// An earlier dataset, whose tables must not be much longer.
        #[arg(long)]
        against: Option<PathBuf>,
        /// How many failing rows are shown of each expectation.
        #[arg(long, default_value_t = 5)]
        rows: usize,
        /// A file laid out like data/expectations.toml; replaces that of the configuration.
        #[arg(long)]
        expectations: Option<PathBuf>,
        /// The configuration; without one the defaults hold.
        #[arg(long)]
        config: Option<PathBuf>,
        /// JSON instead of a page.
        #[arg(long)]
        json: bool,
    },
    /// Make a dataset once more from its sources and compare every file.
    Verify {
        /// The published tables: OUTPUT, OUTPUT/current or a version.
        dir: PathBuf,
        /// The configuration, whose options, vocabulary and inputs must be those of the dataset.
        #[arg(long, default_value = "pipeline.toml")]
        config: PathBuf,
        /// A file, a directory (read recursively) or a glob; replaces the inputs of the configuration.
        #[arg(long)]
        input: Vec<String>,
        /// Threads; 0 for one a core.
        #[arg(long)]
        threads: Option<usize>,
    },
    /// Show what differs between two published datasets, and why.
    Diff(diff::DiffArguments),
    /// Compare published tables with annotations made by hand.
    Evaluate {
        /// The published tables: OUTPUT, OUTPUT/current or a version, on a disk or in an object store.
        dir: PathBuf,
        /// A directory of annotations, NAME.jsonl for the report NAME.txt.
        #[arg(long)]
        gold: PathBuf,
        /// Writes every wrong field, missed number and wrong row to this file, as JSON Lines.
        #[arg(long)]
        errors: Option<PathBuf>,
        /// JSON instead of a page.
        #[arg(long)]
        json: bool,
    },
    /// Check the vocabulary, read its examples and count it.
    #[command(args_conflicts_with_subcommands = true)]
    Vocab {
        /// A directory laid out like data/vocab; without one the embedded vocabulary.
        dir: Option<PathBuf>,
        #[command(subcommand)]
        command: Option<VocabCommand>,
    },
    /// Read the PDF file on standard input; the program starts this itself, in a process of its own.
    #[cfg(feature = "pdfium")]
    #[command(name = "__pdf-worker", hide = true)]
    PdfWorker {
        /// The PDFium library.
        library: PathBuf,
        /// The most pages that are read.
        max_pages: usize,
    },
}

#[derive(Subcommand)]
enum VocabCommand {
    /// List the commonest words beside numbers that nothing covers.
    Unseen {
        /// The configuration; without one the defaults hold.
        #[arg(long)]
        config: Option<PathBuf>,
        /// A file, a directory (read recursively), a glob or a URL of an object store; replaces the inputs of the
        /// configuration.
        #[arg(long)]
        input: Vec<String>,
        /// How many words of each kind.
        #[arg(long, default_value_t = 40)]
        top: usize,
    },
}

/// Runs the command of this process; gives its exit code.
pub fn main() -> u8 {
    // Drawn on by a command that lasts.
    let bar = ProgressBar::hidden();
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) if error.use_stderr() && LogFormat::of_arguments() == LogFormat::Json => {
            log::start(0, LogFormat::Json, &bar);
            LogFormat::Json.tell_error(error.to_string().trim_end());
            return FAILED;
        }
        Err(error) => {
            let _ = error.print();
            return if error.use_stderr() { FAILED } else { CLEAN };
        }
    };
    let format = arguments.log_format;
    log::start(arguments.verbose, format, &bar);
    let done = match arguments.command {
        Command::Run(arguments) => run::command(&arguments, format, &bar),
        Command::Explain { file, json, text, config } => explain_command(&file, json, text, config.as_deref()),
        Command::Check { dir, against, rows, expectations, config, json } => {
            check_command(&dir, against.as_deref(), rows, expectations, config.as_deref(), json)
        }
        Command::Verify { dir, config, input, threads } => verify_command(&dir, &config, input, threads, format, &bar),
        Command::Diff(arguments) => diff::diff_command(arguments),
        Command::Evaluate { dir, gold, errors, json } => evaluate_command(&dir, &gold, errors.as_deref(), json),
        Command::Vocab { command: Some(VocabCommand::Unseen { config, input, top }), .. } => {
            unseen_command(config.as_deref(), input, top)
        }
        Command::Vocab { dir, command: None } => vocab_command(dir.as_deref()),
        #[cfg(feature = "pdfium")]
        Command::PdfWorker { library, max_pages } => pdf_worker_command(&library, max_pages),
    };
    done.unwrap_or_else(|error| {
        format.tell_error(&error.to_string());
        FAILED
    })
}

fn explain_command(file: &str, json: bool, text: bool, config: Option<&Path>) -> Result<u8> {
    let config = configuration(config)?;
    let vocabulary = config.vocabulary()?;
    let mut bytes = Vec::new();
    if file == "-" {
        std::io::stdin().lock().read_to_end(&mut bytes).map_err(Error::io("cannot read", "standard input"))?;
    } else {
        bytes = std::fs::read(file).map_err(Error::io("cannot read", file))?;
    }
    let explanation = explain(&bytes, if file == "-" { "" } else { file }, &config, &vocabulary);
    match (&explanation.text, text) {
        (Some(text), true) => print(text),
        _ if json => print(&format!("{:#}\n", explanation.to_json())),
        _ => print(&explanation.to_text()),
    }
    Ok(CLEAN)
}

#[cfg(feature = "pdfium")]
fn pdf_worker_command(library: &Path, max_pages: usize) -> Result<u8> {
    crate::read::pdf::worker::serve(library, max_pages, std::io::stdin().lock(), std::io::stdout().lock())
        .map_err(Error::io("cannot answer", "standard output"))?;
    Ok(CLEAN)
}

fn check_command(
    dir: &Path,
    against: Option<&Path>,
    rows: usize,
    expectations: Option<PathBuf>,
    config: Option<&Path>,
    json: bool,
) -> Result<u8> {
    let config = configuration(config)?;
    let expectations = expectations.or_else(|| config.check.expectations.as_ref().map(|path| config.resolve(path)));
    let (dataset, earlier) = (store::local(dir)?, against.map(store::local).transpose()?);
    let against = earlier.as_ref().map(|earlier| tables_in(earlier.path())).transpose()?;
    let described = tables(&config.vocabulary()?);
    let verdict = check(&tables_in(dataset.path())?, &described, &CheckOptions { expectations, against, rows })?;
    match json {
        true => print(&format!("{:#}\n", serde_json::json!(verdict))),
        false => print(&verdict.to_text()),
    }
    Ok(if verdict.has_errors() { FLAWED } else { CLEAN })
}

fn verify_command(
    dir: &Path,
    path: &Path,
    input: Vec<String>,
    threads: Option<usize>,
    format: LogFormat,
    bar: &ProgressBar,
) -> Result<u8> {
    let mut config = configuration(Some(path))?;
    replace_inputs(&mut config, input);
    config.run.threads = threads.unwrap_or(config.run.threads);
    stop_on_signals(&config.stop)?;
    let progress = Progress::shown(bar, format, config.stop.clone());
    verify::command(store::local(dir)?.path(), &config, &progress)
}

fn evaluate_command(dir: &Path, gold: &Path, errors: Option<&Path>, json: bool) -> Result<u8> {
    let evaluation = evaluate(store::local(dir)?.path(), gold)?;
    if let Some(path) = errors {
        let lines: String = evaluation.errors.iter().map(|error| format!("{error}\n")).collect();
        std::fs::write(path, lines).map_err(Error::io("cannot write", path))?;
    }
    match json {
        true => print(&format!("{:#}\n", evaluation.to_json())),
        false => print(&evaluation.to_text()),
    }
    for name in &evaluation.absent {
        eprintln!("the dataset has no document {name}: all its annotations count as missed");
    }
    Ok(if evaluation.absent.is_empty() { CLEAN } else { FLAWED })
}

fn vocab_command(dir: Option<&Path>) -> Result<u8> {
    let config = Config { vocab: crate::config::VocabOptions { dir: dir.map(Path::to_path_buf) }, ..Config::default() };
    let vocabulary = config.vocabulary()?;
    print(&format!(
        "indicators {}\nterms      {}\nunits      {}\nareas      {}\ncues       {}\nplan words {}\ntopics     {} with {} terms\ndigest     {}\n",
        vocabulary.indicators.len(),
        vocabulary.indicators.iter().map(|i| i.terms.len()).sum::<usize>(),
        vocabulary.units.len(),
        vocabulary.areas.len(),
        vocabulary.cue_count(),
        vocabulary.targets.count(),
        vocabulary.dictionaries.names.len(),
        vocabulary.dictionaries.terms.len(),
        vocabulary.digest
    ));
    let (count, failures) = examples::check(&vocabulary);
    print(&format!("examples   {count}, {} fail\n", failures.len()));
    failures.iter().for_each(|failure| print(&format!("  {failure}\n")));
    Ok(if failures.is_empty() { CLEAN } else { FLAWED })
}

fn unseen_command(config: Option<&Path>, input: Vec<String>, top: usize) -> Result<u8> {
    let mut config = configuration(config)?;
    replace_inputs(&mut config, input);
    print(&unseen(&config)?.to_text(top));
    Ok(CLEAN)
}

/// The settings of a file, or the defaults; PDF files are read by this same program.
fn configuration(path: Option<&Path>) -> Result<Config> {
    let mut config = path.map_or_else(|| Ok(Config::default()), Config::load)?;
    config.read.worker = std::env::current_exe().ok();
    Ok(config)
}

/// Arguments are seen from where the command is given, the file's paths from where the file lies.
fn replace_inputs(config: &mut Config, input: Vec<String>) {
    if input.is_empty() {
        return;
    }
    if let Some(dir) = &config.vocab.dir {
        config.vocab.dir = Some(config.resolve(dir));
    }
    if let Some(expectations) = &config.check.expectations {
        config.check.expectations = Some(config.resolve(expectations));
    }
    config.read.inputs = input;
    config.base = PathBuf::new();
}

/// A reader that went away (a closed pipe) ends the output, not the program.
fn print(text: &str) {
    let _ = std::io::stdout().write_all(text.as_bytes());
}
