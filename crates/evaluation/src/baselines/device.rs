//! Device sharing: an account is as suspect as its most shared device. Accuses over five accounts on one device, which is
//! more than a household.

use super::{Links, Scores};

const MOST: f64 = 5.0;

/// The most accounts on any device of the account.
pub(crate) fn scores(links: &Links) -> Scores {
    let mut pairs = links.on_device.clone();
    pairs.sort_unstable();
    pairs.dedup();
    let mut score = vec![0.0_f64; links.accounts.len()];
    for device in pairs.chunk_by(|a, b| a.0 == b.0) {
        for &(_, account) in device {
            let best = &mut score[account as usize];
            *best = best.max(device.len() as f64);
        }
    }
    Scores { accused: score.iter().map(|s| *s > MOST).collect(), score, event_score: None }
}
