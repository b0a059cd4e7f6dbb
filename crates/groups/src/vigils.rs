//! Vigils: hours in which far more of those who came to a subject stayed equally long than people do.
//!
//! Who sells views that last lets each last about as long. Another audience stays longer or shorter than the one
//! before, and that is no reason for anything: so what is compared is not where people stop but how closely they agree.
//! The share of an hour's visitors who stay within one octave of time, or two, is held against the greatest share that
//! any such octaves have among the subject's other visitors, wherever these are. What runs out at the same moment for
//! everybody, a lecture or a film, is left alone: where hardly any of the others stayed longer, the end has come.

use crate::tail::binomial_bits;
use crate::waves::Correlation;
use events::Key;
use features::{AT_ONCE, OCTAVES, Stretch, Visits};

/// Hours in which too many of those who came to a subject stayed equally long.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Vigil {
    /// The subject.
    pub subject: Key,
    /// Seconds: where it begins.
    pub first: u32,
    /// Seconds: where it has ended.
    pub last: u32,
    /// All views in it.
    pub views: u32,
    /// Views that say how long they lasted.
    pub told: u32,
    /// Of these, those within the band.
    pub within: u32,
    /// The octaves in which they stopped.
    pub band: Band,
    /// The greatest share that octaves so many have among the subject's other visitors.
    pub usual: f64,
    /// How much its visitors may be alike: more where the subject has little history.
    pub alike: f64,
    /// Surprise beyond the price of the windows tried on the subject.
    pub bits: f64,
}

impl Vigil {
    /// Takes in the stretches before and after in which most of the excess goes on. Where visitors may be alike the fewest
    /// stretches say as much as all of them, and what was sent is to be counted whole.
    fn reach(
        &mut self,
        hours: &[Hour],
        (mut from, mut to): (usize, usize),
        windows: u32,
    ) -> (usize, usize) {
        let half = (f64::from(self.within) / f64::from(self.told.max(1)) + self.usual) / 2.0;
        loop {
            let next = [from.checked_sub(1), Some(to + 1)];
            let fits = |at: &usize| {
                let (first, last) = (hours[from.min(*at)].number, hours[to.max(*at)].number);
                let Hour { taken, stays, .. } = &hours[*at];
                !taken
                    && last - first < windows
                    && self.band.sum(&stays.octaves) > half * stays.told
            };
            let mut next = next.into_iter().flatten().filter(|at| *at < hours.len());
            let Some(at) = next.find(fits) else { break };
            let stays = hours[at].stays;
            self.views = self.views.saturating_add(hours[at].views);
            self.told = self.told.saturating_add(stays.told as u32);
            self.within = self.within.saturating_add(self.band.sum(&stays.octaves) as u32);
            (from, to) = (from.min(at), to.max(at));
        }
        (from, to)
    }
}

/// Neighbouring octaves of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Band {
    /// The first, as in [`Stretch::octaves`].
    pub from: usize,
    /// How many: one or two.
    pub width: usize,
}

impl Band {
    /// All bands, narrow ones first. The last octave has no end and is in none.
    pub(crate) fn all() -> impl Iterator<Item = Band> {
        (1..=WIDEST).flat_map(|width| (0..OCTAVES - width).map(move |from| Band { from, width }))
    }

    /// Milliseconds: from where to where.
    #[must_use]
    pub fn milliseconds(self) -> (u64, u64) {
        let first = usize::from(AT_ONCE) + self.from;
        (1 << first, 1 << (first + self.width))
    }

    fn sum(self, octaves: &[f64; OCTAVES]) -> f64 {
        octaves[self.from..self.from + self.width].iter().sum()
    }
}

