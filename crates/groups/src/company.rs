//! In what company the visitors of a vigil came: by which channels, and how closely people who come by the same
//! channels agree elsewhere on how long to stay.
//!
//! A feed that moves on by itself lets everybody stay equally long whatever it shows; then the channel says so. Memory
//! grows with the number of vigils and channels, both limited. Sums only, so neither the order of events nor which worker
//! saw them shows.

use crate::attendance::{CHANNELS, Watch, channel};
use crate::vigils::{Vigil, peak};
use events::{Event, Key};
use features::{AT_ONCE, OCTAVES, octave};
use hashbrown::HashMap;
use std::sync::Arc;

/// Views of the whole table that count beside a channel's own.
const PRIOR: f64 = 20.0;

/// Views that say how long they lasted: those left at once, then by octave.
type Stays = [u32; OCTAVES + 1];

/// What was seen of the visitors of vigils; one a worker, joined by [`Company::join`].
#[derive(Clone, Debug)]
pub(crate) struct Company {
    watch: Arc<Watch>,
    /// Views that say how long they lasted, by vigil and the channel's place.
    channels: HashMap<(u32, u16), u32>,
    /// Of them those by a link that was passed on, by vigil and link, and how many of these stayed as long as its band.
    pub links: HashMap<(u32, Key), (u32, u32)>,
    share: Key,
    /// Of each vigil: visitors without an account who stayed as long as its band.
    pub anonymous: Vec<u32>,
    bands: Arc<[(usize, usize)]>,
    /// Of each channel's place: the table's views outside vigils and waves.
    table: Vec<Stays>,
}

impl Company {
    /// Prepares to watch some vigils.
    pub fn new(vigils: &[Vigil]) -> Company {
        Company {
            watch: Arc::new(Watch::of(vigils.iter().map(|v| (v.subject, v.first, v.last)))),
            channels: HashMap::new(),
            links: HashMap::new(),
            share: Key::of("share"),
            anonymous: vec![0; vigils.len()],
            bands: vigils.iter().map(|v| (v.band.from, v.band.from + v.band.width)).collect(),
            table: if vigils.is_empty() { Vec::new() } else { vec![Stays::default(); CHANNELS] },
        }
    }

    /// Takes note of a view that is in no wave.
    pub fn observe(&mut self, event: &Event, second: u32, stay: u8) {
        if self.table.is_empty() || stay == 0 {
            return;
        }
        let channel = channel(event.channel);
        let Some(vigil) = self.watch.find(event.subject, second) else {
            let place = if stay <= AT_ONCE { 0 } else { octave(stay).map_or(0, |o| o + 1) };
            let count = &mut self.table[usize::from(channel)][place];
            *count = count.saturating_add(1);
            return;
        };
        *self.channels.entry((vigil, channel)).or_default() += 1;
        let (from, to) = self.bands[vigil as usize];
        let within = octave(stay).is_some_and(|octave| (from..to).contains(&octave));
        self.anonymous[vigil as usize] += u32::from(within && event.actor.is_none());
        if event.channel == self.share {
            let (told, alike) = self.links.entry((vigil, event.source)).or_default();
            (*told, *alike) = (*told + 1, *alike + u32::from(within));
        }
    }

    /// Joins what another worker saw.
    pub fn join(&mut self, other: Company) {
        for (place, views) in other.channels {
            *self.channels.entry(place).or_default() += views;
        }
        for (place, (told, within)) in other.links {
            let mine = self.links.entry(place).or_default();
            *mine = (mine.0 + told, mine.1 + within);
        }
        for (mine, theirs) in self.anonymous.iter_mut().zip(other.anonymous) {
            *mine += theirs;
        }
        let counts = self.table.iter_mut().flatten();
        for (mine, theirs) in counts.zip(other.table.into_iter().flatten()) {
            *mine = mine.saturating_add(theirs);
        }
    }

    /// How closely people agree elsewhere who come by the channels of each vigil: the greatest share of bands as wide.
    pub fn usual(&self, vigils: &[Vigil]) -> Vec<f64> {
        let mut all = [0.0; OCTAVES + 1];
        for stays in &self.table {
            all.iter_mut().zip(stays).for_each(|(sum, &views)| *sum += f64::from(views));
        }
        let everything = all.iter().sum::<f64>().max(1.0);
        let mut sums = vec![(0.0, 0.0); vigils.len()];
        let mut channels: Vec<_> = self.channels.iter().collect();
        channels.sort_unstable_by_key(|entry| *entry.0);
        for (&(vigil, channel), &views) in channels {
            let stays = &self.table[usize::from(channel)];
            let told = stays.iter().map(|&views| f64::from(views)).sum::<f64>();
            let mut octaves = [0.0; OCTAVES];
            for (at, octave) in octaves.iter_mut().enumerate() {
                *octave = f64::from(stays[at + 1]) + PRIOR * all[at + 1] / everything;
            }
            let share = peak(&octaves, told + PRIOR, vigils[vigil as usize].band.width);
            let sum = &mut sums[vigil as usize];
            sum.0 += f64::from(views) * share;
            sum.1 += f64::from(views);
        }
        sums.into_iter().map(|(share, views)| share / f64::max(views, 1.0)).collect()
    }
}
