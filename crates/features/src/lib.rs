//! Keyed windows and sketches: events become numbers per entity in bounded memory.
//!
//! An [`Event`](events::Event) is taken apart into [`Touch`]es, one for each entity that it speaks of; the state kept
//! for an entity's key (a [`Window`], a [`Distinct`], a [`Rhythm`], an [`Evenness`], a [`Waking`]) sees that key's
//! touches alone, in order of (time, event). So a result never depends on which worker kept which key.

mod distinct;
mod evenness;
mod keyed;
mod rhythm;
mod touch;
mod visits;
mod waking;
mod window;

pub use distinct::Distinct;
pub use evenness::{Evenness, Step};
pub use keyed::{KeyHasher, Keyed, read_keyed};
pub use rhythm::{Expected, Rhythm};
pub use touch::{TOUCHED, Touch, touch, touches};
pub use visits::{AT_ONCE, OCTAVES, Stretch, Visits, octave, stay};
pub use waking::{Wake, Waking};
pub use window::{Reach, Window};
