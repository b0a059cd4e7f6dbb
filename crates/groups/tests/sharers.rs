//! Sharers: accounts by whose links machines come are found; followers by whose links people come, or machines to what they all pass
//! on, are not called anything.

use std::collections::BTreeSet;

use detectors::Finding;
use events::{Event, Key, Kind};
use groups::Group;

use films::{DAY, HOUR, Lots, MINUTE, at, by, fake, film, found, named};

mod films;

/// Ten days of 120 films and 900 people, one in seven of whom leaves at once.
fn ordinary(lots: &mut Lots) -> Vec<Event> {
    let mut events = Vec::new();
    for _ in 0..24_000 {
        let dwell_ms = human(lots);
        let view = Event { time: at(lots.below(10 * DAY)), dwell_ms, ..film(lots.below(120)) };
        events.push(by(view, named("person", lots.below(900)), "feed", 0));
    }
    events
}

fn human(lots: &mut Lots) -> Option<i64> {
    let left = lots.below(100) < 14;
    Some(if left { 200 + lots.below(1_500) } else { 2_500 + lots.below(60_000) } as i64)
}

fn share(number: u64, who: Key, second: u64) -> Event {
    Event { kind: Kind::Share, actor: who, time: at(second), ..film(number) }
}

/// A view of a film by an account's link, of nobody who is known.
fn opened(number: u64, sharer: Key, (second, dwell_ms): (u64, Option<i64>)) -> Event {
    let view = Event { time: at(second), dwell_ms, ..film(number) };
    Event { channel: Key::of("share"), source: Key::of_link(sharer), ..view }
}

/// Machines that leave at once, within three hours, by some accounts' links in turn.
fn machines(lots: &mut Lots, number: u64, sharers: &[Key], second: u64) -> Vec<Event> {
    let turn = |n: usize| sharers[n % sharers.len()];
    (0..400)
        .map(|n| {
            let dwell = Some(200 + lots.below(600) as i64);
            opened(number, turn(n), (second + lots.below(3 * HOUR), dwell))
        })
        .collect()
}

/// Each of some accounts passes a film on within a quarter of an hour, and machines come by the links.
fn bought(lots: &mut Lots, number: u64, sharers: &[Key], second: u64) -> Vec<Event> {
    let mut events: Vec<Event> =
        sharers.iter().map(|&who| share(number, who, second + lots.below(15 * MINUTE))).collect();
    events.extend(machines(lots, number, sharers, second + HOUR));
    events
}

fn subjects(findings: &[Finding]) -> usize {
    findings.iter().map(|finding| finding.entity.key).collect::<BTreeSet<Key>>().len()
}

/// How many groups are of accounts whose links were opened.
fn sharers(groups: &[Group]) -> usize {
    let named = |group: &&Group| group.tests.iter().any(|test| test.name == "same_links");
    groups.iter().filter(named).count()
}

fn accounts(what: &str, many: u64) -> Vec<Key> {
    (0..many).map(|number| named(what, number)).collect()
}

#[test]
fn accounts_whose_links_machines_open_of_two_films_are_a_crew() {
    // Of one owner, whose followers might share both, and of two.
    for films in [[40, 41], [40, 77]] {
        let mut lots = Lots(3);
        let mut events = ordinary(&mut lots);
        let hired = accounts("hired", 12);
        for (day, &number) in films.iter().enumerate() {
            events.extend(bought(&mut lots, number, &hired, (2 + day as u64) * DAY));
        }
        let (groups, findings) = found(events);
        assert_eq!(subjects(&findings), 2, "{films:?}");
        let fake = fake(&groups);
        assert_eq!(fake.len(), 1, "{films:?}");
        let mut members: Vec<Key> = fake[0].members.iter().map(|member| member.account).collect();
        members.sort_unstable();
        let mut hired = hired;
        hired.sort_unstable();
        assert_eq!(members, hired);
        assert_eq!(fake[0].meetings.len(), 24);
        let names: Vec<&str> = fake[0].tests.iter().map(|test| test.name).collect();
        assert_eq!(names, ["same_links", "links_opened"]);
    }
}

#[test]
fn nobody_is_named_for_one_film_that_machines_came_to_by_everybodys_links() {
    let mut lots = Lots(4);
    let mut events = ordinary(&mut lots);
    events.extend(bought(&mut lots, 40, &accounts("follower", 12), 2 * DAY));
    let (groups, findings) = found(events);
    assert_eq!((subjects(&findings), sharers(&groups)), (1, 0));
}

#[test]
fn links_that_people_come_by_are_no_sign() {
    // A circle passes every film of a creator on, and its friends come and stay as people do; machines come by no link.
    let mut lots = Lots(5);
    let mut events = ordinary(&mut lots);
    let circle = accounts("friend", 12);
    for (day, number) in [40, 41].into_iter().enumerate() {
        let second = (2 + day as u64) * DAY;
        for &who in &circle {
            events.push(share(number, who, second + lots.below(15 * MINUTE)));
            for _ in 0..6 {
                let time = second + HOUR + lots.below(3 * HOUR);
                events.push(opened(number, who, (time, human(&mut lots))));
            }
        }
        let sent = machines(&mut lots, number, &[named("nobody", 0)], second + HOUR);
        events.extend(sent.into_iter().map(|view| by(view, Key::NONE, "direct", 0)));
    }
    let (groups, findings) = found(events);
    assert_eq!(subjects(&findings), 2);
    assert_eq!(sharers(&groups), 0);
}

#[test]
fn followers_who_pass_on_much_else_are_not_named_for_whom_machines_choose() {
    let mut lots = Lots(6);
    let mut events = ordinary(&mut lots);
    let followers = accounts("follower", 12);
    for (day, number) in [40, 41, 42, 43].into_iter().enumerate() {
        let second = (1 + day as u64) * DAY;
        for &who in &followers {
            events.push(share(number, who, second + lots.below(5 * HOUR)));
        }
        if number < 42 {
            events.extend(machines(&mut lots, number, &followers, second + 6 * HOUR));
        }
    }
    let (groups, findings) = found(events);
    assert_eq!(subjects(&findings), 2);
    assert_eq!(sharers(&groups), 0);
}
