//! Erasing an account, in steps that each leave a folder that can be opened.
//!
//! The log is the truth and state a function of it; erasing changes the truth behind a state that stays. So a snapshot of
//! that state is on disk before the first file of the log is rewritten, and it is noted where judgements may come out
//! otherwise. Then everything is judged anew, without the account, and what still names it is removed. A crash leaves
//! the erasure undone, in part or wholly done; asked for again it is done to its end.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex, PoisonError, RwLockWriteGuard, TryLockError};

use engine::codec::Texts;
use eventlog::{Position, Segment, Snapshots};
use events::{Batch, EntityKind, Event, Key};
use features::Keyed;

use crate::home::Home;
use crate::jobs::{Done, Job, Standstill, Stood};
use crate::keeper::Keeper;
use crate::pseudonym::{Pseudonym, is_of, marks};
use crate::record::{self, kind};
use crate::records::{self, Records};
use crate::writer::text;
use crate::{LiveError, Refused, erased, walk};

/// What an erasure has come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A snapshot holds everything before the log's newest file, and no judgement begins.
    Saved,
    /// The account's transactions are in the records.
    PutApart,
    /// It is noted where judgements may come out otherwise.
    Noted,
    /// One more file of the log holds nothing of the account.
    Rewritten,
    /// Everything was judged without it.
    Judged,
    /// A snapshot holds that.
    SavedAgain,
    /// Older snapshots and judgements are removed.
    Cleared,
}

/// An account to erase.
pub struct Errand {
    pub account: Key,
    /// Hears each step.
    pub told: Box<dyn FnMut(Step) + Send>,
    pub done: Done,
}

/// What the log has of an account.
#[derive(Default)]
struct Held {
    events: u64,
    /// What only it used.
    own: Keyed<()>,
    texts: Vec<String>,
    /// The first places of the files that it is in.
    files: BTreeSet<Position>,
}

impl Keeper {
    /// Erases an account and says so.
    pub fn erase(&mut self, errand: Errand) {
        let Errand { account, mut told, done } = errand;
        // It remembers the account.
        self.shadow = None;
        match self.erase_account(account, &mut told) {
            Ok(events) => done(Ok(events)),
            Err(error) => {
                self.meters.failed(&text(&error));
                // If the writer has stopped nothing is held.
                let _ = self.push(Job::Release);
                done(Err(match error {
                    LiveError::Stopped(_) => Refused::Stopped,
                    error => Refused::Disk(text(&error)),
                }));
            }
        }
    }

    fn erase_account(
        &mut self,
        account: Key,
        told: &mut dyn FnMut(Step),
    ) -> Result<u64, LiveError> {
        let home = Arc::clone(&self.home);
        let mut records = self.take_records(&home)?;
        let stood = self.stand(Job::Hold)?;
        let until = Position(stood.next);
        self.keep(&home, stood)?;
        told(Step::Saved);
        let segments = self.ask(|log| log.segments())?;
        let closed: Vec<Segment> =
            segments.into_iter().filter(|segment| segment.end() <= until).collect();
        let (held, pseudonym) = look(&home.log(), &closed, until, account)?;
        put_apart(&home, &mut records, &closed, &held, account)?;
        told(Step::PutApart);
        home.erased.fetch_max(until.0, Ordering::AcqRel);
        erased::write(&home.options.folder, home.erased.load(Ordering::Acquire))?;
        told(Step::Noted);
        let pseudonym = Arc::new(pseudonym);
        for &first in &held.files {
            let pseudonym = Arc::clone(&pseudonym);
            self.ask(move |log| {
                log.rewrite(first, &mut |_, found, payload| match found {
                    kind::EVENTS => pseudonym.rewrite(payload),
                    _ => None,
                })
            })??;
            told(Step::Rewritten);
        }
        drop(records);
        let number = self.judge_without(account)?;
        told(Step::Judged);
        let stood = self.stand(Job::Stand)?;
        let kept = stood.next;
        self.keep(&home, stood)?;
        told(Step::SavedAgain);
        remove_before(&home.snapshots()?, kept)?;
        let _held = home.judgements.lock().unwrap_or_else(PoisonError::into_inner);
        remove_before(&home.judgements_folder()?, number)?;
        remove_before(&home.revisions_folder()?, number)?;
        told(Step::Cleared);
        Ok(held.events)
    }

