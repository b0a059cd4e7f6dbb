//! What must never make a community, and what must: small worlds of marks over two weeks, drawn by a fixed sequence.

use events::{Event, EventTime, Key, Kind};
use groups::{Activity, Ledger, Limits, Search, search};

const DAY: u64 = 86_400;

/// A sequence of numbers that look drawn by lot and are the same each time.
struct Lots(u64);

impl Lots {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

fn like(account: &str, subject: &str, owner: &str, second: u64) -> Event {
    Event {
        time: EventTime((1_700_000_000 + second as i64) * EventTime::SECOND),
        kind: Kind::Like,
        actor: Key::of(account),
        subject: Key::of(subject),
        owner: Key::of(owner),
        ..Event::default()
    }
}

/// 600 people who like what they come across: some subjects are far more popular than others.
fn people(lots: &mut Lots) -> Vec<Event> {
    let mut events = Vec::new();
    for person in 0..600 {
        for _ in 0..12 {
            let popular = lots.below(1000) * lots.below(1000) / 1000;
            let subject = format!("v{popular}");
            let when = lots.below(14 * DAY);
            events.push(like(&format!("p{person}"), &subject, &format!("o{}", popular / 3), when));
        }
    }
    events
}

fn found(mut events: Vec<Event>, parts: usize, workers: usize) -> Search {
    events.sort_by_key(|event| (event.time, event.actor, event.subject));
    let mut activities: Vec<Activity> = (0..parts).map(|_| Activity::new(false)).collect();
    for event in &events {
        activities[event.actor.0 as usize % parts].observe(event);
    }
    search(Ledger::of(activities), workers, Limits::default())
}

#[test]
fn one_subject_never_makes_a_community() {
    let mut lots = Lots(7);
    let mut events = people(&mut lots);
    for fan in 0..200 {
        events.push(like(
            &format!("p{fan}"),
            "goal of the year",
            "league",
            3 * DAY + lots.below(600),
        ));
    }
    assert!(found(events, 1, 1).communities.is_empty());
}

#[test]
fn loyal_fans_of_one_creator_are_no_community() {
    let mut lots = Lots(11);
    let mut events = people(&mut lots);
    for video in 0..20 {
        for fan in 0..60 {
            let when = video * DAY / 2 + lots.below(1800);
            events.push(like(&format!("p{fan}"), &format!("idol {video}"), "idol", when));
        }
    }
    assert!(found(events, 1, 1).communities.is_empty());
}

#[test]
fn one_list_read_in_one_evening_is_no_community() {
    let mut lots = Lots(13);
    let mut events = people(&mut lots);
    for reader in 0..60 {
        for item in 0..30 {
            let when = 5 * DAY + item * 20 + lots.below(20);
            let (subject, owner) = (format!("pick {item}"), format!("owner {item}"));
            events.push(like(&format!("p{reader}"), &subject, &owner, when));
        }
    }
    assert!(found(events, 1, 1).communities.is_empty());
}

#[test]
fn a_crew_is_found_whole_whatever_the_number_of_workers() {
    let mut lots = Lots(17);
    let mut events = people(&mut lots);
    for job in 0..12 {
        for bot in 0..40 {
            if lots.below(10) < 5 {
                let when = job * DAY + lots.below(DAY / 2);
                let (subject, owner) = (format!("v{}", 700 + job), format!("o{}", 233 + job));
                events.push(like(&format!("bot{bot}"), &subject, &owner, when));
            }
        }
        // Cover: as many likes elsewhere.
        for bot in 0..40 {
            let cover = format!("v{}", lots.below(400));
            let when = lots.below(14 * DAY);
            events.push(like(&format!("bot{bot}"), &cover, &cover, when));
        }
    }
    let one = found(events.clone(), 1, 1);
    assert_eq!(one.communities.len(), 1);
    let members = |search: &Search| -> Vec<Key> {
        let community = &search.communities[0];
        community.members.iter().map(|&m| search.ledger.accounts[m as usize]).collect()
    };
    let mut bots: Vec<Key> = (0..40).map(|bot| Key::of(&format!("bot{bot}"))).collect();
    bots.sort_unstable();
    let crew = members(&one);
    assert!(crew.iter().all(|account| bots.binary_search(account).is_ok()), "somebody else is in");
    // Who did three of the twelve jobs cannot be told from a passer-by.
    assert!(crew.len() >= 34, "{} of 40", crew.len());
    assert_eq!(one.communities[0].jobs.len(), 12);
    let four = found(events, 3, 4);
    assert_eq!(members(&four), crew);
    assert_eq!(four.communities[0].surplus.to_bits(), one.communities[0].surplus.to_bits());
}

/// A crew of 40 of whom each does half of eight jobs, and what else comes to the works within the half day of each job: of
/// `occasional` accounts each to two of the jobs, of `passing` each to one. How many of the former belong besides, and of all others but the crew.
fn besides(occasional: u64, passing: u64) -> (usize, usize) {
    let mut lots = Lots(23);
    let mut events = Vec::new();
    for town in 0..12 {
        let people = people(&mut lots).into_iter();
        events.extend(people.map(|event| Event { actor: Key(event.actor.0 ^ town), ..event }));
    }
    let mut come = |who: String, job: u64, lots: &mut Lots| {
        let when = job * DAY + lots.below(DAY / 2);
        events.push(like(&who, &format!("film {job}"), &format!("studio {job}"), when));
    };
    for bot in 0..40 {
        for job in 0..8 {
            if lots.below(10) < 5 {
                come(format!("bot{bot}"), job, &mut lots);
            }
        }
    }
    for hand in 0..occasional {
        let first = lots.below(8);
        come(format!("hand{hand}"), first, &mut lots);
        come(format!("hand{hand}"), (first + 1 + lots.below(7)) % 8, &mut lots);
    }
    for person in 0..passing {
        come(format!("passing{person}"), lots.below(8), &mut lots);
    }
    let search = found(events, 1, 1);
    assert_eq!(search.communities.len(), 1);
    let community = &search.communities[0];
    let named = |account: u32| search.ledger.accounts[account as usize];
    let hands: Vec<Key> = (0..occasional).map(|hand| Key::of(&format!("hand{hand}"))).collect();
    assert!(community.members.iter().all(|&m| !hands.contains(&named(m))), "two jobs make no tie");
    let bots: Vec<Key> = (0..40).map(|bot| Key::of(&format!("bot{bot}"))).collect();
    let belong = community.besides.iter().map(|one| named(one.0)).filter(|key| !bots.contains(key));
    let (hired, others): (Vec<Key>, Vec<Key>) = belong.partition(|key| hands.contains(key));
    (hired.len(), others.len())
}

#[test]
fn hands_who_did_two_jobs_belong_besides() {
    let (hands, others) = besides(60, 12);
    assert!(hands >= 40, "{hands} of 60");
    assert_eq!(others, 0, "somebody else belongs");
}

#[test]
fn people_who_came_to_two_of_the_works_among_many_do_not_belong() {
    assert_eq!(besides(40, 500), (0, 0));
}

#[test]
fn a_table_without_time_still_shows_a_crew() {
    let mut lots = Lots(19);
    let mut events = people(&mut lots);
    for bot in 0..30 {
        for job in 0..10 {
            let (subject, owner) = (format!("v{}", 800 + job), format!("o{}", 266 + job));
            events.push(like(&format!("bot{bot}"), &subject, &owner, 0));
        }
    }
    for event in &mut events {
        event.time = EventTime(1_700_000_000 * EventTime::SECOND);
    }
    let search = found(events, 2, 2);
    let largest = search.communities.iter().map(|c| c.members.len()).max();
    assert_eq!(largest, Some(30));
}
