//! Which member of a JSON object makes it unfit, for objects of which every member may be left out.

use serde::de::{DeserializeOwned, Deserializer as _, MapAccess, Visitor};
use serde_json::{Map, Value};
use std::fmt;

/// The first member that is unfit by itself, repeated, or cannot be read; none if it is not one member's fault.
pub fn at_fault<T: DeserializeOwned>(body: &[u8]) -> Option<String> {
    let mut members = Members(Vec::new(), None);
    if serde_json::Deserializer::from_slice(body).deserialize_map(&mut members).is_err() {
        return members.1;
    }
    let all = members.0;
    let unfit = |(name, value): &(String, Value)| {
        let alone = Map::from_iter([(name.clone(), value.clone())]);
        let repeated = all.iter().filter(|other| other.0 == *name).count() > 1;
        repeated || T::deserialize(Value::Object(alone)).is_err()
    };
    all.iter().find(|member| unfit(member)).map(|member| member.0.clone())
}

/// The members that were read, and the one that is being read.
struct Members(Vec<(String, Value)>, Option<String>);

impl<'de> Visitor<'de> for &mut Members {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<String>()? {
            self.1 = Some(name.clone());
            self.0.push((name, map.next_value()?));
            self.1 = None;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::view::KeyWish;

    #[test]
    fn the_member_at_fault_is_named() {
        let deep = format!(r#"{{"label":"x","note":{}1{}}}"#, "[".repeat(500), "]".repeat(500));
        for (body, want) in [
            (r#"{"label":"x","colour":1}"#, Some("colour")),
            (r#"{"label":5}"#, Some("label")),
            (r#"{"scopes":["read",7]}"#, Some("scopes")),
            (r#"{"role":"a","role":"b"}"#, Some("role")),
            (deep.as_str(), Some("note")),
            (r#"{"label": tru}"#, Some("label")),
            ("[]", None),
            (r#"{"label":"x""#, None),
        ] {
            assert_eq!(at_fault::<KeyWish>(body.as_bytes()).as_deref(), want, "{body}");
        }
    }
}
