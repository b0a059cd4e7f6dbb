//! The tests that a cohort of newcomers is put to, and their bits.

use crate::Class;
use crate::chance::{bits_clustered, bits_normal};

/// The most that each test says. That all are gone is what one real cohort in fifty is granted: who came for a raffle goes as well.
const MOST_GONE: f64 = 5.6;
const MOST_HASTE: f64 = 5.6;
const MOST_SOFTWARE: f64 = 5.6;
const MOST_FURTHER: f64 = 6.0;
const MOST_OCCASION: f64 = 1.0;
const MOST_AGAINST: f64 = 4.0;
/// Devices with one software, and a quarter of all: fewer are no script's.
const FEWEST_SAME: f64 = 3.0;
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
    /// Whether those count who did nothing else, or all who did nothing after their first day.
    pub is_only: bool,
    /// How many these are, the share of others, and how rare so many would be among the others' cohorts, in bits.
    pub life: (f64, f64, f64),
    /// Cohorts tried.
    pub tried: f64,
    /// Bits against its being one of chance in the set of cohorts, gone in the same days, in which it stands best, and how many others are in it.
    pub pooled: (f64, f64),
    /// How far their times from signing up to the errand differ (quartiles of the logarithm, as a standard deviation), the mean of the
    /// logarithm of the same elsewhere, and its standard deviation.
    pub haste: (f64, f64, f64),
    /// Devices, those of them with the software that most have, its share elsewhere, and how many kinds there are.
    pub software: (f64, f64, f64, f64),
    /// The mean place of their coming between the first and the last.
    pub place: f64,
}

impl Shown {
    /// The tests, each with its class, what is seen, what is usual, and bits.
    #[must_use]
    pub fn tests(&self) -> [(&'static str, Class, f64, f64, f64); 5] {
        let (showing, usual, _) = self.life;
        let name = if self.is_only { "nothing_else" } else { "never_back" };
        let share = showing / self.newcomers.max(1.0);
        let (devices, most, elsewhere, _) = self.software;
        let (pooled, others) = self.pooled;
        let came = occasion_bits(self.place, self.newcomers);
        let life = (pooled - came).min(MOST_GONE);
        let further = MOST_FURTHER * (1.0 - (-others).exp2());
        [
            (name, Class::Registration, share, usual, life),
            ("haste", Class::Path, self.haste.0, self.haste.1.exp(), self.haste_bits()),
            (
                "one_software",
                Class::Device,
                most / devices.max(1.0),
                elsewhere,
                self.software_bits(),
            ),
            ("further_owners", Class::Synchrony, others, 0.0, further),
            ("no_occasion", Class::Registration, self.place, CALLED.0, came),
        ]
    }

    /// Bits of all tests.
    #[must_use]
    pub fn bits(&self) -> f64 {
        self.tests().iter().map(|test| test.4).sum()
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
        if most < FEWEST_SAME.max(devices / 4.0) {
            return 0.0;
        }
        let bits = bits_clustered(most as usize, devices as usize, elsewhere, SAME_SOFTWARE);
        (bits - kinds.max(1.0).log2()).clamp(0.0, MOST_SOFTWARE)
    }

    /// What re-derives the bits.
    pub(super) fn evidence(&self) -> Vec<(&'static str, f64)> {
        let mut evidence = vec![
            ("newcomers", self.newcomers),
            ("nothing_else", f64::from(u8::from(self.is_only))),
            ("gone", self.life.0),
            ("gone_usual", self.life.1),
            ("gone_chance_bits", self.life.2),
            ("tried", self.tried),
            ("pooled_bits", self.pooled.0),
            ("further_owners", self.pooled.1),
            ("lag_spread", self.haste.0),
            ("lag_spread_usual_log", self.haste.1),
            ("lag_spread_log_sd", self.haste.2),
            ("devices", self.software.0),
            ("one_software", self.software.1),
            ("one_software_usual", self.software.2),
            ("softwares", self.software.3),
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
        Some(Shown {
            newcomers: value("newcomers")?,
            is_only: value("nothing_else")? > 0.0,
            life: (value("gone")?, value("gone_usual")?, value("gone_chance_bits")?),
            tried: value("tried")?,
            pooled: (value("pooled_bits")?, value("further_owners")?),
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
            place: value("mean_place")?,
        })
    }
}

/// Bits for those who are sent over the hours that were sold, against such as come when there is an occasion, by where between the first
/// and the last so many come on average.
pub(super) fn occasion_bits(place: f64, newcomers: f64) -> f64 {
    let unsure = EVEN / newcomers.max(1.0);
    let density = |(mean, sd): (f64, f64)| {
        let variance = sd * sd + unsure;
        let off = place - mean;
        (-off * off / (2.0 * variance)).exp() / (std::f64::consts::TAU * variance).sqrt()
    };
    let crowd = (1.0 - ANYHOW) * density(CALLED) + ANYHOW;
    let bits = (density(SENT).max(f64::MIN_POSITIVE) / crowd).log2();
    if bits.is_nan() { 0.0 } else { bits.clamp(-MOST_AGAINST, MOST_OCCASION) }
}

/// Derives a finding's bits from its evidence again; none where a name is missing.
#[must_use]
pub fn derive(evidence: &[(&'static str, f64)]) -> Option<f64> {
    Shown::of(evidence).map(|shown| shown.bits())
}
