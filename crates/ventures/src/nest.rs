//! NET04, MEM04, PAY05, LOG05: households that are tied to each other crosswise, and what they live off.
//!
//! Campuses, offices and lockers have hundreds of buyers at one address; families share a card and a tablet. Neither ties many
//! households to each other in circles: that takes one hand that deals out addresses, instruments and devices. It still
//! accuses nobody, since a firm deals them out to its buyers too. What a firm does not do is to sign up, order once and
//! never look again, with all its accounts; or to send back most of what it signed for; or to sign for its parcels where
//! they went in. How alike a real group's members may be in that is granted to each nest.

pub(crate) mod homes;
mod knots;
mod lives;

use detectors::chance::bits_clustered;
use detectors::mem01::Member;
use detectors::{Class, Code, Finding};
use events::{Entity, EntityKind, EventTime, Key};
use features::Keyed;
use trades::Book;

use crate::listed::{Evidence, list, listed};
use homes::{Home, KINDS};
use knots::Block;
use lives::{Life, Lives};

/// Bits that a nest's knots have beyond the price of the search.
const FOUND: f64 = 10.0;
/// Accounts from which a nest is no family.
const FEWEST: usize = 6;
/// Nests that are judged: the strongest.
const MOST: usize = 1_000;
/// The most that knots say: short of what makes a group suspect by itself.
const MOST_TIED: f64 = 5.5;
/// How alike members of a real group are, as the size of a beta distribution: that all live as few others do is a wonder of
/// six to fourteen bits.
const LIKENESS: f64 = 1.0;
/// Bits from which a life is told of.
const TOLD: f64 = 3.0;

/// One life that a nest's accounts share.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shared {
    /// The detector that tells of it.
    pub code: Code,
    /// Accounts of the nest that live so.
    pub showing: usize,
    /// Of these accounts.
    pub known: usize,
    /// The share of other buyers.
    pub elsewhere: f64,
    /// What that is worth, beyond the price of having looked.
    pub bits: f64,
    /// That price, in bits.
    pub price: f64,
}

/// Accounts of households tied crosswise, and what they live off.
#[derive(Clone, Debug)]
pub struct Nest {
    /// Who lives off it, ascending; where no life is shared, all that are tied.
    pub members: Vec<Key>,
    /// Their orders that it consists of: places in [`Book::trades`], ascending.
    pub trades: Vec<u32>,
    /// Whether its accounts exist for nothing else.
    pub whole: bool,
    /// What ties them: what, which, how many accounts; most first.
    pub things: Vec<(EntityKind, Key, u32)>,
    /// Households, ties between them beyond a tree, and what these are worth in bits, beyond the price of having looked.
    pub tied: (usize, usize, f64),
    /// What gives the bits of the ties again.
    pub ties: Evidence,
    /// The lives shared.
    pub shared: Vec<Shared>,
    /// The time of the last of its orders, in seconds since 1970.
    pub last: u32,
}

impl Nest {
    /// The bits for each class of evidence.
    #[must_use]
    pub fn classes(&self) -> Vec<(Class, f64)> {
        let lives = self.shared.iter().map(|shared| (shared.code.entry().class, shared.bits));
        let mut classes: Vec<(Class, f64)> = lives.collect();
        classes.push((Class::Infrastructure, self.tied.2.min(MOST_TIED)));
        classes.sort_by_key(|class| class.0);
        classes
    }

    /// Whether what it lives off is the shops': who brushes its own shop makes parcels that go nowhere.
    #[must_use]
    pub fn gains_buyers(&self) -> bool {
        !self.shared.iter().any(|shared| shared.code == Code::Log05)
    }

    /// What is found of it: of what most of its accounts share, with them as members.
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        let Some(&(kind, key, users)) = self.things.first() else { return Vec::new() };
        let (households, knots, bits) = self.tied;
        let tied =
            Shared { code: Code::Net04, showing: 0, known: 0, elsewhere: 0.0, bits, price: 0.0 };
        let members: Vec<Key> = self.members.iter().copied().take(Finding::MEMBERS).collect();
        let all = std::iter::once(&tied).chain(&self.shared);
        all.map(|of| Finding {
            code: of.code,
            entity: Entity { kind, key },
            time: EventTime(i64::from(self.last) * EventTime::SECOND),
            event: Key::NONE,
            score: (1.0 / (1.0 + (-of.bits).exp2())) as f32,
            bits: of.bits as f32,
            evidence: match of.code {
                Code::Net04 => [
                    ("buyers", self.members.len() as f64),
                    ("accounts_here", f64::from(users)),
                    ("households", households as f64),
                    ("things", self.things.len() as f64),
                    ("knots", knots as f64),
                ]
                .into_iter()
                .chain(self.ties.iter().copied())
                .collect(),
                _ => vec![
                    ("showing", of.showing as f64),
                    ("known", of.known as f64),
                    ("elsewhere", of.elsewhere),
                    ("orders", self.trades.len() as f64),
                    ("alike", LIKENESS),
                    ("price_bits", of.price),
                ],
            },
            members: members.clone(),
        })
        .collect()
    }
}

