//! The newcomers that each owner drew, whole and day by day, and which of them are no people's.
//!
//! What is usual is what the other owners' newcomers do, those of cohorts of which somebody came back: in a table in which half of the
//! newcomers were made, all would look usual otherwise. Cohorts are of many kinds: who came for a raffle goes, who was shown a dozen
//! creators stays; each of the others is an example of one.

use super::shown::{Shown, occasion_bits};
use super::{DAY, Errand, KNOWN};
use crate::rate::Rate;
use crate::{Code, Finding};
use events::{Entity, EntityKind, EventTime, Key};
use features::Keyed;
use std::collections::BTreeMap;

/// Fewer newcomers are no cohort.
const FEWEST: usize = 8;
/// The same where they had several errands: they are found where most of them were.
const FEWEST_GONE: usize = 20;
/// The greatest share of a cohort that came back, or one.
const BACK: f64 = 0.03;
/// Bits from which it is told that they are.
const SPEAKS: f64 = 3.0;
/// The policy's prior: what a group has to overcome.
const PRIOR_BITS: f64 = 6.0;
/// A cohort is as like another as if this many of that one were known at most, and leans on the mean of all as on so many.
const LIKE: f64 = 50.0;
const LEANING: f64 = 2.0;
/// The share of cohorts of a kind that the table does not show otherwise.
const UNSEEN: f64 = 0.02;
/// The greatest share of those named that may be people by what is usual.
const AMONG: f64 = 0.01;
/// Nothing is said where fewer than one in so many newcomers are left as an example.
const PEOPLE: usize = 3;
/// Cohorts looked at closely, the largest first: a bound on the work.
const CANDIDATES: usize = 256;
/// The share of a cohort's newcomers a day from which it goes on.
const GOES_ON: f64 = 0.5;
/// Newcomers of the same days from which it is known how such days were.
const OF_THE_DAYS: f64 = 12.0;
/// Spreads of times are taken to differ by this at least (standard deviation of the logarithm), and by this where no others are known; a
/// spread is never finer than the clock.
const SPREAD_SD: f64 = 0.3;
const SPREAD: f64 = 0.7;
const FINEST: f64 = 0.05;
/// Fewer members have no spread.
const FEWEST_SPREAD: usize = 8;
/// What most do within so many seconds of signing up is a part of it, as where one form does both: its times are the platform's.
const ONE_STEP: u32 = 5;

/// An owner, and its newcomers in the order of their coming.
struct Place {
    entity: Entity,
    /// Places in the table of errands.
    newcomers: Vec<u32>,
}

/// Newcomers of one owner, all of them or those of a day.
#[derive(Clone, Copy)]
struct Cohort<'a> {
    place: usize,
    members: &'a [u32],
}

/// How many of a cohort show something, the share of others, and how rare so many would be among these, in bits.
#[derive(Clone, Copy)]
struct Showing {
    showing: f64,
    usual: f64,
    bits: f64,
}

/// A cohort with how many of it are gone, and how many of these did nothing else.
#[derive(Clone, Copy)]
struct Gone<'a> {
    own: Cohort<'a>,
    gone: Showing,
    only: Showing,
    /// Where between the first and the last they came, on average.
    place: f64,
    /// Bits against its being one of chance in the best of the sets of cohorts, gone in the same days, that it is of; how many others are in it.
    pooled: (f64, f64),
}

impl Gone<'_> {
    /// How rare its life is, by the stronger of both tests (having two costs a bit), and that it came without an occasion.
    fn bits(&self) -> f64 {
        let came = occasion_bits(self.place, self.own.members.len() as f64);
        self.gone.bits.max(self.only.bits) - 1.0 + came
    }

    /// Whether it is that they did nothing else.
    fn is_only(&self) -> bool {
        self.only.bits >= self.gone.bits
    }

    /// How many people are to be expected among those who would be named, as a share of them: as many as those who came back, and did
    /// other things where that is the sign, lead to expect.
    fn people(&self) -> f64 {
        let shown = if self.is_only() { self.only } else { self.gone };
        let others = self.own.members.len() as f64 - shown.showing;
        others * shown.usual / (1.0 - shown.usual) / shown.showing.max(1.0)
    }
}

