//! OPS01: a person who lets pass what risk control stops, again and again for the same owner's gain.
//!
//! Letting pass is somebody's work: whoever does it all day has many, spread over owners as the prompts are. An insider's
//! are not (the Haidian case of 2021: subsidies of 1.5 million yuan, each prompt answered with "business needs"). Who is on duty when a shop
//! sells out passes that shop's prompts, and so does the colleague beside: what others pass on the same day and in the same hour counts too.

use detectors::chance::bits_at_least;
use detectors::{Code, Finding};
use events::{Entity, EntityKind, EventTime, Key};
use features::Keyed;
use std::collections::BTreeMap;
use trades::{Book, Passed};

/// The fewest prompts passed for one owner.
const FEWEST: usize = 5;
/// Bits beyond the price of the search.
const BITS: f64 = 10.0;
/// Prompts of a stretch of time for which the owner's share at all times counts.
const LEAN: f64 = 2.0;
/// Seconds of the stretches in which colleagues are looked at: a day, and an hour, since shifts change.
const STRETCHES: [u32; 2] = [86_400, 3_600];

/// Findings about people who let pass prompts, in the order of their keys.
#[must_use]
pub fn overrides(book: &Book) -> Vec<Finding> {
    let mut for_owner: Keyed<u32> = Keyed::default();
    for passed in &book.passed {
        *for_owner.entry(passed.owner).or_default() += 1;
    }
    let stretches = STRETCHES.map(|seconds| Stretches::of(&book.passed, seconds));
    let all = book.passed.len() as f64;
    let same = |x: &Passed, y: &Passed| (x.operator, x.owner) == (y.operator, y.owner);
    let price = (book.passed.chunk_by(same).count().max(2) as f64).log2();
    let mut findings = Vec::new();
    for by in book.passed.chunk_by(|x, y| x.operator == y.operator) {
        let turns = stretches.each_ref().map(|then| then.turns(by));
        let pairs = by.chunk_by(|x, y| x.owner == y.owner);
        for own in pairs.filter(|own| own.len() >= FEWEST) {
            // What others passed for the owner says how often its prompts need passing.
            let others =
                f64::from(for_owner.get(&own[0].owner).copied().unwrap_or(0)) - own.len() as f64;
            let elsewhere = all - by.len() as f64;
            let owners = for_owner.len() as f64;
            let share = (others + 0.5) / (elsewhere + owners / 2.0);
            let usual = by.len() as f64 * share;
            let others_then = stretches.iter().zip(&turns);
            let others_then = others_then.map(|(then, turns)| then.expected(turns, own, share));
            let expected = others_then.fold(usual, f64::max);
            let bits = bits_at_least(own.len() as f64, expected, f64::INFINITY) - price;
            if bits >= BITS {
                findings.push(finding(by, own, (expected, price), bits));
            }
        }
    }
    findings
}

/// Prompts passed by stretches of time, of all owners and of each.
struct Stretches {
    seconds: u32,
    all: BTreeMap<u32, f64>,
    of_owner: Keyed<BTreeMap<u32, f64>>,
}

/// Of each stretch in which a person passed prompts, how many for each that others passed, and the sum over stretches.
struct Turns(BTreeMap<u32, f64>, f64);

impl Stretches {
    fn of(passed: &[Passed], seconds: u32) -> Stretches {
        let mut sums = Stretches { seconds, all: BTreeMap::new(), of_owner: Keyed::default() };
        for one in passed {
            let at = one.second / seconds;
            *sums.all.entry(at).or_default() += 1.0;
            *sums.of_owner.entry(one.owner).or_default().entry(at).or_default() += 1.0;
        }
        sums
    }

    fn turns(&self, by: &[Passed]) -> Turns {
        let mut turns: BTreeMap<u32, f64> = BTreeMap::new();
        for passed in by {
            *turns.entry(passed.second / self.seconds).or_default() += 1.0;
        }
        for (at, own) in &mut turns {
            let others = self.all.get(at).copied().unwrap_or(0.0) - *own;
            *own /= others + LEAN;
        }
        let sum = turns.values().sum();
        Turns(turns, sum)
    }

    /// How many of a person's prompts would be an owner's if they were as those that others passed in the same stretches, which
    /// lean on the owner's share at all times.
    fn expected(&self, turns: &Turns, own: &[Passed], share: f64) -> f64 {
        let Some(owner) = own.first().map(|passed| passed.owner) else { return 0.0 };
        let mine = own.iter().map(|p| turns.0.get(&(p.second / self.seconds)).copied());
        let mine: f64 = mine.map(|turn| turn.unwrap_or(0.0)).sum();
        let Some(then) = self.of_owner.get(&owner) else { return 0.0 };
        // The shorter of both is walked: an owner with many prompts has many people who pass a few of them. Either way
        // the stretches come in their order, so the sum is the same.
        let (few, many) =
            if turns.0.len() < then.len() { (&turns.0, then) } else { (then, &turns.0) };
        let all: f64 = few.iter().filter_map(|(at, part)| Some(part * many.get(at)?)).sum();
        LEAN * share * turns.1 + (all - mine).max(0.0)
    }
}

