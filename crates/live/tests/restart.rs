//! A restart, at any moment, comes to the state that there would have been without it.

#![allow(clippy::unwrap_used)] // a test that cannot go on fails

mod support;

use events::Key;
use live::{CountView, Decision, Live, Options, Revision};
use policy::Verdict;
use simulator::Record;
use support::{batch, copy, in_step, intake, judge, open, scenario, send};

const TOGETHER: usize = 700;

/// Every subject's counts, and every account's verdict.
fn seen(live: &Live, records: &[Record]) -> (Vec<Vec<CountView>>, Vec<Verdict>) {
    let distinct = |of: fn(&Record) -> &str| {
        let mut keys: Vec<&str> = records.iter().map(of).filter(|t| !t.is_empty()).collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    };
    let counts = distinct(|r| &r.subject).into_iter().map(|s| live.counts(Key::of(s))).collect();
    let verdicts =
        distinct(|r| &r.actor).into_iter().map(|a| live.account(Key::of(a)).verdict).collect();
    (counts, verdicts)
}

#[test]
fn decisions_counts_and_verdicts_are_those_of_an_undisturbed_run() {
    let records = scenario(600).run().records;
    let folder = tempfile::tempdir().unwrap();
    let undisturbed = open(in_step(&folder.path().join("undisturbed")));
    let mut decisions: Vec<Decision> = Vec::new();
    for some in records.chunks(TOGETHER) {
        let answers = send(&undisturbed, batch(&mut intake(), some));
        assert!(answers.iter().all(|answer| answer.accepted));
        decisions.extend(answers.iter().map(|answer| answer.decision.unwrap()));
    }
    judge(&undisturbed);
    let expected = seen(&undisturbed, &records);
    let fakes = expected.1.iter().filter(|verdict| **verdict == Verdict::Fake).count();
    assert!(fakes > 50, "{fakes} fakes among {}", expected.1.len());
    assert!(undisturbed.judgement().number > 3);
    // What judgements changed is told beside; once it is closed all of it was.
    undisturbed.close().unwrap();
    drop(undisturbed);
    let undisturbed = open(in_step(&folder.path().join("undisturbed")));
    let revisions = undisturbed.revisions_after(0);
    let counts = |all: &[Revision]| all.iter().filter(|r| matches!(r, Revision::Count(_))).count();
    assert!(counts(&revisions) > 10 && counts(&revisions) + 10 < revisions.len());
    assert!(revisions.is_sorted_by(|a, b| a.number() < b.number()));
    let later = undisturbed.revisions_after(revisions[9].number());
    assert!(later[..] == revisions[10..]);
    let unnamed = |revision: &&Revision| match revision {
        Revision::Account(revision) => revision.account.starts_with('#'),
        Revision::Count(revision) => revision.subject.starts_with('#'),
    };
    assert_eq!(revisions.iter().find(unnamed), None);
    // What got worse says by what; what got better has nothing left that speaks. Of counts that is so where the subject is one that
    // a group or a finding is named by, not where accounts are called for something else.
    let unfounded = |revision: &Revision| match revision {
        Revision::Account(r) => r.to > r.from && r.group.is_none() && r.findings.is_empty(),
        Revision::Count(_) => false,
    };
    assert_eq!(revisions.iter().find(|revision| unfounded(revision)), None);
    let worse = |revision: &&Revision| matches!(revision, Revision::Count(r) if r.to.estimate < r.from.estimate);
    let told = |revision: &&Revision| matches!(revision, Revision::Count(r) if !r.groups.is_empty() || !r.findings.is_empty());
    let (worse, told) =
        (revisions.iter().filter(worse), revisions.iter().filter(worse).filter(told));
    let (worse, told) = (worse.count(), told.count());
    assert!(worse > 20 && told * 10 >= worse * 9, "{told} of {worse}");

    // The other run is cut short many times: its folder is copied away as a crash would leave it, in the middle of
    // work, and the run goes on in the copy.
    let mut place = folder.path().join("0");
    let mut live = open(in_step(&place));
    let mut disturbed: Vec<Decision> = Vec::new();
    for (number, some) in records.chunks(TOGETHER).enumerate() {
        let answers = send(&live, batch(&mut intake(), some));
        disturbed.extend(answers.iter().map(|answer| answer.decision.unwrap()));
        if number % 7 == 3 {
            let next = folder.path().join(number.to_string());
            copy(&place, &next);
            if number % 2 == 0 {
                live.close().unwrap();
            }
            place = next;
            live = open(in_step(&place));
            assert_eq!(live.status().events as usize, disturbed.len());
            // What was acknowledged before is known, and its decision too.
            let again = send(&live, batch(&mut intake(), some));
            assert!(again.iter().all(|answer| !answer.accepted));
            let before = &disturbed[disturbed.len() - some.len()..];
            assert!(again.iter().zip(before).all(|(a, b)| a.decision == Some(*b)));
        }
    }
    judge(&live);
    let first = disturbed.iter().zip(&decisions).position(|(a, b)| a != b);
    assert_eq!(first, None, "of {} decisions", decisions.len());
    assert_eq!(live.digest(), undisturbed.digest());
    assert!(seen(&live, &records) == expected);
    live.close().unwrap();

    // Closed in order, nothing has to be read again.
    let live = open(in_step(&place));
    assert_eq!(live.opened().replayed, 0);
    assert!(seen(&live, &records) == expected);
    assert!(live.revisions_after(0) == revisions);
    live.close().unwrap();
    // A snapshot with a flipped bit is passed over, and named.
    let mut saved: Vec<_> =
        place.join("snapshots").read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    saved.sort_unstable();
    let newest = saved.pop().unwrap();
    let mut bytes = std::fs::read(&newest).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 4;
    std::fs::write(&newest, bytes).unwrap();
    let live = open(in_step(&place));
    let [named] = &live.opened().passed_over[..] else { panic!("{:?}", live.opened()) };
    assert!(named.contains(&format!("{}, byte ", newest.display())), "{named}");
    assert_eq!(live.digest(), undisturbed.digest());
    live.close().unwrap();
    // Without snapshots and judgements all of it is made again from the log.
    for folder in ["snapshots", "judgements", "revisions"] {
        std::fs::remove_dir_all(place.join(folder)).unwrap();
    }
    let live = open(in_step(&place));
    assert_eq!(live.opened().replayed as usize, records.len());
    assert_eq!(live.digest(), undisturbed.digest());
    assert!(seen(&live, &records) == expected);
    assert!(live.revisions_after(0) == revisions);
    live.close().unwrap();
    undisturbed.close().unwrap();
}

