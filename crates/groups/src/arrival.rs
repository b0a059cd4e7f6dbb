//! Arrival: when members came to each job, between its first and its last.
//!
//! A crowd has an occasion, such as a new work, a push or a word in a chat: most of it comes soon, the rest trickles in. Or its
//! members have habits: each comes at an hour of his own, early or late every time. Hired accounts are spread over the time that was
//! sold: they come evenly, and who is early at one job may be late at the next; or a script goes down its list, and they come in the very
//! same order each time, as no habits make people come.
//!
//! Time is counted in marks of the whole table, so that a night is no pause. A subject to which others come evenly as well,
//! such as a stream, is no example of an occasion: others count for what is usual as much as members do.

use crate::ledger::Ledger;
use crate::search::Community;
use crate::tail::normal_density;

/// The fewest members at a job whose times are compared, and the fewest such jobs.
const FEWEST_TURNS: usize = 8;
const FEWEST_JOBS: usize = 3;
/// Of the table's marks, one in this many may fall into a job: what lasts longer had no one occasion.
const WITHIN: usize = 4;

/// The mean place of arrivals: 0 at the first, 1 at the last. Mean and standard deviation. Crews of the labelled market, the simulator and
/// worlds made by others are at 0.40 to 0.64, crowds with an occasion at 0.14 to 0.39, readers of daily lists at 0.38 to 0.56.
const EVEN: (f64, f64) = (0.5, 0.07);
const OCCASION: (f64, f64) = (0.24, 0.09);
const HABIT: (f64, f64) = (0.49, 0.09);
/// Of crews, those sent as soon as the occasion is there.
const PROMPT_CREWS: f64 = 0.15;
/// Of crowds, those with habits, and those of which nobody has thought: they come evenly and without habits. Of fifty crowds in those
/// worlds eight had habits, and none neither habit nor occasion.
const HABITUAL: f64 = 0.18;
const UNTHOUGHT: f64 = 0.02;
/// How much alike a crew's places at two jobs are, and how much habits make them, but for a few that do more: as a correlation.
const ALIKE: f64 = 0.03;
const USUAL_HABITS: (f64, f64) = (0.0, 0.6);
const STRONG_HABITS: (f64, f64) = (0.6, 0.95);
const STRONG: f64 = 0.05;
/// Of crews, those that a script sends down the same list at each job, and how much alike their places are then.
const LISTED: f64 = 0.05;
const LIST: (f64, f64) = (1.0, 0.02);

/// How a community came to its jobs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Arrival {
    /// The mean place of arrivals, with its variance.
    pub place: (f64, f64),
    /// Correlation of one member's ranks at two jobs, with its variance.
    pub habit: (f64, f64),
    /// What an occasion would lead one to expect of the mean place.
    pub occasion: f64,
}

/// One job's arrivals.
struct Job {
    /// Sum of the places of all but the first and the last, and their number.
    places: (f64, f64),
    /// The same of others between the first and the last.
    others: (f64, f64),
    /// (member, its rank from 0 to 1).
    ranks: Vec<(u32, f64)>,
}

impl Arrival {
    /// How a community came, where enough came to enough jobs, and the table's time tells them apart.
    pub fn of(ledger: &Ledger, community: &Community) -> Option<Arrival> {
        let mut turns: Vec<(u32, u32, u32)> =
            community.turns.iter().map(|turn| (turn.job, turn.time, turn.member)).collect();
        turns.sort_unstable();
        let jobs: Vec<Job> = turns
            .chunk_by(|x, y| x.0 == y.0)
            .filter_map(|turns| Job::of(ledger, community, turns))
            .collect();
        if jobs.len() < FEWEST_JOBS {
            return None;
        }
        let sum = |of: fn(&Job) -> (f64, f64)| {
            jobs.iter().map(of).fold((0.0, 0.0), |sum, own| (sum.0 + own.0, sum.1 + own.1))
        };
        let (own, others) = (sum(|job| job.places), sum(|job| job.others));
        let mean = own.0 / own.1;
        // Jobs differ by more than their members' number explains.
        let off = |job: &Job| ((job.places.0 - mean * job.places.1) / own.1).powi(2);
        let variance = jobs.iter().map(off).sum::<f64>();
        Some(Arrival {
            place: (mean, variance),
            habit: habit(&jobs),
            occasion: (OCCASION.0 * own.1 + others.0) / (own.1 + others.1),
        })
    }

