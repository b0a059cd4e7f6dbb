//! Tests that need to make the disk fail.

mod faults;
mod faulty;
mod power;
mod retention;
mod snapshots;
