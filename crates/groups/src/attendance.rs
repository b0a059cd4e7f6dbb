//! Who came in each wave, whence, and from where: the second look at views.
//!
//! Memory grows with the views of waves, which are limited where they are found. Sums, sets and extremes only, so neither
//! the order of events nor which worker saw them shows.

use crate::company::Company;
use crate::waves::Waves;
use events::{Event, Key, Kind};
use features::{AT_ONCE, stay};
use hashbrown::HashMap;
use std::sync::Arc;

/// Entry channels are told apart by their hash in a table of this size.
pub(crate) const CHANNELS: usize = 1 << 10;

/// Views, and those of them that were left at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Looks {
    pub views: u32,
    pub left: u32,
}

impl Looks {
    fn add(&mut self, left: bool) {
        self.views = self.views.saturating_add(1);
        self.left = self.left.saturating_add(u32::from(left));
    }

    fn join(&mut self, other: Looks) {
        self.views = self.views.saturating_add(other.views);
        self.left = self.left.saturating_add(other.left);
    }
}

/// One account in one wave.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Visitor {
    pub looks: Looks,
    /// Seconds of its first view.
    pub first: u32,
    /// The greatest subnet it came from.
    pub subnet: Key,
}

/// Subjects and hours to watch.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    /// (subject, first, last, number) of each, by subject.
    spans: Vec<(Key, u32, u32, u32)>,
    /// A bit for a hash of each subject: most events are done with at one look.
    bits: Vec<u64>,
}

/// What was seen of the waves' visitors; one a worker, joined by [`Attendance::join`].
#[derive(Clone, Debug)]
pub(crate) struct Attendance {
    watch: Arc<Watch>,
    untold_counts: bool,
    /// By wave and account.
    pub visitors: HashMap<(u32, Key), Visitor>,
    /// Of each wave: visitors without an account.
    pub anonymous: Vec<Looks>,
    /// Who benefits from each wave's subject: the greatest key.
    pub owners: Vec<Key>,
    /// By wave and the whole way in.
    pub sources: HashMap<(u32, Key), Looks>,
    /// By wave and subnet.
    pub subnets: HashMap<(u32, Key), Looks>,
    /// By wave and the channel's place.
    channels: HashMap<(u32, u16), Looks>,
    /// Of each channel's place: the table's views outside waves.
    table: Vec<Looks>,
    /// Of vigils, which are in no wave.
    pub company: Company,
}

impl Attendance {
    /// Prepares to watch some waves.
    pub fn new(waves: &Waves) -> Attendance {
        let spans = waves.waves.iter().map(|wave| (wave.subject, wave.first, wave.last));
        Attendance {
            visitors: HashMap::new(),
            anonymous: vec![Looks::default(); waves.waves.len()],
            owners: vec![Key::NONE; waves.waves.len()],
            sources: HashMap::new(),
            subnets: HashMap::new(),
            channels: HashMap::new(),
            table: vec![Looks::default(); CHANNELS],
            watch: Arc::new(Watch::of(spans)),
            untold_counts: waves.untold_counts,
            company: Company::new(&waves.vigils),
        }
    }

    /// Takes note of one event.
    pub fn observe(&mut self, event: &Event) {
        if event.kind != Kind::View {
            return;
        }
        let stay = stay(event.dwell_ms);
        let left = if stay == 0 { self.untold_counts } else { stay <= AT_ONCE };
        let second = event.time.seconds().clamp(0, i64::from(u32::MAX)) as u32;
        let channel = channel(event.channel);
        let Some(wave) = self.watch.find(event.subject, second) else {
            self.table[usize::from(channel)].add(left);
            self.company.observe(event, second, stay);
            return;
        };
        let at = wave as usize;
        self.owners[at] = self.owners[at].max(event.owner);
        self.channels.entry((wave, channel)).or_default().add(left);
        if event.source.is_some() {
            self.sources.entry((wave, event.source)).or_default().add(left);
        }
        if event.subnet.is_some() {
            self.subnets.entry((wave, event.subnet)).or_default().add(left);
        }
        if event.actor.is_none() {
            self.anonymous[at].add(left);
            return;
        }
        let visitor = self.visitors.entry((wave, event.actor)).or_insert(Visitor {
            looks: Looks::default(),
            first: second,
            subnet: Key::NONE,
        });
        visitor.looks.add(left);
        visitor.first = visitor.first.min(second);
        visitor.subnet = visitor.subnet.max(event.subnet);
    }

