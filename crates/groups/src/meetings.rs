//! Ties: pairs of accounts that met more often than independent people would.
//!
//! Two accounts *meet* where both mark a subject within one stretch of time. A meeting's bits are −log₂ of the chance
//! that an independent person as active as the less surprising of the two would be there: (its marks in the stretch) ×
//! (the subject's share of all marks outside the stretch). What people share without collusion is explained away:
//! popularity and activity by that chance; loyalty because each owner counts once; and a shared list, live stream or
//! evening by letting each sitting of either account count once: two people who go through one list together have met
//! once, however long the list.
//!
//! Pairs are found row by row with one counter an account, so memory is linear in accounts; scales are spread over
//! threads, and a pair keeps its strongest. Cost is bounded by [`MeetingLimits::work`]: cells larger than the limit that keeps
//! within it are halved in time until they are not.

use crate::ledger::Ledger;

/// The fewest meetings that make a tie, unless told otherwise.
pub(crate) const FEWEST_MEETINGS: u32 = 3;

/// Limits and parameters of the search for ties.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MeetingLimits {
    /// The fewest meetings that make a tie: two may be chance of a kind that no model foresaw.
    pub meetings: usize,
    /// The most pair visits in one scale.
    pub work: u64,
    /// The largest cell ever compared pair by pair.
    pub cell: usize,
}

impl Default for MeetingLimits {
    fn default() -> Self {
        MeetingLimits { meetings: FEWEST_MEETINGS as usize, work: 300_000_000, cell: 512 }
    }
}

/// Two accounts, lower number first, and the bits of their meetings in the stretch length that shows them best.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Tie {
    pub a: u32,
    pub b: u32,
    pub bits: f32,
    pub meetings: u16,
}

/// A stretch length and its offset, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Scale {
    pub length: u32,
    pub offset: u32,
    /// The first mark of the table.
    pub start: u32,
    /// Whether time tells anything: in a table without time all sittings are one and do not count.
    pub timed: bool,
}

impl Scale {
    fn stretch(self, time: u32) -> u32 {
        (u64::from(time - self.start) + u64::from(self.offset)).div_euclid(u64::from(self.length))
            as u32
    }
}

/// The stretches to look at: six hours to two weeks, each at two offsets, as long as at least as much lies outside a
/// stretch as inside, so that the outside says what is usual. A table shorter than twelve hours is cut in eight and
/// in two.
pub(crate) fn scales(ledger: &Ledger) -> Vec<Scale> {
    let Some((start, last)) = ledger.span() else { return Vec::new() };
    let span = last - start;
    if span == 0 {
        return vec![Scale { length: u32::MAX, offset: 0, start, timed: false }];
    }
    const HOUR: u32 = 3600;
    let mut lengths: Vec<u32> =
        [6, 24, 72, 168, 336].iter().map(|h| h * HOUR).filter(|l| l * 2 <= span).collect();
    if lengths.is_empty() {
        lengths = vec![(span / 8).max(1), (span / 2).max(1)];
    }
    lengths
        .into_iter()
        .flat_map(|length| {
            [0, length / 2].map(|offset| Scale { length, offset, start, timed: true })
        })
        .collect()
}

/// Links below this part of a tie's bits are left out: there are many, in the largest crowds, and they say little.
const FAINTEST: f32 = 12.0;

/// One account in one cell.
#[derive(Clone, Copy)]
struct Link {
    account: u32,
    sitting: u32,
    bits: f32,
}

/// The cells of one scale: a subject in a stretch, with its links in the order of accounts.
struct Cells {
    links: Vec<Link>,
    start: Vec<usize>,
    /// Who benefits from the cell's subject.
    owner: Vec<u32>,
    /// The cells of each account.
    of_account: Vec<u32>,
    account_start: Vec<usize>,
}

/// All ties of at least `threshold` bits, in the order of (a, b). Scales are spread over threads.
pub(crate) fn ties(
    ledger: &Ledger,
    threshold: f32,
    workers: usize,
    limits: MeetingLimits,
) -> Vec<Tie> {
    let scales = scales(ledger);
    let workers = workers.clamp(1, scales.len().max(1));
    let search = |worker: usize| {
        let mine = scales.iter().skip(worker).step_by(workers);
        let mut counts = vec![0u16; ledger.accounts.len()];
        mine.fold(Vec::new(), |best, &scale| {
            let cells = Cells::of(ledger, scale, threshold, limits);
            strongest(best, cells.ties(&mut counts, threshold, scale.timed, limits))
        })
    };
    std::thread::scope(|scope| {
        let search = &search;
        let threads: Vec<_> =
            (0..workers).map(|worker| scope.spawn(move || search(worker))).collect();
        // A thread that died must not pass for one that found nothing.
        let ended = |panic| std::panic::resume_unwind(panic);
        let found = threads.into_iter().map(|thread| thread.join().unwrap_or_else(ended));
        found.fold(Vec::new(), strongest)
    })
}

