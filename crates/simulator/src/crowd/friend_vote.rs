//! Friends asked for votes: people who vote because somebody they know stands in a contest. It counts neither way.

use super::{enlist, present};
use crate::calendar::{DAY, HOUR};
use crate::name::{Name, Space};
use crate::person::Person;
use crate::population::Population;
use crate::row::{Label, Source};
use crate::town::{Campaign, Script, Town};
use events::Kind;

/// One contestant and the friends.
pub(crate) struct FriendVote {
    number: u32,
    contestant: u32,
    friends: Vec<u32>,
    on: u32,
}

impl FriendVote {
    pub(crate) fn new(town: &mut Town, number: u32) -> FriendVote {
        let mut dice = town.dice("friend vote", u64::from(number));
        let size = town.scenario.size(55);
        let friends = enlist(town, &mut dice, (4, Population::FriendVote), size);
        let on = dice.below(town.scenario.days as usize - 1) as u32;
        let free: Vec<u32> =
            friends.iter().copied().filter(|&who| town.person(who).campaign.is_none()).collect();
        let contestant = dice.pick(&free).unwrap_or(0);
        let person = &mut town.people[contestant as usize];
        (person.label, person.campaign) = (Label::Gray, Some(town.campaigns.len() as u32));
        town.campaigns.push(Campaign { scheme: None, number, members: vec![contestant] });
        FriendVote { number, contestant, friends, on }
    }
}

impl Script for FriendVote {
    fn day(&mut self, town: &mut Town, day: u32) {
        if day != self.on {
            return;
        }
        let mut dice = town.dice("votes", u64::from(self.number));
        let begins = town.at(day, dice.within(9.0, 20.0));
        for who in present(town, &self.friends, begins) {
            let time = begins + (dice.lognormal(3.0, 1.0) * HOUR as f64) as i64 % DAY;
            let visit = town.visit(&mut dice, who, time).labelled(Label::Gray);
            let mut row = visit.row(Kind::Vote);
            row.subject = Name::new(Space::Contest, u64::from(self.number));
            row.owner = Person::name(self.contestant);
            row.source = Source::Share(Person::name(self.contestant));
            town.calendar.note(row);
        }
    }
}
