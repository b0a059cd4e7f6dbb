//! What fakes cost on the market: a table of prices, each with its source and how far that source can be trusted.
//!
//! A price that no source gives is left out, never guessed: then survival is told and no cost. Currencies are not
//! converted, because the prices are of different years and countries and a rate would feign that they compare.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::EvaluationError;

/// The most prices that a table may hold.
const MOST: usize = 1000;

const BUILT_IN: &str = include_str!("builtin.toml");

/// What is sold, or needed to make what is sold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// A like.
    Like,
    /// A follower.
    Follow,
    /// A share.
    Share,
    /// A view.
    View,
    /// A review.
    Review,
    /// An order.
    Order,
    /// A member: an account that joins or registers and delivers nothing else.
    Member,
    /// A parcel with nothing of worth in it.
    Parcel,
    /// An account to work with, lost when it is called.
    Account,
}

impl Metric {
    /// The metric of which one event of this kind is a piece. Members and parcels are not single events.
    pub(crate) fn of_kind(kind: &str) -> Option<Metric> {
        match kind {
            "like" => Some(Metric::Like),
            "follow" => Some(Metric::Follow),
            "share" => Some(Metric::Share),
            "view" => Some(Metric::View),
            "review" => Some(Metric::Review),
            "order" => Some(Metric::Order),
            _ => None,
        }
    }
}

/// Who pays whom along the resale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rung {
    /// What whoever makes the fakes takes from the first agents.
    Supplier,
    /// What the owner who wants them pays at the end.
    Buyer,
    /// What reaches the person who does the work.
    Worker,
}

/// How far a price's source can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    /// Checked against the paper, judgment or official notice.
    V,
    /// Known from a secondary source only.
    P,
    /// A claim that was found nowhere else.
    U,
}

impl Status {
    /// The letter.
    pub(crate) fn letter(self) -> &'static str {
        match self {
            Status::V => "V",
            Status::P => "P",
            Status::U => "U",
        }
    }
}

/// One price.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// What it is the price of.
    pub metric: Metric,
    /// Who pays it.
    pub rung: Rung,
    /// Lower end; without one the price is at most `high`.
    #[serde(default)]
    pub low: Option<f64>,
    /// Upper end.
    pub high: f64,
    /// Pieces that it buys.
    #[serde(default = "one")]
    pub per: u32,
    /// ISO 4217.
    #[serde(default = "yuan")]
    pub currency: String,
    /// How far the source can be trusted.
    pub status: Status,
    /// Where it is from.
    pub source: String,
}

fn one() -> u32 {
    1
}

fn yuan() -> String {
    "CNY".to_owned()
}

/// A price or cost between two ends.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Range {
    /// Lower end; without one it is at most `high`.
    pub low: Option<f64>,
    /// Upper end.
    pub high: f64,
}

impl Range {
    /// Both ends multiplied.
    pub(crate) fn times(self, factor: f64) -> Range {
        Range { low: self.low.map(|low| low * factor), high: self.high * factor }
    }
}

impl Price {
    /// The price of one piece.
    #[must_use]
    pub fn each(&self) -> Range {
        Range { low: self.low, high: self.high }.times(1.0 / f64::from(self.per))
    }

    /// What is wrong with the price, if anything is.
    fn fault(&self) -> Option<String> {
        let usable = |x: f64| x.is_finite() && x >= 0.0;
        if !usable(self.high) || !self.low.is_none_or(usable) {
            return Some("prices are finite and not negative".to_owned());
        }
        if let Some(low) = self.low.filter(|low| *low > self.high) {
            return Some(format!("low ({low}) is above high ({})", self.high));
        }
        if self.per == 0 {
            return Some("`per` is at least 1".to_owned());
        }
        if self.currency.len() != 3 || !self.currency.bytes().all(|b| b.is_ascii_uppercase()) {
            return Some(format!("`{}` is no currency such as CNY", self.currency));
        }
        self.source.trim().is_empty().then(|| "`source` is empty".to_owned())
    }
}

/// All prices.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prices {
    /// In the order of the table.
    #[serde(rename = "price", default)]
    pub all: Vec<Price>,
}

impl Default for Prices {
    /// The prices that the sources give.
    fn default() -> Prices {
        Prices::parse(BUILT_IN).expect("the built-in prices are in order")
    }
}

impl Prices {
    /// Reads a TOML file of `[[price]]` tables.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, is not such a table, or one of its prices cannot be used.
    pub fn read(path: &Path) -> Result<Prices, EvaluationError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| EvaluationError::Unreadable { path: path.to_owned(), source })?;
        Prices::parse(&text)
            .map_err(|reason| EvaluationError::Prices { path: path.to_owned(), reason })
    }

    fn parse(text: &str) -> Result<Prices, String> {
        let prices: Prices = toml::from_str(text).map_err(|e| e.to_string())?;
        if prices.all.len() > MOST {
            return Err(format!("{} prices; at most {MOST} are read", prices.all.len()));
        }
        for (at, price) in prices.all.iter().enumerate() {
            if let Some(fault) = price.fault() {
                return Err(format!("price {}: {fault}", at + 1));
            }
        }
        Ok(prices)
    }

    /// The prices of one metric.
    pub(crate) fn of(&self, metric: Metric) -> impl Iterator<Item = &Price> {
        self.all.iter().filter(move |price| price.metric == metric)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thousand_likes_cost_what_a_thousand_times_one_costs() {
        let prices = Prices::default();
        let like = prices.of(Metric::Like).find(|p| p.rung == Rung::Buyer).expect("there");
        assert!((like.each().low.expect("there") - 0.003).abs() < 1e-12);
        assert!((like.each().high - 0.005).abs() < 1e-12);
        let parcel = prices.of(Metric::Parcel).next().expect("there");
        assert_eq!(parcel.each(), Range { low: None, high: 6.0 });
        assert_eq!(prices.of(Metric::Share).count(), 0, "no source gives one");
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        let table = |line: &str| {
            format!("[[price]]\nmetric = \"like\"\nrung = \"buyer\"\nstatus = \"P\"\n{line}\n")
        };
        for (line, reason) in [
            ("low = 3\nhigh = 1\nsource = \"x\"", "price 1: low (3) is above high (1)"),
            ("high = -1\nsource = \"x\"", "not negative"),
            ("high = 1\nper = 0\nsource = \"x\"", "at least 1"),
            ("high = 1\nsource = \" \"", "`source` is empty"),
            ("high = 1\ncurrency = \"yuan\"\nsource = \"x\"", "no currency"),
            ("high = 1", "source"),
            ("high = 1\nsource = \"x\"\ncolour = 1", "colour"),
        ] {
            let error = Prices::parse(&table(line)).expect_err(line);
            assert!(error.contains(reason), "{error}");
        }
        assert!(Prices::parse("").expect("an empty table").all.is_empty());
    }
}
