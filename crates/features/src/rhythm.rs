//! A key's own history by the hour: its usual rate, how unruly it is, and how it follows the day.
//!
//! Hours close in order; a stretch of silence closes many at once at no cost. Rates fade with a half-life, so an old
//! crowd does not excuse a new one for ever. Everything shrinks to what the caller gives as prior: a key that was never seen has no history and
//! its first hour is judged by the prior alone.

use serde::{Deserialize, Serialize};

/// Eighths of a day, in UTC: enough to know night from evening, few enough to learn within days.
const EIGHTHS: usize = 8;
/// Hours after which an hour weighs half: two weeks.
const HALF_LIFE_HOURS: f32 = 336.0;

/// The hourly past of one key: 56 bytes.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Rhythm {
    hour: u32,
    current: u32,
    hours: f32,
    total: f32,
    squares: f32,
    eighths: [f32; EIGHTHS],
}

/// What an hour's count is measured against.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Expected {
    /// Mean events in this hour.
    pub mean: f64,
    /// Size parameter of a negative binomial: variance = mean + mean² / size.
    pub size: f64,
    /// Faded hours of history behind it.
    pub hours: f64,
}

impl Rhythm {
    /// Counts an event at a second since 1970 and returns how many there are in its hour so far. Hours must not go
    /// back; one that does counts in the newest.
    pub fn push(&mut self, second: u32) -> u32 {
        let hour = second / 3600;
        if self.current == 0 && self.hours == 0.0 && self.hour == 0 {
            self.hour = hour;
        } else if hour > self.hour {
            self.close(hour);
        }
        self.current = self.current.saturating_add(1);
        self.current
    }

    fn close(&mut self, hour: u32) {
        let count = self.current as f32;
        self.hours += 1.0;
        self.total += count;
        self.squares += count * count;
        self.eighths[eighth(self.hour)] += count;
        let passed = (hour - self.hour) as f32;
        let fade = (-passed / HALF_LIFE_HOURS).exp2();
        // The silent hours in between fade too: their sum is a geometric series.
        let silent = passed - 1.0;
        self.hours = self.hours * fade + silent * (1.0 + fade) / 2.0;
        self.total *= fade;
        self.squares *= fade;
        for eighth in &mut self.eighths {
            *eighth *= fade;
        }
        self.hour = hour;
        self.current = 0;
    }

    /// What this hour should hold, from the closed hours and `prior_mean` events an hour worth `prior_hours` hours.
    #[must_use]
    pub fn expected(&self, prior_mean: f64, prior_hours: f64) -> Expected {
        let (hours, total) = (f64::from(self.hours), f64::from(self.total));
        let weight = hours + prior_hours;
        let mean = (total + prior_mean * prior_hours) / weight;
        // An eighth's share of the day, shrunk to even by a day's worth of the mean.
        let own = f64::from(self.eighths[eighth(self.hour)]);
        let even = (mean * 24.0).max(1.0);
        let day = EIGHTHS as f64 * (own + even / EIGHTHS as f64) / (total + even);
        let variance = (f64::from(self.squares)
            + prior_hours * (prior_mean + 2.0 * prior_mean * prior_mean))
            / weight
            - mean * mean;
        // Between 0.5 (as unruly as an exponential of exponentials) and 50 (nearly Poisson).
        let size =
            if variance > mean { (mean * mean / (variance - mean)).clamp(0.5, 50.0) } else { 50.0 };
        Expected { mean: mean * day.clamp(0.25, 4.0), size, hours }
    }
}

fn eighth(hour: u32) -> usize {
    (hour % 24 / 3) as usize
}
