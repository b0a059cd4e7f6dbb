//! All marks of the table in two orders: by account and by subject.
//!
//! Numbers are given in the order of keys, so that they do not depend on how accounts were spread over workers.

use crate::activity::{Activity, Actor, Mark};
use events::Key;

/// The marks of a whole table, indexed. Accounts and subjects are numbered by their keys' order.
#[derive(Debug, Default)]
pub struct Ledger {
    /// Account keys, ascending.
    pub accounts: Vec<Key>,
    /// The device each account was first seen on.
    pub devices: Vec<Key>,
    /// Whether the table saw each account register.
    pub registered: Vec<bool>,
    /// The second from which each account can have left marks: that of its first event where the table saw it register, and
    /// 0 for whoever was there before.
    pub since: Vec<u32>,
    /// Subject keys, ascending.
    pub subjects: Vec<Key>,
    /// Whether the table names an owner of each subject.
    pub owned: Vec<bool>,
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
    /// The times of all marks, ascending.
    pub(crate) times: Vec<u32>,
    /// The least amount of an order that is not given away: about a hundredth of the table's middle one, and 1 at least.
    pub(crate) least_sale: i64,
    /// Marks over an account's limit, not kept.
    pub dropped: u64,
}

/// A sixty-fourth of the power of two below the middle amount.
fn least_sale(parts: &[Activity]) -> i64 {
    let count = |bits: usize| parts.iter().map(|part| part.prices[bits]).sum::<u64>();
    let all: u64 = (0..=63).map(count).sum();
    let mut before = 0;
    let middle = (0..=63usize).find(|&bits| {
        before += count(bits);
        2 * before > all
    });
    middle.map_or(1, |bits| (1i64 << bits.saturating_sub(1)) / 64).max(1)
}

impl Ledger {
    /// Joins what the workers collected.
    #[must_use]
    pub fn of(parts: Vec<Activity>) -> Ledger {
        let actors = parts.iter().flat_map(|part| &part.actors);
        let since = |actor: &Actor| if actor.registered { actor.first } else { 0 };
        let mut accounts: Vec<Account> =
            actors.map(|actor| (actor.key, actor.device, actor.registered, since(actor))).collect();
        accounts.sort_unstable();
        accounts.dedup_by_key(|account| account.0);
        let mut targets: Vec<(Key, Key)> =
            parts.iter().flat_map(|part| part.targets.iter().copied()).collect();
        // The greatest owner of a subject comes first and stands.
        targets.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)));
        targets.dedup_by_key(|target| target.0);
        let dropped = parts.iter().map(|part| part.dropped).sum();
        let least_sale = least_sale(&parts);
        let marks = joined(parts, &accounts, &targets);
        let mut times: Vec<u32> = marks.iter().map(|mark| mark.time).collect();
        times.sort_unstable();
        let (owners, owner_keys) = number_owners(&targets);
        let mut ledger = Ledger {
            devices: accounts.iter().map(|account| account.1).collect(),
            registered: accounts.iter().map(|account| account.2).collect(),
            since: accounts.iter().map(|account| account.3).collect(),
            accounts: accounts.into_iter().map(|account| account.0).collect(),
            owned: targets.iter().map(|target| target.1.is_some()).collect(),
            owners,
            owner_keys,
            subjects: targets.into_iter().map(|target| target.0).collect(),
            by_subject: marks,
            times,
            least_sale,
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
        Some((*self.times.first()?, *self.times.last()?))
    }
}

/// An account with the device it was first seen on, whether the table saw it register, and since when it was there.
type Account = (Key, Key, bool, u32);

/// The marks of all parts under the table's numbers, in order: each part is sorted on a thread of its own.
fn joined(parts: Vec<Activity>, accounts: &[Account], targets: &[(Key, Key)]) -> Vec<Mark> {
    let renumber = |part: Activity| {
        let account: Vec<u32> =
            part.actors.iter().map(|actor| place(accounts, |a| a.0 < actor.key)).collect();
        let subject: Vec<u32> =
            part.targets.iter().map(|target| place(targets, |t| t.0 < target.0)).collect();
        let mut marks = part.marks;
        for mark in &mut marks {
            mark.account = account[mark.account as usize];
            mark.subject = subject[mark.subject as usize];
        }
        marks.sort_unstable_by_key(order);
        marks
    };
    let sorted: Vec<Vec<Mark>> = std::thread::scope(|scope| {
        let threads: Vec<_> =
            parts.into_iter().map(|part| scope.spawn(|| renumber(part))).collect();
        // A thread that died must not pass for one that found nothing.
        let ended = |panic| std::panic::resume_unwind(panic);
        threads.into_iter().map(|thread| thread.join().unwrap_or_else(ended)).collect()
    });
    let mut marks = Vec::with_capacity(sorted.iter().map(Vec::len).sum());
    sorted.into_iter().for_each(|part| marks.extend(part));
    // Runs that are in order already are merged, not sorted again.
    marks.sort_by_key(order);
    marks
}

fn order(mark: &Mark) -> (u64, u64) {
    let pair = |high: u32, low: u32| u64::from(high) << 32 | u64::from(low);
    (pair(mark.subject, mark.time), pair(mark.account, mark.occasion))
}

fn place<T>(sorted: &[T], before: impl Fn(&T) -> bool) -> u32 {
    sorted.partition_point(before) as u32
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
