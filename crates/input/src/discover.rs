//! Paths, folders and patterns become a list of files, in an order that does not depend on the file system.

use crate::InputError;
use std::path::{Path, PathBuf};

/// Endings of tables; in a folder, files with any other ending are none of ours.
const ENDINGS: [&str; 9] = ["parquet", "pq", "csv", "tsv", "txt", "jsonl", "ndjson", "json", "tab"];
/// Folders within folders.
const DEPTH_LIMIT: usize = 32;

/// The files meant, each once: what was named in the order in which it was named, folders and patterns sorted.
pub(crate) fn files<P: AsRef<Path>>(paths: &[P]) -> Result<Vec<PathBuf>, InputError> {
    if paths.is_empty() {
        return Err(InputError::Nothing);
    }
    let mut found = Vec::new();
    for path in paths {
        let path = path.as_ref();
        if path.exists() {
            add(path, &mut found)?;
            continue;
        }
        let pattern = path.to_string_lossy().into_owned();
        let matches = glob::glob(&pattern).map_err(|fault| InputError::Pattern {
            pattern: pattern.clone(),
            why: fault.to_string(),
        })?;
        let mut matched: Vec<PathBuf> = matches.flatten().collect();
        if matched.is_empty() {
            return Err(InputError::NotFound { pattern });
        }
        matched.sort();
        for path in matched {
            add(&path, &mut found)?;
        }
    }
    let mut files: Vec<PathBuf> = Vec::with_capacity(found.len());
    let mut seen = std::collections::BTreeSet::new();
    for file in found {
        if seen.insert(file.canonicalize().unwrap_or_else(|_| file.clone())) {
            files.push(file);
        }
    }
    Ok(files)
}

fn add(path: &Path, found: &mut Vec<PathBuf>) -> Result<(), InputError> {
    if !path.is_dir() {
        found.push(path.to_path_buf());
        return Ok(());
    }
    let before = found.len();
    walk(path, 0, found)?;
    if found.len() == before {
        return Err(InputError::NoTables { folder: path.to_path_buf() });
    }
    Ok(())
}

fn walk(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) -> Result<(), InputError> {
    if depth > DEPTH_LIMIT {
        return Ok(());
    }
    let unreadable = |why| InputError::Unreadable { file: folder.to_path_buf(), why };
    let mut entries = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        entries.push(entry.map_err(unreadable)?.path());
    }
    entries.sort();
    for path in entries {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        // What writers leave beside their tables (_SUCCESS, .crc) is not data.
        if name.is_none_or(|name| name.starts_with(['.', '_'])) {
            continue;
        }
        if path.is_dir() {
            walk(&path, depth + 1, found)?;
        } else if is_table(&path) {
            found.push(path);
        }
    }
    Ok(())
}

fn is_table(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase());
    let Some(name) = name else { return false };
    let bare = name.strip_suffix(".gz").or_else(|| name.strip_suffix(".zst")).unwrap_or(&name);
    bare.rsplit_once('.').is_some_and(|(_, ending)| ENDINGS.contains(&ending))
}
