//! How the members of a community behaved where they met and elsewhere.
//!
//! A second look at the events, once it is known whom to look at: memory grows with the members of communities and a
//! bounded sample of other people, who say what is usual. Sums are kept in whole numbers, so that they do not depend
//! on the order in which workers are joined.

use crate::approach::Approaches;
use crate::attendance::Attendance;
use crate::parties::{channel, link};
use crate::search::Search;
use crate::traces::Trail;
use events::{Event, Key, Kind};
use hashbrown::{HashMap, HashSet};

/// What one account did on one subject.
#[derive(Clone, Copy, Debug, Default)]
struct Visit {
    viewed: bool,
    marked: bool,
    /// Ordered it for next to nothing, or for what is not known.
    took: bool,
    /// Ordered it at all, and came by somebody's link.
    ordered: bool,
    led: bool,
    reviewed: bool,
    /// Sum of log₂ of milliseconds stayed, in thousandths, and the number of stays.
    stay: i64,
    stays: u32,
}

impl Visit {
    /// Whether it was clear before the look what would come of it: what costs nothing is taken without a thought, and who
    /// opens a neighbour's link knows what is to be had; so may everybody where no `sources` are told.
    fn decided(&self, sources: bool) -> bool {
        self.took || (self.ordered && (self.led || !sources))
    }
}

/// Counts of visits and stays, for one community or for people at large.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Manner {
    /// (account, subject) pairs viewed.
    pub viewed: u64,
    /// Of these, marked too.
    pub marked: u64,
    /// Sum of log₂ milliseconds, in thousandths.
    pub stay: i64,
    pub stays: u64,
}

impl Manner {
    fn add(&mut self, visit: &Visit) {
        if visit.viewed {
            self.viewed += 1;
            self.marked += u64::from(visit.marked);
        }
        self.stay += visit.stay;
        self.stays += u64::from(visit.stays);
    }

    /// Variance of that mean: one stay is [`STAY`] octaves off another's.
    pub fn stay_variance(&self) -> f64 {
        STAY * STAY / self.stays.max(1) as f64
    }

    /// Mean of log₂ of milliseconds stayed.
    pub fn mean_stay(&self) -> Option<f64> {
        (self.stays >= 5).then(|| self.stay as f64 / self.stays as f64 / 1000.0)
    }
}

/// Standard deviation of one stay, in octaves.
const STAY: f64 = 1.3;

/// One community's members on its jobs, the same elsewhere, and other people on its jobs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Contrast {
    pub on: Manner,
    pub off: Manner,
    pub others: Manner,
    /// (account, job) pairs with a mark, and those of them with an order, and with a review.
    pub done: u64,
    pub ordered: u64,
    pub reviewed: u64,
}

/// One in this many accounts, by key, stands for people at large; fewer where that would be more than [`PEOPLE`].
const SAMPLE: u64 = 16;
/// About how many accounts are enough to say what people at large do.
const PEOPLE: u64 = 8192;

/// Collects what the members of communities and a sample of others did; one a worker, joined by [`Examination::join`].
#[derive(Clone, Debug)]
pub struct Examination {
    /// The community of each member, and whether it would be a member with one job less.
    community: HashMap<Key, (u32, bool)>,
    jobs: HashSet<(u32, Key)>,
    job_subjects: HashSet<Key>,
    visits: HashMap<(Key, Key), Visit>,
    /// One account in this many, by key, is in the sample.
    sample: u64,
    /// Orders over less are given away.
    least_sale: i64,
    /// The channel by which links come, and whether any view says how it came.
    share: Key,
    sources: bool,
    pub(crate) approaches: Approaches,
    pub(crate) attendance: Attendance,
    pub(crate) trail: Trail,
}

