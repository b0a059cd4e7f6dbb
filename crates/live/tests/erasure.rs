//! An account that is erased is found nowhere, its events are where they were, and a crash at any step leaves a folder that
//! can be opened and in which it can be erased.

#![allow(clippy::unwrap_used)] // a test that cannot go on fails

mod support;

use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;

use events::Key;
use live::{Live, Options, Step};
use simulator::Record;
use support::{
    batch, copy, distinct, erase, export, holding, in_step, intake, is_transaction, judge, open,
    raw, scenario, send,
};

fn options(folder: &Path) -> Options {
    Options { segment_bytes: 1 << 20, snapshot_every: 20_000, ..in_step(folder) }
}

fn filled(folder: &Path, records: &[Record]) -> Live {
    let live = open(options(folder));
    for some in records.chunks(700) {
        send(&live, batch(&mut intake(), some));
    }
    judge(&live);
    live
}

/// The events of an account, and its phones and devices, as far as nobody else uses them.
fn of<'a>(records: &'a [Record], account: &str) -> (Vec<&'a Record>, Vec<&'a str>) {
    let own: Vec<&Record> = records
        .iter()
        .filter(|record| record.actor == account || record.counterparty == account)
        .collect();
    let mut texts: Vec<&str> = own.iter().flat_map(|r| [&r.phone[..], &r.device[..]]).collect();
    texts.sort_unstable();
    texts.dedup();
    texts.retain(|text| {
        let others = records.iter().filter(|r| r.actor != account && !r.actor.is_empty());
        !text.is_empty() && !others.into_iter().any(|r| r.phone == *text || r.device == *text)
    });
    (own, texts)
}

/// An account with transactions, phones and devices of its own, and the most events.
fn chosen(records: &[Record]) -> &str {
    let accounts = distinct(records, |record| &record.actor).into_iter();
    let able = accounts.filter_map(|account| {
        let (own, texts) = of(records, account);
        let bought = own.iter().filter(|record| is_transaction(record)).count();
        let phone = own.iter().any(|record| texts.contains(&&record.phone[..]));
        (bought > 1 && texts.len() > 1 && phone).then_some((own.len(), account))
    });
    able.max().unwrap().1
}

fn assert_gone(folder: &Path, account: &str, texts: &[&str]) {
    for text in texts.iter().chain([&account]) {
        assert_eq!(holding(folder, text), Vec::<PathBuf>::new(), "{text}");
    }
}

