//! S2, stealth like bots: each with a device, a home and a day of its own, four fifths of it ordinary.
//!
//! A job is 80 to 150 likes of one film within 3 to 24 hours; each bot joins a part of the jobs, so that no two bots
//! meet on all of them. The like falls amid an ordinary sitting, so bots come as often as people do.

use super::{clients, make_bots, timetable};
use crate::calendar::{DAY, HOUR};
use crate::dice::Dice;
use crate::ordinary;
use crate::row::{Label, Source};
use crate::scenario::Scheme;
use crate::text::{Sort, Text};
use crate::town::{Script, Town};
use crate::visit::Visit;
use events::Kind;

/// One pool of bots and its jobs.
pub(crate) struct StealthLikes {
    number: u32,
    pool: Vec<u32>,
    jobs: Vec<(i64, u32)>,
}

impl StealthLikes {
    pub(crate) fn new(town: &mut Town, number: u32) -> StealthLikes {
        let mut dice = town.dice("stealth likes", u64::from(number));
        let size = town.scenario.size(190);
        let pool = make_bots(town, &mut dice, (Scheme::StealthLikes, number), size);
        for &who in &pool {
            town.people[who as usize].pace *= 0.4;
        }
        let clients = clients(town, &mut dice, false, 18);
        let jobs = timetable(town, &mut dice, town.scenario.days as usize * 5 / 4);
        let jobs = jobs.into_iter().filter_map(|time| Some((time, dice.pick(&clients)?)));
        StealthLikes { number, pool, jobs: jobs.collect() }
    }

    fn work(&self, town: &mut Town, dice: &mut Dice, job: (i64, u32)) {
        let (begins, client) = job;
        let Some(film) = town.catalogue.of_owner(dice, client, begins) else { return };
        let hardness = town.scenario.hardness;
        let ordered = dice.within(80.0, 150.0) * hardness.join / 0.6;
        let joining = ordered.min(self.pool.len() as f64 * dice.within(0.8, 1.2) * hardness.join);
        let length = dice.within(3.0, 24.0) * hardness.spread * HOUR as f64;
        let topic = town.catalogue.subjects[film as usize].topic;
        for who in dice.sample(&self.pool, joining as usize) {
            let time = self.moment(town, dice, who, (begins, length));
            if time < town.person(who).born {
                continue;
            }
            let mut visit = town.visit(dice, who, time);
            if dice.chance(0.3) {
                visit.login(town);
            }
            let ordinary = (3.2 * hardness.cover, dice.unit());
            let (before, after) = (dice.wait(ordinary.0 * ordinary.1), dice.wait(ordinary.0));
            ordinary::browse(town, dice, &mut visit, before as u32);
            visit.label = Label::Fake;
            let ways = [Source::Home, Source::Home, Source::Profile, Source::Push, Source::Direct];
            visit.source = dice.pick(&ways).unwrap_or_default();
            if dice.chance(0.35) {
                visit.search(town, Text::new(Sort::Search, topic, dice.bits()));
            }
            let dwell = Visit::dwell(town, dice, film).max(1.5);
            visit.view(town, film, dwell);
            visit.mark(town, Kind::Like, film);
            visit.label = Label::Gray;
            ordinary::browse(town, dice, &mut visit, after as u32);
        }
    }

    /// A moment within the job at which this bot's person would be awake.
    fn moment(&self, town: &Town, dice: &mut Dice, who: u32, job: (i64, f64)) -> i64 {
        let (begins, length) = job;
        let midnight = begins - (begins - town.calendar.begins(0)).rem_euclid(DAY);
        for _ in 0..8 {
            let days = dice.below(2 + (length / DAY as f64) as usize) as i64;
            let time = midnight + days * DAY + town.person(who).rhythm.moment(dice);
            if time >= begins && ((time - begins) as f64) < length {
                return time;
            }
        }
        begins + (dice.unit() * length) as i64
    }
}

impl Script for StealthLikes {
    fn day(&mut self, town: &mut Town, day: u32) {
        let begins = town.calendar.begins(day);
        let mut dice = town.dice("stealth day", (u64::from(self.number) << 16) | u64::from(day));
        for &job in self.jobs.iter().filter(|job| (begins..begins + DAY).contains(&job.0)) {
            self.work(town, &mut dice, job);
        }
    }
}
