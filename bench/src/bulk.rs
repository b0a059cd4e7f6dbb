//! The file that everything is measured on, written once and found again.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use simulator::{Bulk, Scenario};

/// The Parquet file of so many events of a tenth as many accounts, in `dir`.
///
/// # Errors
/// The file cannot be written.
pub fn file(dir: &Path, events: u64) -> Result<PathBuf> {
    let dir = dir.join(format!("bulk-{events}"));
    let file = dir.join("events.parquet");
    // Only a finished file has this beside it.
    let done = dir.join("done");
    if !done.exists() {
        let bulk = Bulk { events, accounts: (events / 10).max(1), seed: 1 };
        bulk.write(&dir).context("writing the bulk")?;
        std::fs::write(&done, "").context("writing the bulk")?;
    }
    Ok(file)
}

/// The file of a simulated market of so many people over ten days, in `dir`.
///
/// # Errors
/// The file cannot be written.
pub fn market(dir: &Path, people: u32) -> Result<PathBuf> {
    let dir = dir.join(format!("market-{people}"));
    let done = dir.join("done");
    if !done.exists() {
        let scenario = Scenario { people, ..Scenario::default() };
        simulator::write(&scenario, &dir).context("writing the market")?;
        std::fs::write(&done, "").context("writing the market")?;
    }
    Ok(dir.join("events.parquet"))
}
