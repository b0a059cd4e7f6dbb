//! Knots: ties between households that close a circle.
//!
//! Households and the things that several of them use make a graph. A student's card is the parents' at another address, a
//! station holds the parcels of a whole village, a terminal serves a street: all of these make trees, since who shares one thing has no
//! reason to share the next. Each tie beyond a tree is a coincidence, worth as many bits as the thing is rare among the households of
//! its regions; of a circle the ties to the commonest things count. Circles that hang together beyond any one thing make a block.

use events::Key;
use features::Keyed;

use super::homes::{Home, root};

/// Households that are tied to each other in circles.
#[derive(Clone, Debug, Default)]
pub(crate) struct Block {
    /// Places of their members among the homes, ascending.
    pub homes: Vec<usize>,
    /// Households.
    pub households: usize,
    /// Ties beyond a tree.
    pub knots: usize,
    /// What these are worth.
    pub bits: f64,
    /// Of each, what it is worth, the households near and those that use the thing.
    pub ties: Vec<(f64, [f64; 2])>,
}

/// A tie of a household to a thing: (household's node, thing's node, bits).
type Tie = (usize, usize, f64);

struct Graph {
    /// Ties, by household and thing.
    ties: Vec<Tie>,
    /// Which household each of the first nodes is; the others are things.
    households: Vec<usize>,
    /// Of each thing, households in the regions of those that use it, and those that do.
    things: Vec<[f64; 2]>,
}

/// The blocks in which there is a knot, in the order of their first home.
pub(crate) fn blocks(homes: &[Home], household: &[usize]) -> Vec<Block> {
    let graph = Graph::of(homes, household);
    let mut members: Vec<(usize, usize)> =
        household.iter().enumerate().map(|(home, &of)| (of, home)).collect();
    members.sort_unstable();
    let mut blocks: Vec<Block> = graph
        .blocks()
        .into_iter()
        .filter(|ties| ties.len() > 2)
        .map(|ties| graph.block(&ties, &members))
        .collect();
    blocks.sort_by(|x, y| x.homes.cmp(&y.homes));
    blocks
}

impl Graph {
    fn of(homes: &[Home], household: &[usize]) -> Graph {
        let mut named: Vec<(usize, Key, usize)> = Vec::new();
        for (home, &of) in homes.iter().zip(household) {
            for (kind, &thing) in home.things.iter().enumerate() {
                if thing.is_some() {
                    named.push((kind, thing, of));
                }
            }
        }
        named.sort_unstable();
        named.dedup();
        let near = Regions::of(homes, household);
        let mut graph = Graph { ties: Vec::new(), households: Vec::new(), things: Vec::new() };
        for users in named.chunk_by(|x, y| (x.0, x.1) == (y.0, y.1)) {
            if users.len() > 1 {
                let households = users.iter().map(|user| user.2);
                let (near, using) = (near.households(households), users.len() as f64);
                let bits = (near / using).log2().max(0.0);
                let thing = graph.things.len();
                graph.ties.extend(users.iter().map(|user| (user.2, thing, bits)));
                graph.things.push([near, using]);
            }
        }
        // Households that are tied to anything, numbered in order; things come after them.
        graph.households = graph.ties.iter().map(|tie| tie.0).collect();
        graph.households.sort_unstable();
        graph.households.dedup();
        let after = graph.households.len();
        for tie in &mut graph.ties {
            tie.0 = graph.households.partition_point(|&household| household < tie.0);
            tie.1 += after;
        }
        graph.ties.sort_unstable_by_key(|tie| (tie.0, tie.1));
        graph
    }

