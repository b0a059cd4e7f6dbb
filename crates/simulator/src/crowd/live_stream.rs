//! Live streams: hundreds come within minutes, call out, like and buy.

use super::{enlist, known_owner, present};
use crate::calendar::{MINUTE, SECOND};
use crate::catalogue::{Subject, Ware};
use crate::ordinary;
use crate::population::Population;
use crate::row::Source;
use crate::text::{Sort, Text};
use crate::town::{Script, Town};
use events::Kind;

/// One or more streams an evening.
pub(crate) struct LiveStreams;

impl Script for LiveStreams {
    fn day(&mut self, town: &mut Town, day: u32) {
        let mut dice = town.dice("live stream", u64::from(day));
        for _ in 0..town.scenario.campaigns(4_000) {
            let host = known_owner(town, &mut dice, day.is_multiple_of(2));
            let begins = town.at(day, dice.within(18.5, 21.0));
            let owner = &town.catalogue.owners[host as usize];
            let (topic, shelf) = (owner.topic, owner.subjects.clone());
            let stream = town.catalogue.add(Subject {
                ware: Ware::Live,
                owner: host,
                topic,
                pull: 0.0,
                appeal: 1.5,
                price: 0,
                weight_g: 0,
                since: begins,
            });
            let size = town.scenario.size(110);
            let audience = enlist(town, &mut dice, (topic, Population::LiveChat), size);
            for who in present(town, &audience, begins) {
                let late = (dice.wait(14.0) * MINUTE as f64) as i64 + dice.between(0, SECOND);
                let mut visit = town.visit(&mut dice, who, begins + late).by(Source::Live);
                let stay = dice.lognormal(240.0, 1.2).min(7_000.0);
                let mut inside = visit;
                visit.view(town, stream, stay);
                for _ in 0..dice.count((stay / 150.0).min(5.0)) {
                    inside.pause(dice.wait(40.0));
                    inside.comment(town, stream, Text::new(Sort::Chat, topic, dice.bits()));
                }
                if dice.chance(0.3) {
                    inside.mark(town, Kind::Like, stream);
                }
                if let Some(goods) = dice.pick(&shelf).filter(|_| dice.chance(0.08))
                    && town.catalogue.subjects[goods as usize].ware == Ware::Goods
                {
                    ordinary::shop(town, &mut dice, (inside, 0.2), goods);
                }
            }
        }
    }
}
