//! How couriers deal out numbers and book parcels, and what of it is odd without being anybody's fault.
//!
//! A merchant draws from prepaid batches, an outlet's counter from a roll, a fifth of the shops from a carrier's pool that serves
//! the whole country; other platforms' parcels take numbers between. Warehouses send for a dozen shops from one roll, a
//! village's parcels are booked when the van comes, one outlet's clock is wrong, another uploads late, some goods fly, an
//! outlet closes for a holiday. Only worlds with forged tracks have couriers: elsewhere numbers are letters, as tokens are.

use crate::calendar::{DAY, HOUR, SECOND};
use crate::dice::Dice;
use crate::name::{Name, Space};
use crate::town::Town;

/// Numbers of a carrier's sequence, and how many there are of it in a name.
const SEQUENCE: u64 = 1 << 44;
/// Carriers by their letters.
pub(crate) const CARRIERS: [&str; 3] = ["YT", "JT", "SF"];
/// When the van comes, and an outlet's late scanner finds a network.
const EVENING: i64 = 18 * HOUR;

/// Numbers drawn one after the other, a batch at a time.
#[derive(Clone, Copy, Debug, Default)]
struct Stock {
    carrier: usize,
    next: u64,
    left: u64,
}

/// Where a shop's numbers come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    /// Its own batches.
    Batch,
    /// The roll of the outlet that it sends from.
    Counter,
    /// The carrier's pool.
    Pool,
    /// Its own batches, and the pool for every third parcel.
    Both,
}

/// What an outlet does to the scans that it makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Habit {
    /// Books in one go, in the evening.
    Van,
    /// A clock that is so many hours ahead.
    Clock(i64),
    /// Every other collection is dated when it was uploaded.
    Late,
    /// Closed on two days.
    Closed(i64),
}

/// The couriers of a town.
pub(crate) struct Couriers {
    dice: Dice,
    sequences: [u64; 3],
    /// By owner, and by point.
    sources: Vec<Source>,
    batches: Vec<Stock>,
    rolls: Vec<Stock>,
    habits: Vec<Option<Habit>>,
    pool: u64,
    /// Owners whose goods fly.
    flying: Vec<u32>,
    start: i64,
}

/// Sets the couriers up: who draws from what, and what is odd.
pub(crate) fn set_up(town: &mut Town) {
    let mut dice = town.dice("couriers", 0);
    let sellers = town.catalogue.sellers.clone();
    let mut sources = vec![Source::Batch; town.catalogue.owners.len()];
    let mut batches = vec![Stock::default(); town.catalogue.owners.len()];
    for &seller in &sellers {
        let at = dice.unit();
        sources[seller as usize] = match at {
            at if at < 0.45 => Source::Batch,
            at if at < 0.8 => Source::Counter,
            at if at < 0.95 => Source::Pool,
            _ => Source::Both,
        };
        batches[seller as usize].carrier = dice.below(CARRIERS.len());
    }
    let mut rolls = vec![Stock::default(); town.places.points.len()];
    for roll in &mut rolls {
        roll.carrier = dice.below(CARRIERS.len());
    }
    let outlets: Vec<u32> = town.places.outlets.concat();
    let odd = dice.sample(&outlets, 10);
    let mut habits = vec![None; town.places.points.len()];
    let doings = [
        Habit::Van,
        Habit::Van,
        Habit::Van,
        Habit::Clock(5),
        Habit::Clock(-4),
        Habit::Late,
        Habit::Late,
        Habit::Closed(i64::from(town.scenario.days) / 2),
    ];
    for (&point, habit) in odd.iter().zip(doings) {
        habits[point as usize] = Some(habit);
    }
    // The rest are warehouses, each for a share of the shops, wherever these are; a village has some shops.
    for &outlet in &odd {
        let share = match habits[outlet as usize] {
            None => 14,
            Some(Habit::Van) => 30,
            _ => continue,
        };
        for owner in dice.sample(&sellers, sellers.len() / share) {
            town.catalogue.owners[owner as usize].outlet = town.places.outlet_code(outlet);
            sources[owner as usize] = Source::Counter;
        }
    }
    let flying = dice.sample(&sellers, sellers.len() / 20);
    let sequences = [0, 1, 2].map(|_| 1_000_000_000_000 + dice.bits() % 5_000_000_000_000);
    town.couriers = Some(Couriers {
        pool: sequences[0] + 50_000_000,
        dice,
        sequences,
        sources,
        batches,
        rolls,
        habits,
        flying,
        start: town.calendar.begins(0),
    });
}

