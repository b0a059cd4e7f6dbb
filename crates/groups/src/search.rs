//! From marks to communities with their jobs: what is found before anything is judged.

use crate::communities::communities;
use crate::examination::Examination;
use crate::floods::{Flood, floods};
use crate::jobs::{Job, Turn, jobs};
use crate::ledger::Ledger;
use crate::meetings::{FEWEST_MEETINGS, MeetingLimits, Tie, ties};
use crate::reach::{Needed, Record, records};
use crate::shape::{Shape, shape};
use crate::surges::{Surge, SurgeLimits, surges};
use crate::tail::choose_bits;
use crate::waves::Waves;
use events::Key;
use hashbrown::HashSet;

/// Limits and parameters of the search.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The fewest accounts of a community.
    pub smallest: usize,
    /// The fewest jobs of a community: what happened once or twice is an occasion, not a practice.
    pub jobs: usize,
    /// The most pair visits at one scale for each mark of the table; above it large crowds are compared in pieces of
    /// time. Small tables get [`LEAST_WORK`] in any case.
    pub work: u64,
    /// The most communities kept, strongest first.
    pub communities: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { smallest: 4, jobs: 3, work: 8, communities: 10_000 }
    }
}

/// Accounts that met again and again, with what they did together. Not yet a group: it may be a real crowd.
#[derive(Clone, Debug)]
pub struct Community {
    /// Account numbers of the [`Ledger`], ascending.
    pub members: Vec<u32>,
    /// By subject.
    pub jobs: Vec<Job>,
    /// How even and how tight it is.
    pub shape: Shape,
    /// What its jobs are worth beyond what it costs to name its members and subjects (minimum description length).
    pub surplus: f64,
    /// For each member, bits of the jobs that it did.
    pub member_bits: Vec<f64>,
    /// Accounts that did two of its jobs for two owners, far more of them than any interest explains, ascending, with the bits of these
    /// jobs. They belong, and say nothing of what it is.
    pub besides: Vec<(u32, f64)>,
    /// What it takes to be a member: whoever did less would not be here, whatever it is.
    pub(crate) needed: Needed,
    pub(crate) turns: Vec<Turn>,
}

impl Community {
    /// What each member did of the jobs that it could do.
    pub(crate) fn records(&self, ledger: &Ledger) -> Vec<Record> {
        records(ledger, &self.members, &self.jobs, &self.turns)
    }
}

/// All that a search found.
#[derive(Debug)]
pub struct Search {
    /// The table that was searched.
    pub ledger: Ledger,
    /// Strongest first.
    pub communities: Vec<Community>,
    /// By subject, kind and time.
    pub surges: Vec<Surge>,
    /// By owner, kind and time.
    pub(crate) floods: Vec<Flood>,
    /// Hours in which too many views were left at once: [`crate::waves`] finds them, a search by itself none.
    pub waves: Waves,
    /// Who benefits from the subjects of waves, by subject, as the second look saw it: subjects that only ever were
    /// looked at are not in the ledger.
    pub wave_owners: Vec<(Key, Key)>,
    /// For each account, the sum over its five strongest ties.
    pub tie_bits: Vec<f32>,
    /// Bits that a pair had to reach.
    pub threshold: f32,
}

/// Pair visits that every table gets at one scale: some tenths of a second.
pub const LEAST_WORK: u64 = 40_000_000;

/// Finds communities of accounts that meet beyond chance. Uses up to `workers` threads; the result does not depend
/// on how many.
#[must_use]
pub fn search(ledger: Ledger, workers: usize, limits: Limits) -> Search {
    let threshold = pair_threshold(&ledger);
    let work = (limits.work * ledger.marks() as u64).max(LEAST_WORK);
    let meeting = MeetingLimits { work, ..MeetingLimits::default() };
    let ties = ties(&ledger, threshold, workers, meeting);
    let mut found: Vec<Community> = Vec::new();
    for members in communities(ledger.accounts.len(), &ties, threshold, limits.smallest) {
        let Some(community) = settle(&ledger, (&ties, threshold), members, limits) else {
            continue;
        };
        found.push(community);
    }
    found.sort_by(|x, y| y.surplus.total_cmp(&x.surplus).then(x.members.cmp(&y.members)));
    let mut found = apart(&ledger, found, limits);
    found.truncate(limits.communities);
    besides(&ledger, &mut found);
    let tie_bits = strongest_ties(ledger.accounts.len(), &ties);
    let surges = surges(&ledger, workers, SurgeLimits::default());
    let floods = floods(&ledger, workers);
    Search {
        ledger,
        communities: found,
        surges,
        floods,
        waves: Waves::default(),
        wave_owners: Vec::new(),
        tie_bits,
        threshold,
    }
}

