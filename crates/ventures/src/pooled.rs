//! A pooled test: do a shop's, or an outlet's, parcels or orders show a trait beyond what others' show in the same
//! circumstances?
//!
//! Said of parcels here; of orders it holds alike. No single parcel accuses anybody: scanners, clocks and remote roads make every trait some of the time. What is usual
//! comes from the table itself, from the same circumstances (a stretch of road, an item) where others passed them, and as
//! much as shops or outlets differ among themselves is granted to each.

use detectors::chance::{bits_at_least, bits_binomial, ln_gamma};
use events::Key;
use features::Keyed;

/// One parcel that could have shown a trait.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Seen {
    /// Who sent it.
    pub owner: Key,
    /// Where it was taken in, or the centre that it passed.
    pub point: Key,
    /// The point whose clock may be the reason, where a clock may be.
    pub clock: Key,
    /// The circumstances, from near to far; [`Key::NONE`] is everything.
    pub near: Key,
    pub far: Key,
    /// Whether it shows the trait.
    pub shown: bool,
    pub second: u32,
}

/// Of what a trait is pooled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Of {
    Owner,
    Point,
}

/// More parcels with a trait than others lead to expect.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Excess {
    pub key: Key,
    pub seen: f64,
    pub shown: f64,
    pub expected: f64,
    /// Beyond the price of the search.
    pub bits: f64,
    /// The price of the search, in bits.
    pub price: f64,
    /// How much alike those tested are: the size of a negative binomial.
    pub alike: f64,
    /// The last parcel that showed it.
    pub second: u32,
}

/// Parcels that others' rates lean on.
const LEANS: f64 = 4.0;
/// A trait is granted to one parcel in a hundred.
const LEAST_RATE: f64 = 0.01;
/// Others' parcels, and others, without which nothing is usual.
const FEWEST_OTHERS: (f64, usize) = (50.0, 3);
/// Other shops' parcels at a point that tell its clock from a shop's doings.
const FEWEST_BESIDE: f64 = 10.0;
/// What stands: parcels, share beyond the expected, times the expected, bits.
const STANDS: (f64, f64, f64, f64) = (5.0, 0.1, 2.0, 10.0);

#[derive(Clone, Copy, Default)]
struct Count {
    shown: f64,
    all: f64,
}

impl Count {
    fn add(&mut self, shown: bool) {
        self.shown += f64::from(u8::from(shown));
        self.all += 1.0;
    }

    /// The rate without these, leaning on another rate.
    fn without(&self, other: &Count, rate: f64) -> f64 {
        let (shown, all) = (self.shown - other.shown, self.all - other.all);
        (shown + LEANS * rate) / (all + LEANS)
    }
}

/// Counts by key.
#[derive(Default)]
struct Counts(Keyed<Count>);

impl Counts {
    fn of(seen: &[Seen], key: impl Fn(&Seen) -> Key) -> Counts {
        let mut counts = Keyed::<Count>::default();
        for one in seen {
            counts.entry(key(one)).or_default().add(one.shown);
        }
        Counts(counts)
    }

    fn get(&self, key: Key) -> Count {
        self.0.get(&key).copied().unwrap_or_default()
    }
}

fn both(one: Key, other: Key) -> Key {
    one.with(other.0)
}

/// What is usual in the circumstances of a parcel.
struct Usual {
    all: Count,
    own: Counts,
    far: Counts,
    own_far: Counts,
    near: Counts,
    own_near: Counts,
    beside: Counts,
    own_beside: Counts,
}

impl Usual {
    fn of(seen: &[Seen], key: &impl Fn(&Seen) -> Key) -> Usual {
        let mut all = Count::default();
        seen.iter().for_each(|one| all.add(one.shown));
        Usual {
            all,
            own: Counts::of(seen, key),
            far: Counts::of(seen, |one| one.far),
            own_far: Counts::of(seen, |one| both(key(one), one.far)),
            near: Counts::of(seen, |one| one.near),
            own_near: Counts::of(seen, |one| both(key(one), one.near)),
            beside: Counts::of(seen, |one| one.clock),
            own_beside: Counts::of(seen, |one| both(one.owner, one.clock)),
        }
    }

    /// How often others' parcels show the trait in the circumstances of this one.
    fn rate(&self, one: &Seen, own: Key) -> f64 {
        let elsewhere = self.all.without(&self.own.get(own), LEAST_RATE);
        let far = self.far.get(one.far).without(&self.own_far.get(both(own, one.far)), elsewhere);
        self.near.get(one.near).without(&self.own_near.get(both(own, one.near)), far)
    }

    /// How often other shops' parcels show it by the same clock, where there are enough.
    fn rate_beside(&self, one: &Seen, rate: f64) -> Option<f64> {
        let (all, own) =
            (self.beside.get(one.clock), self.own_beside.get(both(one.owner, one.clock)));
        (all.all - own.all >= FEWEST_BESIDE).then(|| all.without(&own, rate))
    }
}

/// Who shows a trait beyond the usual, by key. Where a wrong clock may be the reason (`clocked`), a shop is held against
/// the other shops whose parcels the same clock dated, since it makes no difference between them; a point then stands out
/// by one of its shops.
pub(crate) fn excesses(seen: &[Seen], of: Of, clocked: bool) -> Vec<Excess> {
    beyond(seen, of, clocked, STANDS.3)
}

