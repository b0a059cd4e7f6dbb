//! A plain large world for measuring speed: millions of accounts and events, a few planted groups, little realism.
//!
//! Events are made in the order of time and written at once, so memory does not grow with their number. Activity and
//! popularity are skewed as on real platforms, since that is what makes keyed windows and hubs expensive.

use crate::dice::Dice;
use crate::name::{Name, Space, mix};
use crate::person::Person;
use crate::table::{Table, time_type};
use crate::truth::Truth;
use crate::write::WriteError;
use arrow_array::builder::{Int64Builder, StringBuilder, TimestampMicrosecondBuilder};
use arrow_array::{ArrayRef, StringArray};
use arrow_schema::DataType;
use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;

/// What to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bulk {
    /// Events in all.
    pub events: u64,
    /// Accounts that may act.
    pub accounts: u64,
    /// The world's seed.
    pub seed: u64,
}

const DAYS: u64 = 7;
const DAY: u64 = 86_400_000_000;
const START: i64 = 1_772_380_800_000_000;
const GROUP: u64 = 120;
const JOBS: u64 = 14;
const ROWS: usize = 65_536;

/// One event before it has texts.
struct Stroke {
    kind: &'static str,
    who: u64,
    subject: u64,
    dwell: Option<i64>,
}

/// Columns being filled.
#[derive(Default)]
struct Held {
    texts: [StringBuilder; 7],
    times: TimestampMicrosecondBuilder,
    dwells: Int64Builder,
    rows: usize,
    scratch: String,
}

impl Bulk {
    /// Groups planted: each has 120 accounts that like the same 14 films of different owners, a part of them each,
    /// among what else they do.
    #[must_use]
    pub fn groups(&self) -> u64 {
        (self.accounts / 50_000).clamp(1, 40)
    }

    /// Writes `events.parquet` (id, time, kind, actor, subject, owner, device, ip, dwell_ms) and
    /// `truth_groups.parquet` into a folder, which is made if missing.
    ///
    /// # Errors
    /// If the folder or a file cannot be written.
    pub fn write(&self, dir: &Path) -> Result<Truth, WriteError> {
        std::fs::create_dir_all(dir)
            .map_err(|source| WriteError::File { path: dir.to_owned(), source })?;
        let text = || DataType::Utf8;
        let columns = [
            ("id", text()),
            ("time", time_type()),
            ("kind", text()),
            ("actor", text()),
            ("subject", text()),
            ("owner", text()),
            ("device", text()),
            ("ip", text()),
            ("dwell_ms", DataType::Int64),
        ];
        let mut table = Table::create(dir, "events.parquet", &columns)?;
        let (mut dice, mut held) = (Dice::new(self.seed, "bulk", 0), Held::default());
        for number in 0..self.events {
            let (time, stroke) = self.event(&mut dice, number);
            self.put(&mut held, (number, time), &stroke);
            if held.rows == ROWS {
                table.append(held.take())?;
            }
        }
        table.append(held.take())?;
        table.close()?;
        let truth = self.truth();
        self.write_groups(dir, &truth)?;
        Ok(truth)
    }

    fn event(&self, dice: &mut Dice, number: u64) -> (i64, Stroke) {
        // Two full waves a day: slow nights, busy evenings, and still strictly in the order of time.
        let share = number as f64 / self.events.max(1) as f64;
        let waves = std::f64::consts::TAU * share * DAYS as f64;
        let bent = share + 0.11 * (1.0 - waves.cos()) / DAYS as f64;
        let span = (DAYS * DAY) as f64;
        let time = START + (bent * span) as i64 + number as i64 % 7;
        // Of all events, the planted ones are as many as the groups' likes need.
        let planted = (self.groups() * GROUP * JOBS) as f64 * 0.6 / self.events.max(1) as f64;
        if dice.chance(planted.min(0.2)) {
            return (time, self.planted(dice, share));
        }
        let who = (self.accounts as f64 * dice.unit().powf(2.2)) as u64;
        let subjects = (self.accounts / 10).max(100) as f64;
        let subject = (subjects * dice.unit().powf(2.6)) as u64;
        let (kind, dwell) = match dice.unit() {
            u if u < 0.72 => ("view", Some(dice.lognormal(8_000.0, 1.2) as i64)),
            u if u < 0.86 => ("like", None),
            u if u < 0.91 => ("comment", None),
            u if u < 0.95 => ("follow", None),
            u if u < 0.98 => ("favorite", None),
            _ => ("order", None),
        };
        (time, Stroke { kind, who, subject, dwell })
    }

