//! Surprise in bits: how unlikely a count is under a stated null.

/// Bits of seeing `count` or more where `mean` were expected, under Poisson. Chernoff's bound, which is within a few
/// bits of the exact tail and never says too much: `k·log₂(k/m) − (k − m)·log₂e`.
pub(crate) fn poisson_bits(count: f64, mean: f64) -> f64 {
    if count <= mean || count <= 0.0 {
        return 0.0;
    }
    let mean = mean.max(1e-9);
    count * (count / mean).log2() - (count - mean) * std::f64::consts::LOG2_E
}

/// Bits of `hits` or more of `tries` where each has the chance `p`: Chernoff's bound, `n·KL(hits/n ‖ p)`.
pub(crate) fn binomial_bits(hits: f64, tries: f64, p: f64) -> f64 {
    let p = p.clamp(1e-6, 1.0 - 1e-6);
    let share = hits / tries.max(1.0);
    if tries < 1.0 || share <= p {
        return 0.0;
    }
    let part = |of: f64, usual: f64| if of > 0.0 { of * (of / usual).log2() } else { 0.0 };
    tries * (part(share, p) + part(1.0 - share, 1.0 - p))
}

/// log₂ of the number of ways to choose `k` of `n`.
pub(crate) fn choose_bits(n: usize, k: usize) -> f64 {
    let k = k.min(n);
    let k = k.min(n - k);
    (0..k).map(|i| ((n - i) as f64 / (i + 1) as f64).log2()).sum()
}

/// Bits by which a value speaks for one normal population against another: (mean, standard deviation) each. Limited
/// to ±12, since no reference population is known well enough further out. What lies further from the fake than the crowd's mean
/// does says what that mean says: otherwise the wider population would claim it, and people who stay a minute longer than others
/// would pass for those who stay a second.
pub(crate) fn likelihood_bits(value: f64, fake: (f64, f64), crowd: (f64, f64)) -> f64 {
    if !value.is_finite() {
        return 0.0;
    }
    let value = if fake.0 < crowd.0 { value.min(crowd.0) } else { value.max(crowd.0) };
    let log = normal_density(value, fake) - normal_density(value, crowd);
    (log * std::f64::consts::LOG2_E).clamp(-12.0, 12.0)
}

/// The logarithm of a normal density, without the factor that all share: (mean, standard deviation).
pub(crate) fn normal_density(value: f64, (mean, sd): (f64, f64)) -> f64 {
    let z = (value - mean) / sd;
    -0.5 * z * z - sd.ln()
}

/// The same for a value that was measured with so much variance: little seen says little.
pub(crate) fn measured_bits(value: f64, variance: f64, fake: (f64, f64), crowd: (f64, f64)) -> f64 {
    let wider = |(mean, sd): (f64, f64)| (mean, (sd * sd + variance).sqrt());
    likelihood_bits(value, wider(fake), wider(crowd))
}

/// Bits by which `hits` of `tries` speak for one population of shares against another, each a normal of log odds: the chance
/// of the count, averaged over either. Few tries say little, and all or nothing of many is not mistaken for little. Limited as
/// [`likelihood_bits`] is.
pub(crate) fn share_ratio_bits(hits: f64, tries: f64, fake: (f64, f64), crowd: (f64, f64)) -> f64 {
    const STEPS: usize = 96;
    let usual = tries / (1.0 + (-crowd.0).exp());
    let hits = if fake.0 < crowd.0 { hits.min(usual) } else { hits.max(usual) };
    let mean = |of: (f64, f64)| {
        let terms = (0..STEPS).map(|at| {
            let odds = -8.0 + 18.0 * at as f64 / (STEPS - 1) as f64;
            // log p and log (1 - p), without losing what is next to nothing.
            let (yes, no) = (-(-odds).exp().ln_1p(), -odds.exp().ln_1p());
            let weight = normal_density(odds, of);
            (weight, weight + hits * yes + (tries - hits) * no)
        });
        let (weights, values): (Vec<f64>, Vec<f64>) = terms.unzip();
        log_sum(&values) - log_sum(&weights)
    };
    ((mean(fake) - mean(crowd)) * std::f64::consts::LOG2_E).clamp(-12.0, 12.0)
}

/// The logarithm of a sum, from the logarithms of its terms.
pub(crate) fn log_sum(logs: &[f64]) -> f64 {
    let most = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    most + logs.iter().map(|log| (log - most).exp()).sum::<f64>().ln()
}

/// Log odds of `hits` of `tries`, shrunk by half a hit and half a miss.
pub(crate) fn logit(hits: f64, tries: f64) -> f64 {
    ((hits + 0.5) / (tries - hits + 0.5)).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn surprise_grows_with_the_count_and_is_zero_at_the_mean() {
        assert_eq!(poisson_bits(3.0, 3.0), 0.0);
        assert!(poisson_bits(10.0, 1.0) > poisson_bits(9.0, 1.0));
        // P(X >= 10 | mean 1) is 1.1e-7, 23.1 bits; the bound may only say less or about that.
        assert!((poisson_bits(10.0, 1.0) - 20.2).abs() < 0.2);
    }

    #[test]
    fn choosing_costs_what_the_binomial_says() {
        assert!((choose_bits(10, 3) - 120f64.log2()).abs() < 1e-9);
        assert_eq!(choose_bits(5, 5), 0.0);
    }

    #[test]
    fn a_value_at_either_mean_speaks_for_that_side() {
        assert!(likelihood_bits(0.0, (0.0, 1.0), (3.0, 1.0)) > 0.0);
        assert!(likelihood_bits(3.0, (0.0, 1.0), (3.0, 1.0)) < 0.0);
        assert_eq!(likelihood_bits(f64::NAN, (0.0, 1.0), (3.0, 1.0)), 0.0);
    }

    #[test]
    fn what_is_further_from_the_fake_than_the_crowd_is_speaks_for_the_crowd() {
        // The fake's population is the wider one, and would claim both ends.
        let (fake, crowd) = ((-1.0, 0.7), (-0.3, 0.5));
        let usual = likelihood_bits(-0.3, fake, crowd);
        assert!(usual < 0.0);
        for stay in [0.5, 2.0, 6.0] {
            assert_eq!(likelihood_bits(stay, fake, crowd), usual);
            assert!(measured_bits(stay, 0.1, fake, crowd) < 0.0);
        }
        let (fake, crowd) = ((-2.7, 0.6), (-2.1, 0.25));
        let bits = |hits| share_ratio_bits(hits, 1_000.0, fake, crowd);
        assert!(bits(110.0) < 0.0 && bits(300.0) < 0.0 && bits(900.0) < 0.0);
        assert!(bits(40.0) > 0.0);
    }
}
