//! The tables on what surviving fakes cost.

use crate::economics::SurvivorCost;
use crate::{Economics, Metric, Range, Rung};

use super::{Grid, Lang, count, percent, rate};

/// Per metric and scheme: what survives and what a survivor costs.
pub(crate) fn ladder(economics: &Economics, lang: Lang) -> Grid {
    let mut grid = Grid::new(
        lang.say("Price ladder: cost per surviving fake", "价格阶梯：每个存活虚假量的成本"),
        &[
            lang.say("metric, scheme", "指标、手法"),
            lang.say("fakes", "虚假量"),
            lang.say("survive", "存活"),
            lang.say("share", "存活率"),
            lang.say("paid by", "付款方"),
            lang.say("price", "单价"),
            lang.say("per survivor", "每个存活"),
            lang.say("suspects held too", "存疑亦扣"),
        ],
    );
    for row in &economics.ladder {
        let scheme = match row.scheme.as_deref() {
            None => lang.say("all", "全部"),
            Some("") => lang.say("(none)", "（无）"),
            Some(scheme) => scheme,
        };
        let mut cells = vec![
            format!("{}, {scheme}", metric(row.metric, lang)),
            count(row.fakes),
            count(row.at_fake.survived),
            percent(row.at_fake.survival),
        ];
        if row.costs.is_empty() {
            cells.push(lang.say("no price known", "无价格来源").to_owned());
            grid.push(cells);
            continue;
        }
        for cost in &row.costs {
            cells.resize(4, String::new());
            cells.extend(priced(cost, lang));
            grid.push(std::mem::take(&mut cells));
        }
    }
    grid
}

fn priced(cost: &SurvivorCost, lang: Lang) -> [String; 4] {
    let left = |per: Option<Range>| {
        per.map_or_else(|| lang.say("none survived", "无存活").to_owned(), range)
    };
    [
        rung(cost.rung, lang).to_owned(),
        format!("{} {} [{}]", cost.currency, range(cost.price), cost.status.letter()),
        left(cost.per_survivor),
        left(cost.per_survivor_of_suspect),
    ]
}

/// What schemes lose with their accounts.
pub(crate) fn lost_accounts(economics: &Economics, lang: Lang) -> Grid {
    let mut grid = Grid::new(
        lang.say("Accounts lost", "账号损失"),
        &[
            lang.say("scheme", "手法"),
            lang.say("accounts", "账号"),
            lang.say("lost", "损失"),
            lang.say("or held", "含存疑"),
            lang.say("fakes", "虚假量"),
            lang.say("survive", "存活"),
            lang.say("per lost account", "每损失账号"),
            lang.say("lost accounts' worth", "损失账号价值"),
            lang.say("adds per survivor", "每个存活增加"),
        ],
    );
    for row in &economics.lost_accounts {
        let none = lang.say("none survived", "无存活");
        let cost = row.costs.first();
        grid.push(vec![
            row.scheme.clone(),
            count(row.accounts),
            count(row.lost),
            count(row.lost_or_held),
            count(row.fakes),
            count(row.survived),
            rate(row.survivors_per_lost_account),
            cost.map_or_else(String::new, |c| {
                format!("{} {} [{}]", c.currency, range(c.all), c.status.letter())
            }),
            cost.map_or_else(String::new, |c| c.per_survivor.map_or(none.to_owned(), range)),
        ]);
    }
    grid
}

/// The prices and where they are from.
pub(crate) fn prices(economics: &Economics, lang: Lang) -> Grid {
    let mut grid = Grid::new(
        lang.say(
            "Prices: V checked, P secondary source, U a claim found nowhere else",
            "价格来源：V 已核对，P 二手来源，U 仅见于其出处的说法",
        ),
        &[
            lang.say("source", "出处"),
            lang.say("metric", "指标"),
            lang.say("paid by", "付款方"),
            lang.say("price", "价格"),
        ],
    );
    for price in &economics.prices {
        let whole = Range { low: price.low, high: price.high };
        let per = if price.per == 1 { String::new() } else { format!(" / {}", price.per) };
        grid.push(vec![
            format!("[{}] {}", price.status.letter(), price.source),
            metric(price.metric, lang).to_owned(),
            rung(price.rung, lang).to_owned(),
            format!("{} {}{per}", price.currency, range(whole)),
        ]);
    }
    grid
}

fn metric(metric: Metric, lang: Lang) -> &'static str {
    match metric {
        Metric::Like => lang.say("like", "点赞"),
        Metric::Follow => lang.say("follow", "关注"),
        Metric::Share => lang.say("share", "分享"),
        Metric::View => lang.say("view", "浏览"),
        Metric::Review => lang.say("review", "评价"),
        Metric::Order => lang.say("order", "订单"),
        Metric::Member => lang.say("member", "会员"),
        Metric::Parcel => lang.say("parcel", "包裹"),
        Metric::Account => lang.say("account", "账号"),
    }
}

fn rung(rung: Rung, lang: Lang) -> &'static str {
    match rung {
        Rung::Supplier => lang.say("first agent", "一级代理"),
        Rung::Buyer => lang.say("buyer", "买家"),
        Rung::Worker => lang.say("(worker gets)", "（刷手所得）"),
    }
}

/// Both ends, or the one that there is.
fn range(range: Range) -> String {
    match range.low {
        None => format!("≤ {}", money(range.high)),
        Some(low) if low >= range.high => money(range.high),
        Some(low) => format!("{}–{}", money(low), money(range.high)),
    }
}

/// Three digits that count, as a price of a thousandth says nothing at two places.
fn money(amount: f64) -> String {
    if amount == 0.0 {
        return "0".to_owned();
    }
    if amount >= 1000.0 {
        return count(amount.round() as u64);
    }
    let places = (2 - amount.abs().log10().floor() as i32).clamp(0, 9);
    let text = format!("{amount:.*}", places as usize);
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_keep_three_digits() {
        assert_eq!(money(0.0008), "0.0008");
        assert_eq!(money(0.001_5), "0.0015");
        assert_eq!(money(12.345), "12.3");
        assert_eq!(money(1234.5), "1,235");
        assert_eq!(money(9.0), "9");
        assert_eq!(money(100.0), "100");
        assert_eq!(range(Range { low: None, high: 6.0 }), "≤ 6");
        assert_eq!(range(Range { low: Some(3.0), high: 5.0 }), "3–5");
    }
}
