//! SEQ03 provinces covered too evenly: what was left on a subject comes from all provinces alike, as proxies do that are rented one
//! province after the other, where people come from where people live.
//!
//! What is usual is where the others' events of the same kind come from, and how much subjects differ in that. Two ways to be
//! no crowd: much nearer to the same number from each province than to the table's people, the country's or those of any
//! taste, and nearer to it than so many independent people would be. A subject that went from province to province in turn is not judged. It names a
//! subject and accuses nobody. See docs/detectors/SEQ03-even-provinces.md.

mod census;
mod origins;
mod shares;
#[cfg(test)]
mod tests;

use crate::{Code, Finding};
use events::{Entity, EntityKind, EventTime, Key, Kind, Province};
pub use origins::Origins;
use origins::PROVINCES;
use origins::Row;
use shares::{Measured, Usual};

/// Fewer events of a subject are not judged.
const FEWEST: f64 = 50.0;
/// Other subjects with [`TELLS`] events that say how much subjects differ; with fewer nobody knows.
const FEWEST_OTHERS: usize = 8;
/// Events from which a subject says how far subjects are off.
const TELLS: f64 = 20.0;
/// Provinces of the table below which there is nothing to cover.
const FEWEST_PROVINCES: usize = 6;
/// Bits beyond the price from which a subject is named.
const STANDS: f64 = 6.0;
/// Share of a subject's time that its provinces' turns explain, from which it went from one to the next.
const IN_TURN: f64 = 0.5;
/// Rounds of taking out what was found and looking at the others again.
const ROUNDS: usize = 4;
/// Events for which one subject counts at most in what is usual.
const OF_ONE: f64 = 100.0;
/// Events for which all kinds together count in what is usual of one.
const LEAN: f64 = 50.0;
/// Subjects are never taken to be more alike than this correlation of two events of one.
const LEAST_ALIKE: f64 = 0.01;

/// The names of the evidence: events from each province, and the share of people who are there.
const COUNTED: [&str; PROVINCES] = [
    "11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41",
    "42", "43", "44", "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65", "71",
    "81", "82",
];
const SHARES: [&str; PROVINCES] = [
    "usual_11", "usual_12", "usual_13", "usual_14", "usual_15", "usual_21", "usual_22", "usual_23",
    "usual_31", "usual_32", "usual_33", "usual_34", "usual_35", "usual_36", "usual_37", "usual_41",
    "usual_42", "usual_43", "usual_44", "usual_45", "usual_46", "usual_50", "usual_51", "usual_52",
    "usual_53", "usual_54", "usual_61", "usual_62", "usual_63", "usual_64", "usual_65", "usual_71",
    "usual_81", "usual_82",
];

/// The events of one kind, by subject.
struct Table {
    rows: Vec<Row>,
    /// What subjects too small to be a row left, and its sum over provinces.
    small: [f64; PROVINCES],
    /// Rows that are no crowd, and say nothing of what is usual.
    out: Vec<bool>,
}

/// Subjects whose provinces are too even, by time and subject.
#[must_use]
pub fn uneven(origins: &Origins) -> Vec<Finding> {
    let mut tables: Vec<Table> = Vec::new();
    let mut all = [0.0; PROVINCES];
    for (kind, (rows, small)) in Kind::ALL.into_iter().zip(origins.by_kind()) {
        debug_assert!(rows.iter().all(|row| row.kind == kind));
        small.iter().zip(&mut all).for_each(|(part, sum)| *sum += part);
        for row in &rows {
            row.weighed().iter().zip(&mut all).for_each(|(part, sum)| *sum += part);
        }
        tables.push(Table { out: vec![false; rows.len()], rows, small });
    }
    let seen: Vec<usize> = (0..PROVINCES).filter(|&place| all[place] > 0.0).collect();
    if seen.len() < FEWEST_PROVINCES {
        return Vec::new();
    }
    let tested = tables.iter().flat_map(|table| &table.rows).filter(|row| row.events >= FEWEST);
    // Two ways to stand out of each.
    let price = (2.0 * tested.count().max(1) as f64).log2();
    let people = Usual::everywhere(&all, &seen);
    let mut found = Vec::new();
    for table in &mut tables {
        table.judge(&people, price, &mut found);
    }
    crate::open::sort(&mut found);
    found
}

