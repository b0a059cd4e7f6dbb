//! Shops' staff who answer under their shop's goods, many times a day, with the shop's number.

use super::known_owner;
use crate::calendar::MINUTE;
use crate::population::Population;
use crate::text::{Sort, Text};
use crate::town::{Script, Town};
use crate::trade_talk::Matter;

/// The staff of some shops.
pub(crate) struct ShopStaff {
    /// An employee and the shop.
    staff: Vec<(u32, u32)>,
}

impl ShopStaff {
    pub(crate) fn new(town: &mut Town) -> ShopStaff {
        let mut dice = town.dice("shop staff", 0);
        let n = (town.scenario.people as usize / 400).max(4);
        let people = dice.sample(&town.citizens, n);
        let staff: Vec<(u32, u32)> =
            people.into_iter().map(|who| (who, known_owner(town, &mut dice, true))).collect();
        for &(who, _) in &staff {
            town.people[who as usize].populations.add(Population::ShopStaff);
        }
        ShopStaff { staff }
    }
}

impl Script for ShopStaff {
    fn day(&mut self, town: &mut Town, day: u32) {
        let mut dice = town.dice("staff day", u64::from(day));
        for &(who, shop) in &self.staff {
            for _ in 0..2 + dice.below(5) {
                let time = town.at(day, dice.within(9.0, 21.0)) + dice.below(60) as i64 * MINUTE;
                let Some(goods) = town.catalogue.of_owner(&mut dice, shop, time) else { continue };
                if !town.exists(who, time) {
                    continue;
                }
                let topic = town.catalogue.subjects[goods as usize].topic;
                let mut visit = town.visit(&mut dice, who, time);
                visit.view(town, goods, dice.lognormal(20.0, 0.5));
                let text = Text::new(Sort::Trade(Matter::Service), topic, dice.bits());
                visit.comment(town, goods, text);
            }
        }
    }
}