impl Examination {
    /// Prepares to look at the communities that a search found.
    #[must_use]
    pub fn new(search: &Search) -> Examination {
        let sample = SAMPLE.max(search.ledger.accounts.len() as u64 / PEOPLE);
        let mut examination = Examination {
            community: HashMap::new(),
            jobs: HashSet::new(),
            job_subjects: HashSet::new(),
            visits: HashMap::new(),
            sample,
            least_sale: search.ledger.least_sale,
            share: channel(),
            sources: false,
            approaches: Approaches::new(&search.ledger, &search.surges),
            attendance: Attendance::new(&search.waves),
            trail: Trail::new(&search.ledger, &search.floods, search.waves.untold_counts),
        };
        for (number, community) in search.communities.iter().enumerate() {
            for (&member, own) in community.members.iter().zip(community.records(&search.ledger)) {
                let account = search.ledger.accounts[member as usize];
                let spare = community.needed.spares(own);
                examination.community.insert(account, (number as u32, spare));
            }
            for job in &community.jobs {
                let subject = search.ledger.subjects[job.subject as usize];
                examination.jobs.insert((number as u32, subject));
                examination.job_subjects.insert(subject);
            }
        }
        examination
    }

    /// Takes note of one event and what was written in it. Examinations that saw parts of the events, in any order, are
    /// joined.
    pub fn observe(&mut self, event: &Event, text: &str) {
        self.approaches.observe(event, text);
        self.attendance.observe(event);
        self.trail.observe(event);
        if event.actor.is_none() || event.subject.is_none() {
            return;
        }
        let viewed = event.kind == Kind::View;
        self.sources |= viewed && event.channel.is_some();
        if !viewed && !event.kind.is_mark() {
            return;
        }
        let watched = self.community.contains_key(&event.actor)
            || event.actor.0.is_multiple_of(self.sample)
            || self.job_subjects.contains(&event.subject);
        if !watched {
            return;
        }
        let visit = self.visits.entry((event.actor, event.subject)).or_default();
        visit.viewed |= viewed;
        visit.led |= link(event, self.share).is_some();
        visit.ordered |= event.kind == Kind::Order;
        visit.reviewed |= event.kind == Kind::Review;
        visit.took |= event.kind == Kind::Order && event.amount.unwrap_or(0) < self.least_sale;
        visit.marked |= !viewed;
        if let (true, Some(dwell)) = (viewed, event.dwell_ms) {
            visit.stay += ((dwell.max(1) as f64).log2() * 1000.0).round() as i64;
            visit.stays += 1;
        }
    }

    /// Joins what another worker's examination of the same search collected.
    pub fn join(&mut self, other: Examination) {
        self.approaches.join(other.approaches);
        self.attendance.join(other.attendance);
        self.trail.join(other.trail);
        self.sources |= other.sources;
        for (place, visit) in other.visits {
            let mine = self.visits.entry(place).or_default();
            mine.viewed |= visit.viewed;
            mine.marked |= visit.marked;
            mine.took |= visit.took;
            mine.ordered |= visit.ordered;
            mine.reviewed |= visit.reviewed;
            mine.led |= visit.led;
            mine.stay += visit.stay;
            mine.stays += visit.stays;
        }
    }

