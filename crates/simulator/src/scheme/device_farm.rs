//! S1, device farm: racks of phones like and follow on command, in bursts of minutes.
//!
//! A part of the phones carry several accounts or sit behind a data centre's addresses; the rest look like anybody's.

use super::{clients, make_bots, timetable};
use crate::calendar::{DAY, MINUTE};
use crate::dice::Dice;
use crate::places::{Device, Places};
use crate::row::{Label, Source};
use crate::scenario::Scheme;
use crate::town::{Script, Town};
use events::Kind;

/// One farm with its clients and their jobs.
pub(crate) struct DeviceFarm {
    number: u32,
    bots: Vec<Bot>,
    jobs: Vec<(i64, u32)>,
}

struct Bot {
    who: u32,
    /// The phone it shares with others of the farm, if any.
    rack: Option<Device>,
    rented: bool,
}

impl DeviceFarm {
    pub(crate) fn new(town: &mut Town, number: u32) -> DeviceFarm {
        let mut dice = town.dice("device farm", u64::from(number));
        let size = town.scenario.size(55);
        let members = make_bots(town, &mut dice, (Scheme::DeviceFarm, number), size);
        let sharing = town.scenario.hardness.sharing;
        let rack: Vec<Device> = (0..size / 5).map(|_| town.places.device(&mut dice)).collect();
        let bots = members.into_iter().map(|who| Bot {
            who,
            rack: dice.pick(&rack).filter(|_| dice.chance(sharing)),
            rented: dice.chance(sharing),
        });
        let bots = bots.collect();
        let clients = clients(town, &mut dice, false, 8);
        let jobs = timetable(town, &mut dice, (town.scenario.days as usize * 2).max(8));
        let jobs = jobs.into_iter().filter_map(|time| Some((time, dice.pick(&clients)?)));
        DeviceFarm { number, bots, jobs: jobs.collect() }
    }

    fn work(&self, town: &mut Town, dice: &mut Dice, job: (i64, u32)) {
        let (begins, client) = job;
        let Some(film) = town.catalogue.of_owner(dice, client, begins) else { return };
        let hardness = town.scenario.hardness;
        let join = (hardness.join + 0.25).min(0.95);
        let burst = dice.within(8.0, 40.0) * hardness.spread * MINUTE as f64;
        for bot in &self.bots {
            let time = begins + (dice.unit() * burst) as i64;
            if !dice.chance(join) || !town.exists(bot.who, begins) {
                continue;
            }
            let mut visit = town.visit(dice, bot.who, time).labelled(Label::Fake);
            visit.source = dice.pick(&[Source::Direct, Source::Home]).unwrap_or_default();
            visit.device = bot.rack.unwrap_or(visit.device);
            if bot.rented {
                visit.ip = Places::data_centre(dice);
            }
            if dice.chance(0.8) {
                visit.view(town, film, dice.lognormal(2.2, 0.6));
            }
            visit.mark(town, Kind::Like, film);
            if dice.chance(0.25) {
                visit.follow(town, client);
            }
        }
    }
}

impl Script for DeviceFarm {
    fn day(&mut self, town: &mut Town, day: u32) {
        let begins = town.calendar.begins(day);
        let mut dice = town.dice("farm day", (u64::from(self.number) << 16) | u64::from(day));
        for &job in self.jobs.iter().filter(|job| (begins..begins + DAY).contains(&job.0)) {
            self.work(town, &mut dice, job);
        }
    }
}
