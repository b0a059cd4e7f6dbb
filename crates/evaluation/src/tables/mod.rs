//! The evaluation as tables for people, in English and Chinese.
//!
//! Every text stands beside its translation. The tables leave out what is only of use to machines; the JSON has all.

mod baselines;
mod buyers;
mod counts;
mod economics;
mod grid;
mod groups;
mod number;
mod verdicts;

use std::fmt;

use crate::Evaluation;
pub(crate) use baselines::baselines;
pub(crate) use grid::Grid;
pub(crate) use number::{count, percent, rate};

/// The language of the tables.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// Chinese.
    Zh,
}

impl Lang {
    /// The one of the two texts that is in this language.
    pub(crate) fn say<'a>(self, en: &'a str, zh: &'a str) -> &'a str {
        match self {
            Lang::En => en,
            Lang::Zh => zh,
        }
    }
}

impl Evaluation {
    /// All tables for a terminal or a fenced block.
    #[must_use]
    pub fn table(&self, lang: Lang) -> String {
        let grids: Vec<String> = self.grids(lang).iter().map(Grid::plain).collect();
        grids.join("\n")
    }

    /// All tables as Markdown.
    #[must_use]
    pub fn markdown(&self, lang: Lang) -> String {
        let grids: Vec<String> = self.grids(lang).iter().map(Grid::markdown).collect();
        grids.join("\n")
    }

    /// The few figures that matter most, for the end of a demonstration.
    #[must_use]
    pub fn brief(&self, lang: Lang) -> String {
        let mut grids = vec![verdicts::verdicts(self, lang), verdicts::schemes(self, lang)];
        grids.extend(self.counts.as_ref().map(|c| counts::restored(c, lang)));
        grids.retain(|g| !g.is_empty());
        grids.iter().map(Grid::plain).collect::<Vec<_>>().join("\n")
    }

    fn grids(&self, lang: Lang) -> Vec<Grid> {
        let mut grids = vec![
            verdicts::called(&self.called, lang),
            verdicts::verdicts(self, lang),
            verdicts::schemes(self, lang),
        ];
        if let Some(accounts) = &self.accounts {
            grids.push(verdicts::populations(accounts, lang));
            grids.push(verdicts::gray(accounts, lang));
        }
        if let Some(groups) = &self.groups {
            grids.push(groups::pairs(groups, lang));
            grids.push(groups::true_groups(groups, lang));
        }
        if let Some(owners) = &self.owners {
            grids.push(buyers::schemes(owners, lang));
        }
        if let Some(buyers) = &self.buyers {
            grids.push(buyers::clients(buyers, lang));
            grids.push(buyers::shared(buyers, lang));
        }
        if let Some(counts) = &self.counts {
            grids.push(counts::restored(counts, lang));
            grids.push(counts::kept(counts, lang));
        }
        if let Some(accounts) = &self.accounts {
            grids.push(verdicts::calibration(accounts, lang));
        }
        if let Some(economics) = &self.economics {
            grids.push(economics::ladder(economics, lang));
            grids.push(economics::lost_accounts(economics, lang));
            grids.push(economics::prices(economics, lang));
        }
        grids.push(verdicts::apart(self, lang));
        grids.retain(|g| !g.is_empty());
        grids
    }
}

impl fmt::Display for Evaluation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.table(Lang::En))
    }
}
