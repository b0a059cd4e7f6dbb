//! What an audit knows of each account, as a model of accounts takes it.
//!
//! A model is trained from the tables of an audit (see `train::accounts`), and must see the same here: the same findings in the
//! same order, and what is missing there missing here. A test holds both against each other.

use detectors::Code;
use engine::results::Results;
use events::{EntityKind, Key};
use learning::{AccountFacts, GroupFacts};

/// What is known of each account, in the order of the results.
pub(crate) fn facts(results: &Results) -> Vec<AccountFacts> {
    let accounts = &results.accounts;
    let mut places: Vec<(Key, usize)> =
        accounts.iter().enumerate().map(|(place, row)| (row.account, place)).collect();
    places.sort_unstable();
    let place = |key: Key| {
        let found = places.binary_search_by_key(&key, |known| known.0).ok()?;
        places.get(found).map(|known| known.1)
    };
    let mut facts: Vec<AccountFacts> = accounts
        .iter()
        .map(|row| AccountFacts { bits: row.bits, ..AccountFacts::default() })
        .collect();
    for finding in &results.findings {
        // A finding about an account is about no other; one about a thing speaks of the accounts that it names.
        let own = (finding.entity.kind == EntityKind::Account).then_some(finding.entity.key);
        let named = if own.is_some() { &[] } else { &finding.members[..] };
        for place in own.iter().chain(named).filter_map(|&key| place(key)) {
            facts[place].findings.push((finding.code, finding.bits));
        }
    }
    for (facts, row) in facts.iter_mut().zip(accounts) {
        let known: Vec<Code> = facts.findings.iter().map(|finding| finding.0).collect();
        let unnamed = row.findings.iter().filter(|code| !known.contains(code));
        facts.findings.extend(unnamed.map(|&code| (code, f32::NAN)));
    }
    for group in &results.groups {
        for &(member, member_bits) in &group.members {
            let Some(place) = place(member) else { continue };
            if accounts[place].group == Some(group.group) {
                facts[place].group = Some(GroupFacts {
                    accounts: group.members.len() as f32,
                    bits: group.bits,
                    classes: group.classes.len() as f32,
                    member_bits,
                });
            }
        }
    }
    facts
}
