//! One measured run of the engine over a file, in a process of its own so that memory is its own.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use engine::{Part, Settings, run};
use input::Input;
use serde::{Deserialize, Serialize};

/// What one run took.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Measured {
    /// Threads.
    pub workers: usize,
    /// Events worked on.
    pub events: u64,
    /// Rows of `events.parquet` handed out.
    pub rows: u64,
    /// Groups found.
    pub groups: usize,
    /// Findings.
    pub findings: usize,
    /// Seconds of the steps by name, in order.
    pub steps: Vec<(String, f64)>,
    /// Seconds in all.
    pub seconds: f64,
    /// The most bytes resident.
    pub peak_bytes: Option<u64>,
}

impl Measured {
    /// Events a second.
    #[must_use]
    pub fn rate(&self) -> f64 {
        self.events as f64 / self.seconds
    }
}

/// Runs the engine over a file in this process.
///
/// # Errors
/// The file cannot be read, or the run stops.
pub fn here(file: &Path, workers: usize) -> Result<Measured> {
    let started = Instant::now();
    let input = Input::open(&[file], None)?;
    let rejected = Arc::new(Mutex::new(0));
    let parts: Vec<Part> = input.parts().iter().map(|part| adapt(part, &rejected)).collect();
    let settings = Settings::new(workers, std::env::temp_dir());
    let mut rows = 0;
    let mut sink = |some: &[engine::results::EventResult], _: &str| {
        rows += some.len() as u64;
        Ok(())
    };
    let outcome = run(parts, &settings, &(Arc::new(|_| ()) as _), &mut sink)?;
    let rejected = *rejected.lock().unwrap_or_else(PoisonError::into_inner);
    if rejected > 0 {
        bail!("{rejected} rows of the bulk were rejected");
    }
    let timings = outcome.timings;
    let steps = [
        ("read", timings.read),
        ("detect", timings.detect),
        ("judge", timings.judge),
        ("deliver", timings.deliver),
        ("tables", timings.tables),
    ];
    Ok(Measured {
        workers,
        events: outcome.seen.events,
        rows,
        groups: outcome.results.groups.len(),
        findings: outcome.results.findings.len(),
        steps: steps.map(|(name, time)| (name.to_owned(), time.as_secs_f64())).to_vec(),
        seconds: started.elapsed().as_secs_f64(),
        peak_bytes: outcome.peak_memory,
    })
}

fn adapt(part: &input::Part, rejected: &Arc<Mutex<usize>>) -> Part {
    let (part, rejected) = (part.clone(), Arc::clone(rejected));
    Box::new(move |deliver| {
        let mut take = |batch, refused: Vec<input::Rejected>| {
            *rejected.lock().unwrap_or_else(PoisonError::into_inner) += refused.len();
            deliver(batch)
        };
        part.read(&mut take)?;
        Ok(())
    })
}

/// Runs the engine over a file in a process of its own: this program, called with `once`.
///
/// # Errors
/// The process fails.
pub fn apart(file: &Path, workers: usize) -> Result<Measured> {
    let program = std::env::current_exe().context("finding this program")?;
    let output = Command::new(program)
        .arg("once")
        .arg(file)
        .arg(workers.to_string())
        .stderr(Stdio::inherit())
        .output()
        .context("starting a run")?;
    if !output.status.success() {
        bail!("a run with {workers} workers failed");
    }
    serde_json::from_slice(&output.stdout).context("reading what a run measured")
}
