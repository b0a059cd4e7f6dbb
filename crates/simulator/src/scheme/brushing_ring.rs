//! S3, brushing ring: real people take sham orders by a recipe and are paid back with a commission.
//!
//! Search by long words, look at two rivals, stay five to seven minutes, order; an envelope travels from a colluding
//! point; five stars by a script; a middleman pays.

use super::{clients, colluding_point, hire};
use crate::calendar::{DAY, HOUR};
use crate::dice::Dice;
use crate::name::{Name, Space};
use crate::orders::{self, Deal, Goods, Purchase};
use crate::row::Label;
use crate::scenario::Scheme;
use crate::text::{Sort, Text};
use crate::town::{Script, Town};

/// One ring, its clients' goods, its point and its middleman.
pub(crate) struct BrushingRing {
    number: u32,
    workers: Vec<u32>,
    goods: Vec<u32>,
    point: u32,
    middleman: Name,
}

impl BrushingRing {
    pub(crate) fn new(town: &mut Town, number: u32) -> BrushingRing {
        let mut dice = town.dice("brushing ring", u64::from(number));
        let hired = (Label::Fake, town.scenario.size(60));
        let workers = hire(town, &mut dice, (Scheme::BrushingRing, number), hired);
        let clients = clients(town, &mut dice, true, 7);
        let goods = clients
            .iter()
            .flat_map(|&seller| dice.sample(&town.catalogue.owners[seller as usize].subjects, 2));
        let goods = goods.collect();
        let point = colluding_point(town, &mut dice);
        BrushingRing { number, workers, goods, point, middleman: town.fresh(Space::Desk) }
    }

    fn task(&self, town: &mut Town, dice: &mut Dice, who: u32, at: (i64, u32)) {
        let (time, goods) = at;
        let topic = town.catalogue.subjects[goods as usize].topic;
        let mut visit = town.visit(dice, who, time).labelled(Label::Fake);
        visit.search(town, Text::new(Sort::LongTail, topic, dice.bits()));
        for _ in 0..1 + dice.below(3) {
            if let Some(rival) = town.catalogue.goods_of(dice, topic, time) {
                visit.view(town, rival, dice.lognormal(35.0, 0.5));
            }
        }
        visit.view(town, goods, dice.within(290.0, 430.0));
        let purchase = Purchase::usual(town, &visit, goods, Goods::Empty(self.point));
        if let Some(deal) = orders::buy(town, dice, &mut visit, purchase) {
            self.settle(town, dice, (&deal, topic));
        }
    }

    fn settle(&self, town: &mut Town, dice: &mut Dice, done: (&Deal, u16)) {
        let (deal, topic) = done;
        let time = deal.signed + (dice.within(0.5, 20.0) * HOUR as f64) as i64;
        let script = self.number * 16 + deal.subject % 3;
        let text = Text::new(Sort::ScriptedPraise(script), topic, dice.bits());
        let mut visit = town.visit(dice, deal.who, time).labelled(Label::Fake);
        visit.review(town, deal.subject, (deal.order, 5, text));
        let wage = dice.between(300, 900);
        let paid = visit.time + (dice.wait(5.0) * HOUR as f64) as i64;
        orders::payout(town, deal, self.middleman, (paid, deal.amount + wage));
    }
}

impl Script for BrushingRing {
    fn day(&mut self, town: &mut Town, day: u32) {
        let mut dice = town.dice("brushing day", (u64::from(self.number) << 16) | u64::from(day));
        for &who in &self.workers {
            let time = town.calendar.begins(day) + town.person(who).rhythm.moment(&mut dice);
            if !dice.chance(0.5) || time < town.person(who).born {
                continue;
            }
            if let Some(goods) = dice.pick(&self.goods) {
                self.task(town, &mut dice, who, (time.min(town.calendar.begins(day) + DAY), goods));
            }
        }
    }
}
