//! Who follows one list does what it says on the same days, but not all of it; who is hired to mark what gives him nothing misses
//! hardly anything. Small worlds of ratings over three weeks, drawn by a fixed sequence.

mod found;
mod lots;

use events::{Event, EventTime, Key, Kind};
use found::group_of;
use groups::Group;
use lots::Lots;
use policy::{Policy, Verdict};

const HOUR: u64 = 3_600;
const DAY: u64 = 24 * HOUR;
const MEMBERS: u64 = 30;
const START: u64 = 1_700_000_000;

fn mark(kind: Kind, account: &str, subject: &str, second: u64) -> Event {
    Event {
        time: EventTime((START + second) as i64 * EventTime::SECOND),
        kind,
        actor: Key::of(account),
        subject: Key::of(subject),
        amount: (kind == Kind::Order).then_some(5_000),
        ..Event::default()
    }
}

/// What members did: so many in a hundred of so many things, each within four days of when it is named.
#[derive(Clone, Copy)]
struct List {
    kind: Kind,
    things: u64,
    done: u64,
    /// Whether people at large come to these things, too, and the table tells whose things are.
    popular: bool,
    owned: bool,
}

const FILMS: List = List { kind: Kind::Review, things: 10, done: 85, popular: true, owned: true };

/// 900 people who mark what they come across, and members who follow a list.
fn followers(seed: u64, list: List) -> Group {
    let List { kind, things, done, popular, owned } = list;
    let mut lots = Lots(seed);
    let mut events = Vec::new();
    for person in 0..900 {
        for _ in 0..12 {
            let one = lots.below(1000) * lots.below(1000) / 1000;
            let when = lots.below(21 * DAY);
            events.push(mark(kind, &format!("p{person}"), &format!("v{one}"), when));
        }
    }
    let mut subjects = Vec::new();
    for thing in 0..things {
        let subject = format!("v{}", if popular { 500 } else { 5_000 } + thing);
        for member in 0..MEMBERS {
            if lots.below(100) < done {
                let when = thing * 16 * DAY / things + lots.below(4 * DAY);
                events.push(mark(kind, &format!("m{member}"), &subject, when));
            }
        }
        subjects.push(Key::of(&subject));
    }
    if owned {
        // Everything is its own owner's.
        events.iter_mut().for_each(|event| event.owner = event.subject);
    }
    events.sort_by_key(|event| (event.time, event.actor, event.subject));
    group_of(&events, &subjects)
}

fn verdict(group: &Group) -> Verdict {
    Policy::default().group(&group.classes()).0
}

fn is_explained(group: &Group, by: &str) -> bool {
    group.tests.iter().any(|test| test.name == by)
}

#[test]
fn raters_who_miss_hardly_a_film_are_hired() {
    for seed in [3, 5, 7] {
        // Also of films that nobody else saw, and where nobody says whose they are: one creator's audience does not rate.
        for (popular, owned) in [(true, true), (true, false), (false, true), (false, false)] {
            let group = followers(seed, List { popular, owned, ..FILMS });
            assert_eq!(verdict(&group), Verdict::Fake, "{popular} {owned} {:?}", group.tests);
        }
    }
}

#[test]
fn pupils_who_like_all_that_nobody_else_sees_may_be_one_teachers() {
    for seed in [3, 5, 7] {
        let group =
            followers(seed, List { kind: Kind::Like, popular: false, owned: false, ..FILMS });
        assert!(is_explained(&group, "one_owner"), "{:?}", group.tests);
        assert!(verdict(&group) < Verdict::Fake, "{:?}", group.tests);
    }
}

#[test]
fn readers_of_one_list_are_not() {
    // Half of a list of books is marked, most of a list of bargains is bought.
    for (kind, things, done) in [(Kind::Review, 40, 50), (Kind::Order, 20, 80)] {
        for seed in [3, 5, 7] {
            let group = followers(seed, List { kind, things, done, ..FILMS });
            assert!(is_explained(&group, "one_list"), "{:?}", group.tests);
            assert!(verdict(&group) < Verdict::Fake, "{:?}", group.tests);
        }
    }
}
