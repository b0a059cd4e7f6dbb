//! An ordinary day: everybody looks at what interests them, and sometimes likes, talks, follows or buys.
//!
//! Bots live it too, as cover; their ordinary events carry the label of their cover and are otherwise like anybody's.

use crate::calendar::{DAY, HOUR};
use crate::catalogue::Ware;
use crate::dice::Dice;
use crate::orders::{self, Goods, Purchase};
use crate::population::Population;
use crate::rhythm::weekday;
use crate::row::Source;
use crate::text::{Sort, Text};
use crate::town::Town;
use crate::visit::Visit;
use events::Kind;

/// Everybody's day. Each account throws dice of its own, so that adding accounts changes nobody else's day.
pub(crate) fn live(town: &mut Town, day: u32) {
    let busy = weekday(day);
    for who in 0..town.people.len() as u32 {
        let mut dice = town.dice("day", (u64::from(who) << 16) | u64::from(day));
        for _ in 0..dice.count(town.person(who).pace * busy) {
            let time = town.calendar.begins(day) + town.person(who).rhythm.moment(&mut dice);
            if time > town.person(who).born {
                session(town, &mut dice, who, time);
            }
        }
    }
}

/// One sitting.
pub(crate) fn session(town: &mut Town, dice: &mut Dice, who: u32, time: i64) {
    let mut visit = town.visit(dice, who, time);
    if dice.chance(0.3) {
        visit.login(town);
    }
    let opened = 1 + (dice.wait(4.6) as u32).min(60);
    browse(town, dice, &mut visit, opened);
}

/// Opens that many things one after the other.
pub(crate) fn browse(town: &mut Town, dice: &mut Dice, visit: &mut Visit, opened: u32) {
    let mut last = None;
    for _ in 0..opened {
        let Some(subject) = choose(town, dice, visit, last) else { continue };
        let dwell = Visit::dwell(town, dice, subject);
        visit.view(town, subject, dwell);
        react(town, dice, visit, subject);
        visit.pause(dice.wait(6.0));
        last = Some(subject);
    }
}

/// What is opened next, and how it was come by.
pub(crate) fn choose(
    town: &mut Town,
    dice: &mut Dice,
    visit: &mut Visit,
    last: Option<u32>,
) -> Option<u32> {
    let person = town.person(visit.who?);
    let taste = person.tastes[[0, 0, 0, 1, 1, 2][dice.below(6)]];
    let followed = dice.pick(&person.follows);
    let way = dice.unit();
    if way < 0.14 {
        visit.search(town, Text::new(Sort::Search, taste, dice.bits()));
        return town.catalogue.goods_of(dice, taste, visit.time);
    }
    let catalogue = &town.catalogue;
    let (source, found) = match (way, followed, last) {
        (0.14..0.27, Some(owner), _) => {
            (Source::Follow, catalogue.of_owner(dice, owner, visit.time))
        }
        (0.27..0.33, _, Some(last)) => {
            let owner = catalogue.subjects[last as usize].owner;
            (Source::Profile, catalogue.of_owner(dice, owner, visit.time))
        }
        (0.33..0.40, _, _) => (Source::Push, catalogue.anything(dice, visit.time)),
        (0.40..0.43, _, _) => (Source::Direct, catalogue.anything(dice, visit.time)),
        (0.43..0.46, _, _) => (Source::Ad, catalogue.goods_of(dice, taste, visit.time)),
        _ if dice.chance(0.25) => (Source::Home, catalogue.anything(dice, visit.time)),
        _ => (Source::Home, catalogue.of_topic(dice, taste, visit.time)),
    };
    visit.source = source;
    found
}

/// What is done with a subject once it is open.
pub(crate) fn react(town: &mut Town, dice: &mut Dice, visit: &mut Visit, subject: u32) {
    let Some(who) = visit.who else { return };
    let (person, on) = (town.person(who), town.catalogue.subjects[subject as usize]);
    let fan = if person.follows.contains(&on.owner) { 2.0 } else { 1.0 };
    let warm = on.appeal * fan;
    let (likes, talks, buys) = (person.likes * warm, person.talks * warm, person.buys * on.appeal);
    let (reviews, topic) = (person.reviews, on.topic);
    if dice.chance(likes * if on.ware == Ware::Goods { 0.15 } else { 1.0 }) {
        visit.mark(town, Kind::Like, subject);
    }
    if dice.chance(talks) {
        visit.comment(town, subject, Text::new(Sort::Comment, topic, dice.bits()));
    }
    if dice.chance(0.006 * warm) {
        visit.mark(town, Kind::Share, subject);
    }
    if dice.chance(0.012 * warm) {
        visit.mark(town, Kind::Favorite, subject);
    }
    if fan < 2.0 && dice.chance(0.012 * warm) {
        visit.follow(town, on.owner);
        town.people[who as usize].follows.push(on.owner);
    }
    if on.ware == Ware::Goods && dice.chance(buys * 2.0) {
        visit.mark(town, Kind::Cart, subject);
        if dice.chance(0.55) {
            shop(town, dice, (*visit, reviews), subject);
        }
    }
}

/// Buys for oneself; a part is sent back, a part is reviewed.
pub(crate) fn shop(town: &mut Town, dice: &mut Dice, by: (Visit, f64), subject: u32) {
    let (mut visit, reviews) = by;
    visit.pause(dice.wait(40.0));
    let purchase = Purchase::usual(town, &visit, subject, Goods::Real);
    let Some(deal) = orders::buy(town, dice, &mut visit, purchase) else { return };
    let Some(who) = visit.who else { return };
    let returner = town.person(who).populations.has(Population::Returner);
    if dice.chance(if returner { 0.35 } else { 0.03 }) {
        let time = deal.signed + (dice.wait(1.2) * DAY as f64) as i64;
        orders::refund(town, &deal, time, deal.amount);
        return;
    }
    if dice.chance(reviews) {
        let time = deal.signed + HOUR + (dice.wait(0.9) * DAY as f64) as i64;
        let (stars, text) = opinion(town, dice, subject);
        let mut later = town.visit(dice, who, time);
        later.label = visit.label;
        later.review(town, subject, (deal.order, stars, text));
    }
}

/// An honest opinion of goods: mostly short and kind.
pub(crate) fn opinion(town: &Town, dice: &mut Dice, subject: u32) -> (u8, Text) {
    let on = town.catalogue.subjects[subject as usize];
    let mood = dice.unit() - 0.08 * (on.appeal - 1.0).clamp(-1.0, 1.0);
    let (stars, sort) = match mood {
        m if m < 0.42 => (5, Sort::Short),
        m if m < 0.72 => (5, Sort::Praise),
        m if m < 0.82 => (4, Sort::Praise),
        m if m < 0.91 => (3, Sort::Middling),
        m if m < 0.95 => (2, Sort::Complaint),
        _ => (1, Sort::Complaint),
    };
    (stars, Text::new(sort, on.topic, dice.bits()))
}
