//! S12, refund circle: baskets made to fit a subsidy are paid, refunded and paid again with the same money, now by the seller
//! through the platform, now by a middleman; the subsidy stays.

use super::{clients, colluding_point, make_bots};
use crate::calendar::HOUR;
use crate::crowd::{BONUS, THRESHOLD};
use crate::dice::Dice;
use crate::name::{Name, Space};
use crate::orders::{self, Deal, Goods, Purchase};
use crate::row::{Label, Source};
use crate::scenario::Scheme;
use crate::town::{Script, Town};

/// One ring, its seller and its middleman.
pub(crate) struct RefundCircle {
    number: u32,
    ring: Vec<u32>,
    seller: u32,
    point: u32,
    middleman: Name,
}

impl RefundCircle {
    pub(crate) fn new(town: &mut Town, number: u32) -> RefundCircle {
        let mut dice = town.dice("refund circle", u64::from(number));
        let size = town.scenario.size(30);
        let ring = make_bots(town, &mut dice, (Scheme::RefundCircle, number), size);
        let seller = clients(town, &mut dice, true, 1).first().copied().unwrap_or(0);
        let point = colluding_point(town, &mut dice);
        RefundCircle { number, ring, seller, point, middleman: town.fresh(Space::Desk) }
    }

    /// The price comes back before long once it can, mostly as a refund.
    fn give_back(&self, town: &mut Town, dice: &mut Dice, deal: &Deal) {
        let back = deal.signed + (dice.within(3.0, 40.0) * HOUR as f64) as i64;
        if dice.chance(0.75) {
            orders::refund(town, deal, back, deal.amount);
        } else {
            orders::payout(town, deal, self.middleman, (back, deal.amount * 98 / 100));
        }
    }
}

impl Script for RefundCircle {
    fn day(&mut self, town: &mut Town, day: u32) {
        let mut dice = town.dice("circle day", (u64::from(self.number) << 16) | u64::from(day));
        for &who in &self.ring {
            let time = town.calendar.begins(day) + town.person(who).rhythm.moment(&mut dice);
            if !dice.chance(0.45) || time < town.person(who).born {
                continue;
            }
            let shelf = &town.catalogue.owners[self.seller as usize].subjects;
            let Some(goods) = dice.pick(shelf) else { continue };
            let mut visit = town.visit(&mut dice, who, time).labelled(Label::Fake);
            visit.source = Source::Direct;
            visit.view(town, goods, dice.lognormal(9.0, 0.8));
            let mut purchase = Purchase::usual(town, &visit, goods, Goods::Empty(self.point));
            purchase.amount = THRESHOLD + dice.between(0, 60) * 10;
            // Most are called off before anything is sent; an envelope goes out for the others.
            let sent = dice.chance(0.3);
            let order = if sent { orders::buy } else { orders::pay };
            let Some(deal) = order(town, &mut dice, &mut visit, purchase) else { continue };
            orders::subsidise(town, &deal, visit.time, BONUS);
            self.give_back(town, &mut dice, &deal);
        }
    }
}