/// Joins two ordered lists, keeping the stronger of two ties of the same pair.
fn strongest(left: Vec<Tie>, right: Vec<Tie>) -> Vec<Tie> {
    let mut joined = Vec::with_capacity(left.len() + right.len());
    let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
    loop {
        let order = match (left.peek(), right.peek()) {
            (Some(l), Some(r)) => (l.a, l.b).cmp(&(r.a, r.b)),
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (None, None) => return joined,
        };
        match order {
            std::cmp::Ordering::Less => joined.extend(left.next()),
            std::cmp::Ordering::Greater => joined.extend(right.next()),
            std::cmp::Ordering::Equal => {
                if let (Some(l), Some(r)) = (left.next(), right.next()) {
                    joined.push(if r.bits > l.bits { r } else { l });
                }
            }
        }
    }
}

impl Cells {
    fn of(ledger: &Ledger, scale: Scale, threshold: f32, limits: MeetingLimits) -> Cells {
        let marks = &ledger.by_subject;
        let stretches = stretch_totals(ledger, scale);
        let activity = activity_in_stretch(ledger, scale);
        let cuts = cut(ledger, scale, limits);
        let mut cells = Cells {
            links: Vec::with_capacity(marks.len()),
            start: vec![0],
            owner: Vec::new(),
            of_account: Vec::new(),
            account_start: Vec::new(),
        };
        let total = marks.len() as f64;
        let subjects = ledger.subjects.len() as f64;
        let mut scratch: Vec<Link> = Vec::new();
        for Cut { from, to, here } in cuts {
            let subject = marks[from].subject;
            let stretch = scale.stretch(marks[from].time) as usize;
            let all = ledger.of_subject(subject).len();
            let outside = if scale.timed { all - here } else { all - 1 };
            let elsewhere = if scale.timed { total - f64::from(stretches[stretch]) } else { total };
            let share = (outside as f64 + 1.0) / (elsewhere + subjects);
            scratch.clear();
            for at in from..to {
                // Who left fewer marks than a tie needs meetings cannot be tied.
                if ledger.places(marks[at].account).len() < limits.meetings {
                    continue;
                }
                let chance = f64::from(activity[at]) * share;
                let bits = -(chance.min(1.0).log2()) as f32;
                scratch.push(Link {
                    account: marks[at].account,
                    sitting: marks[at].sitting(),
                    bits,
                });
            }
            scratch.sort_by_key(|link| (link.account, link.sitting));
            scratch.dedup_by_key(|link| link.account);
            // A dozen meetings of fewer bits would not make a tie.
            scratch.retain(|link| link.bits * FAINTEST > threshold);
            if scratch.len() < 2 {
                continue;
            }
            cells.links.extend_from_slice(&scratch);
            cells.start.push(cells.links.len());
            cells.owner.push(ledger.owners[subject as usize]);
        }
        cells.index(ledger.accounts.len());
        cells
    }

    fn index(&mut self, accounts: usize) {
        let mut start = vec![0usize; accounts + 1];
        for link in &self.links {
            start[link.account as usize + 1] += 1;
        }
        for at in 0..accounts {
            start[at + 1] += start[at];
        }
        let mut next = start.clone();
        self.of_account = vec![0; self.links.len()];
        for cell in 0..self.owner.len() {
            for link in &self.links[self.start[cell]..self.start[cell + 1]] {
                let slot = &mut next[link.account as usize];
                self.of_account[*slot] = cell as u32;
                *slot += 1;
            }
        }
        self.account_start = start;
    }

    fn members(&self, cell: u32) -> &[Link] {
        &self.links[self.start[cell as usize]..self.start[cell as usize + 1]]
    }

    /// `counts` has a zero for each account, and has it again afterwards.
    fn ties(
        &self,
        counts: &mut [u16],
        threshold: f32,
        timed: bool,
        limits: MeetingLimits,
    ) -> Vec<Tie> {
        let mut ties = Vec::new();
        for a in 0..counts.len() {
            self.row(a as u32, counts, threshold, timed, limits, &mut ties);
        }
        ties
    }

    /// The ties of one account with accounts of a higher number.
    fn row(
        &self,
        a: u32,
        counts: &mut [u16],
        threshold: f32,
        timed: bool,
        limits: MeetingLimits,
        ties: &mut Vec<Tie>,
    ) {
        let mine =
            &self.of_account[self.account_start[a as usize]..self.account_start[a as usize + 1]];
        if mine.len() < limits.meetings {
            return;
        }
        let later = |cell: u32| {
            let members = self.members(cell);
            &members[members.partition_point(|link| link.account <= a)..]
        };
        let mut met: Vec<u32> = Vec::new();
        for &cell in mine {
            for link in later(cell) {
                let count = &mut counts[link.account as usize];
                if *count == 0 {
                    met.push(link.account);
                }
                *count = count.saturating_add(1);
            }
        }
        let enough = limits.meetings as u16;
        if met.iter().any(|&b| counts[b as usize] >= enough) {
            let mut meetings: Vec<Meeting> = Vec::new();
            for &cell in mine {
                let members = self.members(cell);
                let Ok(me) = members.binary_search_by_key(&a, |link| link.account) else {
                    continue;
                };
                let own = members[me];
                for link in &members[me + 1..] {
                    if counts[link.account as usize] >= enough {
                        meetings.push(Meeting {
                            with: link.account,
                            bits: own.bits.min(link.bits),
                            owner: self.owner[cell as usize],
                            sittings: (own.sitting, link.sitting),
                        });
                    }
                }
            }
            sum_meetings(a, meetings, threshold, timed, limits.meetings, ties);
        }
        for b in met {
            counts[b as usize] = 0;
        }
    }
}

