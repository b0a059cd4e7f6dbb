//! The log's folder: one process at a time, and nothing in it that was never finished.

use std::fs::{DirBuilder, File};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

use crate::storage::{PRIVATE, PRIVATE_FOLDER, Storage};
use crate::unfinished::UNFINISHED;
use crate::{LogError, Position};

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
    options.read(true).write(true).create(true).truncate(false).mode(PRIVATE);
    let file = options.open(&path);
    let file = file.map_err(LogError::io("open", &path))?;
    match flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(Lock { _file: file }),
        Err(Errno::WOULDBLOCK) => Err(LogError::Locked { folder: folder.to_path_buf() }),
        Err(other) => Err(LogError::io("lock", &path)(other.into())),
    }
}

/// Makes the folder and those it lies in, each safe in the one above it.
pub(crate) fn make(folder: &Path) -> Result<(), LogError> {
    if folder.as_os_str().is_empty() || folder.is_dir() {
        return Ok(());
    }
    let above = folder.parent().unwrap_or(Path::new("/"));
    make(above)?;
    let made = DirBuilder::new().recursive(true).mode(PRIVATE_FOLDER).create(folder);
    made.map_err(LogError::io("make the folder", folder))?;
    let above = if above.as_os_str().is_empty() { Path::new(".") } else { above };
    let synced = File::open(above).and_then(|above| above.sync_all());
    synced.map_err(LogError::io("sync", above))
}

/// Removes what an interrupted making or rewriting left of files whose names end in `suffix`: none of it ever counted.
pub(crate) fn clear(
    storage: &mut dyn Storage,
    folder: &Path,
    suffix: &str,
) -> Result<(), LogError> {
    for entry in folder.read_dir().map_err(LogError::io("list", folder))? {
        let path = entry.map_err(LogError::io("list", folder))?.path();
        let name = path.to_str().and_then(|path| path.strip_suffix(UNFINISHED));
        if name.is_some_and(|name| name.ends_with(suffix)) {
            storage.remove(&path).map_err(LogError::io("remove", &path))?;
        }
    }
    Ok(())
}

/// The positions that the folder's files with this suffix are named by, in order.
pub(crate) fn numbered(folder: &Path, suffix: &str) -> Result<Vec<Position>, LogError> {
    let mut positions = Vec::new();
    for entry in folder.read_dir().map_err(LogError::io("list", folder))? {
        let name = entry.map_err(LogError::io("list", folder))?.file_name();
        let digits = name.to_str().and_then(|name| name.strip_suffix(suffix));
        let digits = digits.filter(|d| d.len() == 20 && d.bytes().all(|b| b.is_ascii_digit()));
        positions.extend(digits.and_then(|digits| digits.parse().ok()).map(Position));
    }
    positions.sort_unstable();
    Ok(positions)
}
