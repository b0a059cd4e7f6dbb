//! Parties: racks of devices sent into a stream, links inflated through rented networks and sign-ups made for a rebate are
//! found; classes, campuses, firms, shops, stands and families are not.

mod lots;

use detectors::{Code, Finding, Limits, Shard};
use events::{Event, EventTime, Key, Kind, Network};
use features::touches;
use groups::{Found, Links, Lives, Party, Visitors};
use lots::Lots;
use policy::{Policy, Verdict};
use std::ops::Range;

const MINUTE: u64 = 60;
const HOUR: u64 = 3_600;
const DAY: u64 = 86_400;
const START: u64 = 1_778_025_600;
const PEOPLE: u64 = 900;

fn waking(lots: &mut Lots, days: Range<u64>) -> u64 {
    (days.start + lots.below(days.end - days.start)) * DAY + HOUR + lots.below(14 * HOUR)
}

fn named(what: &str, number: u64) -> Key {
    Key::of(&format!("{what} {number}"))
}

/// Somebody with a device at an address: each address is in a network of its own.
#[derive(Clone, Copy)]
struct Who {
    account: Key,
    device: Key,
    address: u64,
}

impl Who {
    fn new(what: &str, number: u64, address: u64) -> Who {
        Who {
            account: named(what, number),
            device: named(&format!("{what} phone"), number),
            address,
        }
    }

    fn at(self, address: u64) -> Who {
        Who { address, ..self }
    }

    fn on(self, what: &str, number: u64) -> Who {
        Who { device: named(what, number), ..self }
    }

    fn does(self, kind: Kind, second: u64) -> Event {
        Event {
            kind,
            time: EventTime((START + second) as i64 * EventTime::SECOND),
            actor: self.account,
            device: self.device,
            ip: named("ip", self.address),
            subnet: named("net", self.address),
            network: Network::Unknown,
            ..Event::default()
        }
    }

    fn looks(self, film: u64, second: u64, seconds: i64) -> Event {
        let event = self.does(Kind::View, second);
        let channel = Key::of("feed");
        let (subject, owner) = (named("film", film), named("owner", film / 3));
        let dwell_ms = Some(seconds * 1_000 + 400);
        Event { subject, owner, dwell_ms, channel, source: channel, ..event }
    }

    fn likes(self, film: u64, second: u64) -> Event {
        Event { kind: Kind::Like, dwell_ms: None, ..self.looks(film, second, 0) }
    }

    fn signs_up(self, link: u64, second: u64) -> Event {
        by_link(self.does(Kind::Register, second), link)
    }
}

fn by_link(event: Event, link: u64) -> Event {
    Event { channel: Key::of("share"), source: named("share:", link), ..event }
}

/// A day's films: some by feed, some marked.
fn evening(lots: &mut Lots, who: Who, second: u64, events: &mut Vec<Event>) {
    let mut time = second;
    for _ in 0..2 + lots.below(4) {
        let (film, stay) = (lots.below(600), 3 + lots.below(120));
        events.push(who.looks(film, time, stay as i64));
        if lots.below(6) == 0 {
            events.push(who.likes(film, time + stay / 2));
        }
        time += stay + 2;
    }
}

/// People at home and on the way, families with tablets, films passed on among friends, newcomers whom friends invited.
fn ordinary(lots: &mut Lots) -> Vec<Event> {
    let mut events = Vec::new();
    let person = |number: u64| Who::new("person", number, number / 3);
    for number in 0..PEOPLE {
        for day in 0..10 {
            if lots.below(2) == 0 {
                let mut who = person(number);
                if lots.below(3) == 0 {
                    who = who.at(5_000 + lots.below(8));
                } else if number % 3 != 2 && number % 2 == 0 && lots.below(3) == 0 {
                    who = who.on("tablet", number / 3);
                }
                let time = waking(lots, day..day + 1);
                evening(lots, who, time, &mut events);
            }
        }
    }
    for link in 0..40 {
        let film = lots.below(600);
        for _ in 0..12 + lots.below(20) {
            let who = person(lots.below(PEOPLE));
            let who = if lots.below(3) == 0 { who.at(5_000 + lots.below(8)) } else { who };
            let (time, stay) = (waking(lots, 4..7), 3 + lots.below(60));
            events.push(by_link(who.looks(film, time, stay as i64), link));
        }
    }
    for number in 0..240 {
        let who = Who::new("newcomer", number, 1_000 + number);
        let joined = waking(lots, 0..6);
        events.push(who.signs_up(100 + number % 12, joined));
        evening(lots, who, joined + MINUTE, &mut events);
        if lots.below(2) == 0 {
            let later = joined / DAY + 1..10;
            for _ in 0..3 {
                let time = waking(lots, later.clone());
                evening(lots, who, time, &mut events);
            }
        }
    }
    events
}

