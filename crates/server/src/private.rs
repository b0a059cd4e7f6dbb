//! Files and folders that nobody but their owner may read, whatever the process lets others do: what people did is in them.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{Result, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

/// Makes a folder and those it lies in; those that are there stay as they are.
pub fn folder(path: &Path) -> Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// How a file is opened, and made if it is missing.
pub fn file() -> OpenOptions {
    let mut options = File::options();
    options.create(true).mode(0o600);
    options
}

/// Replaces a file: beside it first, synced, then renamed.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    let beside = path.with_extension("new");
    let mut file = file().write(true).truncate(true).open(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    if let Some(folder) = path.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}
