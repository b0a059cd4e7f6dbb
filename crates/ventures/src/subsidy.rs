//! PAY03: a shop whose orders are made to fit a subsidy: prices just where the support is won, or its cap reached, and the
//! same few buyers who take it again and again.
//!
//! Where support begins or stops growing is read off the table: a sum that orders of different prices get alike has a knee,
//! the least price that gets it. Honest buyers fill their baskets up to it and honest shops tag their prices for it, so
//! neither bunching nor loyal takers say anything alone: a shop must show both beyond other shops. That misses rings whose
//! members take the support once each.

use detectors::{Code, Finding};
use events::{Entity, EntityKind, EventTime, Key};
use features::Keyed;
use trades::{Book, Trade};

use crate::pooled::{Excess, Of, Seen, beyond};

/// A sum that is a rule of the support, not an accident of prices: so many orders of so many shops and prices got it.
const RULE: (usize, usize, usize) = (20, 4, 4);
/// The most rules, commonest first.
const MOST_RULES: usize = 8;
/// Of the prices that got a sum, the share that a mistaken few may lie below the knee.
const MISTAKEN: f64 = 0.02;
/// Just above a knee: up to this much of its price.
const ABOVE: f64 = 1.05;
/// Near a knee: so much of its price above, and as much below.
const NEAR: f64 = 1.25;
/// Bits that bunching and takers must have together beyond the price of the search, and each before it: where shops tag their
/// prices bunching is weak evidence, and takers have to make up for that.
const TOGETHER: f64 = 10.0;
const EACH: f64 = 3.0;
/// Supported orders of a buyer at one shop from which it lives off the support there.
const AGAIN: u32 = 3;

/// A sum that orders of different prices get alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Rule {
    /// Minor units.
    sum: i64,
    /// The least price that gets it.
    knee: i64,
}

/// Findings about shops, in the order of their keys: of each the strongest rule's.
#[must_use]
pub fn subsidies(book: &Book) -> Vec<Finding> {
    let rules = rules(book);
    if rules.is_empty() {
        return Vec::new();
    }
    let takers = takers(book);
    let living = each(&living(book, &takers));
    let price = (rules.len().max(2) as f64).log2();
    let mut found = Vec::new();
    for rule in &rules {
        for fitted in each(&near(book, *rule)) {
            let lives = living.binary_search_by_key(&fitted.key, |excess| excess.key);
            let Some(lives) = lives.ok().and_then(|place| living.get(place)) else { continue };
            // Two things seen of one shop: it was looked for once.
            let bits = fitted.bits + lives.bits + fitted.price.min(lives.price) - price;
            if bits >= TOGETHER {
                let bits = (bits, fitted.price.max(lives.price) + price);
                found.push(finding(book, &takers, (*rule, &fitted, lives), bits));
            }
        }
    }
    found.sort_by(|x, y| x.entity.cmp(&y.entity).then(y.bits.total_cmp(&x.bits)));
    found.dedup_by_key(|finding| finding.entity);
    found
}

/// Shops that show a trait beyond others, as far as either trait has to show by itself.
fn each(seen: &[Seen]) -> Vec<Excess> {
    let mut shops = beyond(seen, Of::Owner, false, f64::NEG_INFINITY);
    shops.retain(|shop| shop.bits + shop.price >= EACH);
    shops
}

/// Sums that many orders of different shops and prices got alike, commonest first.
fn rules(book: &Book) -> Vec<Rule> {
    let supported = book.trades.iter().filter(|trade| trade.subsidy > 0 && trade.amount > 0);
    let mut sums: Vec<(i64, i64, Key)> =
        supported.map(|trade| (trade.subsidy, trade.amount, trade.owner)).collect();
    sums.sort_unstable();
    let mut rules: Vec<(usize, Rule)> = Vec::new();
    for same in sums.chunk_by(|x, y| x.0 == y.0) {
        let prices = same.chunk_by(|x, y| x.1 == y.1).count();
        let mut shops: Vec<Key> = same.iter().map(|one| one.2).collect();
        shops.sort_unstable();
        shops.dedup();
        let (orders, of_shops, of_prices) = RULE;
        if same.len() >= orders && shops.len() >= of_shops && prices >= of_prices {
            let knee = same[(same.len() as f64 * MISTAKEN) as usize].1;
            rules.push((same.len(), Rule { sum: same[0].0, knee }));
        }
    }
    rules.sort_by(|x, y| y.0.cmp(&x.0).then(x.1.sum.cmp(&y.1.sum)));
    rules.into_iter().take(MOST_RULES).map(|rule| rule.1).collect()
}

