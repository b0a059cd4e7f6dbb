//! Middlemen: payers all of whose book repays orders, with a wage on top.
//!
//! A shop, a platform or an agency pays people for many reasons, and now and then a sum is an earlier order's price and a
//! little more. A middleman of brushing pays for nothing else: whatever it pays is an order of whom it pays and a wage, which
//! is more for one task than for another. So a payer's whole book is held against two ways to pay: for orders, on one range
//! of wages, or for other reasons, so that a payout would fit as many of its payee's earlier orders as their number and
//! the prices let it. Prices are taken from the table and from the orders of all whom the payer pays, whichever fit more: the
//! customers of one cheap thing bought at one price, and any sum slightly above it fits all of them.
//!
//! The price alone is not said to be wages: goods tried for free, refunds and expenses are paid back to the cent.

use events::Key;
use trades::{Book, Payout};

use crate::hub::{FEWEST, HUB_BITS};
use crate::listed::Evidence;
use crate::repaid::Buyers;

/// Share of a middleman's payouts that repay orders: what else it pays for is an exception.
const BOOK: f64 = 0.75;
/// How often a middleman's payout fits, and any other payer's does not, at most.
const FITS: f64 = 0.95;
/// The least chance granted to a payout that it fits by itself.
const BY_CHANCE: f64 = 1e-4;
/// Seconds after an order within which wages come; each is tried.
const WITHIN: [u32; 3] = [7 * 86_400, 15 * 86_400, 45 * 86_400];
/// How wide the range of wages is, in parts of the least; each is tried.
const WIDTHS: [f64; 8] = [0.0, 0.125, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0];
/// The most least wages tried, and the most payouts of one payer that they are tried on, evenly spread.
const STARTS: usize = 64;
const TRIED: usize = 512;
/// The fewest payees: of fewer nothing is general.
const PAYEES: usize = 4;

/// A payout beside an order that it may repay.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fit {
    /// Its place in [`Book::trades`].
    pub trade: u32,
    /// Minor units on top of the price.
    pub wage: i64,
    /// Seconds from the order to the payout.
    pub after: u32,
}

/// A payout of a middleman, with the orders that it may repay on the middleman's terms.
#[derive(Clone, Debug)]
pub(crate) struct Paid {
    pub payout: Payout,
    pub fits: Vec<Fit>,
    /// The chance that it would fit if it had another reason.
    pub chance: f64,
}

/// A payer all of whose book repays orders with a wage on top.
#[derive(Clone, Debug)]
pub(crate) struct Middleman {
    pub key: Key,
    /// All payouts.
    pub paid: Vec<Paid>,
    /// Beyond the price of the search.
    pub bits: f64,
    /// What gives these bits again.
    pub evidence: Evidence,
}

/// A range of wages on top of an order that was made within some time.
#[derive(Clone, Copy, Debug)]
struct Terms {
    low: i64,
    high: i64,
    within: u32,
}

/// The prices that a payout can hit by chance.
struct Prices<'a> {
    table: &'a [i64],
    payees: Vec<i64>,
}

impl Prices<'_> {
    /// The chance that a payout fits one of so many orders by itself.
    fn chance(&self, payout: i64, terms: Terms, orders: usize) -> f64 {
        let share = |prices: &[i64]| {
            let up_to = |most: i64| prices.partition_point(|price| *price <= most);
            let fitting = up_to(payout - terms.low) - up_to(payout - terms.high - 1);
            fitting as f64 / prices.len().max(1) as f64
        };
        let one = share(self.table).max(share(&self.payees));
        (1.0 - (1.0 - one).powi(orders as i32)).clamp(BY_CHANCE, 0.98)
    }
}

/// The middlemen of a table, in the order of their keys.
pub(crate) fn middlemen(book: &Book, buyers: &Buyers) -> Vec<Middleman> {
    let mut table: Vec<i64> = book.trades.iter().map(|trade| trade.amount).collect();
    table.retain(|price| *price > 0);
    table.sort_unstable();
    let Some(&middle) = table.get(table.len() / 2) else { return Vec::new() };
    let groups = || book.payouts.chunk_by(|x, y| x.payer == y.payer);
    let price = (groups().count().max(2) as f64).log2();
    groups().filter_map(|paid| of_payer(book, buyers, (&table, middle), paid, price)).collect()
}

