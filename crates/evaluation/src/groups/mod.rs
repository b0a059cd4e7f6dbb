//! How well the groups that were found match the true ones.
//!
//! Pairs of accounts are compared, so a group that was found in two halves loses the pairs between them, and two groups
//! found as one gain false ones. A scope keeps accounts of other schemes, gray ones and unlabelled ones out on both sides;
//! genuine accounts always count.

mod pairs;

use serde::Serialize;

use crate::confusion::share;
use crate::found::FoundGroups;
use crate::label::{Label, Verdict};
use crate::names::natural;
use crate::truth::{AccountTruth, Memberships};

/// How well the groups that were found match the true ones.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Groups {
    /// Pairs together, per scope and verdict of the groups.
    pub pairs: Vec<PairScore>,
    /// Each true group beside the found group that has most of it.
    pub true_groups: Vec<TrueGroup>,
    /// Median purity of the true groups that were found at all, gray ones left out.
    pub median_purity: Option<f64>,
    /// Median completeness of the true groups, gray ones left out.
    pub median_completeness: Option<f64>,
}

/// Pairs of accounts in the same found group against pairs in the same true group.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct PairScore {
    /// The schemes that count; empty for every scheme that is not gray.
    pub schemes: Vec<String>,
    /// The least verdict of the found groups: `fake`, `suspect` or `genuine` for all.
    pub verdict: &'static str,
    /// Pairs in a true group.
    pub truth: u64,
    /// Pairs in a found group.
    pub found: u64,
    /// Pairs in both.
    pub both: u64,
    /// both / found.
    pub precision: Option<f64>,
    /// both / truth.
    pub recall: Option<f64>,
    /// Harmonic mean.
    pub f1: Option<f64>,
}

/// A true group beside the found group of any verdict that has most of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct TrueGroup {
    /// Name in the truth.
    pub group: String,
    /// Scheme of its members; empty where it is not known.
    pub scheme: String,
    /// Its members count neither way.
    pub gray: bool,
    /// Its members.
    pub accounts: u64,
    /// Name of the found group, if one has any of it.
    pub found: Option<String>,
    /// That group's verdict.
    pub verdict: Option<&'static str>,
    /// Members of both.
    pub shared: u64,
    /// shared / labelled members of the found group, gray ones from elsewhere left out.
    pub purity: Option<f64>,
    /// The same, with members of any group of this scheme.
    pub scheme_purity: Option<f64>,
    /// shared / accounts.
    pub completeness: Option<f64>,
}

impl Groups {
    pub(crate) fn of(
        truth: &Memberships,
        found: &FoundGroups,
        accounts: Option<&AccountTruth>,
        scopes: &[Vec<String>],
    ) -> Groups {
        let mut pairs = Vec::new();
        for (verdict, name) in
            [(Verdict::Fake, "fake"), (Verdict::Suspect, "suspect"), (Verdict::Genuine, "genuine")]
        {
            let members = found.at_least(verdict);
            pairs.push(pair_score(truth, &members, accounts, &[], name));
            if let Some(accounts) = accounts {
                for scope in scopes {
                    pairs.push(pair_score(truth, &members, Some(accounts), scope, name));
                }
            }
        }
        let true_groups = true_groups(truth, found, accounts);
        let clear = || true_groups.iter().filter(|g| !g.gray);
        Groups {
            median_purity: crate::quantile::median(clear().filter_map(|g| g.purity)),
            median_completeness: crate::quantile::median(clear().filter_map(|g| g.completeness)),
            pairs,
            true_groups,
        }
    }
}

