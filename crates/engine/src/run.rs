//! A run: read and put in order, detect, judge, and hand out every event with its verdict.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use detectors::Limits;
use events::{EventTime, Key};
use learning::TextModel;
use policy::Policy;

use crate::EngineError;
use crate::counts::{Counted, Counts, Tallies, Tally};
use crate::dataflow::{self, Plan, Transport};
use crate::judge;
use crate::memory;
use crate::names::{NameLog, Names};
use crate::order::{self, Part, Reading};
use crate::output::{self, Sink};
use crate::results::Results;
use crate::slices::Bounds;
use crate::standing::Standing;
use crate::station::Orders;

/// What a run is told.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Threads; at least one.
    pub workers: usize,
    /// Microseconds by which an event may come after a later one in reading order; none if any may. With it parts are
    /// read one after the other.
    pub lateness: Option<i64>,
    /// Where temporary files go.
    pub temp_dir: PathBuf,
    /// The standard by which evidence becomes verdicts.
    pub policy: Policy,
    /// What drawing of chance starts from.
    pub seed: u64,
    /// Bounds of the detectors.
    pub limits: Limits,
    /// What bounds memory; nothing that is found depends on it.
    pub bounds: Bounds,
    /// Events before this time are tallied apart; no result table knows of it.
    pub split: EventTime,
    /// How parcels travel between workers.
    pub transport: Transport,
    /// Reads reviews and comments for TXT07; without it that detector is silent.
    pub text_model: Option<Arc<TextModel>>,
}

impl Settings {
    /// What a run is told unless it is told otherwise.
    #[must_use]
    pub fn new(workers: usize, temp_dir: PathBuf) -> Settings {
        Settings {
            workers: workers.max(1),
            lateness: None,
            temp_dir,
            policy: Policy::default(),
            seed: 0,
            limits: Limits::default(),
            bounds: Bounds::default(),
            split: EventTime(i64::MIN),
            transport: Transport::Moved,
            text_model: None,
        }
    }
}

/// How far a run has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Events read.
    Read(u64),
    /// Events that the detectors have seen, of how many.
    Detected(u64, u64),
    /// Looking at all that was found.
    Judging,
    /// Handing out events.
    Delivering,
}

/// Hears how far a run has come, from any thread.
pub type Listener = Arc<dyn Fn(Progress) + Send + Sync>;

/// How many events came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Events that were worked on.
    pub events: u64,
    /// Events left out as the second of their id.
    pub duplicates: u64,
    /// Events left out as later than allowed.
    pub late: u64,
}

/// How long the steps took.
#[derive(Clone, Copy, Debug, Default)]
pub struct Timings {
    /// Reading and putting in order.
    pub read: Duration,
    /// The dataflow.
    pub detect: Duration,
    /// Groups and verdicts.
    pub judge: Duration,
    /// Handing out events and counting them.
    pub deliver: Duration,
    /// Names and tables.
    pub tables: Duration,
}

/// What a run leaves.
#[derive(Debug)]
pub struct Outcome {
    /// The tables.
    pub results: Results,
    /// The texts behind the keys in them.
    pub names: Names,
    /// The verdicts, as they hold for any event.
    pub standing: Standing,
    /// The tallies behind the counts of the tables, of events from [`Settings::split`] on.
    pub tallies: Tallies,
    /// The tallies of events before it.
    pub earlier: Tallies,
    /// How many events came.
    pub seen: Seen,
    /// How long it took.
    pub timings: Timings,
    /// The most bytes of memory that the process has held, where the system says.
    pub peak_memory: Option<u64>,
}

