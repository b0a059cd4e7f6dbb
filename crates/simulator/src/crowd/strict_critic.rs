//! Strict critics: they buy much, say what they think, and hardly think well of anything. Goods that were faulty they send back,
//! as anybody does.

use super::{enlist, present};
use crate::calendar::{DAY, HOUR, MINUTE};
use crate::orders;
use crate::population::Population;
use crate::text::{Sort, Text};
use crate::town::{Script, Town};

/// The critics of a town.
pub(crate) struct StrictCritics {
    critics: Vec<u32>,
}

impl StrictCritics {
    pub(crate) fn new(town: &mut Town) -> StrictCritics {
        let mut dice = town.dice("strict critics", 0);
        let n = (town.scenario.people as usize / 300).max(6);
        StrictCritics { critics: enlist(town, &mut dice, (5, Population::StrictCritic), n) }
    }
}

impl Script for StrictCritics {
    fn day(&mut self, town: &mut Town, day: u32) {
        let mut dice = town.dice("strict critic", u64::from(day));
        let critics = present(town, &self.critics, town.calendar.begins(day));
        for who in critics.into_iter().filter(|who| who % 2 == day % 2 || day.is_multiple_of(3)) {
            let time = town.calendar.begins(day) + town.person(who).rhythm.moment(&mut dice);
            let taste = town.person(who).tastes[dice.below(3)];
            for _ in 0..2 {
                let Some(goods) = town.catalogue.goods_of(&mut dice, taste, time) else { continue };
                let begins = time + dice.below(120) as i64 * MINUTE;
                let mut visit = town.visit(&mut dice, who, begins);
                let deal = orders::look_and_buy(town, &mut dice, &mut visit, goods);
                let Some(deal) = deal else { continue };
                let said = deal.signed + (dice.within(1.0, 30.0) * HOUR as f64) as i64;
                let mut later = town.visit(&mut dice, who, said);
                let stars = [1, 1, 1, 2, 2, 3][dice.below(6)];
                let text = Text::new(Sort::Complaint, taste, dice.bits());
                later.review(town, goods, (deal.order, stars, text));
                if stars == 1 && dice.chance(0.12) {
                    let back = said + (dice.within(0.3, 2.0) * DAY as f64) as i64;
                    orders::refund(town, &deal, back, deal.amount);
                }
            }
        }
    }
}
