//! Who belongs to a community besides those whom ties led to: by the jobs that an account did at their hours, and those that it left out.

use crate::jobs::{Job, Turn};
use crate::ledger::Ledger;
use crate::search::{Community, usual_occasions};
use events::Key;
use hashbrown::HashSet;

/// Bits by which an account must be likelier a member than not, after what naming it costs.
const MEMBERSHIP_BITS: f64 = 4.0;

/// What an interest that two jobs have in common can be worth: people did two jobs of one crew up to six times as often as the
/// numbers who did one of them lead to expect (simulator, worlds made by others).
const INTEREST_BITS: f64 = 3.0;

/// Jobs beyond which pairs of them are not counted.
const MOST_JOBS: usize = 1 << 10;

/// Accounts outside that are members as well: the jobs that they did at the hours of the jobs, weighed against those that they did
/// not do, say so beyond chance; or they work from a device of the group's and did any job.
pub(crate) fn joining(ledger: &Ledger, members: &[u32], done: (&[Job], &[Turn])) -> Vec<u32> {
    let belong = belonging(ledger, members, done, |_| INTEREST_BITS);
    belong.into_iter().map(|(account, _)| account).collect()
}

/// Notes who else belongs to each community, an account to the strongest.
pub(crate) fn besides(ledger: &Ledger, found: &mut [Community]) {
    let mut taken: HashSet<u32> = found.iter().flat_map(|one| one.members.clone()).collect();
    for community in found {
        let Community { members, jobs, turns, .. } = &*community;
        let owners: Vec<u32> = jobs.iter().map(|job| ledger.owners[job.subject as usize]).collect();
        let accounts = ledger.accounts.len();
        let interest = |outside: &Outside| outside.interest(&owners, accounts);
        let belong = belonging(ledger, members, (jobs, turns), interest);
        community.besides = belong.into_iter().filter(|one| taken.insert(one.0)).collect();
    }
}

/// Accounts outside that belong, with the bits of the jobs that they did, where `interest` says how many bits an interest may explain of
/// two jobs.
fn belonging(
    ledger: &Ledger,
    members: &[u32],
    (found, turns): (&[Job], &[Turn]),
    interest: impl Fn(&Outside) -> f64,
) -> Vec<(u32, f64)> {
    let devices = common_devices(ledger, members);
    let mut seen: Vec<(u32, u32, u32)> = Vec::new();
    for (number, job) in found.iter().enumerate() {
        let marks = ledger.of_subject(job.subject);
        let from = marks.partition_point(|mark| mark.time < job.first);
        for mark in marks[from..].iter().take_while(|mark| mark.time <= job.last) {
            if members.binary_search(&mark.account).is_err() {
                seen.push((mark.account, mark.sitting(), number as u32));
            }
        }
    }
    seen.sort_unstable();
    let once = at_once(&seen, usual_occasions(members.len(), turns));
    // One sitting is one occasion: its first job stands for all.
    seen.dedup_by_key(|turn| (turn.0, turn.1));
    let outside = Outside::of(ledger, found, &seen);
    let windows = Windows::of(ledger, members, (found, turns), &outside.busy);
    let interest = interest(&outside);
    let prices = Prices::of(ledger, members);
    let idle = Idle::of(&windows);
    let mut belong = Vec::new();
    for turns in seen.chunk_by(|x, y| x.0 == y.0) {
        let account = turns[0].0;
        if once.contains(&account) {
            continue;
        }
        let mut numbers: Vec<u32> = turns.iter().map(|turn| turn.2).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let link = |number: &u32| windows.link_bits(ledger, account, *number as usize);
        let links: f64 = numbers.iter().map(link).sum();
        if devices.binary_search(&ledger.devices[account as usize]).is_ok() {
            belong.push((account, links));
            continue;
        }
        let Some(least) = least_bits(numbers.len(), interest) else { continue };
        let since = ledger.since[account as usize];
        let share = |number: &u32| {
            let job = &windows.jobs[*number as usize];
            job.share.log2() - if job.first < since { 0.0 } else { job.idle_bits }
        };
        let done = links + numbers.iter().map(share).sum::<f64>();
        if done + idle.since(since) - prices.of_account(ledger, account) >= least {
            belong.push((account, links));
        }
    }
    belong
}

/// Accounts of those that did jobs, by (account, sitting, job), that did them on less than half as many occasions each as members do: whoever
/// follows all that is suggested as he signs up comes once where a crew comes time and again.
fn at_once(seen: &[(u32, u32, u32)], usual: f64) -> HashSet<u32> {
    let count = |numbers: &mut dyn Iterator<Item = u32>| {
        let mut numbers: Vec<u32> = numbers.collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers.len() as f64
    };
    let few = |own: &&[(u32, u32, u32)]| {
        let jobs = count(&mut own.iter().map(|turn| turn.2));
        let sittings = count(&mut own.iter().map(|turn| turn.1));
        sittings / jobs < usual / 2.0
    };
    seen.chunk_by(|x, y| x.0 == y.0).filter(few).map(|own| own[0].0).collect()
}

