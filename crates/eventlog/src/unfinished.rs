//! A file that gets its name only when it is whole and on disk, so that no reader and no crash sees a part of it.

use std::fs::File;
use std::path::{Path, PathBuf};

use crate::LogError;
use crate::storage::{self, Storage};

/// What such a file's name ends in until then.
pub(crate) const UNFINISHED: &str = ".new";
/// How much is written between syncs. All at once at the end would hold up the log's own syncs, which wait for
/// the same disk, for as long as it takes to write everything.
const SYNC_BYTES: u64 = 8 << 20;

/// A file being written under another name beside its own.
pub(crate) struct Unfinished {
    file: File,
    path: PathBuf,
    whole: PathBuf,
    written: u64,
    synced: u64,
}

impl Unfinished {
    /// Begins the file that is to become `whole`.
    pub(crate) fn begin(storage: &mut dyn Storage, whole: &Path) -> Result<Unfinished, LogError> {
        let mut path = whole.as_os_str().to_os_string();
        path.push(UNFINISHED);
        let path = PathBuf::from(path);
        let file = storage.create(&path).map_err(LogError::io("make", &path))?;
        Ok(Unfinished { file, path, whole: whole.to_path_buf(), written: 0, synced: 0 })
    }

    /// How much was written.
    pub(crate) fn bytes(&self) -> u64 {
        self.written
    }

    /// Adds `bytes` at the end.
    pub(crate) fn write(
        &mut self,
        storage: &mut dyn Storage,
        bytes: &[u8],
    ) -> Result<(), LogError> {
        let written = storage::write_all(storage, &self.file, bytes, self.written);
        written.map_err(LogError::io("write", &self.path))?;
        self.written += bytes.len() as u64;
        if self.written - self.synced >= SYNC_BYTES {
            self.sync(storage)?;
        }
        Ok(())
    }

    fn sync(&mut self, storage: &mut dyn Storage) -> Result<(), LogError> {
        self.synced = self.written;
        storage.sync(&self.file).map_err(LogError::io("sync", &self.path))
    }

    /// Makes all of it safe and gives it its name. After a failure here both the old and the new may be found.
    pub(crate) fn finish(mut self, storage: &mut dyn Storage) -> Result<(), LogError> {
        self.sync(storage)?;
        let named = storage.rename(&self.path, &self.whole);
        named.map_err(LogError::io("name", &self.whole))?;
        let folder = self.whole.parent().unwrap_or(Path::new("."));
        storage.sync_folder(folder).map_err(LogError::io("sync", folder))
    }
}

/// Removes what a failed writing of `whole` left; if that fails too, the next opening does it.
pub(crate) fn discard(storage: &mut dyn Storage, whole: &Path) {
    let mut path = whole.as_os_str().to_os_string();
    path.push(UNFINISHED);
    let _left_for_later = storage.remove(Path::new(&path));
}
