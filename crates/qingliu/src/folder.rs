//! The results folder: whether it may be used, and how results get into it whole or not at all.
//!
//! Tables are written in a hidden folder inside it and moved when all are done, `summary.json` last and removed first:
//! a folder with a summary holds the results of one run. Temporary files of the run lie in the hidden folder too, on
//! the disk that was chosen for results.

use crate::failure::Failure;
use anyhow::{Context, anyhow};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Every file of a results folder.
pub(crate) const FILES: [&str; 12] = [
    "accounts.parquet",
    "events.parquet",
    "groups.parquet",
    "members.parquet",
    "subjects.parquet",
    "owners.parquet",
    "points.parquet",
    "findings.parquet",
    "cohorts.parquet",
    "rejected.parquet",
    "report.html",
    "summary.json",
];

/// What the hidden folder's name begins with; one that a killed run left is swept away.
const HIDDEN: &str = ".qingliu-";

/// A folder that results are being written for.
#[derive(Debug)]
pub(crate) struct Folder {
    target: PathBuf,
    staging: TempDir,
    /// The folder was made for this run, and goes again if the run fails.
    made: bool,
    done: bool,
}

/// Whether the folder may hold these files' next version: it is missing, empty, or holds nothing but them. With a
/// `mark`, that file must be there to tell that they are what they seem.
pub(crate) fn check(
    target: &Path,
    known: impl Fn(&str) -> bool,
    mark: Option<&str>,
) -> Result<(), Failure> {
    let shown = target.display();
    let refuse = |why: anyhow::Error| Err(Failure::arguments(why));
    let entries = match fs::read_dir(target) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => {
            return refuse(anyhow::Error::new(error).context(format!("{shown}: cannot be used")));
        }
    };
    let mut names: Vec<String> = Vec::new();
    for entry in entries {
        let entry =
            entry.context(format!("{shown}: cannot be listed")).map_err(Failure::arguments)?;
        names.push(entry.file_name().to_string_lossy().into_owned());
    }
    names.retain(|name| !name.starts_with(HIDDEN));
    names.sort();
    if let Some(strange) = names.iter().find(|name| !known(name)) {
        return refuse(anyhow!(
            "{shown}: holds `{strange}`, which is no earlier result; name an empty or new folder"
        ));
    }
    match mark {
        Some(mark) if !names.is_empty() && !names.iter().any(|name| name == mark) => {
            refuse(anyhow!(
                "{shown}: holds `{}` but no {mark}, so it is no earlier result; name an empty or \
                 new folder",
                names[0]
            ))
        }
        _ => Ok(()),
    }
}

/// Whether an audit may write its results there.
pub(crate) fn check_results(target: &Path) -> Result<(), Failure> {
    check(target, |name| FILES.contains(&name), Some("summary.json"))
}

impl Folder {
    /// Makes the folder where it is missing, and the hidden folder in it.
    pub(crate) fn open(target: &Path) -> Result<Folder, Failure> {
        check_results(target)?;
        let made = !target.exists();
        let write = || format!("{}: cannot be written", target.display());
        fs::create_dir_all(target).with_context(write).map_err(Failure::arguments)?;
        for entry in fs::read_dir(target).into_iter().flatten().flatten() {
            if entry.file_name().to_string_lossy().starts_with(HIDDEN) {
                let _ = fs::remove_dir_all(entry.path());
            }
        }
        let staging = tempfile::Builder::new().prefix(HIDDEN).tempdir_in(target);
        let staging = staging.with_context(write).map_err(Failure::arguments)?;
        Ok(Folder { target: target.to_owned(), staging, made, done: false })
    }

    /// Where files are written before they are moved.
    pub(crate) fn staging(&self) -> &Path {
        self.staging.path()
    }

    /// Moves what was written into its place.
    pub(crate) fn commit(mut self) -> Result<(), Failure> {
        let summary = self.target.join("summary.json");
        let write = || format!("{}: cannot be written", self.target.display());
        if summary.exists() {
            fs::remove_file(&summary).with_context(write).map_err(Failure::input)?;
        }
        for name in FILES {
            fs::rename(self.staging.path().join(name), self.target.join(name))
                .with_context(|| format!("{}: cannot be written", self.target.join(name).display()))
                .map_err(Failure::input)?;
        }
        self.done = true;
        Ok(())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if self.made && !self.done {
            let _ = fs::remove_dir_all(self.staging.path());
            // Only an empty folder goes.
            let _ = fs::remove_dir(&self.target);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_replace_results_and_nothing_else() {
        let root = tempfile::tempdir().unwrap();
        let target = root.path().join("a/b");
        let write = |folder: &Folder| {
            for name in FILES {
                fs::write(folder.staging().join(name), "x").unwrap();
            }
        };
        for _ in 0..2 {
            let folder = Folder::open(&target).unwrap();
            write(&folder);
            folder.commit().unwrap();
            assert_eq!(fs::read_dir(&target).unwrap().count(), FILES.len());
        }
        fs::remove_file(target.join("summary.json")).unwrap();
        assert!(Folder::open(&target).unwrap_err().to_string().contains("no summary.json"));
        fs::write(target.join("summary.json"), "x").unwrap();
        fs::write(target.join("diary.txt"), "x").unwrap();
        assert!(Folder::open(&target).unwrap_err().to_string().contains("`diary.txt`"));
    }

    #[test]
    fn a_failed_run_leaves_nothing() {
        let root = tempfile::tempdir().unwrap();
        let target = root.path().join("new");
        let folder = Folder::open(&target).unwrap();
        fs::write(folder.staging().join("events.parquet"), "half").unwrap();
        drop(folder);
        assert!(!target.exists());
        assert!(Folder::open(Path::new("/dev/null/x")).is_err());
    }
}
