//! SEQ04 days without rest: an account acts for three days and nights or more without a pause in which a person could sleep.
//!
//! What is usual is how long the table's other accounts go on that act as much. Several hands on one account look the same, so it is
//! weak: told of one account it never makes a class of evidence, and of a group it is one of the least signs. Shops whose staff
//! answers in shifts are passed over. See docs/detectors/SEQ04-days-without-rest.md.

use crate::chance::bits_clustered;
use crate::gear::MOST_ALONE;
use crate::seq01::is_by_hand;
use crate::{Class, Code, Finding};
use events::{Entity, EntityKind, Event, EventTime, Key, Kind};
use features::{Wake, Waking};

/// Seconds without a rest from which no single person is behind it: three days.
const WITHOUT: u32 = 3 * 86_400;
/// Fewer acts cannot fill three days: nothing is known of such an account.
const FEWEST_ACTS: u32 = WITHOUT / Waking::REST + 1;
/// Hours for which anybody is up: beyond them the tail begins.
const DAY_HOURS: f64 = 16.0;
/// Accounts that rest and act as much as one of which this is told: with fewer nobody knows what is usual.
const FEWEST_OTHERS: usize = 50;
/// An account is compared with those that have at least so much of its acts.
const AS_ACTIVE: u32 = 4;
/// Of the accounts one in so many goes without rest where accounts are not people's.
const HANDS: usize = 8;
/// The exponent of the tail where it is not known, and how many accounts that counts for. Who is up for twice as long is one in sixteen
/// at least: one person in twenty stays up for a night now and then, one in a thousand for two.
const PRIOR_EXPONENT: f64 = 4.0;
const PRIOR_ACCOUNTS: f64 = 4.0;
/// The tail is never taken to be steeper.
const STEEPEST: f64 = 6.0;
/// Bits for the choice of what is as active: there are hardly more than four fourfold steps from the fewest acts to the most.
const CHOICE_BITS: f64 = 2.0;
/// Bits beyond the price from which an account is named.
const STANDS: f64 = 6.0;
/// An account is a desk that answers if its answers outnumber all else by this part of its acts.
const DESK: u32 = 4;
/// The fewest members of a group of whom it can be told.
const FEWEST_MEMBERS: usize = 5;
/// How alike the members of one real group are, as the size of a beta distribution: as of what accounts come with.
const LIKENESS: f64 = 1.0;
/// The most that it adds to a group: so little that with the other weak signs it is never a class of evidence of its own.
const MOST_TOGETHER: f64 = 0.5;

/// The acts of one account by the clock: 40 bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hours {
    waking: Waking,
    /// By how much answers to `owner`'s goods outnumber all else.
    lead: u32,
    owner: Key,
}

const _: () = assert!(size_of::<Hours>() == 40);

impl Hours {
    /// Takes an event of the account.
    pub fn observe(&mut self, event: &Event) {
        // Of other kinds nobody knows whose hand they were.
        if !is_by_hand(event.kind) || event.kind == Kind::Other {
            return;
        }
        self.waking.push(crate::fanout::second(event.time));
        // Majority vote (Boyer & Moore): whose goods most of the acts answer under, if it is one owner's.
        let answers = event.kind == Kind::Comment || event.owner == event.actor;
        match event.owner {
            owner if answers && owner.is_some() && (self.lead == 0 || owner == self.owner) => {
                (self.owner, self.lead) = (owner, self.lead.saturating_add(1));
            }
            _ => self.lead = self.lead.saturating_sub(1),
        }
    }

    /// Whether it answers under one owner's goods and does little else.
    fn is_desk(&self) -> bool {
        self.lead >= (self.waking.events() / DESK).max(1)
    }

    /// Whether enough is known of it.
    fn is_known(&self) -> bool {
        self.waking.events() >= FEWEST_ACTS
    }

    /// Whether it went without rest for longer than a person can.
    fn is_restless(&self) -> bool {
        self.waking.longest().seconds >= WITHOUT && !self.is_desk()
    }
}

/// The hours of a table's accounts.
#[derive(Clone, Debug, Default)]
pub struct Rests {
    /// By account; those of which nothing is known are left out.
    accounts: Vec<(Key, Hours)>,
    restless: usize,
}

/// What a group shows of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Together {
    /// The share of its members who go without rest.
    pub share: f64,
    /// The same of the other accounts of the table.
    pub elsewhere: f64,
    /// What that is worth.
    pub bits: f64,
}

impl Together {
    /// Its word as a test of groups.
    pub const NAME: &'static str = "without_rest";

    /// Its class of evidence.
    #[must_use]
    pub fn class() -> Class {
        Code::Seq04.entry().class
    }
}

/// How far the accounts that act as much go on.
#[derive(Clone, Copy, Debug, Default)]
struct Usual {
    /// How many rest.
    others: f64,
    /// Of them, those that were up for longer than a day once.
    long: f64,
    /// By how much, as the sum of logarithms of times that.
    logs: f64,
}

impl Usual {
    /// Bits of a stretch of that many hours: a power law from the length of a day on, with the exponent that the others have
    /// (Hill), shrunk to the prior's.
    fn bits(&self, hours: f64) -> f64 {
        let exponent = (self.long + PRIOR_ACCOUNTS) / (self.logs + PRIOR_ACCOUNTS / PRIOR_EXPONENT);
        let share = (self.long + 1.0) / (self.others + 2.0);
        exponent.min(STEEPEST) * (hours / DAY_HOURS).max(1.0).log2() - share.log2()
    }

