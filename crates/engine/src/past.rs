//! What was said of events that are no longer looked at: verdicts, groups and findings as they stood when those events went
//! out of sight, so that whoever asks is told the same of them ever after, and why.

use std::collections::{BTreeMap, BTreeSet};

use detectors::Finding;
use events::{Event, EventTime, Key};
use features::Keyed;
use policy::Verdict;
use serde::{Deserialize, Serialize};

use crate::results::GroupResult;
use crate::standing::{Called, Standing};

/// The most findings kept: the strongest.
const MOST_FINDINGS: usize = 100_000;
/// The most accounts and groups kept: of more, those that are known already.
const MOST_ACCOUNTS: usize = 1_000_000;
const MOST_GROUPS: usize = 20_000;
/// The most subjects of which it is kept what groups did there besides: of more, those that are known already.
const MOST_SUBJECTS: usize = 1_000_000;

/// What a run said.
#[derive(Clone, Copy, Debug)]
pub struct Said<'a> {
    /// Verdicts.
    pub standing: &'a Standing,
    /// Its groups, in the order of their numbers.
    pub groups: &'a [GroupResult],
    /// Its findings.
    pub findings: &'a [Finding],
    /// Accounts of which nothing of this is to be said any more.
    pub but: &'a [Key],
}

/// What runs said of what is over.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Past {
    standing: Standing,
    /// Numbered among themselves, without what they did one by one.
    groups: Vec<GroupResult>,
    findings: Vec<Finding>,
}

impl Past {
    /// Takes over what rests on events before a time.
    pub fn take(&mut self, said: Said<'_>, before: EventTime) {
        let but = said.but;
        let mut numbers = BTreeMap::new();
        let mut since = Keyed::<EventTime>::default();
        for finding in said.findings {
            for &key in finding.members.iter().chain([&finding.entity.key]) {
                let first = since.entry(key).or_insert(finding.time);
                *first = finding.time.min(*first);
            }
        }
        for (account, called) in said.standing.accounts() {
            let group = called.group.and_then(|group| said.groups.get(group as usize - 1));
            let first = match group {
                Some(group) => Some(&group.first),
                None => since.get(&account),
            };
            let known = self.standing.called.contains_key(&account);
            let room = known || self.standing.called.len() < MOST_ACCOUNTS;
            if !room || but.contains(&account) || first.is_none_or(|first| *first >= before) {
                continue;
            }
            let number = called.group.and_then(|group| self.number(&said, group, &mut numbers));
            if called.group.is_some() && number.is_none() {
                continue;
            }
            let called = Called { group: number, ..called };
            let kept = self.standing.called.entry(account).or_insert(called);
            if called.verdict >= kept.verdict {
                *kept = called;
            }
        }
        said.standing.wide.iter().for_each(|(&subject, works)| {
            let numbered = |&(group, kind)| Some((*numbers.get(&group)?.as_ref()?, kind));
            let mut works = works.iter().filter_map(numbered).peekable();
            let room = self.standing.wide.len() < MOST_SUBJECTS;
            if works.peek().is_some() && (room || self.standing.wide.contains_key(&subject)) {
                let known = self.standing.wide.entry(subject).or_default();
                known.extend(works);
                known.sort_unstable();
                known.dedup();
            }
        });
        let texts =
            said.standing.texts.keys().filter(|key| self.standing.called.contains_key(*key));
        self.standing.texts.extend(texts.map(|&account| (account, ())));
        let mut number = |group| self.number(&said, group, &mut numbers);
        let deals = said.standing.deals.before(before, but, &mut number);
        self.standing.deals.take(deals);
        self.standing.sent.take(&said.standing.sent, before);
        let over = said.findings.iter().filter(|finding| {
            finding.time < before && !but.iter().any(|account| finding.speaks_of(*account))
        });
        self.findings.extend(over.cloned());
        crate::results::strongest(&mut self.findings, MOST_FINDINGS);
    }

    /// The number here of a group of a run: the one whose members most of its are, or a new one.
    fn number(
        &mut self,
        said: &Said<'_>,
        group: u32,
        numbers: &mut BTreeMap<u32, Option<u32>>,
    ) -> Option<u32> {
        if let Some(number) = numbers.get(&group) {
            return *number;
        }
        let at = group as usize - 1;
        let (row, deeds) = (said.groups.get(at)?, said.standing.deeds.get(at)?);
        let mut row = GroupResult { meetings: Vec::new(), ..row.clone() };
        said.but.iter().for_each(|account| forget(&mut row, *account));
        let mut of: BTreeMap<u32, usize> = BTreeMap::new();
        let known = row.members.iter().filter_map(|member| self.standing.called.get(&member.0));
        known
            .filter_map(|called| called.group)
            .for_each(|number| *of.entry(number).or_default() += 1);
        let most = of.into_iter().max_by_key(|&(number, members)| (members, number));
        let number = match most {
            Some((number, members)) if members * 2 > row.members.len() => {
                let place = number as usize - 1;
                merge(&mut self.groups[place], row);
                self.standing.deeds[place].merge(deeds);
                Some(number)
            }
            _ if self.groups.len() < MOST_GROUPS => {
                let number = self.groups.len() as u32 + 1;
                self.groups.push(GroupResult { group: number, ..row });
                self.standing.deeds.push(deeds.clone());
                Some(number)
            }
            _ => None,
        };
        numbers.insert(group, number);
        number
    }

    /// The score of an event that is over, its verdict, and the group here that made it.
    #[must_use]
    pub fn event(&self, event: &Event) -> (f32, Verdict, Option<u32>) {
        self.standing.event(event)
    }

    /// What an account was called, with its group here.
    #[must_use]
    pub fn account(&self, account: Key) -> Option<Called> {
        self.standing.account(account)
    }

    /// All accounts that were not called genuine, in the order of keys.
    #[must_use]
    pub fn accounts(&self) -> Vec<(Key, Called)> {
        self.standing.accounts()
    }

    /// The groups, in the order of their numbers.
    #[must_use]
    pub fn groups(&self) -> &[GroupResult] {
        &self.groups
    }

    /// The findings, in the order of time.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Forgets an account.
    pub fn forget(&mut self, account: Key) {
        self.standing.called.remove(&account);
        self.standing.deals.forget(account);
        self.standing.texts.remove(&account);
        self.findings.retain(|finding| !finding.speaks_of(account));
        self.groups.iter_mut().for_each(|group| forget(group, account));
    }
}

/// Leaves an account out of a group.
fn forget(group: &mut GroupResult, account: Key) {
    group.members.retain(|member| member.0 != account);
    group.shared.retain(|shared| shared.1 != account);
    group.subjects.retain(|subject| subject.0 != account);
}

/// Takes over what was said of a group last, with all members that it ever had.
fn merge(kept: &mut GroupResult, row: GroupResult) {
    let mut members = row.members;
    let known: BTreeSet<Key> = members.iter().map(|member| member.0).collect();
    members.extend(kept.members.iter().filter(|member| !known.contains(&member.0)));
    let (first, events) = (kept.first.min(row.first), kept.events.max(row.events));
    *kept = GroupResult { group: kept.group, members, first, events, ..row };
}
