//! The dataflow: slices become epochs, epochs' parcels are exchanged by key, and closed epochs reach the stations.
//!
//! Epoch e is brought in by worker e modulo their number, cut into chunks and parted; a station works on an epoch when
//! the frontier says that nothing more of it, or of an earlier one, can come. No worker brings in an epoch before those
//! a few rounds back are done everywhere, which bounds what is in flight.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use timely::container::CapacityContainerBuilder;
use timely::dataflow::channels::pact::Exchange;
use timely::dataflow::operators::{Operator, Probe};
use timely::dataflow::{InputHandle, ProbeHandle, StreamVec};
use timely::worker::Worker;
use timely::{CommunicationConfig, Config, ExchangeData, WorkerConfig};

use crate::EngineError;
use crate::arrivals::{AllArrivals, Arrivals};
use crate::codec::Texts;
use crate::error::panic_text;
use crate::parcel::{self, Parcel};
use crate::slices::{Ordered, Slice};
use crate::station::{Letter, Orders, Report, Station};

/// Epochs that each worker may have in flight.
const IN_FLIGHT: usize = 2;
/// How long a worker sleeps when it waits for others, unless it is woken: how soon a failure elsewhere is noticed.
const NAP: Duration = Duration::from_millis(20);

/// How parcels travel between the workers of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// Handed over as they are.
    Moved,
    /// Written to bytes and read back, as between processes.
    Serialized,
}

/// What the workers share.
pub struct Plan {
    /// The events.
    pub ordered: Ordered,
    /// Threads.
    pub workers: usize,
    /// What stations are told.
    pub orders: Orders,
    /// How parcels travel.
    pub transport: Transport,
    /// Where spills go.
    pub dir: PathBuf,
    /// Bytes that a spill keeps in memory.
    pub spill_bytes: usize,
    /// Hears how many events have been brought in.
    pub progress: Box<dyn Fn(u64) + Send + Sync>,
}

/// What the dataflow found.
pub struct Detected {
    /// Of each worker.
    pub reports: Vec<Report>,
    /// What was known of each event when it came.
    pub arrivals: AllArrivals,
    /// Events that counted as the first of their id.
    pub events: u64,
    /// Events left out as the second of their id.
    pub duplicates: u64,
}

struct Shared {
    plan: Arc<Plan>,
    failed: AtomicBool,
    first_error: Mutex<Option<EngineError>>,
    events: AtomicU64,
    duplicates: AtomicU64,
}

impl Shared {
    /// Keeps the first error, and lets every worker know that there is one.
    fn fail(&self, error: EngineError) {
        let mut first = self.first_error.lock().unwrap_or_else(PoisonError::into_inner);
        first.get_or_insert(error);
        self.failed.store(true, Ordering::Release);
    }
}

/// Runs the dataflow over all slices.
pub fn detect(plan: &Arc<Plan>) -> Result<Detected, EngineError> {
    let shared = Arc::new(Shared {
        plan: Arc::clone(plan),
        failed: AtomicBool::new(false),
        first_error: Mutex::new(None),
        events: AtomicU64::new(0),
        duplicates: AtomicU64::new(0),
    });
    let communication = match plan.transport {
        Transport::Moved => CommunicationConfig::Process(plan.workers),
        Transport::Serialized => CommunicationConfig::ProcessBinary(plan.workers),
    };
    let config = Config { communication, worker: WorkerConfig::default() };
    let for_workers = Arc::clone(&shared);
    let guards = timely::execute(config, move |worker| guarded(worker, &for_workers))
        .map_err(EngineError::Worker)?;
    let (mut reports, mut arrivals) = (Vec::new(), Vec::new());
    for outcome in guards.join() {
        if let Some((report, scores)) = outcome.map_err(EngineError::Worker)? {
            reports.push(report);
            arrivals.push(scores);
        }
    }
    let first_error = shared.first_error.lock().unwrap_or_else(PoisonError::into_inner).take();
    match first_error {
        Some(error) => Err(error),
        None => Ok(Detected {
            reports,
            arrivals: AllArrivals::of(arrivals),
            events: shared.events.load(Ordering::Relaxed),
            duplicates: shared.duplicates.load(Ordering::Relaxed),
        }),
    }
}

/// One worker, whose failure must not leave the others waiting for it.
fn guarded(worker: &mut Worker, shared: &Arc<Shared>) -> Option<(Report, Arrivals)> {
    let outcome = catch_unwind(AssertUnwindSafe(|| work(worker, shared)))
        .unwrap_or_else(|panic| Err(EngineError::Worker(panic_text(&*panic))));
    match outcome {
        Ok(known) if !shared.failed.load(Ordering::Acquire) => Some(known),
        outcome => {
            if let Err(error) = outcome {
                shared.fail(error);
            }
            for dataflow in worker.installed_dataflows() {
                worker.drop_dataflow(dataflow);
            }
            None
        }
    }
}

/// What the operators of one worker share.
#[derive(Clone)]
struct Desk {
    station: Rc<RefCell<Station>>,
    arrivals: Rc<RefCell<Arrivals>>,
    shared: Arc<Shared>,
}

