//! What can go wrong, by what the caller can do about it.

use std::path::PathBuf;

use engine::EngineError;
use eventlog::LogError;
use events::EventTime;
use policy::PolicyError;

/// Why a live engine could not be opened, or could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum LiveError {
    /// The log or a snapshot.
    #[error(transparent)]
    Log(#[from] LogError),
    /// A record that is whole and says nothing that this version understands.
    #[error("record {place} of the log in {}: {what}", folder.display())]
    Record {
        /// The log's folder.
        folder: PathBuf,
        /// Its place.
        place: u64,
        /// What is wrong.
        what: &'static str,
    },
    /// A judgement that was made again came out otherwise than the log says.
    #[error("judgement {number} comes out as {made:016x}, the log says {said:016x}")]
    Differs {
        /// Which.
        number: u32,
        /// The digest made now.
        made: u64,
        /// The digest in the log.
        said: u64,
    },
    /// State rebuilt from the log comes to other decisions than the running engine did: a snapshot was not written.
    #[error("at event {event} the log gives decisions {made:016x}, the engine gave {said:016x}")]
    Drift {
        /// The number of the event.
        event: u64,
        /// The digest made from the log.
        made: u64,
        /// The digest of the running engine.
        said: u64,
    },
    /// Whoever writes snapshots is so far behind that it cannot be told any more what was decided.
    #[error("what was decided from event {event} on is not remembered any more")]
    Behind {
        /// The number of the event.
        event: u64,
    },
    /// A snapshot of another version of the program.
    #[error("a snapshot of version {found}, this program reads {known}")]
    Version {
        /// The snapshot's.
        found: u32,
        /// The program's.
        known: u32,
    },
    /// A time of which no answer can be given any more.
    #[error("events of before {} s since 1970 are no longer kept", kept.seconds())]
    Expired {
        /// The time from which on every event is kept.
        kept: EventTime,
    },
    /// A judgement failed.
    #[error("a judgement failed")]
    Engine(#[from] EngineError),
    /// A policy that cannot be used.
    #[error("the policy cannot be used: {0}")]
    Policy(#[from] PolicyError),
    /// State that cannot be written or read.
    #[error("state cannot be written or read: {0}")]
    State(#[from] postcard::Error),
    /// A file or folder.
    #[error("{}: {source}", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// It was closed, or a thread of it failed; what was acknowledged is in the log.
    #[error("the engine has stopped: {0}")]
    Stopped(String),
}

/// Why events were not taken now. Nothing of them is kept: send them again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Too many wait already.
    #[error("too many events wait")]
    Busy,
    /// They are longer together than the log takes at once: fewer at a time are taken.
    #[error("the events take {bytes} bytes in the log, and {limit} may go together")]
    TooLong {
        /// What they take.
        bytes: u64,
        /// What may go together.
        limit: u64,
    },
    /// The log cannot be written: no room, no right, a failing disk.
    #[error("the log cannot be written: {0}")]
    Disk(String),
    /// The engine is closing or has stopped.
    #[error("the engine has stopped")]
    Stopped,
}