    /// A like for the job of some group that runs at that share of the period.
    fn planted(&self, dice: &mut Dice, share: f64) -> Stroke {
        let group = dice.below(self.groups() as usize) as u64;
        let job = ((share * JOBS as f64) as u64).min(JOBS - 1);
        let subjects = (self.accounts / 10).max(100);
        let member = group * GROUP + dice.below(GROUP as usize) as u64;
        let subject = mix(self.seed ^ (group << 20) ^ job) % subjects;
        Stroke { kind: "like", who: self.member(member), subject, dwell: None }
    }

    /// Planted accounts lie anywhere among all.
    fn member(&self, member: u64) -> u64 {
        mix(self.seed ^ 0xb01d ^ member) % self.accounts.max(1)
    }

    fn put(&self, held: &mut Held, at: (u64, i64), stroke: &Stroke) {
        let (number, time) = at;
        let home = mix(stroke.who ^ 0x40_0000_0000);
        let owner = mix(stroke.subject) % (self.accounts / 60).max(20);
        let device =
            if home.is_multiple_of(9) { stroke.who / 3 } else { stroke.who + self.accounts };
        held.name(0, self.seed, Name::new(Space::Event, number));
        held.texts[1].append_value(stroke.kind);
        held.name(2, self.seed, Person::name(stroke.who as u32));
        held.name(3, self.seed, Name::new(Space::Subject, stroke.subject));
        held.name(4, self.seed, Name::new(Space::Owner, owner));
        held.name(5, self.seed, Name::new(Space::Device, device));
        held.scratch.clear();
        let ip = if number.is_multiple_of(3) { home as u32 & 0x1f_ffff } else { home as u32 >> 8 };
        let [_, b, c, d] = ip.to_be_bytes();
        let _ = write!(held.scratch, "10.{b}.{c}.{d}");
        held.texts[6].append_value(&held.scratch);
        held.times.append_value(time);
        held.dwells.append_option(stroke.dwell);
        held.rows += 1;
    }

    fn truth(&self) -> Truth {
        let mut truth = Truth { events: self.events, ..Truth::default() };
        for member in 0..self.groups() * GROUP {
            let mut account = String::new();
            Person::name(self.member(member) as u32).write(self.seed, &mut account);
            truth.groups.push((format!("planted_{}", member / GROUP), account));
        }
        truth.groups.sort();
        truth.groups.dedup();
        truth
    }

    fn write_groups(&self, dir: &Path, truth: &Truth) -> Result<(), WriteError> {
        let columns = [("group", DataType::Utf8), ("account", DataType::Utf8)];
        let mut table = Table::create(dir, "truth_groups.parquet", &columns)?;
        let groups: StringArray = truth.groups.iter().map(|g| Some(g.0.as_str())).collect();
        let members: StringArray = truth.groups.iter().map(|g| Some(g.1.as_str())).collect();
        table.append(vec![Arc::new(groups), Arc::new(members)])?;
        table.close()
    }
}

impl Held {
    fn name(&mut self, column: usize, seed: u64, name: Name) {
        self.scratch.clear();
        name.write(seed, &mut self.scratch);
        self.texts[column].append_value(&self.scratch);
    }

    fn take(&mut self) -> Vec<ArrayRef> {
        self.rows = 0;
        let mut texts = self.texts.iter_mut().map(|t| Arc::new(t.finish()) as ArrayRef);
        let mut columns: Vec<ArrayRef> = texts.by_ref().take(1).collect();
        columns.push(Arc::new(self.times.finish().with_timezone("UTC")));
        columns.extend(texts);
        columns.push(Arc::new(self.dwells.finish()));
        columns
    }
}
