//! Baskets filled up: a public bonus for orders of 200 yuan and more. Buyers add what is missing, and some shops tag their
//! prices to fit.

use super::enlist;
use crate::orders::{self, Goods, Purchase};
use crate::population::Population;
use crate::town::{Script, Town};
use crate::visit::Visit;

/// The least price, in fen, that gets the bonus.
pub(crate) const THRESHOLD: i64 = 20_000;
/// The bonus, in fen.
pub(crate) const BONUS: i64 = 3_000;

/// Some of each day's buyers.
pub(crate) struct TopUps {
    /// Goods at exactly the price that gets the bonus.
    tagged: Vec<u32>,
}

impl TopUps {
    pub(crate) fn new(town: &mut Town) -> TopUps {
        let mut dice = town.dice("top up", 0);
        let shelf = town.catalogue.goods_ranked(&mut dice, 0.0, 0.3);
        TopUps { tagged: dice.sample(&shelf, 3) }
    }
}

impl Script for TopUps {
    fn day(&mut self, town: &mut Town, day: u32) {
        let mut dice = town.dice("top up day", u64::from(day));
        let n = (town.scenario.people as usize / 100).max(6);
        for who in enlist(town, &mut dice, (3, Population::TopUp), n) {
            let time = town.calendar.begins(day) + town.person(who).rhythm.moment(&mut dice);
            let taste = town.person(who).tastes[0];
            let tagged = dice.chance(0.2);
            let goods = match tagged {
                true => dice.pick(&self.tagged),
                false => town.catalogue.goods_of(&mut dice, taste, time),
            };
            let Some(goods) = goods.filter(|_| time > town.person(who).born) else { continue };
            let mut visit = town.visit(&mut dice, who, time);
            let dwell = Visit::dwell(town, &mut dice, goods);
            visit.view(town, goods, dwell);
            let mut purchase = Purchase::usual(town, &visit, goods, Goods::Real);
            let filled = (dice.wait(1_400.0) / 10.0) as i64 * 10;
            purchase.amount = match dice.unit() {
                _ if tagged => THRESHOLD,
                part if part < 0.6 => THRESHOLD + filled,
                // The bonus was no reason: baskets about that price, on both sides of it.
                _ => THRESHOLD / 10 * dice.between(7, 16) + filled % 1_000,
            };
            let Some(deal) = orders::buy(town, &mut dice, &mut visit, purchase) else { continue };
            if deal.amount >= THRESHOLD {
                orders::subsidise(town, &deal, visit.time, BONUS);
            }
        }
    }
}
