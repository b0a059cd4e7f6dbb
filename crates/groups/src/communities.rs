//! Communities of the graph of ties: Louvain's method on plain arrays.
//!
//! Blondel et al., "Fast unfolding of communities in large networks" (2008). Accounts are visited in a fixed order, so
//! that the same graph gives the same communities. A whole graph's modularity joins small groups that a few ties
//! connect (the resolution limit), and tears apart one that stands alone. So each connected part is clustered by itself,
//! and what comes out again, and stays split only where its parts stand apart, by modularity or by how few ties lead from one to the other: a
//! crew's never do.

use crate::meetings::Tie;

/// A weighted graph in compressed rows; both directions of an edge are stored.
struct Graph {
    start: Vec<usize>,
    edges: Vec<(u32, f64)>,
    /// Weight inside each node, counted twice, from earlier rounds.
    inner: Vec<f64>,
}

/// The members of each community of at least `smallest` accounts, ascending, largest first.
pub(crate) fn communities(
    accounts: usize,
    ties: &[Tie],
    threshold: f32,
    smallest: usize,
) -> Vec<Vec<u32>> {
    let weighted: Vec<(u32, u32, f64)> =
        ties.iter().map(|tie| (tie.a, tie.b, f64::from(tie.bits - threshold + 1.0))).collect();
    let parts = connected_parts(accounts, &weighted);
    let mut open = with_edges(parts, &weighted, accounts, smallest);
    let mut found = Vec::new();
    // Every split makes smaller parts, so this ends.
    while let Some((part, edges)) = open.pop() {
        let (parts, graph) = split(&part, &edges);
        let parts =
            if graph.modularity() < APART { detached(parts, &graph, smallest) } else { parts };
        if parts.len() > 1 {
            open.extend(with_edges(parts, &edges, accounts, smallest));
        } else {
            found.push(part);
        }
    }
    found.retain(|members: &Vec<u32>| members.len() >= smallest);
    found.sort_by(|x, y| y.len().cmp(&x.len()).then(x.cmp(y)));
    found
}

/// The nodes of each connected part with an edge, ascending.
fn connected_parts(nodes: usize, edges: &[Edge]) -> Vec<Vec<u32>> {
    fn root(parent: &mut [u32], mut node: u32) -> u32 {
        while parent[node as usize] != node {
            parent[node as usize] = parent[parent[node as usize] as usize];
            node = parent[node as usize];
        }
        node
    }
    let mut parent: Vec<u32> = (0..nodes as u32).collect();
    for &(a, b, _) in edges {
        let (a, b) = (root(&mut parent, a), root(&mut parent, b));
        parent[a.max(b) as usize] = a.min(b);
    }
    let mut touched: Vec<u32> = edges.iter().flat_map(|edge| [edge.0, edge.1]).collect();
    touched.sort_unstable();
    touched.dedup();
    let mut rooted: Vec<(u32, u32)> =
        touched.into_iter().map(|node| (root(&mut parent, node), node)).collect();
    rooted.sort_unstable();
    rooted.chunk_by(|x, y| x.0 == y.0).map(|part| part.iter().map(|x| x.1).collect()).collect()
}

/// Modularity from which the parts of a community stand apart. Newman & Girvan, "Finding and evaluating community
/// structure in networks" (2004): 0 is what random ties give, structure begins at about 0.3.
const APART: f64 = 0.3;

/// Ties between two parts for ties within the less dense one, as shares of the pairs there are, below which they are two whatever the modularity:
/// where one part has nearly all the weight, that is near 0 however few ties lead to the other.
const DETACHED: f64 = 0.25;

type Edge = (u32, u32, f64);

/// Parts (the nodes of a graph) that hardly anything ties to any other, each by itself, and all others as one.
fn detached(parts: Vec<Vec<u32>>, graph: &Graph, smallest: usize) -> Vec<Vec<u32>> {
    let size = |part: usize| parts[part].len() as f64;
    let inside = |part: usize| graph.inner[part] / (size(part) * (size(part) - 1.0)).max(1.0);
    let alone = |part: usize| {
        let near = |&(other, weight): &(u32, f64)| {
            let other = other as usize;
            let between = weight / (size(part) * size(other));
            parts[other].len() >= smallest && between > DETACHED * inside(part).min(inside(other))
        };
        parts[part].len() >= smallest && !graph.row(part).iter().any(near)
    };
    let alone: Vec<bool> = (0..parts.len()).map(alone).collect();
    let mut rest = Vec::new();
    let mut apart = Vec::new();
    for (part, alone) in parts.into_iter().zip(alone) {
        if alone { apart.push(part) } else { rest.extend(part) }
    }
    rest.sort_unstable();
    apart.extend((!rest.is_empty()).then_some(rest));
    apart
}

