//! The tables on restored counts.

use crate::{Counts, Kept, Restored};

use super::{Grid, Lang, count, percent};

/// The errors of attacked counts.
pub(crate) fn restored(counts: &Counts, lang: Lang) -> Grid {
    let mut grid = Grid::new(
        lang.say(
            "Attacked counts: error as a share of what was fake",
            "受攻击的计数：误差占虚假量的比例",
        ),
        &[
            lang.say("counts of", "计数"),
            lang.say("counts", "个数"),
            lang.say("fake events", "虚假事件"),
            lang.say("median", "中位数"),
            "p90",
            lang.say("total", "合计"),
            lang.say("bounds hold", "区间覆盖"),
        ],
    );
    let row = |name: String, r: &Restored| {
        vec![
            name,
            count(r.counts),
            count(r.fake),
            percent(r.median),
            percent(r.p90),
            percent(r.total),
            percent(r.covered),
        ]
    };
    for s in &counts.scopes {
        let kinds = match s.kinds.is_empty() {
            true => lang.say("all", "全部").to_owned(),
            false => s.kinds.join(" "),
        };
        let by = s.schemes.join(" ");
        let name = match lang {
            Lang::En => format!("{kinds}, attacked by {by}"),
            Lang::Zh => format!("{kinds}（{by} 攻击）"),
        };
        grid.push(row(name, &s.attacked));
    }
    for k in counts.kinds.iter().filter(|k| k.attacked.counts > 0) {
        grid.push(row(k.kind.clone(), &k.attacked));
    }
    grid.push(row(lang.say("all", "全部").to_owned(), &counts.attacked));
    grid
}

/// What untouched counts kept.
pub(crate) fn kept(counts: &Counts, lang: Lang) -> Grid {
    let mut grid = Grid::new(
        lang.say("Untouched counts: share kept", "未受攻击的计数：保留比例"),
        &[
            lang.say("counts of", "计数"),
            lang.say("counts", "个数"),
            lang.say("total", "合计"),
            lang.say("median", "中位数"),
            lang.say("least", "最低"),
            lang.say("kept whole", "完整保留"),
        ],
    );
    let row = |name: &str, k: &Kept| {
        vec![
            name.to_owned(),
            count(k.counts),
            percent(k.total),
            percent(k.median),
            percent(k.min),
            percent(k.whole),
        ]
    };
    for k in counts.kinds.iter().filter(|k| k.untouched.counts > 0) {
        grid.push(row(&k.kind, &k.untouched));
    }
    grid.push(row(lang.say("all", "全部"), &counts.untouched));
    grid
}
