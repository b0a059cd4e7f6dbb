//! Players: a club whose members play on emulators, often through a tunnel, and come to their streamer's films in the same hours.

use super::{enlist, known_owner, present};
use crate::calendar::HOUR;
use crate::dice::Dice;
use crate::places::{Device, Places};
use crate::population::Population;
use crate::row::Source;
use crate::town::{Script, Town};
use crate::visit::Visit;
use events::Kind;

/// One streamer's club, and the emulator that each member keeps.
pub(crate) struct PlayerClub {
    number: u32,
    streamer: u32,
    members: Vec<u32>,
    emulators: Vec<Device>,
}

impl PlayerClub {
    pub(crate) fn new(town: &mut Town, number: u32) -> PlayerClub {
        let mut dice = town.dice("player club", u64::from(number));
        let streamer = known_owner(town, &mut dice, false);
        let topic = town.catalogue.owners[streamer as usize].topic;
        let size = town.scenario.size(45);
        let members = enlist(town, &mut dice, (topic, Population::Player), size);
        let emulators = members.iter().map(|&who| Self::equip(town, &mut dice, who)).collect();
        PlayerClub { number, streamer, members, emulators }
    }

    fn equip(town: &mut Town, dice: &mut Dice, who: u32) -> Device {
        let mut emulator = town.places.device(dice);
        emulator.agent.model = Places::emulator(dice);
        let tunnel = dice.pick(&town.places.tunnels).filter(|_| dice.chance(0.4));
        let person = &mut town.people[who as usize];
        person.devices[1] = emulator;
        if tunnel.is_some() {
            person.tunnel = tunnel;
            person.populations.add(Population::Vpn);
        }
        emulator
    }
}

impl Script for PlayerClub {
    fn day(&mut self, town: &mut Town, day: u32) {
        let mut dice = town.dice("player day", (u64::from(self.number) << 16) | u64::from(day));
        let evening = town.at(day, dice.within(18.5, 20.5));
        if !dice.chance(0.7) {
            return;
        }
        town.catalogue.add_film(&mut dice, self.streamer, evening);
        let films = &town.catalogue.owners[self.streamer as usize].subjects;
        let Some(&film) = films.last() else { return };
        let here = present(town, &self.members, evening);
        for (&who, &emulator) in self.members.iter().zip(&self.emulators) {
            if !here.contains(&who) || !dice.chance(0.55) {
                continue;
            }
            let time = evening + (dice.wait(1.5) * HOUR as f64) as i64;
            let mut visit = town.visit(&mut dice, who, time).by(Source::Follow);
            if dice.chance(0.85) {
                visit.device = emulator;
            }
            let dwell = Visit::dwell(town, &mut dice, film) * 2.0;
            visit.view(town, film, dwell);
            if dice.chance(0.6) {
                visit.mark(town, Kind::Like, film);
            }
        }
    }
}
