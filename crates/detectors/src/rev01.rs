//! REV01 near-duplicate text: different accounts say the same at a length that chance does not repeat.
//!
//! A batch finisher over the sketches of a table's texts. What a text tells, in bits, is read from the table itself: a
//! shingle that many use tells little, so stock praise and default reviews weigh nothing however often they come. Texts of one
//! author are never compared with each other. See docs/detectors/REV01-near-duplicate-text.md.

use crate::text::TextSketch;
use crate::{Code, Finding};
use events::{Entity, EntityKind, EventTime, Key};
use features::Keyed;

/// One text: its sketch, event, actor, subject and time.
pub type Said = (TextSketch, Key, Key, Key, EventTime);

/// The most texts compared; of more, those with the smallest event keys are, a fair sample of fixed size (some 1 GB).
pub const MOST_TEXTS: usize = 4_000_000;
/// Accounts that must share a text: two may quote each other.
const FEWEST_ACCOUNTS: usize = 3;
/// One group of alike texts in a thousand is taken for arranged before anything is looked at.
const PRIOR_BITS: f64 = 10.0;
/// The share of the shorter text's shingles that must be in the other.
const ALIKE: f64 = 0.5;
/// Locality-sensitive bands of two rows each: texts half alike meet with a chance of 94 %, wholly alike always.
const BANDS: usize = 10;
/// Texts earlier in a band that a text is compared with: bounds the work for a text said a million times.
const LOOK_BACK: usize = 3;

/// Groups of near-duplicate texts by different accounts, as findings about the subject most of them speak of.
#[must_use]
pub fn near_duplicates(mut said: Vec<Said>) -> Vec<Finding> {
    said.sort_unstable_by_key(|(_, event, actor, ..)| (*event, *actor));
    said.truncate(MOST_TEXTS);
    let usage = usage(&said);
    let texts = said.len().max(2) as f64;
    // Any of the pairs could have met.
    let price = (texts * (texts - 1.0) / 2.0).log2() + PRIOR_BITS;
    let mut groups = Groups::new(said.len());
    for (a, b) in neighbours(&said) {
        let told = told(&said[a].0, &said[b].0, &usage, texts);
        if told > price {
            groups.join(a, b, told);
        }
    }
    let mut found = groups.into_findings(&said, price);
    crate::open::sort(&mut found);
    found
}

/// In how many texts each shingle comes.
fn usage(said: &[Said]) -> Keyed<u32> {
    let mut usage: Keyed<u32> = Keyed::default();
    for (sketch, ..) in said {
        for &shingle in &sketch.shingles {
            *usage.entry(Key(u64::from(shingle) + 1)).or_default() += 1;
        }
    }
    usage
}

/// What the shared part of two texts tells, in bits: each shared shingle its rarity, divided by how many shingles cover
/// a word. Nothing if they share less than half of the shorter.
fn told(a: &TextSketch, b: &TextSketch, usage: &Keyed<u32>, texts: f64) -> f64 {
    // Beyond the largest hash that a cut sketch kept, it says nothing about presence.
    let reach = |s: &TextSketch| {
        if s.of as usize > s.shingles.len() {
            s.shingles.last().copied().unwrap_or(0)
        } else {
            u32::MAX
        }
    };
    let reach = reach(a).min(reach(b));
    let seen = |s: &TextSketch| s.shingles.iter().take_while(|&&h| h <= reach).count().max(1);
    let (mut at, mut shared, mut bits) = (0, 0.0, 0.0);
    for &shingle in a.shingles.iter().take_while(|&&h| h <= reach) {
        while b.shingles.get(at).is_some_and(|&other| other < shingle) {
            at += 1;
        }
        if b.shingles.get(at) == Some(&shingle) {
            shared += 1.0;
            let used = usage.get(&Key(u64::from(shingle) + 1)).copied().unwrap_or(1);
            bits += ((texts + 1.0) / (f64::from(used) + 1.0)).log2();
        }
    }
    let shorter = seen(a).min(seen(b));
    if shared < ALIKE * shorter as f64 {
        return 0.0;
    }
    // A cut sketch is a sample: what it shares stands for as much more of the whole.
    let whole = f64::from(a.of.min(b.of)) / shorter as f64;
    bits * whole.max(1.0) / f64::from(a.overlap.max(b.overlap))
}

