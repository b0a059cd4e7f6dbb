//! Of too many the ones with the smallest keys: what is kept does not depend on who saw what, or in which order.

use events::Key;

/// Values by distinct keys, as many as were allowed.
#[derive(Clone, Debug)]
pub(crate) struct Smallest<T> {
    kept: Vec<(Key, T)>,
    most: usize,
    /// Keys from here on are known to be too great.
    end: Key,
}

impl<T: Copy> Smallest<T> {
    pub fn new(most: usize) -> Smallest<T> {
        Smallest { kept: Vec::new(), most: most.max(1), end: Key(u64::MAX) }
    }

    /// Takes a value. Of one key every value must be the same.
    pub fn push(&mut self, key: Key, value: T) {
        if key > self.end {
            return;
        }
        self.kept.push((key, value));
        if self.kept.len() >= 2 * self.most {
            self.settle();
        }
    }

    /// Takes what another kept.
    pub fn join(&mut self, other: Smallest<T>) {
        self.kept.extend(other.kept);
        self.settle();
    }

    /// What is kept, by key.
    pub fn settled(mut self) -> Vec<(Key, T)> {
        self.settle();
        self.kept
    }

    fn settle(&mut self) {
        self.kept.sort_unstable_by_key(|entry| entry.0);
        self.kept.dedup_by_key(|entry| entry.0);
        if self.kept.len() > self.most {
            self.kept.truncate(self.most);
            self.end = self.kept.last().map_or(self.end, |entry| entry.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_depends_on_nothing_but_the_keys() {
        let keys: Vec<u64> = (1..500u64).map(|n| n.wrapping_mul(0x9E37_79B9) % 1_009 + 1).collect();
        let all = |keys: &mut dyn Iterator<Item = &u64>| {
            let mut kept = Smallest::new(20);
            keys.for_each(|&key| kept.push(Key(key), key));
            kept
        };
        let forward = all(&mut keys.iter());
        let mut parts = all(&mut keys[300..].iter());
        parts.join(all(&mut keys[..300].iter().rev()));
        let forward = forward.settled();
        assert_eq!(forward.len(), 20);
        assert_eq!(forward, parts.settled());
    }
}
