//! A walk over a log, record by record, while its oldest files may be removed.

use std::path::Path;

use eventlog::{LogError, Position, Reader};

use crate::LiveError;

/// Shows each record from one place to another, as far as it is kept: its place, kind and payload.
pub fn records(
    folder: &Path,
    (from, until): (Position, Position),
    mut see: impl FnMut(u64, u8, &[u8]) -> Result<(), LiveError>,
) -> Result<(), LiveError> {
    let mut from = from;
    while from < until {
        let mut reader = match Reader::open(folder, from, until) {
            Err(LogError::Removed { first, .. }) if first > from => {
                from = first;
                continue;
            }
            opened => opened?,
        };
        loop {
            match reader.read() {
                Ok(Some(found)) => see(found.position.0, found.kind, found.payload)?,
                Ok(None) => return Ok(()),
                // Its files were removed while others were read.
                Err(LogError::Removed { first, .. }) if first > from => {
                    from = first;
                    break;
                }
                Err(other) => return Err(other.into()),
            }
        }
    }
    Ok(())
}

/// What is said of a record that cannot be read.
pub fn broken(folder: &Path, place: u64) -> LiveError {
    LiveError::Record { folder: folder.to_owned(), place, what: "is broken" }
}
