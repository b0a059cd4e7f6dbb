//! The page an audit leaves for people: one self-contained HTML file, in Chinese or English.
//!
//! [`render`] turns a [`Model`] into the page; it reads nothing else and no clock, so the same model gives the same
//! bytes. Everything in the model is hostile text until it has passed through `name`. The page is held below
//! [`PAGE_BYTES`] whatever the model holds: lists are cut, and each says how much of it is shown and where the rest is.

mod chart;
mod clock;
mod found;
mod lang;
mod model;
mod name;
mod number;
mod page;
mod section;
mod texts;
mod verdict;

pub use found::{
    Account, Age, Cohort, Crowd, Group, Loss, Meeting, Member, Members, Owner, Point, Shared,
    Subject, Target, Test,
};
pub use lang::Lang;
pub use model::{
    Choice, Hour, InputFile, Intake, KindCount, Mapping, Model, Ranked, Rejection, Run, Totals,
};
pub use page::render;
pub use verdict::{Class, OwnerVerdict, Verdict};

/// Groups that get an article of their own; further ones are rows of a table.
pub const GROUPS_DRAWN: usize = 50;
/// No page is larger.
pub const PAGE_BYTES: usize = 5_000_000;
