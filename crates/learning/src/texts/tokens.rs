//! A text as tokens, with nothing thrown away: case, punctuation, doubled blanks, line ends, and where it starts and stops.
//!
//! What gives a machine's text away is seldom its subject. A run of letters is a word; a Chinese, Japanese or Korean
//! character is a token of its own, so that sequences of tokens are at once word n-grams in English and character
//! n-grams in Chinese, with no dictionary.

/// The longest text that is read; the rest is not looked at.
pub(crate) const LONGEST: usize = 20_000;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sort {
    /// A run of letters.
    Word,
    /// A character of a script that is written without blanks.
    Character,
    /// A run of digits.
    Number,
    /// One sign.
    Sign,
    /// Two blanks or more, or a line end.
    Gap,
}

/// A part of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token<'a> {
    pub(crate) text: &'a str,
    pub(crate) sort: Sort,
}

/// The text up to [`LONGEST`] bytes, cut between characters.
pub(crate) fn readable(text: &str) -> &str {
    let mut end = text.len().min(LONGEST);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// The tokens of a text in their order.
pub(crate) fn tokens(text: &str) -> Vec<Token<'_>> {
    let text = readable(text);
    let mut tokens = Vec::new();
    let mut characters = text.char_indices().peekable();
    while let Some((start, first)) = characters.next() {
        let Some(sort) = sort(first) else {
            let mut end = start + first.len_utf8();
            let mut blanks = 1;
            while let Some(&(at, next)) = characters.peek()
                && is_blank(next)
            {
                (end, blanks) = (at + next.len_utf8(), blanks + 1);
                characters.next();
            }
            if blanks > 1 {
                tokens.push(Token { text: &text[start..end], sort: Sort::Gap });
            }
            continue;
        };
        let mut end = start + first.len_utf8();
        while matches!(sort, Sort::Word | Sort::Number)
            && let Some(&(at, next)) = characters.peek()
            && self::sort(next) == Some(sort)
        {
            end = at + next.len_utf8();
            characters.next();
        }
        tokens.push(Token { text: &text[start..end], sort });
    }
    tokens
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() && c != '\n'
}

/// What a character begins; nothing for a blank.
fn sort(c: char) -> Option<Sort> {
    match c {
        '\n' => Some(Sort::Gap),
        c if c.is_whitespace() => None,
        c if is_unspaced(c) => Some(Sort::Character),
        c if c.is_numeric() => Some(Sort::Number),
        c if c.is_alphabetic() => Some(Sort::Word),
        _ => Some(Sort::Sign),
    }
}

/// Scripts that are written without blanks between words: Han, kana, and Hangul for its short syllables.
pub(crate) fn is_unspaced(c: char) -> bool {
    matches!(u32::from(c),
        0x2e80..=0x2fdf | 0x3005..=0x3007 | 0x3040..=0x30ff | 0x3400..=0x4dbf | 0x4e00..=0x9fff
        | 0xac00..=0xd7af | 0xf900..=0xfaff | 0x20000..=0x3134f)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<&str> {
        tokens(text).iter().map(|token| token.text).collect()
    }

    #[test]
    fn words_signs_and_gaps() {
        assert_eq!(
            read("I don't.  OK 12\n\n好评!！"),
            ["I", "don", "'", "t", ".", "  ", "OK", "12", "\n", "\n", "好", "评", "!", "！"]
        );
        assert_eq!(read(""), [""; 0]);
        assert_eq!(read(" a "), ["a"]);
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        let text = "好".repeat(LONGEST);
        assert_eq!(tokens(&text).len(), LONGEST / 3);
    }
}
