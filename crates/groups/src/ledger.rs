//! All marks of the table in two orders: by account and by subject.
//!
//! Numbers are given in the order of keys, so that they do not depend on how accounts were spread over workers.

use crate::activity::{Activity, Mark};
use events::Key;

/// The marks of a whole table, indexed. Accounts and subjects are numbered by their keys' order.
#[derive(Debug, Default)]
pub struct Ledger {
    /// Account keys, ascending.
    pub accounts: Vec<Key>,
    /// The device each account was first seen on.
    pub devices: Vec<Key>,
    /// Subject keys, ascending.
    pub subjects: Vec<Key>,
    /// Who benefits from each subject, as a number; a subject without an owner is its own.
    pub owners: Vec<u32>,
    /// Keys of who benefits, ascending.
    pub owner_keys: Vec<Key>,
    /// Marks by (subject, time, account).
    pub(crate) by_subject: Vec<Mark>,
    /// Where each subject's marks start in `by_subject`; one more than there are subjects.
    pub(crate) subject_start: Vec<usize>,
    /// Places in `by_subject` of each account's marks, in time order.
    pub(crate) by_account: Vec<u32>,
    /// Where each account's marks start in `by_account`; one more than there are accounts.
    pub(crate) account_start: Vec<usize>,
    /// Marks over an account's limit, not kept.
    pub dropped: u64,
}

impl Ledger {
    /// Joins what the workers collected.
    #[must_use]
    pub fn of(parts: Vec<Activity>) -> Ledger {
        let mut accounts: Vec<(Key, Key)> =
            parts.iter().flat_map(|part| part.actors.iter().map(|a| (a.key, a.device))).collect();
        accounts.sort_unstable();
        accounts.dedup_by_key(|account| account.0);
        let mut targets: Vec<(Key, Key)> =
            parts.iter().flat_map(|part| part.targets.iter().copied()).collect();
        // The greatest owner of a subject comes first and stands.
        targets.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)));
        targets.dedup_by_key(|target| target.0);
        let dropped = parts.iter().map(|part| part.dropped).sum();
        let mut marks = Vec::with_capacity(parts.iter().map(|part| part.marks.len()).sum());
        for part in parts {
            let account: Vec<u32> =
                part.actors.iter().map(|actor| place(&accounts, actor.key)).collect();
            let subject: Vec<u32> =
                part.targets.iter().map(|target| place(&targets, target.0)).collect();
            marks.extend(part.marks.iter().map(|mark| Mark {
                account: account[mark.account as usize],
                subject: subject[mark.subject as usize],
                ..*mark
            }));
        }
        marks.sort_unstable_by_key(|m| {
            (
                u64::from(m.subject) << 32 | u64::from(m.time),
                u64::from(m.account) << 32 | u64::from(m.sitting),
            )
        });
        let (owners, owner_keys) = number_owners(&targets);
        let mut ledger = Ledger {
            devices: accounts.iter().map(|account| account.1).collect(),
            accounts: accounts.into_iter().map(|account| account.0).collect(),
            owners,
            owner_keys,
            subjects: targets.into_iter().map(|target| target.0).collect(),
            by_subject: marks,
            dropped,
            ..Ledger::default()
        };
        ledger.index();
        ledger
    }

    fn index(&mut self) {
        self.subject_start =
            starts(self.subjects.len(), self.by_subject.iter().map(|mark| mark.subject));
        self.account_start =
            starts(self.accounts.len(), self.by_subject.iter().map(|mark| mark.account));
        let mut next = self.account_start.clone();
        self.by_account = vec![0; self.by_subject.len()];
        for (at, mark) in self.by_subject.iter().enumerate() {
            let slot = &mut next[mark.account as usize];
            self.by_account[*slot] = at as u32;
            *slot += 1;
        }
        for account in 0..self.accounts.len() {
            let range = self.account_start[account]..self.account_start[account + 1];
            let marks = &self.by_subject;
            self.by_account[range].sort_unstable_by_key(|&at| (marks[at as usize].time, at));
        }
    }

    /// How many marks the table holds.
    #[must_use]
    pub fn marks(&self) -> usize {
        self.by_subject.len()
    }

    /// Who benefits from a subject; the subject itself where nobody is named.
    #[must_use]
    pub fn owner(&self, subject: u32) -> Key {
        self.owner_keys[self.owners[subject as usize] as usize]
    }

    /// A subject's marks, in time order.
    pub(crate) fn of_subject(&self, subject: u32) -> &[Mark] {
        let at = subject as usize;
        &self.by_subject[self.subject_start[at]..self.subject_start[at + 1]]
    }

    /// An account's marks, in time order.
    pub(crate) fn of_account(&self, account: u32) -> impl Iterator<Item = &Mark> {
        self.places(account).iter().map(|&at| &self.by_subject[at as usize])
    }

    /// Places in `by_subject` of an account's marks, in time order.
    pub(crate) fn places(&self, account: u32) -> &[u32] {
        let at = account as usize;
        &self.by_account[self.account_start[at]..self.account_start[at + 1]]
    }

    /// The times of the first and the last mark, in seconds; `None` for an empty table.
    pub(crate) fn span(&self) -> Option<(u32, u32)> {
        let first = self.by_subject.iter().map(|mark| mark.time).min()?;
        let last = self.by_subject.iter().map(|mark| mark.time).max()?;
        Some((first, last))
    }
}

fn place(sorted: &[(Key, Key)], key: Key) -> u32 {
    sorted.partition_point(|entry| entry.0 < key) as u32
}

fn number_owners(targets: &[(Key, Key)]) -> (Vec<u32>, Vec<Key>) {
    let owner = |target: &(Key, Key)| if target.1.is_some() { target.1 } else { target.0 };
    let mut keys: Vec<Key> = targets.iter().map(owner).collect();
    keys.sort_unstable();
    keys.dedup();
    let numbers =
        targets.iter().map(|t| keys.partition_point(|key| *key < owner(t)) as u32).collect();
    (numbers, keys)
}

fn starts(count: usize, numbers: impl Iterator<Item = u32>) -> Vec<usize> {
    let mut starts = vec![0usize; count + 1];
    for number in numbers {
        starts[number as usize + 1] += 1;
    }
    for at in 0..count {
        starts[at + 1] += starts[at];
    }
    starts
}
