//! The file of keys: TOML, readable by its owner only, replaced as a whole.

use super::{AccessError, KeyRecord, Scopes, hex};
use crate::clock;
use crate::private::replace;
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::Path;

#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Keys {
    #[serde(default)]
    key: Vec<Written>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    id: String,
    #[serde(default)]
    label: String,
    tenant: String,
    scopes: Vec<String>,
    sha256: String,
    created: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    expires: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    revoked: String,
}

/// The keys that a file holds; none if there is no file.
pub(super) fn read(path: &Path) -> Result<Vec<KeyRecord>, AccessError> {
    let fault = |why: String| AccessError::File { path: path.to_path_buf(), why };
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(why) if why.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(why) => return Err(fault(why.to_string())),
    };
    if !is_private(path) {
        return Err(fault("others than its owner may read it; chmod 600".to_owned()));
    }
    let keys: Keys = toml::from_str(&text).map_err(|why| fault(why.to_string()))?;
    keys.key
        .into_iter()
        .map(|written| record(&written).map_err(|why| fault(format!("key {}: {why}", written.id))))
        .collect()
}

fn record(written: &Written) -> Result<KeyRecord, String> {
    let time = |name: &str, text: &str| {
        if text.is_empty() {
            return Ok(0);
        }
        clock::read(text).ok_or_else(|| format!("{name} is no time"))
    };
    let scopes = Scopes::of(written.scopes.iter().map(String::as_str))
        .map_err(|word| format!("`{word}` is no scope"))?;
    Ok(KeyRecord {
        id: written.id.clone(),
        label: written.label.clone(),
        tenant: written.tenant.clone(),
        scopes,
        digest: digest(&written.sha256).ok_or("sha256 is not 64 hexadecimal digits")?,
        created: time("created", &written.created)?,
        expires: time("expires", &written.expires)?,
        revoked: time("revoked", &written.revoked)?,
    })
}

fn digest(text: &str) -> Option<[u8; 32]> {
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    let mut digest = [0; 32];
    for (at, byte) in digest.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(digest)
}

/// Replaces the file. Whoever reads it sees the old or the new one, also after a crash.
pub(super) fn write(path: &Path, keys: &[KeyRecord]) -> Result<(), AccessError> {
    let optional = |time: i64| if time == 0 { String::new() } else { clock::written(time) };
    let key = keys.iter().map(|record| Written {
        id: record.id.clone(),
        label: record.label.clone(),
        tenant: record.tenant.clone(),
        scopes: record.scopes.names().into_iter().map(str::to_owned).collect(),
        sha256: hex(&record.digest),
        created: clock::written(record.created),
        expires: optional(record.expires),
        revoked: optional(record.revoked),
    });
    let text = toml::to_string(&Keys { key: key.collect() }).map_err(|why| why.to_string());
    text.and_then(|text| replace(path, text.as_bytes()).map_err(|why| why.to_string()))
        .map_err(|why| AccessError::File { path: path.to_path_buf(), why })
}

#[cfg(unix)]
fn is_private(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o077 == 0)
}

#[cfg(not(unix))]
fn is_private(_: &Path) -> bool {
    true
}
