//! Waves: hours in which far more of those who came to a subject left at once than its own past and the table explain.
//!
//! A number of views by itself says nothing: films catch on, streams fill, links go round. What is bought is opened and
//! left, so the share that leaves is what is scanned, by the same windows as surges; where dwell is mostly told, a view
//! without any counts as left. A wave accuses nobody: it says whose visitors to look at.

use crate::tail::binomial_bits;
use crate::vigils::{Habits, Vigil};
use detectors::Viewings;
use events::Key;
use features::{Stretch, Visits};

/// Hours in which too many of those who came to a subject left at once.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wave {
    /// The subject.
    pub subject: Key,
    /// Seconds: where it begins.
    pub first: u32,
    /// Seconds: where it has ended.
    pub last: u32,
    /// Views in it.
    pub views: u32,
    /// Of these, left at once.
    pub left: u32,
    /// The share that one expects to leave.
    pub usual: f64,
    /// How much its visitors may be alike: more where the subject has little history.
    pub alike: f64,
    /// Surprise beyond the price of the windows tried on the subject.
    pub bits: f64,
}

/// All waves, with what is usual in the table.
#[derive(Clone, Debug, Default)]
pub struct Waves {
    /// By subject and time.
    pub waves: Vec<Wave>,
    /// Hours in which too many stayed equally long, by subject and time.
    pub vigils: Vec<Vigil>,
    /// Share of all views that are left at once.
    pub usual: f64,
    /// How much visitors of one subject and hour are alike beyond chance, from 0 to 1.
    pub alike: f64,
    /// How much subjects differ in how many leave, as the correlation of two visitors of one subject.
    pub apart: f64,
    /// A view that does not say how long it lasted counts as left at once.
    pub untold_counts: bool,
    /// Windows that were tried, of all subjects.
    pub tried: f64,
    /// Views of every subject that has enough to be looked at, by subject.
    pub views: Vec<(Key, u32)>,
}

/// Hours beyond which nothing is one wave.
const LONGEST: u32 = 72;
/// The fewest that leave at once.
const FEWEST: u32 = 10;
/// Bits beyond the price of the windows tried on the subject.
const BITS: f64 = 4.0;
/// The most waves of one subject.
const OF_ONE: usize = 6;
/// The most views in all waves; of more the strongest waves are kept.
const VIEWS: u64 = 1_000_000;
/// The most vigils kept, the strongest first.
const VIGILS: usize = 1 << 14;
/// Visitors of one hour are never less alike than this, and subjects never less different: some content bores.
const LEAST_ALIKE: f64 = 0.02;
const LEAST_APART: f64 = 0.05;
/// Views of one stretch that say what is usual for a subject: one crowded hour is not its history.
const OF_STRETCH: f64 = 4.0;
/// Share of the views that must say how long they lasted for one that does not to be left at once.
const TOLD: f64 = 0.8;

/// Finds the waves in what the shards saw.
#[must_use]
pub fn waves(parts: Vec<Viewings>, workers: usize) -> Waves {
    let sum = |of: fn(&Viewings) -> u64| parts.iter().map(of).sum::<u64>();
    let (views, brief, untold) = (sum(|p| p.views), sum(|p| p.brief), sum(|p| p.untold));
    let untold_counts = untold as f64 <= (1.0 - TOLD) * views as f64;
    let left = brief + if untold_counts { untold } else { 0 };
    let mut subjects: Vec<(Key, Visits)> = parts.into_iter().flat_map(|p| p.subjects).collect();
    subjects.sort_by_key(|subject| subject.0);
    subjects.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            kept.1.join(std::mem::take(&mut next.1));
        }
        same
    });
    let mut found = Waves {
        usual: (left as f64 + 1.0) / (views as f64 + 10.0),
        untold_counts,
        ..Waves::default()
    };
    found.apart = found.apart_in(&subjects);
    found.alike = found.alike_in(&subjects);
    // Where few views say how long they lasted, those that do are no sample.
    let habits = untold_counts.then(|| Habits::of(&subjects));
    found.tried = subjects.iter().map(|(_, visits)| visits.stretches().len() as f64).sum();
    let search = |subjects: &[(Key, Visits)]| {
        let (mut waves, mut vigils) = (Vec::new(), Vec::new());
        for (key, visits) in subjects {
            let (own, free) = found.of_subject(*key, visits);
            waves.extend(own);
            vigils.extend(habits.iter().flat_map(|h| h.vigils(*key, visits, &free)));
        }
        (waves, vigils)
    };
    let (mut waves, mut vigils) = (Vec::new(), Vec::new());
    std::thread::scope(|scope| {
        let search = &search;
        let parts = subjects.chunks(subjects.len().div_ceil(workers.max(1)).max(1));
        let threads: Vec<_> = parts.map(|part| scope.spawn(move || search(part))).collect();
        for thread in threads {
            // A thread that died must not pass for one that found nothing.
            let (own, lasting) = thread.join().unwrap_or_else(|p| std::panic::resume_unwind(p));
            waves.extend(own);
            vigils.extend(lasting);
        }
    });
    waves.sort_by(|x: &Wave, y| y.bits.total_cmp(&x.bits).then(x.subject.cmp(&y.subject)));
    let mut taken = 0;
    waves.retain(|wave| {
        taken += u64::from(wave.views);
        taken <= VIEWS
    });
    waves.sort_by_key(|wave| (wave.subject, wave.first));
    vigils.sort_by(|x: &Vigil, y| y.bits.total_cmp(&x.bits).then(x.subject.cmp(&y.subject)));
    vigils.truncate(VIGILS);
    vigils.sort_by_key(|vigil| (vigil.subject, vigil.first));
    found.waves = waves;
    found.vigils = vigils;
    found.views = subjects.iter().map(|(key, visits)| (*key, visits.sum().views)).collect();
    found
}

