//! A run as it goes on: a bar on a terminal, else a line a stage and one every ten seconds; and the signals that end it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use signal_hook::{consts, flag};

use super::log::LogFormat;
use crate::error::{Error, Result};
use crate::watch::{Stage, Watch};

/// How often a stage that takes long is logged.
const LOG_EVERY: Duration = Duration::from_secs(10);
/// How often the bar is drawn while nothing advances.
const TICK: Duration = Duration::from_millis(200);
/// What ends a run.
#[cfg(unix)]
const SIGNALS: [i32; 3] = [consts::SIGTERM, consts::SIGINT, consts::SIGHUP];
#[cfg(not(unix))]
const SIGNALS: [i32; 2] = [consts::SIGTERM, consts::SIGINT];

/// Makes the signals set `stop`. A second signal ends the process at once.
///
/// # Errors
///
/// [`Error::Config`] when the system does not allow it.
pub fn stop_on_signals(stop: &Arc<AtomicBool>) -> Result<()> {
    let ignored = ignored_signals();
    for signal in SIGNALS.into_iter().filter(|signal| ignored & (1 << (signal - 1)) == 0) {
        // In this order: the second signal finds `stop` set and does what it does by default.
        flag::register_conditional_default(signal, Arc::clone(stop))
            .and_then(|_| flag::register(signal, Arc::clone(stop)))
            .map_err(|error| Error::Config(format!("cannot wait for signal {signal}: {error}")))?;
    }
    Ok(())
}

/// The signals that whoever started this process wants ignored (`nohup`, a shell's background job), a bit each; Linux
/// alone tells.
fn ignored_signals() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}

/// The word of a stage, as in the settings and in the report.
pub fn word(stage: Stage) -> &'static str {
    match stage {
        Stage::Read => "read",
        Stage::Documents => "documents",
        Stage::Derive => "derive",
        Stage::Check => "check",
        Stage::Publish => "publish",
    }
}

/// Shows how far a run is and remembers how long its stages took.
pub struct Progress {
    bar: ProgressBar,
    /// Whether lines are logged instead of the bar.
    is_logged: bool,
    stop: Arc<AtomicBool>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    now: Option<Current>,
    /// The seconds of the stages that are over.
    seconds: BTreeMap<Stage, f64>,
}

/// The stage that a run is at.
struct Current {
    stage: Stage,
    work: u64,
    done: u64,
    began: Instant,
    logged: Instant,
}

impl Progress {
    /// Draws on the bar on a terminal, and logs lines elsewhere.
    pub fn shown(bar: &ProgressBar, format: LogFormat, stop: Arc<AtomicBool>) -> Progress {
        let terminal = ProgressDrawTarget::stderr();
        let is_logged = terminal.is_hidden() || format == LogFormat::Json;
        if !is_logged {
            bar.set_draw_target(terminal);
        }
        Progress { bar: bar.clone(), is_logged, stop, state: Mutex::default() }
    }

    /// Ends the last stage, clears the bar, and gives the seconds of every stage.
    pub fn end(&self) -> BTreeMap<Stage, f64> {
        self.bar.finish_and_clear();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.end_stage(self.is_logged);
        state.seconds.clone()
    }
}

impl State {
    fn end_stage(&mut self, is_logged: bool) {
        let Some(Current { stage, work, began, .. }) = self.now.take() else { return };
        let seconds = began.elapsed().as_secs_f64();
        // A stage that is begun again goes on.
        *self.seconds.entry(stage).or_default() += seconds;
        if is_logged {
            let stage = word(stage);
            tracing::info!(stage, work, seconds, "{stage} took {seconds:.2} s");
        }
    }
}

impl Watch for Progress {
    fn begin(&self, stage: Stage, work: u64) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.end_stage(self.is_logged);
        let now = Instant::now();
        state.now = Some(Current { stage, work, done: 0, began: now, logged: now });
        if self.is_logged {
            let stage = word(stage);
            tracing::debug!(stage, work, "{stage} begins");
            return;
        }
        // The look last: it would show the numbers of the stage before.
        self.bar.reset();
        self.bar.set_length(work);
        self.bar.set_prefix(word(stage));
        self.bar.set_style(style(stage, work));
        self.bar.enable_steady_tick(TICK);
    }

    fn advance(&self, work: u64) {
        self.bar.inc(work);
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(current) = &mut state.now else { return };
        current.done += work;
        if !self.is_logged || current.logged.elapsed() < LOG_EVERY {
            return;
        }
        current.logged = Instant::now();
        let Current { stage, work, done, began, .. } = *current;
        let left = began.elapsed().as_secs_f64() * work.saturating_sub(done) as f64 / done.max(1) as f64;
        let (word, percent) = (word(stage), 100.0 * done as f64 / work.max(1) as f64);
        tracing::info!(stage = word, done, work, seconds_left = left, "{word} {percent:.0} %, some {left:.0} s to go");
    }

    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

/// The bar of a stage. Time and rate are those of the work it is counted in: bytes say more than files of all sizes.
fn style(stage: Stage, work: u64) -> ProgressStyle {
    let template = match (stage, work) {
        (_, 0) => "{prefix:<10}{spinner} {elapsed}",
        (Stage::Documents, _) => {
            "{prefix:<10}{wide_bar} {decimal_bytes} of {decimal_total_bytes}, {decimal_bytes_per_sec}, {eta} to go"
        }
        _ => "{prefix:<10}{wide_bar} {pos} of {len}, {eta} to go",
    };
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_the_log_are_those_of_the_report() {
        for stage in [Stage::Read, Stage::Documents, Stage::Derive, Stage::Check, Stage::Publish] {
            assert_eq!(serde_json::json!(stage), serde_json::json!(word(stage)));
        }
    }

    #[test]
    fn every_stage_that_was_begun_has_its_seconds() {
        let stop = Arc::new(AtomicBool::new(false));
        let progress = Progress::shown(&ProgressBar::hidden(), LogFormat::Json, Arc::clone(&stop));
        for stage in [Stage::Read, Stage::Documents, Stage::Read] {
            progress.begin(stage, 3);
            progress.advance(3);
        }
        assert_eq!(progress.end().into_keys().collect::<Vec<_>>(), [Stage::Read, Stage::Documents]);
        assert!(!progress.is_stopped());
        stop.store(true, Ordering::Relaxed);
        assert!(progress.is_stopped());
    }
}
