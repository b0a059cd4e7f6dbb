//! Windows against recomputation from scratch: random streams of times with bursts, silences and repeats; what the
//! window says after each event must equal a count over all events so far.

use events::Key;
use features::{Distinct, Evenness, Reach, Rhythm, Window};
use std::collections::BTreeMap;

/// A stream of seeded numbers, enough for a test.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }

    fn step(&mut self) -> u32 {
        match self.below(20) {
            0 => self.below(900_000) as u32,
            1..4 => self.below(7_200) as u32,
            4..10 => self.below(60) as u32,
            _ => self.below(3) as u32,
        }
    }
}

fn counted(times: &[u32], reach: Reach) -> u32 {
    let (pane, panes) = reach.panes();
    let now = times[times.len() - 1] / pane;
    times.iter().filter(|&&time| now - time / pane < panes).count() as u32
}

#[test]
fn windows_equal_a_recount() {
    for seed in 0..40 {
        let mut dice = Dice(seed);
        let mut window = Window::default();
        let mut times = Vec::new();
        let mut now = dice.below(2_000_000_000) as u32;
        for _ in 0..400 {
            now = now.saturating_add(dice.step());
            times.push(now);
            let counts = window.push(now);
            assert_eq!(
                counts,
                Reach::ALL.map(|reach| counted(&times, reach)),
                "seed {seed}, {} events",
                times.len()
            );
        }
    }
}

#[test]
fn the_ends_of_time_are_no_trouble() {
    let mut window = Window::default();
    for second in [0, 0, u32::MAX, 5, u32::MAX, u32::MAX, u32::MAX, u32::MAX, 7] {
        let counts = window.push(second);
        assert!(counts.is_sorted() && counts[3] <= 9);
    }
    let mut rhythm = Rhythm::default();
    let mut evenness = Evenness::default();
    for time in [0, i64::MAX, i64::MIN, -1, 1, i64::MAX] {
        if let Some(step) = evenness.push(time) {
            assert!(step.bits.is_finite() && step.gap_seconds.is_finite());
        }
        rhythm.push((time as u64 >> 32) as u32);
        let expected = rhythm.expected(0.5, 12.0);
        assert!(expected.mean.is_finite() && expected.mean > 0.0 && expected.size > 0.0);
    }
}

#[test]
fn distinct_counts_are_exact_while_few_and_close_when_many() {
    for (seed, others) in [(1, 3), (2, 16), (3, 100), (4, 1_000), (5, 3_000)] {
        let mut dice = Dice(seed);
        let mut distinct = Distinct::default();
        let mut last: BTreeMap<u64, u32> = BTreeMap::new();
        let mut now = 1_700_000_000;
        for _ in 0..20_000 {
            now += dice.below(40) as u32;
            let other = dice.below(others) + 1;
            distinct.push(Key(other.wrapping_mul(0x9E37_79B9_7F4A_7C15)), now);
            last.insert(other, now);
        }
        for seconds in [3_600, 86_400, 604_800] {
            // Stamps are of ten minutes: the recount reaches back to the start of one.
            let since = now - seconds;
            let edge = if others > 16 { since / 600 * 600 } else { since };
            let truth = last.values().filter(|time| **time >= edge).count() as f64;
            let seen = f64::from(distinct.since([since], now)[0]);
            let allowed = if others > 16 { 4.0 + 0.1 * truth } else { 0.0 };
            assert!(
                (seen - truth).abs() <= allowed,
                "{others} others in {seconds} s: {seen} for {truth}"
            );
        }
    }
}

#[test]
fn distinct_counts_end_where_they_say() {
    let mut distinct = Distinct::default();
    for other in 0..200_000_u64 {
        distinct.push(Key(other.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1), 1_700_000_000);
    }
    assert_eq!(distinct.since([1_699_999_000], 1_700_000_000), [Distinct::MOST]);
    assert!(distinct.heap_bytes() <= 2_048);
}

#[test]
fn a_timer_is_told_from_a_hand() {
    let mut dice = Dice(9);
    let mut uniform = move || (dice.below(1 << 24) as f64 + 0.5) / f64::from(1 << 24);
    let mut run = |spread: f64| {
        let (mut evenness, mut time, mut most) =
            (Evenness::default(), 1_700_000_000_123_457_i64, 0.0_f32);
        for _ in 0..300 {
            // A normal number by Box and Muller.
            let normal = (-2.0 * uniform().ln()).sqrt() * (std::f64::consts::TAU * uniform()).cos();
            time += (30e6 * (spread * normal).exp()) as i64;
            most = most.max(evenness.push(time).map_or(0.0, |step| step.bits));
        }
        most
    };
    assert!(run(0.1) > 100.0);
    assert!(run(1.0) < 20.0);
    assert!(run(1.5) < 20.0);
}

#[test]
fn a_coarse_clock_is_no_timer() {
    let mut evenness = Evenness::default();
    for day in 0..200_i64 {
        assert_eq!(evenness.push(day * 86_400_000_000), None, "dates only");
    }
    let mut evenness = Evenness::default();
    for second in 0..200_i64 {
        assert_eq!(evenness.push(second * 3_000_000), None, "whole seconds, three apart");
    }
}

#[test]
fn a_rhythm_learns_its_evenings() {
    let mut rhythm = Rhythm::default();
    // 720 hours fade by half in 336: they weigh 375. Thirty days with twelve events at 20:00 UTC and one at 04:00.
    for day in 0..30_u32 {
        rhythm.push(1_700_006_400 + day * 86_400 + 4 * 3_600);
        for minute in 0..12 {
            rhythm.push(1_700_006_400 + day * 86_400 + 20 * 3_600 + minute * 60);
        }
    }
    let evening = rhythm.expected(0.5, 12.0);
    rhythm.push(1_700_006_400 + 30 * 86_400 + 4 * 3_600);
    let night = rhythm.expected(0.5, 12.0);
    assert!(evening.mean > 1.4 && night.mean < 0.4, "{evening:?} {night:?}");
    assert!((350.0..400.0).contains(&night.hours), "{night:?}");
}