    /// What the choice among as many costs.
    fn price(&self) -> f64 {
        (self.others + 1.0).log2() + CHOICE_BITS
    }
}

impl Rests {
    /// Takes an account; each comes once.
    pub fn note(&mut self, account: Key, hours: Hours) {
        if hours.is_known() {
            self.restless += usize::from(hours.is_restless());
            self.accounts.push((account, hours));
        }
    }

    /// Adds up what several workers saw. The order of the parts does not matter.
    #[must_use]
    pub fn merge(parts: Vec<Rests>) -> Rests {
        let mut whole = Rests::default();
        for part in parts {
            whole.restless += part.restless;
            whole.accounts.extend(part.accounts);
        }
        whole.accounts.sort_unstable_by_key(|account| account.0);
        whole
    }

    /// The accounts that go without rest beyond the others, in the order of accounts.
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        if self.restless == 0 || self.restless * HANDS > self.accounts.len() {
            return Vec::new();
        }
        let rested = self.rested();
        let mut found = Vec::new();
        for (account, hours) in self.accounts.iter().filter(|entry| entry.1.is_restless()) {
            let Some(usual) = as_active(&rested, hours.waking.events()) else { continue };
            let wake = hours.waking.longest();
            let tail = usual.bits(f64::from(wake.seconds) / 3600.0);
            if tail - usual.price() >= STANDS {
                found.push(finding(*account, hours.waking.events(), (wake, tail), &usual));
            }
        }
        found
    }

    /// Of accounts that rest, the most active first: acts, and what all so far say. Those that go without say nothing of what is usual,
    /// or a farm would hide behind itself; nor do desks.
    fn rested(&self) -> Vec<(u32, Usual)> {
        let rests = |hours: &Hours| hours.waking.longest().seconds < WITHOUT && !hours.is_desk();
        let own = self.accounts.iter().map(|entry| entry.1).filter(rests);
        let mut own: Vec<(u32, u32)> =
            own.map(|hours| (hours.waking.events(), hours.waking.longest().seconds)).collect();
        own.sort_unstable_by(|a, b| b.cmp(a));
        let mut sum = Usual::default();
        let mut rested = Vec::with_capacity(own.len());
        for (acts, seconds) in own {
            let times = f64::from(seconds) / (DAY_HOURS * 3600.0);
            sum.others += 1.0;
            if times > 1.0 {
                (sum.long, sum.logs) = (sum.long + 1.0, sum.logs + times.ln());
            }
            rested.push((acts, sum));
        }
        rested
    }

    /// What a group of accounts shows beyond the rest of the table.
    #[must_use]
    pub fn of_group(&self, members: &[Key]) -> Option<Together> {
        if self.restless * HANDS > self.accounts.len() {
            return None;
        }
        let (mut known, mut showing) = (0, 0);
        for member in members {
            let Ok(at) = self.accounts.binary_search_by_key(member, |entry| entry.0) else {
                continue;
            };
            known += 1;
            showing += usize::from(self.accounts[at].1.is_restless());
        }
        if known < FEWEST_MEMBERS || showing == 0 {
            return None;
        }
        let others = self.accounts.len().saturating_sub(known) as f64;
        let alike = self.restless.saturating_sub(showing) as f64;
        let elsewhere = (alike + 1.0) / (others + 2.0);
        let bits = bits_clustered(showing, known, elsewhere, LIKENESS).min(MOST_TOGETHER);
        let share = showing as f64 / known as f64;
        (bits > 0.0).then_some(Together { share, elsewhere, bits })
    }
}

/// What accounts say that have at least a part of so many acts; of the most active ones at least [`FEWEST_OTHERS`].
fn as_active(rested: &[(u32, Usual)], acts: u32) -> Option<Usual> {
    let as_much = rested.partition_point(|entry| entry.0 >= acts / AS_ACTIVE);
    Some(rested.get(as_much.max(FEWEST_OTHERS) - 1)?.1)
}

fn finding(account: Key, acts: u32, (wake, tail): (Wake, f64), usual: &Usual) -> Finding {
    let bits = (tail - usual.price()).min(MOST_ALONE);
    Finding {
        code: Code::Seq04,
        entity: Entity { kind: EntityKind::Account, key: account },
        time: EventTime(i64::from(wake.ended) * EventTime::SECOND),
        event: Key::NONE,
        score: (1.0 - (-bits).exp2()) as f32,
        bits: bits as f32,
        evidence: vec![
            ("hours_without_rest", f64::from(wake.seconds) / 3600.0),
            ("acts_without_rest", f64::from(wake.events)),
            ("acts", f64::from(acts)),
            ("rest_hours", f64::from(Waking::REST) / 3600.0),
            ("accounts_as_active", usual.others),
            ("accounts_up_long", usual.long),
            ("long_logs", usual.logs),
            ("tail_bits", tail),
            ("price_bits", usual.price()),
            ("most_bits", MOST_ALONE),
        ],
        members: Vec::new(),
    }
}

/// What a finding's evidence says of the tail and the price, worked out again. None if it is not such evidence.
#[must_use]
pub fn derive(evidence: &[(&'static str, f64)]) -> Option<[f64; 2]> {
    let value = |name| evidence.iter().find(|part| part.0 == name).map(|part| part.1);
    let usual = Usual {
        others: value("accounts_as_active")?,
        long: value("accounts_up_long")?,
        logs: value("long_logs")?,
    };
    Some([usual.bits(value("hours_without_rest")?), usual.price()])
}

#[cfg(test)]
mod tests;
