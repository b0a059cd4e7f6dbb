//! Floods: somebody's things get many times their usual number of marks of one kind within minutes.
//!
//! The scan of `surges` by the minute and by who benefits, so that it needs minutes of history rather than days, and sees a
//! job that is spread over many subjects of one owner. A flash sale, a live stream and a film that everybody talks about flood
//! as any fleet does: a flood accuses nobody, it says whose traces to compare.

use crate::activity::Mark;
use crate::ledger::Ledger;
use crate::tail::poisson_bits;
use events::Kind;
use hashbrown::HashSet;

/// Marks of one kind that came to one owner's subjects within minutes.
#[derive(Clone, Debug)]
pub(crate) struct Flood {
    /// The owner's number in the [`Ledger`].
    pub owner: u32,
    /// What they left.
    pub kind: Kind,
    /// Seconds: the first mark.
    pub first: u32,
    /// Seconds: the last mark.
    pub last: u32,
    /// Marks in it.
    pub count: f64,
    /// What the owner's own history leads one to expect.
    pub expected: f64,
    /// Surprise beyond the price of the windows tried.
    pub bits: f64,
    /// Places in the ledger's order by subject of each account's first mark, in time order.
    pub marks: Vec<u32>,
    /// Places of some of the same owner's marks of the kind that are in no flood.
    pub history: Vec<u32>,
}

/// The fewest accounts of a flood: fewer are looked at as surges.
const FEWEST: usize = 100;
/// Bits beyond the price of the windows tried.
const BITS: f64 = 6.0;
/// How many times its history a flood is.
const FAR: f64 = 8.0;
/// Minutes of the windows.
const WINDOWS: [u32; 8] = [1, 2, 4, 8, 16, 32, 64, 128];
/// Share of the table that a flood may last: its beginning must be seen. Further ones of the same owner must leave as much
/// outside as they take, or what a flood left over of an ordinary history would pass for another.
const LONGEST: f64 = 0.85;
const AGAIN: f64 = 0.5;
/// The most floods of one kind on one owner's subjects.
const OF_ONE: usize = 4;
/// The most floods, and the most participants of all: the strongest stay.
const MOST: usize = 512;
const PARTICIPANTS: usize = 1_000_000;
/// The most marks of an owner's history that are looked at.
pub(crate) const HISTORY: usize = 500;

/// All floods, by owner, kind and time. Owners are spread over threads; the result does not depend on how many.
pub(crate) fn floods(ledger: &Ledger, workers: usize) -> Vec<Flood> {
    let Some(span) = ledger.span() else { return Vec::new() };
    let mut subjects: Vec<(u32, u32)> =
        ledger.owners.iter().enumerate().map(|(at, &owner)| (owner, at as u32)).collect();
    subjects.sort_unstable();
    let owners: Vec<&[(u32, u32)]> = subjects
        .chunk_by(|x, y| x.0 == y.0)
        .filter(|own| own.iter().map(|s| ledger.of_subject(s.1).len()).sum::<usize>() >= FEWEST)
        .collect();
    let workers = workers.max(1);
    let mut found: Vec<Flood> = std::thread::scope(|scope| {
        // In turns, since the owners that are flooded may be neighbours.
        let threads: Vec<_> = (0..workers)
            .map(|worker| {
                let own: Vec<&[(u32, u32)]> =
                    owners.iter().copied().skip(worker).step_by(workers).collect();
                scope.spawn(move || -> Vec<Flood> {
                    own.into_iter().flat_map(|own| of_owner(ledger, span, own)).collect()
                })
            })
            .collect();
        // A thread that died must not pass for one that found nothing.
        let ended = |panic| std::panic::resume_unwind(panic);
        threads.into_iter().flat_map(|t| t.join().unwrap_or_else(ended)).collect()
    });
    let place = |flood: &Flood| (flood.owner, flood.kind, flood.first);
    found.sort_by(|x, y| y.bits.total_cmp(&x.bits).then(place(x).cmp(&place(y))));
    found.truncate(MOST);
    let mut taken = 0;
    found.retain(|flood| {
        let fits = taken + flood.marks.len() <= PARTICIPANTS;
        taken += if fits { flood.marks.len() } else { 0 };
        fits
    });
    found.sort_by_key(place);
    found
}

