//! Opinions on some orders against those on all others: are they for hire?

use detectors::chance::bits_binomial;
use trades::{Book, Trade};

use crate::manner::Trait;
use crate::venture::{ABSENT_BITS, Shown};

/// Stars from which an opinion is praise, and up to which it is an attack.
const PRAISE: f32 = 4.0;
const ATTACK: f32 = 2.0;
/// How much of what is said for hire is to the contrary, at most.
const CONTRARY: f64 = 0.02;
/// Opinions that the usual leans on: half of them either way.
const LEANS: f64 = 4.0;

#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    orders: f64,
    rated: f64,
    praise: f64,
    attacks: f64,
}

impl Tally {
    fn add(&mut self, trade: &Trade) {
        self.orders += 1.0;
        let Some(rating) = trade.review.and_then(|review| review.rating) else { return };
        self.rated += 1.0;
        self.praise += f64::from(u8::from(rating >= PRAISE));
        self.attacks += f64::from(u8::from(rating <= ATTACK));
    }
}

/// What was said of some orders, and of all others.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Opinions {
    some: Tally,
    others: Tally,
}

impl Opinions {
    /// Of the orders at these places (ascending).
    pub fn of(book: &Book, places: &[u32]) -> Opinions {
        let mut opinions = Opinions { some: Tally::default(), others: Tally::default() };
        for (place, trade) in (0..).zip(&book.trades) {
            match places.binary_search(&place) {
                Ok(_) => opinions.some.add(trade),
                Err(_) => opinions.others.add(trade),
            }
        }
        opinions
    }

    /// Praise, or attacks, beyond the usual; less than nothing where opinions spread as others' do, or nothing was said.
    pub fn for_hire(&self) -> Shown {
        let praise = self.one_way(self.some.praise, self.others.praise);
        let attacks = self.one_way(self.some.attacks, self.others.attacks);
        let praised = praise >= attacks;
        let of = |tally: &Tally| if praised { tally.praise } else { tally.attacks };
        Shown {
            what: if praised { Trait::Review } else { Trait::Attack },
            observed: of(&self.some) / self.some.orders.max(1.0),
            expected: of(&self.others) / self.others.orders.max(1.0),
            bits: praise.max(attacks),
        }
    }

    fn one_way(&self, hits: f64, usual: f64) -> f64 {
        if self.others.rated == 0.0 {
            return 0.0;
        }
        let bits = bits_binomial(hits, self.some.orders, usual / self.others.orders);
        let share = (usual + LEANS / 2.0) / (self.others.rated + LEANS);
        if bits <= 0.0 || spreads(hits, self.some.rated, share) { ABSENT_BITS } else { bits }
    }
}

/// Whether opinions of which so many are alike spread as the usual do, rather than being all alike.
pub(crate) fn spreads(alike: f64, all: f64, usual: f64) -> bool {
    let usual = usual.clamp(CONTRARY, 1.0 - CONTRARY);
    let contrary = all - alike;
    alike * ((1.0 - CONTRARY) / usual).log2() + contrary * (CONTRARY / (1.0 - usual)).log2() < 0.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_to_the_contrary_are_not_what_one_pays_for() {
        assert!(spreads(45.0, 60.0, 0.88));
        assert!(!spreads(60.0, 60.0, 0.88));
        assert!(!spreads(59.0, 60.0, 0.88));
        assert!(!spreads(0.0, 0.0, 0.88));
    }
}
