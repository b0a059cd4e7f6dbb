//! Goal: what streams by is found by any shard alike. Method: whatever comes in, scores are in [0, 1] and finite, memory stays
//! within its limit, and the same touches give the same findings however they are sharded and whenever the watermark is passed in.
//! What is promised of every code is held to it in `crates/qingliu/tests/conformance`.

use detectors::{Code, Finding, Limits, Shard, Usual, settle};
use events::{EntityKind, Event, EventTime, Key, Kind, Network, Software, System};
use features::{Touch, touches};

/// A stream of seeded numbers, enough for a test.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
}

fn key(kind: u64, number: u64) -> Key {
    Key::of(&format!("{kind}:{number}"))
}

const START: i64 = 1_778_000_000_000_123;

/// An ordinary crowd over ten days: people with a device and an address each, households, sixty terminals.
fn crowd(people: u64, events: u64) -> Vec<Event> {
    let mut dice = Dice(5);
    let mut all: Vec<Event> = (0..events)
        .map(|number| {
            let person = dice.below(people);
            let home = person / (1 + person % 3);
            let terminal = dice.below(2_000);
            Event {
                id: key(0, number),
                time: EventTime(
                    START + (dice.below(864_000) * 1_000_000 + dice.below(1_000_000)) as i64,
                ),
                kind: Kind::ALL[dice.below(23) as usize],
                actor: key(1, person),
                subject: key(2, dice.below(people / 2 + 1)),
                device: key(3, if terminal < 60 { terminal + 1_000_000 } else { person }),
                ip: key(4, home),
                subnet: key(5, home / 20),
                payment: key(6, home),
                address: key(7, home),
                phone_block: key(8, person / 3),
                agent: key(9, person % 40),
                software: Software { system: System::Linux, ..Software::default() },
                ..Event::default()
            }
        })
        .collect();
    all.sort_by_key(|event| (event.time, event.id));
    all
}

fn run(events: &[Event], shards: u64, advance_every: usize) -> Vec<Finding> {
    let mut all: Vec<Shard> = (0..shards).map(|_| Shard::new(&Limits::default())).collect();
    let (mut found, mut out): (Vec<Finding>, Vec<Touch>) = (Vec::new(), Vec::new());
    for (number, event) in events.iter().enumerate() {
        out.clear();
        touches(event, &mut out);
        for touch in &out {
            all[(touch.key.0 % shards) as usize].observe(touch, &mut found);
        }
        if number % advance_every == advance_every - 1 {
            all.iter_mut().for_each(|shard| shard.advance(event.time, &mut found));
        }
    }
    let mut usual = Usual::default();
    for shard in &mut all {
        shard.finish(&mut found);
        usual.merge(shard.usual());
        assert_eq!(shard.keys(), 0);
    }
    for finding in &found {
        check(finding);
    }
    settle(&usual, &mut found);
    found.iter().for_each(check);
    found
}

fn check(finding: &Finding) {
    assert!((0.0..=1.0).contains(&finding.score), "{finding:?}");
    assert!(finding.bits.is_finite(), "{finding:?}");
    assert!(finding.evidence.iter().all(|(_, value)| value.is_finite()), "{finding:?}");
    assert!(finding.members.len() <= Finding::MEMBERS, "{finding:?}");
    assert!(finding.members.is_sorted_by(|a, b| a < b), "{finding:?}");
}

