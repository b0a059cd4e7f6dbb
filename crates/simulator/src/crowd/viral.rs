//! A film goes round: friends pass it on, and for a day everybody seems to open it.

use super::present;
use crate::calendar::HOUR;
use crate::ordinary;
use crate::person::Person;
use crate::population::Population;
use crate::row::Source;
use crate::town::{Script, Town};
use crate::visit::Visit;
use events::Kind;

/// Every third day some film.
pub(crate) struct Viral;

impl Script for Viral {
    fn day(&mut self, town: &mut Town, day: u32) {
        if !day.is_multiple_of(3) {
            return;
        }
        let mut dice = town.dice("viral", u64::from(day));
        for _ in 0..town.scenario.campaigns(4_000) {
            let begins = town.at(day, dice.within(9.0, 18.0));
            let creators = &town.catalogue.creators;
            let Some(owner) = dice.pick(&creators[creators.len() / 3..]) else { continue };
            let film = town.catalogue.add_film(&mut dice, owner, begins);
            town.catalogue.subjects[film as usize].appeal = 2.2;
            let audience = dice.sample(&town.citizens, town.scenario.size(190));
            let mut sharers: Vec<u32> = Vec::new();
            for who in present(town, &audience, begins) {
                town.people[who as usize].populations.add(Population::Viral);
                let hours = dice.lognormal(5.0, 0.9).min(30.0);
                let time = begins + (hours * HOUR as f64) as i64;
                let passed_on = dice.pick(&sharers).filter(|_| dice.chance(0.7));
                let source = passed_on.map_or(Source::Home, |s| Source::Share(Person::name(s)));
                let mut visit = town.visit(&mut dice, who, time).by(source);
                let dwell = Visit::dwell(town, &mut dice, film);
                visit.view(town, film, dwell);
                ordinary::react(town, &mut dice, &mut visit, film);
                if sharers.len() < 12 || dice.chance(0.04) {
                    visit.mark(town, Kind::Share, film);
                    sharers.push(who);
                }
            }
        }
    }
}
