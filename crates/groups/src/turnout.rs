//! Turnout: how many of the jobs each member did, and what so few jobs can say of it.
//!
//! Hired accounts do about the same share of the jobs each; some people are keener than others. But a community is made of
//! accounts that met at least so often, so that where there are few jobs everybody in it did most of them, and evenly,
//! whoever they are. Both explanations are therefore asked for the chance of the counts given that each reaches the fewest
//! that made a member, and averaged over what crews and crowds are like: few jobs then say little, by themselves. Nobody
//! answers for what was done before he was there.

use crate::reach::{Needed, Record};
use crate::tail::{log_sum, normal_density};

/// Crews do about half of their jobs each, crowds from a tenth to a third, and an idol's club as much as a crew. Natural logarithm of the share: mean and standard deviation.
const CREW_SHARE: (f64, f64) = (-0.7, 0.4);
const CROWD_SHARE: (f64, f64) = (-1.9, 0.5);
/// How much more a member's jobs are alike than lots would have it, as the correlation of two jobs of one member; natural
/// logarithm. A variance 2 to 6 times the binomial's in thirty jobs is 0.04 to 0.17.
const CREW_KEENNESS: (f64, f64) = (-4.2, 1.0);
const CROWD_KEENNESS: (f64, f64) = (-2.4, 0.7);
/// Values of each that are averaged over: shares from a twentieth to all but all, since machines leave nothing out.
const SHARES: usize = 16;
const KEENNESSES: usize = 10;

/// The most numbers of jobs in reach that are told apart; others are taken for the next larger one.
const REACHES: u32 = 16;

/// Bits for a crew rather than a crowd in how many of the jobs in its reach each member did, given what it took to be one. Who
/// came in by less, for the device it uses, says nothing.
pub(crate) fn turnout_bits(records: &[Record], needed: Needed) -> f64 {
    let counted = counted(records, needed);
    let (mut crew, mut crowd) = (Mean::default(), Mean::default());
    for at in 0..SHARES {
        let share = -3.0 + 2.998 * at as f64 / (SHARES - 1) as f64;
        for at in 0..KEENNESSES {
            let keenness = -6.5 + 5.8 * at as f64 / (KEENNESSES - 1) as f64;
            let chances = counted.iter().map(|own| own.log_chance((share.exp(), keenness.exp())));
            let chance = chances.sum();
            let density = |of: (f64, f64), alike: (f64, f64)| {
                normal_density(share, of) + normal_density(keenness, alike)
            };
            crew.add(density(CREW_SHARE, CREW_KEENNESS), chance);
            crowd.add(density(CROWD_SHARE, CROWD_KEENNESS), chance);
        }
    }
    (crew.value() - crowd.value()) * std::f64::consts::LOG2_E
}

/// Members that could do as many jobs and had to do as many.
struct Counted {
    /// Jobs that they had to do.
    least: usize,
    /// Members by jobs done, from none to all in reach.
    counts: Vec<f64>,
}

fn counted(records: &[Record], needed: Needed) -> Vec<Counted> {
    let most = records.iter().map(|own| own.reach).max().unwrap_or_default();
    let step = most.div_ceil(REACHES).max(1);
    let rounded = |own: &Record| (own.reach.div_ceil(step) * step).min(most) as usize;
    let mut sorted: Vec<(usize, usize, usize)> = records
        .iter()
        .map(|own| (rounded(own), needed.in_reach(*own) as usize, own.done as usize))
        .filter(|&(reach, least, done)| reach >= 2 && done >= least)
        .collect();
    sorted.sort_unstable();
    let same = sorted.chunk_by(|x, y| (x.0, x.1) == (y.0, y.1));
    same.map(|members| {
        let (reach, least, _) = members[0];
        let mut counts = vec![0.0; reach + 1];
        members.iter().for_each(|member| counts[member.2.min(reach)] += 1.0);
        Counted { least, counts }
    })
    .collect()
}

/// The logarithm of a weighted mean of numbers that are given by their logarithms.
#[derive(Default)]
struct Mean {
    weights: Vec<f64>,
    values: Vec<f64>,
}

