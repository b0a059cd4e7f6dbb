//! S8, share inflation: a few accounts share a link, and machines open it by the hundred, hardly looking.

use super::{clients, make_bots, timetable};
use crate::calendar::{DAY, HOUR};
use crate::person::Person;
use crate::places::Places;
use crate::row::{Label, Source};
use crate::scenario::Scheme;
use crate::town::{Script, Town};
use crate::visit::Visit;
use events::Kind;

/// The sharers and when each client's link is opened.
pub(crate) struct ShareInflation {
    number: u32,
    sharers: Vec<u32>,
    jobs: Vec<(i64, u32)>,
}

impl ShareInflation {
    pub(crate) fn new(town: &mut Town, number: u32) -> ShareInflation {
        let mut dice = town.dice("share inflation", u64::from(number));
        let size = town.scenario.size(30);
        let sharers = make_bots(town, &mut dice, (Scheme::ShareInflation, number), size);
        let clients = clients(town, &mut dice, false, 5);
        let jobs = timetable(town, &mut dice, (town.scenario.days as usize * 8 / 10).max(4));
        let jobs = jobs.into_iter().filter_map(|time| Some((time, dice.pick(&clients)?)));
        ShareInflation { number, sharers, jobs: jobs.collect() }
    }
}

impl Script for ShareInflation {
    fn day(&mut self, town: &mut Town, day: u32) {
        let begins = town.calendar.begins(day);
        let mut dice = town.dice("share day", (u64::from(self.number) << 16) | u64::from(day));
        for &(time, client) in self.jobs.iter().filter(|j| (begins..begins + DAY).contains(&j.0)) {
            let Some(film) = town.catalogue.of_owner(&mut dice, client, time) else { continue };
            let joining = (self.sharers.len() as f64 * town.scenario.hardness.join) as usize;
            for who in dice.sample(&self.sharers, joining) {
                let hours = dice.within(0.0, 2.0) * town.scenario.hardness.spread;
                let shared = time + (hours * HOUR as f64) as i64;
                if !town.exists(who, shared) {
                    continue;
                }
                let mut visit = town.visit(&mut dice, who, shared).labelled(Label::Fake);
                visit.mark(town, Kind::Share, film);
                for _ in 0..dice.count(5.0) {
                    let opened = visit.time + (dice.wait(2.5) * HOUR as f64) as i64;
                    let device = town.places.device(&mut dice);
                    let region = dice.below(40) as u32;
                    let ip = if dice.chance(0.5) {
                        Places::data_centre(&mut dice)
                    } else {
                        Places::mobile_ip(&mut dice, region)
                    };
                    let guest = Visit::anonymous(device, ip, opened).labelled(Label::Fake);
                    let source = Source::Share(Person::name(who));
                    guest.by(source).view(town, film, dice.lognormal(0.9, 0.6));
                }
            }
        }
    }
}
