//! Surges: a subject gets far more marks of one kind in some hours than its own history explains.
//!
//! A scan statistic over windows of an hour to three days, against the same subject's marks of the same kind outside
//! the window, corrected for how busy the table was and for the windows tried. Live streams, flash sales and videos that
//! catch on surge more than any crew: a surge accuses nobody, it only says whom to look at. Reviews that make no burst are
//! looked at whole: praise can be bought slowly.

use crate::ledger::Ledger;
use crate::tail::poisson_bits;
use events::Kind;
use hashbrown::HashSet;
use std::ops::Range;

/// Bounds of the scan.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SurgeLimits {
    /// The fewest accounts of a surge.
    pub accounts: usize,
    /// Bits beyond the price of the windows tried.
    pub bits: f64,
    /// The fewest reviews of a subject that are looked at though they make no burst.
    pub whole: usize,
    /// The most surges of one kind on one subject.
    pub of_one: usize,
    /// The most participants of all surges; of more, bursts are kept before
    /// what makes none, and the smallest first.
    pub participants: usize,
}

impl Default for SurgeLimits {
    fn default() -> Self {
        SurgeLimits { accounts: 6, bits: 6.0, whole: 10, of_one: 4, participants: 400_000 }
    }
}

/// Marks of one kind that came to a subject in a stretch of time in which it had far more of them than usual.
#[derive(Clone, Debug)]
pub struct Surge {
    /// The subject's number in the [`Ledger`].
    pub subject: u32,
    /// What they left.
    pub kind: Kind,
    /// Seconds: the first mark.
    pub first: u32,
    /// Seconds: the last mark.
    pub last: u32,
    /// What the subject's own history and the hour lead one to expect.
    pub expected: f64,
    /// Surprise beyond the price of the windows tried.
    pub bits: f64,
    /// No burst: all reviews of the subject that no burst took.
    pub whole: bool,
    /// Places in the ledger's order by subject of each account's first mark, in time order.
    pub(crate) marks: Vec<u32>,
}

const HOUR: u32 = 3600;
const WINDOWS: [u32; 7] = [1, 3, 6, 12, 24, 48, 72];

/// Marks of the whole table up to a time, by quarters of an hour: how busy it was.
struct Exposure {
    start: u32,
    before: Vec<u32>,
}

impl Exposure {
    const STEP: u32 = 900;

    fn of(ledger: &Ledger) -> Option<Exposure> {
        let (start, last) = ledger.span()?;
        let mut before = vec![0u32; ((last - start) / Self::STEP) as usize + 2];
        for time in &ledger.times {
            before[((time - start) / Self::STEP) as usize + 1] += 1;
        }
        for at in 1..before.len() {
            before[at] += before[at - 1];
        }
        Some(Exposure { start, before })
    }

    fn until(&self, time: u32) -> f64 {
        let since = time.saturating_sub(self.start);
        let at = ((since / Self::STEP) as usize).min(self.before.len() - 2);
        let part = f64::from(since % Self::STEP) / f64::from(Self::STEP);
        let (from, to) = (f64::from(self.before[at]), f64::from(self.before[at + 1]));
        from + (to - from) * part.min(1.0)
    }

    fn share(&self, from: u32, to: u32) -> f64 {
        let all = f64::from(self.before.last().copied().unwrap_or(0)).max(1.0);
        (self.until(to) - self.until(from)).max(1.0) / all
    }
}

/// All surges, by subject. Subjects are spread over threads; the result does not depend on how many.
pub(crate) fn surges(ledger: &Ledger, workers: usize, limits: SurgeLimits) -> Vec<Surge> {
    let Some(exposure) = Exposure::of(ledger) else { return Vec::new() };
    let subjects = ledger.subjects.len();
    let piece = subjects.div_ceil(workers.max(1)).max(1);
    let mut found: Vec<Surge> = std::thread::scope(|scope| {
        let exposure = &exposure;
        let scan = move |range: Range<usize>| {
            let each =
                range.map(move |subject| of_subject(ledger, exposure, subject as u32, limits));
            each.flatten().collect::<Vec<Surge>>()
        };
        let threads: Vec<_> = (0..subjects)
            .step_by(piece)
            .map(|from| scope.spawn(move || scan(from..(from + piece).min(subjects))))
            .collect();
        // A thread that died must not pass for one that found nothing.
        let ended = |panic| std::panic::resume_unwind(panic);
        threads.into_iter().flat_map(|t| t.join().unwrap_or_else(ended)).collect()
    });
    found.sort_by_key(|s| (s.whole, s.marks.len(), s.subject, s.kind, s.first));
    let mut taken = 0;
    found.retain(|surge| {
        taken += surge.marks.len();
        taken <= limits.participants
    });
    found.sort_by_key(|surge| (surge.subject, surge.kind, surge.first));
    found
}

