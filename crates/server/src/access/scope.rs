//! What a key may do, and the roles that people know.

use std::fmt;

/// One thing that a key may be allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// Send events.
    Ingest,
    /// Ask for decisions.
    Decide,
    /// Read decisions, counts, groups, findings, the stream and metrics.
    Read,
    /// Read what explains a verdict on one account.
    Review,
    /// Make keys, set the policy, export and erase.
    Admin,
}

const SCOPES: [(Scope, &str); 5] = [
    (Scope::Ingest, "ingest"),
    (Scope::Decide, "decide"),
    (Scope::Read, "read"),
    (Scope::Review, "review"),
    (Scope::Admin, "admin"),
];

impl Scope {
    /// Its word.
    #[must_use]
    pub fn name(self) -> &'static str {
        SCOPES[self as usize].1
    }
}

/// Some scopes.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Scopes(u8);

impl Scopes {
    /// Whether it is among them.
    #[must_use]
    pub fn has(self, scope: Scope) -> bool {
        self.0 >> scope as u8 & 1 == 1
    }

    /// The same and one more.
    #[must_use]
    pub fn and(self, scope: Scope) -> Scopes {
        Scopes(self.0 | 1 << scope as u8)
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Their words.
    #[must_use]
    pub fn names(self) -> Vec<&'static str> {
        SCOPES.iter().filter(|(scope, _)| self.has(*scope)).map(|(_, name)| *name).collect()
    }

    /// The scopes with these words; the first word that is none is the error.
    ///
    /// # Errors
    /// A word that names no scope.
    pub fn of<'a>(words: impl IntoIterator<Item = &'a str>) -> Result<Scopes, String> {
        let mut scopes = Scopes::default();
        for word in words {
            let known = SCOPES.iter().find(|(_, name)| *name == word);
            scopes = scopes.and(known.ok_or_else(|| word.to_owned())?.0);
        }
        Ok(scopes)
    }
}

impl fmt::Debug for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.names().join("+"))
    }
}

/// Scopes that go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A platform's own services.
    Platform,
    /// Dashboards and analysts.
    Analyst,
    /// Those who look at cases.
    Reviewer,
    /// Whoever runs it.
    Admin,
}

impl Role {
    /// The role of that word.
    #[must_use]
    pub fn of(word: &str) -> Option<Role> {
        Some(match word {
            "platform" => Role::Platform,
            "analyst" => Role::Analyst,
            "reviewer" => Role::Reviewer,
            "admin" => Role::Admin,
            _ => return None,
        })
    }

    /// What it may do.
    #[must_use]
    pub fn scopes(self) -> Scopes {
        let none = Scopes::default();
        match self {
            Role::Platform => none.and(Scope::Ingest).and(Scope::Decide).and(Scope::Read),
            Role::Analyst => none.and(Scope::Read),
            Role::Reviewer => none.and(Scope::Read).and(Scope::Review),
            Role::Admin => SCOPES.iter().fold(none, |all, (scope, _)| all.and(*scope)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_scopes() {
        for (at, (scope, name)) in SCOPES.into_iter().enumerate() {
            assert_eq!(scope as usize, at);
            let one = Scopes::of([name]).unwrap();
            assert!(one.has(scope) && one.names() == [name]);
        }
        assert_eq!(Scopes::of(["read", "fly"]), Err("fly".to_owned()));
        assert_eq!(Role::Admin.scopes().names().len(), SCOPES.len());
        assert!(!Role::Platform.scopes().has(Scope::Admin));
        assert!(Role::of("root").is_none());
    }
}
