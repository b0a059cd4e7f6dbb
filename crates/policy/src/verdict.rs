//! What is said of an account, an event, a subject, a point or an owner.

use serde::{Deserialize, Serialize};

/// Ordered: the worst wins.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub enum Verdict {
    /// Nothing beyond chance: counted.
    #[default]
    Genuine,
    /// A person should look: held, neither counted nor called fake.
    Suspect,
    /// May be acted upon: not counted.
    Fake,
}

impl Verdict {
    /// The contract's word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Genuine => "genuine",
            Verdict::Suspect => "suspect",
            Verdict::Fake => "fake",
        }
    }
}

/// What is said of a seller or creator. Being the target of fakes is not guilt: `Bought` needs what ties the owner
/// to the group, `Victim` says that fakes were to its harm.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub enum OwnerVerdict {
    /// Nothing beyond chance.
    #[default]
    Genuine,
    /// Somebody else's fakes harmed its counts or its standing.
    Victim,
    /// A person should look.
    Suspect,
    /// It bought what was found.
    Bought,
}

impl OwnerVerdict {
    /// The contract's word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            OwnerVerdict::Genuine => "genuine",
            OwnerVerdict::Victim => "victim",
            OwnerVerdict::Suspect => "suspect",
            OwnerVerdict::Bought => "bought",
        }
    }
}
