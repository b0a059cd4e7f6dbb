//! What a label means: the words for what is looked for, and for what is not.

use crate::failure::Failure;
use anyhow::anyhow;

/// Words that mean positive, each with the word that then means negative.
const PAIRS: [(&str, &str); 7] = [
    ("fake", "genuine"),
    ("1", "0"),
    ("true", "false"),
    ("yes", "no"),
    ("positive", "negative"),
    ("upheld", "overturned"),
    ("generated", "human"),
];

/// Which labels are positive and which negative.
pub(crate) struct Meaning {
    pub(crate) positive: String,
    /// `None`: every other one.
    negative: Option<String>,
}

impl Meaning {
    /// The one that was asked for, or the pair of words that the labels use.
    pub(crate) fn of<'a>(
        labels: impl Iterator<Item = &'a str> + Clone,
        positive: Option<&str>,
    ) -> Result<Meaning, Failure> {
        if let Some(positive) = positive {
            if !labels.clone().any(|label| label == positive) {
                return Err(Failure::input(anyhow!("no row has the label `{positive}`")));
            }
            let pair = PAIRS.iter().find(|pair| pair.0 == positive);
            let pair = pair.filter(|pair| labels.clone().any(|label| label == pair.1));
            let negative = pair.map(|pair| pair.1.to_owned());
            return Ok(Meaning { positive: positive.to_owned(), negative });
        }
        let used = |word: &str| labels.clone().any(|label| label == word);
        match PAIRS.iter().find(|pair| used(pair.0) || used(pair.1)) {
            Some((positive, negative)) => Ok(Meaning {
                positive: (*positive).to_owned(),
                negative: Some((*negative).to_owned()),
            }),
            None => Err(Failure::arguments(anyhow!(
                "the labels do not say which is positive; name it with --positive"
            ))),
        }
    }

    /// Whether a label is positive; `None` if it is neither, such as `gray`.
    pub(crate) fn read(&self, label: &str) -> Option<bool> {
        match &self.negative {
            _ if label == self.positive => Some(true),
            Some(negative) => (label == negative).then_some(false),
            None => Some(false),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_say_what_they_mean() {
        let truth = ["genuine", "gray", "fake"];
        let meaning = Meaning::of(truth.into_iter(), None).unwrap();
        assert_eq!(truth.map(|label| meaning.read(label)), [Some(false), None, Some(true)]);
        let numbers = ["0", "1"];
        let meaning = Meaning::of(numbers.into_iter(), Some("0")).unwrap();
        assert_eq!(numbers.map(|label| meaning.read(label)), [Some(true), Some(false)]);
        assert!(Meaning::of(["a", "b"].into_iter(), None).is_err());
        assert!(Meaning::of(["a", "b"].into_iter(), Some("c")).is_err());
    }
}
