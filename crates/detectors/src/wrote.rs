//! What accounts wrote: of each account and detector of texts the strongest text, and how many there are.
//!
//! A spammer's thousand adverts are one finding, not a thousand. The strongest is chosen by what it says, then by when it was
//! written, so it does not matter in which order texts come or where they were read. Beyond [`MOST`] pairs of account and detector
//! those with the smallest keys are kept: a fair sample, since keys are hashes, with exact counts.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use crate::{CATALOGUE, Code, Finding};
use events::Key;

/// The most pairs of account and detector that are kept, in a table and in the whole run.
pub const MOST: usize = 1 << 18;

/// The strongest text of each account, by detector.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Wrote {
    kept: BTreeMap<(Key, Code), Strongest>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Strongest {
    finding: Finding,
    texts: u32,
}

impl Wrote {
    /// Takes what a detector says of one text of an account.
    pub fn observe(&mut self, finding: Finding) {
        let pair = (finding.entity.key, finding.code);
        if let Some(known) = self.kept.get_mut(&pair) {
            known.texts = known.texts.saturating_add(1);
            if stronger(&finding, &known.finding) {
                known.finding = finding;
            }
            return;
        }
        if self.kept.len() >= MOST {
            // Who was left out once has MOST smaller pairs before it for good, so it never comes back half counted.
            if self.kept.last_key_value().is_none_or(|(last, _)| *last < pair) {
                return;
            }
            self.kept.pop_last();
        }
        self.kept.insert(pair, Strongest { finding, texts: 1 });
    }

    /// The strongest finding of each detector about one account, in the order of codes.
    pub fn of(&self, account: Key) -> impl Iterator<Item = &Finding> {
        let (first, last) = (CATALOGUE[0].code, CATALOGUE[CATALOGUE.len() - 1].code);
        self.kept.range((account, first)..=(account, last)).map(|(_, strongest)| &strongest.finding)
    }

    /// Pairs that are kept.
    #[must_use]
    pub fn len(&self) -> usize {
        self.kept.len()
    }

    /// Whether no text said anything.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// One finding a pair, with the number of texts behind it.
    pub fn finish(self) -> impl Iterator<Item = (Finding, u32)> {
        self.kept.into_values().map(|strongest| (strongest.finding, strongest.texts))
    }
}

fn stronger(new: &Finding, old: &Finding) -> bool {
    let order = new.bits.total_cmp(&old.bits);
    order.then_with(|| (old.time, old.event).cmp(&(new.time, new.event))).is_gt()
}

/// Whether a code is of a detector of texts, which look at one text at a time.
fn is_of_texts(code: Code) -> bool {
    code.entry().id.starts_with("TXT")
}

/// Cuts the findings of all tables of a run to those that one table would have kept.
pub(crate) fn cut(findings: &mut Vec<Finding>) {
    let pair = |finding: &Finding| (finding.entity.key, finding.code);
    let mut pairs: Vec<_> = findings.iter().filter(|f| is_of_texts(f.code)).map(pair).collect();
    if pairs.len() <= MOST {
        return;
    }
    pairs.sort_unstable();
    let last = pairs[MOST - 1];
    findings.retain(|finding| !is_of_texts(finding.code) || pair(finding) <= last);
}

#[cfg(test)]
mod tests {
    use super::*;
    use events::{Entity, EntityKind, EventTime};

    fn finding(account: u64, code: Code, time: i64, bits: f32) -> Finding {
        Finding {
            code,
            entity: Entity { kind: EntityKind::Account, key: Key(account) },
            time: EventTime(time),
            event: Key(time as u64),
            score: 0.9,
            bits,
            evidence: Vec::new(),
            members: Vec::new(),
        }
    }

    #[test]
    fn the_strongest_then_the_first_text_stands_in_any_order() {
        let texts = [(5, 12.0), (2, 14.0), (9, 14.0), (3, 11.0)];
        for turn in 0..4 {
            let mut wrote = Wrote::default();
            for at in 0..4 {
                let (time, bits) = texts[(at + turn) % 4];
                wrote.observe(finding(7, Code::Txt03, time, bits));
            }
            wrote.observe(finding(7, Code::Txt05, 1, 30.0));
            let found: Vec<_> = wrote.finish().collect();
            assert_eq!(found.len(), 2);
            assert_eq!((found[0].0.time, found[0].1), (EventTime(2), 4), "turn {turn}");
        }
    }

    #[test]
    fn a_million_accounts_stay_within_the_limit_however_they_are_shared_out() {
        let key = |n: u64| n.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20;
        let run = |tables: u64, forward: bool| {
            let mut all = vec![Wrote::default(); tables as usize];
            for n in 0..1_000_000_u64 {
                let n = if forward { n } else { 999_999 - n };
                // Each account writes twice.
                let account = key(n / 2);
                let time = n as i64 + 1;
                let table = &mut all[(account % tables) as usize];
                table.observe(finding(account, Code::Txt03, time, 12.0));
            }
            assert!(all.iter().all(|wrote| wrote.len() <= MOST));
            let count = |(finding, texts): (Finding, u32)| {
                assert_eq!(texts, 2);
                finding
            };
            let mut found: Vec<Finding> =
                all.into_iter().flat_map(|wrote| wrote.finish().map(count)).collect();
            crate::settle(&crate::Usual::default(), &mut found);
            assert_eq!(found.len(), MOST);
            found
        };
        let one = run(1, true);
        assert!(one == run(3, true));
        assert!(one == run(2, false));
    }
}
