//! What those who came in a flood left besides: whether they looked first, whether they did anything else, which way they came
//! and with what software.
//!
//! Part of the second look, of the participants of floods, of other people's marks beside each flood and of the same owner's
//! earlier marks. Memory grows with these alone. Flags and sums, so that neither the order of events nor which worker saw
//! them shows.

use crate::floods::{Flood, beside};
use crate::ledger::Ledger;
use events::{Event, EventTime, Key, Kind};
use features::{AT_ONCE, stay};
use hashbrown::HashMap;
use std::sync::Arc;

/// Ways in and clients are told apart by their hash in tables of this size.
const PLACES_BITS: u32 = 10;

/// Marks by the place of what they came with: (place, number), by place.
pub(crate) type Counted = Vec<(u16, u32)>;

/// Whose marks a lot holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lot {
    /// Those of a flood.
    Flood,
    /// Those that others got beside it.
    Beside,
    /// Those that its owner got at other times.
    History,
}

const LOTS: [Lot; 3] = [Lot::Flood, Lot::Beside, Lot::History];

/// A mark that is watched for.
#[derive(Clone, Copy, Debug)]
struct Watched {
    owner: Key,
    /// Seconds of the mark.
    time: u32,
    /// The number of its lot.
    lot: u32,
    /// The next watched mark of the same account; `u32::MAX` for none.
    next: u32,
}

#[derive(Debug, Default)]
struct Watch {
    heads: HashMap<Key, u32>,
    marks: Vec<Watched>,
    /// Of each lot: the kind of its marks, and the second until which marks on the owner are earlier than it.
    lots: Vec<(Kind, u32)>,
    /// Where the marks of each lot begin; then their number.
    starts: Vec<u32>,
    /// The owner of each mark of the lots that are compared, as a number of the ledger.
    owners: Vec<u32>,
    /// Whether its account left it as it signed up.
    young: Vec<bool>,
    /// One bit for a hash of each watched account: most events are done with at one look.
    actors: Vec<u64>,
    untold_counts: bool,
}

/// The account looked at the owner's things before its mark and did not leave at once, or had to do with the owner earlier.
const LOOKED: u8 = 1;
/// It did something that has nothing to do with the owner.
const ELSEWHERE: u8 = 2;
/// It looked at something, anywhere.
const LOOKS: u8 = 4;

/// Seconds from signing up in which a mark belongs to it: a code on a wall leads to both.
const SIGNING_UP: u32 = 3_600;

/// How the marks of a lot came: numbers of accounts.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Traces {
    /// Looked first.
    pub looked: f64,
    /// Did not, and did something else.
    pub elsewhere: f64,
    /// Neither: nothing is seen of them but such marks. Whoever left one while signing up without having looked is in no number: newcomers do as
    /// whatever brought them says, and many do nothing else ever.
    pub blank: f64,
    /// Looked at anything.
    pub looks: f64,
}

impl Traces {
    pub fn all(&self) -> f64 {
        self.looked + self.elsewhere + self.blank
    }

    pub fn unlooked(&self) -> f64 {
        self.elsewhere + self.blank
    }

    fn add(&mut self, (flags, young): (u8, bool)) {
        if young && flags & LOOKED == 0 {
            return;
        }
        self.looks += f64::from(u8::from(flags & LOOKS > 0));
        match flags {
            _ if flags & LOOKED > 0 => self.looked += 1.0,
            _ if flags & ELSEWHERE > 0 => self.elsewhere += 1.0,
            _ => self.blank += 1.0,
        }
    }
}

/// Collects traces; one a worker, joined by [`Trail::join`].
#[derive(Clone, Debug)]
pub(crate) struct Trail {
    watch: Arc<Watch>,
    flags: Vec<u8>,
    /// By lot and place: marks that came that way, and with that client.
    ways: HashMap<(u32, u16), u32>,
    clients: HashMap<(u32, u16), u32>,
}

