//! Freight: the same people behind parcels that nobody needed to send.
//!
//! A shop whose parcels stray, or go in at strangers' outlets, may have others send for it; a point where people from afar
//! sign together may have a party of guests. Who buys there has no part in that, and does not turn up again behind the next shop's odd
//! parcels. Accounts that one hand keeps do: they were made to buy these shops' goods, and the parcels are whatever could be
//! had. So a shop, or a point, by itself makes no crew. What does is that the same people stand behind several, or that
//! who signs together at a point bought from the same few shops and pays with the same cards at homes of their own.

use detectors::Class;
use detectors::chance::{bits_at_least, bits_binomial, bits_clustered};
use events::{EntityKind, Key};
use features::Keyed;
use trades::Book;

use crate::hub::{FEWEST, HUB_BITS, HubShare, Origin};
use crate::manner::Trait;
use crate::nest::homes::{Home, KINDS, homes};
use crate::opinions::Opinions;
use crate::parcels::Parcels;
use crate::parcels::afar::{Afar, Signed, beside};
use crate::venture::{ABSENT_BITS, CLASS_BITS, FIRM, NAMED, Shown, Venture};

/// Share of the fewer people, behind one of two hubs, who stand behind the other as well, from which they are the same.
const SAME_PEOPLE: f64 = 1.0 / 3.0;
/// An order says at most this much of its buyer: anywhere, which is not enough to name anybody, and where the buyer
/// signed from afar.
const AT_SHOP: f64 = 5.0;
const FROM_AFAR: f64 = 6.0;
/// Another at the same shop adds so much: a customer comes again.
const AGAIN: f64 = 1.0;
/// A card in common with those who are named says at most this much.
const CARD: f64 = 3.0;
/// Parcels signed for together from which a shop is one of those that a point signs for.
const OFTEN: usize = 3;
/// How alike members of a real group are, as for nests.
const LIKENESS: f64 = 1.0;
/// The most shops and points that are held against each other, strongest first.
const MOST: usize = 512;
/// Accounts from which a crew is no family.
const PEOPLE: usize = 6;

/// Orders whose parcels show something odd of one shop, or at one point.
struct Odd {
    origin: Origin,
    bits: f64,
    /// (place in [`Book::trades`], bits that it is the crew's), by place.
    trades: Vec<(u32, f64)>,
    buyers: Vec<Key>,
}

impl Odd {
    fn of(book: &Book, origin: Origin, bits: f64, mut trades: Vec<(u32, f64)>) -> Odd {
        trades.sort_by(|x, y| x.0.cmp(&y.0).then(y.1.total_cmp(&x.1)));
        trades.dedup_by_key(|trade| trade.0);
        let mut buyers: Vec<Key> =
            trades.iter().map(|trade| book.trades[trade.0 as usize].actor).collect();
        buyers.sort_unstable();
        buyers.dedup();
        Odd { origin, bits, trades, buyers }
    }
}

/// Crews behind odd parcels, strongest first, but for those most of whose orders are `known` to be made up, by trade.
#[must_use]
pub fn freight(book: &Book, parcels: &Parcels, known: &[bool]) -> Vec<Venture> {
    let mut odd = at_shops(book, parcels);
    odd.extend(parcels.afar.iter().map(|afar| at_point(book, parcels, afar)));
    odd.retain(|odd| odd.trades.len() >= FEWEST && odd.buyers.len() >= FEWEST);
    odd.sort_by(|x, y| y.bits.total_cmp(&x.bits).then(x.origin.cmp(&y.origin)));
    odd.truncate(MOST);
    if odd.is_empty() {
        return Vec::new();
    }
    let homes = homes(book);
    let clusters = same_people(&odd, homes.len());
    let crew = |(places, bits): (Vec<usize>, f64)| {
        let odd: Vec<&Odd> = places.iter().map(|&place| &odd[place]).collect();
        crew(book, &homes, &odd, (bits, known))
    };
    clusters.into_iter().filter_map(crew).collect()
}

