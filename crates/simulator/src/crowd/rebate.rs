//! Rebate sites and free-order draws: real buyers get money back from one payer, a little or all of it.

use super::enlist;
use crate::calendar::DAY;
use crate::name::{Name, Space};
use crate::orders;
use crate::population::Population;
use crate::row::Source;
use crate::town::{Script, Town};

/// The site's customers, and the desk that pays them.
pub(crate) struct Rebates {
    members: Vec<u32>,
    site: Name,
    draw: Name,
}

impl Rebates {
    pub(crate) fn new(town: &mut Town) -> Rebates {
        let mut dice = town.dice("rebate", 0);
        let n = town.scenario.people as usize / 14;
        let members = enlist(town, &mut dice, (0, Population::Rebate), n);
        Rebates { members, site: town.fresh(Space::Desk), draw: town.fresh(Space::Desk) }
    }
}

impl Script for Rebates {
    fn day(&mut self, town: &mut Town, day: u32) {
        let mut dice = town.dice("rebate day", u64::from(day));
        for &who in &self.members {
            let time = town.calendar.begins(day) + town.person(who).rhythm.moment(&mut dice);
            if !dice.chance(0.1) || time < town.person(who).born {
                continue;
            }
            let taste = town.person(who).tastes[0];
            let Some(goods) = town.catalogue.goods_of(&mut dice, taste, time) else { continue };
            let mut visit = town.visit(&mut dice, who, time).by(Source::Direct);
            let deal = orders::look_and_buy(town, &mut dice, &mut visit, goods);
            let Some(deal) = deal else { continue };
            let paid = deal.signed + (dice.within(0.5, 4.0) * DAY as f64) as i64;
            let back = deal.amount * dice.between(1, 6) / 100;
            orders::payout(town, &deal, self.site, (paid, back));
            if dice.chance(0.12) {
                town.people[who as usize].populations.add(Population::FreeOrder);
                orders::payout(town, &deal, self.draw, (paid + DAY / 4, deal.amount));
            }
        }
    }
}
