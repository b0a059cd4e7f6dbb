//! What is known of an account when it is judged, as the numbers that a model takes.
//!
//! One function for both sides: a model trained from an audit's tables sees in a running engine exactly what it saw in
//! training. Names follow the catalogue, so a catalogue with one detector more makes other features, and a model that was
//! trained without it is refused rather than trusted.

use detectors::{CATALOGUE, Class, Code};

/// What is known of an account.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AccountFacts {
    /// Strength of all evidence against it, in bits.
    pub bits: f32,
    /// Findings that name it: detector, and the finding's bits. NaN where only the detector is known.
    pub findings: Vec<(Code, f32)>,
    /// The group that it belongs to.
    pub group: Option<GroupFacts>,
}

/// What is known of an account's group, and of its place in it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct GroupFacts {
    /// Accounts in the group.
    pub accounts: f32,
    /// The group's bits.
    pub bits: f32,
    /// How many evidence classes speak against it.
    pub classes: f32,
    /// The member's own bits.
    pub member_bits: f32,
}

/// The evidence classes, in their order, by the names that results use.
const CLASSES: [(Class, &str); 8] = [
    (Class::Synchrony, "synchrony"),
    (Class::Infrastructure, "infrastructure"),
    (Class::Content, "content"),
    (Class::Path, "path"),
    (Class::Logistics, "logistics"),
    (Class::Money, "money"),
    (Class::Registration, "registration"),
    (Class::Device, "device"),
];

/// Names of an account's numbers, in the order of [`account_features`].
#[must_use]
pub fn account_feature_names() -> Vec<String> {
    let mut names = vec!["bits".to_owned()];
    names.extend(CLASSES.iter().map(|(_, name)| format!("bits.{name}")));
    names.extend(CATALOGUE.iter().map(|entry| format!("code.{}", entry.id)));
    names.extend(["group.size", "group.bits", "group.classes", "member.bits"].map(str::to_owned));
    names
}

/// An account's numbers, in the order of [`account_feature_names`]. Bits of several findings of a detector add up; what
/// no finding speaks of is 0; what depends on a group is missing without one.
#[must_use]
pub fn account_features(facts: &AccountFacts) -> Vec<f32> {
    let sum = |belongs: &dyn Fn(Code) -> bool| -> f32 {
        let bits = facts.findings.iter().filter(|finding| belongs(finding.0));
        bits.map(|finding| finding.1).sum()
    };
    let mut numbers = vec![facts.bits];
    for (class, _) in CLASSES {
        // A finding of unknown strength is left out here, or it would hide the others of its class.
        let known = facts
            .findings
            .iter()
            .filter(|(code, bits)| code.entry().class == class && !bits.is_nan());
        numbers.push(known.map(|finding| finding.1).sum());
    }
    numbers.extend(CATALOGUE.iter().map(|entry| sum(&|code| code == entry.code)));
    match facts.group {
        Some(group) => {
            numbers.extend([group.accounts, group.bits, group.classes, group.member_bits]);
        }
        None => numbers.extend([f32::NAN; 4]),
    }
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(facts: &AccountFacts, name: &str) -> f32 {
        let place = account_feature_names().iter().position(|n| n == name).unwrap();
        account_features(facts)[place]
    }

    #[test]
    fn every_name_has_a_number() {
        let facts = AccountFacts::default();
        assert_eq!(account_features(&facts).len(), account_feature_names().len());
        let mut names = account_feature_names();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), account_feature_names().len());
    }

    #[test]
    fn bits_add_up_by_detector_and_class() {
        let facts = AccountFacts {
            bits: 30.0,
            findings: vec![
                (Code::Vel03, 5.0),
                (Code::Vel03, 2.0),
                (Code::Net01, 4.0),
                (Code::Rev01, f32::NAN),
            ],
            group: None,
        };
        assert_eq!(number(&facts, "bits"), 30.0);
        assert_eq!(number(&facts, "code.VEL03"), 7.0);
        assert_eq!(number(&facts, "code.NET01"), 4.0);
        assert_eq!(number(&facts, "bits.infrastructure"), 11.0);
        assert_eq!(number(&facts, "code.VEL01"), 0.0);
        assert!(number(&facts, "code.REV01").is_nan());
        assert_eq!(number(&facts, "bits.content"), 0.0);
        assert!(number(&facts, "group.size").is_nan());
        let group = GroupFacts { accounts: 40.0, bits: 55.0, classes: 3.0, member_bits: 6.0 };
        let member = AccountFacts { group: Some(group), ..facts };
        assert_eq!(number(&member, "group.size"), 40.0);
        assert_eq!(number(&member, "member.bits"), 6.0);
    }
}
