//! Names of evidence, read back: each is one of the program's own words and lives as long as it does.
//!
//! Evidence is named by words in the program, so that a finding costs no text. Read from a file a name becomes such a
//! word: the set of all that were ever read is kept for good, and bounded.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// One of the program's own words.
pub type Name = &'static str;

/// The most different names: far more than there are.
const MOST: usize = 4_096;
/// The longest name, in bytes.
const LONGEST: usize = 64;

static NAMES: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());

/// The word that a text is; none where it is too long or there are too many.
#[must_use]
pub fn interned(text: &str) -> Option<&'static str> {
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(name) = names.get(text) {
        return Some(name);
    }
    if text.len() > LONGEST || names.len() >= MOST {
        return None;
    }
    let name: &'static str = Box::leak(text.to_owned().into_boxed_str());
    names.insert(name);
    Some(name)
}

/// Writes evidence.
///
/// # Errors
/// What the writer says.
pub fn serialize<S: Serializer>(
    evidence: &[(&'static str, f64)],
    to: S,
) -> Result<S::Ok, S::Error> {
    evidence.serialize(to)
}

/// Reads evidence.
///
/// # Errors
/// What the reader says, and a name that is none.
pub fn deserialize<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<Vec<(&'static str, f64)>, D::Error> {
    let read: Vec<(String, f64)> = Vec::deserialize(from)?;
    let named = read.into_iter().map(|(name, value)| interned(&name).map(|name| (name, value)));
    let named: Option<Vec<_>> = named.collect();
    named.ok_or_else(|| de::Error::custom("a name of evidence that is too long, or too many"))
}

/// Reads one name.
///
/// # Errors
/// What the reader says, and a name that is none.
pub fn name<'de, D: Deserializer<'de>>(from: D) -> Result<&'static str, D::Error> {
    let read = String::deserialize(from)?;
    interned(&read).ok_or_else(|| de::Error::custom("a name that is too long, or too many"))
}
