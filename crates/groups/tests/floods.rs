//! Floods: likes that a fleet of accounts sends within seconds are found, the crowds that come as fast are not. A platform
//! where people open things, stay, and then mark some of them; one mark in six is left in passing.

#![allow(clippy::unwrap_used)] // a test that cannot go on fails

mod lots;

use events::{Event, EventTime, Key, Kind};
use groups::{Activity, Examination, Group, Ledger, Limits, judge, search, waves};
use lots::Lots;
use policy::{Policy, Verdict};

const PEOPLE: u64 = 4_000;
/// Seconds of ordinary traffic before whatever happens.
const BEFORE: u64 = 600;

/// Where an act comes from.
#[derive(Clone, Copy)]
struct From {
    way: &'static str,
    client: u64,
}

struct Place {
    events: Vec<Event>,
    lots: Lots,
}

impl Place {
    /// Eleven minutes in which people open 60,000 things and like a fifth of them.
    fn new(seed: u64) -> Place {
        let mut place = Place { events: Vec::new(), lots: Lots(seed) };
        for _ in 0..60_000 {
            let who = place.somebody();
            let what = place.thing();
            let when = place.lots.below((BEFORE + 60) * 1000);
            let from = place.from();
            let dwell = 2_500 + place.lots.below(40_000);
            place.view(&who, &what, when, dwell, from);
            if place.lots.one_in(5) {
                let what = if place.lots.one_in(6) { place.thing() } else { what };
                place.act(&who, Kind::Like, &what, when + 2_000, from);
            }
        }
        place
    }

    fn somebody(&mut self) -> String {
        let most = 1 + self.lots.below(PEOPLE);
        format!("p{}", self.lots.below(most))
    }

    fn thing(&mut self) -> String {
        let most = 1 + self.lots.below(900);
        format!("c{}-{}", self.lots.below(most) % 200, self.lots.below(5))
    }

    fn from(&mut self) -> From {
        let way = ["feed", "feed", "search", "profile", "share"][self.lots.below(5) as usize];
        From { way, client: self.lots.below(12) }
    }

    fn event(&self, who: &str, kind: Kind, what: &str, millis: u64, from: From) -> Event {
        let owner = what.split('-').next().unwrap_or(what);
        Event {
            id: Key(self.events.len() as u64 + 1),
            time: EventTime((1_700_000_000_000 + millis as i64) * 1000),
            kind,
            actor: Key::of(who),
            subject: Key::of(what),
            owner: Key::of(owner),
            channel: Key::of(from.way),
            source: Key::of(from.way),
            agent: Key::of(&format!("app/{}", from.client)),
            device: Key::of(&format!("device of {who}")),
            ..Event::default()
        }
    }

    fn act(&mut self, who: &str, kind: Kind, what: &str, millis: u64, from: From) {
        self.events.push(self.event(who, kind, what, millis, from));
    }

    fn view(&mut self, who: &str, what: &str, millis: u64, dwell: u64, from: From) {
        let event = self.event(who, Kind::View, what, millis, from);
        self.events.push(Event { dwell_ms: Some(dwell as i64), ..event });
    }

    /// 4,000 likes in 20 seconds by accounts that are there for nothing else, each with a device of its own.
    fn fleet(&mut self, fleet: &Fleet) {
        for account in 0..4_000 {
            let who = format!("x{account}");
            let what = format!("star-{}", self.lots.below(fleet.subjects));
            let when = BEFORE * 1000 + self.lots.below(20_000);
            let client = if fleet.clients { self.lots.below(12) } else { 3 };
            let from = From { way: "direct", client };
            if fleet.opens > 0 && self.lots.one_in(fleet.opens) {
                self.view(&who, &what, when - 500, 400, from);
            }
            for _ in 0..fleet.cover {
                let (thing, at) = (self.thing(), self.lots.below(BEFORE * 1000));
                let from = self.from();
                let dwell = 2_500 + self.lots.below(40_000);
                self.view(&who, &thing, at, dwell, from);
            }
            self.act(&who, Kind::Like, &what, when, from);
        }
    }

    /// 4,000 people who come within 20 seconds, open what everybody talks about, stay, and like it.
    fn rush(&mut self, rush: &Rush) {
        for guest in 0..4_000 {
            let new = guest * 100 < rush.new * 4_000;
            let who = if new { format!("n{guest}") } else { format!("p{guest}") };
            let what = format!("rush-{}", self.lots.below(2));
            let when = BEFORE * 1000 + self.lots.below(20_000);
            let from = match rush.push {
                true => From { way: "push", client: if self.lots.one_in(8) { 5 } else { 7 } },
                false => self.from(),
            };
            if new {
                let event = self.event(&who, Kind::Register, "", when - 4_000, from);
                self.events.push(event);
            }
            if !rush.blind && !self.lots.one_in(8) {
                let dwell = 4_000 + self.lots.below(300_000);
                self.view(&who, &what, when, dwell, from);
            }
            for _ in 0..1 + rush.hammer {
                let later = 1_000 + self.lots.below(3_000 + rush.hammer * 2_000);
                self.act(&who, Kind::Like, &what, when + later, from);
            }
        }
    }

