//! Hired hands: whom middlemen pay, for which orders, and what speaks for a crew.
//!
//! Middlemen behind whom the same accounts stand are one crew's. Which order a payout repays is told by where and how soon
//! after the order the crew's others are. That orders were repaid with a wage says that somebody sent people shopping; it does not
//! say what for: errands are run for the sick, and shops are tested. So two more things are asked. The same people
//! have to have gone to the same few shops, which nobody else goes to so often: a shop that makes good for a bad batch pays
//! each customer once. And what they said has to be what one pays for: praise or attacks beyond the usual, and hardly a word
//! to the contrary.

use detectors::Class;
use detectors::chance::bits_binomial;
use events::Key;
use features::Keyed;
use trades::{Book, Payout, Trade};

use crate::hub::{FEWEST, Hub, HubShare, Origin, join};
use crate::manner::{Trait, half_octaves};
use crate::middleman::{Middleman, Paid, middlemen};
use crate::opinions::Opinions;
use crate::repaid::{Buyers, Settled};
use crate::venture::{ABSENT_BITS, CLASS_BITS, FIRM, NAMED, Shown, Venture};

/// Rounds of learning where and when a crew orders.
const ROUNDS: usize = 8;
/// Orders that a shop's, or a delay's, share among the crew's leans on.
const LEANS: f64 = 1.0;
/// A payout says at most this much of an account.
const PAYOUT_BITS: f64 = 8.0;
/// Share of the paid who went to several shops, from which they are the same people.
const SAME_PEOPLE: f64 = 1.0 / 3.0;
/// Half octaves of seconds.
const DELAYS: usize = 48;

/// Crews that middlemen pay, strongest first, but for those most of whose orders are `known` to be made up, by trade: what told
/// these knows more of them.
#[must_use]
pub fn hired(book: &Book, known: &[bool]) -> Vec<Venture> {
    if book.payouts.is_empty() {
        return Vec::new();
    }
    let buyers = Buyers::of(book);
    let middlemen = middlemen(book, &buyers);
    let hub = |middleman: &Middleman| {
        let fits = middleman.paid.iter().flat_map(|paid| paid.fits.first());
        let mut trades: Vec<u32> = fits.map(|fit| fit.trade).collect();
        trades.sort_unstable();
        trades.dedup();
        Hub {
            origin: Origin::Payer(middleman.key),
            trades,
            bits: middleman.bits,
            evidence: Vec::new(),
        }
    };
    let mut hubs: Vec<Hub> = middlemen.iter().map(hub).collect();
    let clusters = join(book, &mut hubs);
    let shops = Shops::of(book);
    let crew = |cluster: &Vec<usize>| {
        let key = |hub: &Hub| match hub.origin {
            Origin::Payer(key) | Origin::Path(key) | Origin::Sender(key) | Origin::Signed(key) => {
                key
            }
        };
        let keys: Vec<Key> = cluster.iter().map(|&place| key(&hubs[place])).collect();
        let of = |key: &Key| middlemen.binary_search_by_key(key, |middleman| middleman.key);
        let payers: Vec<&Middleman> =
            keys.iter().filter_map(|key| Some(&middlemen[of(key).ok()?])).collect();
        crew(book, &shops, &payers, known)
    };
    clusters.iter().filter_map(crew).collect()
}

/// How many orders each shop has.
struct Shops {
    orders: Keyed<u32>,
    all: f64,
}

impl Shops {
    fn of(book: &Book) -> Shops {
        let mut orders: Keyed<u32> = Keyed::default();
        for trade in &book.trades {
            *orders.entry(trade.owner).or_default() += 1;
        }
        Shops { orders, all: book.trades.len().max(1) as f64 }
    }

    /// A shop's share of all orders, without so many.
    fn share(&self, shop: Key, without: f64) -> f64 {
        let own = f64::from(self.orders.get(&shop).copied().unwrap_or(0)) - without;
        (own.max(0.0) + 1.0) / (self.all + self.orders.len() as f64)
    }
}

/// An order that a payout most likely repaid.
#[derive(Clone, Copy, Debug)]
struct Errand {
    trade: u32,
    chance: f64,
    payout: Payout,
}

