//! Ventures: hubs joined, their orders told from ordinary ones, and what speaks for a crew, by class of evidence.

use detectors::Class;
use events::Key;
use features::Keyed;
use trades::Book;

use crate::hub::{FEWEST, Hub, HubShare, Origin, join};
use crate::listed::Evidence;
use crate::manner::{FIVE_STARS, STARS, TRAITS, Terms, VALUES};
use crate::mixture::{Looked, Mixture, spread};
use crate::opinions::spreads;
use crate::outlets::{USUAL, bits_to_choose};
use crate::path::paths;
use crate::repaid::{Payer, Settled};

pub use crate::manner::Trait;

/// A class of evidence about a venture says at most this much: one class, however strong, leaves it to a person.
pub(crate) const CLASS_BITS: f64 = 10.0;
/// What its absence says at most.
pub(crate) const ABSENT_BITS: f64 = -6.0;
/// An order is a venture's from this chance on.
pub(crate) const FIRM: f64 = 0.9;
/// Bits that an account's own orders must have for it to be named where they are made up, so that it would be called fake:
/// nine in ten is enough to hold an order, not to condemn a person, and where little was seen most have one order only. As for crews that surges lead to.
pub(crate) const NAMED: f64 = 6.0;
/// Orders of one account at one owner, on average, from which a venture goes round rather than tries goods.
const AGAIN: f64 = 2.5;
/// The most ventures of a table, strongest hubs first.
const MOST: usize = 64;
/// Orders of a venture for each that it began with, at most. A few repaid orders that lead to a hundred others have led to
/// what an owner's customers have in common.
const MOST_GROWTH: usize = 4;
/// Crews that are paid for praise: share of their orders that get five stars.
const CREW_PRAISES: f64 = 0.7;

/// What a trait of a venture's orders shows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shown {
    /// Which.
    pub what: Trait,
    /// Share of the venture's orders with the values that set it apart; for [`Trait::Weight`] the spread of log weight.
    pub observed: f64,
    /// The same of the same owners' other orders.
    pub expected: f64,
    /// Bits for a crew.
    pub bits: f64,
}

/// Orders that one crew made.
#[derive(Clone, Debug)]
pub struct Venture {
    /// (account, bits, orders), strongest first.
    pub members: Vec<(Key, f64, u32)>,
    /// Places in [`Book::trades`], ascending, and the chance of each.
    pub trades: Vec<(u32, f64)>,
    /// (owner, orders of the venture, of these repaid), most first.
    pub owners: Vec<(Key, u32, u32)>,
    /// The hubs that it was found by, strongest first.
    pub hubs: Vec<HubShare>,
    /// What middlemen paid for its orders, in the order of their places.
    pub settled: Vec<Settled>,
    /// What sets its orders apart.
    pub shown: Vec<Shown>,
    /// Whether the orders are made up, since nobody wanted the goods or nothing was sent: otherwise real goods were
    /// bought, and paid for was what their buyers said.
    pub made_up: bool,
    /// Whether only what was said of the orders was paid for: the goods were wanted.
    pub said_only: bool,
    /// Bits for a crew, by class, in the order of classes.
    pub classes: Vec<(Class, f64)>,
    /// Of praise that is paid for, what gives the bits of its stars again; nothing of others.
    pub stars: Evidence,
}

/// Finds the ventures of a table by its ways and its payers, strongest hubs first. An order belongs to one venture at
/// most.
#[must_use]
pub fn find(book: &Book, payers: &[Payer]) -> Vec<Venture> {
    if book.trades.len() < FEWEST {
        return Vec::new();
    }
    let mut hubs = paths(book);
    hubs.extend(payers.iter().map(|payer| Hub {
        origin: Origin::Payer(payer.key),
        trades: payer.orders.iter().map(|order| order.trade).collect(),
        bits: payer.bits,
        evidence: payer.evidence.clone(),
    }));
    let clusters = join(book, &mut hubs);
    if clusters.is_empty() {
        return Vec::new();
    }
    let table = spread(book);
    let mut of_owner: Keyed<Vec<u32>> = Keyed::default();
    for (place, trade) in (0..).zip(&book.trades) {
        of_owner.entry(trade.owner).or_default().push(place);
    }
    let mut taken = vec![false; book.trades.len()];
    let mut ventures = Vec::new();
    for cluster in clusters.iter().take(MOST) {
        let hubs: Vec<&Hub> = cluster.iter().map(|&place| &hubs[place]).collect();
        let venture = venture(book, &of_owner, &table, &hubs, &taken);
        let Some(venture) = venture else { continue };
        for trade in &venture.trades {
            taken[trade.0 as usize] = true;
        }
        ventures.push(venture);
    }
    ventures
}