    fn judged(&self, parts: usize) -> Vec<Group> {
        let mut events: Vec<&Event> = self.events.iter().collect();
        events.sort_by_key(|event| (event.time, event.id));
        let mut activities: Vec<Activity> = (0..parts).map(|_| Activity::new(false)).collect();
        for event in &events {
            activities[event.actor.0 as usize % parts].observe(event);
        }
        let mut search = search(Ledger::of(activities), parts, Limits::default());
        search.waves = waves(Vec::new(), 1);
        let mut looks = vec![Examination::new(&search); parts];
        for (number, event) in events.iter().rev().enumerate() {
            looks[number % parts].observe(event, "");
        }
        let look = looks.into_iter().reduce(|mut all, part| {
            all.join(part);
            all
        });
        judge(&search, &look.unwrap())
    }

    /// Accounts that some group calls fake or suspect: of the fleet, and others.
    fn accused(&self) -> (usize, usize) {
        let groups = self.judged(2);
        let accused =
            |group: &&Group| Policy::default().group(&group.classes()).0 > Verdict::Genuine;
        let mut called: Vec<Key> = groups
            .iter()
            .filter(accused)
            .flat_map(|g| g.members.iter().map(|m| m.account))
            .collect();
        called.sort_unstable();
        called.dedup();
        let fleet = (0..4_000)
            .filter(|account| called.binary_search(&Key::of(&format!("x{account}"))).is_ok());
        let fleet = fleet.count();
        (fleet, called.len() - fleet)
    }
}

struct Fleet {
    subjects: u64,
    /// One in so many opens the thing first; 0 for none.
    opens: u64,
    /// Ordinary things that each account did before.
    cover: u64,
    /// As many clients as people have.
    clients: bool,
}

const PLAIN: Fleet = Fleet { subjects: 8, opens: 0, cover: 0, clients: false };

#[derive(Default)]
struct Rush {
    /// Of a hundred, those who registered just now.
    new: u64,
    push: bool,
    /// Likes of each beyond the first.
    hammer: u64,
    /// Nobody opens anything.
    blind: bool,
}

#[test]
fn a_fleet_is_found_however_it_hides_and_nobody_else() {
    let fleets = [
        ("plain", PLAIN),
        ("one subject", Fleet { subjects: 1, ..PLAIN }),
        ("fifty subjects", Fleet { subjects: 50, ..PLAIN }),
        ("one in ten opens first and leaves at once", Fleet { opens: 10, ..PLAIN }),
        ("everybody opens first and leaves at once", Fleet { opens: 1, ..PLAIN }),
        ("five ordinary things each", Fleet { cover: 5, ..PLAIN }),
        ("many clients", Fleet { clients: true, ..PLAIN }),
        ("all of it", Fleet { subjects: 50, opens: 10, cover: 5, clients: true }),
    ];
    for (number, (name, fleet)) in fleets.iter().enumerate() {
        let mut place = Place::new(101 + number as u64);
        place.fleet(fleet);
        let (found, others) = place.accused();
        assert!(found >= 3_960, "{name}: {found} of 4000");
        assert_eq!(others, 0, "{name}: somebody real is accused");
    }
}

#[test]
fn crowds_that_come_as_fast_are_crowds() {
    let rushes = [
        ("a sale", Rush { new: 20, ..Rush::default() }),
        ("one push message to one version", Rush { push: true, ..Rush::default() }),
        ("a push message that brings newcomers", Rush { push: true, new: 90, ..Rush::default() }),
        ("a stream whose viewers hammer", Rush { hammer: 8, ..Rush::default() }),
        ("newcomers", Rush { new: 100, ..Rush::default() }),
        // A speaker's code on a wall: a fleet does the same, but who signed up a minute ago could not yet do anything else.
        ("newcomers who open nothing", Rush { new: 100, blind: true, ..Rush::default() }),
    ];
    for (number, (name, rush)) in rushes.iter().enumerate() {
        let mut place = Place::new(201 + number as u64);
        place.rush(rush);
        assert_eq!(place.accused(), (0, 0), "{name}");
    }
}

#[test]
fn without_views_nothing_is_said() {
    let mut place = Place::new(301);
    place.fleet(&PLAIN);
    place.events.retain(|event| event.kind != Kind::View);
    assert_eq!(place.accused(), (0, 0));
}

#[test]
fn neither_channels_nor_clients_nor_how_long_anybody_stayed_are_needed() {
    let mut place = Place::new(302);
    place.fleet(&PLAIN);
    for event in &mut place.events {
        (event.channel, event.source, event.agent) = (Key::NONE, Key::NONE, Key::NONE);
        (event.device, event.dwell_ms) = (Key::NONE, None);
    }
    assert_eq!(place.accused(), (4_000, 0));
}

#[test]
fn what_a_thing_always_gets_in_passing_is_no_flood_of_machines() {
    let mut place = Place::new(303);
    // A button on the front page: pressed without opening anything, all along, and by everybody in the end.
    for press in 0..6_000 {
        let when = if press < 2_000 {
            place.lots.below(BEFORE * 1000)
        } else {
            BEFORE * 1000 + place.lots.below(20_000)
        };
        let from = place.from();
        let who = format!("p{}", place.lots.below(PEOPLE));
        place.act(&who, Kind::Like, "button-1", when, from);
    }
    assert_eq!(place.accused(), (0, 0));
}

#[test]
fn what_is_found_does_not_depend_on_who_looked_or_when() {
    let mut place = Place::new(304);
    place.fleet(&PLAIN);
    let of = |parts: usize| format!("{:?}", place.judged(parts));
    assert_eq!(of(1), of(3));
}
