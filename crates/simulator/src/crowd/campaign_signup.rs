//! A growth campaign: an advertisement brings a wave of newcomers in two days, who join one club and stay.

use super::known_owner;
use crate::calendar::SECOND;
use crate::population::Population;
use crate::row::Source;
use crate::town::{Script, Town};

/// One campaign.
pub(crate) struct CampaignSignup {
    number: u32,
    first: u32,
    club: u32,
}

impl CampaignSignup {
    pub(crate) fn new(town: &mut Town, number: u32) -> CampaignSignup {
        let mut dice = town.dice("campaign signup", u64::from(number));
        let club = known_owner(town, &mut dice, true);
        let first = dice.below(town.scenario.days as usize / 2) as u32;
        CampaignSignup { number, first, club }
    }
}

impl Script for CampaignSignup {
    fn day(&mut self, town: &mut Town, day: u32) {
        if !(self.first..self.first + 2).contains(&day) {
            return;
        }
        let mut dice = town.dice("signups", (u64::from(self.number) << 16) | u64::from(day));
        for _ in 0..town.scenario.size(85) {
            let who = town.add_person(&mut dice);
            let time = town.calendar.begins(day) + town.person(who).rhythm.moment(&mut dice);
            let stays = dice.chance(0.6);
            let person = &mut town.people[who as usize];
            person.born = time + 60 * SECOND;
            person.pace *= if stays { 1.0 } else { 0.1 };
            person.populations.add(Population::CampaignReg);
            let mut visit = town.visit(&mut dice, who, time).by(Source::Ad);
            visit.register(town);
            if dice.chance(0.85) {
                visit.pause(dice.wait(30.0));
                visit.join(town, self.club);
            }
        }
    }
}
