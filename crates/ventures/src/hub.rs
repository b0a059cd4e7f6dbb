//! A hub of orders: something rare that they share, found before anything is judged.

use events::Key;
use features::Keyed;
use trades::Book;

use crate::listed::Evidence;

/// What the orders of a hub share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// One way to the goods of one owner.
    Path(Key),
    /// One payer gave the price back.
    Payer(Key),
    /// Parcels of one shop that nobody needed to send.
    Sender(Key),
    /// People from afar, whose parcels were signed for together at one point.
    Signed(Key),
}

/// Orders that share something rare.
#[derive(Clone, Debug, PartialEq)]
pub struct Hub {
    /// What they share.
    pub origin: Origin,
    /// Places in [`Book::trades`], ascending.
    pub trades: Vec<u32>,
    /// Surprise beyond the cost of the search.
    pub bits: f64,
    /// What gives these bits again.
    pub evidence: Evidence,
}

/// A hub of a venture.
#[derive(Clone, Debug, PartialEq)]
pub struct HubShare {
    /// What its orders share.
    pub origin: Origin,
    /// How many these are.
    pub orders: u32,
    /// Surprise beyond the cost of the search.
    pub bits: f64,
    /// What gives these bits again.
    pub evidence: Evidence,
}

impl HubShare {
    pub(crate) fn of(hub: &Hub) -> HubShare {
        let Hub { origin, ref trades, bits, ref evidence } = *hub;
        HubShare { origin, orders: trades.len() as u32, bits, evidence: evidence.clone() }
    }
}

/// The fewest orders of a hub: fewer are an occasion.
pub(crate) const FEWEST: usize = 5;
/// Bits that a hub has beyond the cost of the search for it.
pub(crate) const HUB_BITS: f64 = 10.0;
/// The most hubs that are joined, strongest first.
const MOST: usize = 4096;

/// Joins hubs behind which the same accounts stand beyond chance: the places of the hubs of each cluster.
pub(crate) fn join(book: &Book, hubs: &mut Vec<Hub>) -> Vec<Vec<usize>> {
    hubs.sort_by(|x, y| y.bits.total_cmp(&x.bits).then(x.origin.cmp(&y.origin)));
    hubs.truncate(MOST);
    let mut buyers: Vec<Key> = book.trades.iter().map(|trade| trade.actor).collect();
    buyers.sort_unstable();
    buyers.dedup();
    let people = buyers.len().max(1) as f64;
    let accounts: Vec<Vec<Key>> = hubs.iter().map(|hub| accounts(book, hub)).collect();
    let mut of_account: Keyed<Vec<usize>> = Keyed::default();
    for (place, accounts) in accounts.iter().enumerate() {
        for account in accounts {
            of_account.entry(*account).or_default().push(place);
        }
    }
    let price = 2.0 * (hubs.len().max(2) as f64).log2();
    let mut parent: Vec<usize> = (0..hubs.len()).collect();
    let mut shared = vec![0u32; hubs.len()];
    for place in 0..hubs.len() {
        let mut met = Vec::new();
        for account in &accounts[place] {
            for &other in of_account.get(account).into_iter().flatten().filter(|o| **o > place) {
                if shared[other] == 0 {
                    met.push(other);
                }
                shared[other] += 1;
            }
        }
        for other in met {
            let both = f64::from(std::mem::take(&mut shared[other]));
            let expected = accounts[place].len() as f64 * accounts[other].len() as f64 / people;
            let bits = detectors::chance::bits_at_least(both, expected, f64::INFINITY);
            if both >= 3.0 && bits >= HUB_BITS + price {
                let (a, b) = (root(&mut parent, place), root(&mut parent, other));
                parent[a.max(b)] = a.min(b);
            }
        }
    }
    let mut clusters: Vec<Vec<usize>> = vec![Vec::new(); hubs.len()];
    for place in 0..hubs.len() {
        let root = root(&mut parent, place);
        clusters[root].push(place);
    }
    clusters.retain(|cluster| !cluster.is_empty());
    clusters
}

fn root(parent: &mut [usize], mut place: usize) -> usize {
    while parent[place] != place {
        parent[place] = parent[parent[place]];
        place = parent[place];
    }
    place
}

fn accounts(book: &Book, hub: &Hub) -> Vec<Key> {
    let mut accounts: Vec<Key> =
        hub.trades.iter().map(|&place| book.trades[place as usize].actor).collect();
    accounts.sort_unstable();
    accounts.dedup();
    accounts
}