struct Table<'a> {
    /// Known newcomers, in the order of (second, account).
    errands: Vec<&'a Errand>,
    places: &'a [Place],
    index: Keyed<usize>,
    /// Which newcomers are known not to be people.
    out: Vec<bool>,
}

/// The findings about all owners, of a table that ends at a second.
pub(crate) fn found(errands: &[Errand], last: u32) -> Vec<Finding> {
    let of_interest = errands.iter().filter(|errand| errand.is_told());
    let (mut known, young): (Vec<&Errand>, Vec<&Errand>) =
        of_interest.partition(|errand| errand.is_known(last));
    known.sort_unstable_by_key(|errand| (errand.second, errand.account));
    let places = places(&known);
    let cohorts = cohorts(&places, &known);
    let tried = cohorts.len().max(1) as f64;
    let index = places.iter().enumerate().map(|(at, place)| (place.entity.key, at)).collect();
    let out = vec![false; known.len()];
    let mut table = Table { errands: known, places: &places, index, out };
    let mut close: Vec<Cohort> = cohorts.into_iter().filter(|own| table.is_gone(own)).collect();
    close.sort_by_key(|own| (std::cmp::Reverse(own.members.len()), own.place));
    close.truncate(CANDIDATES);
    table.let_go(&close);
    if !table.has_people() {
        return Vec::new();
    }
    let mut gone = table.looked(&close);
    table.pool(&mut gone, tried);
    gone.retain(|own| own.pooled.0 >= SPEAKS);
    gone.retain(|own| own.is_only() || own.own.members.len() >= FEWEST_GONE);
    // Where people are among them it is not known who they are.
    gone.retain(|gone| gone.people() <= AMONG);
    // Of each owner the cohort of which most is known.
    gone.sort_by(|x, y| {
        let bits = y.pooled.0.total_cmp(&x.pooled.0).then(y.bits().total_cmp(&x.bits()));
        bits.then(y.own.members.len().cmp(&x.own.members.len())).then(x.own.place.cmp(&y.own.place))
    });
    let mut seen: Keyed<()> = Keyed::default();
    gone.retain(|gone| seen.insert(places[gone.own.place].entity.key, ()).is_none());
    let mut found = Vec::new();
    for (gone, shown) in table.shown(&gone, tried) {
        table.report(&gone, &shown, &young, &mut found);
    }
    crate::open::sort(&mut found);
    found
}

/// What each owner drew, in the order of keys.
fn places(errands: &[&Errand]) -> Vec<Place> {
    let mut drawn: Vec<(Key, EntityKind, u32)> = Vec::new();
    for (at, errand) in errands.iter().enumerate() {
        drawn.extend(errand.places().iter().enumerate().map(|(n, &place)| {
            let is_subject = errand.subjects >> n & 1 == 1;
            let kind = if is_subject { EntityKind::Subject } else { EntityKind::Owner };
            (place, kind, at as u32)
        }));
    }
    drawn.sort_unstable();
    let same = drawn.chunk_by(|x, y| x.0 == y.0);
    let place = |own: &[(Key, EntityKind, u32)]| {
        let mut newcomers: Vec<u32> = own.iter().map(|drawn| drawn.2).collect();
        newcomers.sort_unstable();
        Place { entity: Entity { kind: own[0].1, key: own[0].0 }, newcomers }
    };
    same.map(place).collect()
}

/// All newcomers of each owner, and those of each day.
fn cohorts<'a>(places: &'a [Place], errands: &[&Errand]) -> Vec<Cohort<'a>> {
    let day = |at: u32| errands[at as usize].second / DAY;
    let mut cohorts = Vec::new();
    for (place, own) in places.iter().enumerate() {
        let days = own.newcomers.chunk_by(|x, y| day(*x) == day(*y));
        let of_days = days.filter(|of_day| of_day.len() < own.newcomers.len());
        let all = std::iter::once(&own.newcomers[..]).chain(of_days);
        let enough = all.filter(|members| members.len() >= FEWEST);
        cohorts.extend(enough.map(|members| Cohort { place, members }));
    }
    cohorts
}

