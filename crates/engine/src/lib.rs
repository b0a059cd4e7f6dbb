//! The dataflow that runs an event through all of the above.
//!
//! [`run`] reads the parts of an input, puts their events in (time, id) order on disk, brings them as epochs into a
//! timely dataflow whose workers keep the state of the keys that are at home with them, judges what was found, and hands
//! out every event with its verdict. The same events and settings give the same results, whatever the number of workers
//! and however the input is cut and ordered.

mod adverts;
mod again;
mod arrivals;
pub mod codec;
mod counts;
mod dataflow;
mod deals;
mod duplicates;
mod errands;
mod error;
mod harmed;
mod hawkers;
mod hearing;
mod judge;
mod losses;
mod membership;
mod memory;
mod names;
mod nested;
mod order;
mod outlets;
mod output;
mod owners;
mod parcel;
mod parties;
mod past;
pub mod results;
mod rounds;
mod rows;
mod run;
mod runs;
mod sent;
mod slices;
mod spill;
mod standing;
mod station;
mod weigh;
mod wide;

pub use codec::TEXT_LIMIT;
pub use counts::{Counted, Genuine, Tallies, Tally};
pub use dataflow::Transport;
pub use error::EngineError;
pub use hearing::Hearing;
pub use names::Names;
pub use order::{Deliver, Part};
pub use output::Sink;
pub use past::{Past, Said};
pub use run::{Listener, Outcome, Progress, Seen, Settings, Timings, run};
pub use slices::Bounds;
pub use standing::{Called, Standing};
