//! Every row scored by a model that had not seen it, nor anything of its block.
//!
//! What a report says of a model is measured here, by cross-validation; the model that is kept is then fitted on all
//! rows, so it has seen a little more than those that were measured. The calibration comes from the held-out margins, and
//! each fold is measured under a calibration fitted on the others.

use crate::calibration::{Calibration, Held};
use crate::error::FitError;
use crate::examples::Truth;
use crate::folds::{self, Folds};
use crate::measures::Measures;
use crate::report::{Unmet, UnmetScheme};

/// Something that can be fitted on some rows and gives margins for others.
pub(crate) trait Learner {
    /// What fitting leaves.
    type Fitted;

    /// What is true of the rows.
    fn truth(&self) -> &Truth;

    /// Fits on these rows and looks at no other row's label.
    fn fit(&self, rows: &[u32], seed: u64) -> Result<Self::Fitted, FitError>;

    /// Margins of these rows: the higher, the likelier positive.
    fn margins(&self, fitted: &Self::Fitted, rows: &[u32]) -> Vec<f64>;
}

/// What came of holding out each fold.
pub(crate) struct HeldOut<F> {
    /// By fold: the model that had not seen it, and its rows.
    pub(crate) parts: Vec<(F, Vec<u32>)>,
    pub(crate) calibration: Calibration,
    pub(crate) measures: Measures,
}

/// Measures a learner on its own rows and fits the calibration.
pub(crate) fn hold_out<L: Learner>(
    learner: &L,
    folds: u8,
    seed: u64,
) -> Result<HeldOut<L::Fitted>, FitError> {
    let truth = learner.truth();
    let rows: Vec<u32> = (0..truth.labels.len() as u32).collect();
    let folds = Folds::grouped(truth, &rows, folds, seed)?;
    folds.enough(truth, &rows)?;
    let mut held: Vec<Held> = Vec::with_capacity(rows.len());
    let mut parts = Vec::new();
    for fold in 0..folds.count() {
        let (inside, outside) = folds.cut(&rows, fold);
        let fitted = learner.fit(&outside, seed)?;
        let margins = learner.margins(&fitted, &inside);
        let label = |row: &u32| truth.labels[*row as usize];
        held.extend(margins.iter().zip(&inside).map(|(&margin, row)| (margin, label(row), fold)));
        parts.push((fitted, inside));
    }
    let (calibration, chances) = Calibration::fit(&held, folds.count());
    let scored: Vec<(f64, bool)> =
        chances.iter().zip(&held).map(|(&chance, held)| (chance, held.1)).collect();
    let measures = Measures::of(&scored).ok_or(FitError::Uneven)?;
    Ok(HeldOut { parts, calibration, measures })
}

/// Fits on what came before and measures what came after: how a model fares that is not trained again.
pub(crate) fn before_and_after<L: Learner>(
    learner: &L,
    (before, after): (&[u32], &[u32]),
    folds: u8,
    seed: u64,
) -> Result<Option<Measures>, FitError> {
    Ok(Measures::of(&scored_after(learner, (before, after), folds, seed)?))
}

/// Fits without each scheme in turn and measures all of them together: how a model fares against what it has not met. `None`
/// where fewer than two schemes are known, or too little is left without one.
pub(crate) fn without_each<L: Learner>(
    learner: &L,
    schemes: &[Option<String>],
    seed: u64,
) -> Option<Unmet> {
    /// Each scheme is a fit by itself, so its calibration is made on few folds.
    const FOLDS: u8 = 3;
    let (mut scored, mut each) = (Vec::new(), Vec::new());
    for (scheme, outside, inside) in folds::by_scheme(learner.truth(), schemes, seed) {
        // What is left may hold too few blocks of a class to be calibrated.
        let Ok(part) = scored_after(learner, (&outside, &inside), FOLDS, seed) else { continue };
        let chances = || part.iter().filter(|row| row.1).map(|row| row.0);
        let rows = chances().count();
        let mean = chances().sum::<f64>() / rows.max(1) as f64;
        let lowest = chances().filter(|chance| *chance < 0.1).count();
        each.push(UnmetScheme { scheme, rows, mean, lowest });
        scored.extend(part);
    }
    Measures::of(&scored)
        .filter(|_| each.len() > 1)
        .map(|measures| Unmet { measures, schemes: each })
}

/// Chances of some rows by what was fitted and calibrated on others, with what is true.
fn scored_after<L: Learner>(
    learner: &L,
    (before, after): (&[u32], &[u32]),
    folds: u8,
    seed: u64,
) -> Result<Vec<(f64, bool)>, FitError> {
    let truth = learner.truth();
    let inner = Folds::grouped(truth, before, folds, seed)?;
    let mut held: Vec<Held> = Vec::with_capacity(before.len());
    for fold in 0..inner.count() {
        let (inside, outside) = inner.cut(before, fold);
        let fitted = learner.fit(&outside, seed)?;
        let margins = learner.margins(&fitted, &inside);
        let label = |row: &u32| truth.labels[*row as usize];
        held.extend(margins.iter().zip(&inside).map(|(&margin, row)| (margin, label(row), fold)));
    }
    let (calibration, _) = Calibration::fit(&held, inner.count());
    let fitted = learner.fit(before, seed)?;
    let margins = learner.margins(&fitted, after);
    let chances = margins.iter().map(|&margin| calibration.chance(margin));
    Ok(chances.zip(after).map(|(chance, &row)| (chance, truth.labels[row as usize])).collect())
}
