//! Decides while it happens, and loses nothing: the engine over a durable log.
//!
//! The log of what came is the one truth; everything else is a function of it. A submission is put in the log and on
//! disk, then each of its events is decided in the log's order by what streaming detectors and the last
//! judgement say; judgements are audits of the log, made beside, whose beginning and effect are records of the log too. So
//! a restart, which reads the newest snapshot and the records since, comes to the same state, counts and decisions.
//!
//! What is kept, and why. The log holds what came as it came, for as many days as [`Retention`] says; counts and what was
//! judged outlive it. Before a file of the log goes, the transactions in it go to the records, a second log in a folder of
//! its own, since the law wants them for three years after the purchase and they must not be within reach of whoever
//! only needs counts. [`Live::export`] gives an account its events, [`Live::erase`] makes them events of nobody.

mod clock;
mod counts;
mod decision;
mod desk;
mod erased;
mod erasure;
mod error;
mod export;
mod front;
mod home;
mod jobs;
mod judged;
mod judging;
mod keeper;
mod known;
mod line;
mod live;
mod notice;
mod options;
mod pseudonym;
mod queue;
mod record;
mod records;
mod replay;
mod retention;
mod revisions;
mod schedule;
mod state;
mod status;
mod view;
mod walk;
mod windows;
mod writer;

pub use decision::{Action, Codes, Decision};
pub use erasure::Step;
pub use error::{LiveError, Refused};
pub use eventlog::Sync;
pub use front::Front;
pub use jobs::{Answer, Done, Reply, Wait};
pub use judged::{Change, Judged};
pub use live::{Live, Opened};
pub use notice::{AccountRevision, CountRevision, Listener, Notice, Revision};
pub use options::{Options, most_together};
pub use retention::Retention;
pub use schedule::Pace;
pub use status::{Histogram, Meters, Status};
pub use view::{AccountView, CountView, EventView, FindingView, GroupView};
