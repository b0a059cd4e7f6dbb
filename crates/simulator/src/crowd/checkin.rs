//! Check-in reviews: guests of a shop write a line on its line while they wait for the free drink it gives to all.

use super::{enlist, known_owner};
use crate::name::Name;
use crate::population::Population;
use crate::row::Source;
use crate::text::{Sort, Text};
use crate::town::{Script, Town};

/// Shops that ask their guests for an honest line.
pub(crate) struct CheckIns {
    /// Goods that stand for a shop, and the place whose line its guests use.
    shops: Vec<(u32, u32)>,
}

impl CheckIns {
    pub(crate) fn new(town: &mut Town) -> CheckIns {
        let mut dice = town.dice("check-in", 0);
        let n = town.scenario.campaigns(1_500);
        let shops = (0..n).filter_map(|_| {
            let seller = known_owner(town, &mut dice, true);
            let goods = dice.pick(&town.catalogue.owners[seller as usize].subjects)?;
            Some((goods, dice.pick(&town.places.offices)?))
        });
        CheckIns { shops: shops.collect() }
    }
}

impl Script for CheckIns {
    fn day(&mut self, town: &mut Town, day: u32) {
        let mut dice = town.dice("check-in day", u64::from(day));
        for &(goods, place) in &self.shops {
            let topic = town.catalogue.subjects[goods as usize].topic;
            let guests = 3 + dice.below(5);
            for who in enlist(town, &mut dice, (topic, Population::CheckinReview), guests) {
                let time = town.at(day, dice.within(11.0, 20.5));
                if time < town.person(who).born {
                    continue;
                }
                let mut visit = town.visit(&mut dice, who, time).by(Source::Qr);
                visit.ip = town.places.sites[place as usize].ips[0];
                visit.view(town, goods, dice.lognormal(12.0, 0.7));
                visit.pause(dice.wait(90.0));
                let (stars, sort) = dice
                    .pick(&[
                        (5, Sort::Short),
                        (5, Sort::Praise),
                        (5, Sort::Praise),
                        (4, Sort::Short),
                    ])
                    .unwrap_or((5, Sort::Short));
                visit.review(town, goods, (Name::NONE, stars, Text::new(sort, topic, dice.bits())));
            }
        }
    }
}
