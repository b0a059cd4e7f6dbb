//! PAY04, praise that is paid for: a payer who pays right after buyers' reviews of a shop, and for hardly anything else, where
//! the reviews that were paid for are all five stars.
//!
//! The buyers are real and so are the goods; bought is what was said of them. Being paid after a review is no
//! proof of that: a platform thanks for pictures, and who tries goods for free has to say what they are like, whatever it is.
//! So two things are asked. All of the payer's book has to answer reviews of a few shops, far more often than buyers of these
//! shops write any; and the stars have to be better than shops get, even good ones, as far as shops differ.

use std::collections::BTreeMap;

use detectors::Class;
use detectors::chance::ln_gamma;
use events::Key;
use trades::{Book, Payout};

use crate::hub::{FEWEST, HUB_BITS, HubShare, Origin};
use crate::listed::Evidence;
use crate::manner::Trait;
use crate::repaid::Buyers;
use crate::venture::{ABSENT_BITS, CLASS_BITS, Shown, Venture};

/// Share of the payer's payouts that answer reviews.
const BOOK: f64 = 0.75;
/// How often a payout that answers a review finds one, and any other does not, at most.
const FITS: f64 = 0.95;
/// Seconds after a review within which it is paid for; each is tried.
const WITHIN: [u32; 3] = [3 * 86_400, 7 * 86_400, 14 * 86_400];
/// The fewest buyers paid.
const PAYEES: usize = 4;
/// Stars from which a review is what is paid for.
const FIVE: f32 = 4.5;

/// A review of a bought thing.
#[derive(Clone, Copy, Debug)]
struct Said {
    owner: Key,
    second: u32,
    actor: Key,
    trade: u32,
    five: bool,
}

/// A payer who answers reviews.
#[derive(Clone, Debug)]
struct Answers {
    payer: Key,
    /// The reviews answered, by (owner, trade).
    said: Vec<Said>,
    payouts: usize,
    expected: f64,
    bits: f64,
    evidence: Evidence,
}

/// Shops whose praise is paid for, each with its payers and those who were paid. Payers of orders (ascending) are told of
/// elsewhere, and orders `known` to be made up, by trade, say nothing of what stars shops get.
#[must_use]
pub fn praises(book: &Book, payers_of_orders: &[Key], known_orders: &[bool]) -> Vec<Venture> {
    if book.payouts.is_empty() || book.reviews == 0 {
        return Vec::new();
    }
    let buyers = Buyers::of(book);
    let reviews = reviews(book);
    let groups = || book.payouts.chunk_by(|x, y| x.payer == y.payer);
    let price = (groups().count().max(2) as f64 * WITHIN.len() as f64).log2();
    let known = |payer: Key| payers_of_orders.binary_search(&payer).is_ok();
    let asked = groups().filter(|paid| paid.len() >= FEWEST && !known(paid[0].payer));
    let answers: Vec<Answers> =
        asked.filter_map(|paid| answers(book, &buyers, &reviews, paid, price)).collect();
    let mut of_shop: BTreeMap<Key, Vec<(&Answers, Vec<Said>)>> = BTreeMap::new();
    for payer in &answers {
        for said in payer.said.chunk_by(|x, y| x.owner == y.owner) {
            of_shop.entry(said[0].owner).or_default().push((payer, said.to_vec()));
        }
    }
    let stars = Stars::of(&reviews, &answers, known_orders);
    let price = (of_shop.len().max(2) as f64).log2();
    of_shop.values().map(|payers| venture(payers, &stars, price)).collect()
}

/// All reviews with stars, by (owner, second, trade).
fn reviews(book: &Book) -> Vec<Said> {
    let said = (0..).zip(&book.trades).filter_map(|(place, trade)| {
        let review = trade.review?;
        Some(Said {
            owner: trade.owner,
            second: review.second,
            actor: trade.actor,
            trade: place,
            five: review.rating? >= FIVE,
        })
    });
    let mut said: Vec<Said> = said.collect();
    said.sort_by_key(|said| (said.owner, said.second, said.trade));
    said
}

