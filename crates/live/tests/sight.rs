//! What judgements no longer look at is answered for as it was judged when they did.

#![allow(clippy::unwrap_used)] // a test that cannot go on fails

mod support;

use events::{EventTime, Key};
use live::{Live, Options, Pace};
use policy::Verdict;
use simulator::Record;
use support::{batch, distinct, in_step, intake, judge, open, scenario, send};

/// Events that a judgement looks at, of many times as many.
const SPAN: u64 = 5_000;
/// More than the time between two judgements.
const TOGETHER: usize = 2_000;

/// Counts of each subject: all, and fake.
fn counts(live: &Live, records: &[Record], at: Option<EventTime>) -> Vec<(u64, u64)> {
    let subjects = distinct(records, |record| &record.subject).into_iter();
    let rows = subjects.map(|subject| match at {
        None => live.counts(Key::of(subject)),
        Some(at) => live.counts_at(Key::of(subject), at).unwrap(),
    });
    rows.flatten().map(|row| (row.raw, row.fake)).collect()
}

#[test]
fn what_is_out_of_sight_stays_as_it_was_judged() {
    let records = scenario(600).run().records;
    assert!(records.len() as u64 > 3 * SPAN, "{}", records.len());
    let folder = tempfile::tempdir().unwrap();
    let pace = Pace { span: SPAN, ..in_step(folder.path()).pace };
    let options = || Options { pace, ..in_step(folder.path()) };
    let live = open(options());
    let accounts = distinct(&records, |record| &record.actor);
    let fake = |live: &Live| -> Vec<&str> {
        let called = |account: &&&str| live.account(Key::of(account)).verdict == Verdict::Fake;
        accounts.iter().filter(called).copied().collect()
    };
    let mut once: Vec<&str> = Vec::new();
    for some in records.chunks(TOGETHER) {
        send(&live, batch(&mut intake(), some));
        judge(&live);
        // Who was called so is called so ever after.
        let now = fake(&live);
        let gone: Vec<_> = once.iter().filter(|account| !now.contains(account)).collect();
        assert!(gone.is_empty(), "{gone:?} of {}", once.len());
        once = now;
    }
    assert!(once.len() > 50, "{}", once.len());
    let judged = live.judgement();
    let over = once.iter().filter(|account| judged.standing.account(Key::of(account)).is_none());
    let over: Vec<&str> = over.copied().collect();
    assert!(over.len() > 20, "{} of {} are out of sight", over.len(), once.len());

    // Why they are called so can still be asked for, and what their events are.
    let (numbers, total) = live.groups(0, usize::MAX);
    assert_eq!(numbers.len(), total);
    for account in &over {
        let view = live.account(Key::of(account));
        let group = live.group(view.group.unwrap()).unwrap();
        assert!(group.members.iter().any(|member| member.0 == *account));
        assert!(numbers.iter().any(|listed| listed.group == group.group));
        assert!(!view.findings.is_empty() || !group.classes.is_empty());
    }
    let is_fake = |record: &&Record| {
        let now = live.decision(Key::of(&record.id)).unwrap().now.unwrap();
        record.kind.counts() && now.1 == Verdict::Fake
    };
    let fakes = records.iter().filter(is_fake).count() as f64;
    let counted: u64 = counts(&live, &records, None).iter().map(|count| count.1).sum();
    assert!(counted > 200, "{counted}");
    assert!((fakes / counted as f64 - 1.0).abs() < 0.02, "{fakes} events, {counted} counted");

    // Counts at the end are those of now; at a time between, those of what had come.
    let last = records.iter().map(|record| record.time).max().unwrap();
    assert_eq!(counts(&live, &records, Some(last)), counts(&live, &records, None));
    let half = records[records.len() / 2].time;
    for subject in distinct(&records, |record| &record.subject) {
        let rows = live.counts_at(Key::of(subject), half).unwrap();
        let came = |record: &&Record| {
            record.subject == subject && record.kind.counts() && record.time <= half
        };
        let came = records.iter().filter(came).count() as u64;
        assert_eq!(rows.iter().map(|row| row.raw).sum::<u64>(), came, "{subject}");
        assert!(rows.iter().all(|row| row.fake + row.held <= row.raw));
    }

    // Made again from the log it is the same.
    let before = (fake(&live), counts(&live, &records, None), live.groups(0, usize::MAX));
    live.close().unwrap();
    for kept in ["snapshots", "judgements", "revisions"] {
        std::fs::remove_dir_all(folder.path().join(kept)).unwrap();
    }
    let live = open(options());
    assert!((fake(&live), counts(&live, &records, None), live.groups(0, usize::MAX)) == before);
}