/// The same, from so many bits on: for traits of which several must be there.
pub(crate) fn beyond(seen: &[Seen], of: Of, clocked: bool, least: f64) -> Vec<Excess> {
    let key = |one: &Seen| match of {
        Of::Owner => one.owner,
        Of::Point => one.point,
    };
    let usual = Usual::of(seen, &key);
    let mut cells: Vec<(Key, Key, f64, &Seen)> = Vec::new();
    for one in seen.iter().filter(|one| key(one).is_some()) {
        let mut rate = usual.rate(one, key(one)).max(LEAST_RATE);
        if clocked {
            let Some(beside) = usual.rate_beside(one, rate) else { continue };
            rate = rate.max(beside);
        }
        let part = if clocked && of == Of::Point { one.owner } else { Key::NONE };
        cells.push((key(one), part, rate, one));
    }
    judge(sums(cells), &usual.all, least)
}

/// Who shows a trait beyond what the ordinary do, whatever the circumstances: what all but the oddest quarter show. For traits
/// that come with company, whose others are no witnesses of what is usual.
pub(crate) fn beyond_ordinary(seen: &[Seen], of: Of) -> Vec<Excess> {
    let key = |one: &Seen| match of {
        Of::Owner => one.owner,
        Of::Point => one.point,
    };
    let mut all = Count::default();
    seen.iter().for_each(|one| all.add(one.shown));
    let counts = Counts::of(seen, key);
    let mut each: Vec<Count> = counts.0.into_values().collect();
    // Equal shares are equal to the sum, so their order does not show.
    each.sort_by(|x, y| {
        (x.shown * y.all).total_cmp(&(y.shown * x.all)).then(x.all.total_cmp(&y.all))
    });
    each.truncate(each.len() * 3 / 4);
    let shown: f64 = each.iter().map(|count| count.shown).sum();
    let whole: f64 = each.iter().map(|count| count.all).sum();
    let rate = ((shown + LEANS * LEAST_RATE) / (whole + LEANS)).max(LEAST_RATE);
    let named = seen.iter().filter(|one| key(one).is_some());
    judge(sums(named.map(|one| (key(one), Key::NONE, rate, one)).collect()), &all, STANDS.3)
}

/// Parcels summed by whom they are pooled of, and by part; each comes with its rate.
fn sums(mut cells: Vec<(Key, Key, f64, &Seen)>) -> Vec<Excess> {
    cells.sort_by_key(|cell| (cell.0, cell.1));
    let mut sums: Vec<Excess> = Vec::new();
    for cell in cells.chunk_by(|x, y| (x.0, x.1) == (y.0, y.1)) {
        let shown = cell.iter().filter(|one| one.3.shown);
        sums.push(Excess {
            key: cell[0].0,
            seen: cell.len() as f64,
            shown: shown.clone().count() as f64,
            expected: cell.iter().map(|one| one.2).sum(),
            bits: 0.0,
            price: 0.0,
            alike: 0.0,
            second: shown.map(|one| one.3.second).max().unwrap_or(0),
        });
    }
    sums
}

fn judge(mut sums: Vec<Excess>, all: &Count, least: f64) -> Vec<Excess> {
    let different = sums.chunk_by(|x, y| x.key == y.key).count();
    let price = (sums.len().max(2) as f64).log2();
    let size = size(&sums);
    for sum in &mut sums {
        let rate = sum.expected / sum.seen.max(1.0);
        let binomial = bits_binomial(sum.shown, sum.seen, rate);
        sum.bits = bits_at_least(sum.shown, sum.expected, size).min(binomial) - price;
        (sum.price, sum.alike) = (price, size);
    }
    let (fewest, beyond, times, _) = STANDS;
    sums.retain(|sum| {
        sum.shown >= fewest
            && sum.shown >= times * sum.expected
            && sum.shown - sum.expected >= beyond * sum.seen
            && sum.bits >= least
            && all.all - sum.seen >= FEWEST_OTHERS.0
            && different > FEWEST_OTHERS.1
    });
    // The strongest part speaks for the whole.
    sums.sort_by(|x, y| x.key.cmp(&y.key).then(y.bits.total_cmp(&x.bits)));
    sums.dedup_by_key(|sum| sum.key);
    sums
}

/// How much alike those tested are, as the size of a negative binomial (its variance is the mean + mean² / size): half of
/// what makes the counts of all but the oddest quarter likeliest, about their own mean. Of honest shops that differ as
/// much as an exponential distribution makes them, one in a thousand at most is named so.
fn size(sums: &[Excess]) -> f64 {
    const SIZES: [f64; 6] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0];
    /// Where too few show anything.
    const UNKNOWN: f64 = 4.0;
    const FEW: usize = 20;
    let ratio = |sum: &Excess| sum.shown / (sum.expected + 0.5);
    let mut usual: Vec<&Excess> = sums.iter().filter(|sum| sum.expected >= 1.0).collect();
    usual.sort_by(|x, y| ratio(x).total_cmp(&ratio(y)));
    usual.truncate(usual.len() * 3 / 4);
    let shown: f64 = usual.iter().map(|sum| sum.shown).sum();
    let expected: f64 = usual.iter().map(|sum| sum.expected).sum();
    if usual.len() < FEW || shown < FEW as f64 {
        return UNKNOWN;
    }
    let scale = shown / expected;
    let likelihood = |size: f64| -> f64 {
        let one = |sum: &&Excess| {
            let mean = sum.expected * scale;
            let total = size + mean;
            ln_gamma(sum.shown + size) - ln_gamma(size)
                + size * (size / total).ln()
                + sum.shown * (mean / total).ln()
        };
        usual.iter().map(one).sum()
    };
    let mut best = (SIZES[0], likelihood(SIZES[0]));
    for size in &SIZES[1..] {
        let fits = likelihood(*size);
        if fits > best.1 {
            best = (*size, fits);
        }
    }
    best.0 / 2.0
}
