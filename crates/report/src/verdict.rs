//! The closed sets of words that the results use of an account, an owner and a kind of evidence.
//!
//! They repeat the contract's words instead of borrowing the detection crates' own types, so that the page can be
//! built and read from saved results alone. The price is that a word added there must be added here.

use serde::Serialize;

/// What is said of an account, an event, a subject, a point or a group. Ordered: the worst is greatest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Nothing beyond chance.
    #[default]
    Genuine,
    /// A person should look.
    Suspect,
    /// May be acted upon.
    Fake,
}

impl Verdict {
    /// The verdict with the contract's word; `None` for any other word.
    #[must_use]
    pub fn of(word: &str) -> Option<Verdict> {
        match word {
            "genuine" => Some(Verdict::Genuine),
            "suspect" => Some(Verdict::Suspect),
            "fake" => Some(Verdict::Fake),
            _ => None,
        }
    }
}

/// What is said of a seller or creator. Ordered: the worst is greatest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum OwnerVerdict {
    /// Nothing beyond chance.
    #[default]
    Genuine,
    /// Fakes reached it and nothing says that it paid for them.
    Victim,
    /// A person should look.
    Suspect,
    /// It bought what was found.
    Bought,
}

impl OwnerVerdict {
    /// The verdict with the contract's word; `None` for any other word.
    #[must_use]
    pub fn of(word: &str) -> Option<OwnerVerdict> {
        match word {
            "genuine" => Some(OwnerVerdict::Genuine),
            "victim" => Some(OwnerVerdict::Victim),
            "suspect" => Some(OwnerVerdict::Suspect),
            "bought" => Some(OwnerVerdict::Bought),
            _ => None,
        }
    }
}

/// Kinds of evidence that are counted apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)] // the contract's words; the page explains each
pub enum Class {
    Synchrony,
    Infrastructure,
    Content,
    Path,
    Logistics,
    Money,
    Registration,
    Device,
}

impl Class {
    /// Every class, in the order of the tables of texts.
    pub const ALL: [Class; 8] = [
        Class::Synchrony,
        Class::Infrastructure,
        Class::Content,
        Class::Path,
        Class::Logistics,
        Class::Money,
        Class::Registration,
        Class::Device,
    ];

    /// The class with that word; `None` for any other word.
    #[must_use]
    pub fn of(word: &str) -> Option<Class> {
        match word {
            "synchrony" => Some(Class::Synchrony),
            "infrastructure" => Some(Class::Infrastructure),
            "content" => Some(Class::Content),
            "path" => Some(Class::Path),
            "logistics" => Some(Class::Logistics),
            "money" => Some(Class::Money),
            "registration" => Some(Class::Registration),
            "device" => Some(Class::Device),
            _ => None,
        }
    }
}
