//! What passes between the threads of a live engine.

use std::sync::Arc;
use std::sync::mpsc::Sender;

use eventlog::Log;
use events::{Batch, EventTime, Key};
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
    /// Something to do with the log between two commits.
    Log(Box<dyn FnOnce(&mut Log) + Send>),
    /// Let no judgement begin, close the log's newest file, and say how things stand there. Once none is under way.
    Hold(Standstill),
    /// Let judgements begin again.
    Release,
    /// Let judgements begin again, now, and none of them remember an account.
    Forget(Key, Done),
    /// Say how things stand.
    Stand(Standstill),
}

/// Hears how things stood at a moment.
pub type Standstill = Sender<Result<Stood, LiveError>>;

/// How things stood when everything in the log was decided.
pub struct Stood {
    /// Where the next record will stand.
    pub next: u64,
    /// Events decided.
    pub events: u64,
    /// The newest event time.
    pub newest: EventTime,
    /// The state, as a snapshot holds it.
    pub bytes: Vec<u8>,
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
            Job::Judge(done) | Job::Policy(_, _, done) | Job::Forget(_, done) => {
                done(Err(why.clone()));
            }
            // Whoever waits for these hears that nobody is there any more.
            Job::Judged(_) | Job::Log(_) | Job::Hold(_) | Job::Release | Job::Stand(_) => {}
        }
    }
}

/// The number of an event, and whether it is new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    /// A judgement takes effect; these hear of it when it has.
    Effect(Arc<Judged>, Vec<Done>),
    /// The policy from here on.
    Policy(Box<Policy>),
    /// Say when all before this is done.
    Reached(Sender<()>),
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
