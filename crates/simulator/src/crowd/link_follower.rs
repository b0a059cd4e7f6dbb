//! Followers who pass on most of what a creator makes, on the day on which it comes out, and by whose links their friends come. By the
//! links of one creator's followers machines come as well, to two of the films: sent by somebody who found the links where they were
//! passed on.

use super::{enlist, known_owner, present};
use crate::calendar::HOUR;
use crate::person::Person;
use crate::population::Population;
use crate::row::Source;
use crate::scheme::open_links;
use crate::town::{Script, Town};
use crate::visit::Visit;
use events::Kind;

/// The followers of one creator.
pub(crate) struct LinkFollowers {
    number: u32,
    creator: u32,
    followers: Vec<u32>,
}

impl LinkFollowers {
    pub(crate) fn new(town: &mut Town, number: u32) -> LinkFollowers {
        let mut dice = town.dice("link follower", u64::from(number));
        let creator = known_owner(town, &mut dice, false);
        let topic = town.catalogue.owners[creator as usize].topic;
        let size = town.scenario.size(14);
        let followers = enlist(town, &mut dice, (topic, Population::LinkFollower), size);
        LinkFollowers { number, creator, followers }
    }
}

impl Script for LinkFollowers {
    fn day(&mut self, town: &mut Town, day: u32) {
        if day % 2 == 1 {
            return;
        }
        let mut dice = town.dice("link day", (u64::from(self.number) << 16) | u64::from(day));
        let out = town.at(day, dice.within(10.0, 18.0));
        let film = town.catalogue.add_film(&mut dice, self.creator, out);
        let mut links = present(town, &self.followers, out);
        links.retain(|_| dice.chance(0.7));
        for &who in &links {
            let time = out + (dice.wait(2.0).min(10.0) * HOUR as f64) as i64;
            let mut visit = town.visit(&mut dice, who, time).by(Source::Profile);
            let dwell = Visit::dwell(town, &mut dice, film);
            visit.view(town, film, dwell);
            visit.mark(town, Kind::Share, film);
            for _ in 0..dice.count(2.0) {
                let time = time + (dice.wait(3.0) * HOUR as f64) as i64;
                let Some(friend) = dice.pick(&town.citizens) else { continue };
                let source = Source::Share(Person::name(who));
                let mut visit = town.visit(&mut dice, friend, time).by(source);
                // Most who come by a link have not signed in.
                if dice.chance(0.6) || !town.exists(friend, time) {
                    visit.who = None;
                }
                let dwell = Visit::dwell(town, &mut dice, film);
                visit.view(town, film, dwell);
            }
        }
        if self.number == 0 && (day == 2 || day == 6) {
            let hours = (11.0, 13.0);
            let views = town.scenario.size(300) as u32;
            open_links(town, &mut dice, (film, out, hours), (&links, views), (0.5, 0.5));
        }
    }
}
