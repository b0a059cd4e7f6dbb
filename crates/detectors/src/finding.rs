//! A finding: a score over its threshold, with what re-derives it.

use events::{Entity, EventTime, Key};
use serde::{Deserialize, Serialize};

/// A detector's stable code: family and number, never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[repr(u8)]
#[allow(missing_docs)] // the catalogue says what each is
pub enum Code {
    Vel01,
    Vel02,
    Vel03,
    Vel04,
    Seq01,
    Rev01,
    Net01,
    Mem01,
    Syn01,
    Seq02,
    Pay01,
    Log01,
    Ops01,
    Txt01,
    Txt02,
    Txt03,
    Txt04,
    Txt05,
    Txt06,
    Txt07,
    Log02,
    Log03,
    Syn03,
    Pay02,
    Pay03,
    Net02,
    Net03,
    Mem02,
    Rev02,
    Rev03,
    Mem03,
    Seq03,
    Log04,
    Pay04,
    Net04,
    Mem04,
    Pay05,
    Log05,
    Log06,
    Seq04,
    Mem05,
    Pay06,
    Pay07,
}

/// Kinds of evidence that are counted apart: two of them, or one that is overwhelming, make a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[repr(u8)]
#[allow(missing_docs)] // design.md's own words
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
    /// The word used in results.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Class::Synchrony => "synchrony",
            Class::Infrastructure => "infrastructure",
            Class::Content => "content",
            Class::Path => "path",
            Class::Logistics => "logistics",
            Class::Money => "money",
            Class::Registration => "registration",
            Class::Device => "device",
        }
    }

    /// The name of its bits in evidence.
    #[must_use]
    pub fn bits_name(self) -> &'static str {
        match self {
            Class::Synchrony => "synchrony_bits",
            Class::Infrastructure => "infrastructure_bits",
            Class::Content => "content_bits",
            Class::Path => "path_bits",
            Class::Logistics => "logistics_bits",
            Class::Money => "money_bits",
            Class::Registration => "registration_bits",
            Class::Device => "device_bits",
        }
    }
}

/// What a detector says of an entity at a time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Which detector.
    pub code: Code,
    /// Of what.
    pub entity: Entity,
    /// The time of the event that completed it.
    pub time: EventTime,
    /// The event that completed it.
    pub event: Key,
    /// In [0, 1], higher = less genuine.
    pub score: f32,
    /// Strength of evidence, in bits.
    pub bits: f32,
    /// What re-derives it: names and values in a fixed order.
    #[serde(with = "crate::interned")]
    pub evidence: Vec<(&'static str, f64)>,
    /// Accounts that it speaks of besides the entity, sorted, at most [`Finding::MEMBERS`].
    pub members: Vec<Key>,
}

impl Finding {
    /// The most accounts that a finding names.
    pub const MEMBERS: usize = 256;

    /// Whether it is of this, or speaks of it.
    #[must_use]
    pub fn speaks_of(&self, key: Key) -> bool {
        self.entity.key == key || self.members.binary_search(&key).is_ok()
    }
}
