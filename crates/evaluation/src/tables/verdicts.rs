//! The tables on accounts, events, owners and points.

use crate::confusion::share;
use crate::{Accounts, Called, Confusion, Evaluation, Ranking, SchemeRecall, Tally};

use super::{Grid, Lang, count, percent, rate};

/// What was called what, whatever the truth.
pub(crate) fn called(called: &Called, lang: Lang) -> Grid {
    let mut grid = Grid::new(
        lang.say("Called", "判定数量"),
        &[
            "",
            lang.say("all", "总数"),
            lang.say("fake", "虚假"),
            lang.say("suspect", "存疑"),
            lang.say("fake share", "虚假占比"),
        ],
    );
    let mut push = |name: &str, tally: Option<Tally>| {
        if let Some(t) = tally {
            grid.push(vec![
                name.to_owned(),
                count(t.all),
                count(t.fake),
                count(t.suspect),
                percent(share(t.fake, t.all)),
            ]);
        }
    };
    push(lang.say("accounts", "账号"), called.accounts);
    push(lang.say("events", "事件"), called.events);
    push(lang.say("groups", "团伙"), called.groups);
    grid
}

/// Precision, recall and ranking of everything that is judged.
pub(crate) fn verdicts(evaluation: &Evaluation, lang: Lang) -> Grid {
    let mut grid = Grid::new(
        lang.say("Verdicts against the truth", "判定与真值对照"),
        &[
            "",
            lang.say("fake", "真虚假"),
            lang.say("found", "查出"),
            lang.say("accused", "误判"),
            lang.say("precision", "精确率"),
            lang.say("recall", "召回率"),
            "F1",
            lang.say("accused share", "误判率"),
            "AUC",
            "AP",
        ],
    );
    let fake = lang.say("fake", "虚假");
    let suspect = lang.say("fake or suspect", "虚假或存疑");
    let row = |what: &str, called: &str, c: &Confusion, r: Option<&Ranking>| {
        vec![
            if called.is_empty() { what.to_owned() } else { format!("{what}: {called}") },
            count(c.found + c.missed),
            count(c.found),
            count(c.accused),
            rate(c.precision),
            rate(c.recall),
            rate(c.f1),
            percent(c.accused_share),
            r.map_or_else(String::new, |r| rate(r.auc)),
            r.map_or_else(String::new, |r| rate(r.average_precision)),
        ]
    };
    if let Some(a) = &evaluation.accounts {
        let what = lang.say("accounts", "账号");
        grid.push(row(what, fake, &a.at_fake, Some(&a.ranking)));
        grid.push(row(what, suspect, &a.at_suspect, None));
    }
    if let Some(e) = &evaluation.events {
        let what = lang.say("events", "事件");
        grid.push(row(what, fake, &e.at_fake, Some(&e.ranking)));
        grid.push(row(what, suspect, &e.at_suspect, None));
        if let Some(r) = &e.ranking_on_arrival {
            let mut cells = vec![lang.say("events: on arrival", "事件：到达时").to_owned()];
            cells.resize(8, String::new());
            cells.extend([rate(r.auc), rate(r.average_precision)]);
            grid.push(cells);
        }
    }
    if let Some(o) = &evaluation.owners {
        let (what, called) = (lang.say("owners", "商家"), lang.say("bought", "买量"));
        grid.push(row(what, called, &o.at_bought, Some(&o.ranking)));
    }
    if let Some(p) = &evaluation.points {
        grid.push(row(lang.say("points", "网点"), fake, &p.at_fake, Some(&p.ranking)));
    }
    grid
}

/// Recall per scheme, of accounts and of events.
pub(crate) fn schemes(evaluation: &Evaluation, lang: Lang) -> Grid {
    let (recall, suspect) = (lang.say("recall", "召回率"), lang.say("or suspect", "含存疑"));
    let mut grid = Grid::new(
        lang.say("Recall per scheme", "各手法召回率"),
        &[
            lang.say("scheme", "手法"),
            lang.say("accounts", "账号"),
            recall,
            suspect,
            "AUC",
            lang.say("events", "事件"),
            recall,
            suspect,
            "AUC",
        ],
    );
    let accounts = evaluation.accounts.as_ref().map_or(&[][..], |a| &a.schemes);
    let events = evaluation.events.as_ref().map_or(&[][..], |e| &e.schemes);
    let mut names: Vec<&str> = accounts.iter().chain(events).map(|s| s.scheme.as_str()).collect();
    names.sort_by_key(|n| crate::names::natural(n));
    names.dedup();
    let cells = |schemes: &[SchemeRecall], name: &str| -> Vec<String> {
        schemes.iter().find(|s| s.scheme == name).map_or_else(
            || vec![String::new(); 4],
            |s| vec![count(s.all), rate(s.recall), rate(s.recall_at_suspect), rate(s.auc)],
        )
    };
    for name in names {
        let mut row = vec![name.to_owned()];
        row.extend(cells(accounts, name));
        row.extend(cells(events, name));
        grid.push(row);
    }
    grid
}

