//! Newcomers who follow what they are shown first: the same dozen suggestions for everybody.

use crate::calendar::SECOND;
use crate::population::Population;
use crate::row::Source;
use crate::town::{Script, Town};

/// The suggestions of one stretch of days, and who came then.
pub(crate) struct Onboarding {
    number: u32,
    suggestions: Vec<u32>,
}

impl Onboarding {
    pub(crate) fn new(town: &mut Town, number: u32) -> Onboarding {
        let mut dice = town.dice("onboarding", u64::from(number));
        let creators = &town.catalogue.creators;
        let suggestions = dice.sample(&creators[..creators.len() / 2], 12);
        Onboarding { number, suggestions }
    }
}

impl Script for Onboarding {
    fn day(&mut self, town: &mut Town, day: u32) {
        let mut dice = town.dice("suggested", (u64::from(self.number) << 16) | u64::from(day));
        for _ in 0..town.scenario.size(22) {
            let who = town.add_person(&mut dice);
            let time = town.calendar.begins(day) + town.person(who).rhythm.moment(&mut dice);
            let person = &mut town.people[who as usize];
            person.born = time + 60 * SECOND;
            person.populations.add(Population::OnboardingFollow);
            let way = dice.pick(&[Source::Ad, Source::Direct, Source::Home]).unwrap_or_default();
            let mut visit = town.visit(&mut dice, who, time).by(way);
            visit.register(town);
            visit.source = Source::Home;
            for &creator in &self.suggestions {
                visit.pause(dice.wait(2.5));
                if dice.chance(0.6) {
                    visit.follow(town, creator);
                    town.people[who as usize].follows.push(creator);
                }
            }
        }
    }
}
