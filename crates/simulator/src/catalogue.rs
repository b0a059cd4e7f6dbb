//! What there is to buy and to watch, and whose it is.
//!
//! Owners are sellers or creators with a Zipf share of the public; films are published through the period and fade,
//! goods stay. What is shown to whom is drawn from tables that are remade each day.

use crate::calendar::{DAY, HOUR};
use crate::dice::{Dice, Weighted};
use crate::name::{Name, Space};
use crate::text::TOPIC_COUNT;

/// What a subject is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ware {
    /// Something to buy.
    Goods,
    /// A film to watch.
    Film,
    /// A live stream.
    Live,
}

/// Something that is acted on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject {
    pub ware: Ware,
    pub owner: u32,
    pub topic: u16,
    /// Share of attention, before it fades.
    pub pull: f64,
    /// How readily it is liked or bought, about 1.
    pub appeal: f64,
    /// In fen.
    pub price: i64,
    pub weight_g: i32,
    /// When it appeared.
    pub since: i64,
}

/// Who benefits from subjects.
#[derive(Clone, Debug, Default)]
pub(crate) struct Owner {
    pub topic: u16,
    pub fame: f64,
    pub subjects: Vec<u32>,
    /// Where a seller's parcels leave from.
    pub outlet: u32,
    /// The owner pays for fakes.
    pub bought: bool,
}

/// Everything on offer.
#[derive(Default)]
pub(crate) struct Catalogue {
    pub subjects: Vec<Subject>,
    pub owners: Vec<Owner>,
    pub sellers: Vec<u32>,
    pub creators: Vec<u32>,
    by_topic: Vec<Weighted>,
    goods: Vec<Weighted>,
    everywhere: Weighted,
    famous: Weighted,
}

impl Catalogue {
    /// A catalogue for that many people over a period that begins at `start`.
    pub(crate) fn new(seed: u64, people: u32, start: i64, days: u32) -> Catalogue {
        let mut dice = Dice::new(seed, "catalogue", 0);
        let mut catalogue = Catalogue::default();
        let (sellers, creators) = ((people / 25).max(30), (people / 20).max(40));
        for rank in 0..sellers {
            catalogue.open_shop(&mut dice, rank, start);
        }
        for rank in 0..creators {
            catalogue.add_creator(&mut dice, rank, (start, days));
        }
        catalogue
    }

    fn open_shop(&mut self, dice: &mut Dice, rank: u32, start: i64) {
        let owner = self.add_owner(dice, rank, true);
        for _ in 0..2 + dice.count(5.0) {
            let topic = self.owners[owner as usize].topic;
            let light = dice.chance(if topic == 16 { 0.9 } else { 0.06 });
            let weight = if light { dice.lognormal(28.0, 0.3) } else { dice.lognormal(420.0, 0.9) };
            let goods = Subject {
                ware: Ware::Goods,
                owner,
                topic,
                pull: dice.lognormal(1.0, 1.1),
                appeal: dice.lognormal(1.0, 0.4),
                price: (dice.lognormal(5_900.0, 0.9) as i64 / 10).clamp(30, 500_000) * 10,
                weight_g: (weight as i32).max(8),
                since: start - (dice.wait(90.0) * DAY as f64) as i64,
            };
            self.add(goods);
        }
    }

    fn add_creator(&mut self, dice: &mut Dice, rank: u32, period: (i64, u32)) {
        let owner = self.add_owner(dice, rank, false);
        for _ in 0..3 + dice.count(3.0) {
            let since = period.0 - (dice.wait(12.0) * DAY as f64) as i64;
            self.add_film(dice, owner, since);
        }
        let rate = dice.lognormal(0.5, 0.6);
        for day in 0..period.1 {
            for _ in 0..dice.count(rate) {
                let hour = dice.within(8.0, 23.0);
                let since = period.0 + i64::from(day) * DAY + (hour * HOUR as f64) as i64;
                self.add_film(dice, owner, since);
            }
        }
    }

    fn add_owner(&mut self, dice: &mut Dice, rank: u32, sells: bool) -> u32 {
        let number = self.owners.len() as u32;
        self.owners.push(Owner {
            topic: dice.below(TOPIC_COUNT) as u16,
            fame: 1.0 / f64::from(rank + 3).powf(0.9),
            outlet: dice.bits() as u32,
            ..Owner::default()
        });
        if sells { &mut self.sellers } else { &mut self.creators }.push(number);
        number
    }

