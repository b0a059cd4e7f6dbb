//! S17, an insider: an employee who lets pass what risk control stops, for one shop's gain. The shop's own buyers order subsidised goods
//! again and again; each subsidy is prompted, and each prompt answered.
//!
//! The insider is an account of the platform too, which does nothing wrong under its own name and so counts neither way. Beside it
//! colleagues pass prompts evenly after a wave of false alarms, and all those of a shop in a flash sale: see the support desk.

use super::{clients, hire, make_bots};
use crate::calendar::{DAY, MINUTE};
use crate::catalogue::Catalogue;
use crate::crowd::{let_pass, on_duty, prompted};
use crate::orders::{self, Goods, Purchase};
use crate::person::Person;
use crate::row::{Label, Source};
use crate::scenario::Scheme;
use crate::town::{Script, Town};

/// Prompts an insider passes for others on a day, as the work asks.
const OTHERS: f64 = 3.0;

/// One insider, the shop and its buyers.
pub(crate) struct Insider {
    number: u32,
    insider: u32,
    buyers: Vec<u32>,
    seller: u32,
}

impl Insider {
    pub(crate) fn new(town: &mut Town, number: u32) -> Insider {
        let mut dice = town.dice("insider", u64::from(number));
        let of = (Scheme::Insider, number * 2);
        let insider = hire(town, &mut dice, of, (Label::Gray, 1)).first().copied().unwrap_or(0);
        let size = town.scenario.size(12);
        let buyers = make_bots(town, &mut dice, (Scheme::Insider, number * 2 + 1), size);
        let seller = clients(town, &mut dice, true, 1).first().copied().unwrap_or(0);
        Insider { number, insider, buyers, seller }
    }
}

impl Script for Insider {
    fn day(&mut self, town: &mut Town, day: u32) {
        let mut dice = town.dice("insider day", (u64::from(self.number) << 16) | u64::from(day));
        let operator = Person::name(self.insider);
        for &who in &self.buyers {
            let time = town.calendar.begins(day) + town.person(who).rhythm.moment(&mut dice);
            if !dice.chance(0.3) || !town.exists(who, time) {
                continue;
            }
            let shelf = &town.catalogue.owners[self.seller as usize].subjects;
            let Some(goods) = dice.pick(shelf) else { continue };
            let mut visit = town.visit(&mut dice, who, time).labelled(Label::Fake);
            visit.source = Source::Direct;
            visit.view(town, goods, dice.lognormal(4.5, 0.6));
            let purchase = Purchase::usual(town, &visit, goods, Goods::Matched);
            let Some(deal) = orders::buy(town, &mut dice, &mut visit, purchase) else { continue };
            let passed = visit.time + dice.below(15) as i64 * MINUTE;
            let_pass(town, &deal, (operator, passed), deal.amount * 15 / 100);
            let back = deal.signed + (dice.wait(0.7) * DAY as f64) as i64;
            let seller = Catalogue::owner_name(self.seller);
            orders::payout(town, &deal, seller, (back, deal.amount * 95 / 100));
        }
        // The work that everybody has.
        for _ in 0..dice.count(OTHERS) {
            let (who, time) =
                (dice.pick(&town.citizens).unwrap_or(0), on_duty(town, &mut dice, day));
            prompted(town, &mut dice, (who, time), operator, None);
        }
    }
}
