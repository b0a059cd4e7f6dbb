//! A walk: what an account looked at lately, so that an order can tell how its buyer came to it.

use events::Key;

use crate::trade::Approach;

/// Seconds before an order that belong to the way to it.
pub(crate) const WAY: u32 = 3600;
/// Visits kept: of a longer way its end.
const VISITS: usize = 8;

#[derive(Clone, Copy, Debug, Default)]
struct Visit {
    subject: Key,
    second: u32,
    /// Tenths of a second.
    stay: u32,
}

/// The last visits of an account and its last search.
#[derive(Clone, Debug, Default)]
pub(crate) struct Walk {
    visits: [Visit; VISITS],
    next: u8,
    words: Key,
    searched: u32,
    pub last: u32,
}

impl Walk {
    pub fn visit(&mut self, subject: Key, second: u32, dwell_ms: Option<i64>) {
        let stay = dwell_ms.unwrap_or(0).clamp(0, i64::from(WAY) * 1000) as u32 / 100;
        self.visits[usize::from(self.next)] = Visit { subject, second, stay };
        self.next = (self.next + 1) % VISITS as u8;
        self.last = second;
    }

    pub fn search(&mut self, words: Key, second: u32) {
        (self.words, self.searched, self.last) = (words, second, second);
    }

    /// The way to an order of `subject` at `second`.
    pub fn approach(&self, subject: Key, second: u32) -> Approach {
        let recent = |then: u32| then > 0 && second.saturating_sub(then) <= WAY;
        let searched = recent(self.searched);
        let since = if searched { self.searched } else { second.saturating_sub(WAY) };
        let visits = || self.visits.iter().filter(|visit| recent(visit.second));
        let start = visits().map(|visit| visit.second).filter(|then| *then >= since).min();
        let start = if searched { self.searched } else { start.unwrap_or(second) };
        let mut rivals: Vec<Key> = visits()
            .filter(|visit| visit.second >= since && visit.subject != subject)
            .map(|visit| visit.subject)
            .collect();
        rivals.sort_unstable();
        rivals.dedup();
        Approach {
            stay: visits().filter(|visit| visit.subject == subject).map(|visit| visit.stay).sum(),
            rivals: rivals.len() as u8,
            words: if searched { self.words } else { Key::NONE },
            since: second.saturating_sub(start),
            looked: visits().next().is_some(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_is_what_came_after_the_search_within_an_hour() {
        let mut walk = Walk::default();
        walk.visit(Key(9), 100, Some(8_000));
        walk.search(Key(77), 10_000);
        walk.visit(Key(1), 10_010, Some(20_000));
        walk.visit(Key(2), 10_040, Some(30_000));
        walk.visit(Key(3), 10_080, Some(330_000));
        let way = walk.approach(Key(3), 10_420);
        let expected =
            Approach { stay: 3_300, rivals: 2, words: Key(77), since: 420, looked: true };
        assert_eq!(way, expected);
        let later = walk.approach(Key(3), 20_000);
        assert_eq!(later, Approach::default());
    }
}
