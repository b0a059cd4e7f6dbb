//! Whether the texts of one surge are made of one stock of phrases, or of what people write who think alike.
//!
//! A surge leads to a crew by words that are rare in the whole table. But all reviews have words that comments lack, and all
//! complaints words that praise lacks: people whom one bad batch or one free sample made write at once share them for that
//! reason. So what was written in one surge is held against what others wrote who gave as much. Where the same accounts
//! made several surges no one occasion explains what they wrote.

use crate::approach::Sighting;
use crate::opinions::{Opinions, STANCES, Stances};
use crate::tail::poisson_bits;
use hashbrown::HashMap;

/// As many phrases of anybody stand for those of one stance before there are any.
const LEANS: f64 = 20.0;
/// The fewest texts that have a phrase in common.
const FEWEST: u32 = 3;

/// Phrases of texts of each stance, or how many of them are some phrase.
type Counts = [u32; STANCES];

/// What texts of several phrases have in common.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Stock {
    /// Bits by which they are made of the same phrases, without the foremost: what one occasion makes everybody say is no stock.
    pub bits: f64,
    /// The share of their phrases that are from it.
    pub share: f64,
    /// The share of the texts that have the foremost phrase.
    pub motto: f64,
}

/// Share of texts with one phrase from which it is a motto, and of the rest from a stock from which that was handed out.
const MOTTO: f64 = 0.8;
const HANDED: f64 = 0.5;

impl Stock {
    /// Whether the writers say by one phrase what they are, and the rest is each one's own: a circle does that, and who is hired does not sign.
    pub fn is_signed(self) -> bool {
        self.motto >= MOTTO && self.share < HANDED
    }
}

/// What of texts is from one stock. One of `tested` surges had to be chosen to come upon them. Who writes more has more of every phrase:
/// what is compared is what texts are made of.
pub(crate) fn stock<'a>(
    texts: impl Iterator<Item = &'a Sighting>,
    all: &Opinions,
    tested: f64,
) -> Stock {
    let stances = all.stances();
    let own = Own::of(texts, &stances);
    let everybody = all.made_of(&stances);
    let price = (own.phrases.len().max(1) as f64).log2();
    let mut bits: Vec<(f64, u32)> = own
        .phrases
        .iter()
        .map(|(&phrase, uses)| (phrase, uses, uses.1.iter().sum::<u32>()))
        .filter(|(_, _, count)| *count >= FEWEST)
        .map(|(phrase, uses, count)| {
            let shares = shares((all.uses(&stances, phrase), everybody), (uses.0, own.told));
            // What as many phrases of others who gave the same would be.
            let expected: f64 =
                own.composed.iter().zip(shares).map(|(&made_of, s)| f64::from(made_of) * s).sum();
            (poisson_bits(f64::from(count), expected) - price, count)
        })
        .filter(|(bits, _)| *bits > 0.0)
        .collect();
    // In the order of size, so that a sum does not depend on the order of a hash table.
    bits.sort_by(|x, y| x.0.total_cmp(&y.0).then(x.1.cmp(&y.1)));
    let foremost = bits.pop().map_or(0, |own| own.1);
    let made_of: u32 = own.composed.iter().sum();
    Stock {
        bits: (bits.iter().map(|own| own.0).sum::<f64>() - tested.max(1.0).log2()).max(0.0),
        share: bits.iter().map(|own| f64::from(own.1)).sum::<f64>() / f64::from(made_of.max(1)),
        motto: f64::from(foremost) / f64::from(own.texts.max(1)),
    }
}

/// Some texts.
#[derive(Default)]
struct Own {
    /// Texts of several phrases.
    texts: u32,
    /// Phrases of texts that say anything, and of those of several phrases.
    told: Counts,
    composed: Counts,
    /// Those of them that are each phrase.
    phrases: HashMap<u32, (Counts, Counts)>,
}

