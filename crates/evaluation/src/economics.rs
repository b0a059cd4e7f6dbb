//! What a surviving fake costs whoever pays for it.
//!
//! Of what is bought only what the results do not call is worth anything, so a piece that survives costs the price
//! divided by the share that survives. The divisor is the whole effect of the audit; the price itself is as good as its
//! source, and costs of different currencies are never added.

use serde::Serialize;

use crate::confusion::share;
use crate::fakes::Fake;
use crate::judged::Judged;
use crate::label::{Label, Verdict};
use crate::names::Names;
use crate::prices::{Metric, Price, Prices, Range, Rung, Status};
use crate::truth::AccountTruth;

/// What a surviving fake costs.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Economics {
    /// Per metric: each scheme that faked it, and all together.
    pub ladder: Vec<Survival>,
    /// Per scheme: the accounts that it loses.
    pub lost_accounts: Vec<LostAccounts>,
    /// The prices that were used.
    pub prices: Vec<Price>,
}

/// How much of what one scheme faked survives, and what a survivor costs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Survival {
    /// What was faked.
    pub metric: Metric,
    /// By which scheme: empty for fakes of no known scheme, nothing for all together.
    pub scheme: Option<String>,
    /// Pieces.
    pub fakes: u64,
    /// What is not called `fake`.
    pub at_fake: Survivors,
    /// What is called neither `fake` nor `suspect`.
    pub at_suspect: Survivors,
    /// A survivor's cost at each known price; none where no source gives a price.
    pub costs: Vec<SurvivorCost>,
}

/// What survives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Survivors {
    /// Pieces.
    pub survived: u64,
    /// survived / fakes.
    pub survival: Option<f64>,
}

/// What a survivor costs at one price.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SurvivorCost {
    /// Who pays it.
    pub rung: Rung,
    /// ISO 4217.
    pub currency: String,
    /// How far the price can be trusted.
    pub status: Status,
    /// The price of a piece.
    pub price: Range,
    /// Per survivor of the verdict `fake`; nothing where none survived.
    pub per_survivor: Option<Range>,
    /// Per survivor of `fake` and `suspect`; nothing where none survived.
    pub per_survivor_of_suspect: Option<Range>,
}

/// The accounts that a scheme loses.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct LostAccounts {
    /// The scheme.
    pub scheme: String,
    /// Its fake accounts.
    pub accounts: u64,
    /// Of them called `fake`.
    pub lost: u64,
    /// Of them called `fake` or `suspect`.
    pub lost_or_held: u64,
    /// Pieces that the scheme delivered, parcels left out because each belongs to an order.
    pub fakes: u64,
    /// Of them not called `fake`.
    pub survived: u64,
    /// survived / lost; nothing where no account was lost.
    pub survivors_per_lost_account: Option<f64>,
    /// What the lost accounts cost at each known price of an account.
    pub costs: Vec<LossCost>,
}

/// What lost accounts cost at one price of an account.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LossCost {
    /// ISO 4217.
    pub currency: String,
    /// How far the price can be trusted.
    pub status: Status,
    /// All that were lost.
    pub all: Range,
    /// What they add to each piece that survived; nothing where none did.
    pub per_survivor: Option<Range>,
}

impl Economics {
    pub(crate) fn of(
        fakes: &[Fake],
        accounts: Option<(&AccountTruth, &Judged)>,
        prices: &Prices,
    ) -> Economics {
        let nameless = Names::default();
        let schemes = accounts.map_or(&nameless, |(truth, _)| &truth.schemes);
        Economics {
            ladder: ladder(fakes, schemes, prices),
            lost_accounts: accounts
                .map(|(truth, judged)| lost_accounts(fakes, truth, judged, prices))
                .unwrap_or_default(),
            prices: prices.all.clone(),
        }
    }
}

fn ladder(fakes: &[Fake], schemes: &Names, prices: &Prices) -> Vec<Survival> {
    let mut metrics: Vec<Metric> = fakes.iter().map(|fake| fake.metric).collect();
    metrics.sort_unstable();
    metrics.dedup();
    let mut rows = Vec::new();
    for metric in metrics {
        let of_metric: Vec<Fake> = fakes.iter().copied().filter(|f| f.metric == metric).collect();
        let mut order: Vec<Option<usize>> = schemes.in_order().into_iter().map(Some).collect();
        order.push(None);
        for scheme in order {
            let of_it: Vec<Fake> =
                of_metric.iter().copied().filter(|f| f.scheme == scheme).collect();
            if !of_it.is_empty() {
                let name = scheme.map_or("", |scheme| schemes.get(scheme));
                rows.push(survival(metric, Some(name.to_owned()), &of_it, prices));
            }
        }
        rows.push(survival(metric, None, &of_metric, prices));
    }
    rows
}

