//! Result tables as Parquet: the contract's columns, the same bytes for the same rows.

mod cohorts;
mod events;
mod findings;
mod rejected;
mod table;
mod tables;

pub(crate) use events::{EventTable, EventTally};
pub(crate) use rejected::write as write_rejected;
pub(crate) use tables::write as write_tables;

use ::events::Key;
use engine::Names;
use std::borrow::Cow;

/// The text of a key. A key whose text is not known, as that of a block of addresses, is written as its number.
pub(crate) fn text(names: &Names, key: Key) -> Cow<'_, str> {
    match names.text(key) {
        "" if key.is_some() => Cow::Owned(format!("key:{:016x}", key.0)),
        text => Cow::Borrowed(text),
    }
}