/// Who was wronged, the most wronged first.
pub(crate) fn populations(accounts: &Accounts, lang: Lang) -> Grid {
    let mut grid = Grid::new(
        lang.say("Genuine accounts accused, per population", "各类真实人群的误判"),
        &[
            lang.say("population", "人群"),
            lang.say("genuine", "真实账号"),
            lang.say("accused", "误判"),
            lang.say("share", "误判率"),
            lang.say("suspected", "存疑"),
        ],
    );
    let mut rows: Vec<_> = accounts.populations.iter().collect();
    rows.sort_by_key(|p| (std::cmp::Reverse(p.accused), std::cmp::Reverse(p.genuine)));
    for p in rows {
        let none = lang.say("(none)", "（无）");
        let name = if p.population.is_empty() { none } else { &p.population };
        grid.push(vec![
            name.to_owned(),
            count(p.genuine),
            count(p.accused),
            percent(p.accused_share),
            count(p.suspected),
        ]);
    }
    grid
}

/// What gray accounts were called.
pub(crate) fn gray(accounts: &Accounts, lang: Lang) -> Grid {
    let mut grid = Grid::new(
        lang.say("Gray accounts, in no rate", "灰色账号（不计入任何比率）"),
        &[
            lang.say("scheme", "手法"),
            lang.say("accounts", "账号"),
            lang.say("fake", "判虚假"),
            lang.say("suspect", "判存疑"),
        ],
    );
    for g in &accounts.gray_schemes {
        let none = lang.say("(none)", "（无）");
        let name = if g.scheme.is_empty() { none } else { &g.scheme };
        grid.push(vec![name.to_owned(), count(g.all), count(g.fake), count(g.suspect)]);
    }
    grid
}

/// Score against share of fakes, without the empty parts.
pub(crate) fn calibration(accounts: &Accounts, lang: Lang) -> Grid {
    let c = &accounts.calibration;
    let (error, gap, bound, floor) = (rate(c.error), rate(c.largest_gap), c.bound, c.floor);
    let met = match c.within_bound {
        Some(true) => lang.say("met", "达标"),
        Some(false) => lang.say("MISSED", "未达标"),
        None => lang.say("not to be told", "无从判断"),
    };
    let mut grid = Grid::new(
        &match lang {
            Lang::En => format!(
                "Calibration of account scores (mean error {error}; largest gap with {floor} \
                 accounts or more {gap}, bound {bound}: {met})"
            ),
            Lang::Zh => format!(
                "账号评分校准（平均误差 {error}；{floor} 个账号以上各段最大偏差 {gap}，\
                 上限 {bound}：{met}）"
            ),
        },
        &[
            lang.say("score", "评分"),
            lang.say("accounts", "账号"),
            lang.say("predicted", "预测"),
            lang.say("true share", "真实占比"),
            lang.say("gap", "偏差"),
        ],
    );
    for bin in accounts.calibration.bins.iter().filter(|b| b.accounts > 0) {
        grid.push(vec![
            format!("{:.1}–{:.1}", bin.from, bin.to),
            count(bin.accounts),
            rate(bin.predicted),
            rate(bin.actual),
            rate(bin.gap),
        ]);
    }
    grid
}

/// What the rates leave out or take as it is.
pub(crate) fn apart(evaluation: &Evaluation, lang: Lang) -> Grid {
    let mut grid = Grid::new(lang.say("Told apart", "另计"), &["", lang.say("number", "数量")]);
    let mut push = |en: &str, zh: &str, n: u64| {
        if n > 0 {
            grid.push(vec![lang.say(en, zh).to_owned(), count(n)]);
        }
    };
    if let Some(a) = &evaluation.accounts {
        push("labelled accounts not in the results", "结果中没有的已标注账号", a.missing);
        push("accounts without a label", "未标注的账号", a.unlabelled);
    }
    if let Some(e) = &evaluation.events {
        push("gray events", "灰色事件", e.gray);
        push("labelled events not in the results", "结果中没有的已标注事件", e.missing);
        push("of them fake", "其中虚假", e.missing_fake);
        push("events without a label", "未标注的事件", e.unlabelled);
    }
    if let Some(o) = &evaluation.owners {
        push("victims among owners", "受害商家", o.victims.unwrap_or(0));
        push("victims called bought", "被误判买量的受害商家", o.victims_accused.unwrap_or(0));
        push("cover targets among owners", "掩护对象商家", o.cover_targets.unwrap_or(0));
        let cover = o.cover_targets_accused.unwrap_or(0);
        push("cover targets called bought", "被误判买量的掩护对象商家", cover);
    }
    if let Some(c) = &evaluation.counts {
        push("true counts not in the results", "结果中没有的真实计数", c.missing);
        push("counts with another raw count", "原始计数不一致", c.raw_differs);
    }
    grid
}
