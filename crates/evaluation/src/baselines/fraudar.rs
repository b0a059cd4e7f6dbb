//! FRAUDAR: the densest blocks of accounts and subjects, one after the other.
//!
//! Hooi et al., KDD 2016. When a block is found its links are taken out and the rest is peeled again, weights and all. An
//! account is as suspect as the densest block that it is in; the first blocks are accused.

use super::peel::{Bipartite, Block, densest};
use super::{Links, Scores};

/// How many blocks are looked for.
pub const FRAUDAR_BLOCKS: usize = 20;

/// The graph of distinct links.
pub(crate) fn graph(over: &[(u32, u32)], links: &Links) -> Bipartite {
    let mut pairs = over.to_vec();
    pairs.sort_unstable();
    pairs.dedup();
    Bipartite { accounts: links.accounts.len(), subjects: links.subjects.len(), links: pairs }
}

/// Density of the densest block that an account, and that an event's link, is in; 0 for those in none. The members of
/// the first `accuse` blocks are accused.
pub(crate) fn scores(blocks: &[Block], accuse: usize, links: &Links) -> Scores {
    let accounts = links.accounts.len();
    let mut score = vec![0.0_f64; accounts];
    let mut accused = vec![false; accounts];
    let mut event_score = vec![0.0_f64; links.event_link.len()];
    for (at, block) in blocks.iter().enumerate() {
        for &account in &block.accounts {
            let best = &mut score[account as usize];
            *best = best.max(block.density);
            accused[account as usize] |= at < accuse;
        }
        for (best, link) in event_score.iter_mut().zip(&links.event_link) {
            if link.is_some_and(|link| block.holds(link)) {
                *best = best.max(block.density);
            }
        }
    }
    Scores { score, accused, event_score: Some(event_score) }
}

/// At most `most` blocks; fewer if the links run out.
pub(crate) fn blocks(mut graph: Bipartite, most: usize) -> Vec<Block> {
    let mut blocks = Vec::new();
    while blocks.len() < most && !graph.links.is_empty() {
        let block = densest(&graph);
        graph.links.retain(|&link| !block.holds(link));
        blocks.push(block);
    }
    blocks
}
