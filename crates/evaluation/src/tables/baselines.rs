//! The baselines beside each other.

use crate::{Baseline, Confusion, Ranking, SchemeRecall};

use super::{Grid, Lang, percent, rate};

/// One row a baseline and labelled thing, with a column for each scheme's recall.
pub(crate) fn baselines(baselines: &[Baseline], lang: Lang) -> Grid {
    let first = baselines.iter().find_map(|b| b.accounts.as_ref());
    let schemes: Vec<&str> =
        first.map(|a| a.schemes.iter().map(|s| s.scheme.as_str()).collect()).unwrap_or_default();
    let mut header = vec![
        lang.say("baseline", "基线"),
        "AUC",
        "AP",
        lang.say("precision", "精确率"),
        lang.say("recall", "召回率"),
        lang.say("accused share", "误判率"),
        lang.say("recall at 1% accused", "误判 1% 时召回"),
    ];
    header.extend(&schemes);
    let mut grid = Grid::new(lang.say("Baselines", "基线"), &header);
    let mut push = |name: String, r: &Ranking, c: &Confusion, found: &[SchemeRecall]| {
        let mut row = vec![
            name,
            rate(r.auc),
            rate(r.average_precision),
            rate(c.precision),
            rate(c.recall),
            percent(c.accused_share),
            rate(r.recall_at_1_percent),
        ];
        row.extend(found.iter().map(|s| rate(s.recall)));
        grid.push(row);
    };
    for b in baselines {
        if let Some(a) = &b.accounts {
            let what = lang.say("accounts", "账号");
            push(format!("{what}: {}", name(b, lang)), &a.ranking, &a.at_fake, &a.schemes);
        }
        if let Some(e) = &b.events {
            let what = lang.say("events", "事件");
            push(format!("{what}: {}", name(b, lang)), &e.ranking, &e.at_fake, &[]);
        }
    }
    grid
}

fn name(baseline: &Baseline, lang: Lang) -> &str {
    match baseline.method {
        "degree" => lang.say("degree", "事件数"),
        "device" => lang.say("device over 5 accounts", "设备超过 5 账号"),
        "text" => lang.say("text over 3 times", "文本超过 3 次"),
        "fraudar" => lang.say("FRAUDAR, first block", "FRAUDAR 首块"),
        "fraudar_three" => lang.say("FRAUDAR, three blocks", "FRAUDAR 前三块"),
        "fraudar_likes" => lang.say("FRAUDAR on likes, first block", "FRAUDAR（赞与关注）首块"),
        "fraudar_likes_three" => {
            lang.say("FRAUDAR on likes, three blocks", "FRAUDAR（赞与关注）前三块")
        }
        other => other,
    }
}
