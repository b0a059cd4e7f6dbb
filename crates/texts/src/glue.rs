//! The blocks of a page that are not its article: what is found before it is judged.
//!
//! A block is a run of lines that hold contacts, hotline words, bare lists of places or wares where the article holds sentences, and
//! that [`crate::cut`] finds to be written otherwise. Whether it is a doorway (TXT01) or another glued advert (TXT02) is for the detectors.

use crate::contact::ContactKind;
use crate::cut::{self, Piece};
use crate::lexicon::{Kind, lexicon};
use crate::page::{Page, Unit};
use crate::place;

/// What a unit holds, as far as it says which side it is of.
#[derive(Clone, Debug, Default)]
pub(crate) struct Holds {
    pub(crate) hotline: usize,
    pub(crate) contacts: usize,
    pub(crate) wares: f64,
    pub(crate) places: place::PlaceList,
    pub(crate) report: f64,
    pub(crate) stops: usize,
}

/// A block: its units and how it reads.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    pub(crate) first: usize,
    pub(crate) last: usize,
    /// Bits by which it reads like another text than the rest.
    pub(crate) reads: f64,
}

/// The blocks of a page.
pub(crate) struct Glue {
    pub(crate) holds: Vec<Holds>,
    pub(crate) blocks: Vec<Block>,
    /// Sentences and characters that are in no block.
    pub(crate) article_stops: usize,
    pub(crate) article_chars: usize,
}

/// Bits that each thing tells about the side of a unit: how much commoner it is in adverts than in articles.
const HOTLINE_BITS: f64 = 2.5;
const CONTACT_BITS: f64 = 3.0;
const MOST_CONTACTS: f64 = 9.0;
const PLACE_LIST_BITS: f64 = 8.0;
const STOP_BITS: f64 = 3.0;
const FUNCTION_BITS: f64 = 0.4;
const MOST_FUNCTION: f64 = 8.0;
const REPORT_SHARE: f64 = 0.7;
const MOST_REPORT: f64 = 8.0;
const WARES_SHARE: f64 = 0.8;
const MOST_WARES: f64 = 24.0;

/// The longest stretch that two blocks take in, in characters, and the most report bits in it.
const MOST_BRIDGE: usize = 240;
const MOST_BRIDGE_REPORT: f64 = 4.0;

impl Glue {
    pub(crate) fn new(page: &Page) -> Glue {
        let holds: Vec<Holds> = page.units.iter().map(|unit| holds(page, unit)).collect();
        let pieces: Vec<Piece<'_>> = page
            .units
            .iter()
            .zip(&holds)
            .map(|(unit, holds)| {
                let chars = &page.folded.chars[unit.start..unit.end];
                Piece { chars, lean: lean(chars, holds) }
            })
            .collect();
        let mut glue = Glue { holds, blocks: Vec::new(), article_stops: 0, article_chars: 0 };
        let Some(mut division) = cut::divide(&pieces) else { return glue };
        bridge(page, &glue.holds, &mut division.other);
        for (at, unit) in page.units.iter().enumerate() {
            if !division.other[at] {
                glue.article_stops += glue.holds[at].stops;
                glue.article_chars += unit.end - unit.start;
                continue;
            }
            match glue.blocks.last_mut() {
                Some(block) if block.last + 1 == at => {
                    block.last = at;
                    block.reads += division.reads[at];
                }
                _ => glue.blocks.push(Block { first: at, last: at, reads: division.reads[at] }),
            }
        }
        glue
    }

    /// What the units of a block hold.
    pub(crate) fn of(&self, block: &Block) -> &[Holds] {
        &self.holds[block.first..=block.last]
    }
}

/// Gives a stretch between two blocks to them if it is no article: shorter than either, without report, and short at all. Doorways
/// carry a sentence or two of service praise that reads like any prose.
fn bridge(page: &Page, holds: &[Holds], other: &mut [bool]) {
    let chars = |(from, to): (usize, usize)| page.units[to - 1].end - page.units[from].start;
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for at in 0..other.len() {
        match runs.last_mut() {
            Some(run) if other[run.0] == other[at] => run.1 = at + 1,
            _ => runs.push((at, at + 1)),
        }
    }
    for three in runs.windows(3) {
        let gap = three[1];
        let length = chars(gap);
        let reported: f64 = holds[gap.0..gap.1].iter().map(|h| h.report).sum();
        let shorter = length < chars(three[0]) && length < chars(three[2]);
        if !other[gap.0] && shorter && length < MOST_BRIDGE && reported < MOST_BRIDGE_REPORT {
            other[gap.0..gap.1].fill(true);
        }
    }
}

fn holds(page: &Page, unit: &Unit) -> Holds {
    let mut holds = Holds::default();
    for hit in page.hits_of(unit) {
        for (kind, bits) in lexicon().senses(hit.word) {
            match kind {
                Kind::Hotline => holds.hotline += 1,
                Kind::Trade | Kind::Spam => holds.wares += bits,
                Kind::Sell => holds.wares += bits / 2.0,
                Kind::Report => holds.report += bits,
                _ => {}
            }
        }
    }
    let reaches =
        |c: &&crate::contact::Contact| !matches!(c.kind, ContactKind::Link | ContactKind::Mail);
    holds.contacts = page.contacts_of(unit).iter().filter(reaches).count();
    holds.places = place::list(page.words(unit));
    let chars = &page.folded.chars[unit.start..unit.end];
    holds.stops = chars.iter().filter(|c| matches!(c, '。' | '!' | '?')).count()
        + chars.windows(2).filter(|w| w[0] == '.' && w[1] == ' ').count()
        + usize::from(chars.last() == Some(&'.'));
    holds
}

/// Bits by which what a unit holds speaks for an advert.
fn lean(chars: &[char], holds: &Holds) -> f64 {
    if holds.places.is_bare() {
        return PLACE_LIST_BITS;
    }
    let advert = HOTLINE_BITS * holds.hotline as f64
        + (CONTACT_BITS * holds.contacts as f64).min(MOST_CONTACTS)
        + (WARES_SHARE * holds.wares).min(MOST_WARES);
    // Words that sentences need and adverts leave out.
    let function = chars
        .iter()
        .filter(|c| {
            matches!(
                c,
                '的' | '了' | '是' | '在' | '这' | '也' | '就' | '而' | '对' | '将' | '被' | '有'
            )
        })
        .count() as f64;
    let article = STOP_BITS * f64::from(u8::from(holds.stops > 0))
        + (FUNCTION_BITS * function).min(MOST_FUNCTION)
        + (REPORT_SHARE * holds.report).min(MOST_REPORT);
    advert - article
}
