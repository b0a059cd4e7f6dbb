//! The manner of an order: a few traits of it, each one of a small number of values.

use detectors::Class;
use events::Key;
use features::Keyed;
use trades::{Book, Trade};

/// What of an order is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trait {
    /// How long the goods were looked at.
    Stay,
    /// How many others were looked at before.
    Rivals,
    /// Whether it was found by words that others of the venture searched for.
    Words,
    /// What was said of it.
    Review,
    /// Whether a payer of the venture gave the price back.
    Repaid,
    /// The network point that took its parcel in.
    Point,
    /// Whether parcels of different goods weigh the same: a trait of all together, not of single orders.
    Weight,
    /// Whether all of a payer's book repays orders with a wage on top: of all together.
    Wages,
    /// Whether the same people were sent to the same few shops: of all together.
    Shops,
    /// Whether what was said of the goods is to their harm: of all together.
    Attack,
    /// Whether all of a payer's book answers reviews: of all together.
    Answered,
    /// Whether the same people stand behind the odd parcels of several shops or points: of all together.
    People,
    /// Whether they share instruments at homes of their own: of all together.
    Cards,
    /// How odd the parcels are: of all together.
    Parcels,
}

/// The traits of single orders, in the order of a [`Manner`].
pub(crate) const TRAITS: [Trait; 6] =
    [Trait::Stay, Trait::Rivals, Trait::Words, Trait::Review, Trait::Repaid, Trait::Point];

/// The most values of a trait.
pub(crate) const VALUES: usize = 48;

/// One value for each trait.
pub(crate) type Manner = [u8; TRAITS.len()];

/// [`Trait::Words`] that others of the venture used too.
const SHARED: u8 = 2;
/// [`Trait::Review`] with five stars.
pub(crate) const FIVE_STARS: u8 = 1;
/// [`Trait::Review`] with five stars, four, and fewer.
pub(crate) const STARS: [u8; 3] = [FIVE_STARS, 2, 3];

impl Trait {
    /// A stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Trait::Stay => "same_stay",
            Trait::Rivals => "rivals_seen",
            Trait::Words => "same_words",
            Trait::Review => "praised",
            Trait::Repaid => "repaid",
            Trait::Point => "same_outlet",
            Trait::Weight => "same_weight",
            Trait::Wages => "wages",
            Trait::Shops => "few_shops",
            Trait::Attack => "attacked",
            Trait::Answered => "answered",
            Trait::People => "same_people",
            Trait::Cards => "shared_cards",
            Trait::Parcels => "odd_parcels",
        }
    }

    /// The class of evidence that it belongs to.
    #[must_use]
    pub fn class(self) -> Class {
        match self {
            Trait::Stay | Trait::Rivals | Trait::Words => Class::Path,
            Trait::Review | Trait::Attack => Class::Content,
            Trait::Repaid | Trait::Wages | Trait::Shops | Trait::Answered => Class::Money,
            Trait::Point | Trait::Weight | Trait::Parcels => Class::Logistics,
            Trait::People => Class::Synchrony,
            Trait::Cards => Class::Infrastructure,
        }
    }

    /// Whether a table can say anything of it.
    pub(crate) fn is_known(self, book: &Book) -> bool {
        match self {
            Trait::Stay | Trait::Rivals => book.views > 0,
            Trait::Words => book.searches > 0,
            Trait::Review => book.reviews > 0,
            Trait::Repaid => !book.payouts.is_empty(),
            Trait::Point => book.trips.iter().any(|trip| trip.point.is_some()),
            // Of all together.
            _ => false,
        }
    }
}

/// What the traits of a venture refer to.
#[derive(Debug, Default)]
pub(crate) struct Terms {
    /// Words that several of its seeds searched for.
    pub words: Keyed<()>,
    /// Points that several of its seeds' parcels went in at, with their values.
    pub points: Keyed<u8>,
    /// Orders that its payers repaid.
    pub repaid: Vec<u32>,
}

impl Terms {
    /// The terms of a venture with these seeds, of which its payers repaid some.
    pub fn of(book: &Book, seeds: &[u32], repaid: Vec<u32>) -> Terms {
        let often = |keys: Vec<Key>| {
            let mut keys: Vec<Key> = keys.into_iter().filter(|key| key.is_some()).collect();
            keys.sort_unstable();
            let same = keys.chunk_by(|x, y| x == y).filter(|same| same.len() >= 3);
            same.map(|same| (same.len(), same[0])).collect::<Vec<_>>()
        };
        let trade = |place: &u32| &book.trades[*place as usize];
        let words = often(seeds.iter().map(|place| trade(place).approach.words).collect());
        let mut points = often(
            seeds
                .iter()
                .filter_map(|place| book.trip(trade(place)))
                .map(|trip| trip.point)
                .collect(),
        );
        points.sort_by(|x, y| y.0.cmp(&x.0).then(x.1.cmp(&y.1)));
        points.truncate(VALUES - 2);
        Terms {
            words: words.into_iter().map(|(_, key)| (key, ())).collect(),
            points: points.into_iter().map(|(_, key)| key).zip(2..).collect(),
            repaid,
        }
    }

    /// The manner of an order.
    pub fn manner(&self, book: &Book, place: u32) -> Manner {
        let trade = &book.trades[place as usize];
        let trip = book.trip(trade);
        TRAITS.map(|which| match which {
            Trait::Stay => half_octaves(trade.approach.stay),
            Trait::Rivals => trade.approach.rivals.min(3),
            Trait::Words => match trade.approach.words {
                words if words.is_none() => 0,
                words if self.words.contains_key(&words) => SHARED,
                _ => 1,
            },
            Trait::Review => opinion(trade),
            Trait::Repaid => u8::from(self.repaid.binary_search(&place).is_ok()),
            Trait::Point => match trip.map_or(Key::NONE, |trip| trip.point) {
                point if point.is_none() => 0,
                point => self.points.get(&point).copied().unwrap_or(1),
            },
            // Of all together.
            _ => 0,
        })
    }
}

/// 0 for nothing, else which half of an octave.
pub(crate) fn half_octaves(value: u32) -> u8 {
    match value {
        0 => 0,
        value => (1 + (f64::from(value).log2() * 2.0) as usize).min(VALUES - 1) as u8,
    }
}

fn opinion(trade: &Trade) -> u8 {
    match trade.review.map(|review| review.rating) {
        None => 0,
        Some(None) => 4,
        Some(Some(rating)) if rating >= 4.5 => FIVE_STARS,
        Some(Some(rating)) if rating >= 3.5 => 2,
        Some(Some(_)) => 3,
    }
}
