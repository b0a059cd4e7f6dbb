//! A model file: one line that says what it is, then the model as JSON.
//!
//! `qingliu-model VERSION KIND CHECKSUM`, where the checksum is XXH3-128, in hexadecimal, of everything else: the first
//! three words and the JSON. It tells damage, not forgery: who may write the file may write any model.

use crate::error::ModelError;
use serde::Serialize;
use serde::de::DeserializeOwned;
use xxhash_rust::xxh3::Xxh3Default;

/// The first word of a model file.
pub(crate) const FORMAT: &str = "qingliu-model";
/// The version of the format that is written and read.
pub const VERSION: u32 = 2;
/// The largest model file.
pub const LIMIT: usize = 256 << 20;

/// Puts a model into a file's bytes.
///
/// # Errors
/// It cannot be written as JSON.
pub(crate) fn seal(kind: &'static str, model: &impl Serialize) -> Result<Vec<u8>, ModelError> {
    let body = serde_json::to_vec(model)
        .map_err(|error| ModelError::Unwritable { why: error.to_string() })?;
    let head = format!("{FORMAT} {VERSION} {kind}");
    let mut bytes = format!("{head} {:032x}\n", sum_of(&head, &body)).into_bytes();
    bytes.extend(body);
    Ok(bytes)
}

/// Takes a model of this kind out of a file's bytes. What it holds must still be checked.
///
/// # Errors
/// The bytes are no whole model file of this version and kind.
pub(crate) fn open<T: DeserializeOwned>(kind: &'static str, bytes: &[u8]) -> Result<T, ModelError> {
    if bytes.len() > LIMIT {
        return Err(ModelError::TooLarge { bytes: bytes.len(), limit: LIMIT });
    }
    const LONGEST_HEAD: usize = 200;
    let end = bytes.iter().take(LONGEST_HEAD).position(|&byte| byte == b'\n');
    let head = end.and_then(|end| std::str::from_utf8(&bytes[..end]).ok());
    let words: Vec<&str> = head.unwrap_or_default().split(' ').collect();
    let [FORMAT, version, found, sum] = words[..] else {
        return Err(ModelError::NotAModel);
    };
    let version: u32 = version.parse().map_err(|_| ModelError::NotAModel)?;
    if version != VERSION {
        return Err(ModelError::Version { found: version, known: VERSION });
    }
    let body = &bytes[end.map_or(bytes.len(), |end| end + 1)..];
    let wanted = sum_of(&format!("{FORMAT} {version} {found}"), body);
    if sum != format!("{wanted:032x}") {
        return Err(ModelError::Checksum);
    }
    if found != kind {
        return Err(ModelError::Kind { found: found.to_owned(), wanted: kind });
    }
    serde_json::from_slice(body)
        .map_err(|_| ModelError::Inconsistent { what: "its numbers are not those of a model" })
}

/// What a file says it is a model of; nothing is checked yet.
#[must_use]
pub fn kind(bytes: &[u8]) -> Option<&str> {
    head(bytes).map(|(kind, _)| kind)
}

/// The checksum that a file bears; whether it fits is found when the file is read.
#[must_use]
pub fn checksum(bytes: &[u8]) -> Option<&str> {
    head(bytes).map(|(_, checksum)| checksum)
}

fn head(bytes: &[u8]) -> Option<(&str, &str)> {
    let line = bytes.split(|&byte| byte == b'\n').next()?;
    match std::str::from_utf8(line).ok()?.split(' ').collect::<Vec<_>>()[..] {
        [FORMAT, _, kind, checksum] => Some((kind, checksum)),
        _ => None,
    }
}

fn sum_of(head: &str, body: &[u8]) -> u128 {
    let mut sum = Xxh3Default::new();
    sum.update(head.as_bytes());
    sum.update(body);
    sum.digest128()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_flipped_bit_and_every_cut_is_seen() {
        let model = vec![1.5f64, -2.0];
        let bytes = seal("numbers", &model).unwrap();
        assert_eq!(open::<Vec<f64>>("numbers", &bytes).unwrap(), model);
        assert_eq!(kind(&bytes), Some("numbers"));
        assert_eq!(checksum(&bytes).unwrap().len(), 32);
        for place in 0..bytes.len() {
            for bit in 0..8 {
                let mut bytes = bytes.clone();
                bytes[place] ^= 1 << bit;
                assert!(open::<Vec<f64>>("numbers", &bytes).is_err(), "byte {place}, bit {bit}");
            }
            assert!(open::<Vec<f64>>("numbers", &bytes[..place]).is_err());
        }
    }

    #[test]
    fn refusals_say_why() {
        let bytes = seal("numbers", &[1.0f64]).unwrap();
        assert_eq!(
            open::<Vec<f64>>("texts", &bytes),
            Err(ModelError::Kind { found: "numbers".to_owned(), wanted: "texts" })
        );
        let text = String::from_utf8(bytes).unwrap();
        let later = text.replacen(" 2 ", " 3 ", 1);
        assert_eq!(
            open::<Vec<f64>>("numbers", later.as_bytes()),
            Err(ModelError::Version { found: 3, known: 2 })
        );
        let changed = text.replace("[1.0]", "[9.0]");
        assert_eq!(open::<Vec<f64>>("numbers", changed.as_bytes()), Err(ModelError::Checksum));
        assert_eq!(open::<Vec<f64>>("numbers", b"PAR1"), Err(ModelError::NotAModel));
    }
}