#[test]
fn an_erased_account_is_found_nowhere_and_its_events_still_count() {
    let records = scenario(300).run().records;
    let account = chosen(&records);
    let (own, texts) = of(&records, account);
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("live");
    let live = filled(&place, &records);
    let (before, digest) = (raw(&live, &records), live.digest());
    let exported = export(&live, account);
    assert_eq!(exported.len(), own.len());
    for (line, record) in exported.iter().zip(&own) {
        assert_eq!(line["id"], record.id[..]);
        assert_eq!(line["actor"], record.actor[..]);
        assert_eq!(line["kind"], record.kind.name());
        for (column, text) in [
            ("subject", &record.subject),
            ("owner", &record.owner),
            ("device", &record.device),
            ("ip", &record.ip),
            ("phone", &record.phone),
            ("payment", &record.payment),
            ("address", &record.address),
            ("counterparty", &record.counterparty),
            ("text", &record.text),
        ] {
            assert_eq!(line.get(column).and_then(|value| value.as_str()).unwrap_or(""), text);
        }
    }
    for text in texts.iter().chain([&account]) {
        assert!(!holding(&place, text).is_empty(), "{text} could not be missed");
    }

    // At each step the folder is copied away, as a crash would leave it.
    let (told, steps) = channel();
    let (done, heard) = channel();
    let (from, to) = (place.clone(), folder.path().to_owned());
    let mut number = 0;
    let step = move |step| {
        number += 1;
        let copied = to.join(format!("step {number}"));
        copy(&from, &copied);
        told.send((step, copied)).unwrap();
    };
    let finished = Box::new(move |events| done.send(events).unwrap());
    live.erase_step_by_step(Key::of(account), Box::new(step), finished).unwrap();
    assert_eq!(heard.recv().unwrap().unwrap() as usize, own.len());
    assert_gone(&place, account, &texts);
    assert_eq!(raw(&live, &records), before);
    assert_eq!(live.digest(), digest);
    let kept: Vec<&str> =
        own.iter().filter(|record| is_transaction(record)).map(|r| &r.id[..]).collect();
    let of_records = |live: &Live| {
        let lines = export(live, account);
        assert!(
            lines.iter().all(|line| line["actor"] == *account || line["counterparty"] == *account)
        );
        lines.iter().map(|line| line["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(of_records(&live), kept);
    assert_eq!(live.account(Key::of(account)).findings.len(), 0);
    // Nothing that was there is taken for new.
    let again = send(&live, batch(&mut intake(), &records[..700]));
    assert!(again.iter().all(|answer| !answer.accepted));
    // Asked for once more there is nothing to do, and nothing is kept twice.
    assert_eq!(erase(&live, account), 0);
    assert_eq!(of_records(&live), kept);
    live.close().unwrap();
    drop(live);

    let live = open(options(&place));
    assert_eq!((live.opened().replayed, live.digest()), (0, digest));
    assert_eq!(raw(&live, &records), before);
    live.close().unwrap();
    drop(live);
    // From the log alone, which is whole, all is made again.
    for folder in ["snapshots", "judgements"] {
        std::fs::remove_dir_all(place.join(folder)).unwrap();
    }
    let live = open(options(&place));
    assert_eq!(live.opened().replayed as usize, records.len());
    assert_eq!(raw(&live, &records), before);
    live.close().unwrap();
    assert_gone(&place, account, &texts);

    let steps: Vec<(Step, PathBuf)> = steps.iter().collect();
    assert!(steps.iter().filter(|step| step.0 == Step::Rewritten).count() > 1);
    for (step, copied) in steps {
        let live = open(options(&copied));
        assert_eq!(live.digest(), digest, "{step:?}");
        assert_eq!(raw(&live, &records), before, "{step:?}");
        erase(&live, account);
        assert_eq!(of_records(&live), kept, "{step:?}");
        assert_eq!(raw(&live, &records), before, "{step:?}");
        live.close().unwrap();
        assert_gone(&copied, account, &texts);
    }
}

#[test]
fn what_others_use_too_keeps_its_name() {
    let records = scenario(120).run().records;
    let devices = distinct(&records, |record| &record.device).into_iter();
    let shared = devices.map(|device| {
        let users: Vec<Record> = records.iter().filter(|r| r.device == device).cloned().collect();
        (distinct(&users, |record| &record.actor).len(), device)
    });
    let (users, device) = shared.max().unwrap();
    assert!(users > 1);
    let account = records.iter().find(|r| r.device == device && !r.actor.is_empty()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let live = filled(folder.path(), &records);
    assert!(erase(&live, &account.actor) > 0);
    assert_gone(folder.path(), &account.actor, &[]);
    assert!(!holding(&folder.path().join("log"), device).is_empty());
    // Events that come while and after an account is erased are taken as always.
    let more = Record { id: "after".to_owned(), ..account.clone() };
    assert!(send(&live, batch(&mut intake(), &[more]))[0].accepted);
    assert_eq!(export(&live, &account.actor).last().unwrap()["id"], "after");
    live.close().unwrap();
}

#[test]
fn erasing_goes_on_beside_judging_and_taking_events() {
    let records = scenario(200).run().records;
    let account = chosen(&records);
    let (own, texts) = of(&records, account);
    let folder = tempfile::tempdir().unwrap();
    let mut beside = options(folder.path());
    beside.pace.in_step = false;
    beside.snapshot_every = 5_000;
    let live = open(beside.clone());
    let last = records.iter().rposition(|record| own.iter().any(|r| r.id == record.id)).unwrap();
    let (first, rest) = records.split_at(last + 1);
    for some in first.chunks(700) {
        send(&live, batch(&mut intake(), some));
    }
    let (done, heard) = channel();
    let finished = Box::new(move |events| done.send(events).unwrap());
    live.erase(Key::of(account), finished).unwrap();
    for some in rest.chunks(50) {
        send(&live, batch(&mut intake(), some));
    }
    assert_eq!(heard.recv().unwrap().unwrap() as usize, own.len());
    judge(&live);
    assert_gone(folder.path(), account, &texts);
    let (counts, digest) = (raw(&live, &records), live.digest());
    live.close().unwrap();
    assert_eq!(live.status().failure, None);
    drop(live);
    let live = open(beside);
    assert_eq!((raw(&live, &records), live.digest()), (counts, digest));
    live.close().unwrap();
}
