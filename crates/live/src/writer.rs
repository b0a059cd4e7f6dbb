//! The writer: what comes is put in the log, once, and is on disk before anybody hears that it was taken.
//!
//! All that waits goes into one commit, so that under load the price of a sync is shared. When the disk fails nothing of
//! the commit is taken, whoever sent it hears so, and the log is healed before the next.

use std::sync::mpsc::{Sender, SyncSender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use eventlog::{Log, LogError};
use events::{Batch, Key};
use policy::Policy;

use crate::front::Front;
use crate::home::Home;
use crate::jobs::{Answer, Done, Job, Order, Reply, Slot, Standstill, Stood, Task, Wait};
use crate::judged::Judged;
use crate::judging;
use crate::known::Known;
use crate::options::most_together;
use crate::queue::Queue;
use crate::record::{self, Effect, Judging, Lately, kind};
use crate::schedule::Schedule;
use crate::state::{Parts, VERSION};
use crate::status::Meters;
use crate::{LiveError, Refused};

/// How long the writer waits for work before it looks whether a judgement is due.
const PATIENCE: Duration = Duration::from_millis(100);
/// Quiet after which what came is judged although no later event says that time has passed.
const QUIET: Duration = Duration::from_secs(3);
/// Bytes of a record of the log that are not its payload, and a few to spare.
const FRAME: u64 = 64;

/// The only one who writes the log.
pub struct Writer {
    pub home: Arc<Home>,
    pub log: Log,
    pub queue: Arc<Queue>,
    pub known: Arc<Mutex<Known>>,
    pub front: Arc<Mutex<Front>>,
    pub schedule: Schedule,
    pub orders: SyncSender<Order>,
    pub judge: Sender<Task>,
    pub meters: Arc<Meters>,
    pub policy: Policy,
    /// The newest judgement that is or will be in effect.
    pub judged: Arc<Judged>,
    /// One that has begun.
    pub judging: Option<(Judging, u64)>,
    pub lately: Lately,
    pub bytes: Vec<u8>,
    /// Who waits for a judgement: those for the one that has begun, and for the next.
    pub hearing: Vec<Done>,
    pub waiting: Vec<Done>,
    /// No judgement begins: an account is being erased.
    pub held: bool,
    /// Waits until the judgement under way is in effect.
    pub holding: Option<Standstill>,
    pub began: Instant,
    pub rest_until: Instant,
    pub last_event: Instant,
    /// Where the log's newest file begins.
    pub segment: u64,
}

/// A submission that is in the log but not yet on disk.
struct Taken {
    batch: Batch,
    slots: Vec<Slot>,
    wait: Wait,
    reply: Reply,
    place: u64,
    end: u64,
}

impl Writer {
    /// Works until the queue is closed. Gives back what it alone knows.
    pub fn work(mut self) -> Writer {
        let mut jobs = Vec::new();
        self.resume();
        while self.queue.take(PATIENCE, &mut jobs).is_some() {
            let mut taken = Vec::new();
            for job in jobs.drain(..) {
                match job {
                    Job::Events(batch, wait, reply) => {
                        self.last_event = Instant::now();
                        self.accept(batch, wait, reply, &mut taken);
                        if self.home.options.pace.in_step {
                            self.commit(&mut taken);
                            self.judge_if_due();
                        }
                    }
                    job => {
                        self.commit(&mut taken);
                        self.other(job);
                    }
                }
            }
            self.commit(&mut taken);
            self.judge_if_due();
        }
        self
    }

    /// Goes on with a judgement that a restart interrupted.
    fn resume(&mut self) {
        if let Some((judging, began)) = self.judging {
            self.order(judging, began);
        }
    }

    /// Puts the new events of a submission in the log.
    fn accept(&mut self, batch: Batch, wait: Wait, reply: Reply, taken: &mut Vec<Taken>) {
        let slots = {
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            known.take(&batch.events)
        };
        let new = (0..).zip(&slots).filter(|(_, slot)| slot.new);
        let places: Vec<u32> = new.map(|(place, _)| place).collect();
        let mut place = self.log.next().0;
        let mut some = record::encode(&batch, &places, &mut self.lately, &mut self.bytes);
        let bytes = self.bytes.len() as u64;
        let limit = most_together(self.home.options.segment_bytes);
        if some && bytes > limit {
            return self.refuse(&batch, &slots, reply, Refused::TooLong { bytes, limit });
        }
        if some && self.next_file() {
            some = record::encode(&batch, &places, &mut self.lately, &mut self.bytes);
        }
        if some {
            match self.log.append(kind::EVENTS, &self.bytes) {
                Ok(at) => place = at.0,
                Err(LogError::TooLong { bytes, limit }) => {
                    return self.refuse(&batch, &slots, reply, Refused::TooLong { bytes, limit });
                }
                // The commit that follows fails too, and says so.
                Err(_) => {}
            }
        }
        let end = self.log.next().0;
        taken.push(Taken { batch, slots, wait, reply, place, end });
    }

    /// Takes nothing of a submission: what it named is not in the log.
    fn refuse(&mut self, batch: &Batch, slots: &[Slot], reply: Reply, why: Refused) {
        self.forget(batch, slots);
        self.lately.forget();
        self.queue.done(batch.events.len());
        reply(Err(why));
    }

    fn forget(&mut self, batch: &Batch, slots: &[Slot]) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let new: Vec<Key> =
            batch.events.iter().zip(slots).filter(|(_, s)| s.new).map(|(e, _)| e.id).collect();
        known.forget(&new);
    }

    /// Makes what was taken durable, answers who waited for that, and passes it on to be decided.
    fn commit(&mut self, taken: &mut Vec<Taken>) {
        if taken.is_empty() {
            return;
        }
        let start = Instant::now();
        if let Err(error) = self.log.commit() {
            return self.give_up(taken, &error);
        }
        self.meters.committed(start.elapsed(), self.log.committed().0);
        for Taken { batch, slots, wait, reply, place, end } in taken.drain(..) {
            if let Some(first) = slots.iter().find(|slot| slot.new) {
                let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
                known.placed(first.number, place);
            }
            for (event, slot) in batch.events.iter().zip(&slots) {
                if slot.new {
                    self.schedule.note(event.time, place);
                }
            }
            let new = slots.iter().filter(|slot| slot.new).count() as u64;
            self.meters.accepted(new, slots.len() as u64 - new);
            let reply = match wait {
                Wait::Decided => Some(reply),
                Wait::Durable => {
                    let answer = |slot: &Slot| Answer { accepted: slot.new, decision: None };
                    reply(Ok(slots.iter().map(answer).collect()));
                    None
                }
            };
            self.pass(Order::Events { batch, slots, reply, end });
        }
        self.note_segment();
    }

    /// Nothing of a commit that failed was taken.
    fn give_up(&mut self, taken: &mut Vec<Taken>, error: &LogError) {
        // The newest first, so that numbers go back the way they came.
        for Taken { batch, slots, reply, .. } in taken.drain(..).rev() {
            self.forget(&batch, &slots);
            self.queue.done(batch.events.len());
            reply(Err(Refused::Disk(text(error))));
        }
        self.lately.forget();
        self.meters.failed(&text(error));
        if let Err(error) = self.log.heal() {
            self.meters.failed(&text(&error));
        }
        self.note_segment();
    }

    /// Begins the log's next file if what was just encoded does not fit into this one: then it has to be encoded anew, with
    /// all its names.
    fn next_file(&mut self) -> bool {
        let end = self.log.next().0 + self.bytes.len() as u64 + FRAME;
        if end.saturating_sub(self.segment) <= self.home.options.segment_bytes
            || self.log.next().0 == self.segment
        {
            return false;
        }
        // The commit that follows fails too, and says so.
        let begun = self.log.roll().is_ok();
        self.note_segment();
        begun
    }

    /// The first record of a file names everything again: older files may be gone when it is read.
    fn note_segment(&mut self) {
        let first = self.log.segments().last().map_or(0, |segment| segment.first.0);
        if first != self.segment {
            self.segment = first;
            self.lately.forget();
        }
    }

    fn pass(&mut self, order: Order) {
        // The front ends before the writer only if it failed; then the queue is stopped as well.
        let _ = self.orders.send(order);
    }

    fn other(&mut self, job: Job) {
        match job {
            Job::Judge(done) => {
                self.waiting.push(done);
                if self.judging.is_none() && !self.held {
                    self.begin();
                }
            }
            Job::Log(work) => {
                work(&mut self.log);
                self.note_segment();
            }
            Job::Hold(heard) => match self.judging {
                Some(_) => self.holding = Some(heard),
                None => self.hold(&heard),
            },
            Job::Release => (self.held, self.holding) = (false, None),
            Job::Forget(account, done) => {
                self.held = false;
                self.judged = Arc::new(self.judged.without(account));
                self.waiting.push(done);
                self.begin();
            }
            // Whoever asked may have stopped to wait.
            Job::Stand(heard) => drop(heard.send(self.stand())),
            Job::Judged(Ok(judged)) => self.effect(judged),
            Job::Judged(Err(error)) => {
                self.meters.failed(&text(&error));
                self.rest_until = Instant::now() + QUIET;
                for done in self.hearing.drain(..) {
                    done(Err(Refused::Disk(text(&error))));
                }
                // Counts stay as they were decided until it is done; it is tried again.
                if let Some((judging, began)) = self.judging {
                    std::thread::sleep(PATIENCE);
                    self.order(judging, began);
                }
            }
            Job::Policy(policy, source, done) => {
                let written = self.put(kind::POLICY, source.as_bytes());
                match written {
                    Ok(_) => {
                        self.policy = (*policy).clone();
                        self.pass(Order::Policy(policy));
                        done(Ok(u64::from(self.policy.version)));
                    }
                    Err(error) => done(Err(Refused::Disk(text(&error)))),
                }
            }
            Job::Events(..) => {}
        }
    }

    /// Closes the log's newest file and lets no judgement begin until it is told to.
    fn hold(&mut self, heard: &Standstill) {
        self.held = true;
        let rolled = self.log.roll().map_err(LiveError::from);
        self.note_segment();
        let stood = rolled.and_then(|()| self.stand());
        self.held = stood.is_ok() && heard.send(stood).is_ok();
    }

    /// How things stand where everything in the log is decided: waits for the desk, and stops everybody while the state is
    /// copied.
    fn stand(&mut self) -> Result<Stood, LiveError> {
        let (reached, heard) = channel();
        self.pass(Order::Reached(reached));
        let stopped = |_| LiveError::Stopped("its desk failed".to_owned());
        heard.recv().map_err(stopped)?;
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let front = self.front.lock().unwrap_or_else(PoisonError::into_inner);
        let next = self.log.next().0;
        let (schedule, judging) = (&self.schedule, self.judging);
        let mut bytes = Vec::new();
        let windows = None;
        Parts { known: &known, front: &front, schedule, judging, next, windows }
            .write(&mut bytes)
            .map_err(|source| self.home.io(&self.home.snapshots_folder(), source))?;
        Ok(Stood { next, events: front.events(), newest: front.newest(), bytes })
    }

    /// A record of its own, on disk. Gives its place.
    fn put(&mut self, kind: u8, payload: &[u8]) -> Result<u64, LogError> {
        let place = self.log.append(kind, payload).and_then(|at| self.log.commit().map(|_| at.0));
        if place.is_err() {
            self.lately.forget();
            // What cannot be healed now is tried again with the next commit.
            let _ = self.log.heal();
        }
        self.meters.reached(self.log.committed().0);
        self.note_segment();
        place
    }

    fn judge_if_due(&mut self) {
        let now = Instant::now();
        if self.judging.is_some() || self.held {
            return;
        }
        if !self.waiting.is_empty() && now >= self.rest_until {
            return self.begin();
        }
        if self.schedule.since() == 0 {
            return;
        }
        let pace = &self.home.options.pace;
        let quiet = !pace.in_step && now - self.last_event > QUIET;
        let rested = pace.in_step || now >= self.rest_until;
        if rested && (self.schedule.is_due(pace) || quiet) {
            self.begin();
        }
    }

    fn begin(&mut self) {
        let mut schedule = self.schedule.clone();
        let options = &self.home.options;
        let ongoing = self.judged.ongoing(schedule.newest());
        let (number, place, from, split) =
            schedule.begin(&options.pace, options.retention.raw(), ongoing);
        // Nothing is removed that it looks at; where it looks at nothing the log may begin later.
        let place = place.max(self.log.segments().first().map_or(0, |segment| segment.first.0));
        let judging = Judging { number, place, from, split };
        let Ok(payload) = postcard::to_allocvec(&judging) else { return };
        match self.put(kind::JUDGING, &payload) {
            Ok(began) => {
                self.schedule = schedule;
                self.judging = Some((judging, began));
                self.pass(Order::Begin(split));
                self.hearing.append(&mut self.waiting);
                self.order(judging, began);
            }
            Err(error) => {
                self.meters.failed(&text(&error));
                self.rest_until = Instant::now() + QUIET;
            }
        }
    }

    /// Has a judgement made: beside, or in step.
    fn order(&mut self, judging: Judging, began: u64) {
        self.began = Instant::now();
        let last = Arc::clone(&self.judged);
        if !self.home.options.pace.in_step {
            let task = Task { judging, began, policy: self.policy.clone(), last };
            // The judge ends with the writer.
            let _ = self.judge.send(task);
            return;
        }
        let judged = judging::judge(&self.home, &self.policy, &judging, began, &last);
        let judged = judged.and_then(|judged| {
            judging::save(&self.home, &judged)?;
            Ok(Arc::new(judged))
        });
        match judged {
            Ok(judged) => self.effect(judged),
            // In step nothing can go on without it.
            Err(error) => {
                self.meters.failed(&text(&error));
                self.queue.stop(&text(&error));
            }
        }
    }

    fn effect(&mut self, judged: Arc<Judged>) {
        let (number, digest) = (judged.number, judged.digest());
        let effect = Effect { number, digest, version: VERSION };
        let Ok(payload) = postcard::to_allocvec(&effect) else { return };
        if let Err(error) = self.put(kind::JUDGED, &payload) {
            self.meters.failed(&text(&error));
            // Tried again when there is time: the judgement is kept.
            let _ = self.queue.push(Job::Judged(Ok(judged)));
            std::thread::sleep(PATIENCE);
            return;
        }
        let took = self.began.elapsed();
        self.meters.judged(took, &judged);
        // At most half of the time is spent on judging.
        self.rest_until = Instant::now() + took;
        self.judging = None;
        self.judged = Arc::clone(&judged);
        let hearing = std::mem::take(&mut self.hearing);
        self.pass(Order::Effect(judged, hearing));
        if let Some(heard) = self.holding.take() {
            self.hold(&heard);
        }
        if !self.waiting.is_empty() && !self.held {
            self.begin();
        }
    }
}

/// An error with what caused it.
pub fn text(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(source) = cause {
        text.push_str(": ");
        text.push_str(&source.to_string());
        cause = source.source();
    }
    text
}
