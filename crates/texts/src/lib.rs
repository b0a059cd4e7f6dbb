//! What a text offers, hides, or had glued into it.

mod contact;
mod cut;
mod finding;
mod folded;
mod glue;
mod lexicon;
mod offer;
mod page;
mod place;
mod segment;
mod txt01;
mod txt02;
mod txt03;
mod txt04;
mod txt05;

pub use contact::{Contact, ContactKind, contacts};
pub use finding::{Ground, MOST_SPANS, PRIOR_BITS, Reason, Span, TextCode, TextFinding};
pub use page::Form;

use glue::Glue;
use page::Page;

/// What is found in a document.
pub fn scan(text: &str, form: Form) -> Vec<TextFinding> {
    let page = Page::new(text, form);
    let mut offers = txt03::find(&page);
    offers.extend(txt04::find(&page));
    let glue = Glue::new(&page);
    let mut findings = txt01::find(&page, &glue);
    findings.extend(txt02::find(&page, &glue, &offers));
    findings.extend(offers);
    findings.extend(txt05::find(&page));
    findings
}
