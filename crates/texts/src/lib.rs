//! What a text offers, hides, or had glued into it.

mod contact;
mod finding;
mod folded;
mod lexicon;
mod page;
mod place;

pub use contact::{Contact, ContactKind, contacts};
pub use finding::{Ground, MOST_SPANS, PRIOR_BITS, Reason, Span, TextCode, TextFinding};
pub use page::Form;
