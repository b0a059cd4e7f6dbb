//! Losses for `summary.json`: what orders called fake or held cost and moved, in all and by shop.

use crate::results::text;
use engine::results::Loss;
use engine::{Names, Outcome};
use serde::Serialize;

/// Shops that the summary names: those with the most subsidies on fake orders.
const SHOPS: usize = 1_000;

/// The money of a run, in minor units of the input's currency.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Money {
    /// All shops together.
    pub(crate) all: Sums,
    /// Shops with any such orders.
    pub(crate) shops: u64,
    /// The worst of them.
    pub(crate) by_shop: Vec<Shop>,
}

/// Sums over orders.
#[derive(Clone, Copy, Debug, Default, Serialize)]
#[allow(missing_docs)] // said in `engine::results::Loss`
pub(crate) struct Sums {
    pub(crate) fake_orders: u64,
    pub(crate) fake_turnover: i64,
    /// Loss prevented where it is not paid yet, to be clawed back where it is.
    pub(crate) fake_subsidy: i64,
    pub(crate) repaid: i64,
    pub(crate) commission: i64,
    pub(crate) held_orders: u64,
    pub(crate) held_subsidy: i64,
}

/// A shop's sums.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Shop {
    pub(crate) owner: String,
    #[serde(flatten)]
    pub(crate) sums: Sums,
}

impl Sums {
    fn of(loss: &Loss) -> Sums {
        Sums {
            fake_orders: loss.orders,
            fake_turnover: loss.turnover,
            fake_subsidy: loss.subsidy,
            repaid: loss.repaid,
            commission: loss.commission,
            held_orders: loss.held_orders,
            held_subsidy: loss.held_subsidy,
        }
    }

    fn add(&mut self, other: &Sums) {
        self.fake_orders += other.fake_orders;
        self.fake_turnover = self.fake_turnover.saturating_add(other.fake_turnover);
        self.fake_subsidy = self.fake_subsidy.saturating_add(other.fake_subsidy);
        self.repaid = self.repaid.saturating_add(other.repaid);
        self.commission = self.commission.saturating_add(other.commission);
        self.held_orders += other.held_orders;
        self.held_subsidy = self.held_subsidy.saturating_add(other.held_subsidy);
    }
}

/// The money of a run.
pub(crate) fn money(outcome: &Outcome) -> Money {
    let losses = &outcome.results.losses;
    let mut all = Sums::default();
    losses.iter().for_each(|loss| all.add(&Sums::of(loss)));
    let shop = |loss: &Loss| shop(&outcome.names, loss);
    Money {
        all,
        shops: losses.len() as u64,
        by_shop: worst(losses).into_iter().take(SHOPS).map(shop).collect(),
    }
}

/// The most subsidies on fake orders first, then the most sales that were none; equals stay in the order of names.
pub(crate) fn worst(losses: &[Loss]) -> Vec<&Loss> {
    let mut rows: Vec<&Loss> = losses.iter().collect();
    rows.sort_by_key(|loss| std::cmp::Reverse((loss.subsidy, loss.turnover, loss.held_subsidy)));
    rows
}

fn shop(names: &Names, loss: &Loss) -> Shop {
    Shop { owner: text(names, loss.owner).into_owned(), sums: Sums::of(loss) }
}
