//! What is learned about the input while it is read: rows, rejections, kinds, the stretch of time, a digest.
//!
//! Parts are read by several threads in no set order, so everything here is a sum, a set or the least of something. Of
//! rejected rows the first [`REJECTED_KEPT`] by file and row are kept, the rest are counted: a table of rubbish costs
//! bounded memory.

use crate::{guard, quantity};
use engine::Part;
use events::{Batch, Column, Counts, Event, Key, Kind};
use input::{Input, Rejected};
use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Rejected rows that are written out.
pub(crate) const REJECTED_KEPT: usize = 1_000_000;

/// What was learned.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    /// By the file's place in the input.
    pub(crate) files: Vec<Counts>,
    /// What all files together met.
    pub(crate) all: Counts,
    /// Some of the rejected rows; sorted by [`Gathering::finish`].
    pub(crate) rejected: Vec<Rejected>,
    /// Events of each kind, by its code, duplicates among them.
    pub(crate) kinds: [u64; Kind::ALL.len()],
    /// Earliest and latest event.
    pub(crate) span: Option<(i64, i64)>,
    /// Contract columns that held something.
    pub(crate) present: BTreeSet<Column>,
    /// The sum of the events' own hashes: it does not depend on their order or on files.
    pub(crate) digest: u64,
}

/// Gathers from all threads.
#[derive(Debug)]
pub(crate) struct Gathering {
    gathered: Mutex<Gathered>,
    /// Parts that have not been read to their end.
    open: Mutex<usize>,
    max_rejected: f64,
}

/// More rows than allowed could not be read, or none could.
#[derive(Debug)]
pub(crate) struct Unusable(String);

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unusable {}

impl Gathering {
    /// The parts of the input for the engine, and what gathers while they are read.
    pub(crate) fn of(input: &Input, max_rejected: f64) -> (Arc<Gathering>, Vec<Part>) {
        let gathered = Gathered {
            files: vec![Counts::default(); input.sources().len()],
            ..Gathered::default()
        };
        let gathering = Arc::new(Gathering {
            gathered: Mutex::new(gathered),
            open: Mutex::new(input.parts().len()),
            max_rejected,
        });
        let place = |part: &input::Part| {
            input.sources().position(|source| std::ptr::eq(source, part.source())).unwrap_or(0)
        };
        let parts = input.parts().iter().map(|part| {
            let (gathering, file, part) = (Arc::clone(&gathering), place(part), part.clone());
            let read: Part = Box::new(move |deliver| {
                let mut local = Local::default();
                let counts = guard::reading(part.source().path(), || {
                    part.read(&mut |batch, rejected| {
                        local.see(&batch);
                        gathering.reject(rejected);
                        guard::aside(|| deliver(batch))
                    })
                })??;
                gathering.close(file, &counts, &local)?;
                Ok(())
            });
            read
        });
        let parts = parts.collect();
        (gathering, parts)
    }

    fn lock(&self) -> MutexGuard<'_, Gathered> {
        self.gathered.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn reject(&self, rejected: Vec<Rejected>) {
        if rejected.is_empty() {
            return;
        }
        let mut gathered = self.lock();
        gathered.rejected.extend(rejected);
        if gathered.rejected.len() >= 2 * REJECTED_KEPT {
            trim(&mut gathered.rejected);
        }
    }

    /// Ends a part; whoever ends the last one looks whether the input can be used, before any work is spent on it.
    fn close(&self, file: usize, counts: &Counts, local: &Local) -> Result<(), Unusable> {
        let mut gathered = self.lock();
        gathered.files[file].add(counts);
        gathered.all.add(counts);
        local.join(&mut gathered);
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        *open -= 1;
        if *open > 0 {
            return Ok(());
        }
        trim(&mut gathered.rejected);
        self.usable(&gathered)
    }

    fn usable(&self, gathered: &Gathered) -> Result<(), Unusable> {
        let (rows, rejected) = (gathered.all.rows, gathered.all.rejected);
        if rows == 0 {
            return Err(Unusable("the input has a header and no rows".to_owned()));
        }
        let share = quantity::ratio(rejected, rows);
        if share <= self.max_rejected && gathered.all.events > 0 {
            return Ok(());
        }
        let mut text = format!(
            "{} of {} rows could not be read ({}), and --max-rejected allows {}",
            quantity::count(rejected),
            quantity::count(rows),
            quantity::percent(rejected, rows),
            self.max_rejected,
        );
        for row in gathered.rejected.iter().take(5) {
            text.push_str("\n  ");
            text.push_str(&in_words(row));
        }
        Err(Unusable(text))
    }

