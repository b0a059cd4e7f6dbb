//! S7, bulk members: a script registers accounts one after another through rotating addresses, joins a club, and
//! leaves them.

use super::clients;
use crate::calendar::{DAY, SECOND};
use crate::places::{Device, Places};
use crate::row::{Label, Source};
use crate::scenario::Scheme;
use crate::town::{Campaign, Script, Town};

/// One order of members.
pub(crate) struct BulkMembers {
    number: u32,
    first: i64,
    club: u32,
    members: Vec<u32>,
    devices: Vec<Device>,
}

impl BulkMembers {
    pub(crate) fn new(town: &mut Town, number: u32) -> BulkMembers {
        let mut dice = town.dice("bulk members", u64::from(number));
        let club = clients(town, &mut dice, true, 1).first().copied().unwrap_or(0);
        let campaign = town.campaigns.len() as u32;
        let virtual_block = dice.pick(&[1_700_000, 1_710_000, 1_650_000, 1_670_000]).unwrap_or(0)
            + dice.below(9_000) as u32;
        let mut members = Vec::new();
        for _ in 0..town.scenario.size(130) {
            let who = town.add_person(&mut dice);
            let person = &mut town.people[who as usize];
            person.pace = 0.0;
            (person.label, person.cover) = (Label::Fake, Label::Fake);
            person.campaign = Some(campaign);
            if dice.chance(town.scenario.hardness.sharing) {
                person.phone.block = virtual_block + dice.below(6) as u32;
            }
            members.push(who);
        }
        town.campaigns.push(Campaign {
            scheme: Some(Scheme::BulkMembers),
            number,
            members: members.clone(),
        });
        let devices = (0..members.len() / 3).map(|_| town.places.device(&mut dice)).collect();
        let day = dice.below(town.scenario.days as usize - 1) as u32;
        let first = town.at(day, dice.within(0.0, 20.0));
        BulkMembers { number, first, club, members, devices }
    }
}

impl Script for BulkMembers {
    fn day(&mut self, town: &mut Town, day: u32) {
        let today = town.calendar.begins(day)..town.calendar.begins(day + 1);
        if !today.contains(&self.first) {
            return;
        }
        let mut dice = town.dice("bulk day", u64::from(self.number));
        let sharing = town.scenario.hardness.sharing;
        let pause = dice.within(25.0, 90.0) * town.scenario.hardness.spread;
        let release = 33 + dice.below(3) as u8;
        let mut time = self.first;
        for &who in &self.members {
            time += (pause * dice.within(0.7, 1.3) * SECOND as f64) as i64;
            town.people[who as usize].born = time;
            let way = dice.pick(&[Source::Direct, Source::Direct, Source::Ad]).unwrap_or_default();
            let mut visit = town.visit(&mut dice, who, time).by(way);
            if dice.chance(sharing * 0.4) {
                visit.device = dice.pick(&self.devices).unwrap_or(visit.device);
            }
            visit.device.agent.release = release;
            if dice.chance(sharing) {
                visit.ip = Places::data_centre(&mut dice);
            } else {
                visit.ip = Places::mobile_ip(&mut dice, town.person(who).region);
            }
            visit.register(town);
            visit.pause(dice.within(1.0, 4.0));
            visit.join(town, self.club);
            if dice.chance(0.12) {
                let later = time + (dice.within(0.2, 2.0) * DAY as f64) as i64;
                town.visit(&mut dice, who, later).login(town);
            }
        }
    }
}