fn crew(book: &Book, shops: &Shops, payers: &[&Middleman], known: &[bool]) -> Option<Venture> {
    let paid: Vec<&Paid> = payers.iter().flat_map(|payer| &payer.paid).collect();
    let repays = repays(&paid);
    let errands = errands(book, shops, &paid, &repays);
    let members = members(&paid, &repays);
    let told = errands.iter().filter(|errand| known[errand.trade as usize]).count();
    if errands.len() < FEWEST || members.is_empty() || told * 2 >= errands.len() {
        return None;
    }
    let hits = paid.iter().filter(|paid| !paid.fits.is_empty()).count() as f64;
    let repaid = Shown {
        what: Trait::Wages,
        observed: hits / paid.len() as f64,
        expected: paid.iter().map(|paid| paid.chance).sum::<f64>() / paid.len() as f64,
        bits: payers.iter().map(|payer| payer.bits).sum(),
    };
    let few = few_shops(book, shops, &errands);
    let places: Vec<u32> = errands.iter().map(|errand| errand.trade).collect();
    let said = Opinions::of(book, &places).for_hire();
    let mut money = repaid.bits.min(CLASS_BITS);
    let mut classes = Vec::new();
    if few.bits >= CLASS_BITS {
        money += CLASS_BITS;
        // Unless the same people went to several shops, what they said is what a shop's customers say.
        classes.push((Class::Content, said.bits.clamp(ABSENT_BITS, CLASS_BITS)));
    }
    classes.push((Class::Money, money));
    classes.sort_by_key(|class| class.0);
    let hub = |payer: &&Middleman| {
        let repaid = payer.paid.iter().filter(|paid| !paid.fits.is_empty()).count();
        HubShare {
            origin: Origin::Payer(payer.key),
            orders: repaid as u32,
            bits: payer.bits,
            evidence: payer.evidence.clone(),
        }
    };
    Some(Venture {
        members,
        owners: owners(book, &errands),
        trades: errands.iter().map(|errand| (errand.trade, errand.chance)).collect(),
        hubs: payers.iter().map(hub).collect(),
        settled: errands.iter().map(settled).collect(),
        shown: vec![repaid, few, said],
        made_up: true,
        said_only: false,
        classes,
        stars: Vec::new(),
    })
}

fn settled(errand: &Errand) -> Settled {
    let Payout { second, amount, .. } = errand.payout;
    Settled { trade: errand.trade, second, amount }
}

/// The odds, in bits, that each payout repays an order: none for one that fits no order. How many do at least is told by how many
/// more fit than would by chance.
fn repays(paid: &[&Paid]) -> Vec<Option<f64>> {
    let n = paid.len() as f64;
    let share = paid.iter().filter(|paid| !paid.fits.is_empty()).count() as f64 / n;
    // The lower end of Wilson's interval, two standard deviations down.
    let spread = (share * (1.0 - share) / n + 1.0 / (n * n)).sqrt();
    let least = (share + 2.0 / n - 2.0 * spread) / (1.0 + 4.0 / n);
    let chance = paid.iter().map(|paid| paid.chance).sum::<f64>() / n;
    let repay = ((least - chance) / (1.0 - chance)).clamp(0.01, 0.999);
    let odds = |paid: &&Paid| {
        let bits = (repay / ((1.0 - repay) * paid.chance)).log2();
        (!paid.fits.is_empty()).then(|| bits.min(PAYOUT_BITS))
    };
    paid.iter().map(odds).collect()
}

