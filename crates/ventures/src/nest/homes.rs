//! Homes: which address, instrument and device each buyer's orders name, and who lives together.
//!
//! Of each kind the one that most orders name stands for the buyer: a gift sent elsewhere, or a colleague's telephone, moves
//! nobody. A household is who shares an instrument or a device at one address; an address alone makes none.

use events::{EntityKind, Key};
use features::Keyed;
use trades::{Book, Place};

/// What buyers share, in the order of [`Home::things`].
pub(crate) const KINDS: [EntityKind; 3] =
    [EntityKind::Address, EntityKind::Payment, EntityKind::Device];

/// A buyer.
#[derive(Clone, Debug)]
pub(crate) struct Home {
    pub account: Key,
    /// Most named of each of [`KINDS`], [`Key::NONE`] where no order names any.
    pub things: [Key; KINDS.len()],
    /// Where most orders go: the city, where regions are codes that say it.
    pub region: Key,
    /// Its orders' places in [`Book::trades`], in order of time.
    pub trades: Vec<u32>,
}

/// All buyers, by account.
pub(crate) fn homes(book: &Book) -> Vec<Home> {
    let mut places: Vec<u32> = (0..book.trades.len() as u32).collect();
    let trade = |place: u32| &book.trades[place as usize];
    places.sort_unstable_by_key(|&place| (trade(place).actor, place));
    let same = places.chunk_by(|&x, &y| trade(x).actor == trade(y).actor);
    same.map(|own| {
        let of = |key: fn(&trades::Trade) -> Key| most(own.iter().map(|&place| key(trade(place))));
        Home {
            account: trade(own[0]).actor,
            things: [of(|t| t.address), of(|t| t.payment), of(|t| t.device)],
            region: of(|t| city(t.region)),
            trades: own.to_vec(),
        }
    })
    .collect()
}

/// A city's code is no hash, and so no other region's key.
fn city(region: Key) -> Key {
    Place::of(region).map_or(region, |place| Key(u64::from(place.0)))
}

/// The commonest key; of several the least.
fn most(keys: impl Iterator<Item = Key>) -> Key {
    let mut keys: Vec<Key> = keys.filter(|key| key.is_some()).collect();
    keys.sort_unstable();
    let mut best = (0, Key::NONE);
    for same in keys.chunk_by(|x, y| x == y) {
        if same.len() > best.0 {
            best = (same.len(), same[0]);
        }
    }
    best.1
}

/// The household of each home: the place of its first member.
pub(crate) fn households(homes: &[Home]) -> Vec<usize> {
    together(homes, |home| {
        let [address, others @ ..] = home.things;
        let both = |(kind, thing): (usize, Key)| address.with(thing.0).with(kind as u64);
        let named = others.into_iter().enumerate().filter(|(_, thing)| thing.is_some());
        let named = named.filter(|_| address.is_some());
        named.map(both).collect()
    })
}

/// The homes as they are to each other under one address, without their orders: what they share there is theirs, and the
/// address none's.
pub(crate) fn under_one_roof(homes: &[Home]) -> Vec<Home> {
    let under = |home: &Home| {
        let [address, others @ ..] = home.things;
        let here = others.map(|thing| match thing.is_some() && address.is_some() {
            true => address.with(thing.0),
            false => Key::NONE,
        });
        let things = [Key::NONE, here[0], here[1]];
        Home { account: home.account, things, region: home.region, trades: Vec::new() }
    };
    homes.iter().map(under).collect()
}

/// The desk of each home: who shares both instrument and device sits at one.
pub(crate) fn desks(homes: &[Home]) -> Vec<usize> {
    together(homes, |home| {
        let [_, payment, device] = home.things;
        let both = payment.is_some() && device.is_some();
        both.then(|| payment.with(device.0)).into_iter().collect()
    })
}

/// Homes that have a key in common, directly or through others: of each the first one's place.
fn together(homes: &[Home], keys: impl Fn(&Home) -> Vec<Key>) -> Vec<usize> {
    let mut parent: Vec<usize> = (0..homes.len()).collect();
    let mut first: Keyed<usize> = Keyed::default();
    for (at, home) in homes.iter().enumerate() {
        for key in keys(home) {
            let other = *first.entry(key).or_insert(at);
            let (a, b) = (root(&mut parent, at), root(&mut parent, other));
            parent[a.max(b)] = a.min(b);
        }
    }
    (0..homes.len()).map(|at| root(&mut parent, at)).collect()
}

/// Who stands for the set that a place is in.
pub(crate) fn root(parent: &mut [usize], mut place: usize) -> usize {
    while parent[place] != place {
        parent[place] = parent[parent[place]];
        place = parent[place];
    }
    place
}
