//! Revisions that wait to be delivered, in a file: what was told is delivered, or given up in the open, also across a
//! restart.
//!
//! A line is a revision. Beside it a cursor says how many bytes were delivered; when all are, the file begins anew. The
//! file is bounded: a receiver that stays away so long that it fills loses what comes then, and the loss is counted.
//! What is kept of an account that is erased becomes blanks where it stands, so that the cursor stays true whenever that is
//! interrupted; the room is given back with the rest of the file.

use crate::private::{self, replace};
use events::Key;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Bytes that may wait.
const WAITING: u64 = 1 << 30;
/// Bytes of dead letters; beyond, letters are counted and not kept.
const DEAD: u64 = 256 << 20;
/// Bytes after which an outbox whose lines are all delivered begins anew.
const WORN: u64 = 1 << 20;

/// The file of what waits, in the folder.
const WAITS: &str = "outbox.jsonl";
/// The file of what nobody took.
const GIVEN_UP: &str = "dead.jsonl";

/// What was delivered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Cursor {
    /// Bytes of the outbox.
    delivered: u64,
    /// The number of the last revision that was put in, also if the outbox began anew since.
    last: u64,
    /// Where the letter ends that is being tried: what comes meanwhile is not put into it, so that each try is the same,
    /// also after a restart. No more than `delivered` if there is none.
    #[serde(default)]
    until: u64,
}

/// The outbox of one tenant.
#[derive(Debug)]
pub struct Outbox {
    folder: PathBuf,
    file: File,
    written: u64,
    cursor: Cursor,
}

/// Some revisions to deliver together.
#[derive(Debug, PartialEq, Eq)]
pub struct Letter {
    /// Lines, each a JSON object.
    pub lines: Vec<String>,
    /// Where the outbox goes on after them.
    end: u64,
}

impl Outbox {
    /// Opens it; a line that was not written to its end is cut off.
    ///
    /// # Errors
    /// The folder cannot be made or its files not be read.
    pub fn open(folder: &Path) -> io::Result<Outbox> {
        private::folder(folder)?;
        let cursor = match fs::read_to_string(folder.join("cursor.toml")) {
            Ok(text) => toml::from_str(&text).map_err(io::Error::other)?,
            Err(why) if why.kind() == io::ErrorKind::NotFound => Cursor::default(),
            Err(why) => return Err(why),
        };
        let file = private::file().read(true).append(true).open(folder.join(WAITS))?;
        let mut outbox = Outbox { folder: folder.to_path_buf(), file, written: 0, cursor };
        outbox.recover()?;
        Ok(outbox)
    }

    fn recover(&mut self) -> io::Result<()> {
        let length = self.file.metadata()?.len();
        if self.cursor.delivered > length {
            // The cursor outlived an outbox that began anew. It must not outlive it any longer, or it would pass over what
            // is put in from here on.
            (self.cursor.delivered, self.cursor.until) = (length, length);
            self.keep_cursor()?;
        }
        self.written = self.cursor.delivered;
        let mut reader = BufReader::new(&self.file);
        reader.seek(SeekFrom::Start(self.cursor.delivered))?;
        let mut line = String::new();
        while reader.read_line(&mut line)? > 0 && line.ends_with('\n') {
            self.written += line.len() as u64;
            let number = serde_json::from_str::<serde_json::Value>(&line)
                .ok()
                .and_then(|revision| revision.get("number")?.as_u64());
            self.cursor.last = self.cursor.last.max(number.unwrap_or(0));
            line.clear();
        }
        self.cursor.until = self.cursor.until.min(self.written);
        self.file.set_len(self.written)
    }

    /// Puts revisions in, each with its number, and syncs them; those whose number was put in before are left out. Says
    /// how many found no room.
    ///
    /// # Errors
    /// The disk.
    pub fn put(&mut self, revisions: &[(u64, String)]) -> io::Result<u64> {
        let (mut lost, mut text) = (0, String::new());
        let mut last = self.cursor.last;
        for (number, line) in revisions {
            if *number <= last {
                continue;
            }
            last = *number;
            if self.written + (text.len() + line.len()) as u64 > WAITING {
                lost += 1;
                continue;
            }
            text.push_str(line);
            text.push('\n');
        }
        if !text.is_empty() {
            self.file.write_all(text.as_bytes())?;
            self.file.sync_data()?;
            self.written += text.len() as u64;
        }
        self.cursor.last = last;
        Ok(lost)
    }

    /// The next revisions to deliver, at most so many. Asked again before they are done, the same, but for what was erased
    /// meanwhile.
    ///
    /// # Errors
    /// The disk.
    pub fn next(&mut self, most: usize) -> io::Result<Option<Letter>> {
        if self.cursor.delivered >= self.written {
            return Ok(None);
        }
        let letter = if self.cursor.until > self.cursor.delivered {
            self.letter(usize::MAX, self.cursor.until)?
        } else {
            let letter = self.letter(most, self.written)?;
            self.cursor.until = letter.end;
            self.keep_cursor()?;
            letter
        };
        if letter.lines.is_empty() {
            // All of it was erased.
            self.done(&letter)?;
            return Ok(None);
        }
        Ok(Some(letter))
    }

