//! A batch: some events and the texts that they point into.

use crate::{EntityKind, Event, Key};

/// A piece of a batch's arena: where it starts and how many bytes it has. The empty span is "no text".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Span {
    pub start: u32,
    pub len: u32,
}

impl Span {
    /// The text of the span in an arena; empty for a span that is not this arena's.
    #[must_use]
    pub fn of(self, arena: &str) -> &str {
        let start = self.start as usize;
        arena.get(start..start + self.len as usize).unwrap_or("")
    }
}

/// Events read together, with their texts in one arena, and the identifier texts behind keys that were not seen lately.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// The events, in the order of the input.
    pub events: Vec<Event>,
    /// The texts that spans point into.
    pub arena: String,
    /// What a key stands for: a key may be named twice, or in another batch only.
    pub names: Vec<(EntityKind, Key, Span)>,
}

impl Batch {
    /// Keeps a text and says where it is. A text that would take the arena past 4 GiB is kept as none: a reader cuts
    /// its batches long before that.
    pub fn keep(&mut self, text: &str) -> Span {
        let (Ok(start), Ok(len)) = (u32::try_from(self.arena.len()), u32::try_from(text.len()))
        else {
            return Span::default();
        };
        if start.checked_add(len).is_none() {
            return Span::default();
        }
        self.arena.push_str(text);
        Span { start, len }
    }

    /// The text of a span; empty for a span that is not this batch's.
    #[must_use]
    pub fn text(&self, span: Span) -> &str {
        span.of(&self.arena)
    }
}
