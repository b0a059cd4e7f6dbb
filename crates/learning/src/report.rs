//! What is to be said of a model: how good it is on what it had not seen, what it listens to, what it was made from.

use crate::importance::Importance;
use crate::measures::Measures;
use crate::model::Settings;
use crate::provenance::Provenance;
use serde::Serialize;
use std::fmt::Write;

/// What is to be said of a model.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// What it is a model of.
    pub model: &'static str,
    /// On rows that were held out, by cross-validation.
    pub held_out: Measures,
    /// So many times a part was held out.
    pub folds: usize,
    /// Blocks that were never cut.
    pub blocks: usize,
    /// On the last rows by time, learnt from the earlier ones; where times are known.
    pub later: Option<Measures>,
    /// On each scheme, scored by a model that had met none of it; where schemes are known.
    pub unmet: Option<Unmet>,
    /// How margins became chances.
    pub calibration: &'static str,
    /// Trees of the model that is kept.
    pub trees: usize,
    /// Terms of its vocabulary; 0 for a model that reads no texts.
    pub terms: usize,
    /// What it listens to, most first.
    pub importances: Vec<Importance>,
    /// How it was fitted.
    pub settings: Settings,
    /// What it was fitted on.
    pub provenance: Provenance,
}

/// How a model fares against schemes that it has not met.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Unmet {
    /// Over all of them, each with its part of the negative rows.
    pub measures: Measures,
    /// Each by itself, by name.
    pub schemes: Vec<UnmetScheme>,
}

/// What chances a model gives to a scheme that it has not met.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct UnmetScheme {
    /// Its name in the labels.
    pub scheme: String,
    /// Its positive rows.
    pub rows: usize,
    /// Their mean chance.
    pub mean: f64,
    /// Of them those below a chance of 0.1.
    pub lowest: usize,
}

impl Report {
    /// As Markdown.
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut text = format!("# Model of {}\n\n", self.model);
        self.origin(&mut text);
        let folds = self.folds;
        let _ = writeln!(text, "\n## On rows that were held out ({folds} folds, by block)\n");
        text.push_str(&self.held_out.markdown());
        if let Some(later) = &self.later {
            text.push_str("\n## On the last rows by time, learnt from the earlier ones\n\n");
            text.push_str(&later.markdown());
        }
        if let Some(unmet) = &self.unmet {
            text.push_str(&unmet.markdown());
        }
        self.listens_to(&mut text);
        text
    }

    fn origin(&self, text: &mut String) {
        let Provenance { inputs, positive, events, left_out } = &self.provenance;
        let Measures { rows, positives, .. } = self.held_out;
        let _ = writeln!(
            text,
            "- rows: {rows}, of them {positives} positive (`{positive}`), in {} blocks",
            self.blocks
        );
        for (why, count) in left_out {
            let _ = writeln!(text, "- left out: {count} {why}");
        }
        for input in inputs {
            let (name, bytes, hash) = (&input.name, input.bytes, &input.hash);
            let _ = writeln!(text, "- input: `{name}`, {bytes} bytes, XXH3-128 {hash}");
        }
        if let Some((first, last)) = events {
            let _ = writeln!(text, "- events: {first} to {last}");
        }
        let _ = writeln!(
            text,
            "- model: {} trees{}, {} calibration, seed {}",
            self.trees,
            if self.terms > 0 { format!(" over {} terms", self.terms) } else { String::new() },
            self.calibration,
            self.settings.seed
        );
    }

    fn listens_to(&self, text: &mut String) {
        const SHOWN: usize = 25;
        text.push_str("\n## What it listens to\n\n");
        text.push_str("| feature | share of gain | rise of log loss when mixed up |\n");
        text.push_str("| --- | --: | --: |\n");
        let used = self.importances.iter().filter(|i| i.gain > 0.0 || i.permutation != 0.0);
        for Importance { feature, gain, permutation } in used.take(SHOWN) {
            let _ = writeln!(text, "| `{feature}` | {:.1} % | {permutation:.5} |", gain * 100.0);
        }
    }
}

impl Unmet {
    fn markdown(&self) -> String {
        let mut text =
            format!("\n## On {} schemes, each without having met it\n\n", self.schemes.len());
        text.push_str(&self.measures.markdown());
        text.push_str("\n| scheme | rows | mean chance | below 0.1 |\n| --- | --: | --: | --: |\n");
        for UnmetScheme { scheme, rows, mean, lowest } in &self.schemes {
            let _ = writeln!(text, "| {scheme} | {rows} | {mean:.4} | {lowest} |");
        }
        text.push_str(
            "\nThe chances further above hold for a mixture of schemes like that of the labels. Where another scheme is \
             at work that no finding names, its accounts stand among the lowest: a low chance clears nobody of it.\n",
        );
        text
    }
}

impl Measures {
    /// As Markdown tables.
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut text = format!(
            "| AUC | average precision | log loss | log loss of the bare share | worst tenth |\n\
             | --: | --: | --: | --: | --: |\n\
             | {:.4} | {:.4} | {:.4} | {:.4} | {:.4} |\n\n\
             | chance | rows | predicted | true share |\n\
             | --- | --: | --: | --: |\n",
            self.auc,
            self.average_precision,
            self.log_loss,
            self.log_loss_of_share,
            self.worst_tenth
        );
        for t in &self.tenths {
            let few = if t.rows < Measures::ENOUGH { " (few)" } else { "" };
            let _ = writeln!(
                text,
                "| {:.1}–{:.1}{few} | {} | {:.4} | {:.4} |",
                t.from, t.to, t.rows, t.predicted, t.actual
            );
        }
        text
    }
}
