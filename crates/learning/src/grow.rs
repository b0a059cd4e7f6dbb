//! How a tree grows: the leaf that gains most is split next, at the bin that gains most.
//!
//! Second-order gains as in Chen & Guestrin, KDD 2016; histograms over bins and leaf-wise growth as in Ke et al., NeurIPS
//! 2017. Sums run in the order of rows on one thread: a few times slower than it could be, and the same to the last bit.

use crate::bins::{BINS, Binned, BinnedFeature};
use crate::tree::{Node, Tree};

/// Limits of a tree.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) leaves: usize,
    pub(crate) depth: u32,
    /// The fewest rows of a leaf.
    pub(crate) rows: usize,
    /// Added to the second derivatives of every leaf: pulls small leaves towards zero.
    pub(crate) ridge: f64,
}

/// Derivatives of the loss by the margin, per row.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Slope {
    pub(crate) first: f64,
    pub(crate) second: f64,
}

/// What is added up over rows.
#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    first: f64,
    second: f64,
    rows: usize,
}

impl Sum {
    fn add(&mut self, other: Sum) {
        self.first += other.first;
        self.second += other.second;
        self.rows += other.rows;
    }

    fn less(self, other: Sum) -> Sum {
        Sum {
            first: self.first - other.first,
            second: self.second - other.second,
            rows: self.rows - other.rows,
        }
    }

    fn worth(self, ridge: f64) -> f64 {
        self.first * self.first / (self.second + ridge)
    }
}

#[derive(Clone, Copy, Debug)]
struct Split {
    feature: u32,
    /// The last bin that goes left.
    bin: usize,
    missing_left: bool,
    gain: f64,
}

/// A leaf that may be split.
struct Leaf {
    node: usize,
    depth: u32,
    rows: Vec<u32>,
    sum: Sum,
    split: Option<Split>,
}

/// A tree, and what each feature gained in it.
pub(crate) struct Grown {
    pub(crate) tree: Tree,
    pub(crate) gains: Vec<(u32, f64)>,
}

/// Grows a tree on some rows, asking only for some features. Leaves hold the step that the loss asks for, times
/// `shrinkage`.
pub(crate) fn grow(
    table: &Binned,
    rows: Vec<u32>,
    features: &[u32],
    slopes: &[Slope],
    limits: Limits,
    shrinkage: f64,
) -> Grown {
    let mut ground = Ground { table, features, slopes, limits, bins: [Sum::default(); BINS] };
    let mut nodes = vec![Node::Leaf(0.0)];
    let mut gains = Vec::new();
    let mut open = vec![ground.leaf(0, 0, rows)];
    let mut closed: Vec<Leaf> = Vec::new();
    while open.len() + closed.len() < limits.leaves {
        let gain = |leaf: &Leaf| leaf.split.map_or(0.0, |split| split.gain);
        let best = (0..open.len()).max_by(|&a, &b| {
            gain(&open[a]).total_cmp(&gain(&open[b])).then(open[b].node.cmp(&open[a].node))
        });
        let Some(best) = best else { break };
        let leaf = open.swap_remove(best);
        let Some(split) = leaf.split else {
            closed.push(leaf);
            continue;
        };
        gains.push((split.feature, split.gain));
        let feature = &table.features()[split.feature as usize];
        let (left, right): (Vec<u32>, Vec<u32>) =
            leaf.rows.iter().partition(|&&row| goes_left(feature, row, split));
        let at = nodes.len();
        // The last bin has no bound: only what is missing is then on the other side.
        let threshold = feature.upper.get(split.bin - 1).copied().unwrap_or(f32::MAX);
        nodes[leaf.node] =
            Node::Split(split.feature, threshold, split.missing_left, at as u32, at as u32 + 1);
        nodes.extend([Node::Leaf(0.0), Node::Leaf(0.0)]);
        open.push(ground.leaf(at, leaf.depth + 1, left));
        open.push(ground.leaf(at + 1, leaf.depth + 1, right));
    }
    for leaf in open.iter().chain(&closed) {
        let step = -leaf.sum.first / (leaf.sum.second + limits.ridge);
        nodes[leaf.node] = Node::Leaf(if step.is_finite() { step * shrinkage } else { 0.0 });
    }
    Grown { tree: Tree::of(nodes), gains }
}

fn goes_left(feature: &BinnedFeature, row: u32, split: Split) -> bool {
    match usize::from(feature.of[row as usize]) {
        0 => split.missing_left,
        bin => bin <= split.bin,
    }
}

