//! What happened, to whom, when.
//!
//! The first crate of the pipeline: it owns the [`Event`] that everything else reads, the [`Key`]s that stand for
//! identifiers, event time, and the mappings by which foreign tables become events. It does no I/O and reads no clock.

mod batch;
mod binding;
mod builtin;
mod cell;
mod column;
mod event;
mod expression;
mod identifier;
mod intake;
mod key;
mod kind;
mod mapping;
mod moment;
mod money;
mod network;
mod province;
mod rejection;
mod segment;
mod software;
mod time;
mod waybill;

pub use batch::{Batch, Span};
pub use binding::{Binding, Carry, Filled, HeaderFault, Reading};
pub use builtin::Guess;
pub use cell::{Armour, Cells, Value};
pub use column::Column;
pub use event::{Entity, EntityKind, Event};
pub use expression::{Expression, Function};
pub use identifier::is_token;
pub use intake::{
    BATCH_BYTES, BATCH_EVENTS, Counts, IDENTIFIER_LIMIT, Intake, Meaning, TEXT_LIMIT,
};
pub use key::Key;
pub use kind::{Kind, ScanStatus};
pub use mapping::{Mapping, MappingFault, Origin, Rows, Rule, TextEncoding};
pub use moment::Clock;
pub use money::{Currency, Unit};
pub use network::{MOST_BYTES as MOST_NETWORK_BYTES, Network, NetworkFault, Networks};
pub use province::Province;
pub use rejection::{Reason, Rejection};
pub use segment::Segment;
pub use software::{Software, System, Tool};
pub use time::EventTime;
pub use waybill::Waybill;
