//! The dataflow: slices become epochs, epochs' parcels are exchanged by key, and closed epochs reach the stations.
//!
//! Epoch e is brought in by worker e modulo their number, cut into chunks and parted; a station works on an epoch when
//! the frontier says that nothing more of it, or of an earlier one, can come. No worker brings in an epoch before those
//! a few rounds back are done everywhere, which bounds what is in flight.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use timely::dataflow::channels::pact::Exchange;
use timely::dataflow::operators::{Operator, Probe};
use timely::dataflow::{InputHandle, ProbeHandle};
use timely::worker::Worker;
use timely::{CommunicationConfig, Config, WorkerConfig};

use crate::EngineError;
use crate::codec::Texts;
use crate::error::panic_text;
use crate::parcel::{self, Parcel};
use crate::slices::{Ordered, Slice};
use crate::station::{Orders, Report, Station};

/// Events parted at once.
const CHUNK: usize = 1024;
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
    /// Hears how many events have been brought in.
    pub progress: Box<dyn Fn(u64) + Send + Sync>,
}

/// What the dataflow found.
pub struct Detected {
    /// Of each worker.
    pub reports: Vec<Report>,
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
    let mut reports = Vec::new();
    for outcome in guards.join() {
        reports.extend(outcome.map_err(EngineError::Worker)?);
    }
    let first_error = shared.first_error.lock().unwrap_or_else(PoisonError::into_inner).take();
    match first_error {
        Some(error) => Err(error),
        None => Ok(Detected {
            reports,
            events: shared.events.load(Ordering::Relaxed),
            duplicates: shared.duplicates.load(Ordering::Relaxed),
        }),
    }
}

/// One worker, whose failure must not leave the others waiting for it.
fn guarded(worker: &mut Worker, shared: &Arc<Shared>) -> Option<Report> {
    let outcome = catch_unwind(AssertUnwindSafe(|| work(worker, shared)))
        .unwrap_or_else(|panic| Err(EngineError::Worker(panic_text(&*panic))));
    match outcome {
        Ok(report) if !shared.failed.load(Ordering::Acquire) => Some(report),
        outcome => {
            if let Err(error) = outcome {
                let mut first = shared.first_error.lock().unwrap_or_else(PoisonError::into_inner);
                first.get_or_insert(error);
            }
            shared.failed.store(true, Ordering::Release);
            for dataflow in worker.installed_dataflows() {
                worker.drop_dataflow(dataflow);
            }
            None
        }
    }
}

fn work(worker: &mut Worker, shared: &Arc<Shared>) -> Result<Report, EngineError> {
    let (index, peers) = (worker.index(), worker.peers());
    let station = Rc::new(RefCell::new(Station::new(shared.plan.orders)));
    let mut input = InputHandle::new();
    let probe = ProbeHandle::new();
    install(worker, &mut input, &probe, &station);

    let slices = shared.plan.ordered.slices();
    let mut slice = Slice::default();
    let mut next = index;
    input.advance_to(next);
    while next < slices {
        if shared.failed.load(Ordering::Acquire) {
            return Ok(Station::new(shared.plan.orders).finish());
        }
        // What is IN_FLIGHT rounds back is done everywhere once nothing before the epoch after it can come.
        let back = (next + 1).saturating_sub(IN_FLIGHT * peers);
        if probe.less_than(&back) {
            worker.step_or_park(Some(NAP));
            continue;
        }
        bring_in(&mut input, &mut slice, next, shared)?;
        next += peers;
        input.advance_to(next);
        worker.step();
    }
    input.close();
    while !probe.done() {
        if shared.failed.load(Ordering::Acquire) {
            break;
        }
        worker.step_or_park(Some(NAP));
    }
    let station = station.replace(Station::new(shared.plan.orders));
    Ok(station.finish())
}

fn install(
    worker: &mut Worker,
    input: &mut Input,
    probe: &ProbeHandle<usize>,
    station: &Rc<RefCell<Station>>,
) {
    let station = Rc::clone(station);
    worker.dataflow::<usize, _, _>(|scope| {
        input
            .to_stream(scope)
            .unary_frontier(Exchange::new(|parcel: &Parcel| parcel.to), "Detect", |_, _| {
                let mut stash = BTreeMap::new();
                move |(input, frontier), output| {
                    input.for_each_stamp(|stamp, containers| {
                        let Some(epoch) = stamp.retain_least(output.output_index()) else { return };
                        let (_, parcels) = stash
                            .entry(*epoch.time())
                            .or_insert_with(|| (epoch, Vec::<Parcel>::new()));
                        parcels.extend(containers.flat_map(|container| container.drain(..)));
                    });
                    while let Some(first) = stash.first_entry() {
                        if frontier.less_equal(first.key()) {
                            break;
                        }
                        let (epoch, mut parcels) = first.remove();
                        station.borrow_mut().epoch(&mut parcels);
                        output.session(&epoch).give(0u8);
                    }
                }
            })
            .container::<Vec<u8>>()
            .probe_with(probe);
    });
}

type Input = InputHandle<usize, timely::container::CapacityContainerBuilder<Vec<Parcel>>>;

fn bring_in(
    input: &mut Input,
    slice: &mut Slice,
    epoch: usize,
    shared: &Shared,
) -> Result<(), EngineError> {
    shared.plan.ordered.load(epoch, Texts::Written, slice)?;
    for (number, chunk) in slice.events.chunks(CHUNK).enumerate() {
        for parcel in parcel::part(chunk, &slice.arena, number as u32, shared.plan.workers) {
            if !parcel.touches.is_empty() || !parcel.events.is_empty() {
                input.send(parcel);
            }
        }
    }
    let events = slice.events.len() as u64;
    shared.duplicates.fetch_add(slice.duplicates, Ordering::Relaxed);
    (shared.plan.progress)(shared.events.fetch_add(events, Ordering::Relaxed) + events);
    Ok(())
}
