//! Pairs of accounts that are together: how many in the truth, how many in the results, how many in both.
//!
//! Accounts with the same groups on both sides are counted as one class, so the cost is in the number of classes and
//! not in the square of the accounts. An account may be in several groups; a pair counts once however many it shares.

use std::collections::BTreeMap;

/// How many pairs are together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pairs {
    /// In a true group.
    pub(crate) truth: u64,
    /// In a found group.
    pub(crate) found: u64,
    /// In both.
    pub(crate) both: u64,
}

/// The true and the found groups of one account, each ascending.
pub(crate) type Sides = (Vec<usize>, Vec<usize>);

/// Counts the pairs among the accounts.
pub(crate) fn count(accounts: impl IntoIterator<Item = Sides>) -> Pairs {
    let mut classes: BTreeMap<Sides, u64> = BTreeMap::new();
    for sides in accounts {
        if !(sides.0.is_empty() && sides.1.is_empty()) {
            *classes.entry(sides).or_default() += 1;
        }
    }
    let classes: Vec<(Sides, u64)> = classes.into_iter().collect();
    let together = |a: &[usize], b: &[usize]| first_shared(a, b).is_some();
    let (truth, both) = over(&classes, |s| &s.0, |a, b| together(&a.1, &b.1));
    let (found, _) = over(&classes, |s| &s.1, |_, _| false);
    Pairs { truth, found, both }
}

/// Pairs that share a group on one side, and those of them for which `also` holds.
fn over(
    classes: &[(Sides, u64)],
    side: impl Fn(&Sides) -> &Vec<usize>,
    also: impl Fn(&Sides, &Sides) -> bool,
) -> (u64, u64) {
    let mut by_group: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (class, (sides, _)) in classes.iter().enumerate() {
        for &group in side(sides) {
            by_group.entry(group).or_default().push(class);
        }
    }
    let (mut sharing, mut with) = (0, 0);
    for (group, members) in by_group {
        for (i, &a) in members.iter().enumerate() {
            for &b in &members[i..] {
                let ((sides_a, n), (sides_b, m)) = (&classes[a], &classes[b]);
                // Two classes that share several groups are counted at the first one.
                if first_shared(side(sides_a), side(sides_b)) != Some(group) {
                    continue;
                }
                let pairs = if a == b { n * (n - 1) / 2 } else { n * m };
                sharing += pairs;
                if also(sides_a, sides_b) {
                    with += pairs;
                }
            }
        }
    }
    (sharing, with)
}

/// The least element of both, each being ascending.
fn first_shared(a: &[usize], b: &[usize]) -> Option<usize> {
    let (mut i, mut j) = (0, 0);
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        match x.cmp(y) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => return Some(*x),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};

    use super::*;

    #[test]
    fn by_hand() {
        // True: {a, b, c}; found: {a, b, d}.
        let sides = [
            (vec![0], vec![0]),
            (vec![0], vec![0]),
            (vec![0], vec![]),
            (vec![], vec![0]),
            (vec![], vec![]),
        ];
        assert_eq!(count(sides), Pairs { truth: 3, found: 3, both: 1 });
    }

    #[test]
    fn as_by_brute_force() {
        let mut rng = ChaCha8Rng::seed_from_u64(5);
        for _ in 0..300 {
            let n = rng.random_range(0..25);
            let groups = rng.random_range(1..6);
            let mut draw = |rate: f64| -> Vec<usize> {
                (0..groups).filter(|_| rng.random_bool(rate)).collect()
            };
            let accounts: Vec<Sides> = (0..n).map(|_| (draw(0.25), draw(0.35))).collect();
            let mut expected = Pairs::default();
            for i in 0..accounts.len() {
                for j in 0..i {
                    let share = |a: &Vec<usize>, b: &Vec<usize>| a.iter().any(|x| b.contains(x));
                    let truth = share(&accounts[i].0, &accounts[j].0);
                    let found = share(&accounts[i].1, &accounts[j].1);
                    expected.truth += u64::from(truth);
                    expected.found += u64::from(found);
                    expected.both += u64::from(truth && found);
                }
            }
            assert_eq!(count(accounts), expected);
        }
    }
}
