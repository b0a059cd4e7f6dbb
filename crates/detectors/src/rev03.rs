//! REV03 bad reviews for money: an account that condemns many unrelated owners far more than others who rated the same things, and to
//! which money comes back after its bad reviews more often than after others'.
//!
//! Severity is an opinion, and money back after a complaint is a right. So both must stand: the ratings against what other raters of the
//! same subjects gave and against how much raters differ anyway, the money against what comes to other condemning raters, and to
//! the account itself after its kinder ratings (a tester is paid for all of them). See docs/detectors/REV03-bad-reviews-for-money.md.

use crate::rate::Rate;
use crate::scale::Scale;
use crate::{Class, Code, Finding};
use events::{Entity, EntityKind, EventTime, Key};
use features::Keyed;
use trades::Opinion;

/// Condemned owners from which somebody makes a practice of it.
const FEWEST_OWNERS: usize = 5;
/// Bad reviews that were answered with money, at least.
const FEWEST_ANSWERED: f64 = 4.0;
/// Bits that each of the two has, and both together beyond the price of the search.
const EACH: f64 = 3.0;
const TOGETHER: f64 = 10.0;
/// The most that one of the two adds.
const MOST: f64 = 12.0;
/// Share of those who condemn anything that may be tried: where more are, such answers are the table's habit, and theirs
/// are part of what is usual.
const MOST_TRIED: f64 = 0.05;
/// Money is granted to one bad review in fifty.
const LEAST: f64 = 0.02;
/// Kinder ratings of an account lean on others' bad ones as so many.
const LEANS: f64 = 4.0;

/// One account's ratings.
#[derive(Clone, Debug, Default)]
struct Rater {
    account: Key,
    all: f64,
    low: f64,
    /// How many of them others' ratings of the same subjects lead to expect.
    expected: f64,
    low_answered: f64,
    kind_answered: f64,
    returned: i64,
    owners: usize,
    last: Opinion,
    first: u32,
}

/// What both tests say of an account.
#[derive(Clone, Copy, Debug)]
struct Tests {
    raters: Rate,
    money: Rate,
    price: f64,
}

impl Tests {
    fn deviation(&self, rater: &Rater) -> f64 {
        let rate = self.raters.about(rater.expected / rater.all.max(1.0));
        rate.bits_at_least(rater.low, rater.all)
    }

    fn answered(&self, rater: &Rater) -> f64 {
        let kind = rater.all - rater.low;
        let own = (rater.kind_answered + LEANS * self.money.mean) / (kind + LEANS);
        let rate = self.money.about(self.money.mean.max(own).max(LEAST));
        rate.bits_at_least(rater.low_answered, rater.low)
    }
}

/// Findings about accounts, in the order of time. Opinions are in the order of (subject, second, event).
#[must_use]
pub fn extortions(opinions: &[Opinion]) -> Vec<Finding> {
    let raters = raters(opinions);
    let is_one =
        |rater: &&Rater| rater.owners >= FEWEST_OWNERS && rater.low_answered >= FEWEST_ANSWERED;
    let tried: Vec<&Rater> = raters.iter().filter(is_one).collect();
    // What is usual is what comes back to those who make no practice of it.
    let condemning = raters.iter().filter(|rater| rater.low > 0.0).count();
    let habit = tried.len() as f64 > condemning as f64 * MOST_TRIED;
    let rest = || raters.iter().filter(|rater| habit || !is_one(rater));
    let deviate: Vec<(f64, f64)> = rest().map(|one| (one.low, one.all)).collect();
    let money: Vec<(f64, f64)> =
        rest().filter(|one| one.low > 0.0).map(|one| (one.low_answered, one.low)).collect();
    let tests = Tests {
        raters: Rate::of(&deviate),
        money: Rate::of(&money),
        price: (tried.len().max(2) as f64).log2(),
    };
    let mut found: Vec<Finding> =
        tried.into_iter().filter_map(|rater| finding(&tests, rater)).collect();
    crate::open::sort(&mut found);
    found
}

