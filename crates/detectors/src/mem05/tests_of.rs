//! The tests that a cohort of newcomers is put to, and their bits.

use crate::Class;
use crate::chance::{bits_clustered, bits_normal};
use crate::rate::Rate;

/// The most that each test says. That all are gone is what one real cohort in fifty is granted: who came for a raffle goes as well.
const MOST_GONE: f64 = 5.6;
const MOST_HASTE: f64 = 5.6;
const MOST_SOFTWARE: f64 = 5.6;
const MOST_FURTHER: f64 = 6.0;
const MOST_OCCASION: f64 = 1.0;
const MOST_AGAINST: f64 = 4.0;
/// How alike the software of one owner's newcomers is, as the size of a beta distribution.
const SAME_SOFTWARE: f64 = 3.0;
/// Where between the first and the last of a cohort its members come on average, and how far that differs: those who are sent over
/// the hours that were sold, and those who have an occasion (as SYN01's arrivals have it).
const SENT: (f64, f64) = (0.5, 0.07);
const CALLED: (f64, f64) = (0.27, 0.1);
/// The share of real crowds that come without an occasion, anyhow.
const ANYHOW: f64 = 0.25;
/// The variance of a place, evenly between the first and the last.
const EVEN: f64 = 1.0 / 12.0;

/// What a cohort shows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shown {
    /// Newcomers who are known for three days.
    pub newcomers: f64,
    /// How many of them did nothing after their first day, what is usual, and how alike cohorts are.
    pub gone: (f64, Rate),
    /// How many of these had nothing to do with any other owner, the same.
    pub only: (f64, Rate),
    /// Bits that the looking cost.
    pub price: f64,
    /// How far their times from signing up to the errand differ (quartiles of the logarithm, as a standard deviation), the mean of the
    /// logarithm of the same elsewhere, and its standard deviation.
    pub haste: (f64, f64, f64),
    /// Devices, those of them with the software that most have, its share elsewhere, and how many kinds there are.
    pub software: (f64, f64, f64, f64),
    /// Further owners who drew such newcomers in the same days, none of them the same accounts.
    pub further: f64,
    /// The mean place of their coming between the first and the last.
    pub place: f64,
}

