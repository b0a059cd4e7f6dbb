//! S9, subsidy loop: a seller and a ring of accounts order subsidised goods from each other; empty parcels and the
//! seller's money go round, the platform's subsidy stays.

use super::{clients, colluding_point, make_bots};
use crate::calendar::DAY;
use crate::catalogue::Catalogue;
use crate::name::Name;
use crate::orders::{self, Goods, Purchase};
use crate::row::{Label, Source};
use crate::scenario::Scheme;
use crate::town::{Script, Town};

/// One ring and its seller.
pub(crate) struct SubsidyLoop {
    number: u32,
    ring: Vec<u32>,
    seller: u32,
    point: u32,
    addresses: Vec<Name>,
    payments: Vec<Name>,
}

impl SubsidyLoop {
    pub(crate) fn new(town: &mut Town, number: u32) -> SubsidyLoop {
        let mut dice = town.dice("subsidy loop", u64::from(number));
        let size = town.scenario.size(32);
        let ring = make_bots(town, &mut dice, (Scheme::SubsidyLoop, number), size);
        let seller = clients(town, &mut dice, true, 1).first().copied().unwrap_or(0);
        let point = colluding_point(town, &mut dice);
        let addresses = (0..4).map(|_| town.places.address()).collect();
        let payments = (0..size / 3).map(|_| town.places.payment()).collect();
        SubsidyLoop { number, ring, seller, point, addresses, payments }
    }
}

impl Script for SubsidyLoop {
    fn day(&mut self, town: &mut Town, day: u32) {
        let mut dice = town.dice("loop day", (u64::from(self.number) << 16) | u64::from(day));
        for &who in &self.ring {
            let time = town.calendar.begins(day) + town.person(who).rhythm.moment(&mut dice);
            if !dice.chance(0.35) || time < town.person(who).born {
                continue;
            }
            let shelf = &town.catalogue.owners[self.seller as usize].subjects;
            let Some(goods) = dice.pick(shelf) else { continue };
            let mut visit = town.visit(&mut dice, who, time).labelled(Label::Fake);
            visit.source = Source::Direct;
            visit.view(town, goods, dice.lognormal(4.0, 0.6));
            let mut purchase = Purchase::usual(town, &visit, goods, Goods::Empty(self.point));
            if dice.chance(town.scenario.hardness.sharing) {
                purchase.address = dice.pick(&self.addresses).unwrap_or(purchase.address);
                purchase.payment = dice.pick(&self.payments).unwrap_or(purchase.payment);
            }
            let Some(deal) = orders::buy(town, &mut dice, &mut visit, purchase) else { continue };
            orders::subsidise(town, &deal, visit.time, deal.amount * 18 / 100);
            let back = deal.signed + (dice.wait(0.5) * DAY as f64) as i64;
            let seller = Catalogue::owner_name(self.seller);
            orders::payout(town, &deal, seller, (back, deal.amount * 96 / 100));
        }
    }
}
