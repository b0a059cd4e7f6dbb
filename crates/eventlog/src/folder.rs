//! The log's folder: one process at a time, and nothing in it that was never finished.

use std::fs::{self, File};
use std::path::Path;

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

use crate::LogError;
use crate::segment::UNFINISHED;
use crate::storage::Storage;

/// Holds a folder for one process; given up when dropped, and by the system when the process ends however it does.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

/// Makes the folder if need be and takes it.
pub(crate) fn take(folder: &Path) -> Result<Lock, LogError> {
    make(folder)?;
    let path = folder.join("lock");
    let mut options = File::options();
    let file = options.read(true).write(true).create(true).truncate(false).open(&path);
    let file = file.map_err(LogError::io("open", &path))?;
    match flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(Lock { _file: file }),
        Err(Errno::WOULDBLOCK) => Err(LogError::Locked { folder: folder.to_path_buf() }),
        Err(other) => Err(LogError::io("lock", &path)(other.into())),
    }
}

/// Makes the folder and those it lies in, each safe in the one above it.
fn make(folder: &Path) -> Result<(), LogError> {
    if folder.as_os_str().is_empty() || folder.is_dir() {
        return Ok(());
    }
    let above = folder.parent().unwrap_or(Path::new("/"));
    make(above)?;
    fs::create_dir_all(folder).map_err(LogError::io("make the folder", folder))?;
    let above = if above.as_os_str().is_empty() { Path::new(".") } else { above };
    let synced = File::open(above).and_then(|above| above.sync_all());
    synced.map_err(LogError::io("sync", above))
}

/// Removes what an interrupted making or rewriting of a file left: none of it was ever part of the log.
pub(crate) fn clear(storage: &mut dyn Storage, folder: &Path) -> Result<(), LogError> {
    for entry in folder.read_dir().map_err(LogError::io("list", folder))? {
        let path = entry.map_err(LogError::io("list", folder))?.path();
        if path.to_str().is_some_and(|path| path.ends_with(UNFINISHED)) {
            storage.remove(&path).map_err(LogError::io("remove", &path))?;
        }
    }
    Ok(())
}