/// The parts of at least `smallest` nodes, each with the edges inside it.
fn with_edges(
    parts: Vec<Vec<u32>>,
    edges: &[Edge],
    nodes: usize,
    smallest: usize,
) -> Vec<(Vec<u32>, Vec<Edge>)> {
    let mut part_of = vec![u32::MAX; nodes];
    let mut kept: Vec<(Vec<u32>, Vec<Edge>)> = Vec::new();
    for part in parts.into_iter().filter(|part| part.len() >= smallest) {
        for &node in &part {
            part_of[node as usize] = kept.len() as u32;
        }
        kept.push((part, Vec::new()));
    }
    for &edge in edges {
        let part = part_of[edge.0 as usize];
        if part != u32::MAX && part == part_of[edge.1 as usize] {
            kept[part as usize].1.push(edge);
        }
    }
    kept
}

/// Splits some nodes (ascending) with the edges among them into communities, and gives the graph of these.
fn split(part: &[u32], edges: &[Edge]) -> (Vec<Vec<u32>>, Graph) {
    let local = |node: u32| part.partition_point(|other| *other < node) as u32;
    let inside: Vec<Edge> = edges.iter().map(|&(a, b, w)| (local(a), local(b), w)).collect();
    let mut graph = Graph::of(part.len(), &inside);
    let mut label: Vec<u32> = (0..part.len() as u32).collect();
    loop {
        let (moved, community) = graph.move_nodes();
        if !moved {
            break;
        }
        for own in &mut label {
            *own = community[*own as usize];
        }
        graph = graph.fold(&community);
    }
    let mut members: Vec<(u32, u32)> =
        label.iter().enumerate().map(|(at, &community)| (community, part[at])).collect();
    members.sort_unstable();
    let parts = members.chunk_by(|x, y| x.0 == y.0).map(|c| c.iter().map(|x| x.1).collect());
    (parts.collect(), graph)
}

impl Graph {
    fn of(nodes: usize, edges: &[(u32, u32, f64)]) -> Graph {
        let mut directed: Vec<(u32, u32, f64)> = Vec::with_capacity(edges.len() * 2);
        let mut inner = vec![0.0; nodes];
        for &(a, b, w) in edges {
            if a == b {
                inner[a as usize] += w;
            } else {
                directed.push((a, b, w));
                directed.push((b, a, w));
            }
        }
        directed.sort_by_key(|edge| (edge.0, edge.1));
        let mut start = vec![0usize; nodes + 1];
        let mut rows: Vec<(u32, f64)> = Vec::with_capacity(directed.len());
        for same in directed.chunk_by(|x, y| (x.0, x.1) == (y.0, y.1)) {
            rows.push((same[0].1, same.iter().map(|edge| edge.2).sum()));
            start[same[0].0 as usize + 1] += 1;
        }
        for at in 0..nodes {
            start[at + 1] += start[at];
        }
        Graph { start, edges: rows, inner }
    }

    fn row(&self, node: usize) -> &[(u32, f64)] {
        &self.edges[self.start[node]..self.start[node + 1]]
    }

    /// Moves nodes between communities while modularity grows. Gives whether any moved, and the community of each
    /// node, numbered from 0 in the order of first members.
    fn move_nodes(&self) -> (bool, Vec<u32>) {
        let nodes = self.inner.len();
        let degree: Vec<f64> = (0..nodes)
            .map(|n| self.inner[n] + self.row(n).iter().map(|edge| edge.1).sum::<f64>())
            .collect();
        let total: f64 = degree.iter().sum::<f64>().max(f64::MIN_POSITIVE);
        let mut community: Vec<u32> = (0..nodes as u32).collect();
        let mut weight = degree.clone();
        let mut to = vec![0.0f64; nodes];
        let mut moved = false;
        // Louvain settles within a few sweeps; the limit only bounds a graph built to make it oscillate.
        for _ in 0..64 {
            let mut changed = false;
            for node in 0..nodes {
                let own = community[node];
                let mut near: Vec<u32> = vec![own];
                for &(other, w) in self.row(node) {
                    let c = community[other as usize];
                    if to[c as usize] == 0.0 && c != own {
                        near.push(c);
                    }
                    to[c as usize] += w;
                }
                weight[own as usize] -= degree[node];
                let gain = |c: u32| to[c as usize] - degree[node] * weight[c as usize] / total;
                let mut best = (gain(own), own);
                for &c in &near[1..] {
                    let candidate = gain(c);
                    if candidate > best.0 + 1e-9
                        || (candidate > best.0 - 1e-9 && c < best.1 && best.1 != own)
                    {
                        best = (candidate, c);
                    }
                }
                weight[best.1 as usize] += degree[node];
                for c in near {
                    to[c as usize] = 0.0;
                }
                if best.1 != own {
                    community[node] = best.1;
                    changed = true;
                    moved = true;
                }
            }
            if !changed {
                break;
            }
        }
        let mut number = vec![u32::MAX; nodes];
        let mut next = 0;
        for c in &mut community {
            let slot = &mut number[*c as usize];
            if *slot == u32::MAX {
                *slot = next;
                next += 1;
            }
            *c = *slot;
        }
        (moved, community)
    }