    /// Bits for a crew rather than a crowd.
    pub fn bits(&self) -> f64 {
        let (place, unsure) = self.place;
        let near =
            |(mean, sd): (f64, f64)| normal_density(place, (mean, (sd * sd + unsure).sqrt())).exp();
        let (without, with, listed) = self.habits();
        let even = near(EVEN) * ((1.0 - LISTED) * without + LISTED * listed);
        // To come when there is an occasion says nothing of habits.
        let prompt = near((self.occasion, OCCASION.1)) * (without + with) / 2.0;
        let crew = (1.0 - PROMPT_CREWS) * even + PROMPT_CREWS * prompt;
        let crowd = (1.0 - HABITUAL - UNTHOUGHT) * prompt
            + HABITUAL * near(HABIT) * with
            + UNTHOUGHT * even;
        let bits = (crew.max(f64::MIN_POSITIVE) / crowd.max(f64::MIN_POSITIVE)).log2();
        bits.clamp(-MOST_AGAINST, (1.0 / UNTHOUGHT).log2())
    }

    /// The density of the likeness of a member's ranks where there is no habit, where there is one, and where a list is gone
    /// down. As [`normal_density`] has it, without the factor that they share.
    fn habits(&self) -> (f64, f64, f64) {
        const STEPS: usize = 64;
        let (alike, unsure) = self.habit;
        let density = |mean: f64, sd: f64| normal_density(alike, (mean, sd)).exp();
        let without = density(0.0, (ALIKE * ALIKE + unsure).sqrt());
        let listed = density(LIST.0, (LIST.1 * LIST.1 + unsure).sqrt());
        let any = |(from, to): (f64, f64)| {
            let step = (to - from) / STEPS as f64;
            // As wide as a step at least, so that none falls between two of them.
            let sd = (unsure + step * step).sqrt();
            let sum: f64 = (0..STEPS).map(|at| density(from + (at as f64 + 0.5) * step, sd)).sum();
            sum / STEPS as f64
        };
        let with = (1.0 - STRONG) * any(USUAL_HABITS) + STRONG * any(STRONG_HABITS);
        (without, with, listed)
    }
}

/// The most bits that arrivals speak for a crowd by: a crew can be sent in such order as people come in.
const MOST_AGAINST: f64 = 4.0;

impl Job {
    /// None where there are too few, or the job lasted too long, or times are too coarse.
    fn of(ledger: &Ledger, community: &Community, turns: &[(u32, u32, u32)]) -> Option<Job> {
        let (first, last) = (turns.first()?, turns.last()?);
        let told = 1 + turns.windows(2).filter(|two| two[0].1 < two[1].1).count();
        if turns.len() < FEWEST_TURNS || told * 4 < turns.len() * 3 {
            return None;
        }
        let clock = |time: u32| ledger.times.partition_point(|t| *t < time);
        let (begin, end) = (clock(first.1), clock(last.1));
        if end <= begin || (end - begin) * WITHIN > ledger.marks() {
            return None;
        }
        let place = |time: u32| (clock(time) - begin) as f64 / (end - begin) as f64;
        let inner = &turns[1..turns.len() - 1];
        let marks = ledger.of_subject(community.jobs[first.0 as usize].subject);
        let from = marks.partition_point(|mark| mark.time <= first.1);
        let within = marks[from..].iter().take_while(|mark| mark.time < last.1);
        let others = within
            .filter(|mark| community.members.binary_search(&mark.account).is_err())
            .fold((0.0, 0.0), |sum, mark| (sum.0 + place(mark.time), sum.1 + 1.0));
        let rank = |at: usize| (at as f64 + 0.5) / turns.len() as f64;
        Some(Job {
            places: (inner.iter().map(|turn| place(turn.1)).sum(), inner.len() as f64),
            others,
            ranks: turns.iter().enumerate().map(|(at, turn)| (turn.2, rank(at))).collect(),
        })
    }
}

