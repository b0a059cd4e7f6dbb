//! Shops that answer under their goods at any hour: one account each, and staff in shifts behind it.

use super::{known_owner, who_hardly_else};
use crate::calendar::{DAY, MINUTE};
use crate::population::Population;
use crate::text::{Sort, Text};
use crate::town::{Script, Town};
use crate::trade_talk::Matter;

/// An account that answers and its shop.
pub(crate) struct DayAndNightShops {
    desks: Vec<(u32, u32)>,
}

impl DayAndNightShops {
    pub(crate) fn new(town: &mut Town) -> DayAndNightShops {
        let n = (town.scenario.people as usize / 800).max(4);
        let accounts = who_hardly_else(town, Population::DayAndNightShop, n);
        let mut dice = town.dice("day and night shop", 0);
        let desks = accounts.into_iter().map(|who| (who, known_owner(town, &mut dice, true)));
        DayAndNightShops { desks: desks.collect() }
    }
}

impl Script for DayAndNightShops {
    fn day(&mut self, town: &mut Town, day: u32) {
        let mut dice = town.dice("desk day", u64::from(day));
        let begins = town.calendar.begins(day);
        for &(who, shop) in &self.desks {
            let mut time = begins;
            loop {
                time += (dice.wait(40.0) * MINUTE as f64) as i64;
                if time >= begins + DAY {
                    break;
                }
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