struct Ground<'a> {
    table: &'a Binned,
    features: &'a [u32],
    slopes: &'a [Slope],
    limits: Limits,
    bins: [Sum; BINS],
}

impl Ground<'_> {
    fn leaf(&mut self, node: usize, depth: u32, rows: Vec<u32>) -> Leaf {
        let mut sum = Sum::default();
        for &row in &rows {
            let slope = self.slopes[row as usize];
            sum.add(Sum { first: slope.first, second: slope.second, rows: 1 });
        }
        let may = depth < self.limits.depth && rows.len() >= 2 * self.limits.rows;
        let mut split: Option<Split> = None;
        if may {
            for &feature in self.features {
                let found = self.best(feature, &rows, sum);
                if let Some(found) = found
                    && split.is_none_or(|best| found.gain > best.gain)
                {
                    split = Some(found);
                }
            }
        }
        Leaf { node, depth, rows, sum, split }
    }

    /// The best split by one feature, if any gains.
    fn best(&mut self, feature: u32, rows: &[u32], all: Sum) -> Option<Split> {
        const LEAST_GAIN: f64 = 1e-9;
        let binned = &self.table.features()[feature as usize];
        let bins = &mut self.bins[..binned.bins()];
        bins.fill(Sum::default());
        for &row in rows {
            let slope = self.slopes[row as usize];
            let one = Sum { first: slope.first, second: slope.second, rows: 1 };
            bins[usize::from(binned.of[row as usize])].add(one);
        }
        let Limits { ridge, rows: least, .. } = self.limits;
        let whole = all.worth(ridge);
        let missing = bins[0];
        let mut left = Sum::default();
        let mut best: Option<Split> = None;
        for (bin, &here) in bins.iter().enumerate().skip(1) {
            left.add(here);
            for missing_left in [false, true] {
                if missing_left && missing.rows == 0 {
                    continue;
                }
                let mut side = left;
                if missing_left {
                    side.add(missing);
                }
                if side.rows < least || all.rows - side.rows < least {
                    continue;
                }
                let gain = side.worth(ridge) + all.less(side).worth(ridge) - whole;
                if gain > best.map_or(LEAST_GAIN, |best| best.gain) {
                    best = Some(Split { feature, bin, missing_left, gain });
                }
            }
        }
        best
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { leaves: 8, depth: 4, rows: 1, ridge: 0.0 };

    fn tree(columns: &[Vec<f32>], wanted: &[f64], limits: Limits) -> Tree {
        let slopes: Vec<Slope> =
            wanted.iter().map(|want| Slope { first: -want, second: 1.0 }).collect();
        let rows = (0..wanted.len() as u32).collect();
        let features: Vec<u32> = (0..columns.len() as u32).collect();
        let grown = grow(&Binned::new(columns), rows, &features, &slopes, limits, 1.0);
        assert!(grown.tree.sound(columns.len()));
        grown.tree
    }

    #[test]
    fn steps_and_gaps_are_found_exactly() {
        let column = vec![1.0, 2.0, 3.0, 4.0, f32::NAN, f32::NAN];
        let wanted = [5.0, 5.0, -2.0, -2.0, 9.0, 9.0];
        let tree = tree(std::slice::from_ref(&column), &wanted, LIMITS);
        for (value, want) in column.iter().zip(wanted) {
            assert_eq!(tree.value(|_| *value), want);
        }
        assert_eq!(tree.value(|_| 2.4), 5.0);
        assert_eq!(tree.value(|_| 1e30), -2.0);
    }

    #[test]
    fn limits_hold() {
        let column: Vec<f32> = (0..64).map(|n| n as f32).collect();
        let wanted: Vec<f64> = (0..64).map(f64::from).collect();
        let distinct = |limits| {
            let tree = tree(std::slice::from_ref(&column), &wanted, limits);
            let mut values: Vec<u64> =
                column.iter().map(|value| tree.value(|_| *value).to_bits()).collect();
            values.dedup();
            values.len()
        };
        assert_eq!(distinct(LIMITS), 8);
        assert_eq!(distinct(Limits { leaves: 3, ..LIMITS }), 3);
        assert_eq!(distinct(Limits { depth: 1, ..LIMITS }), 2);
        assert_eq!(distinct(Limits { rows: 33, ..LIMITS }), 1);
    }
}
