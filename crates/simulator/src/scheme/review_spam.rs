//! S5, review spam: praise for clients and one-star attacks on their rivals, each reworded from a script.
//!
//! The attacked rivals are victims: they bought nothing.

use super::{clients, make_bots};
use crate::name::Name;
use crate::row::{Label, Source};
use crate::scenario::Scheme;
use crate::text::{Sort, Text};
use crate::town::{Script, Town};

/// One studio of writers.
pub(crate) struct ReviewSpam {
    number: u32,
    writers: Vec<u32>,
    praised: Vec<u32>,
    attacked: Vec<u32>,
}

impl ReviewSpam {
    pub(crate) fn new(town: &mut Town, number: u32) -> ReviewSpam {
        let mut dice = town.dice("review spam", u64::from(number));
        let size = town.scenario.size(60);
        let writers = make_bots(town, &mut dice, (Scheme::ReviewSpam, number), size);
        let praised = clients(town, &mut dice, true, 8);
        let of = |town: &Town, dice: &mut crate::dice::Dice, sellers: &[u32]| -> Vec<u32> {
            let pick = |&s: &u32| dice.pick(&town.catalogue.owners[s as usize].subjects);
            sellers.iter().filter_map(pick).collect()
        };
        let rivals: Vec<u32> = town
            .catalogue
            .sellers
            .iter()
            .copied()
            .filter(|&s| !town.catalogue.owners[s as usize].bought)
            .collect();
        let rivals = dice.sample(&rivals[..rivals.len() / 2], 4);
        let attacked = of(town, &mut dice, &rivals);
        let praised = of(town, &mut dice, &praised);
        ReviewSpam { number, writers, praised, attacked }
    }
}

impl Script for ReviewSpam {
    fn day(&mut self, town: &mut Town, day: u32) {
        let mut dice = town.dice("spam day", (u64::from(self.number) << 16) | u64::from(day));
        for &who in &self.writers {
            let time = town.calendar.begins(day) + town.person(who).rhythm.moment(&mut dice);
            if !dice.chance(0.42) || time < town.person(who).born {
                continue;
            }
            let attack = dice.chance(0.25);
            let list = if attack { &self.attacked } else { &self.praised };
            let Some(goods) = dice.pick(list) else { continue };
            let script = self.number * 16 + goods % 4;
            let topic = town.catalogue.subjects[goods as usize].topic;
            let (stars, sort) = if attack {
                (1, Sort::ScriptedAttack(script))
            } else {
                (5, Sort::ScriptedPraise(script))
            };
            let mut visit = town.visit(&mut dice, who, time).labelled(Label::Fake);
            visit.source = Source::Direct;
            if dice.chance(0.7) {
                visit.view(town, goods, dice.lognormal(14.0, 0.7));
            }
            visit.review(town, goods, (Name::NONE, stars, Text::new(sort, topic, dice.bits())));
        }
    }
}