    /// Maximal sets of ties of which every two lie on one circle (Hopcroft & Tarjan 1973), without recursion.
    fn blocks(&self) -> Vec<Vec<usize>> {
        let nodes = self.households.len() + self.things.len();
        let mut next: Vec<Vec<(usize, usize)>> = vec![Vec::new(); nodes];
        for (tie, &(a, b, _)) in self.ties.iter().enumerate() {
            next[a].push((b, tie));
            next[b].push((a, tie));
        }
        let (mut found, mut low) = (vec![0usize; nodes], vec![0usize; nodes]);
        let (mut clock, mut open, mut blocks) = (0, Vec::new(), Vec::new());
        for start in 0..nodes {
            if found[start] != 0 {
                continue;
            }
            clock += 1;
            (found[start], low[start]) = (clock, clock);
            // Node, the tie by which it was reached, the next neighbour to look at.
            let mut path = vec![(start, usize::MAX, 0usize)];
            while let Some(&mut (node, by, ref mut at)) = path.last_mut() {
                if let Some(&(other, tie)) = next[node].get(*at) {
                    *at += 1;
                    if tie == by {
                        continue;
                    }
                    if found[other] == 0 {
                        clock += 1;
                        (found[other], low[other]) = (clock, clock);
                        open.push(tie);
                        path.push((other, tie, 0));
                    } else if found[other] < found[node] {
                        open.push(tie);
                        low[node] = low[node].min(found[other]);
                    }
                    continue;
                }
                path.pop();
                let Some(&(above, ..)) = path.last() else { break };
                low[above] = low[above].min(low[node]);
                if low[node] >= found[above] {
                    let from = open.iter().rposition(|&tie| tie == by).unwrap_or(0);
                    blocks.push(open.split_off(from));
                }
            }
        }
        blocks
    }

    fn block(&self, ties: &[usize], members: &[(usize, usize)]) -> Block {
        let mut ties: Vec<Tie> = ties.iter().map(|&tie| self.ties[tie]).collect();
        // The rarest ties make the tree: what is left to count are the commonest.
        ties.sort_by(|x, y| y.2.total_cmp(&x.2).then((x.0, x.1).cmp(&(y.0, y.1))));
        let mut nodes: Vec<usize> = ties.iter().flat_map(|tie| [tie.0, tie.1]).collect();
        nodes.sort_unstable();
        nodes.dedup();
        let at = |node: usize| nodes.partition_point(|&other| other < node);
        let mut parent: Vec<usize> = (0..nodes.len()).collect();
        let mut block = Block::default();
        for &(household, thing, bits) in &ties {
            let (a, b) = (household, thing);
            let (a, b) = (root(&mut parent, at(a)), root(&mut parent, at(b)));
            if a == b {
                block.knots += 1;
                block.bits += bits;
                block.ties.push((bits, self.things[thing - self.households.len()]));
            } else {
                parent[a.max(b)] = a.min(b);
            }
        }
        let mut households: Vec<usize> = ties.iter().map(|tie| self.households[tie.0]).collect();
        households.sort_unstable();
        households.dedup();
        block.households = households.len();
        for household in households {
            let from = members.partition_point(|member| member.0 < household);
            let own = members[from..].iter().take_while(|member| member.0 == household);
            block.homes.extend(own.map(|member| member.1));
        }
        block.homes.sort_unstable();
        block
    }
}

/// How many households there are in each region.
struct Regions<'a> {
    homes: &'a [Home],
    households: Keyed<u32>,
}

impl Regions<'_> {
    fn of<'a>(homes: &'a [Home], household: &[usize]) -> Regions<'a> {
        let mut households: Keyed<u32> = Keyed::default();
        for (at, _) in household.iter().enumerate().filter(|(at, of)| at == *of) {
            *households.entry(homes[at].region).or_default() += 1;
        }
        Regions { homes, households }
    }

    /// Households of the regions of some.
    fn households(&self, some: impl Iterator<Item = usize>) -> f64 {
        let mut regions: Vec<Key> = some.map(|household| self.homes[household].region).collect();
        regions.sort_unstable();
        regions.dedup();
        let each = regions.iter().filter_map(|region| self.households.get(region));
        each.map(|&households| f64::from(households)).sum()
    }
}
