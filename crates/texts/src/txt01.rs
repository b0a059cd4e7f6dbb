//! TXT01: a page, or the part of one, that exists to be found by a search for a hotline.
//!
//! One number again and again, hotline words in every line, a maker's name at the start of each, and counties of the whole country in bare
//! lists. Each of these alone is honest (a shop gives its number, a chain lists its towns), so each has a ceiling below the prior.

use crate::finding::{Ground, Reason, TextCode, TextFinding};
use crate::glue::{Block, Glue};
use crate::page::Page;
use std::collections::{BTreeMap, BTreeSet};

/// Each repetition of a number beyond two; more where it returns every few words; and the most both tell together.
const REPEAT_BITS: f64 = 2.0;
const DENSE_BITS: f64 = 3.0;
const DENSE_CHARS: usize = 60;
const MOST_REPEAT: f64 = 9.0;
/// Doublings of the number of listed places beyond six.
const PLACE_BITS: f64 = 2.0;
const FEW_PLACES: f64 = 6.0;
const MOST_PLACES: f64 = 7.0;
/// Hotline words a line that is no list.
const HOTLINE_BITS: f64 = 3.0;
const MOST_HOTLINE: f64 = 5.0;
const FEW_HOTLINE: usize = 4;
/// Lines that open alike.
const OPENING: usize = 3;
const OPENING_BITS: f64 = 0.5;
const MOST_OPENING: f64 = 4.0;
const RETIRED_BITS: f64 = 0.5;
const MOST_RETIRED: f64 = 2.0;

/// The doorways of a page, with the block each lies in.
pub(crate) fn find(page: &Page, glue: &Glue) -> Vec<TextFinding> {
    let doorway = |block: &Block| {
        let first = page.units[block.first].start;
        let span = page.folded.span(first, page.units[block.last].end);
        TextFinding::weigh(TextCode::Doorway, vec![span], reasons(page, glue, block))
    };
    glue.blocks.iter().filter_map(doorway).collect()
}

/// What speaks for a doorway.
pub(crate) fn reasons(page: &Page, glue: &Glue, block: &Block) -> Vec<Reason> {
    let units = &page.units[block.first..=block.last];
    let holds = glue.of(block);
    let mut reasons = Vec::new();
    let mut weigh = |ground, count: usize, bits: f64| {
        if count > 0 && bits > 0.0 {
            reasons.push(Reason { ground, count, bits });
        }
    };
    let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
    for contact in units.iter().flat_map(|unit| page.contacts_of(unit)) {
        *numbers.entry(contact.value.as_str()).or_default() += 1;
    }
    let most = numbers.values().copied().max().unwrap_or(0);
    let lines = units.iter().zip(holds).filter(|(_, holds)| !holds.places.is_bare());
    let chars: usize = lines.map(|(unit, _)| unit.end - unit.start).sum();
    let dense = if chars <= DENSE_CHARS * most { DENSE_BITS } else { 0.0 };
    if most > 2 {
        let bits = (REPEAT_BITS * (most as f64 - 2.0) + dense).min(MOST_REPEAT);
        weigh(Ground::RepeatedContact, most, bits);
    }

    let bare = || holds.iter().filter(|h| h.places.is_bare());
    let places: BTreeSet<&str> =
        bare().flat_map(|h| &h.places.places).map(String::as_str).collect();
    let doublings = (places.len() as f64 / FEW_PLACES).log2();
    weigh(Ground::PlaceList, places.len(), (PLACE_BITS * doublings).min(MOST_PLACES));
    let retired: usize = bare().map(|h| h.places.retired).sum();
    weigh(Ground::RetiredPlaces, retired, (RETIRED_BITS * retired as f64).min(MOST_RETIRED));

    let words: usize = holds.iter().map(|h| h.hotline).sum();
    let lines = holds.iter().filter(|h| !h.places.is_bare()).count().max(1);
    let density = words as f64 / lines as f64;
    if words >= FEW_HOTLINE {
        weigh(Ground::HotlineWords, words, (HOTLINE_BITS * density).min(MOST_HOTLINE));
    }
    let same = same_opening(page, glue, block);
    weigh(Ground::SameOpening, same, (OPENING_BITS * (same as f64 - 2.0)).min(MOST_OPENING));
    reasons
}

/// How many lines open with the commonest opening.
fn same_opening(page: &Page, glue: &Glue, block: &Block) -> usize {
    let mut openings: BTreeMap<&[char], usize> = BTreeMap::new();
    for at in block.first..=block.last {
        let unit = &page.units[at];
        let chars = &page.folded.chars[unit.start..unit.end];
        if chars.len() > OPENING && !glue.holds[at].places.is_bare() {
            *openings.entry(&chars[..OPENING]).or_default() += 1;
        }
    }
    openings.values().copied().max().unwrap_or(0)
}
