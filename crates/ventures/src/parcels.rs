//! LOG02 to LOG04: shops, outlets and transfer centres whose parcels could not have travelled, hold nothing, or bear numbers
//! of strangers.
//!
//! A single odd track is a scanner's fault more often than anybody's; so parcels are pooled by who sent them and by where
//! they passed, and held against others' parcels in the same table. These are findings about parcels: they accuse no
//! account and move no count.

mod waybills;
mod weights;

use detectors::{Code, Finding};
use events::{Entity, EntityKind, EventTime, Key};
use features::Keyed;
use trades::{Book, Trip};

use crate::pooled::{Excess, Of, Seen, excesses};

/// Names of a trait in evidence: parcels with it, parcels that could have it, and how many were expected.
type Names = [&'static str; 3];

/// A trait that a trip may show.
struct Impossible {
    names: Names,
    /// Whether a wrong clock shows it too.
    clocked: bool,
    shows: fn(&Trip, Key) -> Option<bool>,
    /// The circumstances in which it is usual or not.
    near: fn(&Trip, Key) -> Key,
}

const IMPOSSIBLE: [Impossible; 5] = [
    Impossible {
        names: ["tangled", "tangled_of", "tangled_expected"],
        clocked: true,
        shows: |trip, _| trip.is_tangled(),
        near: |_, _| Key::NONE,
    },
    Impossible {
        names: ["unseen", "unseen_of", "unseen_expected"],
        clocked: false,
        shows: |trip, _| trip.is_unseen(),
        near: |trip, _| trip.signed_at,
    },
    Impossible {
        names: ["too_quick", "too_quick_of", "too_quick_expected"],
        clocked: true,
        shows: |trip, _| trip.is_too_quick(),
        near: |trip, _| trip.quickest().map_or(Key::NONE, |leg| leg.from.with(leg.to.0)),
    },
    Impossible {
        names: ["even_gaps", "even_gaps_of", "even_gaps_expected"],
        clocked: false,
        shows: |trip, _| trip.is_even(),
        near: |_, _| Key::NONE,
    },
    Impossible {
        names: ["strayed", "strayed_of", "strayed_expected"],
        clocked: false,
        shows: |trip, ordered| trip.is_strayed(ordered),
        near: |_, ordered| ordered,
    },
];

/// Findings about parcels, by code, entity and key.
#[must_use]
pub fn parcels(book: &Book) -> Vec<Finding> {
    let of_trip = orders(book);
    let mut found = tracks(book, &of_trip);
    found.extend(light(book));
    found.extend(strangers(book, &of_trip));
    found
}

/// By trip: who sold, and the region ordered from.
fn orders(book: &Book) -> Vec<(Key, Key)> {
    let mut of_trip: Vec<(Key, Key)> = vec![(Key::NONE, Key::NONE); book.trips.len()];
    for trade in book.trades.iter().rev() {
        if let Some(slot) = trade.trip.and_then(|place| of_trip.get_mut(place as usize)) {
            *slot = (trade.owner, trade.region);
        }
    }
    of_trip
}

fn strangers(book: &Book, of_trip: &[(Key, Key)]) -> Vec<Finding> {
    let runs = waybills::runs(book, of_trip.iter().map(|of| of.0));
    let shops: Names = ["between", "between_of", "between_expected"];
    let outlets: Names = ["batched", "batched_of", "batched_expected"];
    let mut found = Vec::new();
    for (kind, names, excesses) in
        [(EntityKind::Owner, shops, runs.shops), (EntityKind::Point, outlets, runs.outlets)]
    {
        for excess in excesses {
            let evidence =
                names.into_iter().zip([excess.shown, excess.seen, excess.expected]).collect();
            let entity = Entity { kind, key: excess.key };
            found.push(finding(Code::Log04, entity, excess.second, excess.bits, evidence));
        }
    }
    found
}

fn tracks(book: &Book, of_trip: &[(Key, Key)]) -> Vec<Finding> {
    let mut stands: Keyed<(EntityKind, Vec<(Names, Excess)>)> = Keyed::default();
    for what in &IMPOSSIBLE {
        let (mut seen, mut ends) = (Vec::new(), Vec::new());
        for (trip, &(owner, ordered)) in book.trips.iter().zip(of_trip) {
            let Some(shown) = (what.shows)(trip, ordered) else { continue };
            let leg = trip.quickest().unwrap_or_default();
            // A track that begins elsewhere was still collected at its outlet.
            let outlet = [trip.track.outlet, trip.point].into_iter().find(|point| point.is_some());
            let outlet = outlet.unwrap_or(Key::NONE);
            let quick = what.names[0] == "too_quick";
            let one = Seen {
                owner: if trip.owner.is_some() { trip.owner } else { owner },
                point: outlet,
                clock: if quick { leg.from } else { outlet },
                near: (what.near)(trip, ordered),
                // Longer ways are made too quickly more often: by 250 kilometres.
                far: Key(if what.clocked { 1 + (leg.distance / 250.0) as u64 } else { 0 }),
                shown,
                second: trip.last,
            };
            seen.push(one);
            if quick {
                let at = [leg.from, leg.to].into_iter().filter(|end| *end != one.point);
                ends.extend(at.map(|point| Seen { point, clock: point, near: Key::NONE, ..one }));
            }
        }
        note(&mut stands, EntityKind::Owner, what.names, excesses(&seen, Of::Owner, what.clocked));
        note(&mut stands, EntityKind::Point, what.names, excesses(&seen, Of::Point, what.clocked));
        note(&mut stands, EntityKind::Point, what.names, excesses(&ends, Of::Point, true));
    }
    let mut stands: Vec<(EntityKind, Vec<(Names, Excess)>)> = stands.into_values().collect();
    stands.sort_by_key(|(kind, traits)| (*kind, traits[0].1.key));
    stands.into_iter().map(|(kind, traits)| impossible(kind, &traits)).collect()
}

fn note(
    stands: &mut Keyed<(EntityKind, Vec<(Names, Excess)>)>,
    kind: EntityKind,
    names: Names,
    excesses: Vec<Excess>,
) {
    for excess in excesses {
        let key = excess.key.with(kind as u64);
        stands.entry(key).or_insert_with(|| (kind, Vec::new())).1.push((names, excess));
    }
}

/// One finding for all traits that stand: the strongest gives the bits, less the price of having looked at all of them.
fn impossible(kind: EntityKind, traits: &[(Names, Excess)]) -> Finding {
    let bits = traits.iter().map(|(_, excess)| excess.bits).fold(0.0, f64::max);
    let values = |(names, excess): &(Names, Excess)| {
        [(names[0], excess.shown), (names[1], excess.seen), (names[2], excess.expected)]
    };
    let second = traits.iter().map(|(_, excess)| excess.second).max().unwrap_or(0);
    finding(
        Code::Log02,
        Entity { kind, key: traits[0].1.key },
        second,
        bits - (IMPOSSIBLE.len() as f64).log2(),
        traits.iter().flat_map(values).collect(),
    )
}

/// Half the distance between the quartiles of the light parcels' logarithmic weights, from which they are not alike.
const ALIKE: f64 = 0.35;

fn light(book: &Book) -> Vec<Finding> {
    let weighed = weights::weighed(book);
    let seen: Vec<Seen> = weighed.iter().map(|parcel| parcel.seen).collect();
    let mut found = Vec::new();
    for (of, kind) in [(Of::Owner, EntityKind::Owner), (Of::Point, EntityKind::Point)] {
        for excess in excesses(&seen, of, false) {
            let own = |seen: &Seen| match of {
                Of::Owner => seen.owner == excess.key,
                Of::Point => seen.point == excess.key,
            };
            let light = weighed.iter().filter(|parcel| parcel.seen.shown && own(&parcel.seen));
            let mut grams: Vec<f64> = light.map(|parcel| parcel.grams).collect();
            grams.sort_by(f64::total_cmp);
            let quartile = |quarter: usize| grams[(grams.len() - 1) * quarter / 4];
            let spread = (quartile(3) / quartile(1)).ln() / 2.0;
            if spread > ALIKE {
                continue;
            }
            let evidence = vec![
                ("light", excess.shown),
                ("weighed", excess.seen),
                ("expected", excess.expected),
                ("grams", quartile(2)),
                ("spread", spread),
            ];
            let entity = Entity { kind, key: excess.key };
            found.push(finding(Code::Log03, entity, excess.second, excess.bits, evidence));
        }
    }
    found
}

fn finding(
    code: Code,
    entity: Entity,
    second: u32,
    bits: f64,
    evidence: Vec<(&'static str, f64)>,
) -> Finding {
    Finding {
        code,
        entity,
        time: EventTime(i64::from(second) * EventTime::SECOND),
        event: Key::NONE,
        score: (1.0 / (1.0 + (-bits).exp2())) as f32,
        bits: bits as f32,
        evidence,
        members: Vec::new(),
    }
}

#[cfg(test)]
mod tests;
