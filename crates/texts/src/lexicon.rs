//! The words that a text is searched for, each with its kind and what it tells.
//!
//! One automaton finds them all, longest first from the left, so `刷粉丝` is one word and not `刷粉` and a rest. Bits are log-odds
//! set by judgement (see `data/README.md`); no word alone overcomes the prior.

use crate::folded::Folded;
use aho_corasick::{AhoCorasick, MatchKind};
use std::sync::LazyLock;

/// What kind of word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// Names what only a cheat buys.
    Trade,
    /// A verb that makes a trade term with a metric (刷 … 粉丝量).
    Act,
    /// What can be bought up.
    Metric,
    /// A platform's name.
    Platform,
    /// An English verb that does so (buy … followers).
    EnglishAct,
    /// An English metric.
    EnglishMetric,
    /// Sells.
    Sell,
    /// Reports, warns, or is law.
    Report,
    /// A hotline's word.
    Hotline,
    /// A brusher's task.
    Task,
    /// Somebody who is treated for praise.
    Officer,
    /// Pay by the task.
    Pay,
    /// Free, or money back.
    Reward,
    /// Praise that is asked for.
    Asked,
    /// A call to get in touch.
    Call,
    /// Wares of common spam.
    Spam,
    /// A content farm's notice.
    Notice,
    /// Praise of the page itself.
    Praise,
}

fn kind(name: &str) -> Option<Kind> {
    Some(match name {
        "trade" => Kind::Trade,
        "act" => Kind::Act,
        "metric" => Kind::Metric,
        "plat" => Kind::Platform,
        "enact" => Kind::EnglishAct,
        "enmetric" => Kind::EnglishMetric,
        "sell" => Kind::Sell,
        "report" => Kind::Report,
        "hotline" => Kind::Hotline,
        "task" => Kind::Task,
        "officer" => Kind::Officer,
        "pay" => Kind::Pay,
        "reward" => Kind::Reward,
        "asked" => Kind::Asked,
        "call" => Kind::Call,
        "spam" => Kind::Spam,
        "notice" => Kind::Notice,
        "praise" => Kind::Praise,
        _ => return None,
    })
}

/// A word that was found.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hit {
    /// Which word: equal for equal words.
    pub(crate) word: u32,
    /// Folded characters it covers.
    pub(crate) start: usize,
    pub(crate) end: usize,
}

pub(crate) struct Lexicon {
    finder: AhoCorasick,
    /// Kinds and bits of each word.
    senses: Vec<Vec<(Kind, f64)>>,
    pub(crate) words: Vec<&'static str>,
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(Lexicon::read);

/// The lexicon, built at first use.
pub(crate) fn lexicon() -> &'static Lexicon {
    &LEXICON
}

impl Lexicon {
    fn read() -> Lexicon {
        let mut words: Vec<&'static str> = Vec::new();
        let mut senses: Vec<Vec<(Kind, f64)>> = Vec::new();
        // Senses of one word stand on lines that follow each other.
        for line in include_str!("../data/lexicon.txt").lines() {
            let mut fields = line.split('\t');
            let (Some(word), Some(name), Some(bits)) =
                (fields.next(), fields.next(), fields.next())
            else {
                continue;
            };
            let (Some(kind), Ok(bits)) = (kind(name), bits.parse()) else { continue };
            if words.last() != Some(&word) {
                words.push(word);
                senses.push(Vec::new());
            }
            if let Some(last) = senses.last_mut() {
                last.push((kind, bits));
            }
        }
        let finder = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&words);
        let finder = finder.expect("the committed word list fits an automaton");
        Lexicon { finder, senses, words }
    }

    /// What a word means.
    pub(crate) fn senses(&self, word: u32) -> &[(Kind, f64)] {
        &self.senses[word as usize]
    }

    /// The bits of a hit in one kind.
    pub(crate) fn bits(&self, hit: Hit, wanted: Kind) -> Option<f64> {
        self.senses(hit.word).iter().find(|(kind, _)| *kind == wanted).map(|(_, bits)| *bits)
    }

    /// All words of a folded text in order. Latin words count only as whole words.
    pub(crate) fn hits(&self, folded: &Folded) -> Vec<Hit> {
        let mut hits = Vec::new();
        let mut at = 0;
        while let Some(found) = self.finder.find(aho_corasick::Input::new(&folded.text).range(at..))
        {
            let (start, end) = (folded.at_byte(found.start()), folded.at_byte(found.end()));
            let latin = |at: Option<&char>| at.is_some_and(|c| c.is_ascii_alphanumeric());
            let cut_before =
                latin(folded.chars.get(start)) && start > 0 && latin(folded.chars.get(start - 1));
            let cut_after = latin(folded.chars.get(end - 1)) && latin(folded.chars.get(end));
            if cut_before || cut_after {
                // The word goes on: what starts within it may still be one.
                at = found.start() + folded.chars[start].len_utf8();
                continue;
            }
            hits.push(Hit { word: found.pattern().as_u32(), start, end });
            at = found.end();
        }
        hits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_word_list_is_understood() {
        for line in include_str!("../data/lexicon.txt").lines().filter(|l| !l.starts_with('#')) {
            let fields: Vec<&str> = line.split('\t').collect();
            assert_eq!(fields.len(), 3, "{line}");
            assert!(kind(fields[1]).is_some(), "{line}");
            assert!(fields[2].parse::<f64>().is_ok(), "{line}");
            assert_eq!(Folded::new(fields[0]).text, fields[0], "words are in folded form");
        }
    }

    #[test]
    fn the_longest_word_wins_and_latin_words_are_whole() {
        let found = |text: &str| -> Vec<&str> {
            let folded = Folded::new(text);
            lexicon().hits(&folded).iter().map(|h| lexicon().words[h.word as usize]).collect()
        };
        assert_eq!(found("刷粉丝"), ["刷粉丝"]);
        assert_eq!(found("likeness of a buyer"), Vec::<&str>::new());
        assert_eq!(found("Ｂｕｙ Likes"), ["buy likes"]);
    }
}
