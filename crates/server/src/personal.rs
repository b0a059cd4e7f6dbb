//! Exports and erasures of one tenant that are under way: a few at a time, and an account is erased once at a time.

use crate::problem::{Kind, Problem};
use events::Key;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Exports at a time, until their last byte is sent: each takes room on the disk.
const EXPORTS: usize = 4;
/// Erasures that may wait. They are done one after another, and each judges everything anew.
const ERASURES: usize = 16;

/// What is under way.
#[derive(Debug)]
pub struct Personal {
    /// Where exports are put together: the tenant's folder, where their events are anyway.
    pub folder: PathBuf,
    exports: Arc<Semaphore>,
    erasing: Arc<Mutex<Vec<Key>>>,
}

/// An erasure that is under way until this is dropped.
#[derive(Debug)]
pub struct Erasing {
    account: Key,
    all: Arc<Mutex<Vec<Key>>>,
}

impl Personal {
    /// Nothing yet.
    #[must_use]
    pub fn new(folder: PathBuf) -> Personal {
        let exports = Arc::new(Semaphore::new(EXPORTS));
        Personal { folder, exports, erasing: Arc::default() }
    }

    /// Begins an export, which is under way until what this gives is dropped.
    ///
    /// # Errors
    /// Too many are.
    pub fn export(&self) -> Result<OwnedSemaphorePermit, Problem> {
        let turn = Arc::clone(&self.exports).try_acquire_owned();
        turn.map_err(|_| {
            Problem::new(Kind::TooMany, format!("{EXPORTS} exports are under way")).after(30)
        })
    }

    /// Begins an erasure.
    ///
    /// # Errors
    /// That account is being erased already, or too many are.
    pub fn erase(&self, account: Key) -> Result<Erasing, Problem> {
        let mut erasing = self.erasing.lock().unwrap_or_else(PoisonError::into_inner);
        if erasing.contains(&account) {
            return Err(Problem::new(Kind::Conflict, "the account is being erased already"));
        }
        if erasing.len() >= ERASURES {
            let detail = format!("{ERASURES} accounts are being erased");
            return Err(Problem::new(Kind::TooMany, detail).after(60));
        }
        erasing.push(account);
        Ok(Erasing { account, all: Arc::clone(&self.erasing) })
    }
}

impl Drop for Erasing {
    fn drop(&mut self) {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|account| *account != self.account);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_erased_once_at_a_time_and_what_is_too_much_waits() {
        let personal = Personal::new(PathBuf::new());
        let status = |begun: Result<Erasing, Problem>| begun.map_err(|problem| problem.status);
        let first = personal.erase(Key(1)).unwrap();
        assert_eq!(status(personal.erase(Key(1))).unwrap_err(), 409);
        let more: Vec<_> = (2..=ERASURES as u64).map(|n| personal.erase(Key(n)).unwrap()).collect();
        assert_eq!(status(personal.erase(Key(99))).unwrap_err(), 429);
        drop(first);
        assert!(personal.erase(Key(1)).is_ok());
        drop(more);
        let exports: Vec<_> = (0..EXPORTS).map(|_| personal.export().unwrap()).collect();
        assert_eq!(personal.export().unwrap_err().status, 429);
        drop(exports);
        assert!(personal.export().is_ok());
    }
}
