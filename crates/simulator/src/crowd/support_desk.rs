//! A support desk: employees who look at what risk control stopped and let most of it pass. After a wave of false alarms that is
//! many a day of all shops; in a flash sale it is all one shop's, by whoever is on duty.

use super::known_owner;
use crate::calendar::{HOUR, MINUTE};
use crate::catalogue::Catalogue;
use crate::dice::Dice;
use crate::name::Name;
use crate::orders::{self, Deal};
use crate::person::Person;
use crate::population::Population;
use crate::row::{Row, Said};
use crate::town::{Script, Town};
use events::{Kind, ScanStatus};

/// Employees of the desk; two are on duty at a time.
const DESK: usize = 6;
/// Prompts that the desk lets pass on a usual day, and on one with false alarms.
const USUAL: f64 = 8.0;
const FALSE_ALARMS: f64 = 90.0;
/// Prompted buyers of a flash sale.
const RUSH: usize = 45;

/// The desk of a town.
pub(crate) struct SupportDesk {
    staff: Vec<u32>,
    /// The day of the false alarms and that of the sale.
    alarms: u32,
    sale: u32,
}

impl SupportDesk {
    pub(crate) fn new(town: &mut Town) -> SupportDesk {
        let mut dice = town.dice("support desk", 0);
        let staff = dice.sample(&town.citizens, DESK);
        for &who in &staff {
            town.people[who as usize].populations.add(Population::SupportDesk);
        }
        let days = town.scenario.days as usize;
        SupportDesk { staff, alarms: dice.below(days) as u32, sale: dice.below(days) as u32 }
    }

    /// Who of the two on duty takes the next prompt; shifts change each third of a day, and move on by one each day.
    fn takes(&self, dice: &mut Dice, day: u32, time: i64, begins: i64) -> Name {
        let shift = u64::from(day) + ((time - begins) / (8 * HOUR)).clamp(0, 2) as u64;
        let at = (shift as usize * 2 + dice.below(2)) % self.staff.len().max(1);
        Person::name(self.staff.get(at).copied().unwrap_or(0))
    }
}

impl Script for SupportDesk {
    fn day(&mut self, town: &mut Town, day: u32) {
        let mut dice = town.dice("support day", u64::from(day));
        let begins = town.calendar.begins(day);
        let prompts = if day == self.alarms { FALSE_ALARMS } else { USUAL };
        for _ in 0..dice.count(prompts) {
            let (who, time) =
                (dice.pick(&town.citizens).unwrap_or(0), on_duty(town, &mut dice, day));
            let operator = self.takes(&mut dice, day, time, begins);
            prompted(town, &mut dice, (who, time), operator, None);
        }
        if day != self.sale {
            return;
        }
        let seller = known_owner(town, &mut dice, true);
        for who in dice.sample(&town.citizens, RUSH) {
            let time = town.at(day, 20.0) + dice.below(50) as i64 * MINUTE;
            let operator = self.takes(&mut dice, day, time, begins);
            prompted(town, &mut dice, (who, time), operator, Some(seller));
        }
    }
}

/// When somebody buys in the hours of the desk.
pub(crate) fn on_duty(town: &Town, dice: &mut Dice, day: u32) -> i64 {
    town.at(day, dice.within(8.0, 23.0))
}

/// Somebody buys at a shop, or at any that suits them, with a subsidy that risk control stops and a person lets pass.
pub(crate) fn prompted(
    town: &mut Town,
    dice: &mut Dice,
    (who, time): (u32, i64),
    operator: Name,
    seller: Option<u32>,
) {
    let taste = town.person(who).tastes[dice.below(3)];
    let goods = match seller {
        Some(seller) => town.catalogue.of_owner(dice, seller, time),
        None => town.catalogue.goods_of(dice, taste, time),
    };
    let (Some(goods), true) = (goods, town.exists(who, time)) else { return };
    let mut visit = town.visit(dice, who, time);
    let Some(deal) = orders::look_and_buy(town, dice, &mut visit, goods) else { return };
    let passed = visit.time + dice.below(15) as i64 * MINUTE;
    let_pass(town, &deal, (operator, passed), deal.amount * 15 / 100);
}

/// The platform pays a part of the price because a person let the prompt pass.
pub(crate) fn let_pass(town: &mut Town, deal: &Deal, (operator, time): (Name, i64), amount: i64) {
    let on = town.catalogue.subjects[deal.subject as usize];
    let mut row = Row::new(time, Kind::Subsidy, deal.label);
    (row.actor, row.order, row.amount) = (Person::name(deal.who), deal.order, amount);
    row.subject = Catalogue::name(deal.subject);
    row.owner = Catalogue::owner_name(on.owner);
    (row.counterparty, row.said) = (operator, Said::Scan(ScanStatus::Overridden));
    town.calendar.note(row);
}
