//! TXT05: a contact hidden by look-alikes, homophones, separators or invisible characters.
//!
//! The disguise is the finding, whatever is offered: platforms forbid it because contacts in plain sight would be removed.

use crate::finding::{Ground, Reason, TextCode, TextFinding};
use crate::lexicon::{Kind, lexicon};
use crate::page::Page;

/// What a call to get in touch beside a half-hidden contact adds.
const CALL_BITS: f64 = 2.0;

/// The hidden contacts of a page, each its own finding.
pub(crate) fn find(page: &Page) -> Vec<TextFinding> {
    let mut findings = Vec::new();
    for unit in &page.units {
        let calls =
            page.hits_of(unit).iter().filter(|h| lexicon().bits(**h, Kind::Call).is_some()).count();
        for contact in page.contacts_of(unit) {
            let seen: usize = contact.disguises.iter().map(|(_, count)| count).sum();
            if seen == 0 {
                continue;
            }
            let each = contact.disguise_bits / seen as f64;
            let mut reasons: Vec<Reason> = contact
                .disguises
                .iter()
                .map(|&(ground, count)| Reason { ground, count, bits: each * count as f64 })
                .collect();
            let bits = if calls > 0 { CALL_BITS } else { 0.0 };
            reasons.push(Reason { ground: Ground::Call, count: calls, bits });
            findings.extend(TextFinding::weigh(
                TextCode::HiddenContact,
                vec![contact.span],
                reasons,
            ));
        }
    }
    findings
}
