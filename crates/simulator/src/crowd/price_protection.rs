//! Small refunds: the price fell, or something was missing, and the seller gives a little back.

use super::enlist;
use crate::calendar::DAY;
use crate::orders;
use crate::population::Population;
use crate::town::{Script, Town};

/// A few of each day's buyers.
pub(crate) struct PriceProtection;

impl Script for PriceProtection {
    fn day(&mut self, town: &mut Town, day: u32) {
        let mut dice = town.dice("price protection", u64::from(day));
        let n = (town.scenario.people as usize / 300).max(3);
        for who in enlist(town, &mut dice, (0, Population::SmallRefund), n) {
            let time = town.calendar.begins(day) + town.person(who).rhythm.moment(&mut dice);
            let taste = town.person(who).tastes[0];
            let goods = town.catalogue.goods_of(&mut dice, taste, time);
            let Some(goods) = goods.filter(|_| time > town.person(who).born) else { continue };
            let mut visit = town.visit(&mut dice, who, time);
            let deal = orders::look_and_buy(town, &mut dice, &mut visit, goods);
            let Some(deal) = deal else { continue };
            let later = deal.signed + (dice.wait(0.8) * DAY as f64) as i64;
            orders::refund(town, &deal, later, (deal.amount * dice.between(3, 15) / 100).max(50));
        }
    }
}
