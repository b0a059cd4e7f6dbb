//! REV02 rating shift: a stretch of a subject's ratings that condemn it, or praise it, as its own history and others' do not lead to
//! expect; and who gave them.
//!
//! A bad batch, a price that rose or a scandal make people angry together, and rightly: a shift by itself is a description. An
//! attack is told by its raters, held against those who rated others the same way: who never ordered the thing, who came
//! only just now, who rate this owner and nobody else, who were paid by somebody else, who met in another owner's run as
//! well. Either way the finding is the subject's, and accuses none of them. See docs/detectors/REV02-rating-shift.md.

mod raters;
mod runs;

use crate::scale::Scale;
use crate::{Code, Finding};
use events::{Entity, EntityKind, EventTime, Key};
use features::Keyed;
use raters::{Others, Raters, Shown, TRAITS};
use runs::{Run, Series};
use trades::Opinion;

/// Bits beyond the price of the search from which there is a shift, and from which it is an attack.
const STANDS: f64 = 10.0;
/// The most that one kind of trait says, so that none makes an attack alone: raters who did not buy may have bought elsewhere, and
/// customers of one shop rate nobody else.
const MOST: f64 = 9.0;
/// The most that meeting in run after run says.
const MOST_AGAIN: f64 = 24.0;

/// Which way ratings go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Condemns,
    Praises,
}

impl Side {
    fn has(self, scale: Scale, rating: f32) -> bool {
        match self {
            Side::Condemns => scale.is_low(rating),
            Side::Praises => scale.is_high(rating),
        }
    }
}

/// Shifts of a table's opinions, which are in the order of (subject, second, event): at most one each way of a subject, in
/// the order of time.
#[must_use]
pub fn shifts(opinions: &[Opinion]) -> Vec<Finding> {
    let times = || opinions.iter().map(|opinion| opinion.second);
    let (Some(begins), Some(ends)) = (times().min(), times().max()) else { return Vec::new() };
    if begins == ends {
        // Without times there are no stretches.
        return Vec::new();
    }
    let scale = Scale::of(opinions);
    let subjects: Vec<Vec<&Opinion>> =
        opinions.chunk_by(|x, y| x.subject == y.subject).map(once_each).collect();
    let raters = Raters::of(opinions);
    let mut found = Vec::new();
    for side in [Side::Condemns, Side::Praises] {
        let series: Vec<Series<'_>> =
            subjects.iter().map(|own| Series::of(own, side, scale)).collect();
        let (runs, price) = runs::runs(&series);
        let others = Others::of(&series, &runs, &raters, begins);
        let tried = (runs.len().max(2) as f64).log2();
        for run in &runs {
            found.extend(finding(side, run, price, (&others, tried)));
        }
    }
    crate::open::sort(&mut found);
    found
}

/// The first opinion of each account: who says it again has said it.
fn once_each(own: &[Opinion]) -> Vec<&Opinion> {
    let mut said: Keyed<()> = Keyed::default();
    own.iter().filter(|opinion| said.insert(opinion.actor, ()).is_none()).collect()
}

fn finding(
    side: Side,
    run: &Run<'_>,
    price: f64,
    (others, tried): (&Others<'_>, f64),
) -> Option<Finding> {
    let shown = others.shown(run);
    let shift = run.share_bits() - price;
    let attack = attack_bits(&shown.map(Shown::bits)) - tried;
    let (first, last) = (run.given.first()?, run.given.last()?);
    if shift < STANDS && attack < STANDS {
        return None;
    }
    let mut evidence = vec![
        ("praise", f64::from(u8::from(side == Side::Praises))),
        ("ratings", run.all),
        ("shown", run.shown()),
        ("earlier", run.earlier.1),
        ("earlier_shown", run.earlier.0),
        ("others_share", run.others.mean),
        ("others_alike", run.others.likeness),
        ("stretches_alike", run.stretches),
        ("price_bits", price),
        ("shift_bits", shift),
    ];
    for (names, shown) in TRAITS.iter().zip(shown) {
        let values = [shown.shown, shown.all, shown.usual.mean, shown.usual.likeness];
        evidence.extend(names.iter().copied().zip(values));
    }
    evidence.extend([
        ("tried_bits", tried),
        ("attack_bits", attack),
        ("first_second", f64::from(first.second)),
    ]);
    // Of whom it speaks: of an attack, raters who show what tells one. A shift names nobody.
    let named = run.given.iter().filter(|_| attack >= STANDS);
    let mut members: Vec<Key> =
        named.filter(|o| others.is_odd(o)).map(|opinion| opinion.actor).collect();
    members.sort_unstable();
    members.dedup();
    members.truncate(Finding::MEMBERS);
    Some(Finding {
        code: Code::Rev02,
        entity: Entity { kind: EntityKind::Subject, key: last.subject },
        time: EventTime(i64::from(last.second) * EventTime::SECOND),
        event: last.event,
        score: (1.0 / (1.0 + (STANDS - attack).exp2())) as f32,
        bits: attack.max(0.0) as f32,
        evidence,
        members,
    })
}

/// What the traits say together. Somebody new has hardly had the time to rate others or to buy: of the first two the
/// stronger counts.
fn attack_bits(traits: &[f64; TRAITS.len()]) -> f64 {
    let [unbought, new, only, paid, again] = *traits;
    unbought.min(MOST) + new.max(only).min(MOST) + paid.min(MOST) + again.min(MOST_AGAIN)
}

/// Derives (shift, attack) in bits from a finding's evidence again; none where a name is missing.
#[must_use]
pub fn derive(evidence: &[(&'static str, f64)]) -> Option<(f64, f64)> {
    let value = |name: &str| evidence.iter().find(|entry| entry.0 == name).map(|entry| entry.1);
    let others =
        crate::rate::Rate { mean: value("others_share")?, likeness: value("others_alike")? };
    let share = runs::share_bits(
        (value("shown")?, value("ratings")?),
        (value("earlier_shown")?, value("earlier")?),
        others,
        value("stretches_alike")?,
    );
    let mut bits = [0.0; TRAITS.len()];
    for (bits, names) in bits.iter_mut().zip(TRAITS) {
        let [shown, all, mean, likeness] = names.map(value);
        let usual = crate::rate::Rate { mean: mean?, likeness: likeness? };
        *bits = Shown { shown: shown?, all: all?, usual }.bits();
    }
    Some((share - value("price_bits")?, attack_bits(&bits) - value("tried_bits")?))
}

#[cfg(test)]
mod tests;
