//! Judging: the audit over a stretch of the log.
//!
//! [`engine::run`] does the work, so a live engine finds what an audit of the same events would find. The result is kept in
//! a file named by its number before the log says that it holds.

use std::error::Error;
use std::io::Read;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

use engine::codec::Texts;
use engine::{Deliver, Part, Settings};
use eventlog::{Position, Reader};
use events::{Batch, EventTime};
use policy::Policy;

use crate::LiveError;
use crate::home::Home;
use crate::judged::Judged;
use crate::record::{self, Effect, Judging, kind};
use crate::state::VERSION;

/// Events handed over at once.
const BATCH: usize = 8_192;
/// Bytes of text after which fewer are.
const BATCH_BYTES: usize = 4 << 20;

/// Audits the events of the log that a judgement looks at. `began` is the place of the record at which it began.
pub fn judge(
    home: &Home,
    policy: &Policy,
    judging: &Judging,
    began: u64,
    last: &Judged,
) -> Result<Judged, LiveError> {
    let mut settings = Settings::new(home.options.judges, home.temp());
    settings.policy = policy.clone();
    settings.limits = home.options.limits;
    settings.split = EventTime(judging.split);
    settings.text_model = home.options.text_model.clone();
    let (log, judging) = (home.log(), *judging);
    let part: Part = Box::new(move |deliver| {
        let (place, began) = (Position(judging.place), Position(began));
        // What is named in a file is named once: perhaps before the first event that is looked at.
        let named = Reader::open(&log, place, began)?.file_begins();
        let mut reader = Reader::open(&log, named, began)?;
        read(&mut reader, place, EventTime(judging.from), deliver)
    });
    let listener: engine::Listener = Arc::new(|_| ());
    let outcome = engine::run(vec![part], &settings, &listener, &mut |_, _| Ok(()))?;
    Ok(Judged::of(outcome, (&judging, began), policy, last))
}

/// Hands over the events of the log from a place and a time on, and the names from where the reader stands.
fn read(
    reader: &mut Reader,
    place: Position,
    from: EventTime,
    deliver: &mut Deliver<'_>,
) -> Result<(), Box<dyn Error + Send + Sync>> {
    let mut batch = Batch::default();
    while let Some(found) = reader.read()? {
        if found.kind != kind::EVENTS {
            continue;
        }
        let events = match found.position < place {
            true => Some(()),
            false => record::decode(found.payload, Texts::All, &mut batch),
        };
        let whole = events.and_then(|()| record::decode_names(found.payload, &mut batch));
        whole.ok_or_else(|| format!("record {} of the log is broken", found.position))?;
        if batch.events.len() >= BATCH || batch.arena.len() >= BATCH_BYTES {
            batch.events.retain(|event| event.time >= from);
            if !deliver(std::mem::take(&mut batch)) {
                return Ok(());
            }
        }
    }
    batch.events.retain(|event| event.time >= from);
    deliver(batch);
    Ok(())
}

/// The judgement of which the log says that it took effect: as it was kept, or made again.
///
/// Made again it must come out as the log says, unless an account was erased from what it looked at.
pub fn again(
    home: &Home,
    policy: &Policy,
    judging: &Judging,
    began: u64,
    last: &Judged,
    effect: Effect,
) -> Result<Arc<Judged>, LiveError> {
    if let Some(kept) = load(home, judging.number)
        && kept.digest() == effect.digest
    {
        return Ok(Arc::new(kept));
    }
    let made = judge(home, policy, judging, began, last)?;
    let digest = made.digest();
    let erased = began < home.erased.load(Ordering::Acquire);
    let same = effect.version == VERSION;
    if digest != effect.digest && same && !erased {
        let (number, said) = (judging.number, effect.digest);
        return Err(LiveError::Differs { number, made: digest, said });
    }
    save(home, &made)?;
    Ok(Arc::new(made))
}

/// Keeps a judgement; it is on disk when this returns.
pub fn save(home: &Home, judged: &Judged) -> Result<(), LiveError> {
    let _held = home.judgements.lock().unwrap_or_else(PoisonError::into_inner);
    let mut bytes = Vec::new();
    postcard::to_io(judged, &mut bytes)?;
    let mut kept = home.judgements_folder()?;
    kept.write(Position(u64::from(judged.number)), |to| to.write_all(&bytes))?;
    Ok(())
}

/// A judgement that was kept; none if it is not there any more, or damaged: it can be made again.
pub fn load(home: &Home, number: u32) -> Option<Judged> {
    let _held = home.judgements.lock().unwrap_or_else(PoisonError::into_inner);
    let kept = home.judgements_folder().ok()?;
    let saved = kept.newest().ok()?;
    let saved = saved.iter().find(|saved| saved.position == Position(u64::from(number)))?;
    let mut found = kept.read(saved).ok()?;
    let mut bytes = Vec::new();
    found.read_to_end(&mut bytes).ok()?;
    postcard::from_bytes(&bytes).ok()
}