impl Trail {
    /// Prepares to watch the participants of some floods and those they are compared with. `untold_counts` says that a view
    /// without its length was left at once.
    pub fn new(ledger: &Ledger, floods: &[Flood], untold_counts: bool) -> Trail {
        let mut watch = Watch { untold_counts, ..Watch::default() };
        let beside = beside(ledger, floods);
        let size = |flood: &Flood| flood.marks.len() + flood.history.len();
        let watched =
            floods.iter().map(size).sum::<usize>() + beside.iter().map(Vec::len).sum::<usize>();
        let bits = (watched * 16).next_power_of_two().max(1 << 12);
        watch.actors = vec![0; bits / 64];
        for (number, (flood, beside)) in floods.iter().zip(&beside).enumerate() {
            let same = |other: &&Flood| other.owner == flood.owner;
            // What an earlier flood brought to the same owner is no acquaintance.
            let earliest = floods.iter().filter(same).map(|other| other.first).min();
            let before = earliest.unwrap_or(flood.first);
            for lot in LOTS {
                let (marks, before) = match lot {
                    Lot::Flood => (&flood.marks, before),
                    Lot::Beside => (beside, flood.first),
                    Lot::History => (&flood.history, before),
                };
                watch.lots.push((flood.kind, before));
                watch.starts.push(watch.marks.len() as u32);
                for &at in marks {
                    watch.add(ledger, at, Trail::lot(number, lot));
                }
            }
        }
        watch.starts.push(watch.marks.len() as u32);
        Trail {
            flags: vec![0; watch.marks.len()],
            watch: Arc::new(watch),
            ways: HashMap::new(),
            clients: HashMap::new(),
        }
    }

    fn lot(flood: usize, lot: Lot) -> u32 {
        (flood * LOTS.len()) as u32 + lot as u32
    }

    /// Takes note of one event.
    pub fn observe(&mut self, event: &Event) {
        if event.actor.is_none() || event.subject.is_none() || !self.watch.knows(event.actor) {
            return;
        }
        let Some(&head) = self.watch.heads.get(&event.actor) else { return };
        let owner = if event.owner.is_some() { event.owner } else { event.subject };
        let second = event.time.seconds().clamp(0, i64::from(u32::MAX)) as u32;
        let look = Look::of(event, self.watch.untold_counts);
        let mut at = head;
        while let Some(watched) = self.watch.marks.get(at as usize) {
            let flags = &mut self.flags[at as usize];
            at = watched.next;
            *flags |= look.anywhere;
            if owner != watched.owner {
                *flags |= ELSEWHERE;
                continue;
            }
            let (kind, before) = self.watch.lots[watched.lot as usize];
            let earlier = event.kind.is_mark() && second < before.min(watched.time);
            if earlier || look.since.is_some_and(|since| since <= watched.time) {
                *flags |= LOOKED;
            }
            if event.kind == kind && second == watched.time {
                for (key, counts) in
                    [(event.channel, &mut self.ways), (event.agent, &mut self.clients)]
                {
                    if key.is_some() {
                        *counts.entry((watched.lot, place(key))).or_default() += 1;
                    }
                }
            }
        }
    }

    /// Joins what another worker saw.
    pub fn join(&mut self, other: Trail) {
        for (mine, theirs) in self.flags.iter_mut().zip(other.flags) {
            *mine |= theirs;
        }
        for (place, count) in other.ways {
            *self.ways.entry(place).or_default() += count;
        }
        for (place, count) in other.clients {
            *self.clients.entry(place).or_default() += count;
        }
    }

    fn range(&self, lot: u32) -> std::ops::Range<usize> {
        let start = |at: u32| self.watch.starts.get(at as usize).map_or(0, |start| *start as usize);
        start(lot)..start(lot + 1)
    }

    fn of_lot(&self, flood: usize, lot: Lot) -> impl Iterator<Item = (u8, bool)> {
        let range = self.range(Trail::lot(flood, lot));
        let young = self.watch.young[range.clone()].iter().copied();
        self.flags[range].iter().copied().zip(young)
    }

    /// How the marks of one of a flood's lots came.
    pub fn traces(&self, flood: usize, lot: Lot) -> Traces {
        let mut traces = Traces::default();
        self.of_lot(flood, lot).for_each(|mark| traces.add(mark));
        traces
    }