/// Runs the engine over the parts of an input.
///
/// # Errors
/// A part that cannot be read, temporary files that cannot be written, a receiver that stops.
pub fn run(
    parts: Vec<Part>,
    settings: &Settings,
    listener: &Listener,
    sink: &mut Sink<'_>,
) -> Result<Outcome, EngineError> {
    let workers = settings.workers.max(1);
    let mut timings = Timings::default();
    let mut clock = Clock::start();

    let reading = Reading {
        workers,
        lateness: settings.lateness,
        dir: settings.temp_dir.clone(),
        bounds: settings.bounds,
    };
    let read = order::read(parts, &reading, &|events| listener(Progress::Read(events)))?;
    timings.read = clock.lap();

    let views = !read.kinds.iter().any(|kind| kind.is_mark());
    let (hears, total) = (Arc::clone(listener), read.events);
    let plan = Arc::new(Plan {
        ordered: read.ordered,
        workers,
        orders: Orders {
            limits: settings.limits,
            workers,
            views,
            text_model: settings.text_model.clone(),
        },
        transport: settings.transport,
        dir: settings.temp_dir.clone(),
        spill_bytes: settings.bounds.spill_bytes,
        progress: Box::new(move |events| hears(Progress::Detected(events, total))),
    });
    let detected = dataflow::detect(&plan)?;
    timings.detect = clock.lap();

    listener(Progress::Judging);
    let verdicts = judge::judge(detected.reports, &plan.ordered, workers, &settings.policy)?;
    timings.judge = clock.lap();

    listener(Progress::Delivering);
    let (arrivals, split) = (&detected.arrivals, settings.split);
    let counts = output::deliver(&plan.ordered, arrivals, &verdicts, split, workers, sink)?;
    timings.deliver = clock.lap();

    let outcome = tables(verdicts, counts, &read.names, workers)?;
    timings.tables = clock.lap();
    let seen = Seen { events: detected.events, duplicates: detected.duplicates, late: read.late };
    Ok(Outcome { seen, timings, peak_memory: memory::peak(), ..outcome })
}

fn tables(
    verdicts: judge::Verdicts,
    counts: Counts,
    logs: &[NameLog],
    workers: usize,
) -> Result<Outcome, EngineError> {
    let (points, reached) = (counts.points(), counts.reached());
    let (tallies, earlier, timeline) = counts.finish();
    let all = together(&tallies, &earlier);
    let (mut results, standing) = judge::tables(verdicts, &all, &reached, &points);
    results.timeline = timeline;
    let names = Names::resolve(logs, &mentioned(&results), workers)?;
    sort(&mut results, &names);
    Ok(Outcome {
        results,
        names,
        standing,
        tallies,
        earlier,
        seen: Seen::default(),
        timings: Timings::default(),
        peak_memory: None,
    })
}

/// Tallies of both, in the order of what they are of.
fn together<'a>(tallies: &'a Tallies, earlier: &Tallies) -> Cow<'a, [(Counted, Tally)]> {
    if earlier.is_empty() {
        return Cow::Borrowed(tallies);
    }
    let mut all: BTreeMap<Counted, Tally> = tallies.iter().copied().collect();
    for (key, tally) in earlier {
        all.entry(*key).or_default().merge(tally);
    }
    Cow::Owned(all.into_iter().collect())
}

/// The keys that results mention.
fn mentioned(results: &Results) -> Vec<Key> {
    let mut keys = Vec::new();
    keys.extend(results.accounts.iter().map(|row| row.account));
    for group in results.groups.iter().chain(&results.crowds) {
        keys.extend(group.members.iter().map(|member| member.0));
        keys.extend(group.subjects.iter().map(|subject| subject.0));
        keys.extend(group.shared.iter().map(|shared| shared.1));
        keys.extend(group.meetings.iter().flat_map(|meeting| [meeting.0, meeting.1]));
    }
    keys.extend(results.subjects.iter().flat_map(|row| [row.subject, row.owner]));
    keys.extend(results.owners.iter().map(|row| row.owner));
    keys.extend(results.points.iter().map(|row| row.point));
    keys.extend(results.losses.iter().map(|row| row.owner));
    for finding in &results.findings {
        keys.push(finding.entity.key);
        keys.extend(&finding.members);
    }
    keys
}

/// Puts every table in the order of its key column's text, as the contract's readers see it.
fn sort(results: &mut Results, names: &Names) {
    names.sort_by(&mut results.accounts, |row| row.account, |_| ());
    names.sort_by(&mut results.subjects, |row| row.subject, |row| row.metric.name());
    names.sort_by(&mut results.owners, |row| row.owner, |_| ());
    names.sort_by(&mut results.points, |row| row.point, |_| ());
    names.sort_by(&mut results.losses, |row| row.owner, |_| ());
    results.groups.sort_by_key(|group| group.group);
}

/// Measures the steps of a run: the machine's time, of which no result knows.
struct Clock(Instant);

impl Clock {
    fn start() -> Clock {
        Clock(Instant::now())
    }

    fn lap(&mut self) -> Duration {
        let lap = self.0.elapsed();
        self.0 = Instant::now();
        lap
    }
}
