//! The live engine in process: how long a decision takes, and how long a restart.
//!
//! Times of single events, so that the slowest show. The engine is the whole one: log on disk, judgements and snapshots
//! beside.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, ensure};
use events::{Armour, Batch, Column, Intake, Mapping};
use input::Input;
use live::{Live, Opened, Options, Refused, Wait};
use simulator::{Record, Scenario};

/// Submissions under way at once.
const UNDER_WAY: usize = 64;

/// What deciding cost.
#[derive(Clone, Copy, Debug)]
pub struct Decided {
    /// Events.
    pub events: u64,
    /// Events decided in a second, each a submission of its own, on disk before its answer.
    pub rate: f64,
    /// Seconds to decide an event, by the engine's own clock: half, 99 of 100, and 999 of 1,000 took at most.
    pub decide: [f64; 3],
    /// Seconds from submission to answer.
    pub answer: [f64; 3],
    /// Judgements that took effect meanwhile.
    pub judgements: u64,
}

/// Reads records as a table of the contract is read.
#[must_use]
pub fn intake() -> Option<Intake> {
    let header = Column::ALL.map(|(_, name)| name);
    Some(Mapping::named("contract").ok()?.bind(&header).ok()?.intake(Armour::None))
}

/// Some records as a batch.
pub fn batch(intake: &mut Intake, records: &[Record]) -> Batch {
    for (number, record) in records.iter().enumerate() {
        record.put(intake, number as u64);
    }
    intake.finish().0
}

/// Decides every event of a simulated market of so many people by itself.
///
/// # Errors
/// The engine cannot be opened, or stops.
pub fn decide(dir: &Path, people: u32) -> Result<Decided> {
    let folder = tempfile::tempdir_in(dir)?;
    let live = Live::open(Options::new(folder.path().to_owned()), Arc::new(|_| ()))?;
    let records = Scenario { people, ..Scenario::default() }.run().records;
    let mut intake = intake().ok_or_else(|| anyhow!("the contract has no mapping"))?;
    let batches: Vec<Batch> =
        records.iter().map(|record| batch(&mut intake, std::slice::from_ref(record))).collect();
    let (free, slots) = channel();
    (0..UNDER_WAY).for_each(|_| free.send(Duration::ZERO).unwrap_or_default());
    let start = Instant::now();
    let mut took = Vec::with_capacity(batches.len());
    let events = batches.len() as u64;
    for one in batches {
        took.push(slots.recv()?);
        let (free, sent) = (free.clone(), Instant::now());
        submit(&live, one, move || free.send(sent.elapsed()).unwrap_or_default())?;
    }
    for _ in 0..UNDER_WAY {
        took.push(slots.recv()?);
    }
    let seconds = start.elapsed().as_secs_f64();
    let mut took: Vec<f64> = took.split_off(UNDER_WAY).iter().map(Duration::as_secs_f64).collect();
    took.sort_by(f64::total_cmp);
    let of = |share: f64| took[((took.len() - 1) as f64 * share) as usize];
    let meter = &live.meters().decide;
    let measured = Decided {
        events,
        rate: events as f64 / seconds,
        decide: [0.5, 0.99, 0.999].map(|share| meter.quantile(share)),
        answer: [0.5, 0.99, 0.999].map(of),
        judgements: live.status().judgements,
    };
    live.close()?;
    Ok(measured)
}

/// Submits, and again while too many wait.
fn submit(live: &Live, batch: Batch, done: impl FnOnce() + Send + 'static) -> Result<()> {
    let reply = Box::new(move |_: Result<Vec<live::Answer>, Refused>| done());
    Ok(live.submit(batch, Wait::Decided, reply)?)
}

/// What a restart cost.
#[derive(Clone, Copy, Debug)]
pub struct Restarted {
    /// Events in the log.
    pub events: u64,
    /// Events taken in a second while it was filled, in batches of 1,000.
    pub rate: f64,
    /// Of the events, those that the newest snapshot did not hold.
    pub replayed: u64,
    /// Seconds until it took events again, after it was killed.
    pub seconds: f64,
    /// Bytes of the log.
    pub bytes: u64,
}

/// Fills an engine with the events of a file, so many a second or as fast as it takes them, and gives events a second. The
/// engine is not closed: with the process's end it is as a kill leaves it.
///
/// # Errors
/// The file cannot be read, the engine cannot be opened, or stops.
pub fn fill(folder: &Path, file: &Path, pace: Option<f64>) -> Result<f64> {
    let live = Live::open(Options::new(folder.to_owned()), Arc::new(|_| ()))?;
    let input = Input::open(&[file], None)?;
    let start = Instant::now();
    let (done, heard) = channel();
    let (mut sent, mut events) = (0u64, 0u64);
    for part in input.parts() {
        part.read(&mut |batch, _| {
            if let Some(pace) = pace {
                let due = Duration::from_secs_f64(events as f64 / pace);
                std::thread::sleep(due.saturating_sub(start.elapsed()));
            }
            events += batch.events.len() as u64;
            sent += 1;
            while let Err(Refused::Busy) = offer(&live, &batch, &done) {
                std::thread::sleep(Duration::from_millis(1));
            }
            true
        })?;
    }
    for _ in 0..sent {
        heard.recv()??;
    }
    Ok(events as f64 / start.elapsed().as_secs_f64())
}

fn offer(
    live: &Live,
    batch: &Batch,
    done: &Sender<Result<Vec<live::Answer>, Refused>>,
) -> Result<(), Refused> {
    let done = done.clone();
    let reply = Box::new(move |answers| done.send(answers).unwrap_or_default());
    live.submit(batch.clone(), Wait::Durable, reply)
}

/// Opens what [`fill`] left behind. It is for the caller to close it, or to end and leave it as it is.
///
/// # Errors
/// The engine cannot be opened.
pub fn restart(folder: &Path, rate: f64) -> Result<(Restarted, Live)> {
    let start = Instant::now();
    let live = Live::open(Options::new(folder.to_owned()), Arc::new(|_| ()))?;
    let seconds = start.elapsed().as_secs_f64();
    let (&Opened { events, replayed, .. }, bytes) = (live.opened(), live.status().committed);
    Ok((Restarted { events, rate, replayed, seconds, bytes }, live))
}

/// Fills an engine in a process of its own, which then ends without closing it; gives what [`fill`] does.
///
/// # Errors
/// The process fails.
pub fn fill_apart(folder: &Path, file: &Path, pace: Option<f64>) -> Result<f64> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("fill").args([folder, file]).args(pace.map(|pace| pace.to_string()));
    let output = command.output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?.trim().parse()?)
}

/// What it is measured on.
#[must_use]
pub fn machine() -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let cpu = read("/proc/cpuinfo");
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name")?.split(':').nth(1));
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let memory = read("/proc/meminfo");
    let memory = memory.lines().find_map(|line| line.strip_prefix("MemTotal:"));
    format!("{} cores, {}, {}", cores, model.unwrap_or("?").trim(), memory.unwrap_or("?").trim())
}
