//! The coincidence graph: who acts together beyond chance.
//!
//! Marks become meetings, meetings become ties between accounts, ties become communities; each community is then
//! judged as a whole, against what real crowds do. The steps, one a file, in this order: [`Activity`] collects,
//! [`Ledger`] indexes, `meetings` finds pairs, `communities` clusters, `jobs` says what a community did together,
//! `belonging` who else did it, [`Examination`] looks at how its members behaved there and elsewhere, [`judge`] weighs it all.

mod activity;
mod approach;
mod arrival;
mod attendance;
mod audience;
mod belonging;
mod circle;
mod communities;
mod company;
mod crews;
mod examination;
mod explained;
mod fleets;
mod floods;
mod group;
mod jobs;
mod judge;
mod ledger;
mod manner;
mod meetings;
mod mismatch;
mod opinions;
mod parties;
mod phrases;
mod pooled;
mod reach;
mod search;
mod shape;
mod sharers;
mod surges;
mod tail;
mod traces;
mod turnout;
mod vigils;
mod waves;
mod wording;

pub use activity::{Activity, ActivityLimits};
pub use examination::Examination;
pub use group::{Group, Member, Test};
pub use jobs::Job;
pub use judge::{judge, mismatched, passed_on};
pub use ledger::Ledger;
pub use parties::{Found, Links, Lives, Party, Visitors};
pub use search::{Community, LEAST_WORK, Limits, Search, search};
pub use shape::Shape;
pub use surges::Surge;
pub use vigils::{Band, Vigil};
pub use waves::{Wave, Waves, waves};