/// Octaves of the widest band.
const WIDEST: usize = 2;
/// How many bands there are.
const BANDS: usize = 2 * OCTAVES - 3;
/// Hours beyond which nothing is one vigil.
const LONGEST: u32 = 72;
/// The fewest who stay equally long.
const FEWEST: f64 = 10.0;
/// Bits beyond the price of the windows tried on the subject.
const BITS: f64 = 4.0;
/// The most vigils of one subject.
const OF_ONE: usize = 6;
/// Visitors of one hour are never less alike than this.
const LEAST_ALIKE: f64 = 0.02;
/// Views of one stretch that say what is usual for a subject: one crowded hour is not its history.
const OF_STRETCH: f64 = 4.0;
/// Of the others who stayed as long, how many must have gone on, in number and as a share, for the end not to have come.
const GO_ON: (f64, f64) = (3.0, 0.15);

/// Views by how long they lasted: told at all, and by octave.
#[derive(Clone, Copy, Debug, Default)]
struct Stays {
    told: f64,
    octaves: [f64; OCTAVES],
}

impl Stays {
    fn of(stretch: &Stretch) -> Stays {
        let octaves = stretch.octaves.map(f64::from);
        Stays { told: f64::from(stretch.brief) + octaves.iter().sum::<f64>(), octaves }
    }

    /// Of a stretch's views, as many as count for its subject's history.
    fn counted(self) -> Stays {
        let part = self.told.min(OF_STRETCH) / self.told.max(1.0);
        Stays { told: self.told * part, octaves: self.octaves.map(|views| views * part) }
    }

    fn add(&mut self, other: &Stays, sign: f64) {
        self.told = (self.told + sign * other.told).max(0.0);
        for (mine, theirs) in self.octaves.iter_mut().zip(other.octaves) {
            *mine = (*mine + sign * theirs).max(0.0);
        }
    }

    /// Whether enough are within the widest of bands for there to be a vigil: most often not, and that is seen at once.
    fn may_agree(&self) -> bool {
        self.octaves.windows(WIDEST).any(|octaves| octaves.iter().sum::<f64>() >= FEWEST)
    }

    /// The greatest share of any band so wide, for each width.
    fn peaks(&self) -> [f64; WIDEST] {
        let mut peaks = [0.0; WIDEST];
        for band in Band::all() {
            let share = (band.sum(&self.octaves) + 1.0) / (self.told + 2.0);
            peaks[band.width - 1] = f64::max(peaks[band.width - 1], share);
        }
        peaks
    }

    /// Whether people go on after a band: if not, what they look at has ended.
    fn go_on(&self, band: Band) -> bool {
        let last = band.from + band.width - 1;
        let longer: f64 = self.octaves[last + 1..].iter().sum();
        longer >= GO_ON.0 && longer >= GO_ON.1 * (self.octaves[last] + longer)
    }
}

/// A stretch of a subject.
#[derive(Clone, Copy, Debug)]
struct Hour {
    number: u32,
    views: u32,
    stays: Stays,
    /// In a wave or vigil already: no vigil reaches across it, and it is no history.
    taken: bool,
}

/// The greatest share that any band so wide has in a histogram of octaves, of all its views.
pub(crate) fn peak(octaves: &[f64; OCTAVES], told: f64, width: usize) -> f64 {
    Stays { told, octaves: *octaves }.peaks()[width.clamp(1, WIDEST) - 1]
}

/// What is usual in a table.
pub(crate) struct Habits {
    /// How much visitors of one subject and hour are alike in stopping within each band, beyond the subject's share.
    alike: [f64; BANDS],
}

impl Habits {
    pub fn of(subjects: &[(Key, Visits)]) -> Habits {
        let mut alike = [Correlation::default(); BANDS];
        for (_, visits) in subjects {
            let mut all = Stays::default();
            visits.stretches().iter().for_each(|stretch| all.add(&Stays::of(stretch), 1.0));
            let mut usual = [0.0; BANDS];
            for (band, usual) in Band::all().zip(&mut usual) {
                *usual = (band.sum(&all.octaves) + 1.0) / (all.told + 2.0);
            }
            let stays = visits.stretches().iter().map(Stays::of);
            for stays in stays.filter(|stays| stays.told >= 4.0) {
                for ((band, alike), usual) in Band::all().zip(&mut alike).zip(usual) {
                    alike.add((stays.told, band.sum(&stays.octaves), usual));
                }
            }
        }
        let alike = alike.map(|lots| lots.of_two().clamp(LEAST_ALIKE, 0.5));
        Habits { alike }
    }

