//! Tail probabilities in bits: the chance that a null model gives at least what was seen.
//!
//! Sums run from the value outward in logarithms, so 10^-300 is as exact as 0.1; far out, where the terms fall
//! geometrically, a closed bound ends the sum. Bits are never negative and never infinite.

/// Bits are cut here: nothing observed can mean more.
pub const MOST_BITS: f64 = 1_000.0;

/// −log2 P(X ≥ count) for a negative binomial with a mean and a size (variance = mean + mean² / size). A size of
/// infinity is a Poisson.
#[must_use]
pub fn bits_at_least(count: f64, mean: f64, size: f64) -> f64 {
    if !(count >= 1.0 && mean >= 0.0 && size > 0.0) {
        return 0.0;
    }
    if mean == 0.0 {
        return MOST_BITS;
    }
    let count = count.floor().min(1e12);
    let size = size.min(1e9);
    if count <= mean {
        // Below the mean the tail is over a third for any size that is used: not evidence.
        return 0.0;
    }
    let p = mean / (mean + size);
    let log_first = ln_gamma(count + size) - ln_gamma(size) - ln_gamma(count + 1.0)
        + size * (size / (size + mean)).ln()
        + count * p.ln();
    let (mut term, mut sum) = (1.0, 1.0);
    let mut k = count;
    for _ in 0..512 {
        let ratio = (k + size) / (k + 1.0) * p;
        term *= ratio;
        sum += term;
        k += 1.0;
        if term < 1e-9 * sum {
            break;
        }
    }
    // What is left falls at least as fast as the last ratio.
    let ratio = (k + size) / (k + 1.0) * p;
    if ratio < 1.0 {
        sum += term * ratio / (1.0 - ratio);
    }
    (-(log_first + sum.ln()) / std::f64::consts::LN_2).clamp(0.0, MOST_BITS)
}

/// −log2 P(X ≤ count) for a negative binomial with a mean and a size (variance = mean + mean² / size).
#[must_use]
pub fn bits_at_most(count: f64, mean: f64, size: f64) -> f64 {
    if !(count >= 0.0 && mean > count && size > 0.0) {
        return 0.0;
    }
    let (count, size) = (count.floor().min(1e9), size.min(1e9));
    let p = mean / (mean + size);
    let log_last = ln_gamma(count + size) - ln_gamma(size) - ln_gamma(count + 1.0)
        + size * (size / (size + mean)).ln()
        + count * p.ln();
    // Below the mean terms fall toward zero from the last one down, but for the first of a small size.
    let (mut term, mut sum, mut k) = (1.0, 1.0, count);
    while k >= 1.0 && term > 1e-12 * sum {
        term *= k / ((k - 1.0 + size) * p);
        sum += term;
        k -= 1.0;
    }
    (-(log_last + f64::ln(sum)) / std::f64::consts::LN_2).clamp(0.0, MOST_BITS)
}

/// −log2 P(X ≥ count) for a binomial of n trials with chance p.
#[must_use]
pub fn bits_binomial(count: f64, trials: f64, p: f64) -> f64 {
    if !(count >= 1.0 && trials >= count && p < 1.0) || count <= trials * p {
        return 0.0;
    }
    if p <= 0.0 {
        return MOST_BITS;
    }
    let odds = p / (1.0 - p);
    let log_first = ln_gamma(trials + 1.0) - ln_gamma(count + 1.0) - ln_gamma(trials - count + 1.0)
        + count * p.ln()
        + (trials - count) * (1.0 - p).ln();
    let (mut term, mut sum, mut k) = (1.0, 1.0, count);
    while k < trials && term > 1e-9 * sum {
        term *= (trials - k) / (k + 1.0) * odds;
        sum += term;
        k += 1.0;
    }
    (-(log_first + sum.ln()) / std::f64::consts::LN_2).clamp(0.0, MOST_BITS)
}

/// −log2 of the chance that at least so many of a real group's members show what a share of everybody shows: a
/// beta-binomial of that mean and size, since members of one group come to each other for reasons that go with it. The
/// smaller the size, the more alike the members of a group are.
#[must_use]
pub fn bits_clustered(showing: usize, known: usize, share: f64, size: f64) -> f64 {
    let fits = showing <= known && share > 0.0 && share < 1.0 && size > 0.0;
    if !fits || showing as f64 <= share * known as f64 {
        return 0.0;
    }
    let (a, b) = (share * size, (1.0 - share) * size);
    let n = known as f64;
    let log = |k: f64| {
        ln_gamma(n + 1.0) - ln_gamma(k + 1.0) - ln_gamma(n - k + 1.0)
            + ln_gamma(k + a)
            + ln_gamma(n - k + b)
            - ln_gamma(n + a + b)
            - (ln_gamma(a) + ln_gamma(b) - ln_gamma(a + b))
    };
    let tail: f64 = (showing..=known).map(|k| log(k as f64).exp()).sum();
    (-tail.log2()).clamp(0.0, MOST_BITS)
}

/// −log2 of the upper tail of a standard normal; 0 below its middle.
#[must_use]
pub fn bits_normal(z: f64) -> f64 {
    if z.is_nan() || z <= 0.0 {
        return 0.0;
    }
    // Mills' ratio by Pólya's form: within 1 % of the tail everywhere that matters.
    let tail = 0.5 * (1.0 - (1.0 - (-2.0 * z * z / std::f64::consts::PI).exp()).max(0.0).sqrt());
    if z < 3.0 && tail > 0.0 {
        return -tail.log2();
    }
    let log_tail =
        -z * z / 2.0 - (z * (2.0 * std::f64::consts::PI).sqrt()).ln() - (1.0 / (z * z)).ln_1p();
    -log_tail / std::f64::consts::LN_2
}

/// Natural logarithm of the gamma function for x > 0 (Lanczos, g = 7; relative error below 1e-13).
#[must_use]
pub fn ln_gamma(x: f64) -> f64 {
    const C: [f64; 9] = [
        0.999_999_999_999_809_9,
        676.520_368_121_885_1,
        -1_259.139_216_722_402_8,
        771.323_428_777_653_1,
        -176.615_029_162_140_6,
        12.507_343_278_686_905,
        -0.138_571_095_265_720_12,
        9.984_369_578_019_572e-6,
        1.505_632_735_149_311_6e-7,
    ];
    if x < 0.5 {
        let reflected = ln_gamma(1.0 - x);
        return (std::f64::consts::PI / (std::f64::consts::PI * x).sin()).ln() - reflected;
    }
    let x = x - 1.0;
    let mut sum = C[0];
    for (i, c) in C.iter().enumerate().skip(1) {
        sum += c / (x + i as f64);
    }
    let t = x + 7.5;
    0.5 * (2.0 * std::f64::consts::PI).ln() + (x + 0.5) * t.ln() - t + sum.ln()
}