impl Table<'_> {
    fn errand(&self, at: u32) -> &Errand {
        self.errands[at as usize]
    }

    fn is_gone(&self, own: &Cohort) -> bool {
        let back = own.members.iter().filter(|at| !self.errand(**at).is_gone()).count();
        back as f64 <= (own.members.len() as f64 * BACK).max(1.0)
    }

    /// Leaves out of what is usual those of some cohorts who are gone.
    fn let_go(&mut self, cohorts: &[Cohort]) {
        self.out.fill(false);
        for at in cohorts.iter().flat_map(|own| own.members) {
            self.out[*at as usize] = self.errand(*at).is_gone();
        }
    }

    /// Whether enough are left to say what is usual.
    fn has_people(&self) -> bool {
        let people = self.out.iter().filter(|out| !**out).count();
        people * PEOPLE >= self.out.len()
    }

    /// Of each owner's newcomers that may be people: how many show something, and how many there are.
    fn sums(&self, shows: fn(&Errand) -> bool) -> Vec<(f64, f64)> {
        let sum = |place: &Place| {
            let people = place.newcomers.iter().filter(|at| !self.out[**at as usize]);
            people.fold((0.0, 0.0), |sum, at| {
                (sum.0 + f64::from(u8::from(shows(self.errand(*at)))), sum.1 + 1.0)
            })
        };
        self.places.iter().map(sum).collect()
    }

    /// What some cohorts show of their lives.
    fn looked<'c>(&self, cohorts: &[Cohort<'c>]) -> Vec<Gone<'c>> {
        let (gone, only) = (self.sums(Errand::is_gone), self.sums(Errand::did_nothing_else));
        let looked = |own: &Cohort<'c>| Gone {
            own: *own,
            gone: self.share(own, &gone, Errand::is_gone),
            only: self.share(own, &only, Errand::did_nothing_else),
            place: self.place(own),
            pooled: (0.0, 0.0),
        };
        cohorts.iter().map(looked).collect()
    }

    /// How many of a cohort show something, and how rare that is: were it of a kind with one of the other owners' cohorts, each as
    /// likely, or of one not seen yet; or with those who signed up between its first and its last, if these would rather.
    fn share(&self, own: &Cohort, sums: &[(f64, f64)], shows: fn(&Errand) -> bool) -> Showing {
        let mut others = sums.to_vec();
        let mut showing = 0.0;
        for &at in own.members {
            let errand = self.errand(at);
            let shown = f64::from(u8::from(shows(errand)));
            showing += shown;
            if !self.out[at as usize] {
                for place in errand.places().iter().filter_map(|place| self.index.get(place)) {
                    others[*place] = (others[*place].0 - shown, others[*place].1 - 1.0);
                }
            }
        }
        let then = self.of_the_days(own, shows);
        let back = own.members.iter().filter(|at| !self.errand(**at).is_gone()).count();
        let (usual, chance) =
            chance(&others, &then, (showing, own.members.len() as f64, back as f64));
        Showing { showing, usual, bits: -chance.max(f64::MIN_POSITIVE).log2() }
    }

    /// Of other owners' newcomers that signed up between a cohort's first and its last: how many show something, and how many there are.
    fn of_the_days(&self, own: &Cohort, shows: fn(&Errand) -> bool) -> Vec<(f64, f64)> {
        let (first, last) = (own.members[0], own.members[own.members.len() - 1]);
        let mut then: BTreeMap<usize, (f64, f64)> = BTreeMap::new();
        for at in first..=last {
            if self.out[at as usize] || own.members.binary_search(&at).is_ok() {
                continue;
            }
            let errand = self.errand(at);
            let shown = f64::from(u8::from(shows(errand)));
            for place in errand.places().iter().filter_map(|place| self.index.get(place)) {
                let sum = then.entry(*place).or_default();
                *sum = (sum.0 + shown, sum.1 + 1.0);
            }
        }
        then.into_values().collect()
    }

    /// Says of each cohort in which set it stands best: of different accounts in the same days, so many are as rare as the least rare of
    /// them, where of all that were tried fewer are by chance (Benjamini & Hochberg). One alone has to pay for all that were tried.
    fn pool(&self, gone: &mut [Gone], tried: f64) {
        let mut order: Vec<usize> = (0..gone.len()).collect();
        order.sort_by(|&x, &y| gone[y].bits().total_cmp(&gone[x].bits()).then(x.cmp(&y)));
        let pooled: Vec<(f64, f64)> = (0..gone.len())
            .map(|at| {
                let set = self.set(at, &order, gone);
                let rank = set.iter().filter(|bits| **bits > gone[at].bits()).count();
                let each = set.iter().enumerate().skip(rank).map(|(others, bits)| {
                    let of_them = others as f64 + 1.0;
                    (bits - tried.log2() + of_them.log2(), others as f64)
                });
                each.fold((0.0, 0.0), |best, one| if one.0 > best.0 { one } else { best })
            })
            .collect();
        gone.iter_mut().zip(pooled).for_each(|(gone, pooled)| gone.pooled = pooled);
    }

    /// The bits of one cohort and of others of the same days, each with a cohort's worth of accounts that the ones before do not have;
    /// the rarest first.
    fn set(&self, at: usize, order: &[usize], gone: &[Gone]) -> Vec<f64> {
        let own = &gone[at].own;
        let (first, last) = self.span(own);
        let mut known: Keyed<()> = Keyed::default();
        let mut places = vec![own.place];
        let take = |members: &[u32], known: &mut Keyed<()>| {
            known.extend(members.iter().map(|at| (Key(u64::from(*at)), ())));
        };
        take(own.members, &mut known);
        let mut bits = vec![gone[at].bits()];
        for other in order.iter().map(|&at| &gone[at]) {
            let (from, to) = self.span(&other.own);
            let apart = from > last.saturating_add(DAY) || first > to.saturating_add(DAY);
            if apart || places.contains(&other.own.place) {
                continue;
            }
            let new = |at: &&u32| !known.contains_key(&Key(u64::from(**at)));
            if other.own.members.iter().filter(new).count() >= FEWEST {
                take(other.own.members, &mut known);
                places.push(other.own.place);
                bits.push(other.bits());
            }
        }
        bits.sort_by(|x, y| y.total_cmp(x));
        bits
    }

    /// The seconds of its first and its last.
    fn span(&self, own: &Cohort) -> (u32, u32) {
        let second = |at: Option<&u32>| at.map_or(0, |at| self.errand(*at).second);
        (second(own.members.first()), second(own.members.last()))
    }

    /// What the cohorts that are gone show besides.
    fn shown<'c>(&self, gone: &[Gone<'c>], tried: f64) -> Vec<(Gone<'c>, Shown)> {
        let spreads: Vec<Option<f64>> = (self.places.iter())
            .map(|place| self.spread(place.newcomers.iter().filter(|at| !self.out[**at as usize])))
            .collect();
        let shown = |gone: &Gone<'c>| {
            let own = &gone.own;
            let others = spreads.iter().enumerate().filter(|other| other.0 != own.place);
            let others: Vec<f64> = others.filter_map(|other| *other.1).collect();
            let (mean, sd) = spread_usual(&others);
            let life = if gone.is_only() { gone.only } else { gone.gone };
            let shown = Shown {
                newcomers: own.members.len() as f64,
                is_only: gone.is_only(),
                life: (life.showing, life.usual, life.bits),
                tried,
                pooled: gone.pooled,
                haste: (self.spread(own.members.iter()).unwrap_or(0.0), mean, sd),
                software: self.software(own),
                place: gone.place,
            };
            (*gone, shown)
        };
        gone.iter().map(shown).collect()
    }

    /// How far times from signing up to the errand differ: the quartiles of their logarithms, as a standard deviation.
    fn spread<'m>(&self, members: impl Iterator<Item = &'m u32>) -> Option<f64> {
        let mut lags: Vec<u32> = members.map(|at| self.errand(*at).lag.max(1)).collect();
        if lags.len() < FEWEST_SPREAD {
            return None;
        }
        lags.sort_unstable();
        if lags[lags.len() / 2] < ONE_STEP {
            return None;
        }
        let log = |at: usize| f64::from(lags[at]).ln();
        let quarter = lags.len() / 4;
        Some(((log(lags.len() - 1 - quarter) - log(quarter)) / 1.349).max(FINEST))
    }

    /// Devices, those with the software that most have, its share elsewhere, and how many kinds there are. Each device counts
    /// once, and where none is named each software: one tablet may have gone round a village.
    fn software(&self, own: &Cohort) -> (f64, f64, f64, f64) {
        let gone = own.members.iter().map(|at| self.errand(*at)).filter(|errand| errand.is_gone());
        let known = gone.filter(|errand| errand.agent.is_some());
        let device = |errand: &Errand| {
            if errand.device.is_some() { errand.device } else { errand.agent }
        };
        let devices: BTreeMap<Key, Key> = known.map(|e| (device(e), e.agent)).collect();
        let mut kinds: BTreeMap<Key, u32> = BTreeMap::new();
        devices.values().for_each(|agent| *kinds.entry(*agent).or_default() += 1);
        let most = kinds.iter().max_by_key(|kind| (*kind.1, std::cmp::Reverse(*kind.0)));
        let Some((&agent, &most)) = most else { return (0.0, 0.0, 0.5, 1.0) };
        let (mut same, mut all) = (0.0, 0.0);
        for (at, errand) in self.errands.iter().enumerate() {
            let other = !self.out[at] && own.members.binary_search(&(at as u32)).is_err();
            if other && errand.agent.is_some() {
                all += 1.0;
                same += f64::from(u8::from(errand.agent == agent));
            }
        }
        let elsewhere = (same + 0.5) / (all + 1.0);
        (devices.len() as f64, f64::from(most), elsewhere, kinds.len() as f64)
    }

    /// Where between the first and the last of those who are gone they came, on average.
    fn place(&self, own: &Cohort) -> f64 {
        let gone = own.members.iter().map(|at| self.errand(*at)).filter(|errand| errand.is_gone());
        let gone: Vec<f64> = gone.map(|errand| f64::from(errand.second)).collect();
        let (Some(&first), Some(&last)) = (gone.first(), gone.last()) else { return 0.5 };
        if last <= first {
            return 0.5;
        }
        let sum: f64 = gone.iter().map(|second| (second - first) / (last - first)).sum();
        sum / gone.len() as f64
    }

    /// Whether so many newcomers of the last days are as many as a cohort that goes on as before would have: people who come when it is over
    /// are few, since few were among it.
    fn goes_on(&self, own: &Cohort, later: usize) -> bool {
        let (first, last) = self.span(own);
        let days = (f64::from(last.saturating_sub(first)) / f64::from(DAY)).max(1.0);
        later as f64 * f64::from(DAY) / f64::from(KNOWN)
            >= GOES_ON * own.members.len() as f64 / days
    }

    /// Who is named: whoever is gone, and did nothing else where that speaks; then of all newcomers of an owner also those of the last days,
    /// who live so as far as it can be seen. Several findings where there are more than one names.
    fn report(&self, gone: &Gone, shown: &Shown, young: &[&Errand], out: &mut Vec<Finding>) {
        let (own, only) = (&gone.own, gone.is_only());
        let place = &self.places[own.place];
        // Where the rest did nothing else, who did is another's.
        let named = |errand: &&Errand| errand.is_gone() && !(only && errand.several);
        let all = own.members.len() == place.newcomers.len();
        let later: Vec<&Errand> =
            young.iter().copied().filter(|e| all && e.is_for(place.entity.key)).collect();
        let later = if only || self.goes_on(own, later.len()) { later } else { Vec::new() };
        let members = own.members.iter().map(|at| self.errands[*at as usize]);
        let mut named: Vec<&Errand> = members.chain(later).filter(named).collect();
        named.sort_unstable_by_key(|errand| (errand.second, errand.account));
        let bits = shown.bits();
        for part in named.chunks(Finding::MEMBERS) {
            let (Some(first), Some(last)) = (part.first(), part.last()) else { continue };
            let mut members: Vec<Key> = part.iter().map(|errand| errand.account).collect();
            members.sort_unstable();
            let mut evidence = shown.evidence();
            evidence.push(("first_second", f64::from(first.second)));
            out.push(Finding {
                code: Code::Mem05,
                entity: place.entity,
                time: EventTime(i64::from(last.second) * EventTime::SECOND),
                event: last.event,
                score: score(bits),
                bits: bits as f32,
                evidence,
                members,
            });
        }
    }
}