fn venture(
    book: &Book,
    of_owner: &Keyed<Vec<u32>>,
    table: &[[f64; VALUES]; TRAITS.len()],
    hubs: &[&Hub],
    taken: &[bool],
) -> Option<Venture> {
    let union = |hubs: &mut dyn Iterator<Item = &&Hub>| {
        let mut trades: Vec<u32> = hubs.flat_map(|hub| hub.trades.iter().copied()).collect();
        trades.sort_unstable();
        trades.dedup();
        trades.retain(|place| !taken[*place as usize]);
        trades
    };
    let seeds = union(&mut hubs.iter());
    let is_payer = |hub: &&&Hub| matches!(hub.origin, Origin::Payer(_));
    let repaid = union(&mut hubs.iter().filter(is_payer));
    let terms = Terms::of(book, &seeds, repaid);
    let mut mixture = Mixture::of(book, of_owner, table, &seeds, &terms);
    mixture.looked.retain(|order| !taken[order.place as usize]);
    let mut firm: Vec<&Looked> =
        mixture.looked.iter().filter(|order| order.chance >= FIRM).collect();
    firm.sort_by_key(|order| order.place);
    let mut members = members(book, &firm, &unsupported(book, &mixture, &firm));
    let among = |places: &[u32]| {
        firm.iter().filter(|order| places.binary_search(&order.place).is_ok()).count()
    };
    // A mixture that has wandered off from what it began with found something else, or nothing.
    if firm.len() < FEWEST
        || members.len() < 4
        || among(&seeds) * 2 < seeds.len()
        || firm.len() > seeds.len() * MOST_GROWTH
    {
        return None;
    }
    let mut shown = shown(&mixture, &firm, hubs);
    shown.extend(same_weight(book, &mixture, &firm));
    let near = mixture.looked.iter().filter(|order| order.near).count();
    let worth: f64 = shown.iter().map(|shown| shown.bits).sum();
    if worth < bits_to_choose(near, firm.len()) {
        return None;
    }
    let same_way = among(&union(&mut hubs.iter().filter(|hub| !is_payer(hub))));
    let made_up = same_way * 2 >= firm.len()
        || shown.iter().any(says_made_up)
        || orders_of_a_customer(book, &firm) >= AGAIN;
    if made_up {
        members.retain(|member| member.1 >= NAMED);
    }
    (!members.is_empty()).then(|| Venture {
        made_up,
        said_only: false,
        members,
        trades: firm.iter().map(|order| (order.place, order.chance)).collect(),
        owners: owners(&mixture, &firm),
        hubs: hubs.iter().map(|hub| HubShare::of(hub)).collect(),
        settled: Vec::new(),
        classes: classes(&shown),
        stars: Evidence::new(),
        shown,
    })
}

/// Traits that only made-up orders share: an outlet where the owners' other parcels do not go in, and one weight of
/// different goods.
fn says_made_up(shown: &Shown) -> bool {
    let strange = match shown.what {
        Trait::Point => shown.expected <= USUAL,
        what => what == Trait::Weight,
    };
    strange && shown.bits >= CLASS_BITS
}

/// Orders of the venture by each account at each owner: nobody tries the same shop's goods again and again for a gift.
fn orders_of_a_customer(book: &Book, firm: &[&Looked]) -> f64 {
    let customer = |order: &&Looked| (book.trades[order.place as usize].actor, order.owner);
    let mut customers: Vec<(Key, usize)> = firm.iter().map(customer).collect();
    customers.sort_unstable();
    customers.dedup();
    firm.len() as f64 / customers.len().max(1) as f64
}

/// What it says of a firm order, owner by owner, that nobody else paid a part of its price: bits, never for a crew. Subsidies are
/// there to be had, so that taking one accuses nobody; but where a crew is after them, who left them is no part of it, though he came
/// the same way twice.
fn unsupported(book: &Book, mixture: &Mixture, firm: &[&Looked]) -> Vec<f64> {
    let without = |order: &Looked| book.trades[order.place as usize].subsidy <= 0;
    // By owner: orders without and all, of the venture and of others; one of each stands for what is not known.
    let mut tallies = vec![[1.0, 2.0, 1.0, 2.0]; mixture.owners.len()];
    for order in firm {
        tallies[order.owner][0] += f64::from(u8::from(without(order)));
        tallies[order.owner][1] += 1.0;
    }
    for order in mixture.looked.iter().filter(|order| order.chance < 0.5) {
        tallies[order.owner][2] += f64::from(u8::from(without(order)));
        tallies[order.owner][3] += 1.0;
    }
    let bits = |[own, all, others, everybody]: [f64; 4]| (own / all / (others / everybody)).log2();
    tallies.into_iter().map(|tally| bits(tally).min(0.0)).collect()
}

