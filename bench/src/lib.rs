//! Ratios of speed against baselines measured in the same run.
//!
//! A figure by itself says more of the machine than of the program, so everything is measured beside something else on
//! the same file: two workers beside one, the whole audit beside a database that only counts.

pub mod audit;
pub mod baseline;
pub mod bodies;
pub mod bulk;
pub mod detectors;
pub mod http;
pub mod live;
