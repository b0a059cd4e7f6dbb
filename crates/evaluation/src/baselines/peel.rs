//! The greedy peel of a bipartite graph: take away the node with the least weight until nothing is left, and keep the
//! densest of all the graphs on the way.
//!
//! Charikar's peel with the column weights of FRAUDAR (Hooi et al., KDD 2016), in O(E log V) by a tree of minima. Weights
//! are whole numbers, so the outcome is exact: of equal nodes the first goes, and no order of additions can matter.

/// 1 / ln(x + 5) in units of 2⁻³².
const UNIT: f64 = 4_294_967_296.0;

/// Accounts, subjects and the links between them; each link once.
pub(crate) struct Bipartite {
    pub(crate) accounts: usize,
    pub(crate) subjects: usize,
    /// (account, subject).
    pub(crate) links: Vec<(u32, u32)>,
}

/// The densest graph on the way of a peel.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Block {
    /// Ascending.
    pub(crate) accounts: Vec<u32>,
    /// Ascending.
    pub(crate) subjects: Vec<u32>,
    /// The weight of its links per node.
    pub(crate) density: f64,
}

impl Block {
    /// Whether both ends of the link are in the block.
    pub(crate) fn holds(&self, (account, subject): (u32, u32)) -> bool {
        self.accounts.binary_search(&account).is_ok()
            && self.subjects.binary_search(&subject).is_ok()
    }
}

/// The weight of a link to each subject: popular subjects say little about who meets there.
pub(crate) fn column_weights(graph: &Bipartite) -> Vec<u64> {
    let mut degree = vec![0_u64; graph.subjects];
    for &(_, subject) in &graph.links {
        degree[subject as usize] += 1;
    }
    degree.iter().map(|&d| (UNIT / (d as f64 + 5.0).ln()).round() as u64).collect()
}

/// Peels the graph. Nodes without a link do not count.
pub(crate) fn densest(graph: &Bipartite) -> Block {
    let weights = column_weights(graph);
    let neighbours = Neighbours::of(graph);
    let nodes = graph.accounts + graph.subjects;
    let mut priority = vec![None; nodes];
    let mut total: u128 = 0;
    for &(account, subject) in &graph.links {
        let weight = weights[subject as usize];
        for node in [account as usize, graph.accounts + subject as usize] {
            *priority[node].get_or_insert(0) += weight;
        }
        total += u128::from(weight);
    }
    let mut alive = priority.iter().flatten().count() as u128;
    let mut minima = Minima::of(&priority);
    let mut order = Vec::new();
    let (mut best, mut best_at) = ((total, alive.max(1)), 0);
    while let Some((node, weight)) = minima.least() {
        minima.set(node, None);
        order.push(node);
        total -= u128::from(weight);
        alive -= 1;
        for &other in neighbours.of_node(node) {
            if let Some(left) = minima.get(other as usize) {
                let subject = node.max(other as usize) - graph.accounts;
                minima.set(other as usize, Some(left - weights[subject]));
            }
        }
        // total / alive > best, in whole numbers.
        if alive > 0 && total * best.1 > best.0 * alive {
            (best, best_at) = ((total, alive), order.len());
        }
    }
    let mut kept: Vec<usize> = order.split_off(best_at);
    kept.sort_unstable();
    let subjects_from = kept.partition_point(|&n| n < graph.accounts);
    Block {
        accounts: kept[..subjects_from].iter().map(|&n| n as u32).collect(),
        subjects: kept[subjects_from..].iter().map(|&n| (n - graph.accounts) as u32).collect(),
        density: best.0 as f64 / best.1 as f64 / UNIT,
    }
}

/// The neighbours of each node, accounts first.
struct Neighbours {
    starts: Vec<usize>,
    others: Vec<u32>,
}

impl Neighbours {
    fn of(graph: &Bipartite) -> Neighbours {
        let ends = |&(account, subject): &(u32, u32)| {
            (account as usize, graph.accounts + subject as usize)
        };
        let mut starts = vec![0; graph.accounts + graph.subjects + 1];
        for (a, s) in graph.links.iter().map(ends) {
            starts[a + 1] += 1;
            starts[s + 1] += 1;
        }
        for node in 1..starts.len() {
            starts[node] += starts[node - 1];
        }
        let mut next = starts.clone();
        let mut others = vec![0; graph.links.len() * 2];
        for (a, s) in graph.links.iter().map(ends) {
            others[next[a]] = s as u32;
            others[next[s]] = a as u32;
            next[a] += 1;
            next[s] += 1;
        }
        Neighbours { starts, others }
    }

    fn of_node(&self, node: usize) -> &[u32] {
        &self.others[self.starts[node]..self.starts[node + 1]]
    }
}

