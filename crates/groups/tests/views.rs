//! Views: a bought wave is found and the accounts that made it are a crew; what people do by the hundred is not.

use detectors::Code;
use events::{Event, EventTime, Key, Kind};
use films::{DAY, HOUR, Lots, MINUTE, at, by, fake, film, found, named};

mod films;

/// How long somebody stays who leaves at once that often.
fn stay(lots: &mut Lots, leaves_in_hundred: u64) -> Option<i64> {
    let left = lots.below(100) < leaves_in_hundred;
    Some(if left { 200 + lots.below(1_500) } else { 2_500 + lots.below(60_000) } as i64)
}

/// Ten days of 120 films and 900 people, one in seven of whom leaves at once, and likes of one view in ten.
fn ordinary(lots: &mut Lots) -> Vec<Event> {
    let mut events = Vec::new();
    for _ in 0..24_000 {
        let who = named("person", lots.below(900));
        let time = lots.below(10 * DAY);
        let number = lots.below(120);
        let view = Event { time: at(time), dwell_ms: stay(lots, 14), ..film(number) };
        let channel = ["feed", "search", "profile", "direct"][lots.below(4) as usize];
        let detail = if channel == "search" { lots.below(500) } else { 0 };
        let network = named("network", lots.below(300));
        events.push(Event { subnet: network, ..by(view, who, channel, detail) });
        if lots.below(10) == 0 {
            events.push(Event { kind: Kind::Like, time: at(time + 9), actor: who, ..film(number) });
        }
    }
    events
}

/// Waves over `films`: each of `crew` accounts comes to most of them, with machines beside, and leaves at once.
fn bought(lots: &mut Lots, films: &[u64], crew: u64, machines: u64) -> Vec<Event> {
    let mut events = Vec::new();
    for (wave, &number) in films.iter().enumerate() {
        let begins = DAY + wave as u64 * DAY + lots.below(8 * HOUR);
        for account in 0..crew {
            if lots.below(10) < 7 {
                let view = Event {
                    time: at(begins + lots.below(3 * HOUR)),
                    dwell_ms: Some(200 + lots.below(600) as i64),
                    ..film(number)
                };
                events.push(by(view, named("hired", account), "direct", 0));
            }
        }
        for _ in 0..machines {
            let view = Event {
                time: at(begins + lots.below(3 * HOUR)),
                dwell_ms: Some(200 + lots.below(600) as i64),
                subnet: named("rack", lots.below(4)),
                ..film(number)
            };
            events.push(by(view, Key::NONE, "direct", 0));
        }
    }
    events
}

#[test]
fn ordinary_days_have_nothing() {
    for seed in [3, 77, 1_009] {
        let (groups, findings) = found(ordinary(&mut Lots(seed)));
        assert!(fake(&groups).is_empty());
        assert_eq!(findings, []);
    }
}

#[test]
fn hired_accounts_are_a_crew_and_their_films_are_named() {
    let mut lots = Lots(41);
    let mut events = ordinary(&mut lots);
    events.extend(bought(&mut lots, &[3, 17, 40, 66, 90], 40, 60));
    let (groups, findings) = found(events);
    let fake = fake(&groups);
    assert_eq!(fake.len(), 1, "{groups:?}");
    let hired: Vec<Key> = (0..40).map(|n| named("hired", n)).collect();
    let right = fake[0].members.iter().filter(|m| hired.contains(&m.account)).count();
    assert!(right >= 34, "{right} of 40");
    assert_eq!(right, fake[0].members.len(), "nobody else");
    let mut films: Vec<Key> = findings.iter().map(|finding| finding.entity.key).collect();
    films.sort_unstable();
    let mut bought: Vec<Key> = [3, 17, 40, 66, 90].map(|n| named("film", n)).to_vec();
    bought.sort_unstable();
    assert_eq!(films, bought);
    for finding in &findings {
        assert_eq!(finding.code, Code::Syn03);
        let value = |name: &str| finding.evidence.iter().find(|e| e.0 == name).unwrap().1;
        assert!((50.0..=62.0).contains(&value("anonymous")), "{finding:?}");
        let (views, sent) = (value("views"), value("sent"));
        assert!(sent > 0.8 * views && sent <= views, "{finding:?}");
    }
}

#[test]
fn machines_without_accounts_are_a_finding_and_accuse_nobody() {
    let mut lots = Lots(9);
    let mut events = ordinary(&mut lots);
    events.extend(bought(&mut lots, &[5, 70], 0, 150));
    let (groups, findings) = found(events);
    assert!(fake(&groups).is_empty());
    assert_eq!(findings.len(), 2);
}

