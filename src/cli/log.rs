//! What is told on standard error: lines for a person or one JSON object a line, beside the progress bar.

use std::io::{self, IsTerminal, Write};

use indicatif::ProgressBar;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::debug_fn;

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// For a person.
    Text,
    /// One JSON object a line, and nothing else on standard error.
    Json,
}

impl LogFormat {
    /// The format that the arguments ask for, also where they are wrong otherwise.
    pub fn of_arguments() -> LogFormat {
        let arguments: Vec<_> = std::env::args_os().skip(1).collect();
        let is_json = arguments.iter().any(|argument| argument == "--log-format=json")
            || arguments.windows(2).any(|pair| pair[0] == "--log-format" && pair[1] == "json");
        if is_json { LogFormat::Json } else { LogFormat::Text }
    }

    /// Tells why nothing was done.
    pub fn tell_error(self, message: &str) {
        match self {
            // Where nothing can be told, the exit code still tells it.
            LogFormat::Text => drop(writeln!(io::stderr(), "error: {message}")),
            LogFormat::Json => tracing::error!("{message}"),
        }
    }
}

/// Starts the log; the bar is the one that may stand on the terminal meanwhile.
pub fn start(verbose: u8, format: LogFormat, bar: &ProgressBar) {
    let level = ["info", "debug", "trace"][usize::from(verbose.min(2))];
    let filter = EnvFilter::try_from_env("ZHIBIAO_LOG").unwrap_or_else(|_| EnvFilter::new(level));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(BesideBar(bar.clone()))
        .with_target(false)
        .log_internal_errors(false);
    // A second start is one of a program that has a log of its own.
    let _ = match format {
        // The sentence says what the fields say.
        LogFormat::Text => log
            .with_ansi(io::stderr().is_terminal())
            .fmt_fields(debug_fn(|writer, field, value| match field.name() {
                "message" => write!(writer, "{value:?}"),
                _ => Ok(()),
            }))
            .try_init(),
        LogFormat::Json => {
            std::panic::set_hook(Box::new(|panic| tracing::error!("{panic}")));
            log.json().flatten_event(true).with_current_span(false).with_span_list(false).try_init()
        }
    };
}

/// Standard error, with the bar out of the way while something is written.
struct BesideBar(ProgressBar);

impl MakeWriter<'_> for BesideBar {
    type Writer = LineBesideBar;

    fn make_writer(&self) -> LineBesideBar {
        LineBesideBar(self.0.clone())
    }
}

struct LineBesideBar(ProgressBar);

impl Write for LineBesideBar {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.suspend(|| io::stderr().write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}
