//! A raffle: a creator gives away a telephone, an advertisement tells of it, and newcomers follow him to take part. Most come in the
//! hours after it, and seven in ten never again.

use super::known_owner;
use crate::calendar::{DAY, SECOND};
use crate::population::Population;
use crate::row::Source;
use crate::town::{Script, Town};
use crate::visit::Visit;
use events::Kind;

/// One raffle.
pub(crate) struct Raffle {
    number: u32,
    /// When each newcomer signs up, in order of time.
    plan: Vec<(i64, u32)>,
    creator: u32,
}

impl Raffle {
    pub(crate) fn new(town: &mut Town, number: u32) -> Raffle {
        let mut dice = town.dice("raffle", u64::from(number));
        let creator = known_owner(town, &mut dice, false);
        let day = 1 + dice.below((town.scenario.days as usize - 5).max(1)) as u32;
        let announced = town.at(day, dice.within(9.0, 20.0));
        let mut plan = Vec::new();
        for _ in 0..town.scenario.size(90) {
            let who = town.add_person(&mut dice);
            let time = announced + (dice.wait(0.35).min(2.0) * DAY as f64) as i64;
            let stays = dice.chance(0.3);
            let person = &mut town.people[who as usize];
            person.born = time + 60 * SECOND;
            person.pace *= if stays { 0.6 } else { 0.0 };
            person.populations.add(Population::Raffle);
            plan.push((time, who));
        }
        plan.sort_unstable();
        Raffle { number, plan, creator }
    }
}

impl Script for Raffle {
    fn day(&mut self, town: &mut Town, day: u32) {
        let mut dice = town.dice("raffle day", (u64::from(self.number) << 16) | u64::from(day));
        let begins = town.calendar.begins(day);
        let today = self.plan.iter().filter(|own| (begins..begins + DAY).contains(&own.0));
        for &(time, who) in today {
            let mut visit = town.visit(&mut dice, who, time).by(Source::Ad);
            visit.register(town);
            visit.pause(20.0 + dice.wait(40.0));
            if let Some(film) = town.catalogue.of_owner(&mut dice, self.creator, time) {
                let dwell = Visit::dwell(town, &mut dice, film);
                visit.view(town, film, dwell);
                visit.mark(town, Kind::Like, film);
            }
            visit.follow(town, self.creator);
        }
    }
}