fn survival(metric: Metric, scheme: Option<String>, fakes: &[Fake], prices: &Prices) -> Survival {
    let survivors = |bar: Verdict| {
        let survived = fakes.iter().filter(|fake| fake.verdict < bar).count() as u64;
        Survivors { survived, survival: share(survived, fakes.len() as u64) }
    };
    let (at_fake, at_suspect) = (survivors(Verdict::Fake), survivors(Verdict::Suspect));
    let cost = |price: &Price| {
        let each = price.each();
        let per = |left: Survivors| left.survival.filter(|s| *s > 0.0).map(|s| each.times(1.0 / s));
        SurvivorCost {
            rung: price.rung,
            currency: price.currency.clone(),
            status: price.status,
            price: each,
            per_survivor: per(at_fake),
            per_survivor_of_suspect: per(at_suspect),
        }
    };
    Survival {
        metric,
        scheme,
        fakes: fakes.len() as u64,
        at_fake,
        at_suspect,
        costs: prices.of(metric).map(cost).collect(),
    }
}

fn lost_accounts(
    fakes: &[Fake],
    truth: &AccountTruth,
    judged: &Judged,
    prices: &Prices,
) -> Vec<LostAccounts> {
    let mut rows = Vec::new();
    for scheme in truth.schemes.in_order() {
        let verdicts: Vec<Verdict> = (0..truth.labels.names.len())
            .filter(|&at| truth.labels.label[at] == Label::Fake && truth.scheme[at] == Some(scheme))
            .map(|at| {
                let found = judged.names.find(truth.labels.names.get(at));
                found.map(|at| judged.verdict[at]).unwrap_or_default()
            })
            .collect();
        if verdicts.is_empty() {
            continue;
        }
        let called = |bar| verdicts.iter().filter(|v| **v >= bar).count() as u64;
        let delivered: Vec<&Fake> = fakes
            .iter()
            .filter(|f| f.scheme == Some(scheme) && f.metric != Metric::Parcel)
            .collect();
        let lost = called(Verdict::Fake);
        let survived = delivered.iter().filter(|f| f.verdict < Verdict::Fake).count() as u64;
        let cost = |price: &Price| LossCost {
            currency: price.currency.clone(),
            status: price.status,
            all: price.each().times(lost as f64),
            per_survivor: share(lost, survived).map(|each| price.each().times(each)),
        };
        rows.push(LostAccounts {
            scheme: truth.schemes.get(scheme).to_owned(),
            accounts: verdicts.len() as u64,
            lost,
            lost_or_held: called(Verdict::Suspect),
            fakes: delivered.len() as u64,
            survived,
            survivors_per_lost_account: share(survived, lost),
            costs: prices.of(Metric::Account).map(cost).collect(),
        });
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fake(metric: Metric, scheme: usize, verdict: Verdict) -> Fake {
        Fake { metric, scheme: Some(scheme), verdict }
    }

    #[test]
    fn a_survivor_pays_for_those_that_did_not() {
        use Verdict::{Fake as Called, Genuine, Suspect};
        let mut schemes = Names::default();
        let (farm, ring) = (schemes.intern("S1"), schemes.intern("S3"));
        let likes = [Called, Called, Called, Suspect, Genuine];
        let mut fakes: Vec<Fake> = likes.iter().map(|v| fake(Metric::Like, farm, *v)).collect();
        fakes.push(fake(Metric::Parcel, ring, Called));
        fakes.push(fake(Metric::Share, ring, Genuine));
        let rows = ladder(&fakes, &schemes, &Prices::default());
        let keys: Vec<(Metric, Option<&str>)> =
            rows.iter().map(|r| (r.metric, r.scheme.as_deref())).collect();
        assert_eq!(
            keys,
            [
                (Metric::Like, Some("S1")),
                (Metric::Like, None),
                (Metric::Share, Some("S3")),
                (Metric::Share, None),
                (Metric::Parcel, Some("S3")),
                (Metric::Parcel, None),
            ]
        );
        let like = &rows[0];
        assert_eq!((like.fakes, like.at_fake.survived, like.at_suspect.survived), (5, 2, 1));
        let buyer = like.costs.iter().find(|c| c.rung == Rung::Buyer).expect("there");
        // 3 to 5 yuan a thousand, two of five survive, or one.
        let near = |a: Option<Range>, high: f64| (a.expect("there").high - high).abs() < 1e-12;
        assert!(near(buyer.per_survivor, 0.005 * 5.0 / 2.0));
        assert!(near(buyer.per_survivor_of_suspect, 0.005 * 5.0));
        assert!(rows[2].costs.is_empty(), "no source gives the price of a share");
        assert_eq!(rows[4].at_fake.survival, Some(0.0));
        assert!(rows[4].costs.iter().all(|c| c.per_survivor.is_none()));
    }
}