impl Search {
    /// Whether anything was found that is worth a second look.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let marked =
            self.communities.is_empty() && self.surges.is_empty() && self.floods.is_empty();
        marked && self.waves.waves.is_empty()
    }

    /// Notes what the second look saw of who benefits from the subjects of waves.
    pub fn note_owners(&mut self, examination: &Examination) {
        let owners = self.waves.waves.iter().zip(&examination.attendance.owners);
        let known = owners.filter(|(_, owner)| owner.is_some());
        self.wave_owners = known.map(|(wave, owner)| (wave.subject, *owner)).collect();
        // The greatest owner of a subject stands.
        self.wave_owners.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)));
        self.wave_owners.dedup_by_key(|entry| entry.0);
    }

    /// Who benefits from a subject; the subject itself where nobody is named.
    #[must_use]
    pub fn owner(&self, subject: Key) -> Key {
        if let Ok(number) = self.ledger.subjects.binary_search(&subject) {
            return self.ledger.owner(number as u32);
        }
        let known = self.wave_owners.binary_search_by_key(&subject, |entry| entry.0);
        known.map_or(subject, |at| self.wave_owners[at].1)
    }
}

/// Bits that make a pair: less than one false pair is expected among all pairs of accounts with enough marks to meet
/// three times.
fn pair_threshold(ledger: &Ledger) -> f32 {
    let able = (0..ledger.accounts.len() as u32).filter(|&a| ledger.places(a).len() >= 3).count();
    let pairs = (able as f64) * (able as f64 - 1.0) / 2.0;
    (pairs.max(1.0).log2() as f32).max(16.0)
}

fn strongest_ties(accounts: usize, ties: &[Tie]) -> Vec<f32> {
    let mut best = vec![[0f32; 5]; accounts];
    for tie in ties {
        for account in [tie.a, tie.b] {
            let five = &mut best[account as usize];
            if tie.bits > five[4] {
                five[4] = tie.bits;
                five.sort_unstable_by(|x, y| y.total_cmp(x));
            }
        }
    }
    best.into_iter().map(|five| five.iter().sum()).collect()
}

/// Makes a community of a cluster: finds its jobs, lets go of who hardly belongs, takes in who plainly does.
fn settle(
    ledger: &Ledger,
    (ties, threshold): (&[Tie], f32),
    mut members: Vec<u32>,
    limits: Limits,
) -> Option<Community> {
    let (mut found, mut turns) = jobs(ledger, &members);
    for _ in 0..2 {
        if found.len() < limits.jobs {
            return None;
        }
        members = firm(&members, ties, &records(ledger, &members, &found, &turns));
        (found, turns) = jobs(ledger, &members);
        let joining = joining(ledger, &members, (&found, &turns), |_| INTEREST_BITS);
        if joining.is_empty() {
            break;
        }
        members.extend(joining.iter().map(|joining| joining.0));
        members.sort_unstable();
        (found, turns) = jobs(ledger, &members);
    }
    if members.len() < limits.smallest || found.len() < limits.jobs {
        return None;
    }
    let inside = degrees(&members, ties).iter().sum::<u32>() as usize / 2;
    let records = records(ledger, &members, &found, &turns);
    let shape = shape(inside, &records);
    let worth: f64 = found.iter().map(|job| job.bits).sum();
    let cost = choose_bits(ledger.accounts.len(), members.len())
        + choose_bits(ledger.subjects.len(), found.len());
    let member_bits = member_bits(ledger, &members, &found, &turns);
    let needed = needed(&members, (ties, threshold), &records);
    let surplus = worth - cost;
    (surplus > 0.0).then_some(Community {
        members,
        jobs: found,
        shape,
        surplus,
        member_bits,
        besides: Vec::new(),
        needed,
        turns,
    })
}

/// What it takes to be a member: as many meetings, each of so many bits as the members' are, as make a tie, and a third of
/// what is usual.
fn needed(members: &[u32], (ties, threshold): (&[Tie], f32), records: &[Record]) -> Needed {
    let (mut bits, mut meetings) = (0.0, 0u64);
    for &account in members {
        let from = ties.partition_point(|tie| tie.a < account);
        let own = ties[from..].iter().take_while(|tie| tie.a == account);
        for tie in own.filter(|tie| members.binary_search(&tie.b).is_ok()) {
            bits += f64::from(tie.bits);
            meetings += u64::from(tie.meetings);
        }
    }
    let each = bits / meetings.max(1) as f64;
    let tied = if each > 0.0 { (f64::from(threshold) / each).ceil() } else { 0.0 };
    Needed {
        jobs: tied.max(f64::from(FEWEST_MEETINGS)).min(f64::from(u32::MAX)) as u32,
        share: usual_share(records) / 3.0,
    }
}

/// Ties of each member with other members.
fn degrees(members: &[u32], ties: &[Tie]) -> Vec<u32> {
    let mut degree = vec![0u32; members.len()];
    // Ties are in the order of their first account, so only the members' own rows are read.
    for (place, &account) in members.iter().enumerate() {
        let from = ties.partition_point(|tie| tie.a < account);
        for tie in ties[from..].iter().take_while(|tie| tie.a == account) {
            if let Ok(other) = members.binary_search(&tie.b) {
                degree[place] += 1;
                degree[other] += 1;
            }
        }
    }
    degree
}

fn median(values: &[u32]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len() / 2).copied().map_or(0.0, f64::from)
}

