//! The desk: the thread that decides, in the order of the log.
//!
//! The front is locked for one submission at a time, so that whoever asks about an account or a count waits for no more
//! than that.

use std::sync::mpsc::{Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use events::Batch;
use policy::Verdict;

use crate::counts::Sums;
use crate::decision::Decision;
use crate::front::Front;
use crate::jobs::{Answer, Order, Reply, Slot};
use crate::judged::Judged;
use crate::notice::{Listener, Notice};
use crate::queue::Queue;
use crate::status::Meters;

/// How many times as long as a part of the windows took to write is decided before the next is written.
const RESTS: u32 = 2;

/// What a judgement replaced.
pub struct Replaced {
    pub now: Arc<Judged>,
    pub was: Sums,
    pub before: Sums,
}

/// The thread that decides.
pub struct Desk {
    pub front: Arc<Mutex<Front>>,
    pub queue: Arc<Queue>,
    pub meters: Arc<Meters>,
    pub listener: Listener,
    /// To whoever works out what a judgement changed.
    pub replaced: Sender<Replaced>,
    /// How long it has decided since it wrote a part of the windows, and how long that took.
    pub decided: Duration,
    pub wrote: Duration,
}

impl Desk {
    /// Works until the writer has ended.
    pub fn work(mut self, orders: &Receiver<Order>) {
        let mut answers = Vec::new();
        for order in orders {
            match order {
                Order::Events { batch, slots, reply, end } => {
                    self.decide(&batch, &slots, end, &mut answers);
                    self.tell(&batch, &slots, &answers);
                    self.queue.done(batch.events.len());
                    answer(reply, &slots, &answers);
                    self.write_part();
                }
                Order::Begin(split) => self.lock(|front| front.begin(split)),
                Order::Policy(policy) => self.lock(|front| front.set_policy(*policy)),
                Order::Effect(judged, hearing) => {
                    let number = u64::from(judged.number);
                    self.effect(judged);
                    hearing.into_iter().for_each(|done| done(Ok(number)));
                }
                // Whoever asked may not wait any more.
                Order::Reached(heard) => drop(heard.send(())),
            }
        }
    }

    /// Writes a part of the windows, if somebody wants them and the last is long enough ago.
    fn write_part(&mut self) {
        if self.decided < self.wrote * RESTS {
            return;
        }
        let start = Instant::now();
        if self.lock(Front::write_part) {
            (self.decided, self.wrote) = (Duration::ZERO, start.elapsed());
        }
    }

    fn lock<T>(&self, work: impl FnOnce(&mut Front) -> T) -> T {
        work(&mut self.front.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn decide(
        &mut self,
        batch: &Batch,
        slots: &[Slot],
        end: u64,
        answers: &mut Vec<Option<Decision>>,
    ) {
        answers.clear();
        let start = Instant::now();
        let newest = self.lock(|front| {
            front.take(batch, slots, answers);
            front.reach(end);
            front.newest()
        });
        let took = start.elapsed();
        self.decided += took;
        let new = || slots.iter().zip(answers.iter()).filter(|(slot, _)| slot.new);
        let called = |verdict| {
            new().filter(|(_, decision)| decision.is_some_and(|d| d.verdict == verdict)).count()
        };
        let held = (called(Verdict::Suspect) as u64, called(Verdict::Fake) as u64);
        self.meters.decided(took, new().count() as u64, held, newest.0);
    }

    fn tell(&self, batch: &Batch, slots: &[Slot], answers: &[Option<Decision>]) {
        for ((event, slot), decision) in batch.events.iter().zip(slots).zip(answers) {
            if let (true, &Some(decision)) = (slot.new, decision) {
                let (number, id, time) = (slot.number, batch.text(event.id_text), event.time);
                (self.listener)(&Notice::Decided { number, id, time, decision });
            }
        }
    }

    fn effect(&self, judged: Arc<Judged>) {
        // Made before the lock: it may be large.
        let sums = Sums::from(&judged.tallies);
        let (_, was, before) = self.lock(|front| front.judged(Arc::clone(&judged), sums));
        // Whoever works it out ends after the desk.
        let _ = self.replaced.send(Replaced { now: judged, was, before });
    }
}

fn answer(reply: Option<Reply>, slots: &[Slot], decisions: &[Option<Decision>]) {
    let Some(reply) = reply else { return };
    let answers = slots
        .iter()
        .zip(decisions)
        .map(|(slot, &decision)| Answer { accepted: slot.new, decision })
        .collect();
    reply(Ok(answers));
}
