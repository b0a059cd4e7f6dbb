//! A shop that advertises: newcomers come for its goods, buy with the coupon of a first order, and two in five stay.

use super::known_owner;
use crate::calendar::{DAY, MINUTE};
use crate::population::Population;
use crate::scheme::sign_up_and_buy;
use crate::town::{Script, Town};

/// One shop's campaign.
pub(crate) struct FirstBuyers {
    number: u32,
    first: u32,
    shop: u32,
}

impl FirstBuyers {
    pub(crate) fn new(town: &mut Town, number: u32) -> FirstBuyers {
        let mut dice = town.dice("first buyers", u64::from(number));
        let shop = known_owner(town, &mut dice, true);
        let first = dice.below((town.scenario.days as usize - 5).max(1)) as u32;
        FirstBuyers { number, first, shop }
    }
}

impl Script for FirstBuyers {
    fn day(&mut self, town: &mut Town, day: u32) {
        if !(self.first..self.first + 3).contains(&day) {
            return;
        }
        let mut dice = town.dice("first orders", (u64::from(self.number) << 16) | u64::from(day));
        for _ in 0..town.scenario.size(30) {
            let who = town.add_person(&mut dice);
            let time = town.calendar.begins(day) + town.person(who).rhythm.moment(&mut dice);
            let stays = dice.chance(0.4);
            let person = &mut town.people[who as usize];
            person.born = time + 3 * MINUTE / 2;
            person.pace *= if stays { 0.8 } else { 0.0 };
            person.populations.add(Population::FirstBuyer);
            let goods = town.catalogue.of_owner(&mut dice, self.shop, time);
            if time < town.calendar.begins(day) + DAY {
                sign_up_and_buy(town, &mut dice, (who, time), goods);
            }
        }
    }
}
