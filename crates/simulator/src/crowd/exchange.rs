//! Exchanges: the wrong size goes back for its whole price, and the right one is ordered from the same shop.

use super::{enlist, present};
use crate::calendar::DAY;
use crate::dice::Dice;
use crate::orders::{self, Goods, Purchase};
use crate::population::Population;
use crate::town::{Script, Town};
use crate::visit::Visit;

/// Most who exchange do so once, and keep the second; a few go on, or find that nothing fits.
const AGAIN: f64 = 0.12;

/// A few of each day's buyers, at the shops where sizes matter.
pub(crate) struct Exchanges {
    /// Goods that are exchanged more than others.
    goods: Vec<u32>,
}

impl Exchanges {
    pub(crate) fn new(town: &mut Town) -> Exchanges {
        let mut dice = town.dice("exchange", 0);
        let shelf = town.catalogue.goods_ranked(&mut dice, 0.0, 0.6);
        let n = (shelf.len() / 8).max(2);
        Exchanges { goods: dice.sample(&shelf, n) }
    }
}

impl Script for Exchanges {
    fn day(&mut self, town: &mut Town, day: u32) {
        let mut dice = town.dice("exchange day", u64::from(day));
        let n = (town.scenario.people as usize / 200).max(4);
        let begins = town.calendar.begins(day);
        let members = enlist(town, &mut dice, (1, Population::Exchange), n);
        for who in present(town, &members, begins) {
            let Some(goods) = dice.pick(&self.goods) else { return };
            let mut time = begins + town.person(who).rhythm.moment(&mut dice);
            while let Some(back) = try_on(town, &mut dice, (who, goods), time) {
                time = back + (dice.wait(0.3) * DAY as f64) as i64;
                if !dice.chance(AGAIN) {
                    let _ = order(town, &mut dice, (who, goods), time);
                    break;
                }
            }
        }
    }
}

/// Orders and sends it back; says when the money was there.
fn try_on(town: &mut Town, dice: &mut Dice, of: (u32, u32), time: i64) -> Option<i64> {
    let deal = order(town, dice, of, time)?;
    let back = deal.signed + (dice.within(0.3, 3.0) * DAY as f64) as i64;
    orders::refund(town, &deal, back, deal.amount);
    Some(back)
}

fn order(town: &mut Town, dice: &mut Dice, of: (u32, u32), time: i64) -> Option<orders::Deal> {
    let (who, goods) = of;
    let mut visit = town.visit(dice, who, time);
    let dwell = Visit::dwell(town, dice, goods);
    visit.view(town, goods, dwell);
    let purchase = Purchase::usual(town, &visit, goods, Goods::Real);
    orders::buy(town, dice, &mut visit, purchase)
}
