//! How a text is written, whatever it says: lengths, variety, repetition, signs, and how it ends.
//!
//! Shares and means, so that length itself is told by two numbers alone. What cannot be told of a text, such as the mean
//! length of its words when it has none, is missing.

use super::tokens::{Sort, Token, readable};
use std::collections::BTreeMap;

/// Names of the numbers of [`style`], in their order.
pub(crate) const NAMES: [&str; 24] = [
    "style.characters",
    "style.tokens",
    "style.word_length",
    "style.word_length_spread",
    "style.sentences",
    "style.sentence_length",
    "style.sentence_length_spread",
    "style.variety",
    "style.said_once",
    "style.repeated_pairs",
    "style.repeated_triples",
    "style.repeated_sentences",
    "style.capitals",
    "style.capital_words",
    "style.small_sentence_starts",
    "style.numbers",
    "style.signs",
    "style.commas",
    "style.exclamations",
    "style.quotes",
    "style.gaps",
    "style.lines",
    "style.unspaced",
    "style.ends_sentence",
];

/// Numbers of how a text is written.
pub(crate) fn style(text: &str, tokens: &[Token]) -> Vec<f32> {
    let text = readable(text);
    let characters = text.chars().count() as f64;
    let said: Vec<&Token> = tokens.iter().filter(|token| token.sort != Sort::Gap).collect();
    let words: Vec<&str> =
        said.iter().filter(|token| is_word(token)).map(|token| token.text).collect();
    let lengths: Vec<f64> = words.iter().map(|word| word.chars().count() as f64).collect();
    let sentences = sentences(&said);
    let sentence_lengths: Vec<f64> = sentences.iter().map(|s| s.len() as f64).collect();
    let count = |wanted: &dyn Fn(&Token) -> bool| {
        tokens.iter().filter(|token| wanted(token)).count() as f64
    };
    let share = |part: f64, of: f64| if of > 0.0 { part / of } else { f64::NAN };
    let all = said.len() as f64;
    let letters = text.chars().filter(|c| c.is_alphabetic()).count() as f64;
    let capitals = text.chars().filter(|c| c.is_uppercase()).count() as f64;
    let starts_capital = |word: &&&str| word.chars().next().is_some_and(char::is_uppercase);
    let small_starts = sentences.iter().filter(|sentence| {
        let first = sentence.first().and_then(|token| token.text.chars().next());
        first.is_some_and(char::is_lowercase)
    });
    let sign = |signs: &str| {
        share(count(&|token| token.sort == Sort::Sign && signs.contains(token.text)), all)
    };
    let (variety, once) = variety(&words);
    let ends = text.trim_end().chars().next_back().map(|c| f64::from(u8::from(is_stop(c))));
    let numbers: [f64; NAMES.len()] = [
        characters.ln_1p(),
        all.ln_1p(),
        mean(&lengths),
        spread(&lengths),
        sentence_lengths.len() as f64,
        mean(&sentence_lengths),
        spread(&sentence_lengths),
        variety,
        once,
        repeated(said.windows(2)),
        repeated(said.windows(3)),
        repeated(sentences.iter().copied()),
        share(capitals, letters),
        share(words.iter().filter(starts_capital).count() as f64, words.len() as f64),
        share(small_starts.count() as f64, sentences.len() as f64),
        share(count(&|token| token.sort == Sort::Number), all),
        share(count(&|token| token.sort == Sort::Sign), all),
        sign(",，、"),
        sign("!！"),
        sign("\"'“”‘’「」"),
        share(count(&|token| token.sort == Sort::Gap && token.text != "\n"), all),
        share(count(&|token| token.text == "\n"), all),
        share(count(&|token| token.sort == Sort::Character), all),
        ends.unwrap_or(f64::NAN),
    ];
    numbers.map(|number| number as f32).to_vec()
}

fn is_word(token: &Token) -> bool {
    matches!(token.sort, Sort::Word | Sort::Character)
}

fn is_stop(c: char) -> bool {
    ".!?。！？…~～".contains(c)
}

/// Stretches of tokens up to a stop, the stop left out.
fn sentences<'a, 't>(said: &'a [&'t Token<'t>]) -> Vec<&'a [&'t Token<'t>]> {
    let stops = |token: &&Token| token.text.chars().all(is_stop);
    said.split(stops).filter(|sentence| !sentence.is_empty()).collect()
}

/// Distinct words against the square root of all, and the share of words that are said once.
fn variety(words: &[&str]) -> (f64, f64) {
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    for word in words {
        *counts.entry(word).or_default() += 1;
    }
    if words.is_empty() {
        return (f64::NAN, f64::NAN);
    }
    let once = counts.values().filter(|&&count| count == 1).count() as f64;
    let all = words.len() as f64;
    (counts.len() as f64 / all.sqrt(), once / all)
}

/// The share of stretches that have been there before.
fn repeated<'a, 't: 'a>(stretches: impl Iterator<Item = &'a [&'a Token<'t>]>) -> f64 {
    let mut counts: BTreeMap<Vec<&str>, u32> = BTreeMap::new();
    let mut all = 0.0;
    for stretch in stretches {
        *counts.entry(stretch.iter().map(|token| token.text).collect()).or_default() += 1;
        all += 1.0;
    }
    if all > 0.0 { 1.0 - counts.len() as f64 / all } else { f64::NAN }
}

fn mean(numbers: &[f64]) -> f64 {
    if numbers.is_empty() { f64::NAN } else { numbers.iter().sum::<f64>() / numbers.len() as f64 }
}

fn spread(numbers: &[f64]) -> f64 {
    let mean = mean(numbers);
    let squares: f64 = numbers.iter().map(|number| (number - mean).powi(2)).sum();
    if numbers.len() < 2 { f64::NAN } else { (squares / (numbers.len() - 1) as f64).sqrt() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::tokens::tokens;

    fn number(text: &str, name: &str) -> f32 {
        let place = NAMES.iter().position(|n| *n == name).unwrap();
        style(text, &tokens(text))[place]
    }

    #[test]
    fn how_it_is_written() {
        let text = "Great fit. Great fit. i love  it!";
        assert_eq!(number(text, "style.sentences"), 3.0);
        assert!((number(text, "style.repeated_sentences") - 1.0 / 3.0).abs() < 1e-6);
        assert!((number(text, "style.small_sentence_starts") - 1.0 / 3.0).abs() < 1e-6);
        assert_eq!(number(text, "style.ends_sentence"), 1.0);
        assert!(number(text, "style.gaps") > 0.0);
        assert_eq!(number("很好", "style.unspaced"), 1.0);
        assert_eq!(number("很好，喜欢", "style.ends_sentence"), 0.0);
    }

    #[test]
    fn what_cannot_be_told_is_missing() {
        for text in ["", "   ", "\n", "!!!", "7"] {
            let numbers = style(text, &tokens(text));
            assert_eq!(numbers.len(), NAMES.len());
            assert!(numbers.iter().all(|number| !number.is_infinite()));
        }
        assert!(number("", "style.word_length").is_nan());
    }
}
