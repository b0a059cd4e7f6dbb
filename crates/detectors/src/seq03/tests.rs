//! Proxies of every province against crowds of people: stars of the whole country, tours, clubs that everybody joins.

use super::census::PEOPLE;
use super::*;
use crate::dice::Dice;
use events::Event;

const START: i64 = 1_780_000_000;
const DAY: i64 = 86_400;

fn somewhere(dice: &mut Dice) -> usize {
    let mut left = dice.below(PEOPLE.iter().copied().map(u64::from).sum());
    for (place, people) in PEOPLE.into_iter().map(u64::from).enumerate() {
        if left < people {
            return place;
        }
        left -= people;
    }
    PROVINCES - 1
}

fn place_of(number: u8) -> usize {
    Province::NUMBERS.iter().position(|&known| known == number).unwrap()
}

fn like(subject: u64, place: usize, second: i64) -> Event {
    Event {
        kind: Kind::Like,
        subject: Key(subject),
        time: EventTime(second * EventTime::SECOND),
        province: Province::from_code(Province::NUMBERS[place]),
        ..Event::default()
    }
}

/// A hundred and twenty subjects with 30 to 430 likes each: of half of them some part, up to `local` in a hundred, is
/// from one province; two in ten have three fans that come back again and again.
fn market(dice: &mut Dice, local: u64) -> Vec<Event> {
    let mut all = Vec::new();
    for subject in 1..=120 {
        let (home, own) = (somewhere(dice), dice.below(2) * dice.below(local + 1));
        let fans = [somewhere(dice), somewhere(dice), somewhere(dice)];
        for _ in 0..30 + dice.below(401) {
            let place = match dice.below(100) {
                turn if turn < own => home,
                turn if subject % 5 == 0 && turn > 90 => fans[dice.below(3) as usize],
                _ => somewhere(dice),
            };
            all.push(like(subject, place, START + dice.below(10 * 86_400) as i64));
        }
    }
    all
}

fn origins(events: &[Event]) -> Origins {
    let mut origins = Origins::default();
    events.iter().for_each(|event| origins.observe(event, Province::NONE));
    origins
}

fn found(events: &[Event]) -> Vec<(u64, Finding)> {
    let found = uneven(&origins(events));
    for finding in &found {
        let value = |name| finding.evidence.iter().find(|e| e.0 == name).unwrap().1;
        let [even, regular] = derive(&finding.evidence).unwrap();
        assert!((even - value("even_bits")).abs() < 1e-9, "{finding:?}");
        assert!((regular - value("regular_bits")).abs() < 1e-9, "{finding:?}");
        let bits = even.max(regular) - value("price_bits");
        assert!((bits - f64::from(finding.bits)).abs() < 1e-3);
        assert!((0.5..=1.0).contains(&finding.score) && finding.bits.is_finite());
    }
    found.into_iter().map(|finding| (finding.entity.key.0, finding)).collect()
}

fn names(found: &[(u64, Finding)]) -> Vec<u64> {
    let mut names: Vec<u64> = found.iter().map(|found| found.0).collect();
    names.sort_unstable();
    names
}

fn spread(dice: &mut Dice) -> i64 {
    START + dice.below(10 * 86_400) as i64
}

#[test]
fn an_ordinary_market_has_none() {
    for seed in 0..60 {
        let local = [0, 30, 95][seed as usize % 3];
        assert_eq!(names(&found(&market(&mut Dice(seed), local))), [], "{seed}");
    }
}

#[test]
fn proxies_of_every_province_are_named() {
    for (seed, local) in [(1, 0), (2, 30), (3, 95)] {
        let dice = &mut Dice(seed);
        let mut events = market(dice, local);
        // All thirty-four, those of the mainland alone, and half of the likes people's.
        for _ in 0..600 {
            events.push(like(901, dice.below(34) as usize, spread(dice)));
            events.push(like(902, dice.below(31) as usize, spread(dice)));
            let place = if dice.below(10) < 3 { somewhere(dice) } else { dice.below(34) as usize };
            events.push(like(903, place, spread(dice)));
        }
        let named = names(&found(&events));
        assert_eq!(named, [901, 902, 903], "{local}");
    }
}

#[test]
fn what_goes_round_the_provinces_in_order_is_nearer_than_chance() {
    let dice = &mut Dice(7);
    let mut events = market(dice, 30);
    for n in 0..310 {
        events.push(like(901, n % 31, START + n as i64 * 2_000));
    }
    let found = found(&events);
    assert_eq!(names(&found), [901]);
    let value = |name: &str| {
        let finding = &found[0].1;
        finding.evidence.iter().find(|e| e.0 == name).unwrap().1
    };
    assert!(value("regular_bits") > 60.0 && value("like") == 310.0);
}