/// The share of others that show something, and how likely it is that so many of so many do: were they of a kind with one of the others'
/// cohorts, each as likely, or with one of those of the same days, if these would rather. Of kinds that the table does not show
/// otherwise any share may be gone: how many came back is all that speaks against them.
fn chance(
    others: &[(f64, f64)],
    then: &[(f64, f64)],
    (showing, all, back): (f64, f64, f64),
) -> (f64, f64) {
    let (mean, mut seen) = of_a_kind(others, (showing, all));
    if then.iter().map(|own| own.1).sum::<f64>() >= OF_THE_DAYS {
        seen = seen.max(of_a_kind(then, (showing, all)).1);
    }
    let unseen = (back + 1.0) / (all + 1.0);
    (mean, (1.0 - UNSEEN) * seen + UNSEEN * unseen)
}

/// The share of all that show something, and how likely so many of so many do who are of a kind with one of these cohorts.
fn of_a_kind(cohorts: &[(f64, f64)], (showing, all): (f64, f64)) -> (f64, f64) {
    let add = |sum: (f64, f64), own: &(f64, f64)| (sum.0 + own.0, sum.1 + own.1);
    let (shown, known) = cohorts.iter().fold((0.0, 0.0), add);
    let mean = (shown + 1.0) / (known + 2.0);
    let likely = |(shown, known): (f64, f64)| {
        let like = known.min(LIKE);
        let shown = shown / known.max(1.0) * like;
        let likeness = like + LEANING;
        let rate = Rate { mean: (shown + LEANING * mean) / likeness, likeness };
        (-rate.bits_at_least(showing, all)).exp2()
    };
    // Owners who drew too few to be an example are one together.
    let is_small = |own: &&(f64, f64)| own.1 < FEWEST as f64;
    let small = cohorts.iter().filter(is_small).fold((0.0, 0.0), add);
    let large: Vec<f64> =
        cohorts.iter().filter(|own| !is_small(own)).map(|own| likely(*own)).collect();
    let kinds = large.iter().sum::<f64>() + likely(small);
    (mean, kinds / (large.len() as f64 + 1.0))
}

/// The mean logarithm of spreads, and how much spreads differ: a few are taken for known before any is.
fn spread_usual(others: &[f64]) -> (f64, f64) {
    let known = 3.0;
    let count = known + others.len() as f64;
    let mean = (known * SPREAD.ln() + others.iter().map(|spread| spread.ln()).sum::<f64>()) / count;
    let off = |spread: &f64| (spread.ln() - mean).powi(2);
    let variance = (known * SPREAD_SD * SPREAD_SD + others.iter().map(off).sum::<f64>()) / count;
    (mean, variance.sqrt().max(SPREAD_SD))
}

/// The chance that bits beyond the prior mean.
#[must_use]
pub fn score(bits: f64) -> f32 {
    (1.0 / (1.0 + (PRIOR_BITS - bits).exp2())) as f32
}
