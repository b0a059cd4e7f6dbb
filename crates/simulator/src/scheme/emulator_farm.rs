//! S13, emulator farm: likes and follows over hours from emulators behind a data centre's addresses, each sitting on a device that
//! was never seen before, under numbers of virtual operators.
//!
//! One sitting in five hides what it runs on, and one in ten comes from a few machines that claim another telephone each time.
//! Beside it live people who do the same for their own reasons: see the crowds of players and of private browsers.

use super::{clients, make_bots, timetable};
use crate::calendar::{DAY, HOUR};
use crate::dice::Dice;
use crate::places::{Device, Places};
use crate::row::{Label, Source};
use crate::scenario::Scheme;
use crate::town::{Script, Town};
use events::Kind;

/// One farm with its clients and their jobs.
pub(crate) struct EmulatorFarm {
    number: u32,
    bots: Vec<u32>,
    /// Accounts that register during the period, and when.
    coming: Vec<(i64, u32)>,
    /// Machines that keep their fingerprint.
    machines: Vec<Device>,
    jobs: Vec<(i64, u32)>,
}

impl EmulatorFarm {
    pub(crate) fn new(town: &mut Town, number: u32) -> EmulatorFarm {
        let mut dice = town.dice("emulator farm", u64::from(number));
        let size = town.scenario.size(60);
        let bots = make_bots(town, &mut dice, (Scheme::EmulatorFarm, number), size);
        let mut coming = Vec::new();
        for &who in &bots {
            let device = sitting(town, &mut dice, &[]);
            let time = town.at(dice.below(3) as u32, dice.within(9.0, 21.0));
            let person = &mut town.people[who as usize];
            person.devices = [device; 2];
            person.phone.block = 1_700_000 + dice.below(19_999) as u32;
            if person.born < time && dice.chance(0.4) {
                person.born = time + HOUR / 60;
                coming.push((time, who));
            }
        }
        let machines = (0..4).map(|_| town.places.device(&mut dice)).collect();
        let clients = clients(town, &mut dice, false, 8);
        let jobs = timetable(town, &mut dice, (town.scenario.days as usize * 2).max(8));
        let jobs = jobs.into_iter().filter_map(|time| Some((time, dice.pick(&clients)?))).collect();
        EmulatorFarm { number, bots, coming, machines, jobs }
    }

    fn work(&self, town: &mut Town, dice: &mut Dice, job: (i64, u32)) {
        let (begins, client) = job;
        let Some(film) = town.catalogue.of_owner(dice, client, begins) else { return };
        let hardness = town.scenario.hardness;
        let lasts = dice.within(2.0, 6.0) * hardness.spread * HOUR as f64;
        for &who in &self.bots {
            let time = begins + (dice.unit() * lasts) as i64;
            if !dice.chance((hardness.join + 0.15).min(0.95)) || !town.exists(who, begins) {
                continue;
            }
            let mut visit = town.visit(dice, who, time).labelled(Label::Fake);
            visit.source = dice.pick(&[Source::Direct, Source::Home]).unwrap_or_default();
            visit.device = sitting(town, dice, &self.machines);
            visit.ip = Places::data_centre(dice);
            if dice.chance(0.7) {
                visit.view(town, film, dice.lognormal(4.0, 0.8));
            }
            visit.mark(town, Kind::Like, film);
            if dice.chance(0.25) {
                visit.follow(town, client);
            }
        }
    }
}

/// What one sitting runs on.
fn sitting(town: &mut Town, dice: &mut Dice, machines: &[Device]) -> Device {
    let mut device = town.places.device(dice);
    if dice.chance(0.8) {
        device.agent.model = Places::emulator(dice);
    }
    if dice.chance(0.1) {
        device.name = dice.pick(machines).map_or(device.name, |machine| machine.name);
    }
    device
}

impl Script for EmulatorFarm {
    fn day(&mut self, town: &mut Town, day: u32) {
        let today = town.calendar.begins(day)..town.calendar.begins(day) + DAY;
        let mut dice = town.dice("emulator day", (u64::from(self.number) << 16) | u64::from(day));
        for &(time, who) in self.coming.iter().filter(|coming| today.contains(&coming.0)) {
            let mut visit = town.visit(&mut dice, who, time).by(Source::Direct);
            visit.ip = Places::data_centre(&mut dice);
            visit.register(town);
        }
        for &job in self.jobs.iter().filter(|job| today.contains(&job.0)) {
            self.work(town, &mut dice, job);
        }
    }
}
