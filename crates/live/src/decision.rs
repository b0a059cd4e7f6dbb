//! A decision: what is done with an event before a count moves.

use detectors::{CATALOGUE, Code};
use policy::Verdict;
use serde::{Deserialize, Serialize};

/// What a platform should do with an event.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub enum Action {
    /// Count it.
    #[default]
    Count,
    /// Count it nowhere yet: a person should look, or evidence may still come.
    Hold,
    /// Do not count it.
    Discard,
}

impl Action {
    /// The action that a verdict asks for.
    #[must_use]
    pub fn of(verdict: Verdict) -> Action {
        match verdict {
            Verdict::Genuine => Action::Count,
            Verdict::Suspect => Action::Hold,
            Verdict::Fake => Action::Discard,
        }
    }

    /// The word used in replies.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Action::Count => "count",
            Action::Hold => "hold",
            Action::Discard => "discard",
        }
    }
}

/// Detectors, as a set: a bit each, in 16-bit words so that a [`Decision`] stays 16 bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Codes([u16; 3]);

impl Codes {
    /// Adds a detector.
    pub fn insert(&mut self, code: Code) {
        self.0[code as usize / 16] |= 1 << (code as usize % 16);
    }

    /// The detectors in the order of their codes.
    pub fn iter(self) -> impl Iterator<Item = Code> {
        CATALOGUE
            .iter()
            .map(|entry| entry.code)
            .filter(move |&code| self.0[code as usize / 16] >> (code as usize % 16) & 1 == 1)
    }
}

/// What was decided of an event from what was known when it came: 16 bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// In [0, 1], higher = less genuine.
    pub score: f32,
    /// The group that made the event; 0 if none.
    group: u32,
    /// What had been found of the account, and of what it used.
    pub findings: Codes,
    /// What it is called.
    pub verdict: Verdict,
}

impl Decision {
    /// How many bytes tell one decision from another.
    pub(crate) const BYTES: usize = 15;

    /// A decision.
    #[must_use]
    pub fn new(score: f32, verdict: Verdict, group: Option<u32>, findings: Codes) -> Decision {
        Decision { score, group: group.unwrap_or(0), findings, verdict }
    }

    /// The number of the group that made the event, in the judgement that was in effect.
    #[must_use]
    pub fn group(&self) -> Option<u32> {
        (self.group > 0).then_some(self.group)
    }

    /// What to do with the event.
    #[must_use]
    pub fn action(&self) -> Action {
        Action::of(self.verdict)
    }

    /// Its bytes, for digests.
    pub(crate) fn bytes(&self) -> [u8; Decision::BYTES] {
        let mut bytes = [0; Decision::BYTES];
        bytes[..4].copy_from_slice(&self.score.to_le_bytes());
        bytes[4..8].copy_from_slice(&self.group.to_le_bytes());
        for (at, word) in self.findings.0.iter().enumerate() {
            bytes[8 + 2 * at..10 + 2 * at].copy_from_slice(&word.to_le_bytes());
        }
        bytes[14] = self.verdict as u8;
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_detector_has_a_place_in_the_set() {
        let mut all = Codes::default();
        CATALOGUE.iter().for_each(|entry| all.insert(entry.code));
        let codes: Vec<Code> = all.iter().collect();
        assert_eq!(codes.len(), CATALOGUE.len());
        assert!(size_of::<Decision>() <= 16);
    }
}
