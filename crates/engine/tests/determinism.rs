//! Goal: the same events give the same bytes. Method: one market is run with other numbers of workers, cuts of the
//! input, orders of reading, sizes of epochs and transports, and everything that comes out is compared as text.

mod support;

use engine::{Settings, Transport};
use support::{Chance, Row, market, parts, settings, written};

fn shuffled(rows: &[Row], seed: u64) -> Vec<Row> {
    let mut chance = Chance(seed);
    let mut rows = rows.to_vec();
    for at in (1..rows.len()).rev() {
        rows.swap(at, chance.below(at as u64 + 1) as usize);
    }
    rows
}

#[test]
fn workers_parts_order_and_epochs_do_not_show() {
    let rows = market(20_000, 11);
    let mut sorted = rows.clone();
    sorted.sort_by_key(|row| row.time);
    let (outcome, expected) = written(parts(&rows, rows.len(), 4096), &settings(1, 1000));
    assert_eq!(outcome.seen.events, 20_000);
    assert!(!outcome.results.findings.is_empty(), "a market without findings proves nothing");
    let serialized = Settings { transport: Transport::Serialized, ..settings(3, 700) };
    let cases = [
        ("two workers", parts(&rows, rows.len(), 4096), settings(2, 1000)),
        ("four workers", parts(&rows, rows.len(), 4096), settings(4, 1000)),
        ("ten parts", parts(&rows, 2000, 333), settings(2, 1000)),
        ("sorted", parts(&sorted, 2000, 333), settings(2, 1000)),
        ("shuffled", parts(&shuffled(&rows, 5), 2000, 1), settings(4, 1000)),
        ("one epoch", parts(&rows, 7000, 512), settings(2, 1 << 40)),
        ("small epochs", parts(&rows, 7000, 512), settings(3, 1)),
        ("serialized", parts(&rows, 7000, 512), serialized),
    ];
    for (name, parts, settings) in cases {
        let (_, text) = written(parts, &settings);
        assert!(text == expected, "{name} differs");
    }
}

#[test]
fn a_second_event_with_an_id_changes_nothing() {
    let rows = market(6_000, 3);
    let (once, expected) = written(parts(&rows, 3000, 500), &settings(2, 1000));
    // Every third row comes again as it was, every seventh later and otherwise.
    let mut twice = rows.clone();
    for (number, row) in rows.iter().enumerate() {
        if number.is_multiple_of(3) {
            twice.push(row.clone());
        }
        if number.is_multiple_of(7) {
            let other = format!("item {}", number % 5);
            twice.push(Row { time: row.time + 90_000_000, subject: other, ..row.clone() });
        }
    }
    let added = (twice.len() - rows.len()) as u64;
    for (workers, order) in [(1, twice.clone()), (2, shuffled(&twice, 8)), (4, shuffled(&twice, 9))]
    {
        let (outcome, text) = written(parts(&order, 1700, 100), &settings(workers, 1000));
        assert_eq!(outcome.seen.duplicates, added);
        assert_eq!(outcome.seen.events, once.seen.events);
        let told = format!("{:?}", outcome.seen);
        assert!(text.replace(&told, &format!("{:?}", once.seen)) == expected);
    }
}

#[test]
fn of_two_events_with_one_id_and_time_the_lesser_in_content_stays() {
    let rows = market(300, 4);
    let mut twice = rows.clone();
    twice.extend(rows.iter().map(|row| Row { dwell_ms: row.dwell_ms + 1, ..row.clone() }));
    let (_, forward) = written(parts(&twice, 50, 50), &settings(2, 100));
    twice.reverse();
    let (_, backward) = written(parts(&twice, 90, 7), &settings(1, 100));
    assert!(forward == backward);
}

#[test]
fn a_million_events_of_one_actor_are_worked_on() {
    let row = |number: i64| Row {
        id: format!("e{number}"),
        time: number / 3 * 1_000_000,
        ..market(1, 1)[0].clone()
    };
    let rows: Vec<Row> = (0..1_000_000).map(row).collect();
    let (two, text) = written(parts(&rows, 100_000, 8192), &settings(2, 32_768));
    assert_eq!(two.seen.events, 1_000_000);
    let (_, one) = written(parts(&rows, 1_000_000, 8192), &settings(1, 32_768));
    assert!(text == one);
}

#[test]
fn an_input_without_events_has_empty_results() {
    let (outcome, _) = written(Vec::new(), &settings(2, 1000));
    assert_eq!(outcome.seen.events, 0);
    assert!(outcome.results.accounts.is_empty() && outcome.results.subjects.is_empty());
    let (outcome, _) = written(parts(&market(1, 1), 1, 1), &settings(4, 1000));
    assert_eq!(outcome.seen.events, 1);
}
