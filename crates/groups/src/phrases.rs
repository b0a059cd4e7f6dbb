//! Phrases: what a text is made of, so that texts put together from one stock show.
//!
//! A text is cut at its punctuation, and each piece is one phrase, folded to letters and digits. Writers who are handed
//! phrases recombine them: no two texts are alike, but the same few phrases come up in text after text.

use detectors::text::{fold, is_unspaced};

/// The most phrases kept of one account's texts: those with the smallest hashes, whatever the order of texts.
pub(crate) const MOST_PHRASES: usize = 12;

/// Calls `hear` with the hash of each phrase of at least two letters.
pub(crate) fn phrases(text: &str, mut hear: impl FnMut(u32)) {
    const START: u64 = 0xcbf2_9ce4_8422_2325;
    let (mut hash, mut letters, mut was_unspaced) = (START, 0u32, false);
    let mut gap = false;
    let mut close = |hash: &mut u64, letters: &mut u32| {
        if *letters >= 2 {
            hear(((*hash).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as u32);
        }
        (*hash, *letters) = (START, 0);
    };
    for character in text.chars() {
        let character = fold(character);
        if character.is_alphanumeric() {
            let unspaced = is_unspaced(character);
            // Scripts without spaces use them as punctuation.
            if gap && unspaced && was_unspaced {
                close(&mut hash, &mut letters);
            }
            for lower in character.to_lowercase() {
                hash = (hash ^ u64::from(u32::from(lower))).wrapping_mul(0x0000_0100_0000_01B3);
            }
            letters += 1;
            (was_unspaced, gap) = (unspaced, false);
        } else if character.is_whitespace() && character != '\n' {
            gap = true;
        } else if character != '\'' && character != '’' && character != '-' {
            close(&mut hash, &mut letters);
            gap = false;
        }
    }
    close(&mut hash, &mut letters);
}

/// How often things came, by hash, in a bounded table: never less than the truth, and the same whatever the order.
#[derive(Clone, Debug)]
pub(crate) struct Usage {
    rows: [Vec<u32>; 2],
    bits: u32,
    /// Things counted.
    pub total: u64,
}

impl Usage {
    pub fn new(bits: u32) -> Usage {
        Usage { rows: [vec![0; 1 << bits], vec![0; 1 << bits]], bits, total: 0 }
    }

    fn places(&self, thing: u64) -> [usize; 2] {
        let mix = |odd: u64| ((thing.wrapping_mul(odd)) >> (64 - self.bits)) as usize;
        [mix(0x9E37_79B9_7F4A_7C15), mix(0xBF58_476D_1CE4_E5B9)]
    }

    pub fn add(&mut self, thing: u64) {
        let [one, two] = self.places(thing);
        self.rows[0][one] = self.rows[0][one].saturating_add(1);
        self.rows[1][two] = self.rows[1][two].saturating_add(1);
    }

    pub fn of(&self, thing: u64) -> u32 {
        let [one, two] = self.places(thing);
        self.rows[0][one].min(self.rows[1][two])
    }

    pub fn join(&mut self, other: &Usage) {
        for (mine, theirs) in self.rows.iter_mut().zip(&other.rows) {
            for (sum, more) in mine.iter_mut().zip(theirs) {
                *sum = sum.saturating_add(*more);
            }
        }
        self.total += other.total;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<u32> {
        let mut found = Vec::new();
        phrases(text, |phrase| found.push(phrase));
        found
    }

    #[test]
    fn recombined_texts_share_phrases_whatever_stands_between() {
        let one = of("用了两天。没有异味，比实体店便宜！");
        let other = of("比实体店便宜 没有异味～用了两天");
        assert_eq!(one.len(), 3);
        assert!(one.iter().all(|phrase| other.contains(phrase)));
        assert_eq!(of("Great value, fast shipping!"), of("ＧＲＥＡＴ value; Fast  shipping"));
        assert_eq!(of("好，!？。"), Vec::<u32>::new());
    }

    #[test]
    fn usage_never_forgets_and_does_not_mind_the_order() {
        let (mut one, mut two) = (Usage::new(8), Usage::new(8));
        for thing in 0..5000u64 {
            one.add(thing % 700);
            two.add((4999 - thing) % 700);
        }
        assert!(
            (0..700).all(|thing| one.of(thing) >= 5000 / 700 && one.of(thing) == two.of(thing))
        );
    }
}
