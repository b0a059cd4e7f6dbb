//! Repeated text: an account is as suspect as the text of its own that is seen most. Accuses over three times.

use super::{Links, Scores};

const MOST: f64 = 3.0;

/// How often any text of the account is seen, to the letter.
pub(crate) fn scores(links: &Links) -> Scores {
    let mut seen = vec![0_u32; links.texts.len()];
    for &(text, _) in &links.wrote {
        seen[text as usize] += 1;
    }
    let mut score = vec![0.0_f64; links.accounts.len()];
    for &(text, account) in &links.wrote {
        let best = &mut score[account as usize];
        *best = best.max(f64::from(seen[text as usize]));
    }
    Scores { accused: score.iter().map(|s| *s > MOST).collect(), score, event_score: None }
}