impl Table {
    /// Judges rows against the others, again while some are found that were part of what is usual.
    fn judge(&mut self, people: &Usual, price: f64, out: &mut Vec<Finding>) {
        if self.rows.len() <= FEWEST_OTHERS {
            return;
        }
        for _ in 0..ROUNDS {
            let usuals = self.usual(people);
            let mut another = false;
            for (at, usual) in usuals.into_iter().enumerate() {
                let row = &self.rows[at];
                if self.out[at] || row.events < FEWEST || usual.others < FEWEST_OTHERS {
                    continue;
                }
                let measured = usual.measure(row);
                if row.in_turn() >= IN_TURN || measured.most() - price < STANDS {
                    continue;
                }
                out.push(finding(row, &usual, &measured, price));
                self.out[at] = true;
                another = true;
            }
            if !another {
                break;
            }
        }
    }

    /// What the others lead one to expect of each row: shares first, then how much the rows are off theirs.
    fn usual(&self, people: &Usual) -> Vec<Usual> {
        let mut sums = self.small;
        for (row, _) in self.rows.iter().zip(&self.out).filter(|(_, out)| !**out) {
            row.weighed().iter().zip(&mut sums).for_each(|(part, sum)| *sum += part);
        }
        let mut usuals: Vec<Usual> = Vec::with_capacity(self.rows.len());
        let (mut off, mut across, mut weight, mut tell) = (0.0, 0.0, 0.0, 0);
        let mut parts = Vec::with_capacity(self.rows.len());
        for (row, &out) in self.rows.iter().zip(&self.out) {
            let usual = people.without(&sums, row, out);
            let mut part = (0.0, 0.0, 0.0, 0);
            if !out && row.events >= TELLS {
                let counts = row.events.min(OF_ONE) - 1.0;
                let (far, even) = usual.off(row);
                part = (far * counts, even * counts, counts, 1);
            }
            (off, across) = (off + part.0, across + part.1);
            (weight, tell) = (weight + part.2, tell + part.3);
            parts.push(part);
            usuals.push(usual);
        }
        for (usual, part) in usuals.iter_mut().zip(parts) {
            let others = f64::max(weight - part.2, 1.0);
            let alike = f64::max((off - part.0) / others, (across - part.1) / others);
            usual.alike = alike.clamp(LEAST_ALIKE, 0.9);
            usual.others = tell - part.3;
        }
        usuals
    }
}

fn finding(row: &Row, usual: &Usual, measured: &Measured, price: f64) -> Finding {
    let bits = measured.most() - price;
    let mut evidence = vec![
        (row.kind.name(), row.events),
        ("provinces", row.counts.iter().filter(|count| **count > 0.0).count() as f64),
        ("even_share", measured.share),
        ("even_bits", measured.even),
        ("regular_bits", measured.regular),
        ("price_bits", price),
        ("alike", usual.alike),
        ("others", usual.others as f64),
        ("in_turn", row.in_turn()),
    ];
    for &place in &usual.seen {
        evidence.push((COUNTED[place], row.counts[place]));
        evidence.push((SHARES[place], usual.shares[place]));
    }
    Finding {
        code: Code::Seq03,
        entity: Entity { kind: EntityKind::Subject, key: row.subject },
        time: EventTime(i64::from(row.last) * EventTime::SECOND),
        event: Key::NONE,
        score: (1.0 / (1.0 + (STANDS - bits).exp2())) as f32,
        bits: bits as f32,
        evidence,
        members: Vec::new(),
    }
}

/// What a finding's evidence says of its two tests, worked out again: even, regular. None if it is not such evidence.
#[must_use]
pub fn derive(evidence: &[(&'static str, f64)]) -> Option<[f64; 2]> {
    let value = |name| evidence.iter().find(|part| part.0 == name).map(|part| part.1);
    let mut row = Row::of(Key::NONE, Kind::Other);
    let mut usual = Usual { alike: value("alike")?, ..Usual::of(Vec::new()) };
    for place in 0..PROVINCES {
        let Some(count) = value(COUNTED[place]) else { continue };
        row.counts[place] = count;
        row.events += count;
        usual.shares[place] = value(SHARES[place])?;
        usual.seen.push(place);
    }
    let measured = usual.measure(&row);
    Some([measured.even, measured.regular])
}

/// The place of a province in a row.
fn place(province: Province) -> Option<usize> {
    province.place()
}