fn of_subject(
    ledger: &Ledger,
    exposure: &Exposure,
    subject: u32,
    limits: SurgeLimits,
) -> Vec<Surge> {
    let marks = ledger.of_subject(subject);
    let base = ledger.subject_start[subject as usize];
    let mut found = Vec::new();
    if marks.len() < limits.accounts {
        return found;
    }
    let mut by_kind: Vec<(Kind, u32)> =
        marks.iter().enumerate().map(|(at, mark)| (mark.kind(), (base + at) as u32)).collect();
    by_kind.sort_unstable();
    // Orders are weighed with their money and parcels: friends buy together what one of them found.
    by_kind.retain(|mark| mark.0 != Kind::Order);
    for same in by_kind.chunk_by(|x, y| x.0 == y.0) {
        let mut places: Vec<u32> = same.iter().map(|entry| entry.1).collect();
        for _ in 0..limits.of_one {
            let Some((range, expected, bits)) = densest(ledger, exposure, &places, limits) else {
                break;
            };
            let taken: Vec<u32> = places.drain(range).collect();
            found.extend(surge(ledger, taken, expected, bits, limits));
        }
        // Writers who take two weeks make no burst. What is left of the reviews is looked at whole.
        if same[0].0 == Kind::Review && places.len() >= limits.whole {
            found.extend(whole(ledger, places, limits));
        }
    }
    found
}

/// The window that its surroundings explain least: which places, how many were expected, and its bits.
fn densest(
    ledger: &Ledger,
    exposure: &Exposure,
    places: &[u32],
    limits: SurgeLimits,
) -> Option<(Range<usize>, f64, f64)> {
    if places.len() < limits.accounts {
        return None;
    }
    let times: Vec<u32> = places.iter().map(|&at| ledger.by_subject[at as usize].time).collect();
    // Any of the windows that begin with a mark could have been the one.
    let price = ((places.len() * WINDOWS.len()) as f64).log2();
    let mut best: Option<(Range<usize>, f64, f64)> = None;
    for hours in WINDOWS {
        let length = hours * HOUR;
        let (mut from, mut most) = (0, limits.accounts - 1);
        for to in 0..places.len() {
            while times[to] - times[from] > length {
                from += 1;
            }
            let count = to + 1 - from;
            if count <= most {
                continue;
            }
            most = count;
            let share = exposure.share(times[from], times[from].saturating_add(length));
            // As much must lie outside as inside, so that the outside says what is usual.
            if share > 0.5 {
                continue;
            }
            let expected = ((places.len() - count) as f64 + 1.0) * share / (1.0 - share);
            let bits = poisson_bits(count as f64, expected) - price;
            if bits >= limits.bits && best.as_ref().is_none_or(|known| bits > known.2) {
                best = Some((from..to + 1, expected, bits));
            }
        }
    }
    best
}

/// All that a window did not take, as one: how much of it is ordinary is not known, so half is taken to be.
fn whole(ledger: &Ledger, places: Vec<u32>, limits: SurgeLimits) -> Option<Surge> {
    let half = places.len() as f64 / 2.0;
    let surge = surge(ledger, places, half, 0.0, limits)?;
    Some(Surge { whole: true, ..surge })
}

fn surge(
    ledger: &Ledger,
    mut places: Vec<u32>,
    expected: f64,
    bits: f64,
    limits: SurgeLimits,
) -> Option<Surge> {
    let mark = |at: &u32| &ledger.by_subject[*at as usize];
    let (first, last) = (mark(places.first()?), mark(places.last()?));
    let mut seen = HashSet::new();
    places.retain(|at| seen.insert(mark(at).account));
    (places.len() >= limits.accounts).then(|| Surge {
        subject: first.subject,
        kind: first.kind(),
        first: first.time,
        last: last.time,
        expected,
        bits,
        whole: false,
        marks: places,
    })
}