    /// Joins what another worker saw.
    pub fn join(&mut self, other: Attendance) {
        self.company.join(other.company);
        for (place, theirs) in other.visitors {
            let mine =
                self.visitors.entry(place).or_insert(Visitor { looks: Looks::default(), ..theirs });
            mine.looks.join(theirs.looks);
            mine.first = mine.first.min(theirs.first);
            mine.subnet = mine.subnet.max(theirs.subnet);
        }
        for (place, looks) in other.sources {
            self.sources.entry(place).or_default().join(looks);
        }
        for (place, looks) in other.subnets {
            self.subnets.entry(place).or_default().join(looks);
        }
        for (place, looks) in other.channels {
            self.channels.entry(place).or_default().join(looks);
        }
        for (mine, theirs) in self.anonymous.iter_mut().zip(other.anonymous) {
            mine.join(theirs);
        }
        for (mine, theirs) in self.owners.iter_mut().zip(other.owners) {
            *mine = (*mine).max(theirs);
        }
        for (mine, theirs) in self.table.iter_mut().zip(other.table) {
            mine.join(theirs);
        }
    }

    /// The share of each wave's visitors that people who come by the same channels leave at once.
    pub fn usual(&self, waves: &Waves) -> Vec<f64> {
        let mut expected = vec![(0.0, 0.0); waves.waves.len()];
        let mut channels: Vec<_> = self.channels.iter().collect();
        channels.sort_unstable_by_key(|entry| *entry.0);
        for (&(wave, channel), looks) in channels {
            let table = self.table[usize::from(channel)];
            let share =
                (f64::from(table.left) + 20.0 * waves.usual) / (f64::from(table.views) + 20.0);
            let sums = &mut expected[wave as usize];
            sums.0 += f64::from(looks.views) * share;
            sums.1 += f64::from(looks.views);
        }
        expected.into_iter().map(|(left, views)| left / f64::max(views, 1.0)).collect()
    }
}

/// The place of a channel in a table of [`CHANNELS`].
pub(crate) fn channel(key: Key) -> u16 {
    (key.0.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 54) as u16
}

impl Watch {
    /// Watches some subjects, each from one second to before another.
    pub fn of(spans: impl ExactSizeIterator<Item = (Key, u32, u32)>) -> Watch {
        let bits = (spans.len() * 16).next_power_of_two().max(1 << 12);
        let mut watch = Watch { spans: Vec::with_capacity(spans.len()), bits: vec![0; bits / 64] };
        for (number, (subject, first, last)) in spans.enumerate() {
            watch.spans.push((subject, first, last, number as u32));
            let bit = watch.bit(subject);
            watch.bits[bit / 64] |= 1 << (bit % 64);
        }
        watch.spans.sort_unstable();
        watch
    }

    fn bit(&self, subject: Key) -> usize {
        (subject.0 >> 7) as usize & (self.bits.len() * 64 - 1)
    }

    /// The number of what is watched there and then.
    pub fn find(&self, subject: Key, second: u32) -> Option<u32> {
        let bit = self.bit(subject);
        if self.bits[bit / 64] >> (bit % 64) & 1 == 0 {
            return None;
        }
        let from = self.spans.partition_point(|span| span.0 < subject);
        let mut own = self.spans[from..].iter().take_while(|span| span.0 == subject);
        own.find(|span| (span.1..span.2).contains(&second)).map(|span| span.3)
    }
}