#[derive(Clone, Copy)]
struct Meeting {
    with: u32,
    bits: f32,
    owner: u32,
    sittings: (u32, u32),
}

/// Adds up the meetings of one account with each other: strongest first, each owner and each sitting once.
fn sum_meetings(
    a: u32,
    mut meetings: Vec<Meeting>,
    threshold: f32,
    timed: bool,
    enough: usize,
    ties: &mut Vec<Tie>,
) {
    meetings.sort_unstable_by(|x, y| {
        x.with
            .cmp(&y.with)
            .then(y.bits.total_cmp(&x.bits))
            .then(x.owner.cmp(&y.owner))
            .then(x.sittings.cmp(&y.sittings))
    });
    let mut taken: Vec<Meeting> = Vec::new();
    for pair in meetings.chunk_by(|x, y| x.with == y.with) {
        taken.clear();
        for meeting in pair {
            let met_before = taken.iter().any(|other| {
                other.owner == meeting.owner
                    || (timed
                        && (other.sittings.0 == meeting.sittings.0
                            || other.sittings.1 == meeting.sittings.1))
            });
            if !met_before {
                taken.push(*meeting);
            }
        }
        let bits: f32 = taken.iter().map(|meeting| meeting.bits).sum();
        if taken.len() >= enough && bits >= threshold {
            let meetings = taken.len().min(usize::from(u16::MAX)) as u16;
            ties.push(Tie { a, b: pair[0].with, bits, meetings });
        }
    }
}

/// Marks in each stretch of the table.
fn stretch_totals(ledger: &Ledger, scale: Scale) -> Vec<u32> {
    let mut totals: Vec<u32> = Vec::new();
    for mark in &ledger.by_subject {
        let stretch = scale.stretch(mark.time) as usize;
        if stretch >= totals.len() {
            totals.resize(stretch + 1, 0);
        }
        totals[stretch] += 1;
    }
    totals
}

/// For each mark, how many marks its account left in the same stretch.
fn activity_in_stretch(ledger: &Ledger, scale: Scale) -> Vec<u32> {
    let marks = &ledger.by_subject;
    let mut activity = vec![0u32; marks.len()];
    for account in 0..ledger.accounts.len() {
        let places = ledger.places(account as u32);
        let same = |x: &u32, y: &u32| {
            scale.stretch(marks[*x as usize].time) == scale.stretch(marks[*y as usize].time)
        };
        for run in places.chunk_by(same) {
            for &at in run {
                activity[at as usize] = run.len() as u32;
            }
        }
    }
    activity
}

/// A range of `by_subject` that is a cell, and how many marks its subject has in the whole stretch.
#[derive(Clone, Copy)]
struct Cut {
    from: usize,
    to: usize,
    here: usize,
}

/// Ranges of `by_subject` that are cells: a subject's marks in a stretch, halved in time until they are within the
/// largest size that keeps the scale's work within its limit.
fn cut(ledger: &Ledger, scale: Scale, limits: MeetingLimits) -> Vec<Cut> {
    let marks = &ledger.by_subject;
    let mut ranges = Vec::new();
    for subject in 0..ledger.subjects.len() {
        let (mut from, end) = (ledger.subject_start[subject], ledger.subject_start[subject + 1]);
        while from < end {
            let stretch = scale.stretch(marks[from].time);
            let to = from + marks[from..end].partition_point(|m| scale.stretch(m.time) == stretch);
            if to - from >= 2 {
                ranges.push((from, to));
            }
            from = to;
        }
    }
    let work = |cell: usize| -> u64 {
        ranges
            .iter()
            .map(|(from, to)| {
                let size = (to - from) as u64;
                size * size.min(cell as u64) / 2
            })
            .sum()
    };
    let mut cell = limits.cell;
    while cell > 8 && work(cell) > limits.work {
        cell /= 2;
    }
    ranges
        .into_iter()
        .flat_map(|(from, to)| {
            let pieces = (to - from).div_ceil(cell).max(1);
            let size = (to - from).div_ceil(pieces);
            (0..pieces).map(move |piece| Cut {
                from: from + piece * size,
                to: to.min(from + (piece + 1) * size),
                here: to - from,
            })
        })
        .filter(|cut| cut.to > cut.from + 1)
        .collect()
}