    /// Waits for whoever reads log and records as one.
    fn take_records<'a>(
        &self,
        home: &'a Home,
    ) -> Result<RwLockWriteGuard<'a, Option<Mutex<Records>>>, LiveError> {
        loop {
            match home.records.try_write() {
                Ok(records) => return Ok(records),
                Err(TryLockError::Poisoned(records)) => return Ok(records.into_inner()),
                Err(TryLockError::WouldBlock) => self.nap()?,
            }
        }
    }

    /// Has everybody stop where everything in the log is decided, and says how things stand there.
    pub fn stand(&self, job: impl FnOnce(Standstill) -> Job) -> Result<Stood, LiveError> {
        let (told, heard) = channel();
        self.push(job(told))?;
        self.hear(&heard)?
    }

    /// Writes a snapshot of how things stood.
    pub fn keep(&mut self, home: &Home, stood: Stood) -> Result<(), LiveError> {
        let Stood { next, events, newest, bytes } = stood;
        let saved = home.snapshots()?.write(Position(next), |to| to.write_all(&bytes))?;
        self.saved(saved.bytes, (events, newest));
        Ok(())
    }

    /// Has everything judged that is in the log, by a judgement that does not remember the account; gives its number once
    /// it is in effect.
    fn judge_without(&self, account: Key) -> Result<u64, LiveError> {
        let (told, heard) = channel();
        let done: Done = Box::new(move |number| drop(told.send(number)));
        self.push(Job::Forget(account, done))?;
        let number = self.hear(&heard)?;
        number.map_err(|refused| LiveError::Stopped(refused.to_string()))
    }
}

/// Finds what the log has of an account, and draws what it becomes.
fn look(
    log: &Path,
    closed: &[Segment],
    until: Position,
    account: Key,
) -> Result<(Held, Pseudonym), LiveError> {
    let mut held = Held::default();
    let all = (Position::START, until);
    each(log, all, |_, batch| {
        for event in &batch.events {
            held.events += u64::from(is_of(event, account));
            if event.actor == account {
                held.own.extend(marks(event).map(|key| (key, ())));
            }
        }
        for name in batch.names.iter().filter(|name| name.1 == account) {
            let text = batch.text(name.2);
            if !held.texts.iter().any(|known| known == text) {
                held.texts.push(text.to_owned());
            }
        }
    })?;
    held.own.remove(&Key::NONE);
    each(log, all, |_, batch| {
        for event in batch.events.iter().filter(|event| event.actor.is_some()) {
            if event.actor != account {
                for kind in EntityKind::ALL {
                    held.own.remove(&event.key(kind));
                }
            }
        }
    })?;
    let pseudonym = Pseudonym::draw(account, held.texts.clone(), held.own.clone());
    each(log, all, |place, batch| {
        let named = batch.names.iter().any(|name| pseudonym.is_unnamed(name.1));
        if named || batch.events.iter().any(|event| pseudonym.concerns(event)) {
            let behind = closed.partition_point(|segment| segment.first.0 <= place);
            held.files.extend(behind.checked_sub(1).map(|at| closed[at].first));
        }
    })?;
    Ok((held, pseudonym))
}

/// Puts the account's transactions into the records.
fn put_apart(
    home: &Home,
    records: &mut Option<Mutex<Records>>,
    closed: &[Segment],
    held: &Held,
    account: Key,
) -> Result<(), LiveError> {
    let (log, own) = (home.log(), |event: &Event| is_of(event, account));
    let until = closed.last().map_or(Position::START, Segment::end);
    let transaction = |event: &Event| own(event) && records::is_transaction(event);
    let keys = records::keys_of(&log, (Position::START, until), &transaction)?;
    if keys.is_empty() {
        return Ok(());
    }
    let texts = records::texts_of(&log, (Position::START, until), &keys)?;
    let records = Records::get(records, &home.options)?;
    records.begin()?;
    for segment in closed.iter().filter(|segment| held.files.contains(&segment.first)) {
        let mut failed = Ok(());
        each(&log, (segment.first, segment.end()), |place, batch| {
            if failed.is_ok() {
                failed = records.put_apart(place, batch, own, &texts);
            }
        })?;
        failed?;
    }
    records.commit()
}

/// Shows each events record with its place.
fn each(
    log: &Path,
    range: (Position, Position),
    mut see: impl FnMut(u64, &mut Batch),
) -> Result<(), LiveError> {
    let mut batch = Batch::default();
    walk::records(log, range, |place, found, payload| {
        if found == kind::EVENTS {
            batch.events.clear();
            batch.names.clear();
            batch.arena.clear();
            record::decode(payload, Texts::All, &mut batch)
                .and_then(|()| record::decode_names(payload, &mut batch))
                .ok_or_else(|| walk::broken(log, place))?;
            see(place, &mut batch);
        }
        Ok(())
    })
}

/// Removes what was kept at places before this one.
fn remove_before(kept: &Snapshots, place: u64) -> Result<(), LiveError> {
    for old in kept.newest()?.into_iter().filter(|old| old.position.0 < place) {
        let path = old.file;
        std::fs::remove_file(&path).map_err(|source| LiveError::Io { path, source })?;
    }
    Ok(())
}