fn of_owner(ledger: &Ledger, span: (u32, u32), subjects: &[(u32, u32)]) -> Vec<Flood> {
    let mut marks: Vec<(Kind, u32, u32)> = Vec::new();
    for &(_, subject) in subjects {
        let base = ledger.subject_start[subject as usize];
        let own = ledger.of_subject(subject).iter().enumerate();
        marks.extend(own.map(|(at, mark)| (mark.kind(), mark.time, (base + at) as u32)));
    }
    // Orders are weighed with their money and parcels; a table of views alone says nothing of who looked first.
    marks.retain(|mark| !matches!(mark.0, Kind::Order | Kind::View));
    marks.sort_unstable();
    let mut found = Vec::new();
    for same in marks.chunk_by(|x, y| x.0 == y.0) {
        let mut left: Vec<(u32, u32)> = same.iter().map(|mark| (mark.1, mark.2)).collect();
        let from = found.len();
        for round in 0..OF_ONE {
            let most = if round == 0 { LONGEST } else { AGAIN };
            let Some((range, expected, bits)) = densest(ledger, span, &left, most) else { break };
            let taken: Vec<(u32, u32)> = left.drain(range).collect();
            found.extend(flood(ledger, subjects[0].0, same[0].0, &taken, (expected, bits)));
        }
        let step = left.len().div_ceil(HISTORY).max(1);
        let history: Vec<u32> = left.iter().step_by(step).map(|mark| mark.1).collect();
        found[from..].iter_mut().for_each(|flood| flood.history.clone_from(&history));
    }
    found
}

/// Of the fullest windows the one that stands out most against its surroundings (Kulldorff's ratio, which weighs what is
/// outside as well: all there is does not stand out). Which marks, how many were expected, and the bits of so many.
fn densest(
    ledger: &Ledger,
    (start, end): (u32, u32),
    marks: &[(u32, u32)],
    most: f64,
) -> Option<(std::ops::Range<usize>, f64, f64)> {
    if marks.len() < FEWEST {
        return None;
    }
    let times = &ledger.times;
    let all = marks.len() as f64;
    let price = (all * WINDOWS.len() as f64).log2();
    let others = (ledger.marks() - marks.len()) as f64;
    let seconds = f64::from(end - start) + 1.0;
    let mut best: Option<(std::ops::Range<usize>, f64, f64, f64)> = None;
    for minutes in WINDOWS {
        let fullest = fullest(marks, minutes * 60);
        let (first, last) = (marks[fullest.start].0, marks[fullest.end - 1].0);
        let count = fullest.len() as f64;
        // How busy it was, by what came to others and by the clock: the greater, so that a quiet hour makes no flood.
        let then = times.partition_point(|time| *time <= last)
            - times.partition_point(|time| *time < first);
        let own = marks.partition_point(|mark| mark.0 <= last) - fullest.start;
        let busy = then.saturating_sub(own) as f64;
        let clock = (f64::from(last - first) + 1.0) / seconds;
        let share = ((busy + 1.0) / (others + 1.0)).max(clock);
        if share > most {
            continue;
        }
        let expected = (all - count + 1.0) * share / (1.0 - share);
        let bits = poisson_bits(count, expected) - price;
        let part = |of: f64, usual: f64| if of > 0.0 { of * (of / usual).log2() } else { 0.0 };
        let stands_out = part(count, all * share) + part(all - count, all * (1.0 - share));
        let far = count >= FAR * expected && fullest.len() >= FEWEST && bits >= BITS;
        if far && best.as_ref().is_none_or(|known| stands_out > known.3) {
            best = Some((fullest, expected, bits, stands_out));
        }
    }
    best.map(|(range, expected, bits, _)| (range, expected, bits))
}

