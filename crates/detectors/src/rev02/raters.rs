//! Who rates: what tells raters who were sent from people who are angry, or pleased.

use super::runs::{Run, Series};
use crate::rate::Rate;
use events::Key;
use features::Keyed;
use trades::Opinion;

/// Names of evidence of each trait: raters with it, raters who could have it, and among those who rate other subjects the same
/// way the share and how alike subjects are in it.
pub(super) const TRAITS: [[&str; 4]; 5] = [
    ["unbought", "unbought_of", "unbought_usual", "unbought_alike"],
    ["new", "new_of", "new_usual", "new_alike"],
    ["only_here", "only_here_of", "only_here_usual", "only_here_alike"],
    ["paid", "paid_of", "paid_usual", "paid_alike"],
    ["again", "again_of", "again_usual", "again_alike"],
];

/// The last of them: to be met in the run of another owner as well.
const AGAIN: usize = TRAITS.len() - 1;
/// Kinds of raters by how much they rate, and how many of the others each kind leans on.
const BUSY: usize = 12;
const LEANS: f64 = 8.0;

/// Seconds for which an account is new.
const NEW: u32 = 3 * 86_400;
/// Fewer raters of other subjects say nothing of what is usual.
const FEWEST_OTHERS: f64 = 20.0;
/// A trait of fewer raters of a run is an occasion.
const FEWEST: f64 = 4.0;
/// The share of raters that has every trait anyway.
const LEAST: f64 = 0.01;

/// Raters with a trait against what is usual.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shown {
    pub shown: f64,
    pub all: f64,
    pub usual: Rate,
}

impl Shown {
    pub fn bits(self) -> f64 {
        if self.shown < FEWEST { 0.0 } else { self.usual.bits_at_least(self.shown, self.all) }
    }
}

/// What accounts rated: the owner, none where there are several, and how much.
pub(super) struct Raters(Keyed<(Key, u32)>);

impl Raters {
    pub fn of(opinions: &[Opinion]) -> Raters {
        let mut raters: Keyed<(Key, u32)> = Keyed::default();
        for opinion in opinions {
            let rater = raters.entry(opinion.actor).or_insert((opinion.owner, 0));
            if rater.0 != opinion.owner {
                rater.0 = Key::NONE;
            }
            rater.1 += 1;
        }
        Raters(raters)
    }

    fn is_only_of(&self, opinion: &Opinion) -> bool {
        self.0.get(&opinion.actor).is_some_and(|rater| rater.0 == opinion.owner)
    }

    /// Whoever rates much is met everywhere: the power of two below the number of ratings.
    fn busy(&self, opinion: &Opinion) -> usize {
        let count = self.0.get(&opinion.actor).map_or(1, |rater| rater.1.max(1));
        (count.ilog2() as usize).min(BUSY - 1)
    }
}

/// Who is in the runs of which owner.
fn in_runs(runs: &[Run<'_>]) -> Keyed<Key> {
    let mut owners: Keyed<Key> = Keyed::default();
    for opinion in runs.iter().flat_map(|run| &run.given) {
        let owner = owners.entry(opinion.actor).or_insert(opinion.owner);
        if *owner != opinion.owner {
            *owner = Key::NONE;
        }
    }
    owners
}

/// Those who rate other subjects the same way, as far as no run is made of them.
pub(super) struct Others<'a> {
    raters: &'a Raters,
    /// Who is in runs, with their owner; none where there are several.
    in_runs: Keyed<Key>,
    begins: u32,
    usual: [Rate; TRAITS.len()],
    known: [bool; TRAITS.len()],
    /// Of others that rate so much: (in a run, all).
    met: [(f64, f64); BUSY],
}

impl<'a> Others<'a> {
    pub fn of(
        series: &[Series<'_>],
        runs: &[Run<'_>],
        raters: &'a Raters,
        begins: u32,
    ) -> Others<'a> {
        let mut others = Others {
            raters,
            in_runs: in_runs(runs),
            begins,
            usual: [Rate::of(&[]); TRAITS.len()],
            known: [false; TRAITS.len()],
            met: [(0.0, 0.0); BUSY],
        };
        let mut groups: [Vec<(f64, f64)>; TRAITS.len()] = Default::default();
        let mut next = runs.iter().peekable();
        for (number, one) in series.iter().enumerate() {
            if next.next_if(|run| run.series == number).is_some() {
                continue;
            }
            let given = || one.own.iter().zip(&one.side).filter(|(_, side)| **side).map(|o| *o.0);
            let sums = others.count(given());
            for opinion in given() {
                let met = &mut others.met[raters.busy(opinion)];
                *met = (
                    met.0 + f64::from(u8::from(others.in_runs.contains_key(&opinion.actor))),
                    met.1 + 1.0,
                );
            }
            for (group, sum) in groups.iter_mut().zip(sums) {
                group.extend((sum.1 > 0.0).then_some(sum));
            }
        }
        for (at, group) in groups.iter().enumerate() {
            let usual = Rate::of(group);
            others.usual[at] = usual.about(usual.mean.max(LEAST));
            others.known[at] = group.iter().map(|one| one.1).sum::<f64>() >= FEWEST_OTHERS;
        }
        others
    }

    /// (with it, all who could) of each trait.
    fn count<'o>(&self, given: impl Iterator<Item = &'o Opinion>) -> [(f64, f64); TRAITS.len()] {
        let mut sums = [(0.0, 0.0); TRAITS.len()];
        for opinion in given {
            for (sum, has) in sums.iter_mut().zip(self.traits(opinion)) {
                let Some(has) = has else { continue };
                *sum = (sum.0 + f64::from(u8::from(has)), sum.1 + 1.0);
            }
        }
        sums
    }

    /// The traits of a rater; none where it cannot be told. In the first days of a table everybody is new.
    fn traits(&self, opinion: &Opinion) -> [Option<bool>; TRAITS.len()] {
        let since = opinion.second.saturating_sub(self.begins);
        let age = opinion.second.saturating_sub(opinion.first);
        [
            Some(!opinion.bought),
            (since >= 2 * NEW).then_some(age < NEW),
            Some(self.raters.is_only_of(opinion)),
            Some(opinion.paid),
            Some(self.in_runs.get(&opinion.actor).is_some_and(|owner| *owner != opinion.owner)),
        ]
    }

    /// How often others who rate as much as a run's raters are in another owner's run.
    fn met(&self, run: &Run<'_>) -> Rate {
        let usual = self.usual[AGAIN];
        let of = |opinion: &&Opinion| {
            let (met, all) = self.met[self.raters.busy(opinion)];
            (met + LEANS * usual.mean) / (all + LEANS)
        };
        let sum: f64 = run.given.iter().map(of).sum();
        usual.about((sum / run.shown().max(1.0)).max(LEAST))
    }

    /// What a run's raters show. A trait of which too little is known from others says nothing.
    pub fn shown(&self, run: &Run<'_>) -> [Shown; TRAITS.len()] {
        let sums = self.count(run.given.iter().copied());
        std::array::from_fn(|at| {
            let (shown, all) = if self.known[at] { sums[at] } else { (0.0, 0.0) };
            let usual = if at == AGAIN { self.met(run) } else { self.usual[at] };
            Shown { shown, all, usual }
        })
    }

    /// Whether a rater has a trait that most others do not have.
    pub fn is_odd(&self, opinion: &Opinion) -> bool {
        let mut traits = self.traits(opinion).into_iter().zip(self.usual).zip(self.known);
        traits.any(|((has, usual), known)| known && has == Some(true) && usual.mean < 0.5)
    }
}
