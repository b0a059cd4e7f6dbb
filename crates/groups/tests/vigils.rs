//! Vigils: machines that all stay as long are found; other audiences, which stay longer or shorter, are not.

use detectors::{Code, Finding};
use events::{Event, Key};
use films::{DAY, HOUR, Lots, MINUTE, at, by, fake, film, found, named};

mod films;

const FILMS: u64 = 40;

/// How long people stay, half of them less than that many milliseconds: two in three are within a factor of three.
fn human(lots: &mut Lots, middle: f64) -> Option<i64> {
    wide(lots, middle, 1.6)
}

/// The same, with so many octaves for one standard deviation.
fn wide(lots: &mut Lots, middle: f64, octaves: f64) -> Option<i64> {
    let sum: u64 = (0..12).map(|_| lots.below(1_000)).sum();
    let off = (sum as f64 - 5_994.0) / 1_000.0;
    Some((middle * (off * octaves).exp2()) as i64)
}

/// What half of the people stay less than with a film.
fn middle(number: u64) -> f64 {
    9_000.0 + 1_500.0 * (number % 9) as f64
}

fn ordinary(lots: &mut Lots) -> Vec<Event> {
    let mut events = Vec::new();
    for _ in 0..24_000 {
        let number = lots.below(FILMS);
        let dwell_ms = human(lots, middle(number));
        let view = Event { time: at(lots.below(10 * DAY)), dwell_ms, ..film(number) };
        let who = named("person", lots.below(900));
        let channel = ["feed", "search", "profile", "direct"][lots.below(4) as usize];
        events.push(by(view, who, channel, 0));
    }
    events
}

/// That many come to a film within some hours of the fifth day; `dwell` says how long each stays.
fn come(
    lots: &mut Lots,
    number: u64,
    (many, hours): (u64, u64),
    channel: &str,
    dwell: fn(&mut Lots) -> Option<i64>,
) -> Vec<Event> {
    let begins = 4 * DAY + lots.below(8 * HOUR);
    let views = (0..many).map(|visitor| {
        let time = at(begins + lots.below(hours * HOUR));
        let view = Event { time, dwell_ms: dwell(lots), ..film(number) };
        by(view, named("visitor", visitor), channel, 0)
    });
    views.collect()
}

fn value(finding: &Finding, name: &str) -> f64 {
    finding.evidence.iter().find(|entry| entry.0 == name).map_or(f64::NAN, |entry| entry.1)
}

fn nothing(events: Vec<Event>, what: &str) {
    let (groups, findings) = found(events);
    assert!(fake(&groups).is_empty(), "{what}");
    assert_eq!(findings, [], "{what}");
}

fn half_a_minute(lots: &mut Lots) -> Option<i64> {
    Some(28_000 + lots.below(12_000) as i64)
}

#[test]
fn machines_that_all_stay_half_a_minute_are_found_and_accuse_nobody() {
    for seed in [2, 19, 404] {
        let mut lots = Lots(seed);
        let mut events = ordinary(&mut lots);
        for number in [7, 23] {
            let mut sent = come(&mut lots, number, (250, 5), "direct", half_a_minute);
            sent.iter_mut().take(100).for_each(|view| view.actor = Key::NONE);
            events.extend(sent);
        }
        let (groups, findings) = found(events);
        assert!(fake(&groups).is_empty());
        let mut films: Vec<Key> = findings.iter().map(|finding| finding.entity.key).collect();
        films.sort_unstable();
        let mut bought = vec![named("film", 7), named("film", 23)];
        bought.sort_unstable();
        assert_eq!(films, bought, "seed {seed}");
        for finding in &findings {
            assert_eq!((finding.code, finding.members.len()), (Code::Syn03, 0));
            let (low, high) = (value(finding, "sent_low"), value(finding, "sent_high"));
            assert!(low <= 250.0 && (235.0..300.0).contains(&high), "{finding:?}");
            assert!((230.0..265.0).contains(&value(finding, "sent")), "{finding:?}");
            assert!((85.0..=102.0).contains(&value(finding, "anonymous")), "{finding:?}");
            assert!(value(finding, "stayed_from_ms") <= 28_000.0);
            assert!(value(finding, "stayed_to_ms") >= 40_000.0);
        }
    }
}

