//! What the truth says of an account or event, and what the results say of it.
//!
//! The words are the contract's; reading them here again, instead of sharing the engine's enums, keeps an evaluation
//! of somebody else's results possible and honest.

/// What the truth says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Label {
    /// A real person's own doing.
    Genuine,
    /// Counts neither way.
    Gray,
    /// Inauthentic.
    Fake,
}

impl Label {
    pub(crate) const WORDS: &'static str = "genuine, gray, fake, 0, 1";

    /// From a word, or from 0 and 1.
    pub(crate) fn parse(word: &str) -> Option<Label> {
        match word {
            "genuine" | "0" | "false" => Some(Label::Genuine),
            "gray" => Some(Label::Gray),
            "fake" | "1" | "true" => Some(Label::Fake),
            _ => None,
        }
    }
}

/// What the results say, the worst last. An owner's `bought` is `fake`, and its `victim` accuses nobody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verdict {
    #[default]
    Genuine,
    Suspect,
    Fake,
}

impl Verdict {
    pub(crate) const WORDS: &'static str = "genuine, suspect, fake, bought, victim";

    /// From the contract's word.
    pub(crate) fn parse(word: &str) -> Option<Verdict> {
        match word {
            "genuine" | "victim" => Some(Verdict::Genuine),
            "suspect" => Some(Verdict::Suspect),
            "fake" | "bought" => Some(Verdict::Fake),
            _ => None,
        }
    }
}
