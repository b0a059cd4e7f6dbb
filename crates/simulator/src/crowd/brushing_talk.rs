//! Shoppers and reporters who talk about brushing, in comments and reviews, with the trade's own words.

use super::{enlist, present};
use crate::name::Name;
use crate::population::Population;
use crate::text::{Sort, Text};
use crate::town::{Script, Town};
use crate::trade_talk::Matter;

/// Those of a town.
pub(crate) struct BrushingTalk {
    talkers: Vec<u32>,
}

impl BrushingTalk {
    pub(crate) fn new(town: &mut Town) -> BrushingTalk {
        let mut dice = town.dice("brushing talk", 0);
        let n = (town.scenario.people as usize / 60).max(12);
        BrushingTalk { talkers: enlist(town, &mut dice, (3, Population::BrushingTalk), n) }
    }
}

impl Script for BrushingTalk {
    fn day(&mut self, town: &mut Town, day: u32) {
        let mut dice = town.dice("talk day", u64::from(day));
        for who in present(town, &self.talkers, town.calendar.begins(day)) {
            let time = town.calendar.begins(day) + town.person(who).rhythm.moment(&mut dice);
            if !dice.chance(0.3) || !town.exists(who, time) {
                continue;
            }
            let taste = town.person(who).tastes[dice.below(3)];
            let text = Text::new(Sort::Trade(Matter::Talk), taste, dice.bits());
            let mut visit = town.visit(&mut dice, who, time);
            let Some(goods) = town.catalogue.goods_of(&mut dice, taste, time) else { continue };
            visit.view(town, goods, dice.lognormal(30.0, 0.7));
            if dice.chance(0.4) {
                let stars = [1, 1, 2, 3][dice.below(4)];
                visit.review(town, goods, (Name::NONE, stars, text));
            } else {
                visit.comment(town, goods, text);
            }
        }
    }
}
