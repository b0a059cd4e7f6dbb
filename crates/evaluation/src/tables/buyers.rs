//! The tables on whom groups serve, and on which owners were rightly called.

use crate::{Buyers, Owners};

use super::{Grid, Lang, count, percent, rate};

/// Groups and shared owners that are shown; the JSON has more.
const SHOWN: usize = 25;
/// Owners that are shown for each group.
const CLIENTS: usize = 3;

/// Owners whom each scheme reached, and what they were called.
pub(crate) fn schemes(owners: &Owners, lang: Lang) -> Grid {
    let accused = lang.say("called bought", "判买量");
    let mut grid = Grid::new(
        lang.say("Owners whom each scheme reached", "各手法触及的商家"),
        &[
            lang.say("scheme", "手法"),
            lang.say("bought", "真买量"),
            lang.say("found", "查出"),
            lang.say("victims", "受害者"),
            accused,
            lang.say("cover targets", "掩护对象"),
            accused,
            lang.say("precision", "精确率"),
            lang.say("recall", "召回率"),
        ],
    );
    for row in &owners.schemes {
        grid.push(vec![
            row.scheme.clone(),
            count(row.bought),
            count(row.found),
            count(row.victims),
            count(row.victims_accused),
            count(row.cover_targets),
            count(row.cover_targets_accused),
            rate(row.precision),
            rate(row.recall),
        ]);
    }
    grid
}

/// Whom each group serves, the groups with the most events first.
pub(crate) fn clients(buyers: &Buyers, lang: Lang) -> Grid {
    let mut grid = Grid::new(
        lang.say(
            "Whom groups serve (owners with three called events or more)",
            "各团伙的服务对象（3 个以上被判事件的商家）",
        ),
        &[
            lang.say("group", "团伙"),
            lang.say("called", "判定"),
            lang.say("events", "事件"),
            lang.say("owners", "商家"),
            lang.say("of them called bought", "其中判买量"),
            lang.say("truly bought", "真买量"),
            lang.say("most events", "最多者"),
        ],
    );
    let mut groups: Vec<_> = buyers.by_group.iter().collect();
    groups.sort_by_key(|group| std::cmp::Reverse(group.events));
    for group in groups.into_iter().take(SHOWN) {
        let first: Vec<String> = group
            .clients
            .iter()
            .take(CLIENTS)
            .map(|c| format!("{} {}", c.owner, percent(c.share)))
            .collect();
        let known = |of: Option<u64>| of.map_or_else(|| "–".to_owned(), count);
        grid.push(vec![
            group.group.clone(),
            match group.called_fake {
                true => lang.say("fake", "虚假"),
                false => lang.say("suspect", "存疑"),
            }
            .to_owned(),
            count(group.events),
            count(group.served),
            known(group.served_called_bought),
            known(group.served_bought),
            first.join(", "),
        ]);
    }
    grid
}

/// Owners whom several groups serve.
pub(crate) fn shared(buyers: &Buyers, lang: Lang) -> Grid {
    let all = count(buyers.shared.len() as u64 + buyers.shared_unnamed);
    let mut grid = Grid::new(
        &match lang {
            Lang::En => format!("Owners served by more than one group: {all}"),
            Lang::Zh => format!("由多个团伙服务的商家：{all}"),
        },
        &[
            lang.say("owner", "商家"),
            lang.say("events", "事件"),
            lang.say("called bought", "判买量"),
            lang.say("truly bought", "真买量"),
            lang.say("groups", "团伙"),
        ],
    );
    let word = |known: Option<bool>| match known {
        Some(true) => lang.say("yes", "是").to_owned(),
        Some(false) => lang.say("no", "否").to_owned(),
        None => "–".to_owned(),
    };
    for owner in buyers.shared.iter().take(SHOWN) {
        grid.push(vec![
            owner.owner.clone(),
            count(owner.events),
            word(owner.called_bought),
            word(owner.bought),
            owner.groups.join(" "),
        ]);
    }
    grid
}
