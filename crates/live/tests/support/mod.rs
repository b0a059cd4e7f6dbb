//! Worlds as batches, and a live engine to put them into.
#![allow(dead_code)]

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::channel;

use events::{Armour, Batch, Column, Intake, Mapping};
use live::{Answer, Live, Options, Pace, Wait};
use simulator::{Hardness, Record, Scenario, Scheme};

pub fn scenario(people: u32) -> Scenario {
    let schemes = vec![Scheme::DeviceFarm, Scheme::BulkMembers];
    Scenario { seed: 4, people, days: 4, schemes, hardness: Hardness::plain() }
}

pub fn intake() -> Intake {
    let header = Column::ALL.map(|(_, name)| name);
    let mapping = Mapping::named("contract").unwrap();
    mapping.bind(&header).unwrap().intake(Armour::None)
}

pub fn batch(intake: &mut Intake, records: &[Record]) -> Batch {
    for (number, record) in records.iter().enumerate() {
        record.put(intake, number as u64);
    }
    let (batch, rejected) = intake.finish();
    assert!(rejected.is_empty(), "{:?}", rejected.first());
    batch
}

/// Judges in step, so that runs can be compared decision by decision.
pub fn in_step(folder: &Path) -> Options {
    let pace = Pace { interval: 6 * 3_600_000_000, in_step: true, ..Pace::default() };
    Options { pace, snapshot_every: 10_000, ..Options::new(folder.to_owned()) }
}

pub fn open(options: Options) -> Live {
    Live::open(options, Arc::new(|_| ())).unwrap()
}

pub fn send(live: &Live, batch: Batch) -> Vec<Answer> {
    let (reply, heard) = channel();
    live.submit(batch, Wait::Decided, Box::new(move |answers| reply.send(answers).unwrap()))
        .unwrap();
    heard.recv().unwrap().unwrap()
}

pub fn judge(live: &Live) -> u64 {
    let (done, heard) = channel();
    live.judge_now(Box::new(move |number| done.send(number).unwrap())).unwrap();
    heard.recv().unwrap().unwrap()
}