/// What a payer's payouts answer, if that is what it pays for.
fn answers(
    book: &Book,
    buyers: &Buyers,
    reviews: &[Said],
    paid: &[Payout],
    price: f64,
) -> Option<Answers> {
    let mut payees: Vec<Key> = paid.iter().map(|payout| payout.actor).collect();
    payees.sort_unstable();
    payees.dedup();
    if payees.len() < PAYEES {
        return None;
    }
    let tried = WITHIN.iter().filter_map(|&within| {
        let before: Vec<Vec<Said>> =
            paid.iter().map(|payout| before(book, buyers, payout, within)).collect();
        let shops = shops(&before);
        let rate = Rate::of(book, reviews, &shops);
        let (mut answered_bits, mut silent_bits, mut expected) = (0.0, 0.0, 0.0);
        let mut said: Vec<Said> = Vec::new();
        for (payout, before) in paid.iter().zip(&before) {
            let chance = rate.at(payout.second, within);
            expected += chance;
            let answered = before.iter().rfind(|s| shops.binary_search(&s.owner).is_ok());
            match answered {
                Some(_) => answered_bits += (FITS / chance).log2(),
                None => silent_bits += ((1.0 - FITS) / (1.0 - chance)).log2(),
            }
            said.extend(answered);
        }
        let hits = said.len();
        said.sort_by_key(|said| (said.owner, said.trade));
        said.dedup_by_key(|said| said.trade);
        let enough = said.len() >= FEWEST && hits as f64 >= BOOK * paid.len() as f64;
        let payer = paid[0].payer;
        let payouts = paid.len();
        let bits = answered_bits + silent_bits - price;
        let evidence = vec![
            ("payouts", payouts as f64),
            ("answering", hits as f64),
            ("answering_expected", expected),
            ("within_days", f64::from(within) / 86_400.0),
            ("answering_bits", answered_bits),
            ("others_bits", silent_bits),
            ("price_bits", price),
        ];
        (enough && bits >= HUB_BITS).then_some(Answers {
            payer,
            said,
            payouts,
            expected,
            bits,
            evidence,
        })
    });
    tried.max_by(|x, y| x.bits.total_cmp(&y.bits))
}

/// The reviews that an account wrote before a payout, in the order of time. Only sums tell money for what was said from money
/// that gives back the price of an order that was made up: without them nothing is an answer.
fn before(book: &Book, buyers: &Buyers, payout: &Payout, within: u32) -> Vec<Said> {
    let own = buyers.of_account(payout.actor).iter();
    let said = own.filter_map(|&place| {
        let trade = &book.trades[place as usize];
        let review = trade.review.filter(|_| trade.amount > 0 && payout.amount > 0)?;
        let span = payout.second.saturating_sub(within)..=payout.second;
        let (owner, second, actor) = (trade.owner, review.second, trade.actor);
        let five = review.rating? >= FIVE;
        span.contains(&second).then_some(Said { owner, second, actor, trade: place, five })
    });
    let mut said: Vec<Said> = said.collect();
    said.sort_by_key(|said| (said.second, said.trade));
    said
}

/// The shops that several payouts came after reviews of.
fn shops(before: &[Vec<Said>]) -> Vec<Key> {
    let mut named: Vec<Key> = Vec::new();
    for said in before {
        let mut owners: Vec<Key> = said.iter().map(|said| said.owner).collect();
        owners.sort_unstable();
        owners.dedup();
        named.extend(owners);
    }
    named.sort_unstable();
    let often = named.chunk_by(|x, y| x == y).filter(|same| same.len() >= FEWEST);
    often.map(|same| same[0]).collect()
}

/// How many of some shops' buyers have lately reviewed them.
struct Rate {
    seconds: Vec<u32>,
    buyers: f64,
}

impl Rate {
    fn of(book: &Book, reviews: &[Said], shops: &[Key]) -> Rate {
        let mut seconds: Vec<u32> = Vec::new();
        for shop in shops {
            let from = reviews.partition_point(|said| said.owner < *shop);
            let own = reviews[from..].iter().take_while(|said| said.owner == *shop);
            seconds.extend(own.map(|said| said.second));
        }
        seconds.sort_unstable();
        let of_shops = book.trades.iter().filter(|t| shops.binary_search(&t.owner).is_ok());
        let mut buyers: Vec<Key> = of_shops.map(|trade| trade.actor).collect();
        buyers.sort_unstable();
        buyers.dedup();
        Rate { seconds, buyers: buyers.len() as f64 }
    }

    fn at(&self, second: u32, within: u32) -> f64 {
        let up_to = |second: u32| self.seconds.partition_point(|s| *s <= second);
        let lately = up_to(second) - up_to(second.saturating_sub(within));
        ((lately as f64 + 1.0) / (self.buyers + 2.0)).clamp(0.001, 0.98)
    }
}

/// How many five stars shops get, and how shops differ in it: a beta distribution.
struct Stars {
    a: f64,
    b: f64,
}

