//! A sliding window of counts in event time, at four lengths at once.
//!
//! Each length is cut into panes, and a count is that of the panes up to and with the current one: a window of a day
//! reaches back between 21 and 24 hours. That is the trade: a step of one pane in when an event leaves, for a hundred
//! bytes a key whatever the rate. A key with few events keeps their times instead, in a third of that, with the very same counts.

use serde::{Deserialize, Serialize};

/// The lengths of a [`Window`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
#[allow(missing_docs)]
pub enum Reach {
    Minute,
    Hour,
    Day,
    Week,
}

impl Reach {
    /// All of them, shortest first.
    pub const ALL: [Reach; 4] = [Reach::Minute, Reach::Hour, Reach::Day, Reach::Week];

    /// Seconds of one pane, and how many panes make the window.
    #[must_use]
    pub const fn panes(self) -> (u32, u32) {
        match self {
            Reach::Minute => (10, 6),
            Reach::Hour => (600, 6),
            Reach::Day => (10_800, 8),
            Reach::Week => (86_400, 7),
        }
    }

    /// Its length in seconds.
    #[must_use]
    pub const fn seconds(self) -> u32 {
        let (pane, panes) = self.panes();
        pane * panes
    }

    /// The word used in evidence.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Reach::Minute => "minute",
            Reach::Hour => "hour",
            Reach::Day => "day",
            Reach::Week => "week",
        }
    }
}

/// Events whose times are kept as they are before panes are worth their memory.
const FEW: usize = 4;

/// Counts of the recent past of one key.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Window {
    few: [u32; FEW],
    len: u8,
    panes: Option<Box<Panes>>,
}

impl Default for Window {
    fn default() -> Self {
        Self { few: [0; FEW], len: 0, panes: None }
    }
}

/// Rings of pane counts. `at` is the number of the newest pane of each ring; sums are kept so that reading is free.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Panes {
    at: [u32; 4],
    sum: [u32; 4],
    minute: [u32; 6],
    hour: [u32; 6],
    day: [u32; 8],
    week: [u32; 7],
}

impl Window {
    /// Counts one event at a second since 1970 and returns the counts of the four windows that end with it. Seconds
    /// must not go back; one that does counts as the newest so far.
    pub fn push(&mut self, second: u32) -> [u32; 4] {
        if let Some(panes) = &mut self.panes {
            return panes.push(second);
        }
        let len = usize::from(self.len);
        let second = if len == 0 { second } else { second.max(self.few[len - 1]) };
        if len < FEW {
            self.few[len] = second;
            self.len += 1;
            return Reach::ALL.map(|span| few_in(&self.few[..=len], second, span));
        }
        let mut panes = Box::new(Panes::starting(self.few[0]));
        for &earlier in &self.few {
            panes.push(earlier);
        }
        let counts = panes.push(second);
        self.panes = Some(panes);
        counts
    }

    /// Reads a little of what counting will read, and nothing more: see [`Keyed`](crate::Keyed).
    #[must_use]
    pub fn glance(&self) -> u32 {
        self.panes
            .as_ref()
            .map_or(0, |panes| panes.at[0].wrapping_add(panes.hour[0]).wrapping_add(panes.week[0]))
    }

    /// Bytes beyond the struct's own.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        if self.panes.is_some() { size_of::<Panes>() } else { 0 }
    }
}

fn few_in(times: &[u32], now: u32, span: Reach) -> u32 {
    let (pane, panes) = span.panes();
    let first = (now / pane).saturating_sub(panes - 1);
    times.iter().filter(|&&time| time / pane >= first).count() as u32
}

impl Panes {
    fn starting(second: u32) -> Self {
        Self {
            at: Reach::ALL.map(|span| second / span.panes().0),
            sum: [0; 4],
            minute: [0; 6],
            hour: [0; 6],
            day: [0; 8],
            week: [0; 7],
        }
    }

    fn push(&mut self, second: u32) -> [u32; 4] {
        let Panes { at: [a, b, c, d], sum: [s, t, u, v], minute, hour, day, week } = self;
        add(minute, a, s, second / Reach::Minute.panes().0);
        add(hour, b, t, second / Reach::Hour.panes().0);
        add(day, c, u, second / Reach::Day.panes().0);
        add(week, d, v, second / Reach::Week.panes().0);
        self.sum
    }
}

#[inline]
fn add<const N: usize>(ring: &mut [u32; N], at: &mut u32, sum: &mut u32, pane: u32) {
    if pane > *at {
        let steps = pane - *at;
        if steps as usize >= N {
            *ring = [0; N];
            *sum = 0;
        } else {
            for step in 1..=steps {
                let slot = &mut ring[(*at + step) as usize % N];
                *sum -= *slot;
                *slot = 0;
            }
        }
        *at = pane;
    }
    let slot = &mut ring[*at as usize % N];
    if *sum < u32::MAX {
        *slot += 1;
        *sum += 1;
    }
}