fn codes(found: &[Finding]) -> Vec<(Code, EntityKind)> {
    let mut codes: Vec<_> = found.iter().map(|f| (f.code, f.entity.kind)).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

/// Adds events by number and puts all in order.
fn with(mut base: Vec<Event>, count: u64, event: impl Fn(u64) -> Event) -> Vec<Event> {
    base.extend((0..count).map(|n| Event { id: key(10, n), ..event(n) }));
    base.sort_by_key(|event| (event.time, event.id));
    base
}

#[test]
fn a_crowd_has_no_findings() {
    let found = run(&crowd(3_000, 60_000), 1, 5_000);
    assert_eq!(codes(&found), [], "{:?}", found.first());
}

#[test]
fn each_streaming_detector_finds_its_own() {
    let crowd = crowd(3_000, 60_000);
    let day = |n: u64| EventTime(START + 300_000_000_000 + n as i64 * 1_000_037);
    let from = |n: u64, actor: u64| Event {
        time: day(n),
        kind: Kind::View,
        actor: key(1, actor),
        ..Event::default()
    };
    let account = EntityKind::Account;
    let systems = [System::Apple, System::Linux, System::Unknown];
    let cases: [(Code, EntityKind, Vec<Event>); 9] = [
        (
            Code::Net02,
            account,
            with(crowd.clone(), 60, |n| Event { device: key(3, 910_000 + n), ..from(n, 7) }),
        ),
        (
            Code::Net02,
            EntityKind::Device,
            with(crowd.clone(), 60, |n| Event {
                device: key(3, 900_002),
                software: Software { system: systems[n as usize % 3], ..Software::default() },
                ..from(n, 8)
            }),
        ),
        (Code::Vel01, account, with(crowd.clone(), 5_000, |n| from(n / 50, 7))),
        (
            Code::Vel02,
            EntityKind::Device,
            with(crowd.clone(), 200, |n| Event { device: key(3, 900_001), ..from(n, 10_000 + n) }),
        ),
        (
            Code::Vel03,
            EntityKind::Ip,
            with(crowd.clone(), 900, |n| Event { ip: key(4, 900_001), ..from(n, 10_000 + n) }),
        ),
        (
            Code::Vel03,
            EntityKind::Subnet,
            with(crowd.clone(), 3_000, |n| Event {
                subnet: key(5, 900_001),
                ..from(n, 10_000 + n)
            }),
        ),
        (
            Code::Vel04,
            EntityKind::Subject,
            with(crowd.clone(), 800, |n| Event {
                kind: Kind::Like,
                subject: key(2, 3),
                ..from(n, n % 3_000)
            }),
        ),
        (
            Code::Seq01,
            account,
            with(crowd.clone(), 60, |n| Event {
                kind: Kind::Like,
                subject: key(2, n),
                time: EventTime(START + 1_000_003 * 97 * n as i64),
                ..from(n, 900_000)
            }),
        ),
        (
            Code::Net01,
            EntityKind::Payment,
            with(crowd, 200, |n| Event { payment: key(6, 900_001), ..from(n, 10_000 + n) }),
        ),
    ];
    for (code, kind, events) in cases {
        let found = run(&events, 2, 3_000);
        assert!(codes(&found).contains(&(code, kind)), "{code:?} {kind:?}: {:?}", codes(&found));
        let count = found.iter().filter(|f| f.code == code && f.entity.kind == kind).count();
        assert!(count <= 2, "one burst is one finding: {code:?} {count} {:?}", found.last());
    }
}

#[test]
fn who_changes_devices_as_people_do_is_not_told_of() {
    // Two telephones and a desk at work; a browser brought up to date every month; a hall with thirty machines.
    let crowd = crowd(3_000, 60_000);
    let others = crowd.len() as u64;
    let people = with(crowd, 9_000, |n| {
        let (person, turn) = (n % 300, n / 300);
        let device = match person {
            0..100 => person * 10 + turn % 3,
            100..200 => person * 10 + turn / 10,
            _ => 30_000 + n.wrapping_mul(0x9E37_79B9) % 30,
        };
        Event {
            time: EventTime(START + (turn * 300 + person) as i64 * 90_000_000),
            kind: Kind::View,
            actor: key(1, 100_000 + person),
            device: key(3, 500_000 + device),
            // One client out of ten asks for a desktop's page, which is of the same family.
            software: Software { system: System::Linux, ..Software::default() },
            ..Event::default()
        }
    });
    assert_eq!(people.len() as u64, others + 9_000);
    let found = run(&people, 2, 3_000);
    assert!(found.iter().all(|finding| finding.code != Code::Net02), "{:?}", codes(&found));
}

#[test]
fn a_carriers_gateway_is_a_crowd() {
    let gateway = |network| {
        with(crowd(3_000, 60_000), 3_000, |n| Event {
            ip: key(4, 900_001),
            subnet: key(5, 900_001),
            network,
            time: EventTime(START + 300_000_000_000 + n as i64 * 1_000_037),
            kind: Kind::View,
            actor: key(1, 10_000 + n),
            ..Event::default()
        })
    };
    let about = |network| codes(&run(&gateway(network), 2, 3_000));
    assert!(about(Network::Other).contains(&(Code::Vel03, EntityKind::Ip)));
    assert_eq!(about(Network::Carrier), []);
    assert_eq!(about(Network::Campus), []);
}

#[test]
fn shards_and_watermarks_change_nothing() {
    let burst = |n: u64| Event {
        time: EventTime(START + n as i64 * 900_000_000),
        kind: Kind::Like,
        actor: key(1, n % 900 + 5_000),
        device: key(3, 77 + n % 2),
        software: Software { system: System::from_code((n % 4) as u8), ..Software::default() },
        subject: key(2, 3),
        ..Event::default()
    };
    let events = with(crowd(500, 20_000), 2_000, burst);
    let one = run(&events, 1, 1_000_000);
    assert!(codes(&one).contains(&(Code::Net02, EntityKind::Device)), "{:?}", codes(&one));
    for (shards, every) in [(3, 1), (2, 777), (5, 10_000)] {
        assert_eq!(one, run(&events, shards, every), "{shards} shards");
    }
}

#[test]
fn hostile_input_is_survived() {
    let extreme = [i64::MIN, -1, 0, 1, EventTime::DAY, 4_070_908_800_000_000, i64::MAX];
    for kind in Kind::ALL {
        let mut events: Vec<Event> = Vec::new();
        for (n, time) in extreme.into_iter().enumerate() {
            for twice in 0..40 {
                let actor = if twice % 7 == 0 { Key::NONE } else { Key(1 + twice) };
                events.push(Event {
                    id: Key(n as u64 * 100 + twice),
                    time: EventTime(time),
                    kind,
                    actor,
                    subject: Key(u64::MAX),
                    device: Key(1),
                    ip: Key(u64::MAX - 1),
                    amount: Some(i64::MIN),
                    rating: Some(f32::NAN),
                    dwell_ms: Some(i64::MIN),
                    ..Event::default()
                });
            }
        }
        run(&events, 1, 13);
        // Out of order, which the engine never does, must not panic either.
        events.reverse();
        run(&events, 1, 13);
    }
    assert_eq!(run(&[], 1, 1), []);
}

#[test]
fn a_million_events_of_one_account_are_one_finding() {
    let event = |n: u64| Event {
        id: Key(n + 1),
        time: EventTime(START + n as i64 * 50_000),
        kind: Kind::View,
        actor: Key(3),
        subject: Key(n % 1_000 + 1),
        ..Event::default()
    };
    let events: Vec<Event> = (0..1_000_000).map(event).collect();
    let found = run(&events, 1, 100_000);
    assert!(found.iter().filter(|f| f.code == Code::Vel01).count() <= 1);
}

#[test]
fn a_million_keys_stay_within_the_limit() {
    let mut shard = Shard::new(&Limits::default());
    let (mut found, mut out) = (Vec::new(), Vec::new());
    let people = 1_000_000_u64;
    for n in 0..3 * people {
        let person = n % people;
        out.clear();
        let event = Event {
            id: Key(n + 1),
            time: EventTime(START + n as i64 * 100_000),
            kind: Kind::Like,
            actor: Key((person + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15)),
            device: Key((person + 1).wrapping_mul(0xD6E8_FEB8_6659_FD93)),
            ..Event::default()
        };
        touches(&event, &mut out);
        for touch in &out {
            shard.observe(touch, &mut found);
        }
    }
    assert!(
        shard.account_bytes() < 200 * people as usize,
        "{} an account",
        shard.account_bytes() / people as usize
    );
    assert!(
        shard.shared_bytes() < 200 * people as usize,
        "{} a device",
        shard.shared_bytes() / people as usize
    );
    eprintln!(
        "{} bytes an account, {} a device",
        shard.account_bytes() / people as usize,
        shard.shared_bytes() / people as usize
    );
    shard.advance(EventTime(START + 40 * EventTime::DAY), &mut found);
    assert_eq!(shard.keys(), 0, "idle keys are forgotten");
}

/// The value of a finding's evidence.
fn value(finding: &Finding, name: &str) -> Option<f64> {
    finding.evidence.iter().find(|entry| entry.0 == name).map(|entry| entry.1)
}

#[test]
fn evidence_derives_a_finding_again() {
    // Whatever a finding says besides its evidence is lost and settled once more: bits and score come back.
    let burst = |n: u64| Event {
        time: EventTime(START + 400_000_000_000 + n as i64 * 1_000_000),
        kind: Kind::Like,
        actor: key(1, n % 700 + 5_000),
        device: key(3, 77),
        ip: key(4, 900_001),
        payment: key(6, 900_001),
        subject: key(2, 3),
        ..Event::default()
    };
    let events = with(crowd(3_000, 60_000), 2_000, burst);
    let (mut shard, mut found, mut out) = (Shard::new(&Limits::default()), Vec::new(), Vec::new());
    for event in &events {
        out.clear();
        touches(event, &mut out);
        for touch in &out {
            shard.observe(touch, &mut found);
        }
    }
    shard.finish(&mut found);
    let mut bare: Vec<Finding> = found.clone();
    bare.iter_mut().for_each(|finding| (finding.score, finding.bits) = (0.75, -1.0));
    settle(shard.usual(), &mut found);
    settle(shard.usual(), &mut bare);
    assert!(codes(&found).len() >= 4, "{:?}", codes(&found));
    assert_eq!(found, bare);
    for finding in &found {
        assert!(!finding.evidence.is_empty(), "{finding:?}");
        let own: Vec<_> = found.iter().filter(|other| other.code == finding.code).collect();
        let names = |of: &Finding| of.evidence.iter().map(|e| e.0).collect::<Vec<_>>();
        assert!(own.iter().all(|other| names(other) == names(finding)), "{finding:?}");
    }
    let burst = found.iter().find(|finding| finding.code == Code::Vel04);
    assert!(burst.is_some_and(|finding| value(finding, "events_hour") >= Some(500.0)));
}

#[test]
fn a_million_subjects_views_stay_within_the_limit() {
    let mut shard = Shard::new(&Limits::default());
    let (mut found, mut out) = (Vec::new(), Vec::new());
    let subjects = 1_000_000_u64;
    let mut view = |n: u64, subject: u64, shard: &mut Shard| {
        out.clear();
        let event = Event {
            id: Key(n + 1),
            time: EventTime(START + n as i64 * 100_000),
            kind: Kind::View,
            subject: Key((subject + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15)),
            dwell_ms: Some([i64::MIN, 0, 900, i64::MAX][(n % 4) as usize]),
            ..Event::default()
        };
        touches(&event, &mut out);
        for touch in &out {
            shard.observe(touch, &mut found);
        }
    };
    for n in 0..2 * subjects {
        view(n, n % subjects, &mut shard);
    }
    let each = shard.view_bytes() / subjects as usize;
    assert!(each < 300, "{each} a subject");
    // One that is looked at for months is no larger than its stretches.
    let mut shard = Shard::new(&Limits::default());
    for n in 0..1_000_000 {
        view(n * 100, 7, &mut shard);
    }
    assert!(shard.view_bytes() < 16 * 1024, "{}", shard.view_bytes());
    shard.finish(&mut Vec::new());
    let viewings = shard.take_viewings();
    assert_eq!((viewings.views, viewings.subjects.len()), (1_000_000, 1));
    assert_eq!(viewings.untold, 0);
}
