//! Numbers as one of at most 255 bins, so that a tree looks at counts and not at rows.
//!
//! Bin 0 is for what is missing. The others hold about equally many of the rows; where a feature has fewer distinct
//! values each has its own bin. A row is told apart only from rows of other bins: cutting finer is not possible.

/// The most bins of a feature, the one for what is missing included.
pub(crate) const BINS: usize = 256;
/// How many rows are sorted to place the edges; more rows do not move them by what matters.
const SAMPLE: usize = 200_000;

/// A table in bins.
#[derive(Clone, Debug)]
pub(crate) struct Binned {
    features: Vec<BinnedFeature>,
    rows: usize,
}

/// A feature in bins.
#[derive(Clone, Debug)]
pub(crate) struct BinnedFeature {
    /// The bin of each row.
    pub(crate) of: Vec<u8>,
    /// The greatest value of bin 1, 2, …; the last bin has no bound.
    pub(crate) upper: Vec<f32>,
}

impl Binned {
    pub(crate) fn new(columns: &[Vec<f32>]) -> Binned {
        let rows = columns.first().map_or(0, Vec::len);
        Binned { features: columns.iter().map(|column| BinnedFeature::new(column)).collect(), rows }
    }

    pub(crate) fn features(&self) -> &[BinnedFeature] {
        &self.features
    }

    pub(crate) fn rows(&self) -> usize {
        self.rows
    }
}

impl BinnedFeature {
    fn new(column: &[f32]) -> BinnedFeature {
        let upper = edges(column);
        let of = column
            .iter()
            .map(|value| match value.is_nan() {
                true => 0,
                false => 1 + upper.partition_point(|&edge| edge < tame(*value)) as u8,
            })
            .collect();
        BinnedFeature { of, upper }
    }

    /// How many bins there are, the one for what is missing included.
    pub(crate) fn bins(&self) -> usize {
        self.upper.len() + 2
    }
}

/// At most 254 edges, halfway between neighbouring values.
fn edges(column: &[f32]) -> Vec<f32> {
    let step = column.len().div_ceil(SAMPLE).max(1);
    let mut values: Vec<f32> =
        column.iter().step_by(step).filter(|value| !value.is_nan()).map(|&v| tame(v)).collect();
    values.sort_unstable_by(f32::total_cmp);
    let total = values.len();
    let mut distinct: Vec<(f32, usize)> = Vec::new();
    for value in values {
        match distinct.last_mut() {
            Some((last, count)) if *last == value => *count += 1,
            _ => distinct.push((value, 1)),
        }
    }
    let few = distinct.len() < BINS;
    let wanted = total as f64 / (BINS - 2) as f64;
    let mut edges = Vec::new();
    let mut seen = 0usize;
    for pair in distinct.windows(2) {
        seen += pair[0].1;
        if few || seen as f64 >= wanted * (edges.len() + 1) as f64 {
            edges.push(between(pair[0].0, pair[1].0));
        }
        if edges.len() == BINS - 2 {
            break;
        }
    }
    edges
}

/// What is infinite counts as the largest number; zero has one sign.
fn tame(value: f32) -> f32 {
    value.clamp(f32::MIN, f32::MAX) + 0.0
}

/// A number from `low` up to, and without, `high`: halfway where both are finite.
fn between(low: f32, high: f32) -> f32 {
    let half = low / 2.0 + high / 2.0;
    match half.is_finite() && half >= low && half < high {
        true => half,
        false => low,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_fall_where_their_edges_say() {
        let column: Vec<f32> = (0..10_000)
            .map(|n| match n % 10 {
                0 => f32::NAN,
                1 => f32::INFINITY,
                2 => f32::NEG_INFINITY,
                _ => ((n * 7_919) % 10_007) as f32,
            })
            .collect();
        let feature = BinnedFeature::new(&column);
        assert!(feature.bins() <= BINS);
        assert!(feature.upper.windows(2).all(|pair| pair[0] < pair[1]));
        for (value, &bin) in column.iter().zip(&feature.of) {
            match value.is_nan() {
                true => assert_eq!(bin, 0),
                false => {
                    let place = usize::from(bin) - 1;
                    assert!(feature.upper.get(place).is_none_or(|upper| value <= upper));
                    assert!(place == 0 || *value > feature.upper[place - 1]);
                }
            }
        }
    }

    #[test]
    fn a_constant_has_one_bin_and_nothing_has_none() {
        assert!(BinnedFeature::new(&[3.0; 10]).upper.is_empty());
        let missing = BinnedFeature::new(&[f32::NAN; 4]);
        assert!(missing.upper.is_empty() && missing.of == [0; 4]);
        assert_eq!(BinnedFeature::new(&[-0.0, 0.0, 1.0]).of, [1, 1, 2]);
    }
}