/// The odd parcels of each shop that is named for them.
fn at_shops(book: &Book, parcels: &Parcels) -> Vec<Odd> {
    let mut of_trip: Keyed<u32> = Keyed::default();
    let mut sold: Keyed<u32> = Keyed::default();
    for (trade, place) in book.trades.iter().zip(0..) {
        if let Some(trip) = trade.trip {
            of_trip.entry(Key(u64::from(trip) + 1)).or_insert(place);
            *sold.entry(trade.owner).or_default() += 1;
        }
    }
    let mut shops: Vec<(Key, &(f64, Vec<u32>))> =
        parcels.shops.iter().map(|(key, shop)| (*key, shop)).collect();
    shops.sort_by_key(|shop| shop.0);
    let odd = shops.into_iter().map(|(shop, (bits, trips))| {
        let places = trips.iter().filter_map(|&trip| of_trip.get(&Key(u64::from(trip) + 1)));
        let mut places: Vec<u32> = places.copied().collect();
        places.sort_unstable();
        places.dedup();
        // One in a hundred is granted to everybody.
        let usual = f64::from(sold.get(&shop).copied().unwrap_or(0)) / 100.0;
        let each = (places.len() as f64 / usual.max(0.5)).log2().clamp(0.0, AT_SHOP);
        let trades = places.into_iter().map(|place| (place, each)).collect();
        Odd::of(book, Origin::Sender(shop), *bits, trades)
    });
    odd.collect()
}

/// What was signed for together at a point: by people from afar, and what others, of whom it is not known from where they are, bought
/// from the same shops and had signed for beside it.
fn at_point(book: &Book, parcels: &Parcels, afar: &Afar) -> Odd {
    let from = parcels.signed.partition_point(|one| one.point < afar.point);
    let to = parcels.signed.partition_point(|one| one.point <= afar.point);
    let at: &[Signed] = &parcels.signed[from..to];
    let sure = |one: &Signed| afar.trades.binary_search(&one.trade).is_ok();
    let mut shops: Vec<Key> = at.iter().filter(|one| sure(one)).map(|one| one.owner).collect();
    shops.sort_unstable();
    let often = shops.chunk_by(|x, y| x == y).filter(|same| same.len() >= OFTEN);
    let shops: Vec<Key> = often.map(|same| same[0]).collect();
    let of_them = |one: &Signed| shops.binary_search(&one.owner).is_ok();
    let with_them = |place: usize| {
        let mut others = beside(at, place).filter(|other| other.away != Some(false));
        of_them(&at[place]) && others.any(of_them)
    };
    // How often the people of the place are found so says how often others are by chance.
    let of = |away: Option<bool>| (0..at.len()).filter(move |&place| at[place].away == away);
    let count = |away| of(away).filter(|&place| with_them(place)).count() as f64;
    let usual = (count(Some(false)) + 0.5) / (of(Some(false)).count() as f64 + 1.0);
    let unknown = of(None).count() as f64;
    let bits = |shown: f64, expected: f64, most: f64| {
        (shown / f64::max(expected, 0.01)).log2().clamp(0.0, most)
    };
    let from_anywhere = bits(count(None), usual * unknown, AT_SHOP);
    let from_afar = bits(afar.buyers as f64, afar.expected, FROM_AFAR);
    let mut trades = Vec::new();
    for (place, one) in at.iter().enumerate().filter(|one| one.1.away != Some(false)) {
        if sure(one) {
            trades.push((one.trade, from_afar));
        } else if with_them(place) {
            let known = one.away == Some(true);
            trades.push((one.trade, if known { from_afar } else { from_anywhere }));
        }
    }
    Odd::of(book, Origin::Signed(afar.point), afar.bits, trades)
}

/// Clusters behind which the same people stand, with what that is worth, in the order of their first.
fn same_people(odd: &[Odd], people: usize) -> Vec<(Vec<usize>, f64)> {
    let price = 2.0 * (odd.len().max(2) as f64).log2();
    let mut ties: Vec<(f64, usize, usize)> = Vec::new();
    for (b, other) in odd.iter().enumerate() {
        for (a, one) in odd[..b].iter().enumerate() {
            let both = one.buyers.iter().filter(|key| other.buyers.binary_search(key).is_ok());
            let both = both.count() as f64;
            let (few, many) = (one.buyers.len() as f64, other.buyers.len() as f64);
            let expected = few * many / people.max(1) as f64;
            let bits = bits_at_least(both, expected, f64::INFINITY) - price;
            let same = both >= FEWEST as f64 && both >= SAME_PEOPLE * few.min(many);
            if same && bits >= HUB_BITS {
                ties.push((bits, a, b));
            }
        }
    }
    ties.sort_by(|x, y| y.0.total_cmp(&x.0).then((x.1, x.2).cmp(&(y.1, y.2))));
    let mut of: Vec<usize> = (0..odd.len()).collect();
    let mut worth = vec![0.0; odd.len()];
    for (bits, a, b) in ties {
        let (a, b) = (of[a].min(of[b]), of[a].max(of[b]));
        if a != b {
            of.iter_mut().filter(|of| **of == b).for_each(|of| *of = a);
            worth[a] += worth[b] + bits;
        }
    }
    let cluster = |first: usize| {
        let places: Vec<usize> = (0..odd.len()).filter(|&place| of[place] == first).collect();
        (places, worth[first])
    };
    (0..odd.len()).filter(|&place| of[place] == place).map(cluster).collect()
}

