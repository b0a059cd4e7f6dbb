//! S23, shared links: a few accounts pass on what a client made, within minutes of each other, and machines without an account come by
//! their links, each from an address of its own. Some leave at once, some stay for as long as they were told.

use super::{clients, make_bots, timetable};
use crate::calendar::{DAY, HOUR};
use crate::dice::Dice;
use crate::person::Person;
use crate::places::Places;
use crate::row::{Label, Source};
use crate::scenario::Scheme;
use crate::town::{Script, Town};
use crate::visit::Visit;
use events::Kind;

/// The sharers, and the jobs: when, and for whom.
pub(crate) struct SharedLinks {
    number: u32,
    sharers: Vec<u32>,
    jobs: Vec<(i64, u32)>,
}

impl SharedLinks {
    pub(crate) fn new(town: &mut Town, number: u32) -> SharedLinks {
        let mut dice = town.dice("shared links", u64::from(number));
        let size = town.scenario.size(16);
        let sharers = make_bots(town, &mut dice, (Scheme::SharedLinks, number), size);
        let clients = clients(town, &mut dice, false, 2);
        let times = timetable(town, &mut dice, 6);
        let jobs = times.into_iter().zip(clients.into_iter().cycle());
        SharedLinks { number, sharers, jobs: jobs.collect() }
    }
}

impl Script for SharedLinks {
    fn day(&mut self, town: &mut Town, day: u32) {
        let begins = town.calendar.begins(day);
        let mut dice =
            town.dice("shared links day", (u64::from(self.number) << 16) | u64::from(day));
        for (number, &(time, client)) in self.jobs.iter().enumerate() {
            if !(begins..begins + DAY).contains(&time) {
                continue;
            }
            let Some(film) = town.catalogue.of_owner(&mut dice, client, time) else { continue };
            let hardness = town.scenario.hardness;
            let joining = (self.sharers.len() as f64 * hardness.join) as usize;
            let mut links = dice.sample(&self.sharers, joining);
            links.retain(|&who| town.exists(who, time));
            for &who in &links {
                let shared = time + (dice.within(0.0, 0.25) * hardness.spread * HOUR as f64) as i64;
                let visit = town.visit(&mut dice, who, shared);
                visit.labelled(Label::Fake).mark(town, Kind::Share, film);
            }
            let hours = (0.3, 3.0 * hardness.spread);
            let seconds = if number % 4 < 2 { (0.5, 0.5) } else { (3.0, 0.03) };
            let views = dice.count(town.scenario.size(400) as f64);
            open_links(town, &mut dice, (film, time, hours), (&links, views), seconds);
        }
    }
}

/// Machines come to a film between some hours after a moment by links in turn, and stay for seconds about a median.
pub(crate) fn open_links(
    town: &mut Town,
    dice: &mut Dice,
    (film, time, (from, to)): (u32, i64, (f64, f64)),
    (links, views): (&[u32], u32),
    (median, about): (f64, f64),
) {
    for _ in 0..views {
        let Some(sharer) = dice.pick(links) else { return };
        let opened = time + (dice.within(from, to) * HOUR as f64) as i64;
        let device = town.places.device(dice);
        let region = dice.below(40) as u32;
        let ip = Places::mobile_ip(dice, region);
        let guest = Visit::anonymous(device, ip, opened).labelled(Label::Fake);
        let source = Source::Share(Person::name(sharer));
        guest.by(source).view(town, film, dice.lognormal(median, about));
    }
}
