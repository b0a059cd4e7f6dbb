//! How members come to what they share: a crew that is sent, people who have an occasion or a habit, accounts registered for
//! the work. Small worlds of marks over two weeks, drawn by a fixed sequence.

mod found;

use events::{Event, EventTime, Key, Kind};
use found::group_of;
use groups::{Group, Test};

const HOUR: u64 = 3_600;
const DAY: u64 = 24 * HOUR;
const MEMBERS: u64 = 60;
const JOBS: u64 = 16;

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

fn event(kind: Kind, account: &str, subject: &str, owner: &str, second: u64) -> Event {
    Event {
        time: EventTime((1_700_000_000 + second as i64) * EventTime::SECOND),
        kind,
        actor: Key::of(account),
        subject: Key::of(subject),
        owner: Key::of(owner),
        ..Event::default()
    }
}

fn like(account: &str, subject: &str, owner: &str, second: u64) -> Event {
    event(Kind::Like, account, subject, owner, second)
}

/// 900 people who like what they come across: some subjects are far more popular than others.
fn people(lots: &mut Lots) -> Vec<Event> {
    let mut events = Vec::new();
    for person in 0..900 {
        for _ in 0..20 {
            let popular = lots.below(1000) * lots.below(1000) / 1000;
            let (subject, owner) = (format!("v{popular}"), format!("o{}", popular / 3));
            events.push(like(&format!("p{person}"), &subject, &owner, lots.below(15 * DAY)));
        }
    }
    events
}

fn begins(job: u64) -> u64 {
    (job * 20 + 4) * HOUR
}

/// Members do three in five of the jobs, each so many seconds after it begins.
fn together(lots: &mut Lots, mut after: impl FnMut(&mut Lots, u64) -> u64) -> Vec<Event> {
    let mut events = people(lots);
    for job in 0..JOBS {
        for member in 0..MEMBERS {
            if lots.below(5) < 3 {
                let when = begins(job) + after(lots, member);
                events.push(like(
                    &format!("m{member}"),
                    &format!("j{job}"),
                    &format!("b{job}"),
                    when,
                ));
            }
        }
    }
    events
}

/// The group of the members, as the search and the judgement see it.
fn group(mut events: Vec<Event>) -> Group {
    events.sort_by_key(|event| (event.time, event.actor, event.subject));
    let jobs: Vec<Key> = (0..JOBS).map(|job| Key::of(&format!("j{job}"))).collect();
    group_of(&events, &jobs)
}

fn test(group: &Group, name: &str) -> Option<Test> {
    group.tests.iter().find(|test| test.name == name).copied()
}

fn arrivals(events: Vec<Event>) -> f64 {
    test(&group(events), "arrivals").expect("arrivals are told").bits
}

fn evenly(lots: &mut Lots, _: u64) -> u64 {
    lots.below(14 * HOUR)
}

#[test]
fn who_is_spread_over_the_hours_of_a_job_was_sent() {
    let bits = arrivals(together(&mut Lots(3), evenly));
    assert!(bits > 3.0, "{bits}");
}

#[test]
fn who_comes_soon_after_an_occasion_is_a_crowd() {
    // One half within the first twelfth, one half of the rest within the next, and so on.
    let soon = |lots: &mut Lots, _: u64| {
        let halvings = (0..11).take_while(|_| lots.below(2) == 0).count() as u64;
        halvings * 70 * 60 + lots.below(70 * 60)
    };
    let bits = arrivals(together(&mut Lots(5), soon));
    assert!(bits < -1.5, "{bits}");
}

#[test]
fn who_comes_at_an_hour_of_his_own_is_a_crowd() {
    let habit = |lots: &mut Lots, member: u64| member * 14 * 50 + lots.below(4 * HOUR);
    let bits = arrivals(together(&mut Lots(7), habit));
    assert!(bits < -1.5, "{bits}");
}

#[test]
fn where_others_come_evenly_too_it_is_less_of_a_sign() {
    let sent = arrivals(together(&mut Lots(9), evenly));
    let mut lots = Lots(9);
    let mut events = together(&mut lots, evenly);
    for job in 0..JOBS {
        for passer in 0..60 {
            let passer = format!("once{job} {passer}");
            let when = begins(job) + lots.below(14 * HOUR);
            events.push(like(&passer, &format!("j{job}"), &format!("b{job}"), when));
        }
    }
    let stream = test(&group(events), "arrivals").expect("arrivals are told").bits;
    assert!(stream < sent - 1.5, "{stream} and {sent}");
}

#[test]
fn times_too_coarse_to_tell_say_nothing() {
    let mut events = together(&mut Lots(11), evenly);
    for event in &mut events {
        event.time = EventTime(event.time.0 / EventTime::HOUR / 6 * 6 * EventTime::HOUR);
    }
    assert_eq!(test(&group(events), "arrivals"), None);
}

/// Members who do three in five of the jobs from the day on which they are there: five more every day.
fn newcomers(seen: bool) -> Vec<Event> {
    let there = |member: u64| member / 5 * 22 * HOUR;
    let name = |member: u64| format!("m{member}");
    let mut events = together(&mut Lots(13), evenly);
    let members: Vec<(Key, u64)> =
        (0..MEMBERS).map(|member| (Key::of(&name(member)), there(member))).collect();
    events.retain(|event| {
        let second = (event.time.0 / EventTime::SECOND - 1_700_000_000) as u64;
        members.iter().all(|member| member.0 != event.actor || member.1 <= second)
    });
    if seen {
        let registers =
            (0..MEMBERS).map(|member| event(Kind::Register, &name(member), "", "", there(member)));
        events.extend(registers);
    }
    events
}

#[test]
fn nobody_answers_for_jobs_that_were_done_before_he_was_there() {
    let (seen, unseen) = (group(newcomers(true)), group(newcomers(false)));
    let bits = |group: &Group, name| test(group, name).expect("told").bits;
    let (knowing, blind) = (bits(&seen, "turnout"), bits(&unseen, "turnout"));
    assert!(knowing > blind + 3.0 && knowing > 4.0, "{knowing} and {blind}");
    let share = test(&seen, "turnout").expect("told").observed;
    assert!((0.5..0.75).contains(&share), "{share}");
    assert!(seen.members.len() >= unseen.members.len());
}

#[test]
fn who_came_late_joins_by_the_jobs_that_were_left() {
    let (seen, unseen) = (group(newcomers(true)), group(newcomers(false)));
    let members = |group: &Group| group.members.len();
    assert!(members(&seen) > members(&unseen), "{} and {}", members(&seen), members(&unseen));
    let own = |account: Key| (0..MEMBERS).any(|member| Key::of(&format!("m{member}")) == account);
    assert!(seen.members.iter().all(|member| own(member.account)), "somebody else is in");
}
