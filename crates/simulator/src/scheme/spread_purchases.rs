//! S4, spread purchases: accounts that share nothing buy the same goods over hours, amid their ordinary days.
//!
//! The parcels weigh what the goods would and pass the seller's own outlet; no money comes back on the platform.
//! What remains is that the same accounts meet on the same unlikely goods.

use super::{clients, make_bots, timetable};
use crate::calendar::{DAY, HOUR};
use crate::dice::Dice;
use crate::orders::{self, Goods, Purchase};
use crate::row::Label;
use crate::scenario::Scheme;
use crate::text::{Sort, Text};
use crate::town::{Script, Town};

/// One pool of buyers and what it is told to buy.
pub(crate) struct SpreadPurchases {
    number: u32,
    pool: Vec<u32>,
    jobs: Vec<(i64, u32)>,
}

impl SpreadPurchases {
    pub(crate) fn new(town: &mut Town, number: u32) -> SpreadPurchases {
        let mut dice = town.dice("spread purchases", u64::from(number));
        let size = town.scenario.size(80);
        let pool = make_bots(town, &mut dice, (Scheme::SpreadPurchases, number), size);
        let clients = clients(town, &mut dice, true, 9);
        let jobs = timetable(town, &mut dice, (town.scenario.days as usize * 8 / 10).max(5));
        let jobs = jobs.into_iter().filter_map(|time| {
            let client = dice.pick(&clients)?;
            Some((time, dice.pick(&town.catalogue.owners[client as usize].subjects)?))
        });
        SpreadPurchases { number, pool, jobs: jobs.collect() }
    }

    fn work(&self, town: &mut Town, dice: &mut Dice, job: (i64, u32)) {
        let (begins, goods) = job;
        let hardness = town.scenario.hardness;
        let joining = self.pool.len() as f64 * hardness.join;
        let topic = town.catalogue.subjects[goods as usize].topic;
        for who in dice.sample(&self.pool, joining as usize) {
            let hours = dice.within(0.0, 14.0) * hardness.spread;
            let time = begins + (hours * HOUR as f64) as i64;
            if !town.exists(who, time) {
                continue;
            }
            let mut visit = orders::pretend(town, dice, who, time, goods);
            let purchase = Purchase::usual(town, &visit, goods, Goods::Matched);
            let Some(deal) = orders::buy(town, dice, &mut visit, purchase) else { continue };
            if dice.chance(0.4) {
                let later = deal.signed + (dice.wait(18.0) * HOUR as f64) as i64;
                let sort = dice.pick(&[Sort::Short, Sort::Praise]).unwrap_or_default();
                let text = Text::new(sort, topic, dice.bits());
                let mut visit = town.visit(dice, who, later).labelled(Label::Fake);
                visit.review(town, goods, (deal.order, 5, text));
            }
        }
    }
}

impl Script for SpreadPurchases {
    fn day(&mut self, town: &mut Town, day: u32) {
        let begins = town.calendar.begins(day);
        let mut dice = town.dice("spread day", (u64::from(self.number) << 16) | u64::from(day));
        for &job in self.jobs.iter().filter(|job| (begins..begins + DAY).contains(&job.0)) {
            self.work(town, &mut dice, job);
        }
    }
}
