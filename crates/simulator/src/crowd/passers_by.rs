//! Passers-by: visitors without an account, from search engines, from links of friends, through shared lines.
//!
//! Many look for a second and leave. Views without an account, with a device never seen before, are what machines
//! that inflate counts also make.

use crate::dice::Dice;
use crate::person::Person;
use crate::places::{Places, REGIONS};
use crate::rhythm::Rhythm;
use crate::row::Source;
use crate::town::{Script, Town};
use crate::visit::Visit;

/// Each day's.
pub(crate) struct PassersBy;

impl PassersBy {
    fn line(town: &Town, dice: &mut Dice, day: u32) -> u32 {
        let region = dice.below(REGIONS as usize) as u32;
        let tunnel = dice.pick(&town.places.tunnels).map(|site| &town.places.sites[site as usize]);
        match tunnel.filter(|_| dice.chance(0.05)) {
            Some(tunnel) => dice.pick(&tunnel.ips).unwrap_or(0),
            None if dice.chance(0.5) => Places::mobile_ip(dice, region),
            None => Places::home_ip(dice.bits() as u32 | 1 << 31, region, day),
        }
    }
}

impl Script for PassersBy {
    fn day(&mut self, town: &mut Town, day: u32) {
        let mut dice = town.dice("passers-by", u64::from(day));
        for _ in 0..dice.count(f64::from(town.scenario.people) * 0.14) {
            let moment = Rhythm::of_anybody(&mut dice).moment(&mut dice);
            let time = town.calendar.begins(day) + moment;
            let device = town.places.device(&mut dice);
            let ip = Self::line(town, &mut dice, day);
            let mut guest = Visit::anonymous(device, ip, time);
            if let Some(friend) = dice.pick(&town.citizens).filter(|_| dice.chance(0.3)) {
                guest.source = Source::Share(Person::name(friend));
            }
            let Some(first) = town.catalogue.anything(&mut dice, time) else { continue };
            let owner = town.catalogue.subjects[first as usize].owner;
            let mut next = Some(first);
            while let Some(subject) = next {
                let hurry = if dice.chance(0.4) { 0.1 } else { 1.0 };
                let dwell = Visit::dwell(town, &mut dice, subject) * hurry;
                guest.view(town, subject, dwell.max(0.2));
                guest.pause(dice.wait(4.0));
                guest.source = Source::Profile;
                let stays = dice.chance(0.35);
                next = town.catalogue.of_owner(&mut dice, owner, guest.time).filter(|_| stays);
            }
        }
    }
}
