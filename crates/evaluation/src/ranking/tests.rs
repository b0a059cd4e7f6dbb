//! The figures against their definitions: by hand on small cases, and by brute force on seeded random ones.

use rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};

use super::*;

fn ranking(scored: &[(f64, u8)]) -> Ranking {
    let mut samples = Samples::default();
    for &(score, fake) in scored {
        samples.push(score, fake == 1);
    }
    samples.ranking()
}

#[test]
fn by_hand() {
    // 0.9 fake, 0.8 genuine, 0.7 fake: of two pairs one is right; precision 1/1 then 2/3.
    let r = ranking(&[(0.9, 1), (0.8, 0), (0.7, 1)]);
    assert_eq!(r.auc, Some(0.5));
    assert_eq!(r.average_precision, Some((1.0 + 2.0 / 3.0) / 2.0));
    // All tied: AUC one half, precision the share of fakes.
    let r = ranking(&[(0.0, 1), (-0.0, 0), (0.0, 0), (0.0, 0)]);
    assert_eq!(r.auc, Some(0.5));
    assert_eq!(r.average_precision, Some(0.25));
    assert_eq!(r.recall_at_1_percent, Some(0.0));
    // Perfect.
    let r = ranking(&[(0.2, 0), (0.9, 1), (0.9, 1), (0.1, 0)]);
    assert_eq!((r.auc, r.average_precision), (Some(1.0), Some(1.0)));
    assert_eq!(r.recall_at_0_1_percent, Some(1.0));
}

#[test]
fn nothing_to_compare_says_nothing() {
    assert_eq!(ranking(&[]), Ranking::default());
    assert_eq!(ranking(&[(0.5, 1)]), Ranking::default());
    assert_eq!(ranking(&[(0.5, 0), (0.1, 0)]), Ranking::default());
}

#[test]
fn as_defined_on_random_scores() {
    let mut rng = ChaCha8Rng::seed_from_u64(11);
    for round in 0..200 {
        let n = rng.random_range(2..60);
        let distinct = rng.random_range(1..20);
        let scored: Vec<(f64, u8)> = (0..n)
            .map(|_| (f64::from(rng.random_range(0..distinct)) / 7.0, rng.random_range(0..2)))
            .collect();
        let r = ranking(&scored);
        let fake: Vec<f64> = scored.iter().filter(|s| s.1 == 1).map(|s| s.0).collect();
        let genuine: Vec<f64> = scored.iter().filter(|s| s.1 == 0).map(|s| s.0).collect();
        if fake.is_empty() || genuine.is_empty() {
            assert_eq!(r.auc, None);
            continue;
        }
        let pairs: f64 = fake
            .iter()
            .flat_map(|f| {
                genuine.iter().map(move |g| (f > g) as u8 as f64 + 0.5 * (f == g) as u8 as f64)
            })
            .sum();
        let auc = pairs / (fake.len() * genuine.len()) as f64;
        assert!((r.auc.expect("there") - auc).abs() < 1e-12, "round {round}");
        // The definition: each fake one brings the precision among all that score as high.
        let ap = fake
            .iter()
            .map(|f| {
                let found = fake.iter().filter(|x| *x >= f).count() as f64;
                found / (found + genuine.iter().filter(|x| *x >= f).count() as f64)
            })
            .sum::<f64>()
            / fake.len() as f64;
        assert!((r.average_precision.expect("there") - ap).abs() < 1e-12, "round {round}");
        let mut shuffled = scored.clone();
        shuffled.reverse();
        assert_eq!(ranking(&shuffled), r);
    }
}

#[test]
fn recall_under_a_cap_on_the_accused() {
    // 1,000 genuine from 0 to 999, fakes above 998.5 (one genuine higher) and above 989.5 (ten higher).
    let mut scored: Vec<(f64, u8)> = (0..1000).map(|i| (f64::from(i), 0)).collect();
    scored.push((998.5, 1));
    scored.push((989.5, 1));
    scored.push((3.0, 1));
    let r = ranking(&scored);
    assert_eq!(r.recall_at_0_1_percent, Some(1.0 / 3.0));
    assert_eq!(r.recall_at_1_percent, Some(2.0 / 3.0));
}
