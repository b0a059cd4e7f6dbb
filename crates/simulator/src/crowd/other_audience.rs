//! Other audiences: people who come to a thing at once and stay otherwise than those before them, all for reasons of their own.
//!
//! A link goes round among people who search for it and stay; the front page shows it at night; a feed moves on by itself after some
//! seconds; a class hears a lecture to its end; a stream is watched again on the day after.

use super::{enlist, known_owner, present};
use crate::calendar::HOUR;
use crate::catalogue::{Subject, Ware};
use crate::dice::Dice;
use crate::ordinary;
use crate::population::Population;
use crate::row::Source;
use crate::text::{Sort, Text};
use crate::town::{Script, Town};
use crate::visit::Visit;

/// Seconds that the lecture lasts.
const LECTURE: f64 = 410.0;

/// One of each kind on most days.
pub(crate) struct OtherAudiences {
    /// Heard by many for a while, and to its end by a class on some days.
    lecture: u32,
    class: Vec<u32>,
}

impl OtherAudiences {
    pub(crate) fn new(town: &mut Town) -> OtherAudiences {
        let mut dice = town.dice("other audience", 0);
        let owner = known_owner(town, &mut dice, false);
        let topic = town.catalogue.owners[owner as usize].topic;
        let since = town.calendar.begins(0);
        let lecture = town.catalogue.add(Subject {
            ware: Ware::Film,
            owner,
            topic,
            pull: 0.0,
            appeal: 1.0,
            price: 0,
            weight_g: 0,
            since,
        });
        let class = town.scenario.size(110);
        let class = enlist(town, &mut dice, (topic, Population::OtherAudience), class);
        OtherAudiences { lecture, class }
    }

    /// That many people come to a thing within some hours of a moment, and stay as `dwell` says.
    fn come(
        town: &mut Town,
        dice: &mut Dice,
        (subject, begins, hours): (u32, i64, f64),
        (many, source): (usize, Source),
        dwell: impl Fn(&mut Dice, f64) -> f64,
    ) {
        let topic = town.catalogue.subjects[subject as usize].topic;
        let size = town.scenario.size(many);
        let people = enlist(town, dice, (topic, Population::OtherAudience), size);
        for who in present(town, &people, begins) {
            let time = begins + (dice.within(0.0, hours) * HOUR as f64) as i64;
            let mut visit = town.visit(dice, who, time).by(source);
            let usual = Visit::dwell(town, dice, subject);
            let stays = dwell(dice, usual);
            visit.view(town, subject, stays);
            ordinary::react(town, dice, &mut visit, subject);
        }
    }

    fn lecture(&self, town: &mut Town, dice: &mut Dice, day: u32) {
        let end = |dice: &mut Dice| dice.within(LECTURE, LECTURE + 20.0);
        let heard = |dice: &mut Dice, _: f64| {
            if dice.chance(0.2) { end(dice) } else { dice.lognormal(25.0, 1.2).min(LECTURE) }
        };
        let begins = town.at(day, 8.0);
        Self::come(town, dice, (self.lecture, begins, 14.0), (60, Source::Home), heard);
        if day % 3 == 2 {
            let begins = town.at(day, 14.0);
            for who in present(town, &self.class, begins) {
                let time = begins + (dice.within(0.0, 2.0) * HOUR as f64) as i64;
                let seconds = end(dice);
                let visit = town.visit(dice, who, time);
                visit.by(Source::Direct).view(town, self.lecture, seconds);
            }
        }
    }
}

impl Script for OtherAudiences {
    fn day(&mut self, town: &mut Town, day: u32) {
        let mut dice = town.dice("other audiences", u64::from(day));
        self.lecture(town, &mut dice, day);
        let searched = town.at(day, dice.within(10.0, 18.0));
        if let Some(subject) = town.catalogue.anything(&mut dice, searched) {
            let topic = town.catalogue.subjects[subject as usize].topic;
            let words = Source::Search(Text::new(Sort::Search, topic, dice.bits()));
            let longer = |_: &mut Dice, usual: f64| usual * 2.5;
            Self::come(town, &mut dice, (subject, searched, 6.0), (260, words), longer);
        }
        let night = town.at(day, 1.0);
        if let Some(subject) = town.catalogue.anything(&mut dice, night) {
            let shorter = |_: &mut Dice, usual: f64| usual * 0.5;
            Self::come(town, &mut dice, (subject, night, 4.0), (260, Source::Home), shorter);
        }
        for number in 0..12 {
            let noon = town.at(day, 12.0);
            let Some(subject) = town.catalogue.anything(&mut dice, noon) else { continue };
            let many = if number == 0 { 240 } else { 20 };
            let moved_on = |dice: &mut Dice, _: f64| dice.lognormal(6.0, 0.35);
            Self::come(town, &mut dice, (subject, noon, 6.0), (many, Source::Push), moved_on);
        }
        let morning = town.at(day, 9.0);
        let before = morning - 24 * HOUR..morning - 8 * HOUR;
        let subjects = town.catalogue.subjects.iter().enumerate();
        let mut streams =
            subjects.filter(|s| s.1.ware == Ware::Live && before.contains(&s.1.since));
        if let Some((stream, _)) = streams.next() {
            let again = |dice: &mut Dice, _: f64| dice.lognormal(150.0, 1.1).min(7_000.0);
            let watched = (stream as u32, morning, 12.0);
            Self::come(town, &mut dice, watched, (90, Source::Profile), again);
        }
    }
}
