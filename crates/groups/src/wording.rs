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

/// As many texts of anybody stand for those of one stance before there are any.
const LEANS: f64 = 10.0;
/// The fewest texts that have a phrase in common.
const FEWEST: u32 = 3;

/// Texts of each stance, or how many of them have some phrase.
type Counts = [u32; STANCES];

/// Bits by which texts of several phrases are made of the same ones, without the foremost: what one occasion makes everybody say is no
/// stock. One of `tested` surges had to be chosen to come upon them.
pub(crate) fn stock_bits<'a>(
    texts: impl Iterator<Item = &'a Sighting>,
    all: &Opinions,
    tested: f64,
) -> f64 {
    let stances = all.stances();
    let own = Own::of(texts, &stances);
    let everybody = all.texts(&stances);
    let price = (own.phrases.len().max(1) as f64).log2();
    let mut bits: Vec<f64> = own
        .phrases
        .iter()
        .filter(|(_, uses)| uses.1.iter().sum::<u32>() >= FEWEST)
        .map(|(&phrase, uses)| {
            let shares = shares((all.uses(&stances, phrase), everybody), (uses.0, own.told));
            // What as many people who gave the same would say.
            let expected: f64 =
                own.composed.iter().zip(shares).map(|(&texts, s)| f64::from(texts) * s).sum();
            poisson_bits(f64::from(uses.1.iter().sum::<u32>()), expected) - price
        })
        .filter(|bits| *bits > 0.0)
        .collect();
    // In the order of size, so that a sum does not depend on the order of a hash table.
    bits.sort_by(f64::total_cmp);
    bits.pop();
    (bits.iter().sum::<f64>() - tested.max(1.0).log2()).max(0.0)
}

/// Some texts.
#[derive(Default)]
struct Own {
    /// Texts that say anything, and those of several phrases.
    told: Counts,
    composed: Counts,
    /// The same of each phrase.
    phrases: HashMap<u32, (Counts, Counts)>,
}

impl Own {
    fn of<'a>(texts: impl Iterator<Item = &'a Sighting>, stances: &Stances) -> Own {
        let mut own = Own::default();
        for text in texts.filter(|text| !text.phrases.is_empty()) {
            let stance = stances.of(text.opinion);
            own.told[stance] += 1;
            own.composed[stance] += u32::from(text.composed);
            for &phrase in &text.phrases {
                let uses = own.phrases.entry(phrase).or_default();
                uses.0[stance] += 1;
                uses.1[stance] += u32::from(text.composed);
            }
        }
        own
    }
}

/// The share of others' texts of each stance that have a phrase, from how many have it and how many there are: in all, and of the crew.
fn shares(
    (uses, texts): ([u64; STANCES], [u64; STANCES]),
    (own_uses, own_texts): (Counts, Counts),
) -> [f64; STANCES] {
    let others = |all: [u64; STANCES], own: Counts| -> [f64; STANCES] {
        std::array::from_fn(|at| all[at].saturating_sub(u64::from(own[at])) as f64)
    };
    let (uses, texts) = (others(uses, own_uses), others(texts, own_texts));
    let usual = (uses.iter().sum::<f64>() + 0.5) / (texts.iter().sum::<f64>() + 1.0);
    std::array::from_fn(|at| ((uses[at] + LEANS * usual) / (texts[at] + LEANS)).min(1.0))
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
        Sighting { opinion: Opinion::of(rating), phrases: own, composed, ..Sighting::default() }
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
        stock_bits(own.iter(), &all, 50.0)
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
