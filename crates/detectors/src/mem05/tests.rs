//! Batches of small accounts against raffles, suggestions, friends who were asked, and tables in which nobody comes back.

use super::*;
use crate::Finding;
use crate::dice::Dice;
use events::EventTime;

const START: u32 = 1_780_012_800;

/// What an owner draws: his number, first day, days, newcomers, and of a hundred how many are gone, look elsewhere, were invited.
#[derive(Clone, Copy)]
struct Draw {
    owner: u64,
    day: u32,
    days: f64,
    newcomers: u64,
    gone: u64,
    elsewhere: u64,
    invited: u64,
    software: u64,
    /// How many devices they sign up on; as many as they are, unless told.
    devices: u64,
}

const CROWD: Draw = Draw {
    owner: 0,
    day: 1,
    days: 8.0,
    newcomers: 40,
    gone: 55,
    elsewhere: 95,
    invited: 0,
    software: 60,
    devices: u64::MAX,
};
const MADE: Draw = Draw { day: 4, days: 1.0, newcomers: 30, gone: 100, elsewhere: 0, ..CROWD };

fn event(actor: u64, second: u32, kind: Kind, owner: u64) -> Event {
    Event {
        id: Key(actor * 100 + u64::from(second % 97)),
        time: EventTime(i64::from(second) * EventTime::SECOND),
        kind,
        actor: Key(actor),
        owner: Key(owner),
        subject: if owner == 0 { Key::NONE } else { Key(owner + 1_000_000) },
        ..Event::default()
    }
}

/// Everybody's errands, in a table of two weeks.
fn came(draws: &[Draw]) -> Vec<Errand> {
    let mut dice = Dice(7);
    let share_of = |dice: &mut Dice| dice.below(1 << 20) as f64 / f64::from(1 << 20);
    let mut errands = Vec::new();
    for draw in draws {
        for n in 0..draw.newcomers {
            let second =
                START + draw.day * DAY + (share_of(&mut dice) * draw.days * f64::from(DAY)) as u32;
            let actor = draw.owner * 10_000 + n + 1;
            let channel = if n * 37 % 100 < draw.invited { Key::of(SHARE) } else { Key::NONE };
            let agent = Key(dice.below(draw.software) + 1);
            let first = event(actor, second, Kind::Register, 0);
            let share = Share::default();
            let device = match draw.devices {
                0 => Key::NONE,
                devices => Key(actor % devices + 1_000_000_000),
            };
            let signed_up = Event { channel, agent, device, ..first };
            let mut errand = Errand::new(&signed_up, second, share);
            let lag = 20 + (share_of(&mut dice) * 600.0) as u32;
            let mut does = |since: u32, kind, owner| {
                errand.observe(&event(actor, second + since, kind, owner), since, share);
            };
            does(lag - 10, Kind::View, draw.owner);
            does(lag, Kind::Like, draw.owner);
            if n * 61 % 100 < draw.elsewhere {
                does(lag + 60, Kind::View, 900 + n % 7);
                does(lag + 90, Kind::Follow, 900 + n % 7);
            }
            if n * 53 % 100 >= draw.gone {
                does(DAY + 3_000, Kind::View, 900 + n % 5);
            }
            errands.push(errand);
        }
    }
    errands
}

fn play(draws: &[Draw]) -> Vec<Finding> {
    let found = found(&came(draws), START + 14 * DAY);
    for finding in &found {
        let bits = derive(&finding.evidence).unwrap();
        assert!((bits - f64::from(finding.bits)).abs() < 1e-4, "{finding:?}");
        assert!((0.0..=1.0).contains(&finding.score));
    }
    found
}

fn ordinary() -> Vec<Draw> {
    (1..25).map(|n| Draw { owner: n, gone: 40 + n, newcomers: 20 + n % 30, ..CROWD }).collect()
}

fn with(more: &[Draw]) -> Vec<Draw> {
    ordinary().into_iter().chain(more.iter().copied()).collect()
}

fn owners(found: &[Finding]) -> Vec<u64> {
    let mut owners: Vec<u64> = found.iter().map(|finding| finding.entity.key.0).collect();
    owners.sort_unstable();
    owners.dedup();
    owners
}

#[test]
fn a_batch_that_works_for_several_is_found_and_nobody_else() {
    assert_eq!(play(&ordinary()), []);
    let batch: Vec<Draw> = (30..34).map(|owner| Draw { owner, ..MADE }).collect();
    let found = play(&with(&batch));
    assert_eq!(owners(&found), [30, 31, 32, 33]);
    for finding in &found {
        assert!(finding.score > 0.9 && finding.members.len() == 30, "{finding:?}");
        assert!(finding.members.iter().all(|member| member.0 >= 300_000));
    }
}