/// Priorities in a complete binary tree that knows the least of each subtree; a node that is gone counts as none.
struct Minima {
    leaves: usize,
    tree: Vec<u64>,
}

const GONE: u64 = u64::MAX;

impl Minima {
    fn of(priorities: &[Option<u64>]) -> Minima {
        let leaves = priorities.len().next_power_of_two();
        let mut tree = vec![GONE; 2 * leaves];
        for (at, priority) in priorities.iter().enumerate() {
            tree[leaves + at] = priority.unwrap_or(GONE);
        }
        for at in (1..leaves).rev() {
            tree[at] = tree[2 * at].min(tree[2 * at + 1]);
        }
        Minima { leaves, tree }
    }

    fn get(&self, node: usize) -> Option<u64> {
        Some(self.tree[self.leaves + node]).filter(|p| *p != GONE)
    }

    fn set(&mut self, node: usize, priority: Option<u64>) {
        let mut at = self.leaves + node;
        self.tree[at] = priority.unwrap_or(GONE);
        while at > 1 {
            at /= 2;
            let least = self.tree[2 * at].min(self.tree[2 * at + 1]);
            if self.tree[at] == least {
                break;
            }
            self.tree[at] = least;
        }
    }

    /// The first node with the least priority.
    fn least(&self) -> Option<(usize, u64)> {
        let least = self.tree[1];
        if least == GONE {
            return None;
        }
        let mut at = 1;
        while at < self.leaves {
            at *= 2;
            if self.tree[at] != least {
                at += 1;
            }
        }
        Some((at - self.leaves, least))
    }
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};

    use super::*;

    /// The definition: every weight anew at every step.
    fn by_brute_force(graph: &Bipartite) -> Block {
        let weights = column_weights(graph);
        let nodes = graph.accounts + graph.subjects;
        let ends = |&(a, s): &(u32, u32)| [a as usize, graph.accounts + s as usize];
        let mut alive: Vec<bool> =
            (0..nodes).map(|n| graph.links.iter().any(|l| ends(l).contains(&n))).collect();
        let mut best = (0.0, Vec::new());
        while alive.contains(&true) {
            let mut weight = vec![0_u64; nodes];
            let mut total = 0;
            for link in &graph.links {
                let [a, s] = ends(link);
                if alive[a] && alive[s] {
                    weight[a] += weights[link.1 as usize];
                    weight[s] += weights[link.1 as usize];
                    total += weights[link.1 as usize];
                }
            }
            let size = alive.iter().filter(|x| **x).count();
            let density = total as f64 / size as f64 / UNIT;
            if density > best.0 {
                best = (density, alive.clone());
            }
            let least = (0..nodes).filter(|&n| alive[n]).min_by_key(|&n| weight[n]).expect("there");
            alive[least] = false;
        }
        let kept = |range: std::ops::Range<usize>| -> Vec<u32> {
            let start = range.start;
            range.filter(|&n| best.1.get(n) == Some(&true)).map(|n| (n - start) as u32).collect()
        };
        let subjects = kept(graph.accounts..nodes);
        Block { accounts: kept(0..graph.accounts), subjects, density: best.0 }
    }

    #[test]
    fn as_by_brute_force_on_small_graphs() {
        let mut rng = ChaCha8Rng::seed_from_u64(23);
        for round in 0..400 {
            let accounts = rng.random_range(1..12);
            let subjects = rng.random_range(1..12);
            let share = rng.random_range(0.05..0.9);
            let links = (0..accounts as u32)
                .flat_map(|a| (0..subjects as u32).map(move |s| (a, s)))
                .filter(|_| rng.random_bool(share))
                .collect();
            let graph = Bipartite { accounts, subjects, links };
            let (fast, slow) = (densest(&graph), by_brute_force(&graph));
            assert_eq!(fast.accounts, slow.accounts, "round {round}");
            assert_eq!(fast.subjects, slow.subjects, "round {round}");
            assert!((fast.density - slow.density).abs() < 1e-12, "round {round}");
        }
    }

    #[test]
    fn a_dense_block_among_sparse_links() {
        // Accounts 0–3 meet on subjects 0–3; accounts 4–9 have one subject each.
        let block = (0..4).flat_map(|a| (0..4).map(move |s| (a, s)));
        let links = block.chain((4..10).map(|a| (a, a))).collect();
        let found = densest(&Bipartite { accounts: 10, subjects: 10, links });
        assert_eq!(found.accounts, [0, 1, 2, 3]);
        assert_eq!(found.subjects, [0, 1, 2, 3]);
        // 16 links of 1 / ln(4 + 5) over 8 nodes.
        assert!((found.density - 2.0 / 9.0_f64.ln()).abs() < 1e-9);
    }
}
