//! The tables on groups.

use crate::Groups;

use super::{Grid, Lang, count, rate};

/// Pairs together, per scope and verdict.
pub(crate) fn pairs(groups: &Groups, lang: Lang) -> Grid {
    let mut grid = Grid::new(
        lang.say("Pairs of accounts in one group", "同一团伙的账号对"),
        &[
            lang.say("schemes, groups called", "手法、团伙判定"),
            lang.say("true pairs", "真实对"),
            lang.say("found", "查出对"),
            lang.say("precision", "精确率"),
            lang.say("recall", "召回率"),
            "F1",
        ],
    );
    for p in &groups.pairs {
        let schemes = match p.schemes.is_empty() {
            true => lang.say("all", "全部").to_owned(),
            false => p.schemes.join(" "),
        };
        let verdict = match p.verdict {
            "fake" => lang.say("fake", "虚假"),
            "suspect" => lang.say("fake or suspect", "虚假或存疑"),
            _ => lang.say("anything", "不限"),
        };
        grid.push(vec![
            format!("{schemes}, {verdict}"),
            count(p.truth),
            count(p.found),
            rate(p.precision),
            rate(p.recall),
            rate(p.f1),
        ]);
    }
    grid
}

/// Each true group beside the found one that has most of it.
pub(crate) fn true_groups(groups: &Groups, lang: Lang) -> Grid {
    let mut grid = Grid::new(
        lang.say("True groups and the found group with most of each", "真实团伙与最接近的查出团伙"),
        &[
            lang.say("group", "团伙"),
            lang.say("accounts", "账号"),
            lang.say("shared", "共有"),
            lang.say("purity", "纯度"),
            lang.say("of scheme", "同手法"),
            lang.say("completeness", "完整度"),
            lang.say("found as", "查出为"),
            lang.say("verdict", "判定"),
        ],
    );
    for g in &groups.true_groups {
        let gray = if g.gray { lang.say(" (gray)", "（灰色）") } else { "" };
        let verdict = match g.verdict {
            Some("fake") => lang.say("fake", "虚假"),
            Some("suspect") => lang.say("suspect", "存疑"),
            Some(_) => lang.say("genuine", "真实"),
            None => "–",
        };
        grid.push(vec![
            format!("{}{gray}", g.group),
            count(g.accounts),
            count(g.shared),
            rate(g.purity),
            rate(g.scheme_purity),
            rate(g.completeness),
            g.found.clone().unwrap_or_else(|| "–".to_owned()),
            verdict.to_owned(),
        ]);
    }
    grid
}
