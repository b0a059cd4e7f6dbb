//! Shared ways: many orders of one owner came by a way that other owners' orders hardly come by.
//!
//! Brushers follow an order sheet: search with these words, look at rivals, stay five to seven minutes, then order (the
//! Jiangxi case of 2024). Which way it is is not asked: any window of stays a factor 1.45 wide is tried, after a search
//! and a look at others where the table knows of such.

use detectors::chance::bits_at_least;
use trades::{Book, Trade};

use crate::hub::{FEWEST, HUB_BITS, Hub, Origin};

/// How wide a window of stays is.
const WINDOW: f64 = 1.45;

/// The hubs of shared ways, of the owners with enough orders to have one.
pub(crate) fn paths(book: &Book) -> Vec<Hub> {
    if book.views == 0 {
        return Vec::new();
    }
    let led = |trade: &Trade| {
        let searched = book.searches == 0 || trade.approach.words.is_some();
        searched && trade.approach.rivals > 0 && trade.approach.stay > 0
    };
    let mut stays: Vec<u32> =
        book.trades.iter().filter(|trade| led(trade)).map(|trade| trade.approach.stay).collect();
    stays.sort_unstable();
    let looked = book.trades.iter().filter(|trade| trade.approach.looked).count() as f64;
    let mut of_owner: Vec<u32> = (0..book.trades.len() as u32).collect();
    let trade = |place: &u32| &book.trades[*place as usize];
    of_owner.sort_by_key(|place| (trade(place).owner, trade(place).approach.stay, *place));
    let owners = of_owner.chunk_by(|x, y| trade(x).owner == trade(y).owner).count().max(2) as f64;
    let mut hubs = Vec::new();
    for own in of_owner.chunk_by(|x, y| trade(x).owner == trade(y).owner) {
        let known = own.iter().filter(|place| trade(place).approach.looked).count() as f64;
        let mine: Vec<u32> = own.iter().copied().filter(|place| led(trade(place))).collect();
        if mine.len() < FEWEST {
            continue;
        }
        let price = owners.log2() + (mine.len() as f64).log2();
        let mut best = (HUB_BITS, 0..0);
        for from in 0..mine.len() {
            let low = trade(&mine[from]).approach.stay;
            let high = (f64::from(low) * WINDOW) as u32;
            let to = mine.partition_point(|place| trade(place).approach.stay <= high);
            let all = stays.partition_point(|stay| *stay <= high)
                - stays.partition_point(|stay| *stay < low);
            let outside = (all - (to - from)) as f64;
            let chance = (outside + 0.5) / (looked - known + 1.0);
            let bits = bits_at_least((to - from) as f64, known * chance, f64::INFINITY) - price;
            if to - from >= FEWEST && bits > best.0 {
                best = (bits, from..to);
            }
        }
        if best.1.is_empty() {
            continue;
        }
        let mut trades = mine[best.1].to_vec();
        trades.sort_unstable();
        hubs.push(Hub { origin: Origin::Path(trade(&own[0]).owner), trades, bits: best.0 });
    }
    hubs
}
