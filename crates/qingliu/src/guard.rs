//! Panics, which nobody should see: a damaged file that upsets a decoder is the file's fault, anything else a defect.
//!
//! Decoders of foreign formats panic on some damage. While a file is read, a panic becomes an error that names the file
//! and nothing is printed; elsewhere a single line says where the defect is, and the run ends with an error.

use crate::voice;
use std::any::Any;
use std::cell::Cell;
use std::fmt;
use std::panic::{self, AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

thread_local! {
    static READING: Cell<bool> = const { Cell::new(false) };
}

/// A file whose damage upset a decoder.
#[derive(Debug)]
pub(crate) struct Damaged {
    file: PathBuf,
    why: String,
}

impl fmt::Display for Damaged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: damaged, a decoder gave up: {}", self.file.display(), self.why)
    }
}

impl std::error::Error for Damaged {}

/// From here on a panic says one line, or none while a file is read.
pub(crate) fn install() {
    panic::set_hook(Box::new(|panic| {
        if READING.get() {
            return;
        }
        let place = panic.location().map_or_else(String::new, ToString::to_string);
        voice::note(&format!("qingliu: a defect at {place}: {}", text(panic.payload())));
    }));
}

/// Reads a file; a panic is the file's fault.
pub(crate) fn reading<T>(file: &Path, read: impl FnOnce() -> T) -> Result<T, Damaged> {
    READING.set(true);
    let outcome = catch_unwind(AssertUnwindSafe(read));
    READING.set(false);
    outcome.map_err(|panic| Damaged { file: file.to_owned(), why: text(&*panic) })
}

/// Does something that is not reading while a file is read: a panic in it is a defect, and said to be one.
pub(crate) fn aside<T>(work: impl FnOnce() -> T) -> T {
    let reading = READING.replace(false);
    let outcome = work();
    READING.set(reading);
    outcome
}

fn text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_while_reading_names_the_file() {
        let broken = || -> u8 { panic!("bit {} is odd", 7) };
        let damaged = reading(Path::new("a.parquet"), broken).unwrap_err();
        assert!(damaged.to_string().starts_with("a.parquet: damaged"), "{damaged}");
        assert!(damaged.to_string().ends_with("bit 7 is odd"), "{damaged}");
        assert_eq!(reading(Path::new("b"), || 3).unwrap(), 3);
    }
}
