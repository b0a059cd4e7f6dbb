//! Who lives with whom, who works where, and who is what kind of customer: the people before the first day.

use crate::calendar::DAY;
use crate::dice::Dice;
use crate::population::Population;
use crate::row::Source;
use crate::town::Town;

/// Fills the town with its people.
pub(crate) fn settle(town: &mut Town) {
    let mut dice = town.dice("settle", 0);
    while town.people.len() < town.scenario.people as usize {
        let size = [1, 1, 1, 2, 2, 3, 4][dice.below(7)];
        household(town, &mut dice, size);
    }
    for who in 0..town.people.len() {
        live_somewhere(town, &mut dice, who);
        become_customer(town, &mut dice, who);
        arrive(town, &mut dice, who as u32);
    }
}

/// A household shares its line and address, half of them a tablet, a third a means of payment.
fn household(town: &mut Town, dice: &mut Dice, size: usize) {
    let room = town.scenario.people as usize - town.people.len();
    let first = town.people.len();
    for _ in 0..size.min(room) {
        town.add_person(dice);
    }
    if size.min(room) < 2 {
        return;
    }
    let tablet = town.places.device(dice);
    let (shares_tablet, shares_payment) = (dice.chance(0.5), dice.chance(0.3));
    let head = town.people[first].clone();
    for person in &mut town.people[first..] {
        (person.home, person.region, person.address) = (head.home, head.region, head.address);
        person.populations.add(Population::Household);
        if shares_tablet {
            person.devices[1] = tablet;
        }
        if shares_payment {
            person.payment = head.payment;
            person.populations.add(Population::SharedPayment);
        }
    }
}

/// Gives an account a working place, a locker, a tunnel, as anybody may have.
pub(crate) fn live_somewhere(town: &mut Town, dice: &mut Dice, who: usize) {
    let places = &town.places;
    let person = &mut town.people[who];
    let mut belong = |population| person.populations.add(population);
    if dice.chance(0.05) {
        person.work = dice.pick(&places.campuses);
        if let Some(campus) = person.work {
            person.address = places.sites[campus as usize].address;
        }
        belong(Population::Campus);
    } else if dice.chance(0.09) {
        person.work = dice.pick(&places.offices);
        belong(Population::Office);
    }
    if dice.chance(0.016) {
        person.hall = dice.pick(&places.halls);
        belong(Population::PublicTerminal);
    } else if dice.chance(0.02) {
        person.tunnel = dice.pick(&places.tunnels);
        belong(Population::Vpn);
    }
    if dice.chance(0.13) {
        person.address = dice.pick(&places.lockers).unwrap_or(person.address);
        person.populations.add(Population::Locker);
    }
}

fn become_customer(town: &mut Town, dice: &mut Dice, who: usize) {
    let person = &mut town.people[who];
    if dice.chance(0.2) {
        person.pace = dice.within(0.0, 0.04);
        person.populations.add(Population::Dormant);
    }
    if dice.chance(0.045) {
        person.reviews = dice.within(0.8, 1.0);
        person.populations.add(Population::KeenReviewer);
    }
    if dice.chance(0.06) {
        person.populations.add(Population::Returner);
    }
    for _ in 0..dice.count(4.0) {
        if let Some(owner) = town.catalogue.famous(dice) {
            town.people[who].follows.push(owner);
        }
    }
}

/// One in fourteen registers during the period, while the table looks on.
pub(crate) fn arrive(town: &mut Town, dice: &mut Dice, who: u32) {
    if !dice.chance(0.07) {
        return;
    }
    let day = dice.below(town.scenario.days as usize) as u32;
    let moment = town.person(who).rhythm.moment(dice);
    let time = town.calendar.begins(day) + moment;
    town.people[who as usize].born = time + DAY / 1_440;
    let way = dice.pick(&[Source::Ad, Source::Direct, Source::Home, Source::Qr]);
    let mut visit = town.visit(dice, who, time).by(way.unwrap_or_default());
    visit.register(town);
}
