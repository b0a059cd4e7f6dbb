//! Jobs: the subjects that a community worked on together.

use crate::ledger::Ledger;
use crate::tail::poisson_bits;

/// A subject that a community marked far more often than its members' activity and the subject's popularity among
/// everybody else explain.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Job {
    /// The subject's number in the [`Ledger`].
    pub subject: u32,
    /// Members that marked it.
    pub members: u32,
    /// What the others' interest in it would lead one to expect.
    pub expected: f64,
    /// Surprise of `members` under a Poisson of mean `expected`.
    pub bits: f64,
    /// Seconds: when the members came, without the first and the last fortieth of them.
    pub first: u32,
    /// Seconds: the end of the same.
    pub last: u32,
}

/// A mark that a member left on a job: (place of the member in the community, place of the job, time, sitting).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Turn {
    pub job: u32,
    pub member: u32,
    pub time: u32,
    pub sitting: u32,
}

/// The fewest members that make a job.
const FEWEST: u32 = 3;

/// The jobs of a community (ascending account numbers), by subject, and every member's first turn at each.
pub(crate) fn jobs(ledger: &Ledger, members: &[u32]) -> (Vec<Job>, Vec<Turn>) {
    let mut marks: Vec<(u32, u32, u32, u32)> = Vec::new();
    for (place, &account) in members.iter().enumerate() {
        marks.extend(
            ledger.of_account(account).map(|m| (m.subject, place as u32, m.time, m.sitting())),
        );
    }
    let own = marks.len() as f64;
    marks.sort_unstable();
    marks.dedup_by_key(|mark| (mark.0, mark.1));
    let others = ledger.marks() as f64 - own;
    let subjects = ledger.subjects.len() as f64;
    // Every subject was a chance to find one.
    let price = subjects.max(2.0).log2();
    let mut found = Vec::new();
    let mut turns = Vec::new();
    for same in marks.chunk_by(|x, y| x.0 == y.0) {
        let count = same.len() as u32;
        if count < FEWEST {
            continue;
        }
        let subject = same[0].0;
        let elsewhere = ledger.of_subject(subject).len().saturating_sub(same.len()) as f64;
        let expected = own * (elsewhere + 0.5) / (others + subjects);
        let bits = poisson_bits(f64::from(count), expected);
        if bits < price {
            continue;
        }
        let mut times: Vec<u32> = same.iter().map(|mark| mark.2).collect();
        times.sort_unstable();
        let trim = times.len() / 40;
        let job = found.len() as u32;
        found.push(Job {
            subject,
            members: count,
            expected,
            bits: bits - price,
            first: times[trim],
            last: times[times.len() - 1 - trim],
        });
        turns.extend(same.iter().map(|m| Turn { job, member: m.1, time: m.2, sitting: m.3 }));
    }
    (found, turns)
}
