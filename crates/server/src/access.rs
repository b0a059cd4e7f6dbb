//! Who may do what: API keys with scopes, each of one tenant.
//!
//! A key is 256 bits from the system's generator, shown once and kept as its SHA-256 only; that is enough because nobody can
//! guess 256 random bits, so a slow hash would buy nothing. It names its own record, so checking one is
//! one look-up and one comparison that takes the same time wherever the texts differ.

pub(crate) mod file;
mod scope;

pub use scope::{Role, Scope, Scopes};

use crate::clock;
use crate::limits::Bucket;
use hashbrown::HashMap;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use xxhash_rust::xxh3::Xxh3DefaultBuilder;

/// What begins every key, so that scanners for leaked secrets know it.
const PREFIX: &str = "ql_";
/// Bytes of a key's name.
const ID_BYTES: usize = 8;
/// Bytes of its secret.
const SECRET_BYTES: usize = 32;
/// Keys of one tenant.
const KEYS: usize = 1000;
/// Bytes of what a key is called by people.
const LABEL: usize = 100;

/// A key as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRecord {
    /// Its name, which begins the key itself.
    pub id: String,
    /// What people call it.
    pub label: String,
    /// Whose it is.
    pub tenant: String,
    /// What it may do.
    pub scopes: Scopes,
    /// SHA-256 of the secret.
    pub digest: [u8; 32],
    /// Seconds since 1970.
    pub created: i64,
    /// When it ends by itself; 0: never.
    pub expires: i64,
    /// When it was revoked; 0: it was not.
    pub revoked: i64,
}

impl KeyRecord {
    /// Whether it opens anything at that time.
    #[must_use]
    pub fn is_valid(&self, now: i64) -> bool {
        self.revoked == 0 && (self.expires == 0 || now < self.expires)
    }
}

/// A key that was checked: what a request goes on with.
#[derive(Debug)]
pub struct Caller {
    /// The key.
    pub record: KeyRecord,
    /// What the key has left of its rate.
    pub bucket: Bucket,
}

/// Why a change of keys is refused.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// There is no such key of this tenant.
    #[error("no key is named `{0}`")]
    Unknown(String),
    /// Nobody could make keys any more.
    #[error("the last valid key with the scope admin cannot be revoked or made to expire")]
    LastAdmin,
    /// There are too many.
    #[error("a tenant has at most {KEYS} keys; revoked and expired ones are dropped after 90 days")]
    TooMany,
    /// A value is not what it may be.
    #[error("{0} {1}")]
    Value(&'static str, String),
    /// The file of keys.
    #[error("{}: {why}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
}

type Callers = HashMap<String, Arc<Caller>, Xxh3DefaultBuilder>;

/// All keys.
#[derive(Debug)]
pub struct Access {
    path: PathBuf,
    rate: (u32, u32),
    callers: RwLock<Callers>,
    changing: Mutex<()>,
}

/// What a key is made with.
#[derive(Clone, Debug)]
pub struct Wish {
    /// What people call it.
    pub label: String,
    /// What it may do.
    pub scopes: Scopes,
    /// When it ends; 0: never.
    pub expires: i64,
}

impl Access {
    /// The keys in a file, which need not be there yet. `rate` is the events a second and at once of each key.
    ///
    /// # Errors
    /// The file cannot be read, or others than its owner may read it.
    pub fn open(path: &Path, rate: (u32, u32)) -> Result<Access, AccessError> {
        let callers = file::read(path)?.into_iter().map(|record| {
            let bucket = Bucket::new(rate.0, rate.1);
            (record.id.clone(), Arc::new(Caller { record, bucket }))
        });
        let callers = RwLock::new(callers.collect());
        Ok(Access { path: path.to_path_buf(), rate, callers, changing: Mutex::new(()) })
    }

    /// Whoever shows this key, if it is valid.
    #[must_use]
    pub fn check(&self, key: &str) -> Option<Arc<Caller>> {
        let (id, secret) = taken_apart(key)?;
        let caller = {
            let callers = self.callers.read().unwrap_or_else(PoisonError::into_inner);
            callers.get(id).cloned()
        };
        // A key that nobody has is compared as well, so that time does not tell which names exist.
        let kept = caller.as_ref().map_or([0; 32], |caller| caller.record.digest);
        let shown: [u8; 32] = Sha256::digest(secret.as_bytes()).into();
        let same = equal(&kept, &shown);
        caller.filter(|caller| same && caller.record.is_valid(clock::now()))
    }

    /// The keys of a tenant, in the order of their names.
    #[must_use]
    pub fn list(&self, tenant: &str) -> Vec<KeyRecord> {
        let mut keys = self.records();
        keys.retain(|record| record.tenant == tenant);
        keys
    }

    /// Whether a tenant has a key that may make keys.
    #[must_use]
    pub fn has_admin(&self, tenant: &str) -> bool {
        has_admin(&self.records(), tenant, clock::now())
    }

    /// Makes a key; its text is shown this once.
    ///
    /// # Errors
    /// There are too many, a value is not what it may be, or the file cannot be written.
    pub fn make(&self, tenant: &str, wish: Wish) -> Result<(String, KeyRecord), AccessError> {
        if wish.label.len() > LABEL || wish.label.chars().any(char::is_control) {
            let why = format!("must be at most {LABEL} bytes without control characters");
            return Err(AccessError::Value("label", why));
        }
        let now = clock::now();
        if wish.expires != 0 && wish.expires <= now {
            return Err(AccessError::Value("expires", "must be in the future".to_owned()));
        }
        if wish.scopes.is_empty() {
            return Err(AccessError::Value("scopes", "must name at least one".to_owned()));
        }
        self.change(|keys| {
            keys.retain(|key| !is_long_gone(key, now));
            if keys.iter().filter(|key| key.tenant == tenant).count() >= KEYS {
                return Err(AccessError::TooMany);
            }
            let (text, record) = drawn(tenant, wish, now)?;
            keys.push(record.clone());
            Ok((text, record))
        })
    }

