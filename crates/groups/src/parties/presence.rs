//! Presence: accounts that look at one thing for minutes, on one device, all at once.
//!
//! A family's tablet, a class's and a terminal's serve one person after the other. That two accounts stay at one stream at
//! the same time on one device takes two screens in one, and a rack of such devices takes somebody who sells presence. Some
//! tables note a view as it begins, some as it ends: stays overlap only if they do either way.

use super::lives::{Life, Lives};
use super::visitors::{LEAST_STAY, Stay};
use super::{LIKENESS, Party, SPEAKS, Told, meeting_time};
use crate::group::Test;
use detectors::Class;
use detectors::chance::bits_clustered;
use events::Key;
use std::collections::BTreeMap;

/// The fewest accounts and devices of a rack: who likes to be in a stream twice has two telephones at most.
const FEWEST: (usize, usize) = (6, 3);
/// Accounts on shared devices of whom none is at once with another, granted before any are seen: a screen shows one thing.
const KNOWN: f64 = 100.0;
/// The most bits of each test: neither condemns without the other. One fingerprint can stand for a batch of devices.
const MOST_AT_ONCE: f64 = 8.0;
const MOST_ONE_OWNER: f64 = 6.0;

/// Who was at one owner's things at once with another account of the same device.
#[derive(Debug, Default)]
pub(crate) struct Rack {
    owner: Key,
    /// Places of the devices, ascending.
    devices: Vec<usize>,
    /// (account, subject, milliseconds), by time.
    pub stays: Vec<(Key, Key, i64)>,
    /// The end of the last stay, in milliseconds.
    until: i64,
}

/// The racks among the stays on each device, by owner.
pub(crate) fn racks(stays: &[Vec<Stay>]) -> Vec<Rack> {
    let mut racks: BTreeMap<Key, Rack> = BTreeMap::new();
    for (device, own) in stays.iter().enumerate() {
        for place in at_once(own) {
            let stay = &own[place];
            let rack = racks.entry(stay.owner).or_default();
            rack.owner = stay.owner;
            if rack.devices.last() != Some(&device) {
                rack.devices.push(device);
            }
            rack.stays.push((stay.account, stay.subject, stay.at));
            rack.until = rack.until.max(stay.at + stay.lasted);
        }
    }
    let mut racks: Vec<Rack> = racks.into_values().collect();
    racks.retain(|rack| rack.devices.len() >= FEWEST.1 && rack.accounts().len() >= FEWEST.0);
    racks.iter_mut().for_each(|rack| rack.stays.sort_unstable_by_key(|s| (s.2, s.0, s.1)));
    racks
}

impl Rack {
    /// Its accounts, ascending.
    pub fn accounts(&self) -> Vec<Key> {
        let mut accounts: Vec<Key> = self.stays.iter().map(|stay| stay.0).collect();
        accounts.sort_unstable();
        accounts.dedup();
        accounts
    }
}

/// Places of the stays, in order of time, at which another account stayed at the same thing.
fn at_once(stays: &[Stay]) -> Vec<usize> {
    let mut found = Vec::new();
    for (at, one) in stays.iter().enumerate() {
        for (beside, other) in stays.iter().enumerate().skip(at + 1) {
            if other.at - one.at > one.lasted {
                break;
            }
            let differ = other.account != one.account && other.subject == one.subject;
            if differ && overlap(one, other) >= LEAST_STAY {
                found.extend([at, beside]);
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// Milliseconds for which two stays overlap, whichever end of them was noted.
fn overlap(x: &Stay, y: &Stay) -> i64 {
    let begun = (x.at + x.lasted).min(y.at + y.lasted) - x.at.max(y.at);
    let ended = x.at.min(y.at) - (x.at - x.lasted).max(y.at - y.lasted);
    begun.min(ended)
}

/// The racks as parties.
pub(crate) fn parties(racks: &[Rack], stays: &[Vec<Stay>], lives: &Lives) -> Vec<Party> {
    let crowded: Vec<(usize, usize)> = stays.iter().map(|own| counted(own)).collect();
    let price = (racks.len().max(1) as f64).log2();
    racks.iter().map(|rack| party(rack, stays, &crowded, (lives, price))).collect()
}

/// Accounts of one device that were at once with another, and all that stayed there.
fn counted(stays: &[Stay]) -> (usize, usize) {
    let distinct = |mut accounts: Vec<Key>| {
        accounts.sort_unstable();
        accounts.dedup();
        accounts.len()
    };
    let at_once = at_once(stays).into_iter().map(|place| stays[place].account).collect();
    (distinct(at_once), distinct(stays.iter().map(|stay| stay.account).collect()))
}

fn party(
    rack: &Rack,
    stays: &[Vec<Stay>],
    crowded: &[(usize, usize)],
    (lives, price): (&Lives, f64),
) -> Party {
    let accounts = rack.accounts();
    let here = rack.devices.iter().flat_map(|&device| &stays[device]).map(|stay| stay.account);
    let mut here: Vec<Key> = here.collect();
    here.sort_unstable();
    here.dedup();
    let (mut others, mut all) = (0, 0);
    for (device, (at_once, known)) in crowded.iter().enumerate() {
        if rack.devices.binary_search(&device).is_err() {
            (others, all) = (others + at_once, all + known);
        }
    }
    let elsewhere = (others as f64 + 1.0) / (all as f64 + KNOWN);
    let bits = bits_clustered(accounts.len(), here.len(), elsewhere, LIKENESS) - price;
    let at_once = Test {
        name: "at_once",
        class: Class::Device,
        observed: accounts.len() as f64 / here.len().max(1) as f64,
        expected: elsewhere,
        bits: bits.clamp(0.0, MOST_AT_ONCE),
    };
    let told = Told::of(&accounts, &accounts, lives, Life::has_one_owner);
    let one_owner = told.test("one_owner", Class::Path, MOST_ONE_OWNER);
    // Who has another life is not accused for the others' lack of one: two of a family at one stream.
    let alone = one_owner.bits >= SPEAKS;
    let member = |account: Key| !alone || !lives.of(account).several;
    let (first, last) = (rack.stays.first().map_or(0, |stay| stay.2), rack.until);
    let own = rack.stays.iter().filter(|stay| member(stay.0));
    let meetings = own.map(|stay| (stay.0, stay.1, meeting_time(stay.2))).collect();
    let owner = (rack.owner, (meeting_time(first), meeting_time(last)));
    Party::new(meetings, vec![owner], vec![at_once, one_owner], false)
}
