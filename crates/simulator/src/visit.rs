//! One visit of an account to the platform, and the deeds done during it.
//!
//! A visit has a clock of its own: each deed happens at it and moves it on by the time the deed takes, so that what
//! one account does on one device is never simultaneous.

use crate::calendar::SECOND;
use crate::catalogue::{Catalogue, Ware};
use crate::dice::Dice;
use crate::name::Name;
use crate::person::Person;
use crate::places::{Device, Places};
use crate::row::{Label, Row, Said, Source};
use crate::text::Text;
use crate::town::Town;
use events::Kind;

/// A visit in progress.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Visit {
    /// The account; none for an anonymous visitor.
    pub who: Option<u32>,
    pub device: Device,
    pub ip: u32,
    pub source: Source,
    pub label: Label,
    pub time: i64,
}

impl Visit {
    /// Where a person of that number sits on that day at that hour: at home, at work, on the way, in a hall.
    pub(crate) fn of(town: &Town, dice: &mut Dice, at: (u32, u32, i64), time: i64) -> Visit {
        let (who, day, hour) = at;
        let person = town.person(who);
        let device = person.devices[usize::from(dice.chance(0.25))];
        let mut visit = Visit {
            who: Some(who),
            device,
            ip: 0,
            source: Source::Home,
            label: person.cover,
            time,
        };
        let place = |site: u32, dice: &mut Dice| {
            dice.pick(&town.places.sites[site as usize].ips).unwrap_or(0)
        };
        visit.ip = match (person.tunnel, person.hall, person.work) {
            (Some(tunnel), _, _) if dice.chance(0.6) => place(tunnel, dice),
            (_, Some(hall), _) if dice.chance(0.5) => {
                let terminals = &town.places.sites[hall as usize].terminals;
                visit.device = dice.pick(terminals).unwrap_or(device);
                place(hall, dice)
            }
            (_, _, Some(work)) if (9..18).contains(&hour) && dice.chance(0.7) => place(work, dice),
            _ if dice.chance(0.62) => Places::home_ip(person.home, person.region, day),
            _ => Places::mobile_ip(dice, person.region),
        };
        visit.device.agent.release += (day / 3).min(6) as u8;
        visit
    }

    /// A visitor without an account.
    pub(crate) fn anonymous(device: Device, ip: u32, time: i64) -> Visit {
        Visit { who: None, device, ip, source: Source::Direct, label: Label::Genuine, time }
    }

    /// The same visit with another truth.
    pub(crate) fn labelled(mut self, label: Label) -> Visit {
        self.label = label;
        self
    }

    /// The same visit by another way in.
    pub(crate) fn by(mut self, source: Source) -> Visit {
        self.source = source;
        self
    }

    /// Lets time pass.
    pub(crate) fn pause(&mut self, seconds: f64) {
        self.time += (seconds.max(0.0) * SECOND as f64) as i64;
    }

    /// An event of this visit with nothing but who, when and whence.
    pub(crate) fn row(&self, kind: Kind) -> Row {
        Row {
            actor: self.who.map_or(Name::NONE, Person::name),
            device: self.device.name,
            agent: self.device.agent,
            ip: self.ip,
            ..Row::new(self.time, kind, self.label)
        }
    }

    fn on(&self, town: &Town, kind: Kind, subject: u32) -> Row {
        let owner = town.catalogue.subjects[subject as usize].owner;
        let mut row = self.row(kind);
        row.subject = Catalogue::name(subject);
        row.owner = Catalogue::owner_name(owner);
        row
    }

    pub(crate) fn login(&mut self, town: &mut Town) {
        if let Some(who) = self.who {
            let mut row = self.row(Kind::Login);
            row.region = Places::county(town.person(who).region, who);
            row.said = Said::Ok;
            town.calendar.note(row);
            self.pause(2.5);
        }
    }

    /// Opens a subject and stays that many seconds.
    pub(crate) fn view(&mut self, town: &mut Town, subject: u32, seconds: f64) {
        let mut row = self.on(town, Kind::View, subject);
        row.source = self.source;
        row.dwell_ms = (seconds * 1_000.0) as i64;
        town.calendar.note(row);
        self.pause(seconds + 0.4);
    }

    /// Likes, favours, shares or puts into the cart.
    pub(crate) fn mark(&mut self, town: &mut Town, kind: Kind, subject: u32) {
        let mut row = self.on(town, kind, subject);
        if kind == Kind::Like {
            row.source = self.source;
        }
        if kind == Kind::Cart {
            row.amount = town.catalogue.subjects[subject as usize].price;
        }
        town.calendar.note(row);
        self.pause(1.1);
    }

    /// Comments on a subject.
    pub(crate) fn comment(&mut self, town: &mut Town, subject: u32, text: Text) {
        let mut row = self.on(town, Kind::Comment, subject);
        row.text = text;
        town.calendar.note(row);
        self.pause(3.0);
    }

    /// Reviews a subject, with or without an order.
    pub(crate) fn review(&mut self, town: &mut Town, subject: u32, said: (Name, u8, Text)) {
        let mut row = self.on(town, Kind::Review, subject);
        (row.order, row.rating, row.text) = said;
        town.calendar.note(row);
        self.pause(5.0);
    }

    /// Fetches a coupon of a campaign on a subject's owner.
    pub(crate) fn coupon(&mut self, town: &mut Town, campaign: Name, owner: u32, amount: i64) {
        let mut row = self.row(Kind::Coupon);
        (row.subject, row.owner) = (campaign, Catalogue::owner_name(owner));
        row.amount = amount;
        town.calendar.note(row);
        self.pause(2.0);
    }

    pub(crate) fn search(&mut self, town: &mut Town, words: Text) {
        let mut row = self.row(Kind::Search);
        row.text = words;
        town.calendar.note(row);
        self.pause(3.0);
        self.source = Source::Search(words);
    }

    pub(crate) fn follow(&mut self, town: &mut Town, owner: u32) {
        let mut row = self.row(Kind::Follow);
        row.subject = Catalogue::owner_name(owner);
        row.owner = row.subject;
        row.source = self.source;
        town.calendar.note(row);
        self.pause(1.4);
    }

    /// Becomes a member of an owner's club.
    pub(crate) fn join(&mut self, town: &mut Town, owner: u32) {
        let mut row = self.row(Kind::Join);
        row.subject = Name::new(crate::name::Space::Club, u64::from(owner));
        row.owner = Catalogue::owner_name(owner);
        row.source = self.source;
        town.calendar.note(row);
        self.pause(2.0);
    }

    /// Registers the account.
    pub(crate) fn register(&mut self, town: &mut Town) {
        if let Some(who) = self.who {
            let mut row = self.row(Kind::Register);
            row.source = self.source;
            row.phone = town.person(who).phone;
            row.region = Places::county(town.person(who).region, who);
            row.said = Said::Ok;
            town.calendar.note(row);
            self.pause(20.0);
        }
    }

    /// How many seconds somebody stays with a subject.
    pub(crate) fn dwell(town: &Town, dice: &mut Dice, subject: u32) -> f64 {
        match town.catalogue.subjects[subject as usize].ware {
            Ware::Goods => dice.lognormal(16.0, 1.1),
            Ware::Film => dice.lognormal(7.0, 1.25),
            Ware::Live => dice.lognormal(90.0, 1.4),
        }
        .clamp(0.3, 9_000.0)
    }
}
