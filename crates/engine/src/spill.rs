//! Bytes that are appended once and read back in pieces: in memory while small, in a nameless temporary file beyond.
//!
//! The file has no name in its directory, so nothing is left behind however the process ends.

use std::fs::File;
use std::io;
use std::path::Path;
use std::path::PathBuf;

use crate::EngineError;

/// An append-only store of bytes.
#[derive(Debug)]
pub struct Spill {
    dir: PathBuf,
    /// What is not in the file: all of it while there is no file, the tail afterwards.
    memory: Vec<u8>,
    file: Option<File>,
    /// Bytes in the file.
    filed: u64,
    limit: usize,
}

impl Spill {
    /// A store that keeps up to `limit` bytes in memory and its file, when it needs one, in `dir`.
    pub fn new(dir: &Path, limit: usize) -> Spill {
        Spill { dir: dir.to_owned(), memory: Vec::new(), file: None, filed: 0, limit }
    }

    /// Bytes held.
    pub fn len(&self) -> u64 {
        self.filed + self.memory.len() as u64
    }

    /// Appends bytes and says where they start.
    pub fn append(&mut self, bytes: &[u8]) -> Result<u64, EngineError> {
        let start = self.len();
        if self.memory.len() + bytes.len() > self.limit {
            self.empty_memory()?;
        }
        if bytes.len() > self.limit {
            self.write(bytes)?;
        } else {
            self.memory.extend_from_slice(bytes);
        }
        Ok(start)
    }

    /// Replaces `out` with `length` bytes from `start`.
    pub fn read(&self, start: u64, length: usize, out: &mut Vec<u8>) -> Result<(), EngineError> {
        // Not cleared first: what is there is written over, and filling with zeros would cost as much as reading.
        out.resize(length, 0);
        let in_file = self.filed.saturating_sub(start).min(length as u64) as usize;
        let (filed, held) = out.split_at_mut(in_file);
        if let (Some(file), false) = (&self.file, filed.is_empty()) {
            read_at(file, filed, start).map_err(|source| self.error(source))?;
        }
        let from = (start + in_file as u64).saturating_sub(self.filed) as usize;
        match self.memory.get(from..from + held.len()) {
            Some(bytes) => held.copy_from_slice(bytes),
            None => return Err(self.error(io::ErrorKind::UnexpectedEof.into())),
        }
        Ok(())
    }

    /// The error of a record that does not decode.
    pub fn broken(&self) -> EngineError {
        self.error(io::Error::new(io::ErrorKind::InvalidData, "a record read back is broken"))
    }

    fn empty_memory(&mut self) -> Result<(), EngineError> {
        let memory = std::mem::take(&mut self.memory);
        self.write(&memory)?;
        self.memory = memory;
        self.memory.clear();
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), EngineError> {
        if bytes.is_empty() {
            return Ok(());
        }
        let file = match self.file.take() {
            Some(file) => file,
            None => tempfile::tempfile_in(&self.dir).map_err(|source| self.error(source))?,
        };
        io::Write::write_all(&mut &file, bytes).map_err(|source| self.error(source))?;
        self.file = Some(file);
        self.filed += bytes.len() as u64;
        Ok(())
    }

    fn error(&self, source: io::Error) -> EngineError {
        EngineError::Spill { dir: self.dir.clone(), source }
    }
}

#[cfg(unix)]
fn read_at(file: &File, out: &mut [u8], start: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, out, start)
}

#[cfg(windows)]
fn read_at(file: &File, mut out: &mut [u8], mut start: u64) -> io::Result<()> {
    while !out.is_empty() {
        match std::os::windows::fs::FileExt::seek_read(file, out, start)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            read => {
                start += read as u64;
                out = &mut out[read..];
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_come_back_across_memory_and_file() {
        let dir = tempfile::tempdir().unwrap();
        let mut spill = Spill::new(dir.path(), 100);
        let mut whole: Vec<u8> = Vec::new();
        for round in 0..60u8 {
            let piece = vec![round; usize::from(round) * 3];
            assert_eq!(spill.append(&piece).unwrap(), whole.len() as u64);
            whole.extend(piece);
        }
        assert_eq!(spill.len(), whole.len() as u64);
        let mut out = Vec::new();
        for start in (0..whole.len()).step_by(17) {
            let length = 150.min(whole.len() - start);
            spill.read(start as u64, length, &mut out).unwrap();
            assert_eq!(out, whole[start..start + length]);
        }
        assert!(spill.read(whole.len() as u64 - 1, 2, &mut out).is_err());
    }

    #[test]
    fn a_directory_that_cannot_be_written_is_named() {
        let mut spill = Spill::new(Path::new("/nowhere/at/all"), 10);
        let error = spill.append(&[0; 11]).unwrap_err();
        assert!(error.to_string().contains("/nowhere/at/all"));
    }
}