#[test]
fn who_joins_a_batch_that_goes_on_is_of_it_and_a_stray_is_not() {
    let follows = Draw { gone: 100, elsewhere: 100, newcomers: 120, ..MADE };
    let named = |batch: Draw, stray: u64| {
        let draws: Vec<Draw> = (30..34).map(|owner| Draw { owner, ..batch }).collect();
        let strays = (30..34).map(|owner| Draw { owner, newcomers: stray, day: 12, ..follows });
        let draws: Vec<Draw> = draws.into_iter().chain(strays).collect();
        play(&with(&draws)).iter().map(|finding| finding.members.len()).collect::<Vec<_>>()
    };
    assert_eq!(named(Draw { day: 8, days: 5.9, ..follows }, 0), [120; 4]);
    assert_eq!(named(Draw { day: 6, days: 3.0, ..follows }, 4), [120; 4]);
    assert_eq!(named(Draw { day: 6, days: 3.0, ..follows }, 80), [200; 4]);
}

#[test]
fn raffles_are_no_batch() {
    // Nearly all go, at two creators in the same days; and one at which all do.
    let raffle = Draw { newcomers: 90, gone: 90, elsewhere: 5, ..MADE };
    let two = [Draw { owner: 40, ..raffle }, Draw { owner: 41, day: 5, ..raffle }];
    assert_eq!(play(&with(&two)), []);
    let found = play(&with(&[two[0], two[1], Draw { owner: 42, gone: 100, ..raffle }]));
    assert!(found.iter().all(|finding| finding.score < 0.94), "no verdict: {found:?}");
    // The batch is found beside them.
    let batch = (30..34).map(|owner| Draw { owner, ..MADE });
    let found = play(&with(&two.into_iter().chain(batch).collect::<Vec<_>>()));
    assert_eq!(owners(&found), [30, 31, 32, 33]);
}

#[test]
fn friends_who_were_asked_and_whom_nobody_can_tell_apart_are_left_alone() {
    let asked: Vec<Draw> = (30..34).map(|owner| Draw { owner, invited: 100, ..MADE }).collect();
    assert_eq!(play(&with(&asked)), []);
    // A table of guests: nobody ever comes back.
    let guests: Vec<Draw> = (1..40).map(|owner| Draw { owner, ..MADE }).collect();
    assert_eq!(play(&guests), []);
    assert_eq!(play(&[]), []);
}

#[test]
fn one_software_adds_to_a_single_owner() {
    let bits = |software, devices| {
        let found = play(&with(&[Draw { owner: 30, newcomers: 60, software, devices, ..MADE }]));
        found.first().map_or(0.0, |finding| finding.bits)
    };
    let usual = bits(60, u64::MAX);
    assert!(bits(1, u64::MAX) > usual + 4.0, "{} {usual}", bits(1, u64::MAX));
    // One device that goes round a village has one software, and so it may be where none is named.
    assert!(bits(1, 1) <= usual && bits(1, 0) <= usual, "{} {} {usual}", bits(1, 1), bits(1, 0));
}

#[test]
fn one_form_for_signing_up_and_joining_is_no_haste() {
    let shown = |lag: u32| {
        let mut errands = came(&with(&[Draw { owner: 30, newcomers: 60, ..MADE }]));
        errands.iter_mut().filter(|e| e.is_for(Key(30))).for_each(|errand| errand.lag = lag);
        let found = found(&errands, START + 14 * DAY);
        found.first().and_then(|finding| Shown::of(&finding.evidence)).unwrap()
    };
    let haste = |lag| shown(lag).tests()[1];
    assert_eq!((haste(1).0, haste(1).4), ("haste", 0.0));
    assert!(haste(20).4 > 3.0);
}

#[test]
fn who_comes_back_reviews_or_gets_a_parcel() {
    let share = Share::default();
    let mut errand = Errand::new(&event(1, START, Kind::Register, 0), START, share);
    errand.observe(&event(1, START + 60, Kind::Order, 5), 60, share);
    errand.observe(&event(1, START + 3 * DAY, Kind::Sign, 0), 3 * DAY, share);
    errand.observe(&event(1, START + 4 * DAY, Kind::Review, 5), 4 * DAY, share);
    assert!(errand.did_nothing_else());
    assert!(errand.is_known(START + 4 * DAY) && !errand.is_known(START + DAY));
    errand.observe(&event(1, START + 5 * DAY, Kind::View, 6), 5 * DAY, share);
    assert!(!errand.is_gone() && errand.several);
}

#[test]
fn any_table_is_survived() {
    let same = vec![came(&[MADE])[0]; 50];
    assert_eq!(found(&same, START + 14 * DAY), []);
    let empty = Shown {
        newcomers: 0.0,
        is_only: false,
        life: (0.0, 0.0, f64::NAN),
        tried: 0.0,
        pooled: (f64::NAN, f64::INFINITY),
        haste: (0.0, f64::NAN, 0.0),
        software: (0.0, 9.0, 2.0, 0.0),
        place: f64::NAN,
    };
    assert!(empty.tests().iter().all(|test| !test.4.is_infinite()));
}
