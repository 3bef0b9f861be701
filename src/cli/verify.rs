//! `zhibiao verify`.

use super::{CLEAN, FLAWED, print};
use crate::config::Config;
use crate::error::Result;
use crate::verify::verify;
use crate::watch::Watch;
use std::path::Path;

/// So many differences are shown.
const SHOWN: usize = 20;

pub fn command(dir: &Path, config: &Config, watch: &dyn Watch) -> Result<u8> {
    let verification = verify(dir, config, watch)?;
    if verification.differences.is_empty() {
        let same = verification.same;
        print(&format!("version {} made once more: all {same} files have the same bytes\n", verification.version));
        return Ok(CLEAN);
    }
    print(&format!("version {} cannot be made again from what is here:\n", verification.version));
    let differences = &verification.differences;
    differences.iter().take(SHOWN).for_each(|line| print(&format!("{line}\n")));
    if differences.len() > SHOWN {
        print(&format!("and {} more\n", differences.len() - SHOWN));
    }
    Ok(FLAWED)
}
