//! From marks to communities with their jobs: what is found before anything is judged.

use crate::belonging::{besides, joining, member_bits};
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
        let joining = joining(ledger, &members, (&found, &turns));
        if joining.is_empty() {
            break;
        }
        members.extend(joining);
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

fn middle(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// The share of what it could do that the middle member did.
fn usual_share(records: &[Record]) -> f64 {
    middle(records.iter().map(|own| own.share()).collect())
}

/// The sittings in which the middle one of so many members did its jobs, as a share of these.
pub(crate) fn usual_occasions(members: usize, turns: &[Turn]) -> f64 {
    let mut done = vec![0.0; members];
    let mut sittings: Vec<(u32, u32)> = turns.iter().map(|t| (t.member, t.sitting)).collect();
    for turn in turns {
        done[turn.member as usize] += 1.0;
    }
    sittings.sort_unstable();
    sittings.dedup();
    let own = sittings.chunk_by(|x, y| x.0 == y.0);
    middle(own.map(|own| own.len() as f64 / done[own[0].0 as usize]).collect())
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
