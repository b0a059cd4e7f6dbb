//! What tells those who were sent from those who came: their words, and whether they had looked before.
//!
//! Both are said in bits against the same table's usual: how often a phrase comes up elsewhere, how often a mark of this
//! kind comes from somebody who never looked.

use crate::activity::Mark;
use crate::approach::{Approaches, Sighting};
use crate::ledger::Ledger;
use crate::opinions::Opinions;
use crate::surges::Surge;
use crate::tail::{binomial_bits, poisson_bits};
use events::Kind;
use hashbrown::HashMap;

/// What is usual in the table, of each kind of mark: shares of marks after an account's first sitting.
pub(crate) struct Usual {
    /// (marks, of them prepared, of them by accounts that the table saw register).
    of_kind: [(u32, u32, u32); Kind::ALL.len()],
}

/// Marks from which on a share is known.
const KNOWN: u32 = 50;
/// How much people who come to one place together are alike: the correlation of two participants of a real crowd.
const ALIKE: f64 = 0.1;

impl Usual {
    pub fn of(seen: &Approaches) -> Usual {
        let mut of_kind = [(0, 0, 0); Kind::ALL.len()];
        for (kind, registered, sighting) in seen.sampled() {
            let sums = &mut of_kind[kind as usize];
            if sighting.marked {
                sums.0 += 1;
                sums.1 += u32::from(sighting.prepared());
                sums.2 += u32::from(registered);
            }
        }
        Usual { of_kind }
    }

    /// Share of a kind's marks that come unprepared; none where too few were seen.
    pub fn unprepared(&self, kind: Kind) -> Option<f64> {
        let (marks, prepared, _) = self.of_kind[kind as usize];
        (marks >= KNOWN).then(|| 1.0 - (f64::from(prepared) + 1.0) / (f64::from(marks) + 2.0))
    }

    /// Share of a kind's marks by accounts that the table saw register.
    pub fn registered(&self, kind: Kind) -> Option<f64> {
        let (marks, _, registered) = self.of_kind[kind as usize];
        (marks >= KNOWN).then(|| (f64::from(registered) + 1.0) / (f64::from(marks) + 2.0))
    }
}

/// Bits of a share, allowing for people of one crowd being alike.
pub(crate) fn share_bits(hits: f64, tries: f64, usual: f64) -> f64 {
    binomial_bits(hits, tries, usual) / (1.0 + (tries - 1.0).max(0.0) * ALIKE)
}

/// How the participants of one surge came.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Unprepared {
    pub tries: u32,
    pub unprepared: u32,
    usual: Option<f64>,
}

/// Counts who came unprepared among those participants that `counts` names and that had been in the table before.
pub(crate) fn unprepared(
    ledger: &Ledger,
    surge: &Surge,
    sightings: &[Sighting],
    usual: &Usual,
    counts: impl Fn(usize) -> bool,
) -> Unprepared {
    let mut sums = Unprepared { usual: usual.unprepared(surge.kind), ..Unprepared::default() };
    for (place, (&at, sighting)) in surge.marks.iter().zip(sightings).enumerate() {
        if counts(place) && sighting.marked && ledger.by_subject[at as usize].sitting() > 0 {
            sums.tries += 1;
            sums.unprepared += u32::from(!sighting.prepared());
        }
    }
    sums
}

impl Unprepared {
    pub fn bits(&self) -> f64 {
        let Some(usual) = self.usual else { return 0.0 };
        share_bits(f64::from(self.unprepared), f64::from(self.tries), usual)
    }

    /// Bits by which one participant came as the crew rather than as people do.
    pub fn of(&self, mark: &Mark, sighting: &Sighting) -> f64 {
        let Some(usual) = self.usual else { return 0.0 };
        if !sighting.marked || mark.sitting() == 0 {
            return 0.0;
        }
        let here = (f64::from(self.unprepared) + 1.0) / (f64::from(self.tries) + 2.0);
        match sighting.prepared() {
            true => ((1.0 - here) / (1.0 - usual)).log2(),
            false => (here / usual).log2(),
        }
    }
}

/// What the texts of one surge are made of.
#[derive(Clone, Debug, Default)]
pub(crate) struct Content {
    /// Bits of the phrases that come up too often, without the foremost: one that everybody shouts is what crowds do.
    pub bits: f64,
    /// Of each phrase: accounts that used it here, and its share of texts elsewhere.
    phrases: HashMap<u32, (u32, f64)>,
    /// Accounts with texts.
    texts: f64,
}

/// The fewest accounts with texts of several phrases whose words are compared.
const FEWEST_TEXTS: usize = 5;

/// Compares the phrases of a surge with the whole table's. Only texts of several phrases speak: to shout one word
/// together is what a live stream does. A lead, as any words are that most people have no reason for: of one surge
/// [`crate::wording`] says what it is worth.
pub(crate) fn content(
    sightings: &[Sighting],
    usage: &Opinions,
    tested: f64,
    counts: impl Fn(usize) -> bool,
) -> Content {
    let sightings: Vec<&Sighting> =
        sightings.iter().enumerate().filter(|entry| counts(entry.0)).map(|entry| entry.1).collect();
    let composed = sightings.iter().filter(|sighting| sighting.composed).count();
    if composed < FEWEST_TEXTS {
        return Content::default();
    }
    let mut counts: HashMap<u32, (u32, u32)> = HashMap::new();
    for sighting in &sightings {
        for &phrase in &sighting.phrases {
            let sums = counts.entry(phrase).or_default();
            sums.0 += 1;
            sums.1 += u32::from(sighting.composed);
        }
    }
    let texts = sightings.iter().filter(|sighting| !sighting.phrases.is_empty()).count() as f64;
    let elsewhere = (usage.total() as f64 - texts).max(0.0) + 1.0;
    let price = (counts.len() as f64).log2() + tested.log2();
    let (mut sum, mut foremost) = (Vec::new(), 0.0f64);
    let phrases = counts
        .into_iter()
        .map(|(phrase, (all, in_composed))| {
            let others = f64::from(usage.of(phrase).saturating_sub(all));
            let share = ((others + 0.5) / elsewhere).min(1.0);
            let bits = poisson_bits(f64::from(in_composed), composed as f64 * share) - price;
            if in_composed >= 3 && bits > 0.0 {
                sum.push(bits);
                foremost = foremost.max(bits);
            }
            (phrase, (all, share))
        })
        .collect();
    // In the order of size, so that a sum does not depend on the order of a hash table.
    sum.sort_by(f64::total_cmp);
    Content { bits: sum.iter().sum::<f64>() - foremost, phrases, texts }
}

impl Content {
    /// Bits by which one participant's words are the surge's rather than the table's; `counted` says that they are among
    /// those that were counted. Words of one text lean on each other: each phrase counts half, and a phrase that nobody
    /// else used here speaks against.
    pub fn of(&self, sighting: &Sighting, counted: bool) -> f64 {
        if self.bits <= 0.0 {
            return 0.0;
        }
        let each = sighting.phrases.iter().map(|phrase| {
            let Some(&(all, share)) = self.phrases.get(phrase) else { return -1.0 };
            let own = f64::from(u8::from(counted));
            let others = f64::from(all) - own;
            if others < 1.0 {
                return -1.0;
            }
            (others / (self.texts - own) / share).log2().clamp(-2.0, 4.0)
        });
        each.sum::<f64>() / 2.0
    }
}
