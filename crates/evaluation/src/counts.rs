//! How well true counts were restored.
//!
//! Gray events count neither way, so any estimate between genuine and genuine + gray is right, and an error is the way to
//! the nearer end, as a share of what was fake. A subject that the results lack while they count its kind has an estimate
//! of zero; a kind that they do not count at all is left out and named.

use std::path::Path;

use serde::Serialize;

use crate::EvaluationError;
use crate::attacks::Attacks;
use crate::confusion::share;
use crate::names::Names;
use crate::quantile::{median, quantile};
use crate::table::Table;
use crate::truth::{CountTruth, CountTruthRow};

/// How well true counts were restored. A count is one of a subject and a kind.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Counts {
    /// True counts of the kinds that the results count.
    pub all: u64,
    /// Of them not in the results.
    pub missing: u64,
    /// Of them with another raw count than the truth.
    pub raw_differs: u64,
    /// Kinds of the truth that the results do not count.
    pub kinds_not_counted: Vec<String>,
    /// All counts with fakes in them.
    pub attacked: Restored,
    /// The same, by kind.
    pub kinds: Vec<KindRestored>,
    /// The same, of some kinds and attacked by some schemes; needs the events.
    pub scopes: Vec<ScopeRestored>,
    /// Counts without fakes.
    pub untouched: Kept,
    /// Share of all counts whose bounds hold the truth.
    pub covered: Option<f64>,
}

/// The errors of attacked counts.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Restored {
    /// Counts with fakes in them.
    pub counts: u64,
    /// Fake events in them.
    pub fake: u64,
    /// Median error as a share of what was fake.
    pub median: Option<f64>,
    /// 90th percentile of the same.
    pub p90: Option<f64>,
    /// Median error against the genuine count alone, gray events taken as wrongly kept.
    pub median_to_genuine: Option<f64>,
    /// Σ error / Σ fake.
    pub total: Option<f64>,
    /// Share whose bounds hold the truth.
    pub covered: Option<f64>,
}

/// The errors of one kind.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct KindRestored {
    /// The kind.
    pub kind: String,
    /// Its attacked counts.
    pub attacked: Restored,
    /// Its other counts.
    pub untouched: Kept,
}

/// The errors of some kinds under some schemes.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ScopeRestored {
    /// Any of these schemes attacked the count.
    pub schemes: Vec<String>,
    /// Its kind is one of these; empty for all.
    pub kinds: Vec<String>,
    /// Its errors.
    pub attacked: Restored,
}

/// What untouched counts kept; at most all of it, gray events not asked for.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Kept {
    /// Counts without fakes and with genuine events.
    pub counts: u64,
    /// Σ min(estimate, genuine) / Σ genuine.
    pub total: Option<f64>,
    /// The least share kept.
    pub min: Option<f64>,
    /// The median share kept.
    pub median: Option<f64>,
    /// Share of the counts that kept everything.
    pub whole: Option<f64>,
}

/// Which attacked counts to tell apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountScope {
    /// Attacked by any of these schemes.
    pub schemes: Vec<String>,
    /// Of these kinds; empty for all.
    pub kinds: Vec<String>,
}

/// A true count beside its estimate.
struct Cell {
    row: usize,
    truth: CountTruthRow,
    estimate: u64,
    low: u64,
    high: u64,
}

impl Counts {
    /// Reads `subjects.parquet` and compares.
    pub(crate) fn read(
        path: &Path,
        truth: &CountTruth,
        attacks: Option<(&Attacks, &Names)>,
        scopes: &[CountScope],
    ) -> Result<Counts, EvaluationError> {
        let mut estimates: Vec<Option<[u64; 4]>> = vec![None; truth.rows.len()];
        let mut counted = vec![false; truth.kinds.len()];
        let table = Table::open(path)?;
        let columns = [
            table.require(&["subject"])?,
            table.require(&["metric", "kind"])?,
            table.require(&["raw"])?,
            table.require(&["genuine"])?,
            table.require(&["low"])?,
            table.require(&["high"])?,
        ];
        table.rows(&columns, |row| {
            let Some(subject) = row.text(0) else { return Ok(()) };
            let kind = row.name(1)?;
            if let Some(kind) = truth.kinds.find(&kind) {
                counted[kind] = true;
            }
            let Some(at) = truth.find(&subject, &kind) else { return Ok(()) };
            if estimates[at].is_some() {
                return Err(row.wrong(0, format!("`{subject}` with {kind} comes twice")));
            }
            estimates[at] = Some([row.count(2)?, row.count(3)?, row.count(4)?, row.count(5)?]);
            Ok(())
        })?;
        Ok(Counts::of(truth, &estimates, &counted, attacks, scopes))
    }