impl Mean {
    fn add(&mut self, log_weight: f64, log_value: f64) {
        self.weights.push(log_weight);
        self.values.push(log_weight + log_value);
    }

    fn value(&self) -> f64 {
        log_sum(&self.values) - log_sum(&self.weights)
    }
}

/// The share of their jobs that members of crowds do.
pub(crate) fn usual_of_crowds() -> f64 {
    CROWD_SHARE.0.exp()
}

/// What part of all pairs of members met at so many jobs that they could be tied, where each did its share by lots of the
/// jobs in its reach: what both could do is what the later one could.
pub(crate) fn pairs_with(meetings: usize, records: &[Record], share: f64) -> f64 {
    let mut reaches: Vec<u32> = records.iter().map(|own| own.reach).collect();
    reaches.sort_unstable();
    let pairs = reaches.len() as f64 * (reaches.len() as f64 - 1.0) / 2.0;
    let (mut met, mut later) = (0.0, reaches.len());
    for same in reaches.chunk_by(|x, y| x == y) {
        let own = same.len() as f64;
        later -= same.len();
        met += own * ((own - 1.0) / 2.0 + later as f64) * meet(meetings, same[0] as usize, share);
    }
    if pairs > 0.0 { met / pairs } else { 0.0 }
}

/// The chance that two meet so often at so many jobs.
fn meet(meetings: usize, jobs: usize, share: f64) -> f64 {
    if jobs < meetings {
        return 0.0;
    }
    let both = (share * share).clamp(0.0, 1.0);
    let (mut chance, mut fewer) = ((1.0 - both).powf(jobs as f64), 0.0);
    for met in 0..meetings {
        fewer += chance;
        chance *= (jobs - met) as f64 / (met + 1) as f64 * both / (1.0 - both).max(1e-9);
    }
    (1.0 - fewer).clamp(0.0, 1.0)
}