/// All nests, the strongest knots first. `members` are the newcomers of the table, `last` the second of its last event.
#[must_use]
pub fn nests(book: &Book, members: &[Member], last: u32) -> Vec<Nest> {
    let homes = homes::homes(book);
    let mut blocks = knots::blocks(&homes, &homes::households(&homes));
    let beside = homes::under_one_roof(&homes);
    blocks.extend(knots::blocks(&beside, &homes::desks(&beside)));
    let price = (blocks.len().max(1) as f64).log2();
    blocks.retain(|block| block.homes.len() >= FEWEST && block.bits - price >= FOUND);
    blocks.sort_by(|x, y| y.bits.total_cmp(&x.bits).then_with(|| x.homes.cmp(&y.homes)));
    blocks.truncate(MOST);
    if blocks.is_empty() {
        return Vec::new();
    }
    let lives = Lives::new(book, members, last);
    let told = Told::of(&homes, &lives);
    let looked = price;
    let price = ((blocks.len() * Life::ALL.len()) as f64).log2();
    let mut taken = vec![false; homes.len()];
    let mut nests = Vec::new();
    for block in &blocks {
        // What a stronger nest holds is not judged again.
        if block.homes.iter().filter(|&&home| !taken[home]).count() < FEWEST {
            continue;
        }
        block.homes.iter().for_each(|&home| taken[home] = true);
        nests.push(nest(&homes, &told, block, (looked, price)));
    }
    nests
}

/// Every buyer's lives.
struct Told<'a> {
    lives: &'a Lives<'a>,
    each: Vec<[Option<bool>; Life::ALL.len()]>,
    /// Of each life: who shows it, of whom it is known.
    sums: [(usize, usize); Life::ALL.len()],
    /// How many buyers name a thing.
    users: Keyed<u32>,
}

impl Told<'_> {
    fn of<'a>(homes: &[Home], lives: &'a Lives<'a>) -> Told<'a> {
        let each: Vec<_> =
            homes.iter().map(|home| Life::ALL.map(|life| lives.lives(home, life))).collect();
        let sums = std::array::from_fn(|life| count(each.iter().map(|told| told[life])));
        let mut users: Keyed<u32> = Keyed::default();
        for (kind, thing) in homes.iter().flat_map(named) {
            *users.entry(thing.with(kind as u64)).or_default() += 1;
        }
        Told { lives, each, sums, users }
    }
}

fn named(home: &Home) -> impl Iterator<Item = (EntityKind, Key)> + '_ {
    KINDS.into_iter().zip(home.things).filter(|(_, thing)| thing.is_some())
}

fn count(told: impl Iterator<Item = Option<bool>>) -> (usize, usize) {
    told.flatten().fold((0, 0), |sum, shown| (sum.0 + usize::from(shown), sum.1 + 1))
}

/// A block with what its accounts live off; the prices of having looked for blocks, and for lives.
fn nest(homes: &[Home], told: &Told, block: &Block, (looked, price): (f64, f64)) -> Nest {
    let beside = beside(homes, told, block);
    let names = [listed!("knot", "households_near"), listed!("knot", "households_using")];
    let mut ties = Evidence::new();
    list(&mut ties, block.ties.clone(), names, "other_knots_bits");
    ties.push(("price_bits", looked));
    let mut nest = Nest {
        members: Vec::new(),
        trades: Vec::new(),
        whole: false,
        things: things(homes, block),
        tied: (block.households, block.knots, block.bits - looked),
        ties,
        shared: Vec::new(),
        last: 0,
    };
    for (place, life) in Life::ALL.into_iter().enumerate() {
        let own = || block.homes.iter().map(|&home| told.each[home][place]);
        let (showing, known) = count(own());
        let (shown, all) = told.sums[place];
        let elsewhere = ((shown - showing) as f64 + 1.0) / ((all - known) as f64 + 2.0);
        let bits = bits_clustered(showing, known, elsewhere, LIKENESS) - price;
        // What few of a nest do is not what it is for.
        let few = (showing as f64) < life.least() * known as f64;
        if showing < FEWEST || few || bits < TOLD {
            continue;
        }
        nest.shared.push(Shared { code: life.code(), showing, known, elsewhere, bits, price });
        let tied = block.homes.iter().filter(|&&home| told.lives.fits(&homes[home], life));
        let hanging = beside.iter().filter(|&&home| told.each[home][place] == Some(true));
        for &home in tied.chain(hanging) {
            nest.members.push(homes[home].account);
            nest.trades.extend(told.lives.orders(&homes[home], life));
        }
    }
    if nest.shared.is_empty() {
        nest.members.extend(block.homes.iter().map(|&home| homes[home].account));
    }
    nest.whole = nest.shared.iter().all(|shared| shared.code == Code::Mem04);
    nest.whole &= !nest.shared.is_empty();
    nest.trades.sort_unstable();
    nest.trades.dedup();
    nest.members.sort_unstable();
    nest.members.dedup();
    nest.last = told.lives.last_of(block.homes.iter().map(|&home| &homes[home]));
    nest
}

/// What several accounts of a nest name, most named first.
fn things(homes: &[Home], block: &Block) -> Vec<(EntityKind, Key, u32)> {
    let mut all: Vec<(EntityKind, Key)> =
        block.homes.iter().flat_map(|&home| named(&homes[home])).collect();
    all.sort_unstable();
    let same = all.chunk_by(|x, y| x == y).filter(|same| same.len() > 1);
    let mut things: Vec<_> = same.map(|s| (s[0].0, s[0].1, s.len() as u32)).collect();
    things.sort_by(|x, y| y.2.cmp(&x.2).then((x.0, x.1).cmp(&(y.0, y.1))));
    things
}

/// Buyers who hang on a nest by one thing that is mostly its own.
fn beside(homes: &[Home], told: &Told, block: &Block) -> Vec<usize> {
    let mut own: Keyed<()> = Keyed::default();
    for (kind, thing, users) in things(homes, block) {
        let key = thing.with(kind as u64);
        if told.users.get(&key).is_some_and(|all| users * 2 >= *all) {
            own.insert(key, ());
        }
    }
    let hangs = |home: &Home| named(home).any(|(k, thing)| own.contains_key(&thing.with(k as u64)));
    let others = (0..homes.len()).filter(|home| block.homes.binary_search(home).is_err());
    others.filter(|&home| hangs(&homes[home])).collect()
}

#[cfg(test)]
mod tests;
