//! Deal groups: a chat where somebody posts bargains, and many buy the same thing from the same link, day after day.

use super::{enlist, present};
use crate::calendar::MINUTE;
use crate::ordinary;
use crate::person::Person;
use crate::population::Population;
use crate::row::Source;
use crate::town::{Script, Town};
use crate::visit::Visit;
use events::Kind;

/// One chat.
pub(crate) struct DealGroup {
    number: u32,
    members: Vec<u32>,
}

impl DealGroup {
    pub(crate) fn new(town: &mut Town, number: u32) -> DealGroup {
        let mut dice = town.dice("deal group", u64::from(number));
        let topic = town.people[dice.below(town.people.len())].tastes[0];
        let size = town.scenario.size(45);
        let members = enlist(town, &mut dice, (topic, Population::DealGroup), size);
        DealGroup { number, members }
    }
}

impl Script for DealGroup {
    fn day(&mut self, town: &mut Town, day: u32) {
        let mut dice = town.dice("deals", (u64::from(self.number) << 16) | u64::from(day));
        let offers = town.catalogue.goods_ranked(&mut dice, 0.0, 0.8);
        for goods in dice.sample(&offers, 1 + (day % 2) as usize) {
            let posted = town.at(day, dice.within(8.0, 22.0));
            let members = present(town, &self.members, posted);
            let Some((&head, others)) = members.split_first() else { return };
            town.visit(&mut dice, head, posted).mark(town, Kind::Share, goods);
            for &who in others {
                if !dice.chance(0.35) {
                    continue;
                }
                let time = posted + MINUTE + (dice.lognormal(25.0, 1.2) * MINUTE as f64) as i64;
                let source = Source::Share(Person::name(head));
                let mut visit = town.visit(&mut dice, who, time).by(source);
                let dwell = Visit::dwell(town, &mut dice, goods);
                visit.view(town, goods, dwell);
                if dice.chance(0.4) {
                    ordinary::shop(town, &mut dice, (visit, 0.2), goods);
                }
            }
        }
    }
}