#[test]
fn two_jobs_on_one_film_are_told_apart() {
    let mut lots = Lots(57);
    let mut events = ordinary(&mut lots);
    for (day, milliseconds) in [(3, 18_000), (4, 45_000)] {
        for number in 0..200 {
            let time = at(day * DAY + lots.below(4 * HOUR));
            let dwell_ms = Some(milliseconds + lots.below(5_000) as i64);
            let view = Event { time, dwell_ms, ..film(5) };
            events.push(by(view, Key::NONE, "direct", number));
        }
    }
    let (_, findings) = found(events);
    assert_eq!(findings.len(), 2, "{findings:?}");
    for finding in &findings {
        assert!((190.0..=202.0).contains(&value(finding, "anonymous")), "{finding:?}");
        assert!((185.0..=215.0).contains(&value(finding, "sent")), "{finding:?}");
    }
}

#[test]
fn ordinary_days_have_nothing() {
    for seed in [3, 77, 1_009] {
        nothing(ordinary(&mut Lots(seed)), "ordinary days");
    }
}

#[test]
fn another_audience_stays_longer_or_shorter_but_not_alike() {
    for seed in [5, 6, 7] {
        let mut lots = Lots(seed);
        for (what, dwell) in [
            ("it goes round", (|lots| human(lots, 45_000.0)) as fn(&mut Lots) -> _),
            ("it bores who was sent there", |lots| human(lots, 3_500.0)),
            ("the front page at night", |lots| wide(lots, 6_000.0, 1.4)),
            ("the stream's replay", |lots| wide(lots, 150_000.0, 1.8)),
        ] {
            let mut events = ordinary(&mut lots);
            events.extend(come(&mut lots, 11, (600, 8), "share", dwell));
            nothing(events, what);
        }
    }
}

#[test]
fn a_live_stream_and_its_replay_have_no_hours_to_be_compared_with() {
    let mut lots = Lots(8);
    let mut events = ordinary(&mut lots);
    for (begins, middle) in [(4 * DAY, 240_000.0), (5 * DAY, 100_000.0)] {
        for visitor in 0..300 {
            let time = at(begins + lots.below(40 * MINUTE));
            let view = Event { time, dwell_ms: wide(&mut lots, middle, 0.4), ..film(700) };
            events.push(by(view, named("person", visitor), "live", 0));
        }
    }
    nothing(events, "a stream and its replay");
}

#[test]
fn a_feed_that_moves_on_by_itself_is_known_by_its_channel() {
    let mut lots = Lots(15);
    let mut events = ordinary(&mut lots);
    for number in 0..FILMS {
        events.extend(come(&mut lots, number, (60, 200), "autoplay", half_a_minute));
    }
    events.extend(come(&mut lots, 9, (400, 10), "autoplay", half_a_minute));
    nothing(events, "a feed that moves on");
}

#[test]
fn a_class_that_hears_a_lecture_to_its_end_is_none() {
    let end = |lots: &mut Lots| Some(400_000 + lots.below(30_000) as i64);
    for seed in [21, 22, 23] {
        let mut lots = Lots(seed);
        let mut events = ordinary(&mut lots);
        for _ in 0..700 {
            let stays = lots.below(10) < 2;
            let dwell_ms = if stays { end(&mut lots) } else { human(&mut lots, 20_000.0) };
            let dwell_ms = dwell_ms.map(|dwell| dwell.min(430_000));
            let view = Event { time: at(lots.below(10 * DAY)), dwell_ms, ..film(800) };
            events.push(by(view, named("person", lots.below(900)), "search", 0));
        }
        events.extend(come(&mut lots, 800, (150, 3), "direct", end));
        nothing(events, "a class");
    }
}

#[test]
fn where_every_hour_has_an_audience_of_its_own_agreement_says_nothing() {
    let mut lots = Lots(31);
    let mut events = Vec::new();
    for number in 0..FILMS {
        for hour in 0..80 {
            let middle = 4_000.0 * (lots.below(60) as f64 / 10.0).exp2();
            for _ in 0..8 + lots.below(20) {
                let time = at(hour * 3 * HOUR + lots.below(HOUR));
                let view = Event { time, dwell_ms: wide(&mut lots, middle, 0.3), ..film(number) };
                events.push(by(view, named("person", lots.below(900)), "feed", 0));
            }
        }
    }
    events.extend(come(&mut lots, 7, (250, 5), "direct", half_a_minute));
    nothing(events, "hours of their own");
}

#[test]
fn where_few_views_say_how_long_they_lasted_nothing_is_said() {
    let mut lots = Lots(40);
    let mut events = ordinary(&mut lots);
    for view in &mut events {
        view.dwell_ms = view.dwell_ms.filter(|_| lots.below(10) < 7);
    }
    events.extend(come(&mut lots, 7, (250, 5), "direct", half_a_minute));
    let (_, findings) = found(events);
    assert_eq!(findings, []);
}