impl Stars {
    /// Of all reviews but those that were answered, or are of orders known to be made up.
    fn of(reviews: &[Said], answers: &[Answers], known: &[bool]) -> Stars {
        let mut paid: Vec<u32> =
            answers.iter().flat_map(|a| a.said.iter().map(|said| said.trade)).collect();
        paid.sort_unstable();
        let unpaid =
            |said: &&Said| paid.binary_search(&said.trade).is_err() && !known[said.trade as usize];
        let shops = reviews.chunk_by(|x, y| x.owner == y.owner).map(|own| {
            let all = own.iter().filter(unpaid).count() as f64;
            (own.iter().filter(unpaid).filter(|said| said.five).count() as f64, all)
        });
        let shops: Vec<(f64, f64)> = shops.collect();
        let sum = |of: fn(&(f64, f64)) -> f64| shops.iter().map(of).sum::<f64>();
        let mean = (sum(|shop| shop.0) + 1.0) / (sum(|shop| shop.1) + 2.0);
        let one = mean * (1.0 - mean);
        let excess: f64 =
            shops.iter().map(|(five, all)| (five - all * mean).powi(2) - all * one).sum();
        let pairs = sum(|shop| shop.1 * (shop.1 - 1.0));
        // How alike two reviews of one shop are: of few shops nothing is known, and they are taken to differ.
        let alike = if pairs > 0.0 { excess / (one * pairs) } else { 1.0 };
        let size = 1.0 / alike.clamp(0.005, 0.5) - 1.0;
        Stars { a: mean * size, b: (1.0 - mean) * size }
    }

    /// −log₂ of the chance that at least so many of a shop's reviews get five stars.
    fn bits(&self, five: usize, all: usize) -> f64 {
        let (a, b) = (self.a, self.b);
        let whole = all as f64;
        let beta = |x: f64, y: f64| ln_gamma(x) + ln_gamma(y) - ln_gamma(x + y);
        let choose = |k: f64| ln_gamma(whole + 1.0) - ln_gamma(k + 1.0) - ln_gamma(whole - k + 1.0);
        let chance = |k: usize| {
            let k = k as f64;
            (choose(k) + beta(k + a, whole - k + b) - beta(a, b)).exp()
        };
        -(five..=all).map(chance).sum::<f64>().clamp(1e-300, 1.0).log2()
    }
}

fn venture(payers: &[(&Answers, Vec<Said>)], stars: &Stars, price: f64) -> Venture {
    let mut said: Vec<Said> = payers.iter().flat_map(|payer| payer.1.iter().copied()).collect();
    said.sort_by_key(|said| said.trade);
    said.dedup_by_key(|said| said.trade);
    let five = said.iter().filter(|said| said.five).count();
    let sum = |of: fn(&Answers) -> f64| payers.iter().map(|payer| of(payer.0)).sum::<f64>();
    let answered = Shown {
        what: Trait::Answered,
        observed: sum(|payer| payer.said.len() as f64) / sum(|payer| payer.payouts as f64),
        expected: sum(|payer| payer.expected) / sum(|payer| payer.payouts as f64),
        bits: sum(|payer| payer.bits),
    };
    let better = stars.bits(five, said.len()) - price;
    let evidence = vec![
        ("reviews", said.len() as f64),
        ("five_stars", five as f64),
        ("five_stars_usual_share", stars.a / (stars.a + stars.b)),
        ("alike", stars.a + stars.b),
        ("price_bits", price),
    ];
    let praised = Shown {
        what: Trait::Review,
        observed: five as f64 / said.len().max(1) as f64,
        expected: stars.a / (stars.a + stars.b),
        bits: if better > 0.0 { better } else { ABSENT_BITS },
    };
    let mut members: Vec<(Key, f64, u32)> = Vec::new();
    let mut actors: Vec<Key> = said.iter().map(|said| said.actor).collect();
    actors.sort_unstable();
    for own in actors.chunk_by(|x, y| x == y) {
        members.push((own[0], 0.0, own.len() as u32));
    }
    let owner = said.first().map_or(Key::NONE, |said| said.owner);
    let hub = |(payer, said): &(&Answers, Vec<Said>)| {
        let (origin, orders) = (Origin::Payer(payer.payer), said.len() as u32);
        HubShare { origin, orders, bits: payer.bits, evidence: payer.evidence.clone() }
    };
    Venture {
        members,
        trades: said.iter().map(|said| (said.trade, 1.0)).collect(),
        owners: vec![(owner, said.len() as u32, 0)],
        hubs: payers.iter().map(hub).collect(),
        settled: Vec::new(),
        made_up: false,
        said_only: true,
        classes: vec![
            (Class::Content, praised.bits.min(CLASS_BITS)),
            (Class::Money, answered.bits.min(CLASS_BITS)),
        ],
        shown: vec![answered, praised],
        stars: evidence,
    }
}