    fn of(
        truth: &CountTruth,
        estimates: &[Option<[u64; 4]>],
        counted: &[bool],
        attacks: Option<(&Attacks, &Names)>,
        scopes: &[CountScope],
    ) -> Counts {
        let cells: Vec<Cell> = (0..truth.rows.len())
            .filter(|&row| counted[truth.rows[row].kind])
            .map(|row| {
                let [_, estimate, low, high] = estimates[row].unwrap_or_default();
                Cell { row, truth: truth.rows[row], estimate, low, high }
            })
            .collect();
        let missing = cells.iter().filter(|c| estimates[c.row].is_none()).count();
        let differs = |c: &&Cell| estimates[c.row].is_some_and(|[raw, ..]| raw != c.truth.raw);
        let kinds = truth.kinds.in_order();
        let left_out = kinds.iter().filter(|k| !counted[**k]);
        Counts {
            all: cells.len() as u64,
            missing: missing as u64,
            raw_differs: cells.iter().filter(differs).count() as u64,
            kinds_not_counted: left_out.map(|&k| truth.kinds.get(k).to_owned()).collect(),
            attacked: Restored::of(cells.iter()),
            kinds: kinds
                .iter()
                .filter(|k| counted[**k])
                .map(|&kind| {
                    let of_it = || cells.iter().filter(move |c| c.truth.kind == kind);
                    KindRestored {
                        kind: truth.kinds.get(kind).to_owned(),
                        attacked: Restored::of(of_it()),
                        untouched: Kept::of(of_it()),
                    }
                })
                .collect(),
            scopes: attacks
                .map(|a| scopes.iter().map(|s| scope(s, &cells, truth, a)).collect())
                .unwrap_or_default(),
            untouched: Kept::of(cells.iter()),
            covered: covered(&cells.iter().collect::<Vec<_>>()),
        }
    }
}

fn scope(
    scope: &CountScope,
    cells: &[Cell],
    truth: &CountTruth,
    (attacks, schemes): (&Attacks, &Names),
) -> ScopeRestored {
    let wanted: Vec<usize> = scope.schemes.iter().filter_map(|s| schemes.find(s)).collect();
    let hit = |c: &&Cell| {
        let kind = truth.kinds.get(c.truth.kind);
        let by = attacks.cells.get(&c.row);
        (scope.kinds.is_empty() || scope.kinds.iter().any(|k| k == kind))
            && by.is_some_and(|by| by.iter().any(|s| wanted.contains(s)))
    };
    ScopeRestored {
        schemes: scope.schemes.clone(),
        kinds: scope.kinds.clone(),
        attacked: Restored::of(cells.iter().filter(hit)),
    }
}

impl Restored {
    fn of<'a>(cells: impl Iterator<Item = &'a Cell>) -> Restored {
        let cells: Vec<&Cell> = cells.filter(|c| c.truth.fake() > 0).collect();
        let mut errors: Vec<f64> =
            cells.iter().map(|c| c.error() as f64 / c.truth.fake() as f64).collect();
        let to_genuine = cells
            .iter()
            .map(|c| c.estimate.abs_diff(c.truth.genuine) as f64 / c.truth.fake() as f64);
        let fake = cells.iter().map(|c| c.truth.fake()).sum();
        Restored {
            counts: cells.len() as u64,
            fake,
            median: quantile(&mut errors, 0.5),
            p90: quantile(&mut errors, 0.9),
            median_to_genuine: median(to_genuine),
            total: share(cells.iter().map(|c| c.error()).sum(), fake),
            covered: covered(&cells),
        }
    }
}

impl Kept {
    fn of<'a>(cells: impl Iterator<Item = &'a Cell>) -> Kept {
        let cells: Vec<(u64, u64)> = cells
            .filter(|c| c.truth.fake() == 0 && c.truth.genuine > 0)
            .map(|c| (c.estimate.min(c.truth.genuine), c.truth.genuine))
            .collect();
        let mut shares: Vec<f64> = cells.iter().map(|(k, n)| *k as f64 / *n as f64).collect();
        let count = cells.len() as u64;
        Kept {
            counts: count,
            total: share(cells.iter().map(|c| c.0).sum(), cells.iter().map(|c| c.1).sum()),
            min: quantile(&mut shares, 0.0),
            median: quantile(&mut shares, 0.5),
            whole: share(cells.iter().filter(|(k, n)| k == n).count() as u64, count),
        }
    }
}

impl Cell {
    /// The way from the estimate to the nearest right count.
    fn error(&self) -> u64 {
        let most = self.truth.genuine + self.truth.gray;
        self.truth.genuine.saturating_sub(self.estimate) + self.estimate.saturating_sub(most)
    }
}

/// Share of the counts whose bounds hold a right count.
fn covered(cells: &[&Cell]) -> Option<f64> {
    let holds = |c: &&&Cell| {
        c.low <= c.truth.genuine + c.truth.gray && c.high >= c.truth.genuine && c.low <= c.high
    };
    share(cells.iter().filter(holds).count() as u64, cells.len() as u64)
}