    /// The contrast of each community, and people at large.
    pub(crate) fn contrasts(&self, communities: usize) -> (Vec<Contrast>, People) {
        let mut contrasts = vec![Contrast::default(); communities];
        let mut people: HashMap<Key, Manner> = HashMap::new();
        let mut on_subject: HashMap<Key, Manner> = HashMap::new();
        // Whole-number sums: the order of a hash table does not show.
        #[allow(clippy::iter_over_hash_type)]
        for ((actor, subject), visit) in &self.visits {
            match self.community.get(actor) {
                Some(&(number, spare)) => {
                    let contrast = &mut contrasts[number as usize];
                    if self.jobs.contains(&(number, *subject)) {
                        contrast.done += u64::from(visit.marked);
                        contrast.ordered += u64::from(visit.ordered);
                        contrast.reviewed += u64::from(visit.reviewed);
                        // A mark without which the account would be no member is why it is looked at, and no evidence.
                        contrast.on.add(&Visit {
                            viewed: visit.viewed
                                && !visit.decided(self.sources)
                                && (spare || !visit.marked),
                            ..*visit
                        });
                    } else {
                        contrast.off.add(visit);
                    }
                }
                None => {
                    if actor.0.is_multiple_of(self.sample) {
                        people.entry(*actor).or_default().add(visit);
                    }
                    if self.job_subjects.contains(subject) {
                        on_subject.entry(*subject).or_default().add(visit);
                    }
                }
            }
        }
        #[allow(clippy::iter_over_hash_type)]
        for (number, subject) in &self.jobs {
            if let Some(manner) = on_subject.get(subject) {
                let others = &mut contrasts[*number as usize].others;
                others.viewed += manner.viewed;
                others.marked += manner.marked;
                others.stay += manner.stay;
                others.stays += manner.stays;
            }
        }
        (contrasts, People::of(people.values().map(|own| (own.viewed, own.marked))))
    }
}

/// How much the visits of one account are alike: the correlation of whether two of them left a mark (0.09 in the labelled market, 0.08 to
/// 0.10 in the simulator's worlds and in worlds made by others).
const ALIKE: f64 = 0.1;

/// How often people at large mark what they view. A share of people and not of visits: who is at it by day and by night, and marks
/// whatever he opens, is one of them, however many his visits.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct People {
    /// (account, subject) pairs viewed.
    pub viewed: u64,
    /// Share of them that were marked, of the usual account.
    pub share: f64,
    /// Variance of its log odds: how little is known of it.
    pub variance: f64,
}

impl People {
    /// From (viewed, marked) of accounts, in any order.
    fn of(accounts: impl Iterator<Item = (u64, u64)>) -> People {
        let mut accounts: Vec<(u64, u64)> = accounts.filter(|own| own.0 > 0).collect();
        // Sums of fractions depend on their order.
        accounts.sort_unstable();
        let each: Vec<(f64, f64)> = accounts
            .iter()
            .map(|&(viewed, marked)| {
                let viewed = viewed as f64;
                (marked as f64 / viewed, viewed / (1.0 + (viewed - 1.0) * ALIKE))
            })
            .collect();
        // One visit left a mark and one did not, before anything is known.
        let weight = each.iter().map(|own| own.1).sum::<f64>() + 2.0;
        let share = (each.iter().map(|own| own.0 * own.1).sum::<f64>() + 1.0) / weight;
        let squares = each.iter().map(|own| ((own.0 - share) * own.1).powi(2)).sum::<f64>() + 0.5;
        let slope = share * (1.0 - share);
        People {
            viewed: accounts.iter().map(|own| own.0).sum(),
            share,
            variance: squares / (weight * slope).powi(2),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_never_rests_is_one_of_the_people() {
        let usual = || (0..200u64).map(|at| (20 + at % 20, 4 + at % 5));
        let sleepless = [(2_000, 1_900); 5];
        let (few, all) = (People::of(usual()), People::of(usual().chain(sleepless)));
        assert!((few.share - 0.2).abs() < 0.02, "{few:?}");
        // Of all visits they are seven in ten.
        assert!((all.share - few.share).abs() < 0.04, "{all:?}");
        assert_eq!(all.viewed, few.viewed + 10_000);
    }

    #[test]
    fn few_accounts_tell_little_of_people_however_much_they_did() {
        let many = People::of((0..400).map(|at| (30, 3 + at % 7)));
        let few = People::of((0..4).map(|at| (3_000, 300 + at * 200)));
        assert!(many.variance < 0.01 && few.variance > 0.05, "{many:?} {few:?}");
        let nobody = People::of(std::iter::empty());
        assert_eq!((nobody.viewed, nobody.share), (0, 0.5));
    }
}
