//! The power is cut at every call to the disk: what was not synced is gone, names and contents, and still the log has
//! all that a commit reported. This is what would notice a sync that is missing or comes too late.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use super::faults::{Ledger, assert_kept, contents, folder, settings, work};
use crate::segment;
use crate::storage::{Disk, Storage};
use crate::{Log, Position, Snapshots, Sync};

/// What would be found after the power came back.
#[derive(Default)]
struct Safe {
    contents: BTreeMap<u64, Vec<u8>>,
    names: BTreeMap<PathBuf, u64>,
    calls: usize,
}

impl Safe {
    /// Makes the folder what it would be.
    fn restore(&self, folder: &Path) {
        for entry in folder.read_dir().unwrap() {
            fs::remove_file(entry.unwrap().path()).unwrap();
        }
        for (path, file) in &self.names {
            fs::write(path, self.contents.get(file).map_or(&[][..], |bytes| bytes)).unwrap();
        }
    }
}

/// A disk that forgets, and goes off before the `at`-th call.
struct Powered {
    safe: Arc<Mutex<Safe>>,
    at: usize,
}

impl Powered {
    fn call(&mut self) -> io::Result<()> {
        let mut safe = self.safe.lock().unwrap();
        safe.calls += 1;
        if safe.calls > self.at { Err(io::Error::other("the power is off")) } else { Ok(()) }
    }
}

impl Storage for Powered {
    fn create(&mut self, path: &Path) -> io::Result<File> {
        self.call()?;
        let file = Disk.create(path)?;
        self.safe.lock().unwrap().contents.insert(file.metadata()?.ino(), Vec::new());
        Ok(file)
    }

    fn write(&mut self, file: &File, bytes: &[u8], offset: u64) -> io::Result<usize> {
        self.call()?;
        Disk.write(file, bytes, offset)
    }

    fn sync(&mut self, file: &File) -> io::Result<()> {
        use std::os::unix::fs::FileExt;
        self.call()?;
        let metadata = file.metadata()?;
        let mut bytes = vec![0; metadata.len() as usize];
        file.read_exact_at(&mut bytes, 0)?;
        self.safe.lock().unwrap().contents.insert(metadata.ino(), bytes);
        Ok(())
    }

    fn truncate(&mut self, file: &File, bytes: u64) -> io::Result<()> {
        self.call()?;
        Disk.truncate(file, bytes)
    }

    fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        self.call()?;
        Disk.rename(from, to)
    }

    fn remove(&mut self, path: &Path) -> io::Result<()> {
        self.call()?;
        Disk.remove(path)
    }

    fn sync_folder(&mut self, folder: &Path) -> io::Result<()> {
        self.call()?;
        let entries =
            folder.read_dir()?.map(|entry| entry.and_then(|e| Ok((e.path(), e.metadata()?.ino()))));
        let names = entries.collect::<io::Result<_>>()?;
        self.safe.lock().unwrap().names = names;
        Ok(())
    }
}

/// A disk whose power goes off at a call, and what stays of it.
fn powered(at: usize) -> (Box<Powered>, Arc<Mutex<Safe>>) {
    let safe = Arc::new(Mutex::new(Safe::default()));
    (Box::new(Powered { safe: safe.clone(), at }), safe)
}

#[test]
fn whatever_a_commit_reported_survives_a_loss_of_power_at_any_call() {
    for at in 0.. {
        let (folder, mut ledger) = (folder(), Ledger::default());
        let (disk, safe) = powered(at);
        if let Ok((mut log, _)) = Log::open_on(disk, folder.path(), settings(Sync::Always)) {
            let _power_goes_off = work(&mut log, &mut ledger, 60);
        }
        safe.lock().unwrap().restore(folder.path());
        let (mut log, _) = Log::open(folder.path(), settings(Sync::Always)).unwrap();
        assert_kept(&log, &ledger, &format!("power off at call {at}"));
        ledger.appended.truncate(contents(&log).len());
        work(&mut log, &mut ledger, 80).unwrap();
        assert_kept(&log, &ledger, &format!("power off at call {at}"));
        if safe.lock().unwrap().calls <= at {
            assert!(at > 60, "too few calls to learn from");
            break;
        }
    }
}

#[test]
fn what_opening_reported_survives_a_loss_of_power_right_after() {
    let (folder, mut ledger) = (folder(), Ledger::default());
    // A process that is killed leaves what it wrote to the system, which had not yet written it to disk.
    let (mut log, _) = Log::open(folder.path(), settings(Sync::Never)).unwrap();
    work(&mut log, &mut ledger, 60).unwrap();
    let last = segment::path(folder.path(), log.segments()[log.segments().len() - 1].first);
    drop(log);
    let (disk, safe) = powered(usize::MAX);
    {
        // The closed segments were synced when they were closed.
        let mut safe = safe.lock().unwrap();
        for path in folder.path().read_dir().unwrap().map(|entry| entry.unwrap().path()) {
            let whole = fs::read(&path).unwrap();
            let known = if path == last { whole[..32].to_vec() } else { whole };
            safe.contents.insert(path.metadata().unwrap().ino(), known);
        }
    }
    let (_, recovered) = Log::open_on(disk, folder.path(), settings(Sync::Never)).unwrap();
    safe.lock().unwrap().restore(folder.path());
    let (log, again) = Log::open(folder.path(), settings(Sync::Never)).unwrap();
    assert_eq!(recovered.next, again.next);
    assert_kept(&log, &ledger, "after opening");
}

#[test]
fn a_rewriting_and_a_snapshot_survive_as_a_whole_or_leave_what_was_before() {
    for at in 0.. {
        let (folder, mut ledger) = (folder(), Ledger::default());
        let (disk, safe) = powered(usize::MAX);
        let (mut log, _) = Log::open_on(disk, folder.path(), settings(Sync::Always)).unwrap();
        work(&mut log, &mut ledger, 60).unwrap();
        let before = contents(&log);
        let (first, calls) = (log.segments()[0].first, safe.lock().unwrap().calls);
        log.storage = Box::new(Powered { safe: safe.clone(), at: calls + at });
        let replaced = log.rewrite(first, &mut |_, _, payload| Some(vec![0; payload.len() / 2]));
        let mut snapshots = Snapshots::open(folder.path(), 1, 1).unwrap();
        snapshots.storage = Box::new(Powered { safe: safe.clone(), at: calls + at });
        let saved = snapshots.write(Position(9), |out| out.write_all(&[5; 100]));
        drop(log);
        safe.lock().unwrap().restore(folder.path());
        let (log, _) = Log::open(folder.path(), settings(Sync::Always)).unwrap();
        let after = contents(&log);
        let halved = after[1].1.len() == before[1].1.len() / 2;
        assert!(halved || (replaced.is_err() && after == before), "power off at call {at}");
        let there = snapshots.newest().unwrap();
        for saved in &there {
            let mut all = Vec::new();
            io::Read::read_to_end(&mut snapshots.read(saved).unwrap(), &mut all).unwrap();
            assert_eq!(all, [5; 100]);
        }
        if saved.is_ok() {
            assert_eq!((there.len(), halved), (1, true));
            assert!(at > 8, "too few calls to learn from");
            break;
        }
    }
}