/// The first of the windows of so many seconds that hold the most marks.
fn fullest(marks: &[(u32, u32)], length: u32) -> std::ops::Range<usize> {
    let (mut from, mut best) = (0, 0..0);
    for to in 0..marks.len() {
        while marks[to].0 - marks[from].0 >= length {
            from += 1;
        }
        if to + 1 - from > best.len() {
            best = from..to + 1;
        }
    }
    best
}

fn flood(
    ledger: &Ledger,
    owner: u32,
    kind: Kind,
    taken: &[(u32, u32)],
    (expected, bits): (f64, f64),
) -> Option<Flood> {
    let (first, last) = (taken.first()?.0, taken.last()?.0);
    let mut seen = HashSet::with_capacity(taken.len());
    let account = |at: u32| ledger.by_subject[at as usize].account;
    let marks: Vec<u32> =
        taken.iter().map(|mark| mark.1).filter(|&at| seen.insert(account(at))).collect();
    let count = taken.len() as f64;
    let history = Vec::new();
    (marks.len() >= FEWEST).then_some(Flood {
        owner,
        kind,
        first,
        last,
        count,
        expected,
        bits,
        marks,
        history,
    })
}

/// Marks of the table that a sample of other people's is drawn from.
const POOL: usize = 1 << 16;
/// The most of them beside one flood.
const BESIDE: usize = 1_000;

/// Beside each flood: marks of the same kind that other owners got at the same time, as near as there are enough. What the
/// edge of the table hides of those who came in the flood, it hides of these as well.
pub(crate) fn beside(ledger: &Ledger, floods: &[Flood]) -> Vec<Vec<u32>> {
    let flooded: HashSet<(u32, Kind)> =
        floods.iter().map(|flood| (flood.owner, flood.kind)).collect();
    let kinds: HashSet<Kind> = floods.iter().map(|flood| flood.kind).collect();
    let drawn = |mark: &Mark| {
        kinds.contains(&mark.kind())
            && !flooded.contains(&(ledger.owners[mark.subject as usize], mark.kind()))
    };
    let all = if floods.is_empty() { &[][..] } else { &ledger.by_subject[..] };
    let mut of_kind = [0usize; Kind::ALL.len()];
    all.iter().filter(|mark| drawn(mark)).for_each(|mark| of_kind[mark.kind() as usize] += 1);
    let mut pool: Vec<(Kind, u32, u32)> = Vec::new();
    for (at, mark) in all.iter().enumerate() {
        let one_in = (of_kind[mark.kind() as usize] / POOL).max(1) as u64;
        if ledger.accounts[mark.account as usize].0.is_multiple_of(one_in) && drawn(mark) {
            pool.push((mark.kind(), mark.time, at as u32));
        }
    }
    pool.sort_unstable();
    let account = |at: &u32| ledger.by_subject[*at as usize].account;
    let beside = |flood: &Flood| {
        let mut marks = nearest(&pool, flood);
        // Each account once, as in the flood: a crowd is made of people, not of the keenest ones' marks.
        let mut seen = HashSet::with_capacity(marks.len());
        marks.retain(|at| seen.insert(account(at)));
        marks
    };
    floods.iter().map(beside).collect()
}

fn nearest(pool: &[(Kind, u32, u32)], flood: &Flood) -> Vec<u32> {
    let at = |time: u32| pool.partition_point(|mark| (mark.0, mark.1) < (flood.kind, time));
    let (least, most) = (at(0), pool.partition_point(|mark| mark.0 <= flood.kind));
    let (mut from, mut to) = (at(flood.first), at(flood.last.saturating_add(1)));
    while to - from < BESIDE && (from > least || to < most) {
        let before = (from > least).then(|| flood.first - pool[from - 1].1);
        let after = (to < most).then(|| pool[to].1 - flood.last);
        match (before, after) {
            (Some(before), Some(after)) if after < before => to += 1,
            (Some(_), _) => from -= 1,
            (None, _) => to += 1,
        }
    }
    let step = (to - from).div_ceil(BESIDE).max(1);
    pool[from..to].iter().step_by(step).map(|mark| mark.2).collect()
}
