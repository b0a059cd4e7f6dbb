//! S6, zombie followers: accounts kept only to follow, in drips over days, famous names in between as cover.

use super::{clients, make_bots};
use crate::row::{Label, Source};
use crate::scenario::Scheme;
use crate::town::{Script, Town};

/// One stock of followers and who buys them.
pub(crate) struct ZombieFollowers {
    number: u32,
    zombies: Vec<u32>,
    clients: Vec<u32>,
}

impl ZombieFollowers {
    pub(crate) fn new(town: &mut Town, number: u32) -> ZombieFollowers {
        let mut dice = town.dice("zombie followers", u64::from(number));
        let size = town.scenario.size(120);
        let zombies = make_bots(town, &mut dice, (Scheme::ZombieFollowers, number), size);
        for &who in &zombies {
            town.people[who as usize].pace *= 0.12;
        }
        let clients = clients(town, &mut dice, false, 10);
        ZombieFollowers { number, zombies, clients }
    }
}

impl Script for ZombieFollowers {
    fn day(&mut self, town: &mut Town, day: u32) {
        let mut dice = town.dice("zombie day", (u64::from(self.number) << 16) | u64::from(day));
        let Some(client) = self.clients.get(day as usize % self.clients.len().max(1)) else {
            return;
        };
        for who in dice.sample(&self.zombies, self.zombies.len()) {
            let time = town.calendar.begins(day) + town.person(who).rhythm.moment(&mut dice);
            if !dice.chance(town.scenario.hardness.join * 0.9) || time < town.person(who).born {
                continue;
            }
            let mut visit = town.visit(&mut dice, who, time).by(Source::Profile);
            visit.labelled(Label::Fake).follow(town, *client);
            visit.pause(4.0 + dice.wait(20.0));
            if dice.chance(0.3)
                && let Some(famous) = town.catalogue.famous(&mut dice)
            {
                visit.follow(town, famous);
            }
        }
    }
}
