//! Many accounts on one thing: what the detectors of shared devices, addresses and instruments have in common.
//!
//! For each key the different accounts of the last hour, day and week; the worst of each is kept for the spread over
//! all keys ([`Usual`]), which decides in the end what is too many for such a thing in this table.

use crate::net02::Claimed;
use crate::open::{Open, add_member};
use crate::usual::{Statistic, Usual};
use crate::{Code, Finding, net01, vel02, vel03};
use events::{Entity, EntityKind, EventTime, Key};
use features::{Distinct, Reach, Touch};
use serde::{Deserialize, Serialize};

/// The windows over which accounts are counted.
pub(crate) const REACHES: [Reach; 3] = [Reach::Hour, Reach::Day, Reach::Week];
/// Names of the counts in evidence, in the order of [`REACHES`].
pub(crate) const NAMES: [&str; 3] = ["accounts_hour", "accounts_day", "accounts_week"];
/// Bits by the prior at which a key becomes a candidate and its accounts are written down.
pub(crate) const CANDIDATE_BITS: f64 = 3.0;

/// One key's sharing.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Sharing {
    accounts: Distinct,
    pub(crate) last: u32,
    worst: [u16; 3],
    /// Of a device.
    pub(crate) claimed: Claimed,
}

/// A kind of entity whose sharing is watched: by which detector, and what sharing is by prior. The share of such keys
/// with at least x accounts is `(x / start)^-exponent`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Watched {
    pub(crate) kind: EntityKind,
    pub(crate) code: Code,
    pub(crate) start: f64,
    pub(crate) exponent: f64,
}

/// All kinds that are watched; a kind's place here is its row wherever rows are kept.
pub(crate) const WATCHED: [Watched; 6] = [
    vel02::WATCHED[0],
    vel03::WATCHED[0],
    vel03::WATCHED[1],
    net01::WATCHED[0],
    net01::WATCHED[1],
    net01::WATCHED[2],
];

/// The row of a kind, if it is watched.
pub(crate) fn row(kind: EntityKind) -> Option<usize> {
    WATCHED.iter().position(|watched| watched.kind == kind)
}

/// The smallest count of each reach that the prior finds worth writing down.
pub(crate) fn floors(kind: EntityKind) -> [u16; 3] {
    let nothing = Usual::default();
    REACHES.map(|reach| {
        let rare = |n: &u16| {
            nothing.bits(Statistic::Sharing(kind, reach), f64::from(*n)) >= CANDIDATE_BITS
        };
        (2..u16::MAX).find(rare).unwrap_or(u16::MAX)
    })
}

impl Sharing {
    /// Takes a touch of the key by an account.
    pub(crate) fn observe(
        &mut self,
        touch: &Touch,
        row: usize,
        floors: [u16; 3],
        open: &mut Open,
        out: &mut Vec<Finding>,
    ) {
        let second = second(touch.time);
        self.last = self.last.max(second);
        let fresh = self.accounts.push(touch.other, second);
        let code = WATCHED[row].code;
        let entity = Entity { kind: touch.entity, key: touch.key };
        // Only somebody else than before can raise a count of different accounts.
        if !fresh {
            return;
        }
        let counts = within(&self.accounts, second);
        let raised = (0..3).any(|i| counts[i] > self.worst[i] && counts[i] >= floors[i]);
        for (worst, count) in self.worst.iter_mut().zip(counts) {
            *worst = (*worst).max(count);
        }
        if !raised {
            open.name(code, entity, touch.time, touch.other);
            return;
        }
        let finding = open.at(code, entity, touch.time, out);
        for account in self.accounts.kept() {
            add_member(finding, account);
        }
        add_member(finding, touch.other);
        (finding.time, finding.event) = (touch.time, touch.event);
        finding.evidence = NAMES.iter().zip(counts).map(|(n, c)| (*n, f64::from(c))).collect();
        finding.bits = 0.0;
    }

    /// The accounts that are still kept by name.
    pub(crate) fn accounts(&self) -> impl Iterator<Item = Key> + '_ {
        self.accounts.kept()
    }

    /// Whether there has been a finding.
    pub(crate) fn is_found(&self, floors: [u16; 3]) -> bool {
        self.claimed.is_found()
            || self.worst.iter().zip(floors).any(|(worst, floor)| *worst >= floor)
    }

    /// Notes the worst of each window in the spread over all keys.
    pub(crate) fn note(&self, kind: EntityKind, usual: &mut Usual) {
        for (reach, worst) in REACHES.into_iter().zip(self.worst) {
            usual.note(Statistic::Sharing(kind, reach), f64::from(worst.max(1)));
        }
        self.claimed.note(usual);
    }

    /// Reads what a touch by this account will read.
    pub(crate) fn glance(&self, account: Key) -> u32 {
        self.accounts.glance(account)
    }

    /// Bytes beyond the struct's own.
    pub(crate) fn heap_bytes(&self) -> usize {
        self.accounts.heap_bytes()
    }
}

/// The bits and the score of a finding, from its evidence against what is usual. Choosing the worst of three windows costs log2(3) bits.
pub(crate) fn judge(usual: &Usual, finding: &Finding) -> (f32, f32) {
    let mut best = (f64::NEG_INFINITY, 0.0);
    for (reach, name) in REACHES.into_iter().zip(NAMES) {
        let Some((_, count)) = finding.evidence.iter().find(|(n, _)| *n == name) else { continue };
        let statistic = Statistic::Sharing(finding.entity.kind, reach);
        let bits = usual.bits(statistic, *count) - 3_f64.log2();
        if bits > best.0 {
            best = (bits, usual.score(statistic, bits));
        }
    }
    (best.0 as f32, best.1 as f32)
}

/// How many different others were met within each of [`REACHES`] up to a second.
pub(crate) fn within(met: &Distinct, second: u32) -> [u16; 3] {
    let starts = REACHES.map(|reach| second.saturating_sub(reach.seconds() - 1));
    met.since(starts, second).map(|count| count.min(u32::from(u16::MAX)) as u16)
}

/// Whole seconds since 1970 of an event time; earlier is 0, later than 2106 is the last second.
pub(crate) fn second(time: EventTime) -> u32 {
    time.seconds().clamp(0, i64::from(u32::MAX)) as u32
}