impl Counted {
    /// log of the chance of how many jobs these accounts did, where each did at least so many: beta-binomial, whose mean share
    /// and whose correlation of two jobs are given.
    fn log_chance(&self, (share, keenness): (f64, f64)) -> f64 {
        let jobs = self.counts.len() - 1;
        let size = 1.0 / keenness - 1.0;
        let (a, b) = (share * size, (1.0 - share) * size);
        // Relative to the first, by the ratio of neighbours; what they sum to makes them chances.
        let mut log = 0.0;
        let (mut logs, mut most) = (Vec::with_capacity(jobs + 1 - self.least), 0.0f64);
        for done in self.least..=jobs {
            logs.push(log);
            most = most.max(log);
            let (k, n) = (done as f64, jobs as f64);
            log += (((n - k) * (k + a)) / ((k + 1.0) * (n - k - 1.0 + b)).max(1e-12)).ln();
        }
        let all = most + logs.iter().map(|log| (log - most).exp()).sum::<f64>().ln();
        let own = self.counts[self.least..].iter().zip(&logs).filter(|entry| *entry.0 > 0.0);
        own.map(|(count, log)| count * (log - all)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A crowd of passers-by and a few devotees, cut off where the rest of it is.
    fn keen(members: usize, most: f64, jobs: u32, least: u32) -> Vec<u32> {
        let share = |at: usize| 0.05 + (most - 0.05) * (at as f64 / members as f64).powi(2);
        let done = (0..members).map(|at| (share(at) * f64::from(jobs)).round() as u32);
        done.filter(|done| *done >= least).collect()
    }

    /// The bits of members that could do all jobs.
    fn bits(done: &[u32], jobs: u32, least: u32) -> f64 {
        let all: Vec<Record> = done.iter().map(|&done| record(jobs, done)).collect();
        turnout_bits(&all, needed(least))
    }

    fn record(reach: u32, done: u32) -> Record {
        Record { reach, done, late: 0 }
    }

    fn needed(jobs: u32) -> Needed {
        Needed { jobs, share: 0.0 }
    }

    #[test]
    fn hundreds_of_jobs_tie_even_who_come_to_one_in_seven() {
        let tied = |jobs| pairs_with(4, &[record(jobs, 0), record(jobs, 0)], usual_of_crowds());
        assert!(tied(30) < 0.02 && tied(250) > 0.75, "{} {}", tied(30), tied(250));
    }

    #[test]
    fn many_jobs_tell_the_even_from_the_keen() {
        let even: Vec<u32> = (0..60).map(|at| 13 + at % 5).collect();
        let even = bits(&even, 30, 4);
        let keen = bits(&keen(60, 0.5, 30, 4), 30, 4);
        assert!(even > 3.0 && keen < -1.0, "{even}, {keen}");
    }

    #[test]
    fn who_came_later_is_no_less_even() {
        // Half of what each could do: of twenty jobs, or of what was left when it was registered.
        let late: Vec<Record> =
            (0..60).map(|at| 20 - at % 5 * 3).map(|r| record(r, r / 2)).collect();
        let blind: Vec<Record> = late.iter().map(|own| record(20, own.done)).collect();
        let (late, blind) = (turnout_bits(&late, needed(3)), turnout_bits(&blind, needed(3)));
        assert!(late > 6.0 && late > blind + 3.0, "{late}, {blind}");
    }

    #[test]
    fn newcomers_of_whom_some_are_keen_are_a_crowd() {
        let reach = |at: u32| 30 - at % 5 * 3;
        let done =
            |at: u32| (f64::from(reach(at)) * (0.05 + 0.6 * (f64::from(at) / 60.0).powi(2))) as u32;
        let crowd: Vec<Record> =
            (0..60).map(|at| record(reach(at), done(at))).filter(|own| own.done >= 3).collect();
        assert!(turnout_bits(&crowd, needed(3)) < 1.0);
    }

    #[test]
    fn more_numbers_of_jobs_than_are_told_apart_say_the_same() {
        let of = |step: u32| -> Vec<Record> {
            (0..200).map(|at| 400 - at / step * step).map(|r| record(r, r / 2)).collect()
        };
        let (all, few) = (turnout_bits(&of(1), needed(3)), turnout_bits(&of(25), needed(3)));
        assert!(all > 8.0 && few > 8.0, "{all}, {few}");
    }

    #[test]
    fn who_leaves_nothing_out_is_no_less_even() {
        let most = bits(&[20; 40], 24, 4);
        let all = bits(&[24; 40], 24, 4);
        assert!(most > 6.0 && all > 6.0, "{most}, {all}");
    }

    #[test]
    fn few_jobs_of_those_who_did_most_of_them_say_little() {
        let crowd = keen(100, 0.9, 6, 4);
        assert!(bits(&crowd, 6, 4).abs() < 3.0);
        assert!(bits(&[4, 4, 4, 5, 4, 5, 4, 4, 5, 4, 4, 4], 5, 4).abs() < 3.0);
    }

    #[test]
    fn pairs_meet_often_only_where_there_is_something_to_meet_at() {
        let of = |jobs: u32, share: f64| pairs_with(3, &[record(jobs, 0); 9], share);
        // 10 jobs of which each does half: 3 in common or more has the chance 0.474.
        assert!((of(10, 0.5) - 0.474).abs() < 1e-3);
        assert!(of(12, 0.356) < 0.2);
        assert_eq!(of(2, 1.0), 0.0);
        assert!(of(5, 1.0) > 0.99);
        // A pair is no earlier than the later of the two: two of three pairs have but two jobs in common.
        let late = [record(5, 5), record(5, 5), record(2, 2)];
        assert!((pairs_with(3, &late, 1.0) - 1.0 / 3.0).abs() < 1e-6);
        assert_eq!(pairs_with(3, &late[..1], 1.0), 0.0);
    }

    #[test]
    fn nothing_is_said_of_nothing() {
        assert_eq!(bits(&[], 0, 3), 0.0);
        assert_eq!(bits(&[1, 1], 1, 3), 0.0);
        assert!(bits(&[3, 3, 3], 3, 3).is_finite());
    }
}
