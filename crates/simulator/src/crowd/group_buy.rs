//! Group buying: a handful of friends buy the same goods within the hour through one shared link.

use super::{enlist, present};
use crate::calendar::MINUTE;
use crate::ordinary;
use crate::person::Person;
use crate::population::Population;
use crate::row::Source;
use crate::town::{Script, Town};
use events::Kind;

/// A few groups a day.
pub(crate) struct GroupBuys;

impl Script for GroupBuys {
    fn day(&mut self, town: &mut Town, day: u32) {
        let mut dice = town.dice("group buy", u64::from(day));
        for _ in 0..town.scenario.campaigns(2_000) {
            let begins = town.at(day, dice.within(9.0, 22.0));
            let shelf = town.catalogue.goods_ranked(&mut dice, 0.05, 0.6);
            let Some(goods) = dice.pick(&shelf) else { continue };
            let topic = town.catalogue.subjects[goods as usize].topic;
            let n = 4 + dice.below(7);
            let friends = enlist(town, &mut dice, (topic, Population::GroupBuy), n);
            let friends = present(town, &friends, begins);
            let Some(&head) = friends.first() else { continue };
            for who in friends {
                let time = begins + (dice.wait(20.0) * MINUTE as f64) as i64;
                let mut visit = town.visit(&mut dice, who, time);
                if who == head {
                    visit.mark(town, Kind::Share, goods);
                } else {
                    visit.source = Source::Share(Person::name(head));
                }
                visit.view(town, goods, dice.lognormal(15.0, 0.8));
                ordinary::shop(town, &mut dice, (visit, 0.25), goods);
            }
        }
    }
}
