//! A text as the set of its shingles: what near-duplicates are found by.
//!
//! Case, width and punctuation are folded away first; every Han, kana or Hangul character is a word of its own there, since those scripts
//! do not mark words. A shingle is four such characters or three words in a row. At most [`TextSketch::MOST`] are kept, those with
//! the smallest hashes, so two texts keep the same ones: long texts are compared by a fair sample of what they share (Broder 1997).

pub use crate::rev01::{Said, near_duplicates};
use events::Key;

/// The shingles of one text, at most [`TextSketch::MOST`], sorted by hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextSketch {
    pub(crate) shingles: Box<[u32]>,
    /// Shingles in the whole text, kept or not.
    pub(crate) of: u32,
    /// Shingles that cover each word: four for Han and the like, three for words.
    pub(crate) overlap: u8,
}

impl TextSketch {
    /// The most shingles kept of a text.
    pub const MOST: usize = 48;
    /// Bytes of a text that are read: a text beyond that is judged by its beginning.
    pub const MOST_BYTES: usize = 16_384;

    /// Bytes beyond the struct's own.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        self.shingles.len() * 4
    }
}

/// The sketch of a text; `None` for one too short to have two shingles ("好评", "very good, thanks").
#[must_use]
pub fn sketch(text: &str) -> Option<TextSketch> {
    let mut end = text.len().min(TextSketch::MOST_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let (words, unspaced) = words(&text[..end]);
    // A text is as its most words are; one shingle length a text keeps counts comparable.
    let overlap = if unspaced * 2 >= words.len() { 4 } else { 3 };
    if words.len() < overlap + 1 {
        return None;
    }
    let mut shingles: Vec<u32> = words.windows(overlap).map(hash).collect();
    shingles.sort_unstable();
    shingles.dedup();
    let of = shingles.len() as u32;
    shingles.truncate(TextSketch::MOST);
    (shingles.len() >= 2).then(|| TextSketch {
        shingles: shingles.into(),
        of,
        overlap: overlap as u8,
    })
}

/// The words of a text as hashes, and how many are single characters of a script without spaces.
fn words(text: &str) -> (Vec<u64>, usize) {
    let mut words = Vec::with_capacity(text.len() / 4);
    let mut unspaced = 0;
    let mut word = String::new();
    let close = |word: &mut String, words: &mut Vec<u64>| {
        if !word.is_empty() {
            words.push(Key::of(word).0);
            word.clear();
        }
    };
    for character in text.chars().map(fold) {
        if is_unspaced(character) {
            close(&mut word, &mut words);
            words.push(u64::from(u32::from(character)).wrapping_mul(0x9E37_79B9_7F4A_7C15));
            unspaced += 1;
        } else if character.is_alphanumeric() {
            word.extend(character.to_lowercase());
        } else if character != '\'' && character != '’' {
            close(&mut word, &mut words);
        }
    }
    close(&mut word, &mut words);
    (words, unspaced)
}

/// Full-width forms and the ideographic space as their plain ones.
#[must_use]
pub fn fold(character: char) -> char {
    match u32::from(character) {
        code @ 0xFF01..=0xFF5E => char::from_u32(code - 0xFEE0).unwrap_or(character),
        0x3000 => ' ',
        _ => character,
    }
}

/// Whether a character belongs to a script that is written without spaces between words.
#[must_use]
pub fn is_unspaced(character: char) -> bool {
    matches!(u32::from(character),
        0x3040..=0x30FF | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xAC00..=0xD7AF | 0xF900..=0xFAFF | 0x2_0000..=0x3_FFFF)
}

fn hash(words: &[u64]) -> u32 {
    let mixed = words.iter().fold(Key(1), |key, &word| key.with(word));
    (mixed.0 >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_and_shortness() {
        assert_eq!(sketch("好评"), None);
        assert_eq!(sketch("very good, thanks"), None);
        assert_eq!(sketch(""), None);
        assert_eq!(sketch("！！！。。。"), None);
        let plain = sketch("The box came on time and works well");
        assert!(plain.is_some());
        assert_eq!(plain, sketch("ＴＨＥ box; came on time, and works well!!!"));
        assert_eq!(sketch("质量很好，下次还来买"), sketch("质量很好 下次还来买！"));
        assert_ne!(sketch("质量很好，下次还来买"), sketch("质量很好，下次不来买"));
    }

    #[test]
    fn a_ten_megabyte_text_is_bounded() {
        let long = "一二三四五六七八九十".repeat(400_000);
        let sketch = sketch(&long).expect("long enough");
        assert!(sketch.shingles.len() <= TextSketch::MOST);
    }
}