/// How alike one member's ranks at two jobs are, against ranks that are drawn by lots; with the variance that this has where
/// they are.
fn habit(jobs: &[Job]) -> (f64, f64) {
    let mut ranks: Vec<(u32, f64)> = jobs.iter().flat_map(|job| &job.ranks).copied().collect();
    ranks.sort_by(|x, y| x.0.cmp(&y.0).then(x.1.total_cmp(&y.1)));
    let (mut within, mut free, mut pairs) = (0.0, 0.0, 0.0);
    for own in ranks.chunk_by(|x, y| x.0 == y.0).filter(|own| own.len() > 1) {
        let n = own.len() as f64;
        let mean = own.iter().map(|rank| rank.1).sum::<f64>() / n;
        within += own.iter().map(|rank| (rank.1 - mean).powi(2)).sum::<f64>();
        free += n - 1.0;
        pairs += n * (n - 1.0) / 2.0;
    }
    if free == 0.0 {
        // Nobody came twice: any habit is as likely as none.
        return (0.0, 1.0);
    }
    // Even ranks have a variance of a twelfth.
    (1.0 - 12.0 * within / free, 1.0 / pairs)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SURE: f64 = 1e-4;

    fn bits(place: f64, alike: f64, occasion: f64) -> f64 {
        Arrival { place: (place, SURE), habit: (alike, SURE), occasion }.bits()
    }

    #[test]
    fn who_comes_evenly_and_without_a_habit_was_sent() {
        assert!(bits(0.5, 0.0, 0.24) > 4.0);
        assert!(bits(0.5, 0.0, 0.24) <= (1.0 / UNTHOUGHT).log2());
    }

    #[test]
    fn who_comes_when_there_is_an_occasion_is_a_crowd() {
        assert!(bits(0.2, 0.0, 0.24) < -2.0);
        assert!(bits(0.2, 0.3, 0.24) < -2.0);
    }

    #[test]
    fn who_comes_at_an_hour_of_his_own_is_a_crowd() {
        assert!(bits(0.5, 0.15, 0.24) < -2.0);
        assert!(bits(0.5, 0.8, 0.24) < -2.0);
    }

    #[test]
    fn who_comes_in_the_very_same_order_was_sent() {
        assert!(bits(0.5, 1.0, 0.24) > 4.0);
        assert!(bits(0.5, 0.99, 0.24) > 2.0);
        assert!(bits(0.5, 0.9, 0.24) < -2.0);
    }

    #[test]
    fn where_everybody_comes_evenly_it_is_hardly_a_sign() {
        // What is left is that members have no habits.
        assert!(bits(0.5, 0.0, 0.48) < 1.5);
        assert!(bits(0.5, 0.1, 0.48) < 0.5);
    }

    #[test]
    fn what_is_not_known_says_little() {
        let unsure = Arrival { place: (0.5, 0.2), habit: (0.0, 1.0), occasion: 0.24 };
        assert!(unsure.bits().abs() < 1.0, "{}", unsure.bits());
        let far = Arrival { place: (1.0, 0.0), habit: (-1.0, 0.0), occasion: 0.0 };
        assert!(far.bits().is_finite());
    }

    #[test]
    fn habits_show_in_ranks() {
        let job = |ranks: Vec<(u32, f64)>| Job { places: (0.0, 0.0), others: (0.0, 0.0), ranks };
        let even = |shift: u32| {
            job((0..40).map(|m| ((m * 7 + shift * 11) % 40, (f64::from(m) + 0.5) / 40.0)).collect())
        };
        let same: Vec<Job> = (0..8).map(|_| even(0)).collect();
        assert!(habit(&same).0 > 0.99);
        // Members, and the seven places that a shift moves each by, are all over the ranks.
        let mixed: Vec<Job> = (0..8).map(even).collect();
        let (alike, variance) = habit(&mixed);
        assert!(alike.abs() < 0.2 && variance < 0.001, "{alike} {variance}");
        assert_eq!(habit(&[even(0)]), (0.0, 1.0));
    }
}