#[test]
fn a_film_that_the_feed_shows_to_everybody_is_none() {
    // Twice as many leave as usual and hardly anybody likes it: it bores, and is real.
    for seed in [5, 6, 7, 8] {
        let mut lots = Lots(seed);
        let mut events = ordinary(&mut lots);
        for number in 0..700 {
            let time = 4 * DAY + lots.below(10 * HOUR);
            let view = Event { time: at(time), dwell_ms: stay(&mut lots, 32), ..film(500) };
            events.push(by(view, named("person", number), "feed", 0));
            if lots.below(40) == 0 {
                let who = named("person", number);
                events.push(Event {
                    kind: Kind::Like,
                    time: at(time + 5),
                    actor: who,
                    ..film(500)
                });
            }
        }
        let (groups, findings) = found(events);
        assert!(fake(&groups).is_empty());
        assert_eq!(findings, [], "seed {seed}");
    }
}

#[test]
fn films_that_start_by_themselves_are_left_by_everybody() {
    // What starts by itself is left at once by two in three, whatever it is: the channel says so.
    let mut lots = Lots(15);
    let mut events = ordinary(&mut lots);
    for number in 0..120 {
        for _ in 0..if number % 10 == 0 { 300 } else { 60 } {
            let day = if number % 10 == 0 { 5 } else { lots.below(10) };
            let time = day * DAY + lots.below(DAY);
            let view = Event { time: at(time), dwell_ms: stay(&mut lots, 66), ..film(number) };
            events.push(by(view, named("person", lots.below(900)), "autoplay", 0));
        }
    }
    let (groups, findings) = found(events);
    assert!(fake(&groups).is_empty());
    assert_eq!(findings, []);
}

#[test]
fn a_chat_group_that_opens_every_link_is_no_crew() {
    for seed in [11, 12, 13] {
        let mut lots = Lots(seed);
        let mut events = ordinary(&mut lots);
        for link in 0..8u64 {
            let begins = DAY + link * DAY + lots.below(10 * HOUR);
            for member in 0..180 {
                if lots.below(10) < 6 {
                    let time = begins + lots.below(40 * MINUTE);
                    let number = link * 11;
                    let view =
                        Event { time: at(time), dwell_ms: stay(&mut lots, 50), ..film(number) };
                    let who = named("person", member);
                    events.push(by(view, who, "share", link));
                    if lots.below(12) == 0 {
                        let like = Event { kind: Kind::Like, time: at(time + 20), ..film(number) };
                        events.push(Event { actor: who, ..like });
                    }
                }
            }
        }
        let (groups, _) = found(events);
        assert!(fake(&groups).is_empty(), "{:?}", fake(&groups)[0].tests);
    }
}

#[test]
fn a_live_stream_fills_and_empties() {
    let mut lots = Lots(23);
    let mut events = ordinary(&mut lots);
    for evening in 0..5 {
        for number in 0..250 {
            let time = evening * 2 * DAY + 12 * HOUR + lots.below(30 * MINUTE);
            let view =
                Event { time: at(time), dwell_ms: stay(&mut lots, 35), ..film(600 + evening) };
            events.push(by(view, named("person", number), "live", 0));
        }
    }
    let (groups, findings) = found(events);
    assert!(fake(&groups).is_empty());
    assert_eq!(findings, []);
}

#[test]
fn hostile_views_are_survived() {
    let mut events = Vec::new();
    let times = [i64::MIN, -1, 0, 3_599_999_999, 4_294_967_295_000_000, i64::MAX];
    let stays = [None, Some(i64::MIN), Some(-1), Some(0), Some(i64::MAX)];
    for number in 0..6_000u64 {
        events.push(Event {
            time: EventTime(times[(number / 40 % 6) as usize]),
            kind: if number % 9 == 0 { Kind::Like } else { Kind::View },
            actor: if number % 2 == 0 { Key::NONE } else { Key(number % 70) },
            subject: Key([1, u64::MAX, 7][(number % 3) as usize]),
            source: Key(number % 4),
            channel: Key(u64::MAX - number % 2_000),
            dwell_ms: stays[(number % 5) as usize],
            ..Event::default()
        });
    }
    let (groups, findings) = found(events);
    for finding in findings {
        assert!((0.0..=1.0).contains(&finding.score) && finding.bits.is_finite(), "{finding:?}");
        assert!(finding.evidence.iter().all(|entry| entry.1.is_finite()), "{finding:?}");
    }
    let tests = groups.iter().flat_map(|group| &group.tests);
    assert!(tests.map(|test| test.bits + test.observed + test.expected).all(f64::is_finite));
    assert!(found(Vec::new()).1.is_empty());
}
