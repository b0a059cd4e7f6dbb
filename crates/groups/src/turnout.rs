//! Turnout: how many of the jobs each member did, and what so few jobs can say of it.
//!
//! Hired accounts do about the same share of the jobs each; some people are keener than others. But a community is made of
//! accounts that met at least so often, so that where there are few jobs everybody in it did most of them, and evenly,
//! whoever they are. Both explanations are therefore asked for the chance of the counts given that each reaches the fewest
//! that made a member, and averaged over what crews and crowds are like: few jobs then say little, by themselves.

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

/// Bits for a crew rather than a crowd in how many of so many jobs each member did, where it took `least` to be one. Who
/// came in by fewer, for the device it uses, says nothing.
pub(crate) fn turnout_bits(done: &[u32], jobs: usize, least: usize) -> f64 {
    if jobs < 2 || least > jobs {
        return 0.0;
    }
    let mut counts = vec![0.0f64; jobs + 1];
    for &count in done.iter().filter(|count| **count as usize >= least) {
        counts[(count as usize).min(jobs)] += 1.0;
    }
    let (mut crew, mut crowd) = (Mean::default(), Mean::default());
    for at in 0..SHARES {
        let share = -3.0 + 2.998 * at as f64 / (SHARES - 1) as f64;
        for at in 0..KEENNESSES {
            let keenness = -6.5 + 5.8 * at as f64 / (KEENNESSES - 1) as f64;
            let chance = log_chance(&counts, least, (share.exp(), keenness.exp()));
            let density = |of: (f64, f64), alike: (f64, f64)| {
                normal_density(share, of) + normal_density(keenness, alike)
            };
            crew.add(density(CREW_SHARE, CREW_KEENNESS), chance);
            crowd.add(density(CROWD_SHARE, CROWD_KEENNESS), chance);
        }
    }
    (crew.value() - crowd.value()) * std::f64::consts::LOG2_E
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

/// How many of all pairs of members met at so many jobs that they could be tied, where each did its share by lots.
pub(crate) fn pairs_with(meetings: usize, jobs: usize, share: f64) -> f64 {
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

/// log of the chance of how many accounts did how many jobs, where each did at least so many: beta-binomial, whose mean
/// share and whose correlation of two jobs are given.
fn log_chance(counts: &[f64], least: usize, (share, keenness): (f64, f64)) -> f64 {
    let jobs = counts.len() - 1;
    let size = 1.0 / keenness - 1.0;
    let (a, b) = (share * size, (1.0 - share) * size);
    // Relative to the first, by the ratio of neighbours; what they sum to makes them chances.
    let mut log = 0.0;
    let (mut logs, mut most) = (Vec::with_capacity(jobs + 1 - least), 0.0f64);
    for done in least..=jobs {
        logs.push(log);
        most = most.max(log);
        let (k, n) = (done as f64, jobs as f64);
        log += (((n - k) * (k + a)) / ((k + 1.0) * (n - k - 1.0 + b)).max(1e-12)).ln();
    }
    let all = most + logs.iter().map(|log| (log - most).exp()).sum::<f64>().ln();
    let own = counts[least..].iter().zip(&logs).filter(|entry| *entry.0 > 0.0);
    own.map(|(count, log)| count * (log - all)).sum()
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

    #[test]
    fn many_jobs_tell_the_even_from_the_keen() {
        let even: Vec<u32> = (0..60).map(|at| 13 + at % 5).collect();
        let even = turnout_bits(&even, 30, 4);
        let keen = turnout_bits(&keen(60, 0.5, 30, 4), 30, 4);
        assert!(even > 3.0 && keen < -1.0, "{even}, {keen}");
    }

    #[test]
    fn who_leaves_nothing_out_is_no_less_even() {
        let most = turnout_bits(&[20; 40], 24, 4);
        let all = turnout_bits(&[24; 40], 24, 4);
        assert!(most > 6.0 && all > 6.0, "{most}, {all}");
    }

    #[test]
    fn few_jobs_of_those_who_did_most_of_them_say_little() {
        let crowd = keen(100, 0.9, 6, 4);
        assert!(turnout_bits(&crowd, 6, 4).abs() < 3.0);
        assert!(turnout_bits(&[4, 4, 4, 5, 4, 5, 4, 4, 5, 4, 4, 4], 5, 4).abs() < 3.0);
    }

    #[test]
    fn pairs_meet_often_only_where_there_is_something_to_meet_at() {
        // 10 jobs of which each does half: 3 in common or more has the chance 0.474.
        assert!((pairs_with(3, 10, 0.5) - 0.474).abs() < 1e-3);
        assert!(pairs_with(3, 12, 0.356) < 0.2);
        assert_eq!(pairs_with(3, 2, 1.0), 0.0);
        assert!(pairs_with(3, 5, 1.0) > 0.99);
    }

    #[test]
    fn nothing_is_said_of_nothing() {
        assert_eq!(turnout_bits(&[], 0, 3), 0.0);
        assert_eq!(turnout_bits(&[1, 1], 1, 3), 0.0);
        assert!(turnout_bits(&[3, 3, 3], 3, 3).is_finite());
    }
}
