//! A bad batch: goods that sold well are faulty for some days. Buyers condemn them within the week, some never ordered under the
//! account that they complain from, and half send them back.

use super::{enlist, present};
use crate::calendar::DAY;
use crate::name::Name;
use crate::orders;
use crate::population::Population;
use crate::text::{Sort, Text};
use crate::town::{Script, Town};

/// One item and the days on which it is sold faulty.
pub(crate) struct BadBatch {
    number: u32,
    goods: Option<u32>,
    from: u32,
}

impl BadBatch {
    pub(crate) fn new(town: &mut Town, number: u32) -> BadBatch {
        let mut dice = town.dice("bad batch", u64::from(number));
        let shelf = town.catalogue.goods_ranked(&mut dice, 0.0, 0.3);
        let from = 1 + dice.below(town.scenario.days as usize / 2) as u32;
        BadBatch { number, goods: dice.pick(&shelf), from }
    }
}

impl Script for BadBatch {
    fn day(&mut self, town: &mut Town, day: u32) {
        let (Some(goods), 0..=1) = (self.goods, day.wrapping_sub(self.from)) else { return };
        let mut dice = town.dice("bad batch day", (u64::from(self.number) << 16) | u64::from(day));
        let topic = town.catalogue.subjects[goods as usize].topic;
        let n = town.scenario.size(20);
        let members = enlist(town, &mut dice, (topic, Population::BadBatch), n);
        for who in present(town, &members, town.calendar.begins(day)) {
            let time = town.calendar.begins(day) + town.person(who).rhythm.moment(&mut dice);
            let mut visit = town.visit(&mut dice, who, time);
            let deal = orders::look_and_buy(town, &mut dice, &mut visit, goods);
            let Some(deal) = deal else { continue };
            let said = deal.signed + (dice.wait(0.8) * DAY as f64) as i64;
            let mut later = town.visit(&mut dice, who, said);
            let order = if dice.chance(0.7) { deal.order } else { Name::NONE };
            let stars = if dice.chance(0.75) { 1 } else { 2 };
            later.review(
                town,
                goods,
                (order, stars, Text::new(Sort::Complaint, topic, dice.bits())),
            );
            if dice.chance(0.5) {
                let back = said + (dice.within(0.2, 2.0) * DAY as f64) as i64;
                orders::refund(town, &deal, back, deal.amount);
            }
        }
    }
}
