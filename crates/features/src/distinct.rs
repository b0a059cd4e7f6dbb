//! How many different others a key met lately, for every length of window at once.
//!
//! Exact with the time of each while they are few. Past that, a bitmap whose bits carry the time they were last set
//! (linear counting, Whang et al. 1990, with stamps): others seen since `t` = those slots stamped since `t`. The trade
//! against HyperLogLog is range for windows: it saturates at [`Distinct::MOST`], and says so by returning that.

use events::Key;
use serde::{Deserialize, Serialize};

/// Others kept exactly within the struct, and then within one small box.
const FEW: usize = 2;
const SOME: usize = 16;
/// Slots of the stamped bitmap: 2 KiB; standard error about 3 % at 1,000.
const SLOTS: usize = 1024;
/// A stamp counts stretches of ten minutes, modulo 2^16 (455 days), so that it fits two bytes.
const STAMP_SECONDS: u32 = 600;

/// The different others that one key met.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Distinct {
    few: [(Key, u32); FEW],
    len: u8,
    more: More,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
enum More {
    #[default]
    None,
    Some(Box<[(Key, u32); SOME]>),
    Many(#[serde(with = "stamps")] Box<[u16; SLOTS]>),
}

/// The stamps of all slots, written as they are.
mod stamps {
    use super::SLOTS;
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

    pub fn serialize<S: Serializer>(slots: &[u16; SLOTS], to: S) -> Result<S::Ok, S::Error> {
        slots.as_slice().serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Box<[u16; SLOTS]>, D::Error> {
        let slots: Box<[u16]> = Deserialize::deserialize(from)?;
        let length = slots.len();
        slots.try_into().map_err(|_| de::Error::invalid_length(length, &"as many stamps as slots"))
    }
}

impl Distinct {
    /// The largest count that is told apart; all above are this.
    pub const MOST: u32 = 7_000;

    /// Notes an other (by its hash) at a second since 1970. Returns whether it is one that was not among the kept.
    pub fn push(&mut self, other: Key, second: u32) -> bool {
        match &mut self.more {
            More::Many(slots) => {
                let slot = &mut slots[slot_of(other)];
                let fresh = *slot == 0;
                *slot = stamp(second);
                fresh
            }
            More::Some(kept) => {
                let len = usize::from(self.len);
                if note(&mut kept[..len], other, second) {
                    return false;
                }
                if let Some(slot) = kept.get_mut(len) {
                    *slot = (other, second);
                    self.len += 1;
                } else {
                    let mut slots = Box::new([0_u16; SLOTS]);
                    for &(other, second) in kept.iter().chain([&(other, second)]) {
                        slots[slot_of(other)] = stamp(second);
                    }
                    self.more = More::Many(slots);
                }
                true
            }
            More::None => {
                let len = usize::from(self.len);
                if note(&mut self.few[..len], other, second) {
                    return false;
                }
                if let Some(slot) = self.few.get_mut(len) {
                    *slot = (other, second);
                } else {
                    let mut kept = Box::new([(Key::NONE, 0); SOME]);
                    kept[..FEW].copy_from_slice(&self.few);
                    kept[FEW] = (other, second);
                    self.more = More::Some(kept);
                }
                self.len += 1;
                true
            }
        }
    }

    /// How many different others were met at or after each of some seconds, as seen at `now`: exact up to 16 in all, then an
    /// estimate in steps of ten minutes.
    #[must_use]
    pub fn since<const N: usize>(&self, seconds: [u32; N], now: u32) -> [u32; N] {
        let kept: &[(Key, u32)] = match &self.more {
            More::None => &self.few[..usize::from(self.len)],
            More::Some(kept) => &kept[..usize::from(self.len)],
            More::Many(slots) => return among(slots, seconds, now).map(linear_count),
        };
        seconds.map(|second| kept.iter().filter(|(_, time)| *time >= second).count() as u32)
    }

    /// The others that are still kept by name, at most 16: none once they are too many.
    pub fn kept(&self) -> impl Iterator<Item = Key> + '_ {
        let kept: &[(Key, u32)] = match &self.more {
            More::None => &self.few[..usize::from(self.len)],
            More::Some(kept) => &kept[..usize::from(self.len)],
            More::Many(_) => &[],
        };
        kept.iter().map(|(other, _)| *other)
    }

    /// Reads a little of what noting this other will read, and nothing more: see [`Keyed`](crate::Keyed).
    #[must_use]
    pub fn glance(&self, other: Key) -> u32 {
        match &self.more {
            More::None => 0,
            More::Some(kept) => {
                kept.iter().step_by(4).map(|kept| kept.1).fold(0, u32::wrapping_add)
            }
            More::Many(slots) => u32::from(slots[slot_of(other)]),
        }
    }

    /// Bytes beyond the struct's own.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        match &self.more {
            More::None => 0,
            More::Some(_) => size_of::<[(Key, u32); SOME]>(),
            More::Many(_) => SLOTS * 2,
        }
    }
}

/// How many slots were stamped at or after each second.
fn among<const N: usize>(slots: &[u16; SLOTS], seconds: [u32; N], now: u32) -> [usize; N] {
    let newest = stamp(now);
    let reaches = seconds.map(|second| {
        let reach = (now / STAMP_SECONDS).saturating_sub(second / STAMP_SECONDS);
        reach.min(u32::from(u16::MAX) - 1) as u16
    });
    // Summed in two bytes, which hold all slots, so that many slots are compared in one step.
    let mut met = [0_u16; N];
    for &slot in slots {
        let age = age(newest, slot);
        for (met, reach) in met.iter_mut().zip(reaches) {
            *met += u16::from(slot != 0) & u16::from(age <= reach);
        }
    }
    met.map(usize::from)
}

fn slot_of(other: Key) -> usize {
    let mixed = (other.0 ^ (other.0 >> 32)).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    let mixed = (mixed ^ (mixed >> 32)).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    (mixed >> 40) as usize % SLOTS
}

fn note(kept: &mut [(Key, u32)], other: Key, second: u32) -> bool {
    for (known, time) in kept {
        if *known == other {
            *time = second.max(*time);
            return true;
        }
    }
    false
}

/// 1 to 65,535; 0 is an empty slot.
fn stamp(second: u32) -> u16 {
    ((second / STAMP_SECONDS) % 65_535 + 1) as u16
}

fn age(newest: u16, stamp: u16) -> u16 {
    // Stamps count modulo 65,535, one less than two bytes do.
    newest.wrapping_sub(stamp).wrapping_sub(u16::from(stamp > newest))
}

fn linear_count(set: usize) -> u32 {
    if set >= SLOTS - 1 {
        return Distinct::MOST;
    }
    let empty = (SLOTS - set) as f64 / SLOTS as f64;
    ((-(SLOTS as f64) * empty.ln()).round() as u32).min(Distinct::MOST)
}
