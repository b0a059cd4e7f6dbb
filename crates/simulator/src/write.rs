//! A world as a folder of Parquet: the events and the tables of truth.
//!
//! Events are written as they happen, so the memory needed does not grow with their number; only the counts per
//! subject and the accounts are held.

use crate::places::NETWORKS;
use crate::record::Record;
use crate::scenario::{Scenario, Scheme};
use crate::table::{Table, time_type};
use crate::truth::Truth;
use arrow_array::builder::{
    Float64Builder, Int32Builder, Int64Builder, StringBuilder, TimestampMicrosecondBuilder,
};
use arrow_array::{ArrayRef, BooleanArray, Int64Array, StringArray};
use arrow_schema::DataType;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Why a world could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The folder or a file could not be made.
    #[error("{path}: cannot be written")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A table could not be written out, as when the disk is full.
    #[error("{path}: writing the table failed")]
    Table {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: parquet::errors::ParquetError,
    },
}

/// Rows held before they are handed to a file.
const ROWS: usize = 16_384;

/// Simulates and writes `events.parquet` and the tables of truth into a folder, which is made if missing; where a scheme lives
/// behind rented addresses, also whose the addresses are (`networks.csv`).
///
/// # Errors
/// If the folder or a file cannot be written.
pub fn write(scenario: &Scenario, dir: &Path) -> Result<Truth, WriteError> {
    std::fs::create_dir_all(dir)
        .map_err(|source| WriteError::File { path: dir.to_owned(), source })?;
    let mut events = Events::create(dir)?;
    let truth = scenario.try_stream(|record| events.add(record))?;
    events.close()?;
    write_truth(&truth, dir)?;
    if scenario.schemes.contains(&Scheme::EmulatorFarm) {
        let path = dir.join("networks.csv");
        std::fs::write(&path, NETWORKS).map_err(|source| WriteError::File { path, source })?;
    }
    Ok(truth)
}

/// The two tables with a row per event.
struct Events {
    events: Table,
    labels: Table,
    held: Held,
}

/// Columns being filled.
#[derive(Default)]
struct Held {
    rows: usize,
    /// The text columns in the contract's order, without those that are not texts.
    texts: [StringBuilder; 19],
    times: TimestampMicrosecondBuilder,
    amounts: Int64Builder,
    ratings: Float64Builder,
    dwells: Int64Builder,
    weights: Int32Builder,
    statuses: StringBuilder,
    labels: StringBuilder,
}

impl Events {
    fn create(dir: &Path) -> Result<Events, WriteError> {
        let text = || DataType::Utf8;
        let columns = [
            ("id", text()),
            ("time", time_type()),
            ("kind", text()),
            ("actor", text()),
            ("subject", text()),
            ("owner", text()),
            ("order", text()),
            ("parcel", text()),
            ("point", text()),
            ("device", text()),
            ("ip", text()),
            ("agent", text()),
            ("source", text()),
            ("phone", text()),
            ("payment", text()),
            ("address", text()),
            ("counterparty", text()),
            ("amount", DataType::Int64),
            ("currency", text()),
            ("rating", DataType::Float64),
            ("text", text()),
            ("dwell_ms", DataType::Int64),
            ("weight_g", DataType::Int32),
            ("region", text()),
            ("status", text()),
        ];
        Ok(Events {
            events: Table::create(dir, "events.parquet", &columns)?,
            labels: Table::create(
                dir,
                "truth_events.parquet",
                &[("id", text()), ("label", text())],
            )?,
            held: Held::default(),
        })
    }

    fn add(&mut self, record: &Record) -> Result<(), WriteError> {
        self.held.add(record);
        if self.held.rows >= ROWS { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), WriteError> {
        let (events, labels) = self.held.take();
        self.events.append(events)?;
        self.labels.append(labels)
    }

    fn close(mut self) -> Result<(), WriteError> {
        self.flush()?;
        self.events.close()?;
        self.labels.close()
    }
}

impl Held {
    fn add(&mut self, record: &Record) {
        let texts: [&str; 19] = [
            &record.id,
            record.kind.name(),
            &record.actor,
            &record.subject,
            &record.owner,
            &record.order,
            &record.parcel,
            &record.point,
            &record.device,
            &record.ip,
            &record.agent,
            &record.source,
            &record.phone,
            &record.payment,
            &record.address,
            &record.counterparty,
            record.currency,
            &record.text,
            &record.region,
        ];
        for (column, text) in self.texts.iter_mut().zip(texts) {
            column.append_option((!text.is_empty()).then_some(text));
        }
        self.times.append_value(record.time.0);
        self.amounts.append_option(record.amount);
        self.ratings.append_option(record.rating);
        self.dwells.append_option(record.dwell_ms);
        self.weights.append_option(record.weight_g);
        self.statuses.append_option((!record.status.is_empty()).then_some(record.status));
        self.labels.append_value(record.label.name());
        self.rows += 1;
    }

