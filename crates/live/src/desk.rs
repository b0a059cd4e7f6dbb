//! The desk: the thread that decides, in the order of the log.
//!
//! The front is locked for one submission at a time, so that whoever asks about an account or a count waits for no more
//! than that.

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use events::{Batch, EventTime};
use policy::Verdict;

use crate::counts::Sums;
use crate::decision::Decision;
use crate::front::Front;
use crate::jobs::{Answer, Order, Reply, Slot};
use crate::judged::Judged;
use crate::notice::{Listener, Notice};
use crate::queue::Queue;
use crate::status::Meters;

/// Events between two marks.
const BETWEEN_MARKS: u64 = 10_000;
/// Event time after which there is one although there were fewer events.
const BETWEEN_MARKS_TIME: i64 = EventTime::DAY;
/// Marks that are kept.
const MARKS: usize = 64;

/// Where the running front was after a record of the log: what a rebuilt one must come to as well.
#[derive(Clone, Copy, Debug)]
pub struct Mark {
    /// Events decided.
    pub events: u64,
    /// The digest of their decisions.
    pub digest: u64,
    /// The end of the record.
    pub end: u64,
    /// The newest event time.
    pub newest: EventTime,
}

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
    pub marks: Arc<Mutex<VecDeque<Mark>>>,
    pub listener: Listener,
    /// To whoever works out what a judgement changed.
    pub replaced: Sender<Replaced>,
}

impl Desk {
    /// Works until the writer has ended.
    pub fn work(self, orders: &Receiver<Order>) {
        let mut marked = (0, EventTime(i64::MIN));
        let mut answers = Vec::new();
        for order in orders {
            match order {
                Order::Events { batch, slots, reply, end } => {
                    self.decide(&batch, &slots, &mut answers);
                    self.tell(&batch, &slots, &answers);
                    self.queue.done(batch.events.len());
                    answer(reply, &slots, &answers);
                    marked = self.mark(marked, end);
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

    fn lock<T>(&self, work: impl FnOnce(&mut Front) -> T) -> T {
        work(&mut self.front.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn decide(&self, batch: &Batch, slots: &[Slot], answers: &mut Vec<Option<Decision>>) {
        answers.clear();
        let start = Instant::now();
        let newest = self.lock(|front| {
            front.take(batch, slots, answers);
            front.newest()
        });
        let took = start.elapsed();
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

    fn mark(&self, marked: (u64, EventTime), end: u64) -> (u64, EventTime) {
        let now = self.lock(|front| (front.events(), front.digest(), front.newest()));
        let (events, digest, newest) = now;
        let later = newest.0.saturating_sub(marked.1.0) >= BETWEEN_MARKS_TIME;
        if events < marked.0 + BETWEEN_MARKS && !later {
            return marked;
        }
        let mut marks = self.marks.lock().unwrap_or_else(PoisonError::into_inner);
        marks.push_back(Mark { events, digest, end, newest });
        if marks.len() > MARKS {
            marks.pop_front();
        }
        (events, newest)
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