fn crew(
    book: &Book,
    homes: &[Home],
    odd: &[&Odd],
    (same, known): (f64, &[bool]),
) -> Option<Venture> {
    let points = odd.iter().any(|odd| matches!(odd.origin, Origin::Signed(_)));
    if !points && odd.len() < 2 {
        return None;
    }
    let mut trades: Vec<(u32, f64)> =
        odd.iter().flat_map(|odd| odd.trades.iter().copied()).collect();
    trades.sort_by(|x, y| x.0.cmp(&y.0).then(y.1.total_cmp(&x.1)));
    trades.dedup_by_key(|trade| trade.0);
    let members = members(book, homes, &trades);
    let told = trades.iter().filter(|trade| known[trade.0 as usize]).count();
    if members.len() < PEOPLE || told * 2 >= trades.len() {
        return None;
    }
    // An order that says too little is its buyer's own, unless others of the buyer's say more.
    let mut named: Vec<Key> = members.iter().map(|member| member.0).collect();
    named.sort_unstable();
    let of = |place: u32| book.trades[place as usize].actor;
    trades.retain(|&(place, bits)| chance(bits) >= FIRM || named.binary_search(&of(place)).is_ok());
    let places: Vec<u32> = trades.iter().map(|trade| trade.0).collect();
    let people = shown(Trait::People, (odd.len() as f64, 1.0), same);
    let few = if points { few_shops(book, &places) } else { shown(Trait::Shops, (0.0, 0.0), 0.0) };
    let cards = shared_cards(homes, &named);
    let said = Opinions::of(book, &places).for_hire();
    let odd_bits: f64 = odd.iter().map(|odd| odd.bits).sum();
    let parcels = shown(Trait::Parcels, (places.len() as f64, 0.0), odd_bits);
    let content = if said.bits > 0.0 { said.bits } else { said.bits.max(ABSENT_BITS / 2.0) };
    let classes = vec![
        (Class::Synchrony, (people.bits + few.bits).min(CLASS_BITS)),
        (Class::Infrastructure, cards.bits.min(CLASS_BITS)),
        (Class::Content, content.min(CLASS_BITS)),
        (Class::Logistics, odd_bits.min(CLASS_BITS)),
    ];
    let hub = |odd: &&Odd| {
        let (origin, orders, bits) = (odd.origin, odd.trades.len() as u32, odd.bits);
        // What is odd of their parcels is told with its evidence where it was found.
        HubShare { origin, orders, bits, evidence: Vec::new() }
    };
    Some(Venture {
        members,
        owners: owners(book, &places),
        trades: trades.iter().map(|&(place, bits)| (place, chance(bits.max(NAMED)))).collect(),
        hubs: odd.iter().map(hub).collect(),
        settled: Vec::new(),
        shown: vec![people, few, cards, said, parcels],
        made_up: true,
        said_only: false,
        classes,
        stars: Vec::new(),
    })
}

fn chance(bits: f64) -> f64 {
    1.0 / (1.0 + (-bits).exp2())
}

fn shown(what: Trait, (observed, expected): (f64, f64), bits: f64) -> Shown {
    Shown { what, observed, expected, bits }
}

/// (account, bits, orders) of those whose orders say enough, or nearly so where they pay with a card of the others; strongest first.
fn members(book: &Book, homes: &[Home], trades: &[(u32, f64)]) -> Vec<(Key, f64, u32)> {
    let of = |trade: &(u32, f64)| {
        let order = &book.trades[trade.0 as usize];
        (order.actor, order.owner, trade.1)
    };
    let mut own: Vec<(Key, Key, f64)> = trades.iter().map(of).collect();
    own.sort_by(|x, y| (x.0, x.1).cmp(&(y.0, y.1)).then(y.2.total_cmp(&x.2)));
    // More orders at one shop say little more than the best of them.
    let at_shop = |own: &[(Key, Key, f64)]| own[0].2 + if own.len() > 1 { AGAIN } else { 0.0 };
    let sum =
        |own: &[(Key, Key, f64)]| -> f64 { own.chunk_by(|x, y| x.1 == y.1).map(at_shop).sum() };
    let same = own.chunk_by(|x, y| x.0 == y.0);
    let mut members: Vec<(Key, f64, u32)> =
        same.map(|own| (own[0].0, sum(own), own.len() as u32)).collect();
    let card = |account: Key| {
        let at = homes.binary_search_by_key(&account, |home| home.account).ok()?;
        Some(paid_with(&homes[at])).filter(|card| card.is_some())
    };
    let named = members.iter().filter(|member| member.1 >= NAMED);
    let mut cards: Vec<Key> = named.filter_map(|member| card(member.0)).collect();
    cards.sort_unstable();
    for member in members.iter_mut().filter(|member| member.1 < NAMED) {
        let theirs = card(member.0).is_some_and(|card| cards.binary_search(&card).is_ok());
        member.1 += if theirs { CARD } else { 0.0 };
    }
    members.retain(|member| member.1 >= NAMED);
    members.sort_by(|x, y| y.1.total_cmp(&x.1).then(x.0.cmp(&y.0)));
    members
}

