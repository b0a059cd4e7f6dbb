//! How long a key goes on without a rest: its longest stretch of acts with no long pause between them.

use serde::{Deserialize, Serialize};

/// The wakes of one key, for whom a pause of that many seconds is a rest: 20 bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waking<const REST: u32> {
    since: u32,
    last: u32,
    events: u32,
    longest: Wake,
}

/// A stretch of acts without a rest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wake {
    /// The second of its last act, since 1970.
    pub ended: u32,
    /// Seconds from its first act to its last.
    pub seconds: u32,
}

impl<const REST: u32> Waking<REST> {
    /// Takes an act at a second since 1970. Seconds must not go back; one that does counts as the newest.
    pub fn push(&mut self, second: u32) {
        let now = second.max(self.last);
        if self.events == 0 || now - self.last >= REST {
            self.since = now;
        }
        self.last = now;
        self.events = self.events.saturating_add(1);
        let seconds = now - self.since;
        if seconds >= self.longest.seconds {
            self.longest = Wake { ended: now, seconds };
        }
    }

    /// Acts so far.
    #[must_use]
    pub fn events(&self) -> u32 {
        self.events
    }

    /// The longest stretch so far; of equals the last.
    #[must_use]
    pub fn longest(&self) -> Wake {
        self.longest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: u32 = 3600;
    const REST: u32 = 5 * HOUR;

    fn after(hours: impl IntoIterator<Item = u32>) -> Waking<REST> {
        let mut waking = Waking::default();
        hours.into_iter().for_each(|hour| waking.push(1_778_000_000 + hour * HOUR));
        waking
    }

    #[test]
    fn a_rest_ends_a_stretch_and_the_longest_stays() {
        assert_eq!(after([]).longest(), Wake::default());
        let waking = after([0, 4, 8, 12, 17, 18, 30]);
        assert_eq!(waking.events(), 7);
        assert_eq!(waking.longest(), Wake { ended: 1_778_000_000 + 12 * HOUR, seconds: 12 * HOUR });
    }

    #[test]
    fn time_does_not_go_back() {
        assert_eq!(after([4, 0, 8]).longest().seconds, 4 * HOUR);
    }

    #[test]
    fn equals_a_recount() {
        let mut state = 9u64;
        let mut draw = |below: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        for _ in 0..200 {
            let mut seconds = vec![1_778_000_000u32];
            for _ in 0..draw(60) {
                let last = seconds[seconds.len() - 1];
                seconds.push(last + draw(u64::from(REST) * 5 / 4) as u32);
            }
            let mut waking = Waking::<REST>::default();
            seconds.iter().for_each(|&second| waking.push(second));
            let stretches = seconds.chunk_by(|a, b| b - a < REST);
            let longest = stretches.map(|part| part[part.len() - 1] - part[0]).max();
            assert_eq!(Some(waking.longest().seconds), longest);
        }
    }
}