fn customer(trade: &Trade) -> Key {
    trade.actor.with(trade.owner.0)
}

/// Supported orders by (buyer, shop).
fn takers(book: &Book) -> Keyed<u32> {
    let mut takers: Keyed<u32> = Keyed::default();
    for trade in book.trades.iter().filter(|trade| trade.subsidy > 0) {
        *takers.entry(customer(trade)).or_default() += 1;
    }
    takers
}

fn takes_again(takers: &Keyed<u32>, trade: &Trade) -> bool {
    trade.subsidy > 0 && takers.get(&customer(trade)).is_some_and(|orders| *orders >= AGAIN)
}

/// Supported customers: do they take it again and again? Each is one draw, however often: a few rings have many orders, and
/// would make themselves usual.
fn living(book: &Book, takers: &Keyed<u32>) -> Vec<Seen> {
    let mut known: Keyed<()> = Keyed::default();
    let supported = book.trades.iter().filter(|trade| trade.subsidy > 0);
    let first = supported.filter(|trade| known.insert(customer(trade), ()).is_none());
    first
        .map(|trade| Seen {
            owner: trade.owner,
            shown: takes_again(takers, trade),
            second: trade.second,
            ..Seen::default()
        })
        .collect()
}

/// Orders at prices near a knee: do they lie just above it?
fn near(book: &Book, rule: Rule) -> Vec<Seen> {
    let knee = rule.knee as f64;
    let prices = knee / NEAR..=knee * NEAR;
    let near = book.trades.iter().filter(|trade| prices.contains(&(trade.amount as f64)));
    let seen = |trade: &Trade| Seen {
        owner: trade.owner,
        shown: trade.amount >= rule.knee && trade.amount as f64 <= knee * ABOVE,
        second: trade.second,
        ..Seen::default()
    };
    near.map(seen).collect()
}

fn finding(
    book: &Book,
    takers: &Keyed<u32>,
    (rule, fitted, lives): (Rule, &Excess, &Excess),
    (bits, price): (f64, f64),
) -> Finding {
    let own = || book.trades.iter().filter(|trade| trade.owner == fitted.key && trade.subsidy > 0);
    let again = || own().filter(|trade| takes_again(takers, trade));
    let mut members: Vec<Key> = again().map(|trade| trade.actor).collect();
    members.sort_unstable();
    members.dedup();
    let insiders = members.len() as f64;
    members.truncate(Finding::MEMBERS);
    Finding {
        code: Code::Pay03,
        entity: Entity { kind: EntityKind::Owner, key: fitted.key },
        time: EventTime(i64::from(fitted.second) * EventTime::SECOND),
        event: Key::NONE,
        score: (1.0 / (1.0 + (-bits).exp2())) as f32,
        bits: bits as f32,
        evidence: vec![
            ("just_above", fitted.shown),
            ("near_knee", fitted.seen),
            ("just_above_expected", fitted.expected),
            ("knee", rule.knee as f64),
            ("support", rule.sum as f64),
            ("takers_again", lives.shown),
            ("takers", lives.seen),
            ("takers_again_expected", lives.expected),
            ("insiders", insiders),
            ("subsidy", own().map(|trade| trade.subsidy as f64).sum()),
            ("subsidy_insiders", again().map(|trade| trade.subsidy as f64).sum()),
            ("just_above_alike", fitted.alike),
            ("takers_again_alike", lives.alike),
            ("price_bits", price),
        ],
        members,
    }
}

#[cfg(test)]
mod tests;
