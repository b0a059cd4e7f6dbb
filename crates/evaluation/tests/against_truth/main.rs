//! Folders of results against folders of truth: figures worked out by hand, clear errors, and the labelled public sets.

mod folder;
mod input;
mod market;
mod trade;