    /// Bits that all bands of a window cost.
    pub fn price() -> f64 {
        (BANDS as f64).log2()
    }

    /// The vigils of one subject, among the stretches that are in no wave.
    pub fn vigils(&self, subject: Key, visits: &Visits, free: &[Stretch]) -> Vec<Vigil> {
        let hours = visits.hours();
        let windows = (LONGEST / hours).max(1);
        let tried = free.len() as f64 * f64::from(windows).log2().max(1.0);
        let price = tried.max(1.0).log2() + Habits::price();
        let seconds = hours.saturating_mul(3600);
        let hour = |stretch: &Stretch| Hour {
            number: stretch.number,
            views: stretch.views,
            stays: Stays::of(stretch),
            taken: free.binary_search_by_key(&stretch.number, |s| s.number).is_err(),
        };
        let mut all: Vec<Hour> = visits.stretches().iter().map(hour).collect();
        let mut found = Vec::new();
        while found.len() < OF_ONE {
            let Some((from, to, mut vigil)) = self.closest(&all, windows, price) else { break };
            let (from, to) = vigil.reach(&all, (from, to), windows);
            vigil.subject = subject;
            vigil.first = all[from].number.saturating_mul(seconds);
            vigil.last = all[to].number.saturating_add(1).saturating_mul(seconds);
            all[from..=to].iter_mut().for_each(|hour| hour.taken = true);
            found.push(vigil);
        }
        found
    }

    /// The stretches whose visitors agree most on when to stop.
    fn closest(&self, hours: &[Hour], windows: u32, price: f64) -> Option<(usize, usize, Vigil)> {
        let mut all = Stays::default();
        let free = hours.iter().filter(|hour| !hour.taken);
        let mut whole = Stays::default();
        for hour in free {
            all.add(&hour.stays.counted(), 1.0);
            whole.add(&hour.stays, 1.0);
        }
        if !whole.may_agree() {
            return None;
        }
        let mut best: Option<(usize, usize, Vigil)> = None;
        for from in 0..hours.len() {
            let (mut here, mut others, mut views) = (Stays::default(), all, 0u32);
            for (to, hour) in hours.iter().enumerate().skip(from) {
                if hour.taken || hour.number - hours[from].number >= windows {
                    break;
                }
                here.add(&hour.stays, 1.0);
                others.add(&hour.stays.counted(), -1.0);
                views = views.saturating_add(hour.views);
                let Some(vigil) = self.judge(&here, &others) else { continue };
                let bits = vigil.bits - price;
                if bits >= BITS && best.as_ref().is_none_or(|known| bits > known.2.bits) {
                    best = Some((from, to, Vigil { views, bits, ..vigil }));
                }
            }
        }
        best
    }

    /// The band on which some visitors agree most against a subject's others.
    fn judge(&self, here: &Stays, others: &Stays) -> Option<Vigil> {
        if !here.may_agree() {
            return None;
        }
        let peaks = others.peaks();
        let mut best: Option<Vigil> = None;
        for (band, alike) in Band::all().zip(self.alike) {
            let (within, usual) = (band.sum(&here.octaves), peaks[band.width - 1]);
            if within < FEWEST || within <= usual * here.told || !others.go_on(band) {
                continue;
            }
            let alike = alike + 1.0 / (others.told + 1.0);
            let bits = agreement(within, here.told, usual, alike);
            if best.as_ref().is_none_or(|known| bits > known.bits) {
                best = Some(Vigil {
                    subject: Key::NONE,
                    first: 0,
                    last: 0,
                    views: 0,
                    told: here.told as u32,
                    within: within as u32,
                    band,
                    usual,
                    alike,
                    bits,
                });
            }
        }
        best
    }
}

/// Bits by which `within` of `told` agree more than a share explains, where two visitors have that correlation.
pub(crate) fn agreement(within: f64, told: f64, usual: f64, alike: f64) -> f64 {
    binomial_bits(within, told, usual) / (1.0 + (told - 1.0).max(0.0) * alike)
}
