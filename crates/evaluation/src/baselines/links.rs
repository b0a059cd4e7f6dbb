//! Who acted on what, with which device and in which words: all that the baselines see.
//!
//! Read from Parquet in the contract's shape or as a plain table of users and items. Views, searches and log-ins count
//! for nothing, so they make no link, no degree and no text; a device is seen with any event.

use std::path::PathBuf;

use crate::EvaluationError;
use crate::attacks::SUBJECT;
use crate::names::Names;
use crate::table::{Row, Table};

const ACTOR: &[&str] = &["actor", "account", "user", "user_id", "userid", "src"];
const UNCOUNTED: &[&str] = &["view", "search", "login", "cart", "register", "scan"];
const APPROVING: &[&str] = &["like", "follow"];

/// Who acted on what.
#[derive(Debug, Default)]
pub(crate) struct Links {
    /// The first input, for messages.
    pub(crate) path: PathBuf,
    pub(crate) accounts: Names,
    pub(crate) subjects: Names,
    /// (account, subject) of every event that counts.
    pub(crate) links: Vec<(u32, u32)>,
    /// The links of likes and follows alone.
    pub(crate) approvals: Vec<(u32, u32)>,
    pub(crate) devices: Names,
    /// (device, account) of every event with a device.
    pub(crate) on_device: Vec<(u32, u32)>,
    pub(crate) texts: Names,
    /// (text, account) of every event with a text.
    pub(crate) wrote: Vec<(u32, u32)>,
    /// Identifiers of the events that count.
    pub(crate) events: Names,
    /// By the event's number: its account.
    pub(crate) event_actor: Vec<usize>,
    /// By the event's number: its link, if it has a subject.
    pub(crate) event_link: Vec<Option<(u32, u32)>>,
    pub(crate) has_device: bool,
    pub(crate) has_text: bool,
}

/// Where in a row each wanted column is.
struct Places {
    kind: Option<usize>,
    device: Option<usize>,
    text: Option<usize>,
    id: Option<usize>,
}

impl Links {
    /// Reads all inputs, one after the other.
    pub(crate) fn read(inputs: &[PathBuf]) -> Result<Links, EvaluationError> {
        let mut links =
            Links { path: inputs.first().cloned().unwrap_or_default(), ..Links::default() };
        for input in inputs {
            let table = Table::open(input)?;
            let mut columns = vec![table.require(ACTOR)?, table.require(SUBJECT)?];
            let mut place = |name: &str| {
                let column = table.column(&[name])?;
                columns.push(column);
                Some(columns.len() - 1)
            };
            let places = Places {
                kind: place("kind"),
                device: place("device"),
                text: place("text"),
                id: place("id"),
            };
            links.has_device |= places.device.is_some();
            links.has_text |= places.text.is_some();
            table.rows(&columns, |row| {
                links.add(row, &places);
                Ok(())
            })?;
        }
        Ok(links)
    }

    fn add(&mut self, row: &Row<'_>, places: &Places) {
        let cell = |place: Option<usize>| place.and_then(|p| row.text(p));
        let Some(account) = row.text(0).map(|a| self.accounts.intern(&a)) else { return };
        if let Some(device) = cell(places.device) {
            self.on_device.push((self.devices.intern(&device) as u32, account as u32));
        }
        let kind = cell(places.kind);
        if kind.as_ref().is_some_and(|kind| UNCOUNTED.contains(&kind.as_ref())) {
            return;
        }
        if let Some(text) = cell(places.text).filter(|t| !t.trim().is_empty()) {
            self.wrote.push((self.texts.intern(&text) as u32, account as u32));
        }
        let link = row.text(1).map(|s| (account as u32, self.subjects.intern(&s) as u32));
        if let Some(link) = link {
            self.links.push(link);
            if kind.is_some_and(|kind| APPROVING.contains(&kind.as_ref())) {
                self.approvals.push(link);
            }
        }
        if let Some(id) = cell(places.id) {
            // An identifier that comes twice is one event, the first one's.
            if self.events.intern(&id) == self.event_actor.len() {
                self.event_actor.push(account);
                self.event_link.push(link);
            }
        }
    }
}
