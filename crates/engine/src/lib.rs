//! The dataflow that runs an event through all of the above.

pub mod results;