    /// What was learned in the end.
    pub(crate) fn finish(&self) -> Gathered {
        let mut gathered = std::mem::take(&mut *self.lock());
        trim(&mut gathered.rejected);
        gathered
    }
}

/// File, row, column and reason of a rejected row.
pub(crate) fn in_words(row: &Rejected) -> String {
    let column =
        if row.column.is_empty() { String::new() } else { format!(", column `{}`", row.column) };
    format!("{}, row {}{column}: {}", row.file, row.row, row.reason)
}

fn trim(rejected: &mut Vec<Rejected>) {
    let order = |a: &Rejected, b: &Rejected| {
        (&a.file, a.row, &a.column, &a.reason).cmp(&(&b.file, b.row, &b.column, &b.reason))
    };
    rejected.sort_by(order);
    rejected.truncate(REJECTED_KEPT);
}

/// What one thread sees of one part.
#[derive(Default)]
struct Local {
    kinds: [u64; Kind::ALL.len()],
    span: Option<(i64, i64)>,
    present: BTreeSet<Column>,
    digest: u64,
}

impl Local {
    fn see(&mut self, batch: &Batch) {
        let Some(first) = batch.events.first() else { return };
        let (mut low, mut high) = self.span.unwrap_or((first.time.0, first.time.0));
        for event in &batch.events {
            self.kinds[event.kind as usize] += 1;
            low = low.min(event.time.0);
            high = high.max(event.time.0);
            self.digest = self.digest.wrapping_add(fingerprint(event));
        }
        self.span = Some((low, high));
        for (column, _) in Column::ALL {
            // Once seen it need not be looked for again.
            if !self.present.contains(&column)
                && batch.events.iter().any(|event| holds(event, column))
            {
                self.present.insert(column);
            }
        }
    }

    fn join(&self, gathered: &mut Gathered) {
        for (sum, part) in gathered.kinds.iter_mut().zip(self.kinds) {
            *sum += part;
        }
        gathered.span = match (gathered.span, self.span) {
            (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
            (a, b) => a.or(b),
        };
        gathered.present.extend(self.present.iter().copied());
        gathered.digest = gathered.digest.wrapping_add(self.digest);
    }
}

/// A hash of what an event says: who did what to what, when, with what.
fn fingerprint(event: &Event) -> u64 {
    let keys = [event.subject, event.owner, event.device, event.ip, event.order];
    let seed = event.id.with(event.time.0 as u64).with(event.actor.0 ^ event.kind as u64);
    let mixed = keys.iter().fold(0u64, |sum, key| sum.rotate_left(13) ^ key.0);
    let amount = event.amount.unwrap_or(-1) as u64;
    let key: Key = seed.with(mixed ^ amount);
    key.0
}

fn holds(event: &Event, column: Column) -> bool {
    match column {
        Column::Id | Column::Time | Column::Kind => true,
        Column::Actor => event.actor.is_some(),
        Column::Subject => event.subject.is_some(),
        Column::Owner => event.owner.is_some(),
        Column::Order => event.order.is_some(),
        Column::Parcel => event.parcel.is_some(),
        Column::Point => event.point.is_some(),
        Column::Device => event.device.is_some(),
        Column::Ip => event.ip.is_some(),
        Column::Agent => event.agent.is_some(),
        Column::Source => event.source.is_some(),
        Column::Phone => event.phone.is_some(),
        Column::Payment => event.payment.is_some(),
        Column::Address => event.address.is_some(),
        Column::Counterparty => event.counterparty.is_some(),
        Column::Amount => event.amount.is_some(),
        Column::Currency => event.currency.is_some(),
        Column::Rating => event.rating.is_some(),
        Column::Text => event.text.len > 0,
        Column::DwellMs => event.dwell_ms.is_some(),
        Column::WeightG => event.weight_g.is_some(),
        Column::Region => event.region.is_some(),
        Column::Status => event.status != events::ScanStatus::None,
    }
}
