//! Reads whole inputs for tests: every event with its texts, every name, every rejected row.

use events::{Counts, EntityKind, Event, Key, Mapping};
use input::{Input, InputError, Rejected};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// All that an input gives.
#[derive(Debug, Default)]
pub struct Reading {
    pub events: Vec<(Event, String, String)>,
    pub names: BTreeMap<(EntityKind, Key), String>,
    pub rejected: Vec<Rejected>,
    pub counts: Counts,
    #[allow(dead_code)] // not every test file asks
    pub mapping: String,
}

impl Reading {
    /// What a key of an event stands for.
    #[allow(dead_code)] // not every test file asks
    pub fn name(&self, kind: EntityKind, at: usize) -> &str {
        let key = self.events[at].0.key(kind);
        self.names.get(&(kind, key)).map_or("", String::as_str)
    }

    /// `row column: reason` of each rejected row.
    #[allow(dead_code)]
    pub fn rejections(&self) -> Vec<String> {
        self.rejected.iter().map(|r| format!("{} {}: {}", r.row, r.column, r.reason)).collect()
    }
}

pub fn read_paths<P: AsRef<Path>>(
    paths: &[P],
    mapping: Option<&Mapping>,
) -> Result<Reading, InputError> {
    let input = Input::open(paths, mapping)?;
    let mapping = input.sources().next().map(|s| s.mapping().to_owned()).unwrap_or_default();
    let mut reading = Reading { mapping, ..Reading::default() };
    for part in input.parts() {
        let mut take = |batch: events::Batch, rejected: Vec<Rejected>| {
            for event in &batch.events {
                let id = batch.text(event.id_text).to_owned();
                reading.events.push((*event, id, batch.text(event.text).to_owned()));
            }
            for (kind, key, span) in &batch.names {
                reading.names.insert((*kind, *key), batch.text(*span).to_owned());
            }
            reading.rejected.extend(rejected);
            true
        };
        let counts = part.read(&mut take)?;
        reading.counts.add(&counts);
    }
    assert_eq!(reading.counts.rejected, reading.rejected.len() as u64);
    assert_eq!(reading.counts.events, reading.events.len() as u64);
    assert_eq!(input.progress().rows(), reading.counts.rows);
    Ok(reading)
}

/// Writes a file into a folder of its own and reads it.
#[allow(dead_code)]
pub fn read_bytes(name: &str, bytes: &[u8]) -> Result<Reading, InputError> {
    let folder = tempfile::tempdir().expect("a folder");
    read_paths(&[write(folder.path(), name, bytes)], None)
}

#[allow(dead_code)]
pub fn write(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, bytes).expect("a file");
    path
}
