//! Resellers: they order the same goods again and again to one address, and drop-ship the rest.

use super::enlist;
use crate::orders::{self, Goods, Purchase};
use crate::population::Population;
use crate::row::Source;
use crate::town::{Script, Town};

/// Each with the goods they deal in.
pub(crate) struct Resellers {
    members: Vec<(u32, u32)>,
}

impl Resellers {
    pub(crate) fn new(town: &mut Town) -> Resellers {
        let mut dice = town.dice("reseller", 0);
        let n = (town.scenario.people as usize / 80).max(4);
        let lines = town.catalogue.goods_ranked(&mut dice, 0.0, 0.7);
        let members = enlist(town, &mut dice, (2, Population::Reseller), n);
        let members = members.into_iter().filter_map(|who| Some((who, dice.pick(&lines)?)));
        Resellers { members: members.collect() }
    }
}

impl Script for Resellers {
    fn day(&mut self, town: &mut Town, day: u32) {
        let mut dice = town.dice("resale", u64::from(day));
        for &(who, goods) in &self.members {
            let time = town.calendar.begins(day) + town.person(who).rhythm.moment(&mut dice);
            if !dice.chance(0.3) || time < town.person(who).born {
                continue;
            }
            let mut visit = town.visit(&mut dice, who, time).by(Source::Direct);
            visit.view(town, goods, dice.lognormal(6.0, 0.6));
            for _ in 0..1 + dice.below(3) {
                let mut purchase = Purchase::usual(town, &visit, goods, Goods::Real);
                purchase.amount *= dice.between(2, 6);
                if dice.chance(0.3) {
                    purchase.address = town.places.address();
                }
                orders::buy(town, &mut dice, &mut visit, purchase);
                visit.pause(dice.wait(60.0));
            }
        }
    }
}