/// Accounts of firm orders with their bits, strongest first; `unsupported` is what an order without a subsidy says, by owner.
fn members(book: &Book, firm: &[&Looked], unsupported: &[f64]) -> Vec<(Key, f64, u32)> {
    let bits = |order: &Looked| {
        let supported = book.trades[order.place as usize].subsidy > 0;
        let left = if supported { 0.0 } else { unsupported[order.owner] };
        order.bits.iter().sum::<f64>() + left
    };
    let mut orders: Vec<(Key, f64)> =
        firm.iter().map(|order| (book.trades[order.place as usize].actor, bits(order))).collect();
    orders.sort_by(|x, y| x.0.cmp(&y.0).then(x.1.total_cmp(&y.1)));
    let mut members: Vec<(Key, f64, u32)> = orders
        .chunk_by(|x, y| x.0 == y.0)
        .map(|own| (own[0].0, own.iter().map(|order| order.1).sum(), own.len() as u32))
        .collect();
    members.sort_by(|x, y| y.1.total_cmp(&x.1).then(x.0.cmp(&y.0)));
    members
}

fn owners(mixture: &Mixture, firm: &[&Looked]) -> Vec<(Key, u32, u32)> {
    let repaid = place_of(Trait::Repaid);
    let mut counts = vec![(0, 0); mixture.owners.len()];
    for order in firm {
        counts[order.owner].0 += 1;
        counts[order.owner].1 += u32::from(order.manner[repaid]);
    }
    let mut owners: Vec<(Key, u32, u32)> =
        mixture.owners.iter().zip(counts).map(|(owner, (all, back))| (*owner, all, back)).collect();
    owners.retain(|owner| owner.1 > 0);
    owners.sort_by(|x, y| y.1.cmp(&x.1).then(x.0.cmp(&y.0)));
    owners
}

fn place_of(which: Trait) -> usize {
    which as usize
}

/// What each trait shows, with bits for a crew.
///
/// The mixture was fitted to the same orders, so what it says is charged for its free shares (Bayesian information
/// criterion). Praise and money have a reference crew: crews are paid for praise, and by somebody.
fn shown(mixture: &Mixture, firm: &[&Looked], hubs: &[&Hub]) -> Vec<Shown> {
    let n = firm.len() as f64;
    let known = TRAITS.into_iter().filter(|which| mixture.known[place_of(*which)]);
    known
        .map(|what| {
            let at = place_of(what);
            let ordinary = |order: &Looked| &mixture.ordinary[order.owner][at];
            let apart = |order: &&&Looked| {
                let value = order.manner[at];
                match what {
                    Trait::Review => value == FIVE_STARS,
                    Trait::Repaid => value == 1,
                    _ => order.bits[at] >= 1.0,
                }
            };
            let hits = firm.iter().filter(apart).count() as f64;
            let usual = |order: &&Looked| -> f64 {
                let values = 0..VALUES;
                let crew = &mixture.crew[at];
                match what {
                    Trait::Review => ordinary(order)[usize::from(FIVE_STARS)],
                    Trait::Repaid => ordinary(order)[1],
                    _ => values
                        .filter(|v| crew[*v] >= 2.0 * ordinary(order)[*v])
                        .map(|v| ordinary(order)[v])
                        .sum(),
                }
            };
            let expected = firm.iter().map(usual).sum::<f64>() / n;
            let fitted: f64 = firm.iter().map(|order| order.bits[at]).sum();
            let used = mixture.crew[at].iter().filter(|share| **share > 0.02).count() as f64;
            let bits = match what {
                Trait::Review if tried(mixture, firm) => ABSENT_BITS,
                Trait::Review => praise(hits, n, expected),
                Trait::Repaid => {
                    let payers = hubs.iter().filter(|h| matches!(h.origin, Origin::Payer(_)));
                    let payers = || payers.clone();
                    let repaid: usize = payers().map(|hub| hub.trades.len()).sum();
                    payers().map(|hub| hub.bits).sum::<f64>() * hits / repaid.max(1) as f64
                }
                _ => fitted - (used - 1.0).max(0.0) / 2.0 * n.log2(),
            };
            Shown { what, observed: hits / n, expected, bits }
        })
        .collect()
}

/// Parcels of different goods that weigh the same: empty ones. Each owner's other parcels say how much its goods differ.
/// Parcels that were weighted to match the goods (the Daqing case) say nothing.
fn same_weight(book: &Book, mixture: &Mixture, firm: &[&Looked]) -> Option<Shown> {
    let weight = |order: &Looked| {
        let trip = book.trip(&book.trades[order.place as usize])?;
        (trip.weight > 0).then(|| f64::from(trip.weight).ln())
    };
    let crew: Vec<f64> = firm.iter().filter_map(|order| weight(order)).collect();
    let others = mixture.looked.iter().filter(|order| order.chance < 0.5);
    let others: Vec<f64> = others.filter_map(weight).collect();
    let mut owners: Vec<usize> = firm.iter().map(|order| order.owner).collect();
    owners.sort_unstable();
    owners.dedup();
    if owners.len() < 3 || crew.len() < FEWEST || others.len() < FEWEST {
        return None;
    }
    let (mine, theirs) = (spread_of(&crew), spread_of(&others));
    // Scales round: a tenth is granted to everybody. Goods differ, so each owner is one draw.
    let ratio = (theirs.max(0.1) / mine.max(0.1)).log2();
    let bits = (owners.len() as f64 - 1.0) * (ratio - 1.0);
    Some(Shown { what: Trait::Weight, observed: mine, expected: theirs, bits: bits.max(0.0) })
}

