//! One file per detector: features in, a finding with evidence out.

mod finding;

pub use finding::{Class, Code, Finding};