/// The card that most of a buyer's orders were paid with.
fn paid_with(home: &Home) -> Key {
    let at = KINDS.iter().position(|kind| *kind == EntityKind::Payment);
    at.map_or(Key::NONE, |at| home.things[at])
}

/// (owner, orders, none repaid), most first.
fn owners(book: &Book, places: &[u32]) -> Vec<(Key, u32, u32)> {
    let mut owners: Vec<Key> =
        places.iter().map(|&place| book.trades[place as usize].owner).collect();
    owners.sort_unstable();
    let same = owners.chunk_by(|x, y| x == y);
    let mut owners: Vec<_> = same.map(|same| (same[0], same.len() as u32, 0)).collect();
    owners.sort_by(|x, y| y.1.cmp(&x.1).then(x.0.cmp(&y.0)));
    owners
}

/// Whether these orders are of few shops, beyond what the shops sell elsewhere. Guests of one place buy all over.
fn few_shops(book: &Book, places: &[u32]) -> Shown {
    let mut sold: Keyed<u32> = Keyed::default();
    book.trades.iter().for_each(|trade| *sold.entry(trade.owner).or_default() += 1);
    let (all, orders) = (book.trades.len() as f64, places.len() as f64);
    let price = (sold.len().max(2) as f64).log2();
    let often: Vec<(Key, u32, u32)> =
        owners(book, places).into_iter().filter(|owner| owner.1 as usize >= FEWEST).collect();
    let share = |owner: &(Key, u32, u32)| {
        let others = f64::from(sold.get(&owner.0).copied().unwrap_or(0).saturating_sub(owner.1));
        (others + 1.0) / (all - orders + sold.len() as f64)
    };
    let bits = |owner: &(Key, u32, u32)| {
        (bits_binomial(f64::from(owner.1), orders, share(owner)) - price).max(0.0)
    };
    let here: f64 = often.iter().map(|owner| f64::from(owner.1)).sum();
    let usual = often.iter().map(share).sum();
    shown(Trait::Shops, (here / orders.max(1.0), usual), often.iter().map(bits).sum())
}

/// Whether members pay with the cards of other members who live elsewhere, beyond what other buyers do.
fn shared_cards(homes: &[Home], members: &[Key]) -> Shown {
    let card =
        |home: &Home| Some((paid_with(home), home.things[0])).filter(|card| card.0.is_some());
    let is_member = |home: &Home| members.binary_search(&home.account).is_ok();
    // Of each card two addresses that it is used at, by members and by all.
    let mut used: [Keyed<(Key, bool)>; 2] = [Keyed::default(), Keyed::default()];
    for home in homes {
        let Some((card, address)) = card(home) else { continue };
        for (of, used) in used.iter_mut().enumerate() {
            if of == 1 || is_member(home) {
                let at = used.entry(card).or_insert((address, false));
                at.1 |= at.0 != address;
            }
        }
    }
    let shares = |card: Key, of: usize| used[of].get(&card).is_some_and(|at| at.1);
    let (mut own, mut others) = ((0, 0), (0, 0));
    for (home, card) in homes.iter().filter_map(|home| Some((home, card(home)?.0))) {
        let member = is_member(home);
        let sum = if member { &mut own } else { &mut others };
        sum.0 += usize::from(shares(card, usize::from(!member)));
        sum.1 += 1;
    }
    let elsewhere = (others.0 as f64 + 1.0) / (others.1 as f64 + 2.0);
    let bits = bits_clustered(own.0, own.1, elsewhere, LIKENESS);
    let observed = own.0 as f64 / own.1.max(1) as f64;
    shown(Trait::Cards, (observed, elsewhere), bits)
}