    /// The columns of both tables, in the contract's order.
    fn take(&mut self) -> (Vec<ArrayRef>, Vec<ArrayRef>) {
        self.rows = 0;
        let mut texts = self.texts.iter_mut().map(|t| Arc::new(t.finish()) as ArrayRef);
        let ids = texts.next().unwrap_or_else(|| Arc::new(StringArray::new_null(0)));
        let mut columns: Vec<ArrayRef> =
            vec![ids.clone(), Arc::new(self.times.finish().with_timezone("UTC"))];
        columns.extend(texts.by_ref().take(15));
        columns.push(Arc::new(self.amounts.finish()));
        columns.extend(texts.by_ref().take(1));
        columns.push(Arc::new(self.ratings.finish()));
        columns.extend(texts.by_ref().take(1));
        columns.push(Arc::new(self.dwells.finish()));
        columns.push(Arc::new(self.weights.finish()));
        columns.extend(texts);
        columns.push(Arc::new(self.statuses.finish()));
        (columns, vec![ids, Arc::new(self.labels.finish())])
    }
}

fn texts<'a>(of: impl Iterator<Item = Option<&'a str>>) -> ArrayRef {
    Arc::new(of.collect::<StringArray>())
}

fn numbers(of: impl Iterator<Item = i64>) -> ArrayRef {
    Arc::new(of.collect::<Int64Array>())
}

fn write_truth(truth: &Truth, dir: &Path) -> Result<(), WriteError> {
    let one = |name: &str, columns: &[(&str, DataType)], arrays| {
        let mut table = Table::create(dir, name, columns)?;
        table.append(arrays)?;
        table.close()
    };
    let text = || DataType::Utf8;
    let all = &truth.accounts;
    let columns = ["account", "label", "scheme", "campaign", "population"];
    one(
        "truth_accounts.parquet",
        &columns.map(|name| (name, text())),
        vec![
            texts(all.iter().map(|a| Some(a.account.as_str()))),
            texts(all.iter().map(|a| Some(a.label.name()))),
            texts(all.iter().map(|a| a.scheme.as_deref())),
            texts(all.iter().map(|a| a.campaign.as_deref())),
            texts(all.iter().map(|a| Some(a.population.as_str()))),
        ],
    )?;
    one(
        "truth_groups.parquet",
        &[("group", text()), ("account", text())],
        vec![
            texts(truth.groups.iter().map(|g| Some(g.0.as_str()))),
            texts(truth.groups.iter().map(|g| Some(g.1.as_str()))),
        ],
    )?;
    let number = || DataType::Int64;
    let all = &truth.subjects;
    one(
        "truth_subjects.parquet",
        &[
            ("subject", text()),
            ("kind", text()),
            ("raw", number()),
            ("genuine", number()),
            ("gray", number()),
        ],
        vec![
            texts(all.iter().map(|s| Some(s.subject.as_str()))),
            texts(all.iter().map(|s| Some(s.kind.name()))),
            numbers(all.iter().map(|s| s.raw)),
            numbers(all.iter().map(|s| s.genuine)),
            numbers(all.iter().map(|s| s.gray)),
        ],
    )?;
    let flagged = [
        ("truth_owners.parquet", ["owner", "bought"], &truth.owners),
        ("truth_points.parquet", ["point", "colluding"], &truth.points),
    ];
    for (name, columns, rows) in flagged {
        let flags: BooleanArray = rows.iter().map(|row| Some(row.1)).collect();
        one(
            name,
            &[(columns[0], text()), (columns[1], DataType::Boolean)],
            vec![texts(rows.iter().map(|row| Some(row.0.as_str()))), Arc::new(flags)],
        )?;
    }
    Ok(())
}
