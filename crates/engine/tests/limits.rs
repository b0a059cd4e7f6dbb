//! Goal: what goes wrong is said and ends the run. Method: parts, sinks and directories that fail in each way.

mod support;

use std::path::PathBuf;
use std::sync::Arc;

use engine::{EngineError, Part, Settings, run};
use events::EventTime;
use support::{Row, batch, market, parts, settings, written};

fn error_of(parts: Vec<Part>, settings: &Settings) -> EngineError {
    match run(parts, settings, &(Arc::new(|_| ()) as _), &mut |_, _| Ok(())) {
        Ok(outcome) => panic!("no error, {:?}", outcome.seen),
        Err(error) => error,
    }
}

#[test]
fn a_part_that_fails_or_panics_ends_the_run() {
    for workers in [1, 2, 4] {
        let mut some = parts(&market(5_000, 2), 500, 50);
        some.insert(3, Box::new(|_| Err("row 12 is torn".into())));
        let error = error_of(some, &settings(workers, 1000));
        let EngineError::Source { part: 3, source } = error else { panic!("{error}") };
        assert_eq!(source.to_string(), "row 12 is torn");
        let mut some = parts(&market(5_000, 2), 500, 50);
        some.push(Box::new(|_| panic!("a defect in a reader")));
        let error = error_of(some, &settings(workers, 1000));
        assert!(error.to_string().contains("a defect in a reader"), "{error}");
    }
}

#[test]
fn a_sink_that_stops_ends_the_run() {
    for stops_at in [0, 3] {
        let mut calls = 0;
        let listener = Arc::new(|_| ()) as _;
        let mut sink = |_: &[_], _: &str| {
            calls += 1;
            if calls > stops_at { Err("the disk is full".into()) } else { Ok(()) }
        };
        let rows = parts(&market(9_000, 2), 500, 50);
        let outcome = run(rows, &settings(3, 100), &listener, &mut sink);
        assert!(matches!(outcome, Err(EngineError::Sink(_))));
    }
}

#[test]
fn a_missing_directory_for_spills_is_named() {
    let rows = market(60_000, 2);
    let nowhere = Settings { temp_dir: PathBuf::from("/nowhere/at/all"), ..settings(2, 1000) };
    let error = error_of(parts(&rows, 10_000, 1000), &nowhere);
    assert!(error.to_string().contains("/nowhere/at/all"), "{error}");
}

#[test]
fn with_a_lateness_an_event_too_far_behind_what_was_read_is_left_out() {
    let at = |number: usize, time: i64| Row {
        id: format!("e{number}"),
        time: time * EventTime::HOUR,
        ..market(1, 1)[0].clone()
    };
    let rows = [at(0, 10), at(1, 12), at(2, 11), at(3, 9), at(4, 10), at(5, 13)];
    for (workers, per_part) in [(1, 6), (2, 2), (4, 1)] {
        let lateness = Some(2 * EventTime::HOUR);
        let settings = Settings { lateness, ..settings(workers, 1000) };
        let (outcome, text) = written(parts(&rows, per_part, 1), &settings);
        assert_eq!((outcome.seen.events, outcome.seen.late), (5, 1));
        assert!(!text.contains("e3 ") && text.contains("e4 "));
    }
    let (outcome, _) = written(parts(&rows, 1, 1), &settings(2, 1000));
    assert_eq!((outcome.seen.events, outcome.seen.late), (6, 0));
}

#[test]
fn times_at_the_ends_of_the_calendar_are_kept() {
    let mut rows = market(100, 6);
    for (row, time) in rows.iter_mut().zip([i64::MIN, i64::MAX, 0, -1, 4_102_444_800_000_000]) {
        row.time = time;
    }
    let (outcome, text) = written(parts(&rows, 10, 3), &settings(2, 10));
    assert_eq!(outcome.seen.events, 100);
    assert!(text.starts_with("e0 "), "the earliest comes first");
    assert_eq!(batch(&rows).events.len(), 100);
}
