//! Who looks on while a run works: a progress bar, a log, a signal that asks it to stop.

use crate::error::{Error, Result};

/// What a run is at. They follow each other in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// The inputs are listed and their bytes digested. The work is counted in files.
    Read,
    /// Documents go through the stages up to `extract`, and their rows are written. The work is counted in bytes of
    /// the inputs.
    Documents,
    /// Reports are set side by side. The work is counted in groups of areas.
    Derive,
    /// The tables are held against what is expected of them.
    Check,
    /// Files are brought to the disk and the version is made the current one.
    Publish,
}

/// Told of every step of a run, from several threads.
pub trait Watch: Sync {
    /// A stage begins that has so much work.
    fn begin(&self, _stage: Stage, _work: u64) {}

    /// So much more of it is done.
    fn advance(&self, _work: u64) {}

    /// Whether the run is to stop; it is asked often.
    fn is_stopped(&self) -> bool {
        false
    }
}

/// Nobody looks on.
impl Watch for () {}

/// Asks whether to go on.
///
/// # Errors
///
/// [`Error::Stopped`] when the run is to stop.
pub(crate) fn go_on(watch: &dyn Watch) -> Result<()> {
    if watch.is_stopped() { Err(Error::Stopped) } else { Ok(()) }
}