#[test]
fn a_star_of_the_whole_country_is_as_people_are() {
    for (seed, local) in [(1, 0), (2, 30), (3, 95), (4, 95)] {
        let dice = &mut Dice(seed);
        let mut events = market(dice, local);
        for _ in 0..20_000 {
            events.push(like(901, somewhere(dice), spread(dice)));
            // A star of the provinces that have few people more than of others.
            let place = match dice.below(10) {
                0 => dice.below(34) as usize,
                _ => somewhere(dice),
            };
            events.push(like(902, place, spread(dice)));
        }
        assert_eq!(names(&found(&events)), [], "{local}");
    }
}

#[test]
fn a_favourite_of_the_whole_country_among_local_subjects_is_no_proxies() {
    for seed in 0..12 {
        let dice = &mut Dice(100 + seed);
        let mut events = Vec::new();
        for subject in 1..=60 {
            for _ in 0..100 + dice.below(400) {
                let place = if dice.below(2) == 0 { place_of(44) } else { somewhere(dice) };
                events.push(like(subject, place, spread(dice)));
            }
        }
        events.extend((0..600).map(|_| like(901, somewhere(dice), spread(dice))));
        assert_eq!(names(&found(&events)), [], "{seed}");
        // The table still knows proxies when they are there.
        events.extend((0..600).map(|_| like(902, dice.below(34) as usize, spread(dice))));
        assert_eq!(names(&found(&events)), [902], "{seed}");
    }
}

#[test]
fn a_subject_loved_in_the_west_is_no_proxies() {
    let west = [54, 62, 63, 64, 65, 46, 15, 53, 52].map(place_of);
    for seed in 0..36 {
        let dice = &mut Dice(200 + seed);
        let mut events = market(dice, [0, 30][seed as usize % 2]);
        let part = [30, 50, 70][seed as usize / 2 % 3];
        let likes = [100, 600, 3_000][seed as usize / 6 % 3];
        for _ in 0..likes {
            let place = match dice.below(100) < part {
                true => west[dice.below(9) as usize],
                false => somewhere(dice),
            };
            events.push(like(901, place, spread(dice)));
        }
        assert_eq!(names(&found(&events)), [], "{seed}");
    }
}

#[test]
fn loyal_fans_who_like_everything_of_a_house_are_no_proxies() {
    // A thousand accounts of twenty thousand like each of thirty videos, whose provinces are the same to the man.
    let dice = &mut Dice(17);
    let mut events = market(dice, 30);
    let fans: Vec<usize> = (0..1_000).map(|_| somewhere(dice)).collect();
    for video in 901..=930 {
        events.extend(fans.iter().map(|&place| like(video, place, spread(dice))));
    }
    assert_eq!(names(&found(&events)), []);
    events.retain(|event| event.subject.0 > 900);
    assert_eq!(names(&found(&events)), []);
}

#[test]
fn a_tour_goes_from_province_to_province() {
    let dice = &mut Dice(5);
    let mut events = market(dice, 30);
    for day in 0..31 {
        for _ in 0..40 {
            let second = START + day * DAY + dice.below(86_400) as i64;
            events.push(like(901, day as usize, second));
        }
    }
    assert_eq!(names(&found(&events)), []);
}

#[test]
fn a_club_of_everybody_is_where_everybody_is() {
    // Every account likes each of sixty subjects once: their provinces are the same to the man.
    let mut events = Vec::new();
    for subject in 1..=60 {
        for (place, people) in PEOPLE.into_iter().enumerate() {
            for n in 0..people / 20 {
                events.push(like(subject, place, START + (n * 977) as i64 % DAY));
            }
        }
    }
    assert_eq!(names(&found(&events)), []);
}

#[test]
fn few_provinces_or_none_say_nothing() {
    let dice = &mut Dice(9);
    let mut events = market(dice, 0);
    for provinces in [0, 1, 5] {
        for event in &mut events {
            let place = dice.below(provinces.max(1)) as usize;
            event.province = match provinces {
                0 => Province::NONE,
                _ => Province::from_code(Province::NUMBERS[place]),
            };
        }
        assert_eq!(names(&found(&events)), []);
    }
}

#[test]
fn an_account_says_where_it_is_for_events_that_do_not_and_parts_join() {
    let dice = &mut Dice(11);
    let mut events = market(dice, 30);
    events.extend((0..600).map(|_| like(901, dice.below(34) as usize, START)));
    let whole = uneven(&origins(&events));
    assert_eq!(whole.len(), 1);
    let mut parts = vec![Origins::default(); 3];
    for (number, event) in events.iter().enumerate() {
        let bare = Event { province: Province::NONE, ..*event };
        parts[number % 3].observe(&bare, event.province);
    }
    assert_eq!(uneven(&Origins::merge(parts)), whole);
}

#[test]
fn hostile_times_and_a_million_subjects_are_borne() {
    let dice = &mut Dice(13);
    let mut events = market(dice, 30);
    for n in 0..680u64 {
        // Every province has every time as often, so none explains the subject's time.
        let time = EventTime([i64::MIN, i64::MAX, 0, -1][(n / 34) as usize % 4]);
        events.push(Event { time, ..like(901, n as usize % 34, 0) });
    }
    events.extend((0..1_000_000).map(|n| like(10_000 + n, somewhere(dice), START)));
    assert_eq!(names(&found(&events)), [901]);
}