/// Accounts outside that did jobs.
struct Outside {
    /// Of each job, those that did a job for another owner as well: they may be members, so they do not say how usual it is to come
    /// to this one.
    busy: Vec<u32>,
    /// Of each job, the others.
    single: Vec<u32>,
    /// Those that did two jobs, for two owners.
    twice: u32,
}

impl Outside {
    fn of(ledger: &Ledger, found: &[Job], seen: &[(u32, u32, u32)]) -> Outside {
        let owner = |job: u32| ledger.owners[found[job as usize].subject as usize];
        let none = vec![0; found.len()];
        let mut outside = Outside { busy: none.clone(), single: none, twice: 0 };
        for turns in seen.chunk_by(|x, y| x.0 == y.0) {
            let mut numbers: Vec<u32> = turns.iter().map(|turn| turn.2).collect();
            numbers.sort_unstable();
            numbers.dedup();
            let busy = numbers.iter().any(|&job| owner(job) != owner(numbers[0]));
            let counts = if busy { &mut outside.busy } else { &mut outside.single };
            numbers.iter().for_each(|&number| counts[number as usize] += 1);
            outside.twice += u32::from(busy && numbers.len() == 2);
        }
        outside
    }

    /// Bits that an interest may explain of two jobs: none where far more accounts did two than those who did one lead to expect of
    /// people of one interest.
    fn interest(&self, owners: &[u32], accounts: usize) -> f64 {
        let jobs = owners.len().min(MOST_JOBS);
        let came = |job: usize| f64::from(self.single[job]) + 0.5;
        let pairs = (0..jobs).flat_map(|one| (0..one).map(move |other| (one, other)));
        let apart = pairs.filter(|&(one, other)| owners[one] != owners[other]);
        let expected: f64 = apart.map(|(one, other)| came(one) * came(other)).sum();
        let people = expected / accounts as f64 * INTEREST_BITS.exp2();
        let explained = people * MEMBERSHIP_BITS.exp2() > f64::from(self.twice);
        if explained || owners.len() > MOST_JOBS { INTEREST_BITS } else { 0.0 }
    }
}

/// What naming a member costs, in bits: of newcomers, and of those who were there before. Where all members are newcomers and few
/// accounts are, another newcomer is much likelier one of them.
struct Prices {
    newcomer: f64,
    other: f64,
}

impl Prices {
    fn of(ledger: &Ledger, members: &[u32]) -> Prices {
        let newcomers = ledger.registered.iter().filter(|new| **new).count() as f64;
        let all = ledger.accounts.len() as f64;
        let own = members.iter().filter(|&&m| ledger.registered[m as usize]).count() as f64;
        let n = members.len() as f64;
        let price = |accounts: f64, own: f64| {
            // One more member of whom nothing is known: no kind is ruled out.
            let expected = n * (own + accounts / all) / (n + 1.0);
            (accounts.max(1.0) / expected.max(1e-9)).log2()
        };
        Prices { newcomer: price(newcomers, own), other: price(all - newcomers, n - own) }
    }

    fn of_account(&self, ledger: &Ledger, account: u32) -> f64 {
        if ledger.registered[account as usize] { self.newcomer } else { self.other }
    }
}

/// Bits that it takes to join by so many jobs; none where no bits will do. Whom one interest leads to two places is no member,
/// so two jobs have to say more by what an interest explains.
fn least_bits(jobs: usize, interest: f64) -> Option<f64> {
    match jobs {
        0 | 1 => None,
        2 => Some(MEMBERSHIP_BITS + interest),
        _ => Some(MEMBERSHIP_BITS),
    }
}

/// What it costs to leave out all jobs that began when an account was there.
struct Idle {
    /// (when a job begins, bits of leaving out that one and all later ones), latest first.
    jobs: Vec<(u32, f64)>,
}

impl Idle {
    fn of(windows: &Windows) -> Idle {
        let mut jobs: Vec<(u32, f64)> =
            windows.jobs.iter().map(|job| (job.first, job.idle_bits)).collect();
        jobs.sort_by(|x, y| y.0.cmp(&x.0).then(x.1.total_cmp(&y.1)));
        let mut sum = 0.0;
        for job in &mut jobs {
            sum += job.1;
            job.1 = sum;
        }
        Idle { jobs }
    }

    fn since(&self, second: u32) -> f64 {
        let within = self.jobs.partition_point(|job| job.0 >= second);
        within.checked_sub(1).map_or(0.0, |last| self.jobs[last].1)
    }
}

