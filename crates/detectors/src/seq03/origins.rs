//! Where what was left on each subject came from: events by province, and when.
//!
//! Sums only, so neither the order of events nor which worker saw them shows. Of a subject and kind at most thirty-four
//! provinces are kept, 16 bytes each; a table that names no regions costs nothing.

use super::{OF_ONE, TELLS};
use events::{Event, Key, Kind, Province};
use features::Keyed;

/// Provinces there are.
pub(super) const PROVINCES: usize = Province::NUMBERS.len();

/// The events of one province.
#[derive(Clone, Copy, Debug)]
struct Place {
    hours: u64,
    events: u32,
    place: u8,
}

/// The events of one kind on one subject.
#[derive(Clone, Debug)]
struct Spread {
    places: Vec<Place>,
    /// Sum of the squares of the hours since 1970.
    squares: u128,
    last: u32,
    kind: Kind,
}

/// Events by subject, kind and province; one a worker, joined by [`Origins::merge`].
#[derive(Clone, Debug, Default)]
pub struct Origins {
    subjects: Keyed<Vec<Spread>>,
}

/// The events of one kind on one subject, by the place of their province.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub subject: Key,
    pub kind: Kind,
    pub events: f64,
    pub counts: [f64; PROVINCES],
    /// The second of the last.
    pub last: u32,
    /// Share of the variance of time that lies between provinces, and that chance puts there.
    turns: (f64, f64),
}

impl Spread {
    fn add(&mut self, at: Place, squares: u128, last: u32) {
        self.squares += squares;
        self.last = self.last.max(last);
        match self.places.iter_mut().find(|place| place.place == at.place) {
            Some(place) => {
                place.events = place.events.saturating_add(at.events);
                place.hours += at.hours;
            }
            None => self.places.push(at),
        }
    }
}

impl Origins {
    /// Takes note of an event, and of where its account was last told to be if the event itself does not say.
    pub fn observe(&mut self, event: &Event, account: Province) {
        let province = if event.province.is_some() { event.province } else { account };
        let Some(place) = super::place(province) else { return };
        if !event.kind.counts() || event.subject.is_none() {
            return;
        }
        let second = event.time.seconds().clamp(0, i64::from(u32::MAX)) as u32;
        let hours = u64::from(second / 3_600);
        let at = Place { hours, events: 1, place: place as u8 };
        self.spread(event.subject, event.kind).add(at, u128::from(hours * hours), second);
    }

    fn spread(&mut self, subject: Key, kind: Kind) -> &mut Spread {
        let kinds = self.subjects.entry(subject).or_default();
        let at = kinds.iter().position(|spread| spread.kind == kind).unwrap_or(kinds.len());
        if at == kinds.len() {
            kinds.push(Spread { places: Vec::new(), squares: 0, last: 0, kind });
        }
        &mut kinds[at]
    }

    /// Joins what other workers saw.
    #[must_use]
    pub fn merge(parts: Vec<Origins>) -> Origins {
        let mut parts = parts.into_iter();
        let mut all = parts.next().unwrap_or_default();
        for part in parts {
            for (subject, spreads) in part.subjects {
                for spread in spreads {
                    let mine = all.spread(subject, spread.kind);
                    mine.squares += spread.squares;
                    mine.last = mine.last.max(spread.last);
                    spread.places.into_iter().for_each(|place| mine.add(place, 0, 0));
                }
            }
        }
        all
    }

    /// Of each kind, in the order of their codes, the subjects that tell something, in order, and the sum of what the others left.
    pub(super) fn by_kind(&self) -> Vec<(Vec<Row>, [f64; PROVINCES])> {
        let mut kinds = vec![(Vec::new(), [0.0; PROVINCES]); Kind::ALL.len()];
        // Rows are put in order below, and sums are of whole numbers.
        #[allow(clippy::iter_over_hash_type)]
        for (&subject, spreads) in &self.subjects {
            for spread in spreads {
                let row = Row::new(subject, spread);
                let (rows, small) = &mut kinds[spread.kind as usize];
                if row.events >= TELLS {
                    rows.push(row);
                } else {
                    row.counts.iter().zip(small).for_each(|(count, sum)| *sum += count);
                }
            }
        }
        kinds.iter_mut().for_each(|(rows, _)| rows.sort_unstable_by_key(|row| row.subject));
        kinds
    }
}

impl Row {
    pub fn of(subject: Key, kind: Kind) -> Row {
        Row { subject, kind, events: 0.0, counts: [0.0; PROVINCES], last: 0, turns: (0.0, 0.0) }
    }

    fn new(subject: Key, spread: &Spread) -> Row {
        let mut row = Row { last: spread.last, ..Row::of(subject, spread.kind) };
        let (mut sum, mut between) = (0.0, 0.0);
        // Sums of floats go in the order of provinces, not in that in which they came.
        let mut places = spread.places.clone();
        places.sort_unstable_by_key(|place| place.place);
        for place in &places {
            let (events, hours) = (f64::from(place.events), place.hours as f64);
            row.counts[usize::from(place.place)] = events;
            row.events += events;
            sum += hours;
            between += hours / events * hours;
        }
        let mean = sum / row.events.max(1.0) * sum;
        let all = spread.squares as f64 - mean;
        if all > 0.5 {
            let chance = (places.len() as f64 - 1.0) / (row.events - 1.0).max(1.0);
            row.turns = ((between - mean) / all, chance);
        }
        row
    }

    /// Share of the variance of its time that its provinces explain beyond chance: one that went from province to province
    /// is near 1.
    pub fn in_turn(&self) -> f64 {
        let (share, chance) = self.turns;
        ((share - chance) / (1.0 - chance).max(1e-6)).clamp(0.0, 1.0)
    }

    /// Its events, as no more than [`OF_ONE`].
    pub fn weighed(&self) -> [f64; PROVINCES] {
        let weight = (OF_ONE / self.events.max(1.0)).min(1.0);
        self.counts.map(|count| count * weight)
    }
}
