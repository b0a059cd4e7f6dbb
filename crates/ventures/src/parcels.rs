//! LOG02 to LOG04, LOG06: shops, outlets and transfer centres whose parcels could not have travelled, hold nothing, bear numbers
//! of strangers, or are signed for together by people from afar.
//!
//! A single odd track is a scanner's fault more often than anybody's; so parcels are pooled by who sent them and by where
//! they passed, and held against others' parcels in the same table. These are findings about parcels: they accuse no
//! account and move no count.

pub(crate) mod afar;
mod scattered;
mod waybills;
mod weights;

use detectors::{Code, Finding};
use events::{Entity, EntityKind, EventTime, Key};
use features::Keyed;
use trades::{Book, Place, Trip};

use crate::pooled::{Excess, Of, Seen, excesses};
use afar::{Afar, Signed};

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

/// The trait that asks for addresses.
const STRAYED: &str = "strayed";

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
        names: [STRAYED, "strayed_of", "strayed_expected"],
        clocked: false,
        shows: |trip, ordered| trip.is_strayed(ordered),
        near: |_, ordered| ordered,
    },
];

/// Parcels of an address that say where it is.
const DELIVERED: usize = 3;

/// What the parcels of a table show.
#[derive(Debug, Default)]
pub struct Parcels {
    /// By code, entity and key.
    pub findings: Vec<Finding>,
    /// Of each shop that is named: the bits, and the places in [`Book::trips`] of the parcels that it is named for.
    pub(crate) shops: Keyed<(f64, Vec<u32>)>,
    /// Points where people from afar sign together.
    pub(crate) afar: Vec<Afar>,
    /// All parcels that were signed for, by point and time.
    pub(crate) signed: Vec<Signed>,
}

/// Findings about parcels, and which parcels they are of.
#[must_use]
pub fn parcels(book: &Book) -> Parcels {
    let of_trip = orders(book);
    let signed = afar::signed(book);
    let mut all = Parcels { afar: afar::afar(&signed), signed, ..Parcels::default() };
    all.tracks(book, &of_trip);
    all.light(book);
    all.strangers(book, &of_trip);
    all.findings.extend(all.afar.iter().map(from_afar));
    all
}

fn from_afar(afar: &Afar) -> Finding {
    let evidence = vec![
        ("together", afar.buyers as f64),
        ("together_expected", afar.expected),
        ("from_afar", afar.away as f64),
        ("signed", afar.known as f64),
        ("alike", afar::LIKENESS),
        ("price_bits", afar.price),
    ];
    let entity = Entity { kind: EntityKind::Point, key: afar.point };
    finding(Code::Log06, entity, afar.second, afar.bits, evidence)
}

/// By trip: who sold, and the region that it was ordered to: where its address is, as far as parcels tell, or else where it was ordered from.
fn orders(book: &Book) -> Vec<(Key, Key)> {
    let homes = homes(book);
    let mut of_trip: Vec<(Key, Key)> = vec![(Key::NONE, Key::NONE); book.trips.len()];
    for trade in book.trades.iter().rev() {
        if let Some(slot) = trade.trip.and_then(|place| of_trip.get_mut(place as usize)) {
            let home = homes.get(&trade.address).copied();
            *slot = (trade.owner, home.unwrap_or(trade.region));
        }
    }
    of_trip
}

/// Where addresses are at which most of several parcels were signed for: neighbours have theirs sent to one of them, relatives and
/// whoever is in need get presents from afar.
fn homes(book: &Book) -> Keyed<Key> {
    let sent = book.trades.iter().filter(|trade| trade.address.is_some());
    let mut signed: Vec<(Key, Key)> = sent
        .filter_map(|trade| {
            let at = book.trip(trade)?.signed_at;
            Place::of(at).map(|_| (trade.address, at))
        })
        .collect();
    signed.sort_unstable();
    let mut homes = Keyed::default();
    for own in signed.chunk_by(|x, y| x.0 == y.0).filter(|own| own.len() >= DELIVERED) {
        let most = own.chunk_by(|x, y| x.1 == y.1).max_by_key(|same| same.len());
        if let Some(most) = most.filter(|most| most.len() * 3 >= own.len() * 2) {
            homes.insert(own[0].0, most[0].1);
        }
    }
    homes
}

/// Numbers of strangers, and parcels that went in here and there: how bought numbers show, told once of a shop.
fn numbers(found: &mut Vec<Finding>, kind: EntityKind, traits: [(Names, Vec<Excess>); 2]) {
    let mut named: Keyed<Vec<(Names, Excess)>> = Keyed::default();
    for (names, excesses) in traits {
        for excess in excesses {
            named.entry(excess.key).or_default().push((names, excess));
        }
    }
    let mut named: Vec<(Key, Vec<(Names, Excess)>)> = named.into_iter().collect();
    named.sort_by_key(|shop| shop.0);
    for (key, traits) in named {
        let entity = Entity { kind, key };
        found.push(pooled(Code::Log04, entity, &traits, 0.0));
    }
}