/// Devices that at least two members were first seen on, ascending.
fn common_devices(ledger: &Ledger, members: &[u32]) -> Vec<Key> {
    let mut devices: Vec<Key> = members
        .iter()
        .map(|&member| ledger.devices[member as usize])
        .filter(|device| device.is_some())
        .collect();
    devices.sort_unstable();
    devices.chunk_by(|x, y| x == y).filter(|same| same.len() > 1).map(|same| same[0]).collect()
}

/// What an independent account would do while a job was on.
struct Window {
    first: u32,
    last: u32,
    /// The subject's share of other people's marks in that time.
    others: f64,
    /// Share of the members that did the job, kept off 0 and 1.
    share: f64,
    /// log₂ of the chance that a member leaves the job out.
    idle_bits: f64,
}

struct Windows {
    jobs: Vec<Window>,
}

impl Windows {
    /// Without those at each job who are said to be `busy`.
    fn of(
        ledger: &Ledger,
        members: &[u32],
        (found, turns): (&[Job], &[Turn]),
        busy: &[u32],
    ) -> Windows {
        let times = &ledger.times;
        let between = |first: u32, last: u32| {
            times.partition_point(|t| *t <= last) - times.partition_point(|t| *t < first)
        };
        let mut own = vec![0u32; found.len()];
        for turn in turns {
            let job = &found[turn.job as usize];
            own[turn.job as usize] += u32::from((job.first..=job.last).contains(&turn.time));
        }
        let jobs = found
            .iter()
            .zip(own)
            .zip(busy)
            .map(|((job, own), busy)| {
                let marks = ledger.of_subject(job.subject);
                let here = marks.partition_point(|m| m.time <= job.last)
                    - marks.partition_point(|m| m.time < job.first);
                let others = here.saturating_sub((own + busy) as usize) as f64;
                let all = between(job.first, job.last).saturating_sub(own as usize) as f64;
                // The subject's popularity at other times counts as much as ten marks of that time.
                let usual = (marks.len() - own as usize) as f64 / ledger.marks() as f64;
                let there = members.iter().filter(|&&m| ledger.since[m as usize] <= job.first);
                let there = there.count().max(job.members as usize) as f64;
                let share = ((f64::from(job.members) + 0.5) / (there + 1.0)).clamp(0.01, 0.95);
                Window {
                    first: job.first,
                    last: job.last,
                    others: (others + 10.0 * usual + 0.5) / (all + 10.0),
                    share,
                    idle_bits: (1.0 - share).log2(),
                }
            })
            .collect();
        Windows { jobs }
    }

    /// −log₂ of the chance that an independent account as active as this one while the job was on does it.
    fn link_bits(&self, ledger: &Ledger, account: u32, job: usize) -> f64 {
        let window = &self.jobs[job];
        let places = ledger.places(account);
        let time = |at: &u32| ledger.by_subject[*at as usize].time;
        let marks = places.partition_point(|at| time(at) <= window.last)
            - places.partition_point(|at| time(at) < window.first);
        let chance = marks.max(1) as f64 * window.others;
        -chance.min(1.0).log2()
    }
}

/// For each member, bits of the jobs that it did.
pub(crate) fn member_bits(
    ledger: &Ledger,
    members: &[u32],
    found: &[Job],
    turns: &[Turn],
) -> Vec<f64> {
    let windows = Windows::of(ledger, members, (found, turns), &vec![0; found.len()]);
    let mut bits = vec![0f64; members.len()];
    for turn in turns {
        let account = members[turn.member as usize];
        bits[turn.member as usize] += windows.link_bits(ledger, account, turn.job as usize);
    }
    bits
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ten thousand accounts, ten jobs for as many owners; at each twelve who did no other, so that 0.7 are expected to do two, and six
    /// of one interest.
    fn outside(twice: u32) -> Outside {
        Outside { busy: vec![0; 10], single: vec![12; 10], twice }
    }

    #[test]
    fn an_interest_explains_two_jobs_until_far_more_did_them() {
        let owners: Vec<u32> = (0..10).collect();
        assert_eq!(outside(60).interest(&owners, 10_000), INTEREST_BITS);
        assert_eq!(outside(120).interest(&owners, 10_000), 0.0);
    }

    #[test]
    fn where_jobs_are_too_many_to_count_pairs_an_interest_explains_them() {
        let many = MOST_JOBS + 1;
        let outside = Outside { busy: vec![0; many], single: vec![0; many], twice: u32::MAX };
        let owners: Vec<u32> = (0..many as u32).collect();
        assert_eq!(outside.interest(&owners, usize::MAX), INTEREST_BITS);
    }
}
