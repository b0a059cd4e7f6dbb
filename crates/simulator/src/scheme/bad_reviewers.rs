//! S14, bad reviews for money: professionals who buy something cheap from shop after shop, condemn it and are paid to be quiet; and a
//! rival's hired accounts that condemn one shop's goods within some evenings.
//!
//! The condemned shops are victims: they bought nothing.

use super::{hire, make_bots};
use crate::calendar::{DAY, HOUR, MINUTE};
use crate::catalogue::Catalogue;
use crate::dice::Dice;
use crate::name::Name;
use crate::orders::{self, Deal, Goods, Purchase};
use crate::row::{Label, Source};
use crate::scenario::Scheme;
use crate::text::{Sort, Text};
use crate::town::{Script, Town};
use crate::visit::Visit;

/// Share of the professionals' bad reviews that a shop pays for.
const PAID: f64 = 0.75;

/// One practice of professionals and one rival with the accounts that it hired.
pub(crate) struct BadReviewers {
    number: u32,
    professionals: Vec<u32>,
    hired: Vec<u32>,
    rival: u32,
    attacked: Vec<u32>,
    /// The day from which the rival's accounts rate.
    from: u32,
}

impl BadReviewers {
    pub(crate) fn new(town: &mut Town, number: u32) -> BadReviewers {
        let mut dice = town.dice("bad reviewers", u64::from(number));
        let (few, many) = (town.scenario.size(12), town.scenario.size(30));
        let of = (Scheme::BadReviewers, number * 2);
        let professionals = hire(town, &mut dice, of, (Label::Fake, few));
        let of = (Scheme::BadReviewers, number * 2 + 1);
        let hired = make_bots(town, &mut dice, of, many);
        let half = town.catalogue.sellers.len() / 2;
        let rivals = dice.sample(&town.catalogue.sellers[..half], 2);
        let at = |place: usize| rivals.get(place).copied().unwrap_or(0);
        let shelf = &town.catalogue.owners[at(0) as usize].subjects;
        let attacked = dice.sample(shelf, 2);
        town.catalogue.owners[at(1) as usize].bought = true;
        let from = dice.below(town.scenario.days as usize * 2 / 3) as u32 + 1;
        BadReviewers { number, professionals, hired, rival: at(1), attacked, from }
    }

    fn practise(&self, town: &mut Town, dice: &mut Dice, day: u32) {
        for &who in &self.professionals {
            let time = town.calendar.begins(day) + town.person(who).rhythm.moment(dice);
            let taste = town.person(who).tastes[dice.below(3)];
            if !dice.chance(0.9) || time < town.person(who).born {
                continue;
            }
            for _ in 0..1 + dice.below(2) {
                let Some(goods) = town.catalogue.goods_of(dice, taste, time) else { continue };
                let begins = time + dice.below(90) as i64 * MINUTE;
                condemn_for_money(town, dice, (who, goods), begins);
            }
        }
    }

    /// The rival's accounts rate over two evenings and are paid a wage the day after.
    fn attack(&self, town: &mut Town, dice: &mut Dice, day: u32) {
        let evening = day.wrapping_sub(self.from);
        if evening > 1 {
            return;
        }
        let half = self.hired.len() / 2;
        let team = if evening == 0 { &self.hired[..half] } else { &self.hired[half..] };
        for &who in team {
            let time = town.at(day, dice.within(17.0, 23.0));
            let Some(goods) = dice.pick(&self.attacked) else { return };
            if !town.exists(who, time) {
                continue;
            }
            let mut visit = town.visit(dice, who, time).labelled(Label::Fake);
            visit.source = Source::Direct;
            visit.view(town, goods, dice.lognormal(14.0, 0.7));
            review(town, dice, &mut visit, (goods, Name::NONE));
            let wage = Deal {
                who,
                subject: goods,
                order: Name::NONE,
                amount: 0,
                payment: town.person(who).payment,
                signed: visit.time,
                label: Label::Fake,
            };
            let paid = visit.time + DAY + dice.below(9) as i64 * HOUR;
            orders::payout(town, &wage, Catalogue::owner_name(self.rival), (paid, 800));
        }
    }
}

impl Script for BadReviewers {
    fn day(&mut self, town: &mut Town, day: u32) {
        let mut dice = town.dice("bad review", (u64::from(self.number) << 16) | u64::from(day));
        self.practise(town, &mut dice, day);
        self.attack(town, &mut dice, day);
    }
}

/// Buys, condemns, and mostly is paid for being quiet: the price back through the platform, or something from the shop.
fn condemn_for_money(town: &mut Town, dice: &mut Dice, of: (u32, u32), time: i64) {
    let (who, goods) = of;
    let mut visit = town.visit(dice, who, time).labelled(Label::Fake);
    let dwell = Visit::dwell(town, dice, goods);
    visit.view(town, goods, dwell);
    let purchase = Purchase::usual(town, &visit, goods, Goods::Real);
    let Some(deal) = orders::buy(town, dice, &mut visit, purchase) else { return };
    let said = deal.signed + (dice.within(0.5, 8.0) * HOUR as f64) as i64;
    let mut later = town.visit(dice, who, said).labelled(Label::Fake);
    review(town, dice, &mut later, (goods, deal.order));
    if !dice.chance(PAID) {
        return;
    }
    let back = later.time + (dice.within(0.1, 1.5) * DAY as f64) as i64;
    if dice.chance(0.5) {
        orders::refund(town, &deal, back, deal.amount);
    } else {
        let owner = town.catalogue.subjects[goods as usize].owner;
        let hush = deal.amount + 100 * dice.between(5, 40);
        orders::payout(town, &deal, Catalogue::owner_name(owner), (back, hush));
    }
}

fn review(town: &mut Town, dice: &mut Dice, visit: &mut Visit, of: (u32, Name)) {
    let (goods, order) = of;
    let topic = town.catalogue.subjects[goods as usize].topic;
    let stars = if dice.chance(0.9) { 1 } else { 2 };
    let text = Text::new(Sort::Complaint, topic, dice.bits());
    visit.review(town, goods, (order, stars, text));
}