impl Couriers {
    /// So many numbers in sequence from a carrier, and where they begin.
    pub(crate) fn allot(&mut self, carrier: usize, count: u64) -> u64 {
        let first = self.sequences[carrier];
        self.sequences[carrier] += count;
        name(carrier, first)
    }

    /// A carrier.
    pub(crate) fn any(&mut self) -> usize {
        self.dice.below(CARRIERS.len())
    }

    /// The number of a parcel that a shop sends from an outlet.
    pub(crate) fn number(&mut self, owner: u32, outlet: u32) -> Name {
        let source = self.sources.get(owner as usize).copied().unwrap_or(Source::Counter);
        let pooled = source == Source::Pool || source == Source::Both && self.dice.chance(0.33);
        // Parcels of other platforms take numbers too.
        let skip = u64::from(self.dice.count(0.8));
        if pooled {
            self.pool += 1 + skip;
            return Name::new(Space::Waybill, name(0, self.pool));
        }
        let (stock, size) = match source {
            Source::Counter => (&mut self.rolls[outlet as usize], 500),
            _ => (&mut self.batches[owner as usize], 200),
        };
        if stock.left <= skip {
            (stock.next, stock.left) = (self.sequences[stock.carrier], size);
            self.sequences[stock.carrier] += size;
        }
        stock.next += 1 + skip;
        stock.left -= 1 + skip;
        Name::new(Space::Waybill, name(stock.carrier, stock.next - 1))
    }

    /// Where a parcel goes in that would at this outlet: next door while it is closed.
    pub(crate) fn open(&self, outlet: u32, near: &[u32], time: i64) -> u32 {
        let day = (time - self.start) / DAY;
        match self.habits[outlet as usize] {
            Some(Habit::Closed(from)) if (from..from + 2).contains(&day) => {
                near.iter().copied().find(|&other| other != outlet).unwrap_or(outlet)
            }
            _ => outlet,
        }
    }

    /// When an outlet's books say that it collected a parcel which came at that time, and when the parcel then goes on.
    pub(crate) fn booked(&self, outlet: u32, number: Name, time: i64) -> (i64, i64) {
        let evening = || {
            let day = (time - self.start).div_euclid(DAY);
            let today = self.start + day * DAY + EVENING;
            if today >= time { today } else { today + DAY }
        };
        match self.habits[outlet as usize] {
            Some(Habit::Van) => {
                let van = evening() + (number.number() % 500) as i64 * SECOND;
                (van, van)
            }
            Some(Habit::Clock(hours)) => (time + hours * HOUR, time),
            Some(Habit::Late) if number.number().is_multiple_of(2) => (evening() + 8 * HOUR, time),
            _ => (time, time),
        }
    }

    /// By how much a point's clock is wrong.
    pub(crate) fn wrong(&self, point: u32) -> i64 {
        match self.habits[point as usize] {
            Some(Habit::Clock(hours)) => hours * HOUR,
            _ => 0,
        }
    }

    /// Whether a shop's parcels fly between centres.
    pub(crate) fn flies(&self, owner: u32) -> bool {
        self.flying.contains(&owner)
    }
}

fn name(carrier: usize, number: u64) -> u64 {
    carrier as u64 * SEQUENCE + number
}

/// Appends the text of a number.
pub(crate) fn write(number: u64, out: &mut String) {
    use std::fmt::Write;
    let carrier = CARRIERS[(number / SEQUENCE) as usize % CARRIERS.len()];
    let _ = write!(out, "{carrier}{:013}", number % SEQUENCE);
}