/// What is found, whoever of three workers saw which events.
fn found(mut events: Vec<Event>) -> Vec<Party> {
    for (number, event) in events.iter_mut().enumerate() {
        event.id = Key((number as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    }
    events.sort_by_key(|event| (event.time, event.id));
    let mut shard = Shard::new(&Limits::default());
    let (mut out, mut streamed): (Vec<_>, Vec<Finding>) = (Vec::new(), Vec::new());
    let mut links = vec![Links::default(); 3];
    for (number, event) in events.iter().enumerate() {
        out.clear();
        touches(event, &mut out);
        for touch in &out {
            shard.observe(touch, &mut streamed);
        }
        links[number % 3].observe(event);
    }
    shard.finish(&mut streamed);
    let shared = streamed.iter().filter(|finding| finding.code == Code::Vel02);
    let devices = shared.map(|finding| (finding.entity.key, finding.members.len())).collect();
    let watch = Visitors::new(&Links::merge(links), devices);
    let mut parts = vec![watch; 3];
    events.iter().enumerate().for_each(|(at, event)| parts[at * 7 % 3].observe(event));
    let visitors = parts.into_iter().reduce(|mut all, part| {
        all.join(part);
        all
    });
    let found = Found::of(visitors.expect("three parts"));
    let mut parts: Vec<Lives> = vec![found.lives(1_200); 3];
    events.iter().enumerate().for_each(|(at, event)| parts[at % 3].observe(event));
    let lives = parts.into_iter().reduce(|mut all, part| {
        all.join(part);
        all
    });
    found.parties(&lives.expect("three parts"))
}

/// The members of the parties called fake, and whether any was called suspect.
fn called(parties: &[Party]) -> (Vec<Key>, bool) {
    let verdict = |party: &Party| Policy::default().group(&party.group.classes()).0;
    let fake = parties.iter().filter(|party| verdict(party) == Verdict::Fake);
    let mut members: Vec<Key> =
        fake.flat_map(|party| party.group.members.iter().map(|member| member.account)).collect();
    members.sort_unstable();
    (members, parties.iter().any(|party| verdict(party) == Verdict::Suspect))
}

fn those(what: &str, numbers: Range<u64>) -> Vec<Key> {
    let mut accounts: Vec<Key> = numbers.map(|number| named(what, number)).collect();
    accounts.sort_unstable();
    accounts
}

fn nobody(events: Vec<Event>) {
    let parties = found(events);
    assert_eq!(called(&parties), (Vec::new(), false), "{parties:?}");
}

/// Eighty accounts on twenty devices in two streams of one owner, all for an hour.
fn rack(lots: &mut Lots, events: &mut Vec<Event>) {
    for (stream, evening) in [(900, 3), (901, 5)] {
        for number in 0..80 {
            let who = Who::new("racked", number, 7_000 + lots.below(9)).on("rack", number % 20);
            let time = evening * DAY + 12 * HOUR + lots.below(2 * MINUTE);
            events.push(who.looks(stream, time, 3_500));
        }
    }
}

#[test]
fn who_is_there_four_times_on_one_device_is_sent() {
    let mut lots = Lots(11);
    let mut events = ordinary(&mut lots);
    rack(&mut lots, &mut events);
    assert_eq!(called(&found(events)).0, those("racked", 0..80));
}

#[test]
fn a_couple_in_the_same_stream_is_not_of_the_rack() {
    let mut lots = Lots(12);
    let mut events = ordinary(&mut lots);
    rack(&mut lots, &mut events);
    for number in [300, 301, 303] {
        let who = Who::new("person", number, number / 3).on("tablet", 100);
        events.push(who.looks(900, 3 * DAY + 12 * HOUR + number, 1_800));
    }
    assert_eq!(called(&found(events)).0, those("racked", 0..80));
}

#[test]
fn a_school_whose_classes_share_tablets_is_one_after_the_other() {
    let mut lots = Lots(13);
    let mut events = ordinary(&mut lots);
    for number in 0..120 {
        let who = Who::new("pupil", number, 7_100).on("school tablet", number % 40);
        events.push(who.signs_up(300, number / 40 * HOUR + lots.below(30 * MINUTE)));
        for day in 1..10 {
            let lesson = day * DAY + (2 + number / 40) * HOUR;
            let film = 910 + day;
            events.push(who.looks(film, lesson + lots.below(10 * MINUTE), 240));
            if lots.below(2) == 0 {
                events.push(who.likes(film, lesson + 20 * MINUTE));
            }
        }
    }
    nobody(events);
}

#[test]
fn one_link_again_and_again_through_rented_networks_is_inflated() {
    let mut lots = Lots(14);
    let mut events = ordinary(&mut lots);
    for number in 0..40 {
        let who = Who::new("clicker", number, 2_000 + number);
        for day in 0..10 {
            if lots.below(4) == 0 {
                let time = waking(&mut lots, day..day + 1);
                evening(&mut lots, who, time, &mut events);
            }
        }
        for _ in 0..2 + lots.below(3) {
            let (time, node) = (waking(&mut lots, 4..6), 7_200 + lots.below(12));
            events.push(by_link(who.at(node).looks(30, time, 5 + lots.below(20) as i64), 400));
        }
    }
    let (members, _) = called(&found(events));
    let clickers = those("clicker", 0..40);
    assert!(members.len() >= 36, "{}", members.len());
    assert!(members.iter().all(|member| clickers.binary_search(member).is_ok()));
}

#[test]
fn campuses_firms_and_shops_come_by_one_link_as_well() {
    let mut lots = Lots(15);
    let mut events = ordinary(&mut lots);
    for number in 0..150 {
        // Two addresses, on two days.
        let who = Who::new("student", number, 0);
        for day in [3, 4] {
            let (time, gate) = (waking(&mut lots, day..day + 1), 7_300 + lots.below(2));
            let seen = by_link(who.at(gate).looks(40, time, 20), 500);
            events.push(Event { kind: Kind::Vote, dwell_ms: None, ..seen });
            events.push(seen);
        }
    }
    for number in 0..120 {
        // Ten addresses, of which each request takes one; once by the link, and other things every day.
        let who = Who::new("clerk", number, 0);
        let door = 7_310 + lots.below(10);
        let time = waking(&mut lots, 5..6);
        events.push(by_link(who.at(door).looks(41, time, 60), 501));
        for day in 0..10 {
            let (time, door) = (waking(&mut lots, day..day + 1), 7_310 + lots.below(10));
            evening(&mut lots, who.at(door), time, &mut events);
        }
    }
    for number in 0..160 {
        // A poster in twenty shops: who reads it twice does so in one and the same.
        let who = Who::new("customer", number, 7_330 + number % 20);
        for _ in 0..1 + number % 2 {
            let time = waking(&mut lots, 2..8);
            events.push(by_link(who.looks(42, time, 15), 502));
        }
    }
    nobody(events);
}

/// Sixty accounts made for a rebate on five devices at one address: each looks at something, and is gone.
#[test]
fn sign_ups_for_a_rebate_are_made_on_few_devices_and_gone() {
    let mut lots = Lots(16);
    let mut events = ordinary(&mut lots);
    for number in 0..60 {
        let who = Who::new("made", number, 7_400).on("maker", number % 5);
        let time = 2 * DAY + number * 130 + lots.below(60);
        events.extend([who.signs_up(600, time), who.looks(lots.below(600), time + 40, 12)]);
    }
    assert_eq!(called(&found(events)).0, those("made", 0..60));
}

#[test]
fn sign_ups_through_rented_networks_are_gone_as_well() {
    let mut lots = Lots(17);
    let mut events = ordinary(&mut lots);
    for number in 0..60 {
        let who = Who::new("made", number, 7_500 + lots.below(10));
        let time = waking(&mut lots, 2..4);
        events.extend([who.signs_up(601, time), who.looks(lots.below(600), time + 40, 12)]);
        let (next, node) = (time + DAY, 7_500 + lots.below(10));
        events.push(who.at(node).looks(lots.below(600), next, 9));
    }
    let (members, _) = called(&found(events));
    assert_eq!(members, those("made", 0..60));
}

#[test]
fn a_stand_and_a_firm_sign_people_up_who_are_there() {
    let mut lots = Lots(18);
    let mut events = ordinary(&mut lots);
    for number in 0..70 {
        // A third on the stand's tablet; half are never seen again, some took the gift.
        let who = Who::new("passer-by", number, 7_600);
        let who = if number % 3 == 0 { who.on("stand", 0) } else { who };
        let time = 3 * DAY + 2 * HOUR + number * 4 * MINUTE;
        events.push(who.signs_up(602, time));
        if lots.below(2) == 0 {
            events.push(who.does(Kind::Coupon, time + MINUTE));
        }
        if lots.below(2) == 0 {
            let later = waking(&mut lots, 6..10);
            evening(&mut lots, who.at(3_000 + number), later, &mut events);
        }
    }
    for number in 0..80 {
        // All of a firm by its link, through ten addresses; half come back.
        let who = Who::new("employee", number, 7_610 + lots.below(10));
        let time = waking(&mut lots, 1..3);
        events.push(who.signs_up(603, time));
        evening(&mut lots, who, time + MINUTE, &mut events);
        if number % 2 == 0 {
            for day in 4..9 {
                let (later, door) = (waking(&mut lots, day..day + 1), 7_610 + lots.below(10));
                evening(&mut lots, who.at(door), later, &mut events);
            }
        }
    }
    nobody(events);
}

#[test]
fn where_nothing_came_nothing_is_found() {
    assert!(found(Vec::new()).is_empty());
    nobody(ordinary(&mut Lots(19)));
}
