//! S10, "experience officers": real people buy real goods, give five stars, and get the price back afterwards.
//!
//! The people are real, so their accounts are gray; the orders and reviews made for the money back are fake.

use super::{clients, hire};
use crate::calendar::{DAY, HOUR};
use crate::name::{Name, Space};
use crate::orders::{self, Goods, Purchase};
use crate::row::{Label, Source};
use crate::scenario::Scheme;
use crate::text::{Sort, Text};
use crate::town::{Script, Town};
use crate::visit::Visit;

/// One recruiter with clients and officers.
pub(crate) struct ExperienceOfficers {
    number: u32,
    officers: Vec<u32>,
    goods: Vec<u32>,
    recruiter: Name,
}

impl ExperienceOfficers {
    pub(crate) fn new(town: &mut Town, number: u32) -> ExperienceOfficers {
        let mut dice = town.dice("experience officers", u64::from(number));
        let hired = (Label::Gray, town.scenario.size(28));
        let officers = hire(town, &mut dice, (Scheme::ExperienceOfficers, number), hired);
        let clients = clients(town, &mut dice, true, 4);
        let goods = clients
            .iter()
            .filter_map(|&seller| dice.pick(&town.catalogue.owners[seller as usize].subjects));
        let goods = goods.collect();
        ExperienceOfficers { number, officers, goods, recruiter: town.fresh(Space::Desk) }
    }
}

impl Script for ExperienceOfficers {
    fn day(&mut self, town: &mut Town, day: u32) {
        let mut dice = town.dice("officer day", (u64::from(self.number) << 16) | u64::from(day));
        for &who in &self.officers {
            let time = town.calendar.begins(day) + town.person(who).rhythm.moment(&mut dice);
            if !dice.chance(0.3) || time < town.person(who).born {
                continue;
            }
            let Some(goods) = dice.pick(&self.goods) else { continue };
            let mut visit = town.visit(&mut dice, who, time).labelled(Label::Fake);
            visit.source = Source::Direct;
            let dwell = Visit::dwell(town, &mut dice, goods).max(10.0);
            visit.view(town, goods, dwell);
            let purchase = Purchase::usual(town, &visit, goods, Goods::Real);
            let Some(deal) = orders::buy(town, &mut dice, &mut visit, purchase) else { continue };
            let later = deal.signed + (dice.within(1.0, 24.0) * HOUR as f64) as i64;
            let topic = town.catalogue.subjects[goods as usize].topic;
            let text = Text::new(Sort::Praise, topic, dice.bits());
            let mut review = town.visit(&mut dice, who, later).labelled(Label::Fake);
            review.review(town, goods, (deal.order, 5, text));
            let paid = review.time + (dice.within(0.1, 1.5) * DAY as f64) as i64;
            let reward = dice.between(0, 3) * 500;
            orders::payout(town, &deal, self.recruiter, (paid, deal.amount + reward));
        }
    }
}