fn finding(by: &[Passed], own: &[Passed], (expected, price): (f64, f64), bits: f64) -> Finding {
    let last = own.iter().max_by_key(|passed| (passed.second, passed.event));
    let amounts = own.iter().map(|passed| passed.amount.max(0) as f64);
    Finding {
        code: Code::Ops01,
        entity: Entity { kind: EntityKind::Counterparty, key: own[0].operator },
        time: EventTime(last.map_or(0, |p| i64::from(p.second)) * EventTime::SECOND),
        event: last.map_or(Key::NONE, |passed| passed.event),
        score: (1.0 / (1.0 + (-bits).exp2())) as f32,
        bits: bits as f32,
        evidence: vec![
            ("passed_for_owner", own.len() as f64),
            ("expected", expected),
            ("passed", by.len() as f64),
            ("exposure", amounts.sum()),
            ("price_bits", price),
        ],
        members: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passed(operator: u64, owner: u64, count: u32) -> Vec<Passed> {
        let one = |second| Passed {
            operator: Key(operator),
            owner: Key(owner),
            second,
            amount: 1_000,
            event: Key(operator * 1_000_000 + owner * 1_000 + u64::from(second)),
        };
        (1..=count).map(one).collect()
    }

    #[test]
    fn who_passes_for_one_owner_stands_out_and_who_passes_for_all_does_not() {
        let mut all: Vec<Passed> = (1..=40).flat_map(|owner| passed(1, owner, 3)).collect();
        all.extend((1..=40).flat_map(|owner| passed(2, owner, 2)));
        all.extend(passed(3, 7, 25));
        all.extend((8..=12).flat_map(|owner| passed(3, owner, 1)));
        all.sort_unstable();
        let found = overrides(&Book { passed: all, ..Book::default() });
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].entity.key, Key(3));
        assert_eq!(found[0].evidence[3], ("exposure", 25_000.0));
    }

    const DAY: u32 = 86_400;

    #[test]
    fn who_is_on_duty_when_a_shop_sells_out_passes_its_prompts() {
        let shift = |operator, day: u32| {
            (0..22).map(move |n| Passed {
                operator: Key(operator),
                owner: Key(7),
                second: day * DAY + 40_000 + n * 60 + operator as u32,
                amount: 1_000,
                event: Key(operator * 1_000 + u64::from(n)),
            })
        };
        let usual = |operator: u64, day: u32| {
            (0..8).map(move |n| Passed {
                operator: Key(operator),
                owner: Key(20 + (n + operator * 5 + u64::from(day) * 3) % 40),
                second: day * DAY + 20_000 + n as u32 * 700,
                amount: 1_000,
                event: Key(90_000 + operator * 1_000 + u64::from(day) * 10 + n),
            })
        };
        let mut all: Vec<Passed> =
            (1..=6).flat_map(|o| (1..=10).flat_map(move |d| usual(o, d))).collect();
        let colleagues: Vec<Passed> = (1..=2).flat_map(|operator| shift(operator, 4)).collect();
        let found = |all: &[Passed]| {
            let mut passed = all.to_vec();
            passed.sort_unstable();
            overrides(&Book { passed, ..Book::default() })
        };
        all.extend(&colleagues);
        assert!(found(&all).is_empty());
        // On ten days a few for one shop whose prompts nobody else passes.
        all.extend(
            (1..=10).flat_map(|day| shift(3, day).skip(18)).map(|p| Passed { owner: Key(9), ..p }),
        );
        let found = found(&all);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].entity.key, found[0].evidence[0].1), (Key(3), 40.0));
    }

    #[test]
    fn prompts_of_one_owner_by_the_hundred_thousand_are_judged_in_seconds() {
        // Twenty thousand people, five prompts each, no two in one hour.
        let one = |n: u32| Passed {
            operator: Key(1 + u64::from(n % 20_000)),
            owner: Key(7),
            second: n * 3_600,
            amount: 1_000,
            event: Key(1 + u64::from(n)),
        };
        let mut all: Vec<Passed> = (0..100_000).map(one).collect();
        all.sort_unstable();
        let book = Book { passed: all, ..Book::default() };
        let begun = std::time::Instant::now();
        assert!(overrides(&book).is_empty());
        // A walk over all of the owner's hours for each person is two thousand million steps.
        assert!(begun.elapsed().as_secs() < 10, "{:?}", begun.elapsed());
    }

    #[test]
    fn a_shop_whose_prompts_everybody_passes_is_nobodys_gain() {
        let mut all: Vec<Passed> = (1..=8).flat_map(|operator| passed(operator, 7, 20)).collect();
        all.extend((1..=8).flat_map(|operator| passed(operator, 8, 5)));
        all.sort_unstable();
        assert!(overrides(&Book { passed: all, ..Book::default() }).is_empty());
    }
}
