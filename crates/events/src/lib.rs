//! What happened, to whom, when.
//!
//! The first crate of the pipeline: it owns the [`Event`] that everything else reads, the [`Key`]s that stand for
//! identifiers, event time, and the mappings by which foreign tables become events. It does no I/O and reads no clock.

mod batch;
mod event;
mod key;
mod kind;
mod time;

pub use batch::{Batch, Span};
pub use event::{Entity, EntityKind, Event};
pub use key::Key;
pub use kind::{Kind, ScanStatus};
pub use time::EventTime;