impl Own {
    fn of<'a>(texts: impl Iterator<Item = &'a Sighting>, stances: &Stances) -> Own {
        let mut own = Own::default();
        for text in texts {
            let stance = stances.of(text.opinion);
            let made_of = text.phrases.len() as u32;
            let composed = u32::from(text.composed);
            own.texts += composed;
            own.told[stance] += made_of;
            own.composed[stance] += composed * made_of;
            for &phrase in &text.phrases {
                let uses = own.phrases.entry(phrase).or_default();
                uses.0[stance] += 1;
                uses.1[stance] += composed;
            }
        }
        own
    }
}

/// The share of others' phrases of each stance that are some phrase, from how many are and how many there are: in all, and of the crew.
fn shares(
    (uses, made_of): ([u64; STANCES], [u64; STANCES]),
    (own_uses, own_made_of): (Counts, Counts),
) -> [f64; STANCES] {
    let others = |all: [u64; STANCES], own: Counts| -> [f64; STANCES] {
        std::array::from_fn(|at| all[at].saturating_sub(u64::from(own[at])) as f64)
    };
    let (uses, made_of) = (others(uses, own_uses), others(made_of, own_made_of));
    let usual = (uses.iter().sum::<f64>() + 0.5) / (made_of.iter().sum::<f64>() + 1.0);
    std::array::from_fn(|at| ((uses[at] + LEANS * usual) / (made_of[at] + LEANS)).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::opinions::Opinion;
    use crate::phrases::phrases;

    fn sighting(rating: Option<f32>, text: &str) -> Sighting {
        let mut own = Vec::new();
        phrases(text, |phrase| own.push(phrase));
        own.sort_unstable();
        own.dedup();
        let composed = own.len() >= 2;
        let mut sighting = Sighting::default();
        (sighting.opinion, sighting.phrases, sighting.composed) =
            (Opinion::of(rating), own, composed);
        sighting
    }

    /// Some texts of some phrases each, drawn in turn.
    fn texts(count: usize, stock: &[&str], each: usize) -> Vec<String> {
        (0..count)
            .map(|at| {
                let of = (0..each).map(|step| stock[(at * 7 + step * (1 + at % 3)) % stock.len()]);
                of.collect::<Vec<_>>().join("，")
            })
            .collect()
    }

    const COMPLAINTS: [&str; 8] = [
        "broken",
        "wrong size",
        "it leaks",
        "parts missing",
        "late",
        "smells",
        "faded",
        "scratched",
    ];
    const PRAISE: [&str; 8] =
        ["lovely", "well made", "fits", "quick", "cheap", "soft", "as shown", "will return"];
    const HANDED: [&str; 5] = ["thieves", "never again", "all lies", "paid praise", "beware"];

    /// Comments, praise and a few complaints of others, and the texts themselves, of which the bits are told.
    fn bits(own: &[String], rating: f32) -> f64 {
        let mut all = Opinions::new(16);
        (0..5_000).for_each(|at| all.add(Opinion::of(None), &format!("ha {}", at % 90)));
        texts(900, &PRAISE, 2).iter().for_each(|text| all.add(Opinion::of(Some(5.0)), text));
        texts(60, &COMPLAINTS, 2).iter().for_each(|text| all.add(Opinion::of(Some(1.0)), text));
        own.iter().for_each(|text| all.add(Opinion::of(Some(rating)), text));
        let own: Vec<Sighting> = own.iter().map(|text| sighting(Some(rating), text)).collect();
        stock(own.iter(), &all, 50.0).bits
    }

    #[test]
    fn buyers_of_one_bad_batch_complain_as_others_do() {
        assert_eq!(bits(&texts(40, &COMPLAINTS, 2), 1.0), 0.0);
        assert_eq!(bits(&texts(40, &PRAISE, 3), 5.0), 0.0);
    }

    #[test]
    fn who_was_handed_words_has_others_than_those_who_think_alike() {
        assert!(bits(&texts(40, &HANDED, 2), 1.0) > 20.0);
    }

    #[test]
    fn what_the_occasion_makes_all_say_is_no_stock() {
        let say = |text: &String| format!("the lid of June fell off，{text}");
        let own: Vec<String> = texts(40, &COMPLAINTS, 2).iter().map(say).collect();
        assert_eq!(bits(&own, 1.0), 0.0);
    }
}
