//! A disk that fails at a given call, in one of the ways disks do.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::storage::{Disk, Storage};

/// How the call fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// No space: a write takes a part first, a file cannot be made. Lasts until the disk is repaired.
    Full,
    /// The call fails, having done nothing, and the next ones work: a sync reports its failure once.
    Once,
    /// The call does its work and fails all the same.
    Late,
    /// Every call from this one on fails: the machine is as good as off.
    Gone,
}

/// Fails at the `at`-th call; shared, so that a test sees how many calls there were and repairs the disk.
pub(crate) struct Faulty {
    pub fault: Fault,
    pub at: usize,
    pub calls: Arc<AtomicUsize>,
    /// Writes are cut to this, as a system may do at any time.
    pub most: usize,
}

/// The number of calls from which on a lasting fault is repaired.
pub(crate) const REPAIRED: usize = 1 << 40;

impl Faulty {
    /// What befalls this call: nothing, a failure before, or one after its work.
    fn call<T>(&mut self, full: bool, work: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        let call = self.calls.fetch_add(1, Ordering::SeqCst);
        let failure = || Err(io::Error::other(format!("call {call} was made to fail")));
        match self.fault {
            _ if call < self.at || call >= REPAIRED => work(),
            Fault::Full if full => Err(io::ErrorKind::StorageFull.into()),
            Fault::Once if call == self.at => failure(),
            Fault::Late if call == self.at => work().and_then(|_| failure()),
            Fault::Gone => failure(),
            Fault::Full | Fault::Once | Fault::Late => work(),
        }
    }
}

impl Storage for Faulty {
    fn create(&mut self, path: &Path) -> io::Result<File> {
        self.call(true, || Disk.create(path))
    }

    fn write(&mut self, file: &File, bytes: &[u8], offset: u64) -> io::Result<usize> {
        let short = &bytes[..bytes.len().min(self.most)];
        let next = self.calls.load(Ordering::SeqCst);
        if self.fault == Fault::Full && next == self.at && short.len() > 1 {
            // The last free block takes a part.
            self.calls.fetch_add(1, Ordering::SeqCst);
            return Disk.write(file, &short[..short.len() / 2], offset);
        }
        self.call(true, || Disk.write(file, short, offset))
    }

    fn sync(&mut self, file: &File) -> io::Result<()> {
        self.call(false, || Disk.sync(file))
    }

    fn truncate(&mut self, file: &File, bytes: u64) -> io::Result<()> {
        self.call(false, || Disk.truncate(file, bytes))
    }

    fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        self.call(false, || Disk.rename(from, to))
    }

    fn remove(&mut self, path: &Path) -> io::Result<()> {
        self.call(false, || Disk.remove(path))
    }

    fn sync_folder(&mut self, folder: &Path) -> io::Result<()> {
        self.call(false, || Disk.sync_folder(folder))
    }
}
