//! Circles: what a community shares by being loyal to a few owners, however many works these have.
//!
//! Who is loyal to a creator comes to one work after the other. Forty works of three creators are then three choices of each
//! member, not forty; and where everybody comes to the same few creators from the first day to the last, they are one choice: that of a
//! circle of friends, a class that greets its teachers every morning, staff on duty for the firm's posts. That all of them take part
//! alike says that it is organised, not that nobody means it. Crews are sent wherever somebody pays, for as long as he pays, so that they
//! have other choices left.

use crate::jobs::{Job, Turn};
use crate::ledger::Ledger;
use crate::meetings::FEWEST_MEETINGS;
use crate::reach::{Needed, Record, records};
use crate::search::Community;
use crate::turnout::pairs_with;

/// Loyalty explains no more owners than these: more than five other people hardly anybody sees every day.
const MOST_OWNERS: usize = 5;
/// Of those who are come to all along, if they are most of what is shared: three turns in four.
const MOSTLY: f64 = 0.75;
/// All along is in each of so many parts of the community's time.
const PARTS: u32 = 4;

/// A community by the owners it was loyal to.
#[derive(Clone, Debug)]
pub(crate) struct Circle {
    /// What each member did, of choices instead of jobs.
    pub records: Vec<Record>,
    /// What it takes to be a member, in choices.
    pub needed: Needed,
    /// The share of the pairs of members that loyalty ties, whoever they are.
    pub tied: f64,
    /// Whether members kept coming to the same few from beginning to end.
    pub lasting: bool,
}

impl Circle {
    /// The community's choices, where they are fewer than its jobs: where there are few owners, or few to which members keep
    /// coming.
    pub fn of(ledger: &Ledger, community: &Community) -> Option<Circle> {
        let owner = |job: &Job| ledger.owners[job.subject as usize];
        let by_owner: Vec<u32> = community.jobs.iter().map(owner).collect();
        let circle = standing(&community.jobs, &by_owner);
        let choices = Choices::of(&by_owner, &circle);
        let few = choices.count <= MOST_OWNERS || !circle.is_empty();
        if !few || choices.count == community.jobs.len() {
            return None;
        }
        let (jobs, turns) = choices.collapsed(community);
        let records = records(ledger, &community.members, &jobs, &turns);
        // Each owner counts once in a tie, so the jobs of a member are owners; those of the circle are one choice.
        let met = community.needed.jobs.saturating_sub((circle.len() as u32).saturating_sub(1));
        let jobs = met.clamp(1, choices.count as u32);
        let needed = Needed { jobs, share: community.needed.share };
        let tied = by_need(&records, needed).max(by_circle(community, &by_owner, &circle));
        Some(Circle { records, needed, tied, lasting: !circle.is_empty() })
    }
}

/// Owners that members came to from beginning to end, if they are few and most of what members share; ascending.
fn standing(jobs: &[Job], by_owner: &[u32]) -> Vec<u32> {
    let begin = jobs.iter().map(|job| job.first).min().unwrap_or_default();
    let end = jobs.iter().map(|job| job.first).max().unwrap_or_default();
    let part =
        |job: &Job| u64::from(job.first - begin) * u64::from(PARTS) / (u64::from(end - begin) + 1);
    // (owner, part of the time, turns).
    let mut seen: Vec<(u32, u64, u64)> =
        by_owner.iter().zip(jobs).map(|(&o, job)| (o, part(job), u64::from(job.members))).collect();
    seen.sort_unstable();
    let all: u64 = seen.iter().map(|own| own.2).sum();
    let (mut owners, mut turns) = (Vec::new(), 0u64);
    for own in seen.chunk_by(|x, y| x.0 == y.0) {
        let parts = own.chunk_by(|x, y| x.1 == y.1).count();
        if parts as u32 == PARTS {
            owners.push(own[0].0);
            turns += own.iter().map(|own| own.2).sum::<u64>();
        }
    }
    let mostly = turns as f64 >= MOSTLY * all as f64;
    if owners.len() <= MOST_OWNERS && mostly { owners } else { Vec::new() }
}

/// Which choice each job is.
struct Choices {
    of_job: Vec<u32>,
    count: usize,
}

impl Choices {
    fn of(by_owner: &[u32], circle: &[u32]) -> Choices {
        // The circle goes by its first owner.
        let named = |owner: &u32| {
            if circle.binary_search(owner).is_ok() { circle[0] } else { *owner }
        };
        let mut names: Vec<u32> = by_owner.iter().map(named).collect();
        let of_each = names.clone();
        names.sort_unstable();
        names.dedup();
        let place = |name: &u32| names.partition_point(|other| other < name) as u32;
        Choices { of_job: of_each.iter().map(place).collect(), count: names.len() }
    }

    /// Choices as if they were jobs, that began with their last work: who was there by then could choose.
    fn collapsed(&self, community: &Community) -> (Vec<Job>, Vec<Turn>) {
        let mut jobs: Vec<Option<Job>> = vec![None; self.count];
        for (job, &choice) in community.jobs.iter().zip(&self.of_job) {
            let known = jobs[choice as usize].get_or_insert(*job);
            known.first = known.first.max(job.first);
        }
        let turn = |turn: &Turn| Turn { job: self.of_job[turn.job as usize], ..*turn };
        let mut turns: Vec<Turn> = community.turns.iter().map(turn).collect();
        turns.sort_unstable();
        turns.dedup_by_key(|turn| (turn.job, turn.member));
        (jobs.into_iter().flatten().collect(), turns)
    }
}

/// The share of pairs that meet as often as a tie takes, if members made no more choices than it takes to be one.
fn by_need(records: &[Record], needed: Needed) -> f64 {
    let (mut reach, mut least) = (0u64, 0u64);
    for own in records {
        reach += u64::from(own.reach);
        least += u64::from(needed.in_reach(*own).min(own.reach));
    }
    pairs_with(needed.jobs as usize, records, least as f64 / reach.max(1) as f64)
}

/// The share of pairs of which both came to as many owners of the circle as make a tie.
fn by_circle(community: &Community, by_owner: &[u32], circle: &[u32]) -> f64 {
    let mut came: Vec<(u32, u32)> = community
        .turns
        .iter()
        .map(|turn| (turn.member, by_owner[turn.job as usize]))
        .filter(|(_, owner)| circle.binary_search(owner).is_ok())
        .collect();
    came.sort_unstable();
    came.dedup();
    let regular = came
        .chunk_by(|x, y| x.0 == y.0)
        .filter(|owners| owners.len() >= FEWEST_MEETINGS as usize)
        .count();
    let pairs = |n: usize| n as f64 * (n as f64 - 1.0) / 2.0;
    pairs(regular) / pairs(community.members.len()).max(1.0)
}