#[test]
fn a_snapshot_is_written_also_where_its_writer_has_fallen_behind() {
    let records = scenario(400).run().records;
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("live");
    // Fewer decisions are remembered than a restart without snapshots reads again: what was decided before cannot be told.
    let options = || Options { remembered: 1_000, snapshot_every: 2_000, ..in_step(&place) };
    let (first, rest) = records.split_at(records.len() / 2);
    assert!(first.len() > 5_000 && rest.len() > 5_000);
    let fill = |live: &Live, records: &[Record]| {
        for some in records.chunks(TOGETHER) {
            send(live, batch(&mut intake(), some));
        }
    };
    let live = open(options());
    fill(&live, first);
    live.close().unwrap();
    let snapshots = place.join("snapshots");
    std::fs::remove_dir_all(&snapshots).unwrap();
    let live = open(options());
    assert_eq!(live.opened().replayed as usize, first.len());
    fill(&live, rest);
    let saved = || live.status().snapshot_event;
    for _ in 0..200 {
        if saved() > 0 {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    assert!(saved() > first.len() as u64, "{}", saved());
    assert_eq!(live.status().failures, 0);
    let copied = folder.path().join("copy");
    copy(&place, &copied);
    let again = open(Options { folder: copied, ..options() });
    assert!(again.opened().replayed < records.len() as u64);
    assert_eq!(again.digest(), live.digest());
    assert!(seen(&again, &records) == seen(&live, &records));
}
