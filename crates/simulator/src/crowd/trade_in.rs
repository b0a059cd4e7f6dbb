//! Public subsidies: the state pays a part when old appliances are traded in.

use super::enlist;
use crate::orders;
use crate::population::Population;
use crate::town::{Script, Town};

/// A few of each day's buyers.
pub(crate) struct TradeIn;

impl Script for TradeIn {
    fn day(&mut self, town: &mut Town, day: u32) {
        let mut dice = town.dice("trade in", u64::from(day));
        let n = (town.scenario.people as usize / 250).max(3);
        for who in enlist(town, &mut dice, (3, Population::SubsidyTopup), n) {
            let time = town.calendar.begins(day) + town.person(who).rhythm.moment(&mut dice);
            let goods = town.catalogue.goods_of(&mut dice, 3, time);
            let Some(goods) = goods.filter(|_| time > town.person(who).born) else { continue };
            let mut visit = town.visit(&mut dice, who, time);
            let deal = orders::look_and_buy(town, &mut dice, &mut visit, goods);
            let Some(deal) = deal else { continue };
            orders::subsidise(town, &deal, visit.time, deal.amount * 15 / 100);
        }
    }
}
