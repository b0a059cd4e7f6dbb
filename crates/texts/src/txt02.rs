//! TXT02: a text that was glued into an article.
//!
//! Beside an article (sentences, enough of them) stands a block that reads otherwise by description length and that sells: a doorway, an
//! advert for bought engagement, or the wares of common spam with a way to reach the seller. A block that only reads otherwise
//! (a table, a menu, a publisher's address) is not accused.

use crate::finding::{Ground, PRIOR_BITS, Reason, TextCode, TextFinding};
use crate::glue::{Block, Glue};
use crate::lexicon::{Kind, lexicon};
use crate::page::Page;
use crate::{cut, txt01};
use std::collections::BTreeSet;

/// What makes the rest an article.
const ARTICLE_STOPS: usize = 3;
const ARTICLE_CHARS: usize = 120;
/// How a block reads tells at most so much: the sale has to tell the rest.
const MOST_READS: f64 = 12.0;
const MOST_SALE: f64 = 20.0;
/// Bits a block's sale needs by itself.
const LEAST_SALE: f64 = 8.0;
const WARE_CONTACT_BITS: f64 = 4.0;

/// The glued blocks of a page; `offers` are its TXT03 and TXT04 findings.
pub(crate) fn find(page: &Page, glue: &Glue, offers: &[TextFinding]) -> Vec<TextFinding> {
    if glue.article_stops < ARTICLE_STOPS || glue.article_chars < ARTICLE_CHARS {
        return Vec::new();
    }
    glue.blocks.iter().filter_map(|block| weigh(page, glue, block, offers)).collect()
}

fn weigh(page: &Page, glue: &Glue, block: &Block, offers: &[TextFinding]) -> Option<TextFinding> {
    let (first, last) = (page.units[block.first].start, page.units[block.last].end);
    let span = page.folded.span(first, last);
    let doorway: f64 = txt01::reasons(page, glue, block).iter().map(|r| r.bits).sum();
    let doorway = if doorway >= PRIOR_BITS { doorway } else { 0.0 };
    let offered = offers
        .iter()
        .filter(|f| f.spans.iter().any(|s| span.start <= s.start && s.end <= span.end))
        .map(|f| f.bits)
        .fold(0.0, f64::max);
    let sale = doorway.max(offered).max(spam(page, block)).min(MOST_SALE);
    if sale < LEAST_SALE {
        return None;
    }
    let reads =
        (block.reads - 2.0 * cut::change_bits(page.units.len())).clamp(-MOST_READS, MOST_READS);
    let reasons = vec![
        Reason { ground: Ground::Selling, count: 1, bits: sale },
        Reason { ground: Ground::OtherText, count: block.last - block.first + 1, bits: reads },
        Reason { ground: Ground::ArticleBeside, count: glue.article_stops, bits: 0.0 },
    ];
    TextFinding::weigh(TextCode::Glued, vec![span], reasons)
}

/// Wares of common spam with a contact.
fn spam(page: &Page, block: &Block) -> f64 {
    let units = &page.units[block.first..=block.last];
    let mut words = BTreeSet::new();
    let (mut wares, mut against) = (0.0, 0.0);
    for hit in units.iter().flat_map(|unit| page.hits_of(unit)) {
        if words.insert(hit.word) {
            wares += lexicon().bits(*hit, Kind::Spam).unwrap_or(0.0);
            wares += lexicon().bits(*hit, Kind::Sell).unwrap_or(0.0) / 2.0;
            against += lexicon().bits(*hit, Kind::Report).unwrap_or(0.0);
        }
    }
    let contacts = units.iter().map(|unit| page.contacts_of(unit).len()).sum::<usize>();
    let reach = if contacts > 0 { WARE_CONTACT_BITS } else { 0.0 };
    if contacts == 0 { 0.0 } else { wares + reach - against }
}
