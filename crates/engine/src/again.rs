//! A second look at the events, once it is known what to look for.
//!
//! Workers take whole slices, whichever is next, so what they gather must not depend on which worker saw an event or in
//! what order slices were taken: sums and sets.

use std::sync::atomic::{AtomicUsize, Ordering};

use events::Event;

use crate::EngineError;
use crate::codec::Texts;
use crate::error::panic_text;
use crate::slices::{Ordered, Slice};

/// Shows every event with the text that was asked for to one of the gatherings, one for each worker, and gives them
/// back.
pub fn look<T: Send>(
    ordered: &Ordered,
    gatherings: Vec<T>,
    texts: Texts,
    see: impl Fn(&mut T, &Event, &str) + Sync,
) -> Result<Vec<T>, EngineError> {
    let next = AtomicUsize::new(0);
    let work = |mut gathering: T| -> Result<T, EngineError> {
        let mut slice = Slice::default();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= ordered.slices() {
                return Ok(gathering);
            }
            ordered.load(number, texts, &mut slice)?;
            for event in &slice.events {
                let start = event.text.start as usize;
                let text = slice.arena.get(start..start + event.text.len as usize);
                see(&mut gathering, event, text.unwrap_or(""));
            }
        }
    };
    std::thread::scope(|scope| {
        let work = &work;
        let threads: Vec<_> =
            gatherings.into_iter().map(|gathering| scope.spawn(move || work(gathering))).collect();
        let ended = |thread: std::thread::ScopedJoinHandle<'_, _>| {
            thread.join().unwrap_or_else(|panic| Err(EngineError::Worker(panic_text(&*panic))))
        };
        threads.into_iter().map(ended).collect()
    })
}
