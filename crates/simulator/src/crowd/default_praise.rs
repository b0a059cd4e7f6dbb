//! Default praise: buyers of a shop that does well say nothing, and the platform enters five stars for them some hours after the goods
//! are there.

use super::{enlist, present};
use crate::calendar::HOUR;
use crate::orders;
use crate::population::Population;
use crate::text::{Sort, Text};
use crate::town::{Script, Town};

/// A shop's item on sale, and the days of the sale.
pub(crate) struct DefaultPraise {
    goods: Option<u32>,
    from: u32,
}

impl DefaultPraise {
    pub(crate) fn new(town: &mut Town) -> DefaultPraise {
        let mut dice = town.dice("default praise", 0);
        let shelf = town.catalogue.goods_ranked(&mut dice, 0.1, 0.5);
        let from = 2 + dice.below(town.scenario.days as usize / 3) as u32;
        DefaultPraise { goods: dice.pick(&shelf), from }
    }
}

impl Script for DefaultPraise {
    fn day(&mut self, town: &mut Town, day: u32) {
        let (Some(goods), 0..=2) = (self.goods, day.wrapping_sub(self.from)) else { return };
        let mut dice = town.dice("default praise day", u64::from(day));
        let topic = town.catalogue.subjects[goods as usize].topic;
        let n = town.scenario.size(24);
        let members = enlist(town, &mut dice, (topic, Population::DefaultPraise), n);
        for who in present(town, &members, town.calendar.begins(day)) {
            let time = town.calendar.begins(day) + town.person(who).rhythm.moment(&mut dice);
            let mut visit = town.visit(&mut dice, who, time);
            let deal = orders::look_and_buy(town, &mut dice, &mut visit, goods);
            let Some(deal) = deal else { continue };
            let mut later = town.visit(&mut dice, who, deal.signed + 24 * HOUR);
            later.review(town, goods, (deal.order, 5, Text::new(Sort::None, topic, 0)));
        }
    }
}
