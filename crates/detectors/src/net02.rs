//! NET02 device integrity: more devices on one account than accounts have in this table, and a device that claims systems
//! between which no device passes.
//!
//! Here is what streams: the devices of an account in an hour, day and week, and the turns of a device from one family of
//! systems to another. What an account's clients say they are is weighed over the whole table (see [`gear`](crate::gear)).
//! Two telephones, a reinstallation, terminals in a hall and browsers that look new each time are all honest; the table says how
//! far that goes. See docs/detectors/NET02-device-integrity.md.

use crate::fanout::{CANDIDATE_BITS, REACHES, second, within};
use crate::open::{Open, add_member};
use crate::usual::{Statistic, Usual};
use crate::{Code, Finding};
use events::{Entity, EntityKind, Key, System};
use features::{Distinct, Touch};
use serde::{Deserialize, Serialize};

/// Names of the counts in evidence, in the order of [`REACHES`].
const NAMES: [&str; 3] = ["devices_hour", "devices_day", "devices_week"];
/// The same of a device's turns.
const TURNS: &str = "system_turns";
/// Turns from which a device is a candidate: one is a mistaken text, two are there and back.
const FEWEST_TURNS: u16 = 3;

/// The first device that one account came with, and, in its lowest bit, whether there has been a finding of those that
/// followed: 4 bytes.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Carried(u32);

/// The bit that says so.
const FOUND: u32 = 1;

/// The devices of an account that came with more than one.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Several {
    devices: Distinct,
    worst: [u16; 3],
}

/// The smallest count of devices that the prior finds worth writing down.
pub(crate) fn floor() -> u16 {
    let nothing = Usual::default();
    let rare =
        |n: &u16| nothing.bits(Statistic::Devices(REACHES[0]), f64::from(*n)) >= CANDIDATE_BITS;
    (2..u16::MAX).find(rare).unwrap_or(u16::MAX)
}

impl Carried {
    /// Takes an account's own touch: whether the account is known to have several devices from here on, and which the first
    /// was.
    pub(crate) fn is_another(&mut self, touch: &Touch) -> Option<Key> {
        if touch.other.is_none() {
            return None;
        }
        let short = short(touch.other);
        if self.0 == 0 {
            self.0 = short;
        }
        let first = self.0 & !FOUND;
        (first != short).then_some(Key(u64::from(first)))
    }

    /// Whether there has been a finding.
    pub(crate) fn is_found(self) -> bool {
        self.0 & FOUND != 0
    }

    /// Notes the worst of each window in the spread over all accounts with a device.
    pub(crate) fn note(self, several: Option<&Several>, usual: &mut Usual) {
        if self.0 == 0 {
            return;
        }
        let worst = several.map_or([1; 3], |several| several.worst);
        for (reach, worst) in REACHES.into_iter().zip(worst) {
            usual.note(Statistic::Devices(reach), f64::from(worst.max(1)));
        }
    }
}

/// Half of a key is enough to tell an account's devices apart.
fn short(device: Key) -> u32 {
    (device.0 as u32 & !FOUND).max(2)
}

impl Several {
    /// Takes an account's own touch by another device than its `first`, which was there last at `last`.
    pub(crate) fn observe(
        &mut self,
        (touch, floor): (&Touch, u16),
        (carried, first, last): (&mut Carried, Key, u32),
        open: &mut Open,
        out: &mut Vec<Finding>,
    ) {
        let second = second(touch.time);
        if self.worst[0] == 0 {
            self.devices.push(first, last);
        }
        if !self.devices.push(Key(u64::from(short(touch.other))), second) {
            return;
        }
        let counts = within(&self.devices, second);
        let raised = (0..3).any(|at| counts[at] > self.worst[at] && counts[at] >= floor);
        for (worst, count) in self.worst.iter_mut().zip(counts) {
            *worst = (*worst).max(count);
        }
        if raised {
            carried.0 |= FOUND;
            let entity = Entity { kind: EntityKind::Account, key: touch.key };
            let finding = open.at(Code::Net02, entity, touch.time, out);
            (finding.time, finding.event) = (touch.time, touch.event);
            finding.evidence = NAMES.into_iter().zip(counts.map(f64::from)).collect();
            finding.bits = 0.0;
        }
    }

    /// Bytes beyond the struct's own.
    pub(crate) fn heap_bytes(&self) -> usize {
        self.devices.heap_bytes()
    }
}

/// The families of systems that one device claimed, in turn.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Claimed {
    system: System,
    turns: u16,
}

impl Claimed {
    /// Takes a touch of the device; `accounts` are those known on it.
    pub(crate) fn observe(
        &mut self,
        touch: &Touch,
        accounts: impl Iterator<Item = Key>,
        open: &mut Open,
        out: &mut Vec<Finding>,
    ) {
        if touch.system == System::Unknown || touch.system == self.system {
            return;
        }
        let before = std::mem::replace(&mut self.system, touch.system);
        if before == System::Unknown {
            return;
        }
        self.turns = self.turns.saturating_add(1);
        if self.turns >= FEWEST_TURNS {
            let entity = Entity { kind: EntityKind::Device, key: touch.key };
            let finding = open.at(Code::Net02, entity, touch.time, out);
            accounts.for_each(|account| add_member(finding, account));
            add_member(finding, touch.other);
            (finding.time, finding.event) = (touch.time, touch.event);
            finding.evidence = vec![(TURNS, f64::from(self.turns))];
            finding.bits = 0.0;
        }
    }

    /// Whether there has been a finding.
    pub(crate) fn is_found(self) -> bool {
        self.turns >= FEWEST_TURNS
    }

    /// Notes the turns in the spread over all devices that claimed a system.
    pub(crate) fn note(self, usual: &mut Usual) {
        if self.system != System::Unknown {
            usual.note(Statistic::Turns, f64::from(self.turns.max(1)));
        }
    }
}

/// The bits and the score of a finding, from its evidence against what is usual. Choosing the worst of three windows costs log2(3) bits.
pub(crate) fn judge(usual: &Usual, finding: &Finding) -> (f32, f32) {
    let mut best = (f64::NEG_INFINITY, 0.0);
    for &(name, value) in &finding.evidence {
        let (statistic, price) = match NAMES.iter().position(|known| *known == name) {
            Some(at) => (Statistic::Devices(REACHES[at]), 3_f64.log2()),
            None if name == TURNS => (Statistic::Turns, 0.0),
            // What the whole table says is settled where it is found.
            None => continue,
        };
        let bits = usual.bits(statistic, value) - price;
        if bits > best.0 {
            best = (bits, usual.score(statistic, bits));
        }
    }
    (best.0 as f32, best.1 as f32)
}