impl Shown {
    /// The tests, each with its class, what is seen, what is usual, and bits.
    #[must_use]
    pub fn tests(&self) -> [(&'static str, Class, f64, f64, f64); 5] {
        let n = self.newcomers.max(1.0);
        let life = life_bits(n, self.gone, self.only, self.price).clamp(0.0, MOST_GONE);
        let (name, shown) = match self.only_speaks(life) {
            true => ("nothing_else", self.only),
            false => ("gone", self.gone),
        };
        let (devices, most, elsewhere, _) = self.software;
        [
            (name, Class::Registration, shown.0 / n, shown.1.mean, life),
            ("haste", Class::Path, self.haste.0, self.haste.1.exp(), self.haste_bits()),
            (
                "one_software",
                Class::Device,
                most / devices.max(1.0),
                elsewhere,
                self.software_bits(),
            ),
            ("further_owners", Class::Synchrony, self.further, 0.0, self.further_bits()),
            ("no_occasion", Class::Synchrony, self.place, CALLED.0, self.occasion_bits()),
        ]
    }

    /// Bits of all tests.
    #[must_use]
    pub fn bits(&self) -> f64 {
        self.tests().iter().map(|test| test.4).sum()
    }

    /// Whether it is that they did nothing else that says so many bits.
    pub(super) fn only_speaks(&self, bits: f64) -> bool {
        let only = self.only.1.bits_at_least(self.only.0, self.newcomers.max(1.0)) - self.price - 1.0;
        only >= bits
    }

    /// A script's times differ less than those of other cohorts do, which differ among each other as well.
    fn haste_bits(&self) -> f64 {
        let (spread, usual, sd) = self.haste;
        if spread.is_nan() || sd <= 0.0 || spread <= 0.0 {
            return 0.0;
        }
        // The standard deviation of the logarithm of an interquartile range of so many.
        let unsure = 1.36 / self.newcomers.max(1.0);
        let off = (usual - spread.ln()) / (sd * sd + unsure).sqrt();
        bits_normal(off).min(MOST_HASTE)
    }

    fn software_bits(&self) -> f64 {
        let (devices, most, elsewhere, kinds) = self.software;
        let bits = bits_clustered(most as usize, devices as usize, elsewhere, SAME_SOFTWARE);
        (bits - kinds.max(1.0).log2()).clamp(0.0, MOST_SOFTWARE)
    }

    fn further_bits(&self) -> f64 {
        MOST_FURTHER * (1.0 - (-self.further).exp2())
    }

    fn occasion_bits(&self) -> f64 {
        let unsure = EVEN / self.newcomers.max(1.0);
        let density = |(mean, sd): (f64, f64)| {
            let variance = sd * sd + unsure;
            let off = self.place - mean;
            (-off * off / (2.0 * variance)).exp() / (std::f64::consts::TAU * variance).sqrt()
        };
        let crowd = (1.0 - ANYHOW) * density(CALLED) + ANYHOW;
        let bits = (density(SENT).max(f64::MIN_POSITIVE) / crowd).log2();
        if bits.is_nan() { 0.0 } else { bits.clamp(-MOST_AGAINST, MOST_OCCASION) }
    }

    /// What re-derives the bits.
    pub(super) fn evidence(&self) -> Vec<(&'static str, f64)> {
        let mut evidence = vec![
            ("newcomers", self.newcomers),
            ("gone", self.gone.0),
            ("gone_usual", self.gone.1.mean),
            ("gone_alike", self.gone.1.likeness),
            ("nothing_else", self.only.0),
            ("nothing_else_usual", self.only.1.mean),
            ("nothing_else_alike", self.only.1.likeness),
            ("price_bits", self.price),
            ("lag_spread", self.haste.0),
            ("lag_spread_usual_log", self.haste.1),
            ("lag_spread_log_sd", self.haste.2),
            ("devices", self.software.0),
            ("one_software", self.software.1),
            ("one_software_usual", self.software.2),
            ("softwares", self.software.3),
            ("further_owners", self.further),
            ("mean_place", self.place),
        ];
        let names = [
            "life_bits",
            "haste_bits",
            "one_software_bits",
            "further_owners_bits",
            "no_occasion_bits",
        ];
        evidence.extend(names.into_iter().zip(self.tests()).map(|(name, test)| (name, test.4)));
        evidence
    }

    /// From a finding's evidence; none where a name is missing.
    #[must_use]
    pub fn of(evidence: &[(&'static str, f64)]) -> Option<Shown> {
        let value = |name: &str| evidence.iter().find(|entry| entry.0 == name).map(|e| e.1);
        let rate = |mean, alike| Some(Rate { mean: value(mean)?, likeness: value(alike)? });
        Some(Shown {
            newcomers: value("newcomers")?,
            gone: (value("gone")?, rate("gone_usual", "gone_alike")?),
            price: value("price_bits")?,
            only: (value("nothing_else")?, rate("nothing_else_usual", "nothing_else_alike")?),
            haste: (
                value("lag_spread")?,
                value("lag_spread_usual_log")?,
                value("lag_spread_log_sd")?,
            ),
            software: (
                value("devices")?,
                value("one_software")?,
                value("one_software_usual")?,
                value("softwares")?,
            ),
            further: value("further_owners")?,
            place: value("mean_place")?,
        })
    }
}

/// Bits of the stronger of two tests of so many lives, each against what is usual, less a price and the bit of having two.
pub(super) fn life_bits(n: f64, gone: (f64, Rate), only: (f64, Rate), price: f64) -> f64 {
    let bits = |(showing, usual): (f64, Rate)| usual.bits_at_least(showing, n);
    bits(gone).max(bits(only)) - price - 1.0
}

/// Derives a finding's bits from its evidence again; none where a name is missing.
#[must_use]
pub fn derive(evidence: &[(&'static str, f64)]) -> Option<f64> {
    Shown::of(evidence).map(|shown| shown.bits())
}