    /// Whether each participant of a flood, in the order of its marks, is one that neither looked nor did anything else
    /// (`Some(true)`), or only did not look (`Some(false)`); none of who left a mark while signing up.
    pub fn unlooked(&self, flood: usize) -> impl Iterator<Item = Option<bool>> {
        let marks = self.of_lot(flood, Lot::Flood);
        marks
            .map(|(flags, young)| (!young && flags & LOOKED == 0).then_some(flags & ELSEWHERE == 0))
    }

    /// How the marks beside a flood came, owner by owner.
    pub fn by_owner(&self, flood: usize) -> Vec<Traces> {
        let range = self.range(Trail::lot(flood, Lot::Beside));
        let of = self.watch.owners[range].iter().copied();
        let marks = of.zip(self.of_lot(flood, Lot::Beside));
        let mut flags: Vec<(u32, (u8, bool))> = marks.collect();
        flags.sort_unstable();
        let traces = |own: &[(u32, (u8, bool))]| {
            let mut traces = Traces::default();
            own.iter().for_each(|mark| traces.add(mark.1));
            traces
        };
        flags.chunk_by(|x, y| x.0 == y.0).map(traces).collect()
    }

    /// Marks of a lot by the way they came: (place, number), by place.
    pub fn ways(&self, flood: usize, lot: Lot) -> Counted {
        counted(&self.ways, Trail::lot(flood, lot))
    }

    /// The same by client.
    pub fn clients(&self, flood: usize, lot: Lot) -> Counted {
        counted(&self.clients, Trail::lot(flood, lot))
    }
}

fn counted(counts: &HashMap<(u32, u16), u32>, lot: u32) -> Counted {
    let own = counts.iter().filter(|entry| entry.0.0 == lot);
    let mut own: Counted = own.map(|(place, count)| (place.1, *count)).collect();
    own.sort_unstable();
    own
}

fn place(key: Key) -> u16 {
    (key.0.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (64 - PLACES_BITS)) as u16
}

/// What one event says of looking.
struct Look {
    anywhere: u8,
    /// Since when the account had the thing before it.
    since: Option<u32>,
}

impl Look {
    fn of(event: &Event, untold_counts: bool) -> Look {
        let second = |time: EventTime| time.seconds().clamp(0, i64::from(u32::MAX)) as u32;
        match event.kind {
            Kind::View => {
                let stay = stay(event.dwell_ms);
                let left = if stay == 0 { untold_counts } else { stay <= AT_ONCE };
                // Some tables note a view as it ends.
                let dwell = event.dwell_ms.unwrap_or(0).max(0).saturating_mul(1000);
                let since = second(EventTime(event.time.0.saturating_sub(dwell)));
                Look { anywhere: LOOKS, since: (!left).then_some(since) }
            }
            Kind::Order => Look { anywhere: 0, since: Some(second(event.time)) },
            _ => Look { anywhere: 0, since: None },
        }
    }
}

impl Watch {
    fn add(&mut self, ledger: &Ledger, at: u32, lot: u32) {
        let mark = &ledger.by_subject[at as usize];
        let account = ledger.accounts[mark.account as usize];
        let number = self.marks.len() as u32;
        let head = self.heads.entry(account).or_insert(u32::MAX);
        self.marks.push(Watched {
            owner: ledger.owner(mark.subject),
            time: mark.time,
            lot,
            next: std::mem::replace(head, number),
        });
        self.owners.push(ledger.owners[mark.subject as usize]);
        let registered = ledger.registered[mark.account as usize];
        let since = ledger.since[mark.account as usize];
        self.young.push(registered && mark.time < since.saturating_add(SIGNING_UP));
        let bit = self.bit(account);
        self.actors[bit / 64] |= 1 << (bit % 64);
    }

    fn bit(&self, account: Key) -> usize {
        (account.0 >> 7) as usize & (self.actors.len() * 64 - 1)
    }

    fn knows(&self, account: Key) -> bool {
        let bit = self.bit(account);
        self.actors[bit / 64] >> (bit % 64) & 1 == 1
    }
}
