//! S18, lasting views: machines without an account, and some accounts, that stay as long as the order says, so that nobody can say
//! they left at once. Each job has one length, and each view lasts that long, give or take a little.

use super::{clients, make_bots, timetable};
use crate::calendar::{DAY, HOUR};
use crate::catalogue::Ware;
use crate::places::Places;
use crate::row::{Label, Source};
use crate::scenario::Scheme;
use crate::town::{Script, Town};
use crate::visit::Visit;

/// The accounts, and the jobs: when, and for whom.
pub(crate) struct LastingViews {
    number: u32,
    accounts: Vec<u32>,
    jobs: Vec<(i64, u32)>,
}

impl LastingViews {
    pub(crate) fn new(town: &mut Town, number: u32) -> LastingViews {
        let mut dice = town.dice("lasting views", u64::from(number));
        let size = town.scenario.size(40);
        let accounts = make_bots(town, &mut dice, (Scheme::LastingViews, number), size);
        let mut buyers = clients(town, &mut dice, true, 4);
        buyers.extend(clients(town, &mut dice, false, 4));
        let jobs = timetable(town, &mut dice, (town.scenario.days as usize * 12 / 10).max(6));
        let jobs = jobs.into_iter().filter_map(|time| Some((time, dice.pick(&buyers)?)));
        LastingViews { number, accounts, jobs: jobs.collect() }
    }

    /// What an owner has that draws most, and is no stream.
    fn best(town: &Town, owner: u32, time: i64) -> Option<u32> {
        let all = &town.catalogue.owners[owner as usize].subjects;
        let subject = |number: u32| &town.catalogue.subjects[number as usize];
        let out = all
            .iter()
            .copied()
            .filter(|&number| subject(number).since <= time && subject(number).ware != Ware::Live);
        out.max_by(|&x, &y| subject(x).pull.total_cmp(&subject(y).pull))
    }
}

impl Script for LastingViews {
    fn day(&mut self, town: &mut Town, day: u32) {
        let begins = town.calendar.begins(day);
        let mut dice = town.dice("lasting", (u64::from(self.number) << 16) | u64::from(day));
        for &(time, client) in self.jobs.iter().filter(|j| (begins..begins + DAY).contains(&j.0)) {
            let Some(subject) = Self::best(town, client, time) else { continue };
            let hardness = town.scenario.hardness;
            let length = dice.within(2.0, 6.0) * hardness.spread * HOUR as f64;
            let (seconds, about) = (dice.within(15.0, 60.0), 0.12 * hardness.spread);
            for &who in &self.accounts {
                let opened = time + (dice.unit() * length) as i64;
                if !town.exists(who, time) || !dice.chance(hardness.join) {
                    continue;
                }
                let visit = town.visit(&mut dice, who, opened).labelled(Label::Fake);
                let dwell = dice.lognormal(seconds, about);
                visit.by(Source::Direct).view(town, subject, dwell);
            }
            for _ in 0..dice.count(260.0) {
                let opened = time + (dice.unit() * length) as i64;
                let device = town.places.device(&mut dice);
                let ip = Places::data_centre(&mut dice);
                let visit = Visit::anonymous(device, ip, opened).labelled(Label::Fake);
                visit.by(Source::Direct).view(town, subject, dice.lognormal(seconds, about));
            }
        }
    }
}