fn work(worker: &mut Worker, shared: &Arc<Shared>) -> Result<(Report, Arrivals), EngineError> {
    let (index, peers) = (worker.index(), worker.peers());
    let plan = &shared.plan;
    let arrivals = || Arrivals::new(&plan.dir, plan.spill_bytes);
    let desk = Desk {
        station: Rc::new(RefCell::new(Station::new(plan.orders.clone()))),
        arrivals: Rc::new(RefCell::new(arrivals())),
        shared: Arc::clone(shared),
    };
    let mut input = InputHandle::new();
    let probe = ProbeHandle::new();
    install(worker, &mut input, &probe, &desk);

    let mut slice = Slice::default();
    let mut next = index;
    input.advance_to(next);
    while next < plan.ordered.slices() && !shared.failed.load(Ordering::Acquire) {
        // What is IN_FLIGHT rounds back is done everywhere once nothing before the epoch after it can come.
        if probe.less_than(&(next + 1).saturating_sub(IN_FLIGHT * peers)) {
            worker.step_or_park(Some(NAP));
            continue;
        }
        bring_in(&mut input, &mut slice, next, shared)?;
        next += peers;
        input.advance_to(next);
        worker.step();
    }
    input.close();
    while !probe.done() && !shared.failed.load(Ordering::Acquire) {
        worker.step_or_park(Some(NAP));
    }
    let station = desk.station.replace(Station::new(plan.orders.clone()));
    Ok((station.finish(), desk.arrivals.replace(arrivals())))
}

/// Three steps, each at the worker where its keys are at home: entities and subjects, accounts, and the order of events.
fn install(worker: &mut Worker, input: &mut Input, probe: &ProbeHandle<usize>, desk: &Desk) {
    let (detect, arrive, keep) = (desk.clone(), desk.clone(), desk.clone());
    let peers = worker.peers();
    worker.dataflow::<usize, _, _>(|scope| {
        let parcels = input.to_stream(scope);
        let to = |parcel: &Parcel| parcel.to;
        let letters = closed(parcels, "Detect", to, move |epoch, parcels: Vec<Parcel>| {
            detect.station.borrow_mut().epoch(epoch, parcels)
        });
        let to = |letter: &Letter| letter.to;
        let scores = closed(letters, "Arrive", to, move |epoch, letters: Vec<Letter>| {
            let scores = arrive.station.borrow_mut().arrive(epoch, &letters);
            vec![Scores { to: (epoch % peers) as u64, scores }]
        });
        let to = |scores: &Scores| scores.to;
        let kept = closed(scores, "Keep", to, move |epoch, scores: Vec<Scores>| {
            if let Err(error) = keep.arrivals.borrow_mut().keep(epoch, &by_place(&scores)) {
                keep.shared.fail(error);
            }
            Vec::<u8>::new()
        });
        kept.probe_with(probe);
    });
}

/// An operator that works on each epoch once, in order, when nothing more of it can come.
fn closed<'scope, T: ExchangeData, U: ExchangeData>(
    stream: StreamVec<'scope, usize, T>,
    name: &str,
    to: impl Fn(&T) -> u64 + 'static,
    mut work: impl FnMut(usize, Vec<T>) -> Vec<U> + 'static,
) -> StreamVec<'scope, usize, U> {
    stream.unary_frontier(Exchange::new(move |item: &T| to(item)), name, |_, _| {
        let mut stash = BTreeMap::new();
        move |(input, frontier), output| {
            input.for_each_stamp(|stamp, containers| {
                let Some(epoch) = stamp.retain_least(output.output_index()) else { return };
                let (_, items) =
                    stash.entry(*epoch.time()).or_insert_with(|| (epoch, Vec::<T>::new()));
                items.extend(containers.flat_map(|container| container.drain(..)));
            });
            while let Some(first) = stash.first_entry() {
                if frontier.less_equal(first.key()) {
                    break;
                }
                let (epoch, items) = first.remove();
                let made = work(*epoch.time(), items);
                output.session(&epoch).give_iterator(made.into_iter());
            }
        }
    })
}

/// Scores of events by their places in an epoch, on their way to the worker that brought it in.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Scores {
    to: u64,
    scores: Vec<(u32, f32)>,
}

fn by_place(scores: &[Scores]) -> Vec<f32> {
    let scores = || scores.iter().flat_map(|some| &some.scores);
    let last = scores().map(|score| score.0).max();
    let mut all = vec![0.0; last.map_or(0, |last| last as usize + 1)];
    for &(place, score) in scores() {
        all[place as usize] = score;
    }
    all
}

type Input = InputHandle<usize, CapacityContainerBuilder<Vec<Parcel>>>;

fn bring_in(
    input: &mut Input,
    slice: &mut Slice,
    epoch: usize,
    shared: &Shared,
) -> Result<(), EngineError> {
    shared.plan.ordered.load(epoch, Texts::Written, slice)?;
    for parcel in parcel::parcels(&slice.events, &slice.arena, shared.plan.workers) {
        input.send(parcel);
    }
    let events = slice.events.len() as u64;
    shared.duplicates.fetch_add(slice.duplicates, Ordering::Relaxed);
    (shared.plan.progress)(shared.events.fetch_add(events, Ordering::Relaxed) + events);
    Ok(())
}
