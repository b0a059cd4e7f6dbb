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
    /// On the rows of so many schemes, each scored by a model that had met none of it; where schemes are known.
    pub unmet: Option<(usize, Measures)>,
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
        if let Some((schemes, unmet)) = &self.unmet {
            let _ = writeln!(text, "\n## On {schemes} schemes, each without having met it\n");
            text.push_str(&unmet.markdown());
            text.push_str(
                "\nChances above hold for schemes like those it was fitted on. Of one that it has not met \
                 these hold: who stands lowest may well be fake.\n",
            );
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
