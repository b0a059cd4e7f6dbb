//! Every change that is made to the disk passes here, so that tests can make the n-th of them fail.
//!
//! Reading does not: what is read is checked by checksums, whatever the disk answers.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;

/// Who may read a file: its owner. What people did is in it.
pub(crate) const PRIVATE: u32 = 0o600;
/// The same of a folder.
pub(crate) const PRIVATE_FOLDER: u32 = 0o700;

/// The changes a log makes to its folder.
///
/// # Contract
/// A failed call may have done its work in part or in whole. What was written is safe only after a sync
/// of the file, and a file's name only after a sync of its folder.
pub(crate) trait Storage: Send {
    /// Makes an empty file, or empties the one that is there; it can be read and written, by its owner only.
    fn create(&mut self, path: &Path) -> io::Result<File> {
        let mut options = File::options();
        options.read(true).write(true).create(true).truncate(true).mode(PRIVATE).open(path)
    }

    /// Writes at least one byte of `bytes` at `offset`; gives how many.
    fn write(&mut self, file: &File, bytes: &[u8], offset: u64) -> io::Result<usize> {
        file.write_at(bytes, offset)
    }

    /// Makes the file's contents safe.
    fn sync(&mut self, file: &File) -> io::Result<()> {
        file.sync_data()
    }

    /// Cuts the file to `bytes`.
    fn truncate(&mut self, file: &File, bytes: u64) -> io::Result<()> {
        file.set_len(bytes)
    }

    /// Gives a file another name, replacing what has it.
    fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    /// Removes a file.
    fn remove(&mut self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    /// Makes the names in a folder safe.
    fn sync_folder(&mut self, folder: &Path) -> io::Result<()> {
        File::open(folder)?.sync_all()
    }
}

/// The disk itself.
pub(crate) struct Disk;

impl Storage for Disk {}

/// Writes all of `bytes` at `offset`.
pub(crate) fn write_all(
    storage: &mut dyn Storage,
    file: &File,
    mut bytes: &[u8],
    mut offset: u64,
) -> io::Result<()> {
    while !bytes.is_empty() {
        match storage.write(file, bytes, offset) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => {
                bytes = &bytes[written.min(bytes.len())..];
                offset += written as u64;
            }
            Err(failure) if failure.kind() == io::ErrorKind::Interrupted => {}
            Err(failure) => return Err(failure),
        }
    }
    Ok(())
}