impl Waves {
    fn left(&self, stretch: &Stretch) -> f64 {
        let untold = if self.untold_counts { stretch.untold } else { 0 };
        f64::from(stretch.brief.saturating_add(untold).min(stretch.views))
    }

    /// Views that the table's share counts for beside a subject's own: of a beta distribution as wide as subjects differ.
    fn prior_views(&self) -> f64 {
        1.0 / self.apart - 1.0
    }

    /// The correlation of leaving among visitors of one subject, against the table's share.
    fn apart_in(&self, subjects: &[(Key, Visits)]) -> f64 {
        let sums = subjects.iter().map(|(_, visits)| {
            let left: f64 = visits.stretches().iter().map(|s| self.left(s)).sum();
            (f64::from(visits.sum().views), left, self.usual)
        });
        correlation(sums).clamp(LEAST_APART, 0.5)
    }

    /// The correlation of leaving among visitors of one subject and stretch, against the subject's own share.
    fn alike_in(&self, subjects: &[(Key, Visits)]) -> f64 {
        let sums = subjects.iter().flat_map(|(_, visits)| {
            let all = f64::from(visits.sum().views);
            let left: f64 = visits.stretches().iter().map(|s| self.left(s)).sum();
            let prior = self.prior_views();
            let usual = (left + self.usual * prior) / (all + prior);
            let told = visits.stretches().iter().filter(|s| s.views >= 4);
            told.map(move |s| (f64::from(s.views), self.left(s), usual))
        });
        correlation(sums).clamp(LEAST_ALIKE, 0.5)
    }

    /// The waves of one subject, and the stretches that are in none.
    fn of_subject(&self, subject: Key, visits: &Visits) -> (Vec<Wave>, Vec<Stretch>) {
        let mut free: Vec<Stretch> = visits.stretches().to_vec();
        let windows = (LONGEST / visits.hours()).max(1);
        let price = (free.len() as f64 * f64::from(windows).log2().max(1.0)).log2().max(0.0);
        let seconds = visits.hours() * 3600;
        let mut found = Vec::new();
        while found.len() < OF_ONE {
            let Some((from, to, mut wave)) = self.densest(&free, windows, price) else { break };
            wave.subject = subject;
            wave.first = free[from].number.saturating_mul(seconds);
            wave.last = free[to].number.saturating_add(1).saturating_mul(seconds);
            free.drain(from..=to);
            found.push(wave);
        }
        (found, free)
    }

    /// The stretches whose share of leavers the others explain least.
    fn densest(&self, free: &[Stretch], windows: u32, price: f64) -> Option<(usize, usize, Wave)> {
        let said = |s: &Stretch| {
            let views = f64::from(s.views);
            let counted = views.min(OF_STRETCH);
            (counted, self.left(s) / views.max(1.0) * counted)
        };
        let (all, all_left) = free.iter().map(said).fold((0.0, 0.0), |x, y| (x.0 + y.0, x.1 + y.1));
        let prior = self.prior_views();
        let mut best: Option<(usize, usize, Wave)> = None;
        for from in 0..free.len() {
            let (mut views, mut left) = (0.0, 0.0);
            let (mut within, mut within_left) = (0.0, 0.0);
            for (to, stretch) in free.iter().enumerate().skip(from) {
                if stretch.number - free[from].number >= windows {
                    break;
                }
                views += f64::from(stretch.views);
                left += self.left(stretch);
                let (counted, counted_left) = said(stretch);
                within += counted;
                within_left += counted_left;
                if left < f64::from(FEWEST) {
                    continue;
                }
                let outside = (all - within).max(0.0) + prior;
                let own = (all_left - within_left + self.usual * prior) / outside;
                // A subject that nobody ever left is no reason to expect that nobody will.
                let usual = own.max(self.usual);
                let alike = self.alike + 1.0 / (outside + 1.0);
                let bits = share_bits(left, views, usual, alike) - price;
                if bits >= BITS && best.as_ref().is_none_or(|known| bits > known.2.bits) {
                    let wave = Wave {
                        subject: Key::NONE,
                        first: 0,
                        last: 0,
                        views: views as u32,
                        left: left as u32,
                        usual,
                        alike,
                        bits,
                    };
                    best = Some((from, to, wave));
                }
            }
        }
        best
    }
}

/// Bits by which `left` of `views` are more than a share explains, where two visitors have that correlation.
pub(crate) fn share_bits(left: f64, views: f64, usual: f64, alike: f64) -> f64 {
    binomial_bits(left, views, usual) / (1.0 + (views - 1.0).max(0.0) * alike)
}

/// Gathers by how much lots differ more than chance lets them. No lot counts for more than some standard deviations, so
/// that what is bought does not excuse itself.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Correlation {
    excess: f64,
    weight: f64,
}

impl Correlation {
    /// Takes a lot: its views, those who left, and the share expected of them.
    pub fn add(&mut self, (views, left, usual): (f64, f64, f64)) {
        const MOST: f64 = 16.0;
        let off = left - views * usual;
        let square = off * off / (views * usual * (1.0 - usual)).max(1e-9);
        self.excess += square.min(MOST) - 1.0;
        self.weight += views.min(100.0) - 1.0;
    }

    /// The correlation of two visitors of one lot.
    pub fn of_two(self) -> f64 {
        self.excess / f64::max(self.weight, 1.0)
    }
}

/// The correlation of two visitors of one lot, of (views, left, expected share) each.
pub(crate) fn correlation(lots: impl Iterator<Item = (f64, f64, f64)>) -> f64 {
    let mut all = Correlation::default();
    lots.for_each(|lot| all.add(lot));
    all.of_two()
}