    /// Makes a key with the same scopes as another, which stays valid until a time.
    ///
    /// # Errors
    /// As [`Access::make`]; there is no valid key of that name.
    pub fn rotate(
        &self,
        tenant: &str,
        id: &str,
        until: i64,
    ) -> Result<(String, KeyRecord), AccessError> {
        let now = clock::now();
        self.change(|keys| {
            let old = keys
                .iter_mut()
                .find(|key| key.tenant == tenant && key.id == id && key.is_valid(now))
                .ok_or_else(|| AccessError::Unknown(id.to_owned()))?;
            let wish = Wish { label: old.label.clone(), scopes: old.scopes, expires: old.expires };
            let last = until.max(now);
            old.expires = if old.expires == 0 { last } else { old.expires.min(last) };
            let (text, record) = drawn(tenant, wish, now)?;
            keys.push(record.clone());
            Ok((text, record))
        })
    }

    /// Revokes a key at once.
    ///
    /// # Errors
    /// There is no such key, it is the last that may make keys, or the file cannot be written.
    pub fn revoke(&self, tenant: &str, id: &str) -> Result<KeyRecord, AccessError> {
        let now = clock::now();
        self.change(|keys| {
            let key = keys
                .iter_mut()
                .find(|key| key.tenant == tenant && key.id == id)
                .ok_or_else(|| AccessError::Unknown(id.to_owned()))?;
            if key.revoked == 0 {
                key.revoked = now;
            }
            let record = key.clone();
            let was_admin = record.scopes.has(Scope::Admin);
            if was_admin && !has_admin(keys, tenant, now) {
                return Err(AccessError::LastAdmin);
            }
            Ok(record)
        })
    }

    fn records(&self) -> Vec<KeyRecord> {
        let callers = self.callers.read().unwrap_or_else(PoisonError::into_inner);
        let mut keys: Vec<KeyRecord> =
            callers.values().map(|caller| caller.record.clone()).collect();
        keys.sort_by(|a, b| a.id.cmp(&b.id));
        keys
    }

    /// Changes the keys: on disk first, then for requests, or neither.
    fn change<T>(
        &self,
        edit: impl FnOnce(&mut Vec<KeyRecord>) -> Result<T, AccessError>,
    ) -> Result<T, AccessError> {
        let _one: MutexGuard<'_, ()> = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut keys = self.records();
        let done = edit(&mut keys)?;
        file::write(&self.path, &keys)?;
        let mut callers = self.callers.write().unwrap_or_else(PoisonError::into_inner);
        let mut before = std::mem::take(&mut *callers);
        for record in keys {
            // A key that stays goes on with what it has used of its rate.
            let caller = match before.remove(&record.id) {
                Some(caller) if caller.record == record => caller,
                Some(caller) => Arc::new(Caller { bucket: caller.bucket.copied(), record }),
                None => Arc::new(Caller { bucket: Bucket::new(self.rate.0, self.rate.1), record }),
            };
            callers.insert(caller.record.id.clone(), caller);
        }
        Ok(done)
    }
}

fn has_admin(keys: &[KeyRecord], tenant: &str, now: i64) -> bool {
    keys.iter().any(|key| {
        key.tenant == tenant
            && key.scopes.has(Scope::Admin)
            && key.expires == 0
            && key.is_valid(now)
    })
}

fn is_long_gone(key: &KeyRecord, now: i64) -> bool {
    let ended = if key.revoked != 0 { key.revoked } else { key.expires };
    ended != 0 && ended < now - 90 * 86_400
}

/// A key that was never there before.
fn drawn(tenant: &str, wish: Wish, now: i64) -> Result<(String, KeyRecord), AccessError> {
    let mut bytes = [0; ID_BYTES + SECRET_BYTES];
    getrandom::fill(&mut bytes).map_err(|fault| {
        AccessError::Value("key", format!("cannot be drawn from the system: {fault}"))
    })?;
    let id = hex(&bytes[..ID_BYTES]);
    let secret = hex(&bytes[ID_BYTES..]);
    let record = KeyRecord {
        label: wish.label,
        tenant: tenant.to_owned(),
        scopes: wish.scopes,
        digest: Sha256::digest(secret.as_bytes()).into(),
        created: now,
        expires: wish.expires,
        revoked: 0,
        id,
    };
    Ok((format!("{PREFIX}{}_{secret}", record.id), record))
}

/// A key's name and secret.
fn taken_apart(key: &str) -> Option<(&str, &str)> {
    let (id, secret) = key.strip_prefix(PREFIX)?.split_once('_')?;
    (id.len() == 2 * ID_BYTES && secret.len() == 2 * SECRET_BYTES).then_some((id, secret))
}

/// Whether two digests are the same, in a time that does not depend on where they differ.
fn equal(a: &[u8; 32], b: &[u8; 32]) -> bool {
    std::hint::black_box(a.iter().zip(b).fold(0, |differs, (a, b)| differs | (a ^ b))) == 0
}

/// Bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(DIGITS[usize::from(byte >> 4)].into());
        text.push(DIGITS[usize::from(byte & 15)].into());
    }
    text
}
