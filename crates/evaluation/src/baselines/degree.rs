//! Degree: an account is as suspect as it is busy. Accuses nobody, since there is no natural threshold.

use super::{Links, Scores};

/// How many events of an account count.
pub(crate) fn scores(links: &Links) -> Scores {
    let mut score = vec![0.0; links.accounts.len()];
    for &(account, _) in &links.links {
        score[account as usize] += 1.0;
    }
    Scores { accused: vec![false; score.len()], score, event_score: None }
}