    /// Adds a film of a creator.
    pub(crate) fn add_film(&mut self, dice: &mut Dice, owner: u32, since: i64) -> u32 {
        let film = Subject {
            ware: Ware::Film,
            owner,
            topic: self.owners[owner as usize].topic,
            pull: dice.lognormal(1.0, 1.0),
            appeal: dice.lognormal(1.0, 0.5),
            price: 0,
            weight_g: 0,
            since,
        };
        self.add(film)
    }

    /// Adds a subject and says its number.
    pub(crate) fn add(&mut self, subject: Subject) -> u32 {
        let number = self.subjects.len() as u32;
        self.owners[subject.owner as usize].subjects.push(number);
        self.subjects.push(subject);
        number
    }

    /// Remakes the tables of what is shown in the day that begins then.
    pub(crate) fn set_out(&mut self, begins: i64) {
        self.by_topic = vec![Weighted::default(); TOPIC_COUNT];
        self.goods = vec![Weighted::default(); TOPIC_COUNT];
        (self.everywhere, self.famous) = (Weighted::default(), Weighted::default());
        for (number, subject) in self.subjects.iter().enumerate() {
            let age = (begins - subject.since) as f64 / DAY as f64;
            if age < -1.0 || subject.ware == Ware::Live {
                continue;
            }
            let fading = match subject.ware {
                Ware::Goods => 0.5,
                Ware::Film => 3.0 * (-age.max(0.0) / 2.5).exp() + 0.05,
                Ware::Live => 0.0,
            };
            let weight = self.owners[subject.owner as usize].fame * subject.pull * fading;
            self.by_topic[usize::from(subject.topic)].add(number as u32, weight);
            self.everywhere.add(number as u32, weight);
            if subject.ware == Ware::Goods {
                self.goods[usize::from(subject.topic)].add(number as u32, weight);
            }
        }
        for (number, owner) in self.owners.iter().enumerate() {
            self.famous.add(number as u32, owner.fame);
        }
    }

    /// Something of a topic that is out at that time.
    pub(crate) fn of_topic(&self, dice: &mut Dice, topic: u16, time: i64) -> Option<u32> {
        self.out(dice, self.by_topic.get(usize::from(topic))?, time)
    }

    /// Goods of a topic.
    pub(crate) fn goods_of(&self, dice: &mut Dice, topic: u16, time: i64) -> Option<u32> {
        self.out(dice, self.goods.get(usize::from(topic))?, time)
    }

    /// Anything that is out.
    pub(crate) fn anything(&self, dice: &mut Dice, time: i64) -> Option<u32> {
        self.out(dice, &self.everywhere, time)
    }

    /// Any film that is out.
    pub(crate) fn film(&self, dice: &mut Dice, time: i64) -> Option<u32> {
        let is_film = |subject: &u32| self.subjects[*subject as usize].ware == Ware::Film;
        (0..4).filter_map(|_| self.anything(dice, time)).find(is_film)
    }

    /// An owner by fame.
    pub(crate) fn famous(&self, dice: &mut Dice) -> Option<u32> {
        self.famous.draw(dice)
    }

    /// Something of an owner's that is out, rather a late one.
    pub(crate) fn of_owner(&self, dice: &mut Dice, owner: u32, time: i64) -> Option<u32> {
        let all = &self.owners.get(owner as usize)?.subjects;
        let out = all.iter().filter(|&&s| {
            let subject = &self.subjects[s as usize];
            subject.since <= time && subject.ware != Ware::Live
        });
        let out: Vec<u32> = out.copied().collect();
        let back = (dice.wait(2.5) as usize).min(out.len().saturating_sub(1));
        out.get(out.len().checked_sub(1 + back)?).copied()
    }

    fn out(&self, dice: &mut Dice, table: &Weighted, time: i64) -> Option<u32> {
        (0..4)
            .filter_map(|_| table.draw(dice))
            .find(|&number| self.subjects[number as usize].since <= time)
    }

    /// Goods of sellers whose fame lies in a band of ranks, `from` and `to` being shares of all sellers.
    pub(crate) fn goods_ranked(&self, dice: &mut Dice, from: f64, to: f64) -> Vec<u32> {
        let n = self.sellers.len() as f64;
        let band = &self.sellers[(n * from) as usize..(n * to) as usize];
        let mut goods = Vec::new();
        for &seller in band {
            let all = &self.owners[seller as usize].subjects;
            goods.extend(dice.pick(all));
        }
        goods
    }

    pub(crate) fn name(number: u32) -> Name {
        Name::new(Space::Subject, u64::from(number))
    }

    pub(crate) fn owner_name(number: u32) -> Name {
        Name::new(Space::Owner, u64::from(number))
    }
}
