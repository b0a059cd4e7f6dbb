//! A firm's buyers: accounts that were made on one morning, with the firm's cards, its desks and its branches' addresses dealt
//! out among them. They buy what the office needs, week after week, and send back what anybody sends back.

use crate::calendar::{DAY, MINUTE};
use crate::name::Name;
use crate::ordinary;
use crate::places::Device;
use crate::population::Population;
use crate::row::Source;
use crate::town::{Script, Town};

/// Purchases of one buyer on a working day.
const A_DAY: f64 = 0.5;

/// One firm.
pub(crate) struct Firm {
    number: u32,
    buyers: Vec<u32>,
    /// When the accounts were made.
    opens: i64,
}

impl Firm {
    pub(crate) fn new(town: &mut Town, number: u32) -> Firm {
        let mut dice = town.dice("firm", u64::from(number));
        let branches: Vec<Name> = (0..5).map(|_| town.places.address()).collect();
        let cards: Vec<Name> = (0..4).map(|_| town.places.payment()).collect();
        let desks: Vec<Device> = (0..8).map(|_| town.places.device(&mut dice)).collect();
        let opens = town.at(0, dice.within(9.0, 11.0));
        let mut buyers = Vec::new();
        for place in 0..town.scenario.size(24) {
            let who = town.add_person(&mut dice);
            let person = &mut town.people[who as usize];
            person.born = opens + (place as i64 + 1) * 2 * MINUTE;
            person.pace = 0.0;
            person.address = branches[place % branches.len()];
            person.payment = dice.pick(&cards).unwrap_or(person.payment);
            person.devices = [dice.pick(&desks).unwrap_or(person.devices[0]); 2];
            person.populations.add(Population::Firm);
            buyers.push(who);
        }
        Firm { number, buyers, opens }
    }
}

impl Script for Firm {
    fn day(&mut self, town: &mut Town, day: u32) {
        let mut dice = town.dice("firm day", (u64::from(self.number) << 16) | u64::from(day));
        let begins = town.calendar.begins(day);
        for (place, &who) in self.buyers.iter().enumerate() {
            if (begins..begins + DAY).contains(&self.opens) {
                let time = self.opens + place as i64 * 2 * MINUTE;
                let mut visit = town.visit(&mut dice, who, time).by(Source::Direct);
                visit.register(town);
            }
            for _ in 0..dice.count(A_DAY) {
                let time = town.at(day, dice.within(11.5, 18.0));
                let taste = town.person(who).tastes[dice.below(3)];
                let Some(goods) = town.catalogue.goods_of(&mut dice, taste, time) else { continue };
                let mut visit = town.visit(&mut dice, who, time);
                let dwell = crate::visit::Visit::dwell(town, &mut dice, goods);
                visit.view(town, goods, dwell);
                ordinary::shop(town, &mut dice, (visit, 0.05), goods);
            }
        }
    }
}