/// The order that each payout repays, where it is clear, in the order of their places: learnt from where, and how soon, the others
/// are.
fn errands(book: &Book, shops: &Shops, paid: &[&Paid], repays: &[Option<f64>]) -> Vec<Errand> {
    let shop = |place: u32| book.trades[place as usize].owner;
    let mut parts: Vec<Vec<f64>> = paid
        .iter()
        .map(|paid| vec![1.0 / paid.fits.len().max(1) as f64; paid.fits.len()])
        .collect();
    for _ in 0..ROUNDS {
        let mut at: Keyed<f64> = Keyed::default();
        let mut after = [LEANS / DELAYS as f64; DELAYS];
        let mut all = LEANS;
        for (paid, parts) in paid.iter().zip(&parts) {
            for (fit, part) in paid.fits.iter().zip(parts) {
                *at.entry(shop(fit.trade)).or_default() += part;
                after[usize::from(half_octaves(fit.after))] += part;
                all += part;
            }
        }
        for (paid, parts) in paid.iter().zip(&mut parts) {
            // A payout's own parts do not speak for themselves.
            let weigh = |fit: &crate::middleman::Fit, part: f64| {
                let shop = shop(fit.trade);
                let usual = shops.share(shop, 0.0);
                let here = at.get(&shop).copied().unwrap_or(0.0) - part + LEANS * usual;
                let soon = after[usize::from(half_octaves(fit.after))] - part;
                (here / usual).max(1e-9) * (soon / all).max(1e-9)
            };
            let weights: Vec<f64> =
                paid.fits.iter().zip(&*parts).map(|(fit, part)| weigh(fit, *part)).collect();
            let sum: f64 = weights.iter().sum();
            *parts = weights.iter().map(|weight| weight / sum).collect();
        }
    }
    let mut errands: Vec<Errand> = Vec::new();
    for ((paid, parts), bits) in paid.iter().zip(&parts).zip(repays) {
        let Some(bits) = bits else { continue };
        let repaid = 1.0 / (1.0 + (-bits).exp2());
        let clear = paid.fits.iter().zip(parts).map(|(fit, part)| (fit.trade, part * repaid));
        let payout = paid.payout;
        let clear = clear.filter(|one| one.1 >= FIRM);
        errands.extend(clear.map(|(trade, chance)| Errand { trade, chance, payout }));
    }
    errands.sort_by(|x, y| x.trade.cmp(&y.trade).then(y.chance.total_cmp(&x.chance)));
    errands.dedup_by_key(|errand| errand.trade);
    errands
}

/// (account, bits, payouts) of whoever was repaid for sure, strongest first.
fn members(paid: &[&Paid], repays: &[Option<f64>]) -> Vec<(Key, f64, u32)> {
    let mut own: Vec<(Key, f64)> = paid
        .iter()
        .zip(repays)
        .filter_map(|(paid, bits)| Some((paid.payout.actor, (*bits)?)))
        .collect();
    own.sort_by(|x, y| x.0.cmp(&y.0).then(x.1.total_cmp(&y.1)));
    let same = own.chunk_by(|x, y| x.0 == y.0);
    let sum = |own: &[(Key, f64)]| own.iter().map(|one| one.1).sum::<f64>();
    let mut members: Vec<(Key, f64, u32)> =
        same.map(|own| (own[0].0, sum(own), own.len() as u32)).collect();
    members.retain(|member| member.1 >= NAMED);
    members.sort_by(|x, y| y.1.total_cmp(&x.1).then(x.0.cmp(&y.0)));
    members
}

fn owners(book: &Book, errands: &[Errand]) -> Vec<(Key, u32, u32)> {
    let mut owners: Vec<Key> =
        errands.iter().map(|errand| book.trades[errand.trade as usize].owner).collect();
    owners.sort_unstable();
    let same = owners.chunk_by(|x, y| x == y);
    let mut owners: Vec<(Key, u32, u32)> =
        same.map(|same| (same[0], same.len() as u32, same.len() as u32)).collect();
    owners.sort_by(|x, y| y.1.cmp(&x.1).then(x.0.cmp(&y.0)));
    owners
}

/// Whether the same people went to the same few shops: the shop where most went is left out, since it may pay its customers.
fn few_shops(book: &Book, shops: &Shops, errands: &[Errand]) -> Shown {
    let owners = owners(book, errands);
    let of = |errand: &Errand| -> &Trade { &book.trades[errand.trade as usize] };
    let mut visits: Vec<(Key, Key)> =
        errands.iter().map(|errand| (of(errand).actor, of(errand).owner)).collect();
    visits.sort_unstable();
    visits.dedup();
    let people = || visits.chunk_by(|x, y| x.0 == y.0);
    let several = people().filter(|shops| shops.len() > 1).count();
    let same_people = several >= FEWEST && several as f64 >= SAME_PEOPLE * people().count() as f64;
    let others: f64 = owners.iter().skip(1).map(|owner| f64::from(owner.1)).sum();
    let price = (shops.orders.len().max(2) as f64).log2();
    let often = || owners.iter().skip(1).filter(|owner| owner.1 as usize >= FEWEST);
    let share = |owner: &(Key, u32, u32)| shops.share(owner.0, f64::from(owner.1));
    let bits = often()
        .map(|owner| (bits_binomial(f64::from(owner.1), others, share(owner)) - price).max(0.0))
        .sum();
    Shown {
        what: Trait::Shops,
        observed: often().map(|owner| f64::from(owner.1)).sum::<f64>() / others.max(1.0),
        expected: often().map(share).sum(),
        bits: if same_people { bits } else { 0.0 },
    }
}