/// Half of the distance between the quartiles of some logarithms, which a few odd ones do not move.
fn spread_of(logarithms: &[f64]) -> f64 {
    let mut sorted = logarithms.to_vec();
    sorted.sort_by(f64::total_cmp);
    (sorted[sorted.len() * 3 / 4] - sorted[sorted.len() / 4]) / 2.0
}

/// Whether the stars that were given spread as they do with the same owners' other orders: then the goods were tried, and said so.
fn tried(mixture: &Mixture, firm: &[&Looked]) -> bool {
    let at = place_of(Trait::Review);
    let (mut praise, mut rated, mut usual) = (0.0, 0.0, 0.0);
    for order in firm.iter().filter(|order| STARS.contains(&order.manner[at])) {
        let ordinary = STARS.map(|value| mixture.ordinary[order.owner][at][usize::from(value)]);
        praise += f64::from(u8::from(order.manner[at] != STARS[2]));
        usual += (ordinary[0] + ordinary[1]) / ordinary.iter().sum::<f64>();
        rated += 1.0;
    }
    rated > 0.0 && spreads(praise, rated, usual / rated)
}

/// Bits for praise that is paid for against praise as usual with the same owners.
fn praise(hits: f64, n: f64, usual: f64) -> f64 {
    let usual = usual.clamp(0.01, 0.99);
    if usual >= CREW_PRAISES {
        return 0.0;
    }
    hits * (CREW_PRAISES / usual).log2()
        + (n - hits) * ((1.0 - CREW_PRAISES) / (1.0 - usual)).log2()
}

fn classes(shown: &[Shown]) -> Vec<(Class, f64)> {
    let mut classes: Vec<(Class, f64)> = Vec::new();
    for shown in shown {
        let class = shown.what.class();
        match classes.iter_mut().find(|entry| entry.0 == class) {
            Some(entry) => entry.1 += shown.bits,
            None => classes.push((class, shown.bits)),
        }
    }
    for entry in &mut classes {
        entry.1 = entry.1.clamp(ABSENT_BITS, CLASS_BITS);
    }
    classes.sort_by_key(|entry| entry.0);
    classes
}

#[cfg(test)]
mod tests {
    use super::*;
    use trades::Trade;

    #[test]
    fn who_leaves_the_subsidies_that_a_crew_takes_is_no_part_of_it() {
        let book = |paid: &[i64]| Book {
            trades: (0..).zip(paid).map(|(n, &subsidy)| trade(n / 2, subsidy)).collect(),
            ..Book::default()
        };
        fn trade(actor: u64, subsidy: i64) -> Trade {
            Trade { actor: Key(actor + 1), owner: Key(99), subsidy, ..Trade::default() }
        }
        let named = |crew: &[i64], others: &[i64]| {
            let book = book(&[crew, others].concat());
            let looked = |place: usize| Looked {
                place: place as u32,
                owner: 0,
                manner: Default::default(),
                near: true,
                chance: if place < crew.len() { 0.95 } else { 0.1 },
                bits: [4.5, 0.0, 0.0, 0.0, 0.0, 0.0],
            };
            let mut mixture =
                Mixture::of(&book, &Keyed::default(), &spread(&book), &[], &Terms::default());
            mixture.looked = (0..book.trades.len()).map(looked).collect();
            mixture.owners = vec![Key(99)];
            let firm: Vec<&Looked> = mixture.looked.iter().take(crew.len()).collect();
            let members = members(&book, &firm, &unsupported(&book, &mixture, &firm));
            members.iter().filter(|member| member.1 >= NAMED).count()
        };
        // Twenty take both subsidies, one takes none, and others at the shop rarely do.
        let crew = [vec![20; 40], vec![0; 2]].concat();
        let others = [vec![0; 30], vec![20; 10]].concat();
        assert_eq!(named(&crew, &others), 20);
        // Where there is none to be had nobody leaves one.
        assert_eq!(named(&[0; 42], &[0; 40]), 21);
        // Nor does it help a crew of another sort that the shop's customers take them.
        assert_eq!(named(&[0; 42], &[20; 40]), 21);
    }
}
