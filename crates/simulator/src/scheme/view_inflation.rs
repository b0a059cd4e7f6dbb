//! S11, view inflation: views without dwell, by some accounts and many machines without one.

use super::{clients, make_bots, timetable};
use crate::calendar::{DAY, HOUR};
use crate::places::Places;
use crate::row::{Label, Source};
use crate::scenario::Scheme;
use crate::town::{Script, Town};
use crate::visit::Visit;

/// The accounts and the films whose counts are pushed.
pub(crate) struct ViewInflation {
    number: u32,
    accounts: Vec<u32>,
    jobs: Vec<(i64, u32)>,
}

impl ViewInflation {
    pub(crate) fn new(town: &mut Town, number: u32) -> ViewInflation {
        let mut dice = town.dice("view inflation", u64::from(number));
        let size = town.scenario.size(40);
        let accounts = make_bots(town, &mut dice, (Scheme::ViewInflation, number), size);
        let clients = clients(town, &mut dice, false, 5);
        let jobs = timetable(town, &mut dice, (town.scenario.days as usize * 8 / 10).max(4));
        let jobs = jobs.into_iter().filter_map(|time| Some((time, dice.pick(&clients)?)));
        ViewInflation { number, accounts, jobs: jobs.collect() }
    }
}

impl Script for ViewInflation {
    fn day(&mut self, town: &mut Town, day: u32) {
        let begins = town.calendar.begins(day);
        let mut dice = town.dice("inflated", (u64::from(self.number) << 16) | u64::from(day));
        for &(time, client) in self.jobs.iter().filter(|j| (begins..begins + DAY).contains(&j.0)) {
            let Some(film) = town.catalogue.of_owner(&mut dice, client, time) else { continue };
            let length = dice.within(1.0, 5.0) * town.scenario.hardness.spread * HOUR as f64;
            for &who in &self.accounts {
                if !town.exists(who, time) {
                    continue;
                }
                for _ in 0..dice.count(town.scenario.hardness.join * 2.0) {
                    let opened = time + (dice.unit() * length) as i64;
                    let visit = town.visit(&mut dice, who, opened).labelled(Label::Fake);
                    let dwell = dice.lognormal(0.35, 0.5);
                    visit.by(Source::Direct).view(town, film, dwell);
                }
            }
            for _ in 0..dice.count(120.0) {
                let opened = time + (dice.unit() * length) as i64;
                let device = town.places.device(&mut dice);
                let ip = Places::data_centre(&mut dice);
                let visit = Visit::anonymous(device, ip, opened).labelled(Label::Fake);
                visit.by(Source::Direct).view(town, film, dice.lognormal(0.35, 0.5));
            }
        }
    }
}