impl Parcels {
    fn strangers(&mut self, book: &Book, of_trip: &[(Key, Key)]) {
        let owners: Vec<Key> = sellers(book, of_trip).collect();
        let runs = waybills::runs(book, owners.iter().copied());
        let (excesses, shown) = scattered::scattered(book, &owners);
        self.keep(&excesses, (0..).zip(&owners).zip(&shown).map(|((t, o), s)| (t, *o, *s)));
        let between: Names = ["between", "between_of", "between_expected"];
        let strewn: Names = ["scattered", "scattered_of", "scattered_expected"];
        let batched: Names = ["batched", "batched_of", "batched_expected"];
        let shops = [(between, runs.shops), (strewn, excesses)];
        numbers(&mut self.findings, EntityKind::Owner, shops);
        let outlets = [(batched, runs.outlets), (batched, Vec::new())];
        numbers(&mut self.findings, EntityKind::Point, outlets);
    }

    /// Keeps of shops that are named the parcels that they are named for: (trip, shop, whether it shows the trait).
    fn keep(&mut self, excesses: &[Excess], trips: impl Iterator<Item = (u32, Key, bool)>) {
        for excess in excesses {
            let shop = self.shops.entry(excess.key).or_default();
            shop.0 = shop.0.max(excess.bits);
        }
        for (trip, owner, _) in trips.filter(|trip| trip.2) {
            let named = excesses.iter().any(|excess| excess.key == owner);
            if let Some(shop) = self.shops.get_mut(&owner).filter(|_| named) {
                shop.1.push(trip);
            }
        }
    }

    fn tracks(&mut self, book: &Book, of_trip: &[(Key, Key)]) {
        let mut stands: Keyed<(EntityKind, Vec<(Names, Excess)>)> = Keyed::default();
        // Where no order says for which door it is, a present is ordered from as far as a number that was sold.
        let told = book.trades.iter().any(|trade| trade.address.is_some());
        for what in IMPOSSIBLE.iter().filter(|what| told || what.names[0] != STRAYED) {
            let (mut seen, mut ends) = (Vec::new(), Vec::new());
            for (trip, &(owner, ordered)) in book.trips.iter().zip(of_trip) {
                let Some(shown) = (what.shows)(trip, ordered) else { continue };
                let leg = trip.quickest().unwrap_or_default();
                // A track that begins elsewhere was still collected at its outlet.
                let outlet =
                    [trip.track.outlet, trip.point].into_iter().find(|point| point.is_some());
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
                    ends.extend(at.map(|point| Seen {
                        point,
                        clock: point,
                        near: Key::NONE,
                        ..one
                    }));
                }
            }
            let shops = excesses(&seen, Of::Owner, what.clocked);
            let owners = sellers(book, of_trip).zip(&book.trips).zip(of_trip);
            let shows = (0..).zip(owners).map(|(place, ((owner, trip), of))| {
                (place, owner, (what.shows)(trip, of.1) == Some(true))
            });
            self.keep(&shops, shows);
            note(&mut stands, EntityKind::Owner, what.names, shops);
            note(
                &mut stands,
                EntityKind::Point,
                what.names,
                excesses(&seen, Of::Point, what.clocked),
            );
            note(&mut stands, EntityKind::Point, what.names, excesses(&ends, Of::Point, true));
        }
        let mut stands: Vec<(EntityKind, Vec<(Names, Excess)>)> = stands.into_values().collect();
        stands.sort_by_key(|(kind, traits)| (*kind, traits[0].1.key));
        self.findings.extend(stands.into_iter().map(|(kind, traits)| impossible(kind, &traits)));
    }

    fn light(&mut self, book: &Book) {
        let weighed = weights::weighed(book);
        let seen: Vec<Seen> = weighed.iter().map(|parcel| parcel.seen).collect();
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
                    ("alike", excess.alike),
                    ("price_bits", excess.price),
                ];
                let entity = Entity { kind, key: excess.key };
                self.findings.push(finding(
                    Code::Log03,
                    entity,
                    excess.second,
                    excess.bits,
                    evidence,
                ));
            }
        }
    }
}

/// By trip: who sent it, or else who sold.
fn sellers<'a>(book: &'a Book, of_trip: &'a [(Key, Key)]) -> impl Iterator<Item = Key> + 'a {
    let known = book.trips.iter().zip(of_trip);
    known.map(|(trip, of)| if trip.owner.is_some() { trip.owner } else { of.0 })
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
    let entity = Entity { kind, key: traits[0].1.key };
    pooled(Code::Log02, entity, traits, (IMPOSSIBLE.len() as f64).log2())
}

/// A finding of which the strongest trait gives the bits; its likeness and what its search cost stand after the counts of all.
fn pooled(code: Code, entity: Entity, traits: &[(Names, Excess)], price: f64) -> Finding {
    let values = |(names, excess): &(Names, Excess)| {
        [(names[0], excess.shown), (names[1], excess.seen), (names[2], excess.expected)]
    };
    let mut evidence: Vec<(&'static str, f64)> = traits.iter().flat_map(values).collect();
    let strongest = traits.iter().map(|(_, excess)| excess);
    let strongest = strongest.reduce(|best, one| if one.bits > best.bits { one } else { best });
    if let Some(strongest) = strongest {
        evidence.extend([("alike", strongest.alike), ("price_bits", strongest.price + price)]);
    }
    let bits = strongest.map_or(0.0, |strongest| strongest.bits) - price;
    let second = traits.iter().map(|(_, excess)| excess.second).max().unwrap_or(0);
    finding(code, entity, second, bits, evidence)
}

/// Half the distance between the quartiles of the light parcels' logarithmic weights, from which they are not alike.
const ALIKE: f64 = 0.35;

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
