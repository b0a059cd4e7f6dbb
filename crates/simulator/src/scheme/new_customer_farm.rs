//! S19, new-customer farm: accounts that are made for the coupon of the first order. Each signs up, buys one thing with it within
//! the half hour, and is never seen again. Addresses, instruments and a part of the telephones are dealt out from a small stock.

use crate::calendar::{DAY, MINUTE};
use crate::dice::Dice;
use crate::name::Name;
use crate::orders::{self, Goods, Purchase};
use crate::places::Device;
use crate::row::{Label, Source};
use crate::scenario::Scheme;
use crate::town::{Campaign, Script, Town};

/// What the platform gives a first order, in minor units, up to half of its price.
pub(crate) const WELCOME: i64 = 1_500;

/// One farm with the goods that it resells.
pub(crate) struct NewCustomerFarm {
    number: u32,
    /// When each account signs up, in order of time.
    plan: Vec<(i64, u32)>,
    goods: Vec<u32>,
}

impl NewCustomerFarm {
    pub(crate) fn new(town: &mut Town, number: u32) -> NewCustomerFarm {
        let mut dice = town.dice("new-customer farm", u64::from(number));
        let n = town.scenario.size(80);
        let addresses: Vec<Name> = (0..n / 6 + 1).map(|_| town.places.address()).collect();
        let payments: Vec<Name> = (0..n / 3 + 1).map(|_| town.places.payment()).collect();
        let racks: Vec<Device> = (0..n / 8 + 1).map(|_| town.places.device(&mut dice)).collect();
        let shared = town.scenario.hardness.sharing * 0.5;
        let campaign = town.campaigns.len() as u32;
        let days = town.scenario.days as usize;
        let first = town.add_person(&mut dice);
        let region = town.person(first).region;
        let mut plan = Vec::new();
        for place in 0..n {
            let who = if place == 0 { first } else { town.add_person(&mut dice) };
            let day = dice.below((days * 2 / 3).max(1)) as u32;
            let time = town.at(day, dice.within(8.5, 23.0));
            let device = dice.pick(&racks).filter(|_| dice.chance(shared));
            let person = &mut town.people[who as usize];
            (person.born, person.pace, person.region) = (time + 3 * MINUTE / 2, 0.0, region);
            person.address = dice.pick(&addresses).unwrap_or(person.address);
            person.payment = dice.pick(&payments).unwrap_or(person.payment);
            person.devices = [device.unwrap_or(person.devices[0]); 2];
            (person.label, person.cover) = (Label::Fake, Label::Fake);
            person.campaign = Some(campaign);
            plan.push((time, who));
        }
        let members = plan.iter().map(|account| account.1).collect();
        let scheme = Some(Scheme::NewCustomerFarm);
        town.campaigns.push(Campaign { scheme, number, members });
        plan.sort_unstable();
        let goods = (0..3).filter_map(|_| popular(town, &mut dice)).collect();
        NewCustomerFarm { number, plan, goods }
    }
}

/// Goods of a shop that many know.
fn popular(town: &Town, dice: &mut Dice) -> Option<u32> {
    let sellers = &town.catalogue.sellers;
    let owner = dice.pick(&sellers[..sellers.len() / 2])?;
    town.catalogue.of_owner(dice, owner, town.calendar.begins(0))
}

impl Script for NewCustomerFarm {
    fn day(&mut self, town: &mut Town, day: u32) {
        let mut dice = town.dice("farm day", (u64::from(self.number) << 16) | u64::from(day));
        let begins = town.calendar.begins(day);
        let today = self.plan.iter().filter(|account| (begins..begins + DAY).contains(&account.0));
        for &(time, who) in today {
            let Some(goods) = dice.pick(&self.goods) else { continue };
            sign_up_and_buy(town, &mut dice, (who, time), Some(goods));
        }
    }
}

/// Signs up, and within the half hour looks around and buys something with the coupon of the first order.
pub(crate) fn sign_up_and_buy(
    town: &mut Town,
    dice: &mut Dice,
    (who, time): (u32, i64),
    goods: Option<u32>,
) {
    let (label, taste) = (town.person(who).cover, town.person(who).tastes[0]);
    let mut visit = town.visit(dice, who, time).labelled(label).by(Source::Ad);
    visit.register(town);
    let begins = time + (dice.within(2.0, 30.0) * MINUTE as f64) as i64;
    let Some(goods) = goods.or_else(|| town.catalogue.goods_of(dice, taste, begins)) else {
        return;
    };
    let device = visit.device;
    visit = town.visit(dice, who, begins).labelled(label).by(Source::Home);
    visit.device = device;
    let dwell = crate::visit::Visit::dwell(town, dice, goods);
    visit.view(town, goods, dwell);
    let mut purchase = Purchase::usual(town, &visit, goods, Goods::Real);
    let coupon = WELCOME.min(purchase.amount / 2);
    visit.coupon(town, Name::NONE, town.catalogue.subjects[goods as usize].owner, coupon);
    purchase.amount -= coupon;
    let _ = orders::buy(town, dice, &mut visit, purchase);
}