    /// What waits up to a place, at most so many revisions.
    fn letter(&self, most: usize, until: u64) -> io::Result<Letter> {
        let mut reader = BufReader::new(&self.file);
        reader.seek(SeekFrom::Start(self.cursor.delivered))?;
        let mut letter = Letter { lines: Vec::new(), end: self.cursor.delivered };
        while letter.lines.len() < most && letter.end < until {
            let mut line = String::new();
            letter.end += reader.read_line(&mut line)? as u64;
            if line.pop().is_none() {
                break;
            }
            // Blanks, or what is left where a crash came between them and the disk.
            if serde_json::from_str::<IgnoredAny>(&line).is_ok() {
                letter.lines.push(line);
            }
        }
        Ok(letter)
    }

    /// Notes that a letter needs no more tries.
    ///
    /// # Errors
    /// The disk.
    pub fn done(&mut self, letter: &Letter) -> io::Result<()> {
        self.cursor.delivered = letter.end;
        if letter.end == self.written && self.written > WORN {
            self.file.set_len(0)?;
            (self.written, self.cursor.delivered, self.cursor.until) = (0, 0, 0);
        }
        self.keep_cursor()
    }

    /// Keeps a letter that nobody took, for people to look at, but for what was erased since. Says whether there was
    /// room.
    ///
    /// # Errors
    /// The disk.
    pub fn bury(&self, letter: &Letter) -> io::Result<bool> {
        let path = self.folder.join(GIVEN_UP);
        let mut file = private::file().append(true).open(path)?;
        if file.metadata()?.len() > DEAD {
            return Ok(false);
        }
        for line in self.letter(usize::MAX, letter.end)?.lines {
            writeln!(file, "{line}")?;
        }
        file.sync_data()?;
        Ok(true)
    }

    /// Removes what is kept of accounts: what waits, what was delivered, and what was given up. On disk when this returns;
    /// done twice it does nothing more.
    ///
    /// # Errors
    /// The disk: it may be done in part.
    pub fn erase(&mut self, accounts: &[Key]) -> io::Result<()> {
        // The number of the last revision is not to be read out of a blank.
        self.keep_cursor()?;
        blank(&self.folder.join(WAITS), accounts)?;
        blank(&self.folder.join(GIVEN_UP), accounts)
    }

    fn keep_cursor(&self) -> io::Result<()> {
        let text = toml::to_string(&self.cursor).map_err(io::Error::other)?;
        replace(&self.folder.join("cursor.toml"), text.as_bytes())
    }

    /// Bytes that wait.
    #[must_use]
    pub fn waiting(&self) -> u64 {
        self.written - self.cursor.delivered
    }

    /// The number of the last revision that was put in.
    #[must_use]
    pub fn last(&self) -> u64 {
        self.cursor.last
    }
}

/// A line as far as it says whose it is.
#[derive(Deserialize)]
struct Named {
    account: Option<String>,
    subject: Option<String>,
}

