//! Goal: what is promised of every detector holds of each code of the catalogue. Method: the suite walks the catalogue, and
//! [`codes::promise`] has an arm for each code, so one that is added without saying where it shows itself, how often it may
//! speak where nobody cheats, and how its evidence gives its bits again, does not compile. All goes through the whole program.

#![allow(clippy::unwrap_used)] // a test that cannot go on fails

mod codes;
mod derived;
mod hostile;
mod memory;
mod organic;
mod pages;
#[path = "../support/mod.rs"]
mod support;
mod town;
mod world;
