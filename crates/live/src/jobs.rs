//! What passes between the threads of a live engine.

use std::sync::Arc;

use events::Batch;
use policy::Policy;

use crate::LiveError;
use crate::Refused;
use crate::decision::Decision;
use crate::judged::Judged;
use crate::record::Judging;

/// When a submission is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// When its events are on disk; decisions are made afterwards.
    Durable,
    /// When each of its events is on disk and decided.
    Decided,
}

/// What became of an event.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Answer {
    /// It was the first of its id; otherwise nothing was changed by it.
    pub accepted: bool,
    /// What was decided when the first of its id came: with [`Wait::Decided`], and as long as it is remembered.
    pub decision: Option<Decision>,
}

/// Hears what became of the events of a submission, in their order; called once, from a thread of the engine, and must
/// not block.
pub type Reply = Box<dyn FnOnce(Result<Vec<Answer>, Refused>) + Send>;
/// Hears that something was done: the number of a judgement, or of what else.
pub type Done = Box<dyn FnOnce(Result<u64, Refused>) + Send>;

/// Something for the writer to do.
pub enum Job {
    Events(Batch, Wait, Reply),
    /// Judge what is there.
    Judge(Done),
    /// The judge is done, or failed.
    Judged(Result<Arc<Judged>, LiveError>),
    /// Another policy.
    Policy(Box<Policy>, String, Done),
}

impl Job {
    /// Events that it holds.
    pub fn events(&self) -> usize {
        match self {
            Job::Events(batch, ..) => batch.events.len(),
            _ => 0,
        }
    }

    /// Says that it will not be done.
    pub fn refuse(self, why: &Refused) {
        match self {
            Job::Events(_, _, reply) => reply(Err(why.clone())),
            Job::Judge(done) | Job::Policy(_, _, done) => done(Err(why.clone())),
            Job::Judged(_) => {}
        }
    }
}

/// The number of an event, and whether it is new.
#[derive(Clone, Copy, Debug)]
pub struct Slot {
    pub number: u64,
    pub new: bool,
}

/// Something for the front to take, in the order of the log.
pub enum Order {
    /// Events of a record that ends at a place.
    Events { batch: Batch, slots: Vec<Slot>, reply: Option<Reply>, end: u64 },
    /// A judgement began; the one after it looks at events from this time on.
    Begin(i64),
    /// A judgement takes effect.
    Effect(Arc<Judged>),
    /// The policy from here on.
    Policy(Box<Policy>),
}

/// Something for the judge to do.
pub struct Task {
    pub judging: Judging,
    /// The place of the record at which it began.
    pub began: u64,
    pub policy: Policy,
    /// The judgement before.
    pub last: Arc<Judged>,
}
