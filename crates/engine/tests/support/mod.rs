//! A small market for the engine's tests: seeded, with bursts, shared devices, texts and repeated identifiers.
#![allow(clippy::unwrap_used)] // tests

use std::sync::{Arc, Mutex};

use engine::{Bounds, Outcome, Part, Progress, Settings, run};
use events::{Batch, EntityKind, Event, EventTime, Key, Kind};

/// A generator of numbers with a fixed stream.
pub struct Chance(pub u64);

impl Chance {
    /// A number below `bound`.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) % bound
    }
}

/// An event as a table would have it: identifiers as texts.
#[derive(Clone, Debug)]
pub struct Row {
    pub id: String,
    pub time: i64,
    pub kind: Kind,
    pub actor: String,
    pub subject: String,
    pub device: String,
    pub text: String,
    pub dwell_ms: i64,
    pub rating: Option<f32>,
}

/// Some weeks of a market with a machine that likes once a second and a device that many accounts share.
pub fn market(rows: usize, seed: u64) -> Vec<Row> {
    let mut chance = Chance(seed);
    let kinds = [Kind::View, Kind::View, Kind::View, Kind::Like, Kind::Follow, Kind::Order];
    let minute = EventTime::MINUTE;
    let row = |number: usize| {
        let machine = number.is_multiple_of(20);
        let account = if machine { 1 } else { 2 + chance.below(400) };
        let time = if machine {
            (number as i64 / 20) * EventTime::SECOND
        } else {
            chance.below(21 * 24 * 60) as i64 * minute
        };
        let subject = if machine { number as u64 % 37 } else { chance.below(60) };
        let device = if account < 40 { 0 } else { account };
        Row {
            id: format!("e{number}"),
            time,
            kind: if machine { Kind::Like } else { kinds[chance.below(6) as usize] },
            actor: format!("账号{account}"),
            subject: format!("item {subject}"),
            device: format!("d{device}"),
            text: if number % 50 == 3 { format!("好评 number {number}") } else { String::new() },
            dwell_ms: chance.below(90_000) as i64,
            rating: (number % 3 == 1).then(|| 1.0 + chance.below(5) as f32),
        }
    };
    (0..rows).map(row).collect()
}

/// A batch of rows, each key named once.
pub fn batch(rows: &[Row]) -> Batch {
    let mut batch = Batch::default();
    for row in rows {
        let mut key = |kind: EntityKind, text: &str| {
            let span = batch.keep(text);
            batch.names.push((kind, Key::of(text), span));
            Key::of(text)
        };
        let actor = key(EntityKind::Account, &row.actor);
        let subject = key(EntityKind::Subject, &row.subject);
        let device = key(EntityKind::Device, &row.device);
        let event = Event {
            id: Key::of(&row.id),
            id_text: batch.keep(&row.id),
            time: EventTime(row.time),
            kind: row.kind,
            actor,
            subject,
            owner: Key::of("shop"),
            device,
            text: batch.keep(&row.text),
            dwell_ms: Some(row.dwell_ms),
            rating: row.rating,
            ..Event::default()
        };
        batch.events.push(event);
    }
    batch
}

/// Parts of so many rows, in batches of so many.
pub fn parts(rows: &[Row], per_part: usize, per_batch: usize) -> Vec<Part> {
    let part = |rows: &[Row]| -> Part {
        let batches: Vec<Batch> = rows.chunks(per_batch).map(batch).collect();
        Box::new(move |deliver| {
            for batch in batches {
                if !deliver(batch) {
                    break;
                }
            }
            Ok(())
        })
    };
    rows.chunks(per_part).map(part).collect()
}

/// How a run is set up in these tests: so tight that a few thousand events make several runs and go to disk.
pub fn settings(workers: usize, slice_events: u64) -> Settings {
    let bounds =
        Bounds { slice_events, slice_bytes: 1 << 20, run_bytes: 200_000, spill_bytes: 100_000 };
    Settings { bounds, ..Settings::new(workers, std::env::temp_dir()) }
}

/// Runs, and writes everything that comes out as one text.
pub fn written(parts: Vec<Part>, settings: &Settings) -> (Outcome, String) {
    let mut text = String::new();
    let heard = Arc::new(Mutex::new(Vec::new()));
    let listener = {
        let heard = Arc::clone(&heard);
        Arc::new(move |progress: Progress| heard.lock().unwrap().push(progress))
    };
    let mut sink = |rows: &[engine::results::EventResult], arena: &str| {
        for row in rows {
            let id = &arena[row.id.start as usize..(row.id.start + row.id.len) as usize];
            let fate = (row.score.to_bits(), row.arrival.to_bits(), row.verdict, row.group);
            text += &format!("{id} {fate:?}\n");
        }
        Ok(())
    };
    let outcome = run(parts, settings, &(listener as _), &mut sink).unwrap();
    assert!(heard.lock().unwrap().contains(&Progress::Judging));
    text += &format!("{:#?}\n{:?}\n", outcome.results, outcome.seen);
    for account in &outcome.results.accounts {
        text += outcome.names.text(account.account);
        text.push('\n');
    }
    (outcome, text)
}