/// Pairs of texts by different accounts that share a band.
fn neighbours(said: &[Said]) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    let mut band: Vec<(u64, u32)> = Vec::with_capacity(said.len());
    for number in 0..BANDS as u64 {
        band.clear();
        for (at, (sketch, ..)) in said.iter().enumerate() {
            band.push((
                row(sketch, 2 * number).rotate_left(32) ^ row(sketch, 2 * number + 1),
                at as u32,
            ));
        }
        band.sort_unstable();
        for bucket in band.chunk_by(|a, b| a.0 == b.0) {
            for (place, &(_, at)) in bucket.iter().enumerate().skip(1) {
                let at = at as usize;
                let first = bucket[0].1 as usize;
                let before =
                    bucket[place.saturating_sub(LOOK_BACK)..place].iter().map(|b| b.1 as usize);
                for earlier in before.chain([first]) {
                    if said[earlier].2 != said[at].2 {
                        pairs.push((earlier, at));
                    }
                }
            }
        }
    }
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

/// The smallest of the shingles' hashes in another order.
fn row(sketch: &TextSketch, number: u64) -> u64 {
    let odd = (number + 1).wrapping_mul(0xBF58_476D_1CE4_E5B9) | 1;
    let mix = |h: u32| (u64::from(h) + 1).wrapping_mul(odd);
    sketch.shingles.iter().map(|&h| mix(h) ^ (mix(h) >> 31)).min().unwrap_or(0)
}

/// Texts joined into groups, with the least that any joining pair told.
struct Groups {
    parent: Vec<u32>,
    told: Vec<f32>,
}

impl Groups {
    fn new(texts: usize) -> Self {
        Self { parent: (0..texts as u32).collect(), told: vec![f32::INFINITY; texts] }
    }

    fn root(&mut self, mut at: usize) -> usize {
        while self.parent[at] as usize != at {
            self.parent[at] = self.parent[self.parent[at] as usize];
            at = self.parent[at] as usize;
        }
        at
    }

    fn join(&mut self, a: usize, b: usize, told: f64) {
        let (a, b) = (self.root(a), self.root(b));
        let (low, high) = (a.min(b), a.max(b));
        self.parent[high] = low as u32;
        self.told[low] = self.told[low].min(self.told[high]).min(told as f32);
    }

    fn into_findings(mut self, said: &[Said], price: f64) -> Vec<Finding> {
        let mut grouped: Vec<(usize, usize)> =
            (0..said.len()).map(|at| (self.root(at), at)).collect();
        grouped.retain(|(root, _)| self.told[*root] < f32::INFINITY);
        grouped.sort_unstable();
        let mut found = Vec::new();
        for group in grouped.chunk_by(|a, b| a.0 == b.0) {
            let texts: Vec<&Said> = group.iter().map(|(_, at)| &said[*at]).collect();
            let bits = f64::from(self.told[group[0].0]) - price;
            report(&texts, bits, price, &mut found);
        }
        found
    }
}