/// The share of what it could do that the middle member did.
fn usual_share(records: &[Record]) -> f64 {
    let mut shares: Vec<f64> = records.iter().map(|own| own.share()).collect();
    shares.sort_by(f64::total_cmp);
    shares.get(shares.len() / 2).copied().unwrap_or_default()
}

/// The members that did at least a third of what is usual in the community, in ties as in jobs; of jobs, in what they
/// could do.
fn firm(members: &[u32], ties: &[Tie], records: &[Record]) -> Vec<u32> {
    let degree = degrees(members, ties);
    let (usual_degree, usual_share) = (median(&degree), usual_share(records));
    let stays = |m: &usize| {
        f64::from(degree[*m]) * 3.0 >= usual_degree && records[*m].share() * 3.0 >= usual_share
    };
    (0..members.len()).filter(stays).map(|m| members[m]).collect()
}

/// Bits by which an account must be likelier a member than not, after what naming it costs.
const MEMBERSHIP_BITS: f64 = 4.0;

/// What an interest that two jobs have in common can be worth: people did two jobs of one crew up to six times as often as the
/// numbers who did one of them lead to expect (simulator, worlds made by others).
const INTEREST_BITS: f64 = 3.0;

/// Jobs beyond which pairs of them are not counted.
const MOST_JOBS: usize = 1 << 10;

/// Accounts outside that belong: the jobs that they did at the hours of the jobs, weighed against those that they did
/// not do, say so beyond chance; or they work from a device of the group's and did any job.
fn joining(
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
    // One sitting is one occasion: its first job stands for all.
    seen.sort_unstable();
    seen.dedup_by_key(|turn| (turn.0, turn.1));
    let outside = Outside::of(ledger, found, &seen);
    let windows = Windows::of(ledger, members, (found, turns), &outside.busy);
    let interest = interest(&outside);
    let prices = Prices::of(ledger, members);
    let idle = Idle::of(&windows);
    let mut joining = Vec::new();
    for turns in seen.chunk_by(|x, y| x.0 == y.0) {
        let account = turns[0].0;
        let mut numbers: Vec<u32> = turns.iter().map(|turn| turn.2).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let link = |number: &u32| windows.link_bits(ledger, account, *number as usize);
        let links: f64 = numbers.iter().map(link).sum();
        if devices.binary_search(&ledger.devices[account as usize]).is_ok() {
            joining.push((account, links));
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
            joining.push((account, links));
        }
    }
    joining
}

/// Notes who else belongs to each community, an account to the strongest.
fn besides(ledger: &Ledger, found: &mut [Community]) {
    let mut taken: HashSet<u32> = found.iter().flat_map(|one| one.members.clone()).collect();
    for community in found {
        let Community { members, jobs, turns, .. } = &*community;
        let joining = joining(ledger, members, (jobs, turns), |o| o.interest(ledger, jobs));
        community.besides = joining.into_iter().filter(|joining| taken.insert(joining.0)).collect();
    }
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
    fn interest(&self, ledger: &Ledger, found: &[Job]) -> f64 {
        let owner = |job: usize| ledger.owners[found[job].subject as usize];
        let came = |job: usize| f64::from(self.single[job]) + 0.5;
        let jobs = found.len().min(MOST_JOBS);
        let pairs = (0..jobs).flat_map(|one| (0..one).map(move |other| (one, other)));
        let apart = pairs.filter(|&(one, other)| owner(one) != owner(other));
        let expected: f64 = apart.map(|(one, other)| came(one) * came(other)).sum();
        let people = expected / ledger.accounts.len() as f64 * INTEREST_BITS.exp2();
        let explained = people * MEMBERSHIP_BITS.exp2() > f64::from(self.twice);
        if explained || found.len() > MOST_JOBS { INTEREST_BITS } else { 0.0 }
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

fn member_bits(ledger: &Ledger, members: &[u32], found: &[Job], turns: &[Turn]) -> Vec<f64> {
    let windows = Windows::of(ledger, members, (found, turns), &vec![0; found.len()]);
    let mut bits = vec![0f64; members.len()];
    for turn in turns {
        let account = members[turn.member as usize];
        bits[turn.member as usize] += windows.link_bits(ledger, account, turn.job as usize);
    }
    bits
}

/// Each account in one community: taken strongest first, a community gives up the members that a stronger one has,
/// and goes if it loses half of them.
fn apart(ledger: &Ledger, found: Vec<Community>, limits: Limits) -> Vec<Community> {
    let mut taken = vec![false; ledger.accounts.len()];
    let mut kept = Vec::new();
    for mut community in found {
        let free: Vec<u32> =
            community.members.iter().copied().filter(|&m| !taken[m as usize]).collect();
        if free.len() * 2 <= community.members.len() || free.len() < limits.smallest {
            continue;
        }
        if free.len() < community.members.len() {
            let (jobs, turns) = jobs(ledger, &free);
            if jobs.len() < limits.jobs {
                continue;
            }
            community.member_bits = member_bits(ledger, &free, &jobs, &turns);
            community.members = free;
            community.jobs = jobs;
            community.turns = turns;
        }
        for &member in &community.members {
            taken[member as usize] = true;
        }
        kept.push(community);
    }
    kept
}
