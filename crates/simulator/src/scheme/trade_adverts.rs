//! S16, adverts of the trade: accounts that leave offers of bought engagement, calls for brushers and hidden contacts under popular
//! films and in reviews, each account its own sort.
//!
//! Beside it shoppers and reporters talk about brushing, and shops' staff give their shop's number: see the crowds.

use super::{make_bots, timetable};
use crate::calendar::{DAY, MINUTE};
use crate::name::Name;
use crate::row::{Label, Source};
use crate::scenario::Scheme;
use crate::text::{Sort, Text};
use crate::town::{Script, Town};
use crate::trade_talk::Matter;

/// One store of the trade with the accounts that advertise it.
pub(crate) struct TradeAdverts {
    number: u32,
    posts: Vec<(i64, u32, Matter)>,
}

impl TradeAdverts {
    pub(crate) fn new(town: &mut Town, number: u32) -> TradeAdverts {
        let mut dice = town.dice("trade adverts", u64::from(number));
        let size = town.scenario.size(30);
        let bots = make_bots(town, &mut dice, (Scheme::TradeAdverts, number), size);
        let mut posts = Vec::new();
        for (place, who) in bots.into_iter().enumerate() {
            let matter = [Matter::Offer, Matter::Recruitment, Matter::Hidden][place % 3];
            let jobs = 2 + dice.below(town.scenario.days as usize);
            posts.extend(timetable(town, &mut dice, jobs).into_iter().map(|t| (t, who, matter)));
        }
        TradeAdverts { number, posts }
    }
}

impl Script for TradeAdverts {
    fn day(&mut self, town: &mut Town, day: u32) {
        let today = town.calendar.begins(day)..town.calendar.begins(day) + DAY;
        let mut dice = town.dice("advert day", (u64::from(self.number) << 16) | u64::from(day));
        for &(begins, who, matter) in self.posts.iter().filter(|post| today.contains(&post.0)) {
            let time = begins + dice.below(40) as i64 * MINUTE;
            if !town.exists(who, time) {
                continue;
            }
            let mut visit = town.visit(&mut dice, who, time).labelled(Label::Fake);
            visit.source = Source::Home;
            let taste = town.person(who).tastes[dice.below(3)];
            let sort = Sort::Trade(matter);
            if dice.chance(0.25) {
                let Some(goods) = town.catalogue.goods_of(&mut dice, taste, time) else { continue };
                visit.view(town, goods, dice.lognormal(5.0, 0.6));
                let text = Text::new(sort, taste, dice.bits());
                visit.review(town, goods, (Name::NONE, 5, text));
                continue;
            }
            for _ in 0..1 + dice.below(3) {
                let Some(owner) = town.catalogue.famous(&mut dice) else { break };
                let Some(film) = town.catalogue.of_owner(&mut dice, owner, time) else { continue };
                visit.view(town, film, dice.lognormal(4.0, 0.6));
                visit.comment(town, film, Text::new(sort, taste, dice.bits()));
            }
        }
    }
}