fn report(texts: &[&Said], bits: f64, price: f64, out: &mut Vec<Finding>) {
    let mut accounts: Vec<Key> = texts.iter().map(|t| t.2).filter(|a| a.is_some()).collect();
    accounts.sort_unstable();
    accounts.dedup();
    if accounts.len() < FEWEST_ACCOUNTS {
        return;
    }
    let mut subjects: Vec<Key> = texts.iter().map(|t| t.3).collect();
    subjects.sort_unstable();
    let distinct = subjects.chunk_by(|a, b| a == b).count();
    let most =
        subjects.chunk_by(|a, b| a == b).max_by_key(|run| (run.len(), std::cmp::Reverse(run[0])));
    let Some(last) = texts.iter().max_by_key(|t| (t.4, t.1)) else { return };
    let first = texts.iter().map(|t| t.4).min().unwrap_or(last.4);
    for members in accounts.chunks(Finding::MEMBERS) {
        out.push(Finding {
            code: Code::Rev01,
            entity: Entity { kind: EntityKind::Subject, key: most.map_or(Key::NONE, |run| run[0]) },
            time: last.4,
            event: last.1,
            score: (1.0 / (1.0 + (-bits).exp2())) as f32,
            bits: bits.min(crate::chance::MOST_BITS) as f32,
            evidence: vec![
                ("texts", texts.len() as f64),
                ("writers", accounts.len() as f64),
                ("subjects", distinct as f64),
                ("told_bits", bits + price),
                ("price_bits", price),
                ("hours", (last.4.0.saturating_sub(first.0)) as f64 / EventTime::HOUR as f64),
            ],
            members: members.to_vec(),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::sketch;

    fn said(texts: &[(&str, u64)]) -> Vec<Said> {
        let one = |(number, (text, actor)): (usize, &(&str, u64))| {
            let number = number as u64;
            Some((sketch(text)?, Key(number + 1), Key(*actor), Key(7), EventTime(number as i64)))
        };
        texts.iter().enumerate().filter_map(one).collect()
    }

    const WORDS: [&str; 12] = [
        "颜色", "包装", "味道", "物流", "客服", "尺寸", "面料", "做工", "价格", "孩子", "妈妈",
        "朋友",
    ];

    /// Six hundred different honest reviews, each ending in the same stock phrase.
    fn honest() -> Vec<(String, u64)> {
        let word = |n: u64| WORDS[(n % 12) as usize];
        (0..600_u64)
            .map(|i| {
                let mixed = i.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20;
                let (a, b, c) = (word(mixed), word(mixed / 12), word(mixed / 144));
                (
                    format!("{a}不错第{}次买{b}比{c}好 宝贝收到了很满意下次还来", mixed % 997),
                    i + 1_000,
                )
            })
            .collect()
    }

    #[test]
    fn a_template_is_found_and_stock_praise_is_not() {
        let mut texts = honest();
        for actor in 1..=6 {
            let text = format!(
                "用了三周皮肤明显细腻了连我同事都来问链接真心推荐给熬夜党{}",
                ["", "!", "呀"][actor as usize % 3]
            );
            texts.push((text, actor));
        }
        // One honest author who repeats a text, and a pair.
        for _ in 0..5 {
            texts.push(("这家店我每个月都来买猫粮猫砂从来没有让我失望过一次".to_owned(), 50));
        }
        let view: Vec<(&str, u64)> = texts.iter().map(|(t, a)| (t.as_str(), *a)).collect();
        let found = near_duplicates(said(&view));
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].members, (1..=6).map(Key).collect::<Vec<_>>());
        assert!(found[0].score > 0.9 && found[0].bits.is_finite());
        let honest_only: Vec<(&str, u64)> =
            view.iter().copied().filter(|(_, a)| *a >= 1_000).collect();
        assert_eq!(near_duplicates(said(&honest_only)), []);
    }

    #[test]
    fn order_does_not_matter() {
        let mut texts = honest();
        texts.extend((1..=4).map(|a| {
            ("a long and very particular story about the kettle that sang".to_owned(), a)
        }));
        let view: Vec<(&str, u64)> = texts.iter().map(|(t, a)| (t.as_str(), *a)).collect();
        let forward = said(&view);
        let mut backward = forward.clone();
        backward.reverse();
        assert_eq!(near_duplicates(forward), near_duplicates(backward));
        assert_eq!(near_duplicates(Vec::new()), []);
    }
}
