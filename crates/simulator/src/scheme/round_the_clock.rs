//! S21, round the clock: likes by machines that are never switched off, a few an hour by day and by night, on films of their clients
//! and, as cover, on others.
//!
//! The harder the world, the longer they pause between two. Beside it live people who seem to be up for long: see the crowds of
//! shift workers, short sleepers, parents of newborns and shared logins, and shops that answer day and night.

use super::{clients, make_bots};
use crate::calendar::{DAY, MINUTE};
use crate::dice::Dice;
use crate::row::{Label, Source};
use crate::scenario::Scheme;
use crate::town::{Script, Town};
use events::Kind;

/// One room of machines and who pays for their likes.
pub(crate) struct RoundTheClock {
    number: u32,
    bots: Vec<u32>,
    clients: Vec<u32>,
}

impl RoundTheClock {
    pub(crate) fn new(town: &mut Town, number: u32) -> RoundTheClock {
        let mut dice = town.dice("round the clock", u64::from(number));
        let size = town.scenario.size(40);
        let bots = make_bots(town, &mut dice, (Scheme::RoundTheClock, number), size);
        let clients = clients(town, &mut dice, false, 12);
        RoundTheClock { number, bots, clients }
    }

    fn work(&self, town: &mut Town, dice: &mut Dice, who: u32, time: i64) {
        let hired = dice.chance(0.3);
        let paid = || dice.pick(&self.clients);
        let Some(client) = hired.then(paid).flatten() else {
            if let Some(subject) = town.catalogue.film(dice, time) {
                let mut visit = town.visit(dice, who, time).labelled(Label::Gray);
                visit.view(town, subject, dice.lognormal(5.0, 0.8));
                visit.mark(town, Kind::Like, subject);
            }
            return;
        };
        if let Some(subject) = town.catalogue.of_owner(dice, client, time) {
            let mut visit = town.visit(dice, who, time).labelled(Label::Fake).by(Source::Direct);
            visit.view(town, subject, dice.lognormal(5.0, 0.8));
            visit.mark(town, Kind::Like, subject);
        }
    }
}

impl Script for RoundTheClock {
    fn day(&mut self, town: &mut Town, day: u32) {
        let mut dice = town.dice("clock day", (u64::from(self.number) << 16) | u64::from(day));
        let begins = town.calendar.begins(day);
        let minutes = 40.0 * town.scenario.hardness.spread;
        for &who in &self.bots {
            let mut time = begins;
            loop {
                time += (dice.wait(minutes) * MINUTE as f64) as i64;
                if time >= begins + DAY {
                    break;
                }
                if town.exists(who, time) {
                    self.work(town, &mut dice, who, time);
                }
            }
        }
    }
}
