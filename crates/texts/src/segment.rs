//! Word boundaries of Chinese: the second look before a short word accuses.
//!
//! `印刷单位` holds the characters of 刷单 and not the word. The dictionary takes some 0.15 s and 30 MB to load, once, and is asked only
//! about texts that are about to be accused.

use jieba_rs::Jieba;
use std::sync::LazyLock;

static DICTIONARY: LazyLock<Jieba> = LazyLock::new(Jieba::new);

/// Characters to each side that are enough to find the words a place belongs to.
const CONTEXT: usize = 8;

/// Whether the characters from `start` to `end` begin or end inside longer words.
pub(crate) fn is_cut_from_words(chars: &[char], start: usize, end: usize) -> bool {
    let from = start.saturating_sub(CONTEXT);
    let to = (end + CONTEXT).min(chars.len());
    let around: String = chars[from..to].iter().collect();
    let mut at = from;
    for word in DICTIONARY.cut(&around, false) {
        let next = at + word.word.chars().count();
        let over_start = at < start && next > start;
        let over_end = at < end && next > end;
        if over_start || over_end {
            return true;
        }
        at = next;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_inside_other_words_are_no_word() {
        let check = |text: &str, word: &str| {
            let chars: Vec<char> = text.chars().collect();
            let at = text[..text.find(word).unwrap()].chars().count();
            is_cut_from_words(&chars, at, at + word.chars().count())
        };
        assert!(check("委托印刷单位承印", "刷单"));
        assert!(!check("招募刷单兼职", "刷单"));
    }
}
