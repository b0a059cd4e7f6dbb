//! Flash sales: everybody orders the same goods in the same minute.

use super::{enlist, known_owner, present};
use crate::ordinary;
use crate::population::Population;
use crate::row::Source;
use crate::town::{Script, Town};
use crate::visit::Visit;

/// Every third day at eight in the evening.
pub(crate) struct FlashSales;

impl Script for FlashSales {
    fn day(&mut self, town: &mut Town, day: u32) {
        if day % 3 != 1 {
            return;
        }
        let mut dice = town.dice("flash sale", u64::from(day));
        for _ in 0..town.scenario.campaigns(4_000) {
            let seller = known_owner(town, &mut dice, true);
            let owner = &town.catalogue.owners[seller as usize];
            let topic = owner.topic;
            let Some(goods) = dice.pick(&owner.subjects) else { continue };
            let begins = town.at(day, 20.0);
            let size = town.scenario.size(130);
            let buyers = enlist(town, &mut dice, (topic, Population::FlashSale), size);
            for who in present(town, &buyers, begins) {
                let late = dice.wait(55.0);
                let mut visit = town.visit(&mut dice, who, begins).by(Source::Push);
                visit.pause(late);
                let dwell = Visit::dwell(town, &mut dice, goods).min(60.0);
                visit.view(town, goods, dwell);
                if dice.chance(0.55) {
                    ordinary::shop(town, &mut dice, (visit, 0.15), goods);
                }
            }
        }
    }
}
