//! How even the gaps between a key's events are: a running test of "driven by a timer" against "done by a hand".
//!
//! Each gap, as its logarithm, is predicted from the gaps of the run so far by two stories: a timer with a little
//! jitter, and a hand, whose gaps spread over e-fold. The log-likelihood ratio in bits is summed and never falls below zero
//! (Page 1954), so a run stands out wherever it begins. Starting a run costs nothing, thus the bits must be read less log2 of the gaps.

use serde::{Deserialize, Serialize};

/// What one event did to the test.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// Bits for a timer at this point.
    pub bits: f32,
    /// Gaps in the run that reached them.
    pub run: u16,
    /// The run's typical gap in seconds.
    pub gap_seconds: f32,
}

/// The running test of one key: 24 bytes.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Evenness {
    last: i64,
    bits: f32,
    mean: f32,
    run: u16,
    events: u16,
}

/// Spread of a timer's log gaps: about 15 % jitter.
const TIMER_SPREAD: f32 = 0.15;
/// Spread of a hand's log gaps within a sitting: people pause and hurry by a factor of two to three. Deliberately at the
/// low end (measured sittings have 1.0 to 1.6), so that a steady hand is not a timer.
const HAND_SPREAD: f32 = 0.8;
/// The share of a timer's gaps that may miss (a retry, a night's rest), so that one does not undo the run.
const MISS: f32 = 0.05;
/// Gaps shorter than this many steps of the clock's resolution say more about the clock than about the hand.
const CLOCK_STEPS: i64 = 10;

impl Evenness {
    /// Events so far, at most 65,535.
    #[must_use]
    pub fn events(&self) -> u16 {
        self.events
    }

    /// Takes an event at `time` microseconds. `None` for the first, for one at the same time, and where the clock is
    /// too coarse for the gap.
    pub fn push(&mut self, time: i64) -> Option<Step> {
        let last = std::mem::replace(&mut self.last, time);
        self.events = self.events.saturating_add(1);
        if self.events == 1 {
            return None;
        }
        let gap = time.saturating_sub(last);
        if gap <= 0 || gap < resolution(time, last).saturating_mul(CLOCK_STEPS) {
            return None;
        }
        let log_gap = (gap as f32 / 1e6).ln();
        if self.run == 0 {
            (self.run, self.mean, self.bits) = (1, log_gap, 0.0);
            return None;
        }
        // The mean of few gaps is itself uncertain: both stories pay for that alike.
        let loose = 1.0 + 1.0 / self.run as f32;
        let off = log_gap - self.mean;
        let timer = (1.0 - MISS) * density(off, TIMER_SPREAD * loose.sqrt());
        let hand = density(off, HAND_SPREAD * loose.sqrt()).max(density(off, 2.5) * 0.5);
        self.bits += ((timer + MISS * hand) / hand.max(1e-30)).log2();
        if self.bits <= 0.0 {
            (self.run, self.mean, self.bits) = (1, log_gap, 0.0);
            return None;
        }
        if off.abs() < 4.0 * TIMER_SPREAD * loose.sqrt() {
            self.run = self.run.saturating_add(1);
            self.mean += off / self.run.min(64) as f32;
        }
        Some(Step { bits: self.bits, run: self.run, gap_seconds: self.mean.exp() })
    }
}

/// The coarsest usual unit of which both times are whole multiples, in microseconds. Each unit divides the next, so
/// most times are done with at the first.
fn resolution(a: i64, b: i64) -> i64 {
    const UNITS: [i64; 5] = [1_000, 1_000_000, 60_000_000, 3_600_000_000, 86_400_000_000];
    let coarser = UNITS.into_iter().take_while(|unit| a % unit == 0 && b % unit == 0);
    coarser.last().unwrap_or(1)
}

fn density(off: f32, spread: f32) -> f32 {
    (-(off / spread).powi(2) / 2.0).exp() / spread
}
