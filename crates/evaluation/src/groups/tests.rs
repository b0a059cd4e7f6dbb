//! Purity, completeness and pairs of small groups, by hand.

use super::*;

fn memberships(rows: &[(&str, &str)]) -> Memberships {
    let mut groups = Memberships::default();
    for (group, account) in rows {
        groups.add(group, account);
    }
    groups
}

fn labels(rows: &[(&str, Label, &str)]) -> AccountTruth {
    let mut truth = AccountTruth::default();
    for (account, label, scheme) in rows {
        truth.labels.names.intern(account);
        truth.labels.label.push(*label);
        let scheme = (!scheme.is_empty()).then(|| truth.schemes.intern(scheme));
        truth.scheme.push(scheme);
        truth.population.push(Vec::new());
    }
    truth
}

#[test]
fn a_group_found_with_a_stranger_and_without_one_member() {
    use Label::{Fake, Genuine, Gray};
    let truth = memberships(&[("A", "a"), ("A", "b"), ("A", "c"), ("B", "x"), ("B", "y")]);
    let accounts = labels(&[
        ("a", Fake, "S1"),
        ("b", Fake, "S1"),
        ("c", Fake, "S1"),
        ("x", Fake, "S2"),
        ("y", Fake, "S2"),
        ("g", Genuine, ""),
        ("q", Gray, "S9"),
    ]);
    // Group 1: a, b, a stranger and a gray account; group 2, only suspect: x and the stranger.
    let found = FoundGroups {
        members: memberships(&[
            ("1", "a"),
            ("1", "b"),
            ("1", "g"),
            ("1", "q"),
            ("2", "x"),
            ("2", "g"),
        ]),
        verdict: vec![Verdict::Fake, Verdict::Suspect],
    };
    let scopes = [vec!["S1".to_owned()]];
    let groups = Groups::of(&truth, &found, Some(&accounts), &scopes);

    let all = &groups.pairs[0];
    assert_eq!((all.verdict, all.schemes.len()), ("fake", 0));
    // Found: ab, ag, bg; true: ab, ac, bc, xy.
    assert_eq!((all.truth, all.found, all.both), (4, 3, 1));
    assert_eq!(all.f1, Some(2.0 / 7.0));
    let s1 = &groups.pairs[1];
    assert_eq!((s1.truth, s1.found, s1.both), (3, 3, 1));
    let suspect = &groups.pairs[2];
    assert_eq!((suspect.verdict, suspect.found), ("suspect", 4));

    let a = &groups.true_groups[0];
    assert_eq!((a.group.as_str(), a.scheme.as_str(), a.accounts), ("A", "S1", 3));
    assert_eq!((a.found.as_deref(), a.verdict, a.shared), (Some("1"), Some("fake"), 2));
    assert_eq!(a.purity, Some(2.0 / 3.0));
    assert_eq!(a.completeness, Some(2.0 / 3.0));
    let b = &groups.true_groups[1];
    assert_eq!((b.purity, b.completeness), (Some(0.5), Some(0.5)));
    assert_eq!(groups.median_completeness, Some((2.0 / 3.0 + 0.5) / 2.0));
}

#[test]
fn a_group_that_was_not_found_is_complete_to_zero_and_has_no_purity() {
    let truth = memberships(&[("A", "a"), ("A", "b")]);
    let groups = Groups::of(&truth, &FoundGroups::default(), None, &[]);
    assert_eq!(groups.true_groups[0].completeness, Some(0.0));
    assert_eq!(groups.true_groups[0].purity, None);
    assert_eq!(groups.pairs[0].recall, Some(0.0));
    assert_eq!(groups.pairs[0].precision, None);
}
