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
mod prefilter;
mod segment;
mod txt01;
mod txt02;
mod txt03;
mod txt04;
mod txt05;
mod txt06;

pub use contact::{Contact, ContactKind, contacts};
pub use finding::{Ground, MOST_SPANS, PRIOR_BITS, Reason, Span, TextCode, TextFinding};
pub use page::Form;

use glue::Glue;
use lexicon::{Kind, lexicon};
use page::Page;

/// Bytes of an event's text that are read: one beyond that is judged by its beginning.
pub const MOST_EXAMINED: usize = 16_384;

/// Bits of words of reporting from which a text reports: one word that says so.
const LEAST_REPORT: f64 = 2.0;

/// What the text of one event offers, hides or advertises: TXT01, TXT03, TXT04 and TXT05.
///
/// Most texts are done after one pass of some 250 ns; see [`scan`] for documents.
///
/// ```
/// assert!(texts::examine("物流很快，质量不错，下次还来").is_empty());
/// let found = texts::examine("专业刷赞刷粉，1000粉只要5元，24小时自助下单，➕V：abc8866");
/// assert_eq!(found[0].code.code(), "TXT03");
/// ```
#[must_use]
pub fn examine(text: &str) -> Vec<TextFinding> {
    if !prefilter::fires(text) {
        return Vec::new();
    }
    let page = Page::new(beginning(text), Form::Plain);
    let mut findings = txt03::find(&page);
    findings.extend(txt04::find(&page));
    findings.extend(txt05::find(&page));
    // A doorway needs the same number three times over; a short text has no room for it.
    if page.contacts.len() > 2 {
        findings.extend(txt01::find(&page, &Glue::new(&page)));
        findings.sort_by_key(|f| f.code);
    }
    findings
}

/// Whether a text of an event reports of offers, warns of them or asks about them.
///
/// ```
/// assert!(texts::reports("别信这个，我被骗过，已经举报了"));
/// assert!(!texts::reports("卡盟低价代刷，加V qnk59948"));
/// ```
#[must_use]
pub fn reports(text: &str) -> bool {
    let page = Page::new(beginning(text), Form::Plain);
    let hits = page.units.iter().flat_map(|unit| page.hits_of(unit));
    let words = hits.filter_map(|hit| lexicon().bits(*hit, Kind::Report));
    words.sum::<f64>() >= LEAST_REPORT
}

fn beginning(text: &str) -> &str {
    let mut end = text.len().min(MOST_EXAMINED);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// What is found in a document, in order of codes and then of places.
#[must_use]
pub fn scan(text: &str, form: Form) -> Vec<TextFinding> {
    let page = Page::new(text, form);
    let mut offers = txt03::find(&page);
    offers.extend(txt04::find(&page));
    let glue = Glue::new(&page);
    let mut findings = txt01::find(&page, &glue);
    findings.extend(txt02::find(&page, &glue, &offers));
    let farm = txt06::find(&page, &offers);
    findings.extend(offers);
    findings.extend(txt05::find(&page));
    findings.extend(farm);
    findings
}

/// What to cut out of a document so that its article is left: the glued blocks and doorways, in order, not overlapping.
#[must_use]
pub fn cuts(findings: &[TextFinding]) -> Vec<Span> {
    let blocks = findings.iter().filter(|f| matches!(f.code, TextCode::Doorway | TextCode::Glued));
    txt06::apart(blocks.flat_map(|f| f.spans.iter().copied()).collect())
}