fn pair_score(
    truth: &Memberships,
    found: &Memberships,
    labels: Option<&AccountTruth>,
    schemes: &[String],
    verdict: &'static str,
) -> PairScore {
    let counts = |account: &str| {
        let Some(labels) = labels else { return true };
        let scheme = labels.scheme_of(account).map(|s| labels.schemes.get(s));
        match labels.label_of(account) {
            None => false,
            Some(Label::Genuine) => true,
            Some(Label::Fake | Label::Gray) if !schemes.is_empty() => {
                scheme.is_some_and(|s| schemes.iter().any(|x| x == s))
            }
            Some(Label::Fake) => true,
            Some(Label::Gray) => false,
        }
    };
    let side = |groups: &Memberships, account: &str| {
        groups.accounts.find(account).map(|n| groups.of[n].clone()).unwrap_or_default()
    };
    let true_ones = truth.accounts.iter().map(|a| (a, side(truth, a), side(found, a)));
    let other_ones = found
        .accounts
        .iter()
        .filter(|a| truth.accounts.find(a).is_none())
        .map(|a| (a, Vec::new(), side(found, a)));
    let pairs = pairs::count(
        true_ones.chain(other_ones).filter(|(a, _, _)| counts(a)).map(|(_, t, f)| (t, f)),
    );
    PairScore {
        schemes: schemes.to_vec(),
        verdict,
        truth: pairs.truth,
        found: pairs.found,
        both: pairs.both,
        precision: share(pairs.both, pairs.found),
        recall: share(pairs.both, pairs.truth),
        f1: share(2 * pairs.both, pairs.found + pairs.truth),
    }
}

fn true_groups(
    truth: &Memberships,
    found: &FoundGroups,
    labels: Option<&AccountTruth>,
) -> Vec<TrueGroup> {
    let found_members = found.members.members();
    let mut groups: Vec<TrueGroup> = truth
        .members()
        .iter()
        .enumerate()
        .map(|(group, members)| {
            let names: Vec<&str> = members.iter().map(|&a| truth.accounts.get(a)).collect();
            let best = best_match(&names, found);
            let mut row = describe(truth.groups.get(group), &names, labels);
            if let Some((best, shared)) = best {
                let others = found_members[best].iter().map(|&a| found.members.accounts.get(a));
                let (clear, same_scheme) = purities(others, &names, &row.scheme, labels);
                row.found = Some(found.members.groups.get(best).to_owned());
                row.verdict = Some(word(found.verdict[best]));
                row.shared = shared;
                row.purity = share(shared, clear);
                row.scheme_purity = share(same_scheme, clear);
            }
            row.completeness = share(row.shared, row.accounts);
            row
        })
        .collect();
    groups.sort_by_key(|g| natural(&g.group));
    groups
}

/// The found group with most of these accounts, of equals the first by name, and how many it has.
fn best_match(accounts: &[&str], found: &FoundGroups) -> Option<(usize, u64)> {
    let mut shared = vec![0; found.members.groups.len()];
    for account in accounts {
        if let Some(account) = found.members.accounts.find(account) {
            for &group in &found.members.of[account] {
                shared[group] += 1;
            }
        }
    }
    let mut best: Option<(usize, u64)> = None;
    for group in found.members.groups.in_order() {
        if shared[group] > best.map_or(0, |(_, most)| most) {
            best = Some((group, shared[group]));
        }
    }
    best
}

fn describe(group: &str, accounts: &[&str], labels: Option<&AccountTruth>) -> TrueGroup {
    // A group's scheme is that of its first member that has one: groups are made by one scheme.
    let scheme =
        labels.and_then(|l| accounts.iter().find_map(|a| l.scheme_of(a)).map(|s| l.schemes.get(s)));
    let gray = labels.is_some_and(|l| accounts.iter().all(|a| l.label_of(a) == Some(Label::Gray)));
    TrueGroup {
        group: group.to_owned(),
        scheme: scheme.unwrap_or_default().to_owned(),
        gray,
        accounts: accounts.len() as u64,
        ..TrueGroup::default()
    }
}

/// Of a found group's members: how many count for this true group's purity, and how many of them are of its scheme.
fn purities<'a>(
    members: impl Iterator<Item = &'a str>,
    own: &[&str],
    scheme: &str,
    labels: Option<&AccountTruth>,
) -> (u64, u64) {
    let (mut clear, mut same) = (0, 0);
    for account in members {
        let mine = own.contains(&account);
        let of_scheme = labels.is_some_and(|l| {
            !scheme.is_empty() && l.scheme_of(account).is_some_and(|s| l.schemes.get(s) == scheme)
        });
        let counts = labels
            .is_none_or(|l| matches!(l.label_of(account), Some(Label::Genuine | Label::Fake)));
        clear += u64::from(mine || of_scheme || counts);
        same += u64::from(mine || of_scheme);
    }
    (clear, same)
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Genuine => "genuine",
        Verdict::Suspect => "suspect",
        Verdict::Fake => "fake",
    }
}

#[cfg(test)]
mod tests;
