//! Shared ways: many orders of one owner came by a way that other owners' orders hardly come by.
//!
//! Brushers follow an order sheet: search with these words, look at rivals, stay five to seven minutes, then order (the
//! Jiangxi case of 2024). Which way it is is not asked: any window of stays a factor 1.45 wide is tried, after a search
//! and a look at others where the table knows of such.

use detectors::chance::bits_at_least;
use trades::{Book, Trade};

use crate::hub::{FEWEST, HUB_BITS, Hub, Origin};
use crate::listed::Evidence;

/// How wide a window of stays is.
const WINDOW: f64 = 1.45;

/// Units of a stay in a second.
const STAY: f64 = 10.0;

/// Rounds of the search: what one finds is no longer what the next takes for usual.
const ROUNDS: usize = 3;

/// The hubs of shared ways, of the owners with enough orders to have one.
pub(crate) fn paths(book: &Book) -> Vec<Hub> {
    if book.views == 0 {
        return Vec::new();
    }
    let mut of_owner: Vec<u32> = (0..book.trades.len() as u32).collect();
    let trade = |place: &u32| &book.trades[*place as usize];
    of_owner.sort_by_key(|place| (trade(place).owner, trade(place).approach.stay, *place));
    let mut unusual = vec![false; book.trades.len()];
    let mut hubs = Vec::new();
    for _ in 0..ROUNDS {
        let found = search(book, &of_owner, &unusual);
        if found.len() == hubs.len() {
            break;
        }
        for place in found.iter().flat_map(|hub| &hub.trades) {
            unusual[*place as usize] = true;
        }
        hubs = found;
    }
    hubs
}

/// Whether an order came by a way that could be shared: after a search and a look at others.
fn is_led(book: &Book, trade: &Trade) -> bool {
    let searched = book.searches == 0 || trade.approach.words.is_some();
    searched && trade.approach.rivals > 0 && trade.approach.stay > 0
}

fn search(book: &Book, of_owner: &[u32], unusual: &[bool]) -> Vec<Hub> {
    let trade = |place: &u32| &book.trades[*place as usize];
    let usual = |place: &&u32| !unusual[**place as usize];
    let looked = |place: &&u32| trade(place).approach.looked;
    let led = |place: &&u32| is_led(book, trade(place));
    let all: Vec<u32> = (0..book.trades.len() as u32).collect();
    let mut stays: Vec<u32> =
        all.iter().filter(usual).filter(led).map(|p| trade(p).approach.stay).collect();
    stays.sort_unstable();
    let known = all.iter().filter(usual).filter(looked).count() as f64;
    let owners = || of_owner.chunk_by(|x, y| trade(x).owner == trade(y).owner);
    let choices = (owners().count().max(2) as f64).log2();
    let mut hubs = Vec::new();
    for own in owners() {
        let mine: Vec<u32> = own.iter().filter(led).copied().collect();
        if mine.len() < FEWEST {
            continue;
        }
        let visited = own.iter().filter(looked).count() as f64;
        let others = known - own.iter().filter(usual).filter(looked).count() as f64;
        let price = choices + (mine.len() as f64).log2();
        let mut best = (HUB_BITS, 0..0, Evidence::new());
        for from in 0..mine.len() {
            let low = trade(&mine[from]).approach.stay;
            let high = (f64::from(low) * WINDOW) as u32;
            let to = mine.partition_point(|place| trade(place).approach.stay <= high);
            if to - from < FEWEST {
                continue;
            }
            let everywhere = stays.partition_point(|stay| *stay <= high)
                - stays.partition_point(|stay| *stay < low);
            let outside = everywhere - mine[from..to].iter().filter(usual).count();
            let mean = visited * (outside as f64 + 0.5) / (others + 1.0);
            let bits = bits_at_least((to - from) as f64, mean, f64::INFINITY) - price;
            if bits > best.0 {
                let evidence = vec![
                    ("stay_from", f64::from(low) / STAY),
                    ("stay_to", f64::from(high) / STAY),
                    ("visited_orders", visited),
                    ("elsewhere", outside as f64),
                    ("visited_elsewhere", others),
                    ("price_bits", price),
                ];
                best = (bits, from..to, evidence);
            }
        }
        if best.1.is_empty() {
            continue;
        }
        let mut trades = mine[best.1].to_vec();
        trades.sort_unstable();
        let (origin, bits) = (Origin::Path(trade(&own[0]).owner), best.0);
        hubs.push(Hub { origin, trades, bits, evidence: best.2 });
    }
    hubs
}
