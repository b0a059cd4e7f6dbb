//! Keen reviewers: short honest praise for much of what they ever bought, several at a sitting, often word for word.

use crate::name::Name;
use crate::ordinary;
use crate::population::Population;
use crate::town::{Script, Town};

/// Their sittings.
pub(crate) struct KeenReviewers;

impl Script for KeenReviewers {
    fn day(&mut self, town: &mut Town, day: u32) {
        let mut dice = town.dice("keen reviewer", u64::from(day));
        for who in 0..town.scenario.people {
            let person = town.person(who);
            let time = town.calendar.begins(day) + person.rhythm.moment(&mut dice);
            let keen = person.populations.has(Population::KeenReviewer);
            if !keen || time < person.born || !dice.chance(0.2) {
                continue;
            }
            let mut visit = town.visit(&mut dice, who, time);
            for _ in 0..1 + dice.below(3) {
                let taste = town.person(who).tastes[dice.below(3)];
                let Some(goods) = town.catalogue.goods_of(&mut dice, taste, time) else { break };
                let (stars, text) = ordinary::opinion(town, &mut dice, goods);
                visit.review(town, goods, (Name::NONE, stars, text));
                visit.pause(dice.wait(45.0));
            }
        }
    }
}
