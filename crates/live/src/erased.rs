//! The file `erased`: up to which place of the log an account was erased.
//!
//! It is on disk before the first byte of the log is changed, so a judgement that comes out otherwise because of it is never
//! taken for damage. One line: the place, and a digest of it, so that a flipped digit is noticed.

use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use crate::LiveError;

const NAME: &str = "erased";

fn line(place: u64) -> String {
    format!("{place} {:016x}\n", xxhash_rust::xxh3::xxh3_64(&place.to_le_bytes()))
}

/// The place; 0 if nothing was ever erased.
pub fn read(folder: &Path) -> Result<u64, LiveError> {
    let path = folder.join(NAME);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(none) if none.kind() == io::ErrorKind::NotFound => return Ok(0),
        Err(source) => return Err(LiveError::Io { path, source }),
    };
    let place = text.split(' ').next().and_then(|place| place.parse().ok());
    place.filter(|&place| line(place) == text).ok_or_else(|| {
        let source = io::Error::new(io::ErrorKind::InvalidData, "it does not match its digest");
        LiveError::Io { path, source }
    })
}

/// Notes the place. It is on disk when this returns; a crash leaves the old one or this.
pub fn write(folder: &Path, place: u64) -> Result<(), LiveError> {
    let (path, unfinished) = (folder.join(NAME), folder.join("erased.new"));
    let written = || -> io::Result<()> {
        let mut options = File::options();
        let mut file =
            options.write(true).create(true).truncate(true).mode(0o600).open(&unfinished)?;
        file.write_all(line(place).as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&unfinished, &path)?;
        File::open(folder)?.sync_all()
    };
    written().map_err(|source| LiveError::Io { path: path.clone(), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_is_read_back_and_a_changed_digit_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(read(folder.path()).unwrap(), 0);
        write(folder.path(), 7).unwrap();
        write(folder.path(), 90_210).unwrap();
        assert_eq!(read(folder.path()).unwrap(), 90_210);
        let path = folder.path().join(NAME);
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.replacen('9', "8", 1)).unwrap();
        let error = read(folder.path()).unwrap_err().to_string();
        assert!(error.contains("erased"), "{error}");
    }
}