/// Every account's ratings, in the order of accounts.
fn raters(opinions: &[Opinion]) -> Vec<Rater> {
    let scale = Scale::of(opinions);
    let low = |opinion: &Opinion| scale.is_low(opinion.rating);
    let subjects: Vec<(f64, f64)> = opinions
        .chunk_by(|x, y| x.subject == y.subject)
        .map(|own| (own.iter().filter(|o| low(o)).count() as f64, own.len() as f64))
        .collect();
    let usual = Rate::of(&subjects);
    let mut rated: Vec<(&Opinion, f64)> = Vec::with_capacity(opinions.len());
    for (own, sum) in opinions.chunk_by(|x, y| x.subject == y.subject).zip(subjects) {
        for opinion in own {
            // The others of the same subject, without this one.
            let others = (sum.0 - f64::from(u8::from(low(opinion))), sum.1 - 1.0);
            rated.push((opinion, usual.after(others.0, others.1)));
        }
    }
    rated.sort_by_key(|(opinion, _)| (opinion.actor, opinion.second, opinion.event));
    rated.chunk_by(|x, y| x.0.actor == y.0.actor).map(|own| rater(own, low)).collect()
}

fn rater(own: &[(&Opinion, f64)], low: impl Fn(&Opinion) -> bool) -> Rater {
    let mut rater = Rater { account: own[0].0.actor, first: own[0].0.second, ..Rater::default() };
    let mut owners: Keyed<()> = Keyed::default();
    for &(opinion, expected) in own {
        let answered = f64::from(u8::from(opinion.answered > 0));
        rater.all += 1.0;
        rater.expected += expected;
        if low(opinion) {
            rater.low += 1.0;
            rater.low_answered += answered;
            rater.returned = rater.returned.saturating_add(opinion.answered.max(0));
            owners.insert(opinion.owner, ());
            rater.last = *opinion;
        } else {
            rater.kind_answered += answered;
        }
    }
    rater.owners = owners.len();
    rater
}

fn finding(tests: &Tests, rater: &Rater) -> Option<Finding> {
    let (deviation, answered) = (tests.deviation(rater), tests.answered(rater));
    let bits = deviation.min(MOST) + answered.min(MOST) - tests.price;
    if deviation < EACH || answered < EACH || bits < TOGETHER {
        return None;
    }
    Some(Finding {
        code: Code::Rev03,
        entity: Entity { kind: EntityKind::Account, key: rater.account },
        time: EventTime(i64::from(rater.last.second) * EventTime::SECOND),
        event: rater.last.event,
        score: (1.0 / (1.0 + (TOGETHER - bits).exp2())) as f32,
        bits: bits as f32,
        evidence: vec![
            ("ratings", rater.all),
            ("condemning", rater.low),
            ("condemning_expected", rater.expected),
            ("owners_condemned", rater.owners as f64),
            ("raters_alike", tests.raters.likeness),
            ("answered", rater.low_answered),
            ("kinder_answered", rater.kind_answered),
            ("answered_usual", tests.money.mean),
            ("answered_alike", tests.money.likeness),
            ("price_bits", tests.price),
            ("deviation_bits", deviation),
            ("money_bits", answered),
            ("returned", rater.returned as f64),
            ("first_second", f64::from(rater.first)),
        ],
        members: Vec::new(),
    })
}

/// The classes that a finding's evidence counts for, with their bits: what was said, and the money.
#[must_use]
pub fn classes(finding: &Finding) -> [(Class, f64); 2] {
    let value = |name: &str| {
        finding.evidence.iter().find(|entry| entry.0 == name).map_or(0.0, |entry| entry.1)
    };
    [
        (Class::Content, value("deviation_bits").min(MOST)),
        (Class::Money, value("money_bits").min(MOST)),
    ]
}

/// Derives (deviation, money) in bits from a finding's evidence again; none where a name is missing.
#[must_use]
pub fn derive(evidence: &[(&'static str, f64)]) -> Option<(f64, f64)> {
    let value = |name: &str| evidence.iter().find(|entry| entry.0 == name).map(|entry| entry.1);
    let rater = Rater {
        all: value("ratings")?,
        low: value("condemning")?,
        expected: value("condemning_expected")?,
        low_answered: value("answered")?,
        kind_answered: value("kinder_answered")?,
        ..Rater::default()
    };
    let tests = Tests {
        raters: Rate { mean: 0.5, likeness: value("raters_alike")? },
        money: Rate { mean: value("answered_usual")?, likeness: value("answered_alike")? },
        price: value("price_bits")?,
    };
    Some((tests.deviation(&rater), tests.answered(&rater)))
}

#[cfg(test)]
mod tests;
