//! The week in which a campus fills: new students sign up in their halls, order what is missing with the coupon of the first
//! order, some by a room-mate's card, and many do not come again before long.

use crate::calendar::{DAY, MINUTE};
use crate::population::Population;
use crate::scheme::sign_up_and_buy;
use crate::town::{Script, Town};

/// The newcomers of one campus.
pub(crate) struct CampusWeek {
    number: u32,
    /// When each signs up, in order of time.
    plan: Vec<(i64, u32)>,
}

impl CampusWeek {
    pub(crate) fn new(town: &mut Town, number: u32) -> CampusWeek {
        let mut dice = town.dice("campus week", u64::from(number));
        let campus = dice.pick(&town.places.campuses).unwrap_or(0);
        let address = town.places.sites[campus as usize].address;
        let from = dice.below((town.scenario.days as usize / 2).max(1)) as u32;
        let first = town.add_person(&mut dice);
        let (region, mut card) = (town.person(first).region, town.person(first).payment);
        let mut plan = Vec::new();
        let n = town.scenario.size(70);
        for place in 0..n {
            let who = if place == 0 { first } else { town.add_person(&mut dice) };
            let time = town.at(from + dice.below(3) as u32, dice.within(9.0, 23.0));
            let (stays, lends) = (dice.chance(0.4), dice.chance(0.15));
            let person = &mut town.people[who as usize];
            (person.born, person.region) = (time + 3 * MINUTE / 2, region);
            (person.work, person.address) = (Some(campus), address);
            person.payment = if lends { card } else { person.payment };
            card = person.payment;
            person.pace *= if stays { 1.0 } else { 0.02 };
            person.populations.add(Population::CampusWeek);
            plan.push((time, who));
        }
        plan.sort_unstable();
        CampusWeek { number, plan }
    }
}

impl Script for CampusWeek {
    fn day(&mut self, town: &mut Town, day: u32) {
        let mut dice = town.dice("campus day", (u64::from(self.number) << 16) | u64::from(day));
        let begins = town.calendar.begins(day);
        let today = self.plan.iter().filter(|account| (begins..begins + DAY).contains(&account.0));
        for &(time, who) in today {
            sign_up_and_buy(town, &mut dice, (who, time), None);
        }
    }
}