    /// The modularity of taking every node as a community.
    fn modularity(&self) -> f64 {
        let degree = |n: usize| self.inner[n] + self.row(n).iter().map(|edge| edge.1).sum::<f64>();
        let total: f64 = (0..self.inner.len()).map(degree).sum::<f64>().max(f64::MIN_POSITIVE);
        (0..self.inner.len())
            .map(|n| self.inner[n] / total - (degree(n) / total) * (degree(n) / total))
            .sum()
    }

    /// The graph whose nodes are the communities of this one.
    fn fold(&self, community: &[u32]) -> Graph {
        let nodes = community.iter().max().map_or(0, |most| *most as usize + 1);
        let mut inner = vec![0.0; nodes];
        let mut edges: Vec<(u32, u32, f64)> = Vec::new();
        for node in 0..self.inner.len() {
            let own = community[node];
            inner[own as usize] += self.inner[node];
            for &(other, w) in self.row(node) {
                let c = community[other as usize];
                if c == own {
                    inner[own as usize] += w;
                } else if own < c {
                    edges.push((own, c, w));
                }
            }
        }
        let mut folded = Graph::of(nodes, &edges);
        for (slot, w) in folded.inner.iter_mut().zip(inner) {
            *slot += w;
        }
        folded
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clique(nodes: std::ops::Range<u32>, bits: f32) -> Vec<Tie> {
        let mut ties = Vec::new();
        for a in nodes.clone() {
            for b in a + 1..nodes.end {
                ties.push(Tie { a, b, bits, meetings: 3 });
            }
        }
        ties
    }

    #[test]
    fn two_cliques_with_a_bridge_are_two_communities() {
        let mut ties = clique(0..10, 30.0);
        ties.extend(clique(10..25, 30.0));
        ties.push(Tie { a: 3, b: 12, bits: 21.0, meetings: 3 });
        ties.sort_by_key(|tie| (tie.a, tie.b));
        let found = communities(40, &ties, 20.0, 4);
        assert_eq!(found, vec![(10..25).collect::<Vec<u32>>(), (0..10).collect()]);
    }

    #[test]
    fn a_small_circle_that_a_few_ties_lead_to_is_no_part_of_a_large_one() {
        let mut ties = clique(0..80, 60.0);
        ties.extend(clique(80..92, 21.0));
        // One in ten of the pairs between them: the modularity of the split is 0.01.
        ties.extend((0..96).map(|n| Tie {
            a: n * 5 % 80,
            b: 80 + n % 12,
            bits: 21.0,
            meetings: 3,
        }));
        ties.sort_by_key(|tie| (tie.a, tie.b));
        let found = communities(100, &ties, 20.0, 4);
        assert_eq!(found, vec![(0..80).collect::<Vec<u32>>(), (80..92).collect()]);
    }

    #[test]
    fn a_crew_of_batches_that_worked_together_is_one_community() {
        let mut ties = clique(0..40, 30.0);
        ties.extend(clique(40..60, 30.0));
        // Every second pair between the batches.
        let between = (0..40).flat_map(|a| (40..60).map(move |b| (a, b)));
        let tied = between.filter(|(a, b)| (a + b) % 2 == 0);
        ties.extend(tied.map(|(a, b)| Tie { a, b, bits: 30.0, meetings: 3 }));
        ties.sort_by_key(|tie| (tie.a, tie.b));
        assert_eq!(communities(60, &ties, 20.0, 4), vec![(0..60).collect::<Vec<u32>>()]);
    }

    #[test]
    fn a_small_far_group_is_not_drowned_by_a_large_graph() {
        let mut ties = Vec::new();
        for block in 0..60u32 {
            ties.extend(clique(block * 20..block * 20 + 20, 40.0));
        }
        ties.extend(clique(5000..5005, 25.0));
        let found = communities(6000, &ties, 20.0, 4);
        assert!(found.contains(&(5000..5005).collect()));
    }

    #[test]
    fn no_ties_no_communities() {
        assert!(communities(5, &[], 20.0, 2).is_empty());
    }
}
