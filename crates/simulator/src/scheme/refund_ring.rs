//! S20, refund ring: accounts that buy all over the platform, sign for it and have most of it paid back, again and again, from
//! addresses, instruments and a part of the telephones dealt out from a small stock.

use super::make_bots;
use crate::calendar::HOUR;
use crate::dice::Dice;
use crate::name::Name;
use crate::orders::{self, Goods, Purchase};
use crate::places::Device;
use crate::scenario::Scheme;
use crate::town::{Script, Town};

/// Orders of one account a day, and the share of what it signs for that is paid back.
const A_DAY: f64 = 0.45;
const PAID_BACK: f64 = 0.8;

/// One ring.
pub(crate) struct RefundRing {
    number: u32,
    ring: Vec<u32>,
}

impl RefundRing {
    pub(crate) fn new(town: &mut Town, number: u32) -> RefundRing {
        let mut dice = town.dice("refund ring", u64::from(number));
        let size = town.scenario.size(26);
        let ring = make_bots(town, &mut dice, (Scheme::RefundRing, number), size);
        let addresses: Vec<Name> = (0..size / 3 + 1).map(|_| town.places.address()).collect();
        let payments: Vec<Name> = (0..size / 2 + 1).map(|_| town.places.payment()).collect();
        let racks: Vec<Device> = (0..5).map(|_| town.places.device(&mut dice)).collect();
        let shared = town.scenario.hardness.sharing * 0.5;
        let region = ring.first().map_or(0, |&who| town.person(who).region);
        for (place, &who) in ring.iter().enumerate() {
            let device = dice.pick(&racks).filter(|_| dice.chance(shared));
            let person = &mut town.people[who as usize];
            person.region = region;
            person.address = addresses[place % addresses.len()];
            person.payment = payments[place % payments.len()];
            person.devices = [device.unwrap_or(person.devices[0]); 2];
            person.hall = None;
        }
        RefundRing { number, ring }
    }
}

impl Script for RefundRing {
    fn day(&mut self, town: &mut Town, day: u32) {
        let mut dice = town.dice("refund day", (u64::from(self.number) << 16) | u64::from(day));
        for &who in &self.ring {
            let time = town.calendar.begins(day) + town.person(who).rhythm.moment(&mut dice);
            if !dice.chance(A_DAY) || !town.exists(who, time) {
                continue;
            }
            buy_and_send_back(town, &mut dice, (who, time));
        }
    }
}

fn buy_and_send_back(town: &mut Town, dice: &mut Dice, (who, time): (u32, i64)) {
    let taste = town.person(who).tastes[dice.below(3)];
    let Some(goods) = town.catalogue.goods_of(dice, taste, time) else { return };
    let mut visit = orders::pretend(town, dice, who, time, goods);
    let purchase = Purchase::usual(town, &visit, goods, Goods::Real);
    let Some(deal) = orders::buy(town, dice, &mut visit, purchase) else { return };
    if dice.chance(PAID_BACK) {
        let back = deal.signed + (dice.within(1.0, 40.0) * HOUR as f64) as i64;
        let whole = dice.chance(0.7);
        let amount = if whole { deal.amount } else { deal.amount * dice.between(55, 90) / 100 };
        orders::refund(town, &deal, back, amount);
    }
}