fn of_payer(
    book: &Book,
    buyers: &Buyers,
    (table, middle): (&[i64], i64),
    paid: &[Payout],
    price: f64,
) -> Option<Middleman> {
    let fits: Vec<Vec<Fit>> = paid.iter().map(|one| fits(book, buyers, one, middle)).collect();
    let fitting = |fits: &[Vec<Fit>]| fits.iter().filter(|fits| !fits.is_empty()).count();
    let mut payees: Vec<Key> = paid.iter().map(|payout| payout.actor).collect();
    payees.sort_unstable();
    payees.dedup();
    let enough = |hits: usize| hits >= FEWEST && hits as f64 >= BOOK * paid.len() as f64;
    if payees.len() < PAYEES || !enough(fitting(&fits)) {
        return None;
    }
    let own = payees.iter().flat_map(|payee| buyers.of_account(*payee));
    let mut own: Vec<i64> = own.map(|place| book.trades[*place as usize].amount).collect();
    own.sort_unstable();
    let prices = Prices { table, payees: own };
    let earlier = |within| -> Vec<usize> {
        paid.iter().map(|one| buyers.before(book, one, within).len()).collect()
    };
    let earlier = WITHIN.map(earlier);
    let step = paid.len().div_ceil(TRIED);
    let (terms, tried) = best(paid, &fits, (&prices, &earlier), step)?;
    let at = WITHIN.iter().position(|within| *within == terms.within)?;
    let [fitting_bits, missing_bits] = odds(paid, &fits, (&prices, &earlier[at]), terms, 1);
    let bits = fitting_bits + missing_bits - (tried + price);
    let paid: Vec<Paid> = (0..paid.len())
        .map(|n| Paid {
            payout: paid[n],
            fits: fits[n].iter().filter(|fit| terms.holds(fit)).copied().collect(),
            chance: prices.chance(paid[n].amount, terms, earlier[at][n]),
        })
        .collect();
    let hits = paid.iter().filter(|paid| !paid.fits.is_empty()).count();
    let evidence = vec![
        ("payouts", paid.len() as f64),
        ("fitting", hits as f64),
        ("fitting_expected", paid.iter().map(|paid| paid.chance).sum()),
        ("wage_from", terms.low as f64),
        ("wage_to", terms.high as f64),
        ("within_days", f64::from(terms.within) / 86_400.0),
        ("fitting_bits", fitting_bits),
        ("missing_bits", missing_bits),
        ("price_bits", tried + price),
    ];
    let key = paid[0].payout.payer;
    (enough(hits) && bits >= HUB_BITS).then_some(Middleman { key, paid, bits, evidence })
}

impl Terms {
    fn holds(&self, fit: &Fit) -> bool {
        fit.after <= self.within && (self.low..=self.high).contains(&fit.wage)
    }
}

/// The earlier orders of whom a payout went to that cost less. A wage is at most what the goods cost, or what goods cost as a
/// rule where these are cheap.
fn fits(book: &Book, buyers: &Buyers, payout: &Payout, middle: i64) -> Vec<Fit> {
    let before = buyers.before(book, payout, WITHIN[2]).iter();
    let fit = |&place: &u32| {
        let trade = &book.trades[place as usize];
        let wage = payout.amount - trade.amount;
        let paid = trade.amount > 0 && wage > 0 && wage <= trade.amount.max(middle);
        let after = payout.second - trade.second;
        paid.then_some(Fit { trade: place, wage, after })
    };
    before.filter_map(fit).collect()
}

/// The terms that a payer's book fits best, and the price of having looked for them, in bits.
fn best(
    paid: &[Payout],
    fits: &[Vec<Fit>],
    (prices, earlier): (&Prices, &[Vec<usize>; 3]),
    step: usize,
) -> Option<(Terms, f64)> {
    let mut wages: Vec<i64> = fits.iter().step_by(step).flatten().map(|fit| fit.wage).collect();
    wages.sort_unstable();
    let mut starts: Vec<i64> =
        wages.iter().step_by(wages.len().div_ceil(STARTS)).copied().collect();
    starts.dedup();
    let mut best: Option<(f64, Terms)> = None;
    for (within, earlier) in WITHIN.into_iter().zip(earlier) {
        for &low in &starts {
            for width in WIDTHS {
                let terms = Terms { low, high: low + (low as f64 * width) as i64, within };
                let odds: f64 = odds(paid, fits, (prices, earlier), terms, step).iter().sum();
                if best.is_none_or(|(most, _)| odds > most) {
                    best = Some((odds, terms));
                }
            }
        }
    }
    let tried = starts.len() * WIDTHS.len() * WITHIN.len();
    best.map(|(_, terms)| (terms, (tried as f64).log2()))
}

/// Bits for a payer that pays for orders on these terms against one that pays for other reasons, of every so many payouts: of those
/// that fit, and of the others.
fn odds(
    paid: &[Payout],
    fits: &[Vec<Fit>],
    (prices, earlier): (&Prices, &[usize]),
    terms: Terms,
    step: usize,
) -> [f64; 2] {
    let mut bits = [0.0, 0.0];
    for n in (0..paid.len()).step_by(step) {
        let chance = prices.chance(paid[n].amount, terms, earlier[n]);
        match fits[n].iter().any(|fit| terms.holds(fit)) {
            true => bits[0] += (FITS / chance).log2(),
            false => bits[1] += ((1.0 - FITS) / (1.0 - chance)).log2(),
        }
    }
    bits
}
