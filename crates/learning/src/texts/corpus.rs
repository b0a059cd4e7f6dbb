//! Texts as counts of their sequences of one to four tokens.
//!
//! A sequence is known by 32 bits of its hash: two of a hundred thousand share one about once, which costs less than the
//! names would. The hash is XXH3 with a fixed seed and part of the model's format.

use super::tokens::Token;
use xxhash_rust::xxh3::xxh3_64;

/// The longest sequence of tokens.
const LONGEST: usize = 4;
/// Mark the ends of a text, which no token is equal to.
const START: u64 = 0x0053_5441_5254;
const STOP: u64 = 0x5354_4f50;

/// The sequences of a text, each with how often it is there, by hash.
pub(crate) fn terms(tokens: &[Token]) -> Vec<(u32, u32)> {
    let mut marked = Vec::with_capacity(tokens.len() + 2);
    marked.push(START);
    marked.extend(tokens.iter().map(|token| xxh3_64(token.text.as_bytes())));
    marked.push(STOP);
    let mut hashes = Vec::with_capacity(marked.len() * LONGEST);
    for start in 0..marked.len() {
        let mut hash = 0u64;
        for token in marked[start..].iter().take(LONGEST) {
            // The order counts, and so does the length.
            hash = (hash.rotate_left(23) ^ token).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            hashes.push((hash >> 32) as u32);
        }
    }
    hashes.sort_unstable();
    hashes.chunk_by(|a, b| a == b).map(|same| (same[0], same.len() as u32)).collect()
}

/// Texts over one numbered vocabulary: rows of (term, count).
#[derive(Clone, Debug)]
pub(crate) struct Corpus {
    /// The hash of each term, rising.
    pub(crate) hashes: Vec<u32>,
    starts: Vec<usize>,
    cells: Vec<(u32, f32)>,
}

impl Corpus {
    /// Numbers the terms that more than one text has; others can teach nothing that holds elsewhere.
    pub(crate) fn new(texts: &[Vec<(u32, u32)>]) -> Corpus {
        let mut all: Vec<u32> = texts.iter().flatten().map(|term| term.0).collect();
        all.sort_unstable();
        let hashes: Vec<u32> =
            all.chunk_by(|a, b| a == b).filter(|same| same.len() > 1).map(|same| same[0]).collect();
        let mut starts = vec![0];
        let mut cells = Vec::new();
        for text in texts {
            for &(hash, count) in text {
                if let Ok(term) = hashes.binary_search(&hash) {
                    cells.push((term as u32, damped(count)));
                }
            }
            starts.push(cells.len());
        }
        Corpus { hashes, starts, cells }
    }

    /// The terms of a text.
    pub(crate) fn text(&self, row: u32) -> &[(u32, f32)] {
        &self.cells[self.starts[row as usize]..self.starts[row as usize + 1]]
    }
}

/// The second time that a term is said counts less than the first.
pub(crate) fn damped(count: u32) -> f32 {
    1.0 + (count.max(1) as f32).ln()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::tokens::tokens;

    #[test]
    fn sequences_are_counted_in_their_order() {
        let count = |text: &str| terms(&tokens(text)).iter().map(|term| term.1).sum::<u32>();
        // Three tokens and two marks: five, four, three and two sequences.
        assert_eq!(count("a b c"), 14);
        assert_ne!(terms(&tokens("a b")), terms(&tokens("b a")));
        let twice = terms(&tokens("no no no"));
        assert!(twice.iter().any(|term| term.1 == 3));
        assert_eq!(count(""), 3);
    }

    #[test]
    fn a_term_of_one_text_is_no_term() {
        let texts: Vec<_> = ["good", "good", "bad"].map(|text| terms(&tokens(text))).into();
        let corpus = Corpus::new(&texts);
        // The marks, "good", and the three longer sequences that it makes with them.
        assert_eq!(corpus.hashes.len(), 6);
        assert_eq!(corpus.text(0), corpus.text(1));
        assert_eq!(corpus.text(2).len(), 2);
    }
}
