//! S22, small accounts: made by the hundred, each for one job. Every one signs up on a telephone of its own, looks at the client's
//! thing, likes, follows, comments on it or buys it with the coupon of a first order, and is left.

use super::{clients, sign_up_and_buy};
use crate::calendar::{DAY, HOUR, SECOND};
use crate::dice::Dice;
use crate::row::{Label, Source};
use crate::scenario::Scheme;
use crate::town::{Campaign, Script, Town};
use crate::visit::Visit;
use events::Kind;

/// One batch and those for whom it works.
pub(crate) struct SmallAccounts {
    number: u32,
    /// When each account signs up, and for whom, in order of time.
    plan: Vec<(i64, u32, u32)>,
}

impl SmallAccounts {
    pub(crate) fn new(town: &mut Town, number: u32) -> SmallAccounts {
        let mut dice = town.dice("small accounts", u64::from(number));
        let mut of = clients(town, &mut dice, false, 3);
        of.extend(clients(town, &mut dice, true, 1));
        let campaign = town.campaigns.len() as u32;
        let lasts = (14.0 * town.scenario.hardness.spread * HOUR as f64) as i64;
        let days = (town.scenario.days as i64 - 4) * DAY;
        let first = town.calendar.begins(0)
            + (dice.within(0.1, 0.9) * (days - lasts).max(DAY) as f64) as i64;
        let mut plan = Vec::new();
        for _ in 0..town.scenario.size(150) {
            let who = town.add_person(&mut dice);
            let time = first + (dice.within(0.0, 1.0) * lasts as f64) as i64;
            let person = &mut town.people[who as usize];
            (person.born, person.pace) = (time + 60 * SECOND, 0.0);
            (person.label, person.cover) = (Label::Fake, Label::Fake);
            person.campaign = Some(campaign);
            plan.extend(dice.pick(&of).map(|client| (time, who, client)));
        }
        let members = plan.iter().map(|account| account.1).collect();
        town.campaigns.push(Campaign { scheme: Some(Scheme::SmallAccounts), number, members });
        plan.sort_unstable();
        SmallAccounts { number, plan }
    }
}

impl Script for SmallAccounts {
    fn day(&mut self, town: &mut Town, day: u32) {
        let mut dice = town.dice("small day", (u64::from(self.number) << 16) | u64::from(day));
        let begins = town.calendar.begins(day);
        let today = self.plan.iter().filter(|job| (begins..begins + DAY).contains(&job.0));
        for &(time, who, client) in today {
            let sells = town.catalogue.sellers.binary_search(&client).is_ok();
            let Some(subject) = town.catalogue.of_owner(&mut dice, client, time) else { continue };
            if sells {
                sign_up_and_buy(town, &mut dice, (who, time), Some(subject));
            } else {
                sign_up_and_mark(town, &mut dice, (who, time), subject);
            }
        }
    }
}

/// Signs up, looks at one thing for a moment and leaves a mark.
fn sign_up_and_mark(town: &mut Town, dice: &mut Dice, (who, time): (u32, i64), subject: u32) {
    let mut visit = town.visit(dice, who, time).labelled(Label::Fake).by(Source::Direct);
    visit.register(town);
    visit.pause(10.0 + dice.wait(15.0 * town.scenario.hardness.spread));
    let dwell = Visit::dwell(town, dice, subject) / 2.0;
    visit.view(town, subject, dwell);
    let owner = town.catalogue.subjects[subject as usize].owner;
    if dice.chance(0.7) {
        visit.mark(town, Kind::Like, subject);
    }
    if dice.chance(0.4) {
        visit.follow(town, owner);
    }
    if dice.chance(0.3) {
        visit.mark(town, Kind::Favorite, subject);
    }
}