/// Overwrites the lines of a file that name one of these, and those that nobody could read.
fn blank(path: &Path, accounts: &[Key]) -> io::Result<()> {
    let file = match File::options().read(true).write(true).open(path) {
        Err(none) if none.kind() == io::ErrorKind::NotFound => return Ok(()),
        opened => opened?,
    };
    let mut reader = BufReader::new(File::open(path)?);
    let (mut place, mut line) = (0, Vec::new());
    while reader.read_until(b'\n', &mut line)? > 0 {
        let text = line.trim_ascii();
        let is_theirs = match serde_json::from_slice::<Named>(text) {
            Ok(named) => [named.account, named.subject]
                .iter()
                .flatten()
                .any(|name| accounts.contains(&Key::of(name))),
            Err(_) => !text.is_empty(),
        };
        if is_theirs {
            let mut writer = &file;
            writer.seek(SeekFrom::Start(place))?;
            writer.write_all(&vec![b' '; line.strip_suffix(b"\n").unwrap_or(&line).len()])?;
        }
        place += line.len() as u64;
        line.clear();
    }
    file.sync_data()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn revision(number: u64) -> (u64, String) {
        (number, format!("{{\"number\":{number}}}"))
    }

    #[test]
    fn what_was_put_in_comes_out_once_also_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let mut outbox = Outbox::open(folder.path()).unwrap();
        assert!(outbox.next(10).unwrap().is_none());
        assert_eq!(outbox.put(&[revision(1), revision(2), revision(2), revision(3)]).unwrap(), 0);
        let first = outbox.next(2).unwrap().unwrap();
        assert_eq!(first.lines, ["{\"number\":1}", "{\"number\":2}"]);
        // Not done: it comes again.
        drop(outbox);
        let mut outbox = Outbox::open(folder.path()).unwrap();
        assert_eq!(outbox.next(2).unwrap().unwrap(), first);
        outbox.done(&first).unwrap();
        drop(outbox);
        // A torn line is cut off, and what is told again after a restart is not put in again.
        let path = folder.path().join("outbox.jsonl");
        let mut text = fs::read_to_string(&path).unwrap();
        text.push_str("{\"numb");
        fs::write(&path, text).unwrap();
        let mut outbox = Outbox::open(folder.path()).unwrap();
        outbox.put(&[revision(2), revision(3), revision(4)]).unwrap();
        let rest = outbox.next(10).unwrap().unwrap();
        assert_eq!(rest.lines, ["{\"number\":3}", "{\"number\":4}"]);
        assert!(outbox.bury(&rest).unwrap());
        outbox.done(&rest).unwrap();
        assert!(outbox.next(10).unwrap().is_none());
        assert_eq!(
            fs::read_to_string(folder.path().join("dead.jsonl")).unwrap().lines().count(),
            2
        );
    }

    #[test]
    fn each_try_of_a_letter_is_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let mut outbox = Outbox::open(folder.path()).unwrap();
        outbox.put(&[revision(1), revision(2)]).unwrap();
        let first = outbox.next(10).unwrap().unwrap();
        assert_eq!(first.lines.len(), 2);
        outbox.put(&[revision(3)]).unwrap();
        assert_eq!(outbox.next(10).unwrap().unwrap(), first);
        // Nor does it become another when there is room for fewer at a time, or after a restart.
        assert_eq!(outbox.next(1).unwrap().unwrap(), first);
        drop(outbox);
        let mut outbox = Outbox::open(folder.path()).unwrap();
        outbox.put(&[revision(4)]).unwrap();
        assert_eq!(outbox.next(10).unwrap().unwrap(), first);
        outbox.done(&first).unwrap();
        assert_eq!(outbox.next(10).unwrap().unwrap().lines.len(), 2);
    }

    #[test]
    fn a_cursor_that_outlived_its_outbox_passes_over_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let mut outbox = Outbox::open(folder.path()).unwrap();
        outbox.put(&[revision(1)]).unwrap();
        let letter = outbox.next(10).unwrap().unwrap();
        outbox.done(&letter).unwrap();
        drop(outbox);
        fs::write(folder.path().join(WAITS), "").unwrap();
        let mut outbox = Outbox::open(folder.path()).unwrap();
        outbox.put(&[revision(2)]).unwrap();
        drop(outbox);
        let mut outbox = Outbox::open(folder.path()).unwrap();
        assert_eq!(outbox.next(10).unwrap().unwrap().lines, [revision(2).1]);
    }

    #[test]
    fn of_an_erased_account_nothing_is_kept_nor_delivered() {
        let folder = tempfile::tempdir().unwrap();
        let line = |number: u64, of: &str, name: &str| {
            (number, format!("{{\"number\":{number},\"{of}\":\"{name}\"}}"))
        };
        let all = [
            line(1, "account", "小\\n7"),
            line(2, "account", "bob"),
            line(3, "account", "小\\n7"),
            line(4, "account", "eve"),
            line(5, "subject", "小\\n7"),
        ];
        let mut outbox = Outbox::open(folder.path()).unwrap();
        outbox.put(&all).unwrap();
        let first = outbox.next(1).unwrap().unwrap();
        outbox.bury(&first).unwrap();
        outbox.done(&first).unwrap();
        let under_way = outbox.next(2).unwrap().unwrap();
        assert_eq!(under_way.lines.len(), 2);
        outbox.erase(&[Key::of("小\n7")]).unwrap();
        // What nobody took meanwhile is not kept under its name either.
        outbox.bury(&under_way).unwrap();
        drop(outbox);
        let kept = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
        assert!(!(kept(WAITS) + &kept(GIVEN_UP)).contains('小'));
        assert_eq!(kept(GIVEN_UP).trim(), all[1].1);
        let mut outbox = Outbox::open(folder.path()).unwrap();
        assert_eq!(outbox.last(), 5);
        let rest = outbox.next(10).unwrap().unwrap();
        assert_eq!(rest.lines, [all[1].1.clone()]);
        outbox.done(&rest).unwrap();
        let rest = outbox.next(10).unwrap().unwrap();
        assert_eq!(rest.lines, [all[3].1.clone()]);
        outbox.done(&rest).unwrap();
        outbox.put(&[line(6, "account", "eve")]).unwrap();
        outbox.erase(&[Key::of("eve")]).unwrap();
        assert_eq!((outbox.next(10).unwrap(), outbox.waiting()), (None, 0));
    }
}
