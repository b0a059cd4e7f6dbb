//! Names of China's provinces, cities and counties, and the bare lists of them that doorway pages carry.
//!
//! A place counts only as an item of a list (`渭南市大荔县、黔东南黄平县、`): prose names places too, but one at a time and with
//! words around. The list of names says which units no longer exist; a page with many of those was made from an old list.

use std::sync::LazyLock;

/// Names in order of bytes, each with whether it is retired.
static PLACES: LazyLock<Vec<(&'static str, bool)>> = LazyLock::new(|| {
    let lines = include_str!("../data/places.txt").lines();
    let mut places: Vec<(&str, bool)> = lines
        .filter(|line| !line.is_empty())
        .map(|line| line.strip_suffix('-').map_or((line, false), |name| (name, true)))
        .collect();
    places.sort_unstable();
    places
});

/// What the items of a list are.
#[derive(Clone, Debug, Default)]
pub(crate) struct PlaceList {
    /// Items in all, and their characters.
    pub(crate) items: usize,
    /// Items that are places.
    pub(crate) places: Vec<String>,
    /// Those among them that no longer exist.
    pub(crate) retired: usize,
}

impl PlaceList {
    /// Whether the line is hardly anything but places.
    pub(crate) fn is_bare(&self) -> bool {
        self.places.len() >= 3 && self.places.len() * 5 >= self.items * 4
    }
}

fn find(name: &str) -> Option<bool> {
    let at = PLACES.binary_search_by(|(known, _)| (*known).cmp(name)).ok()?;
    Some(PLACES[at].1)
}

/// The longest an item of a list may be, in characters.
const MOST_ITEM: usize = 18;

/// Takes a line apart at list marks.
pub(crate) fn list(line: &str) -> PlaceList {
    let mut list = PlaceList::default();
    for item in line.split(['、', ',', ' ', ';', '|', '/', '·', '。']).filter(|i| !i.is_empty())
    {
        list.items += 1;
        if item.chars().count() > MOST_ITEM {
            continue;
        }
        if let Some(retired) = place(item) {
            list.retired += usize::from(retired);
            list.places.push(item.to_owned());
        }
    }
    list
}

/// Whether an item is a place, and if so whether a retired one.
fn place(item: &str) -> Option<bool> {
    let starts: Vec<usize> = item.char_indices().map(|(at, _)| at).collect();
    if starts.len() < 2 {
        return None;
    }
    // The end names a county or city: 内蒙古鄂尔多斯市康巴什区.
    for &at in starts.iter().filter(|&&at| item.len() - at >= 6) {
        if let Some(retired) = find(&item[at..]) {
            return Some(retired);
        }
    }
    // The beginning does, and a township follows: 琼海市博鳌镇, 五指山市毛阳.
    for (taken, &at) in starts.iter().enumerate().skip(2) {
        if taken + 6 >= starts.len() && find(&item[..at]).is_some() {
            return Some(false);
        }
    }
    // Short forms of cities stand bare in lists too: 北京、上海、广州.
    for suffix in ["市", "省"] {
        if starts.len() <= 4 && find(&format!("{item}{suffix}")).is_some() {
            return Some(false);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_places_are_told_from_prose() {
        let doorway =
            list("渭南市大荔县、黔东南黄平县、琼海市博鳌镇、五指山市毛阳、杭州市江干区、北京");
        assert_eq!((doorway.places.len(), doorway.retired), (6, 1));
        assert!(doorway.is_bare());
        for prose in [
            "2024年4月,四川省保护消费者权益委员会针对成都某公司长期组织虚假评价",
            "公司地址:上海市杨浦区平凉路1000号2楼",
            "“四通一达”(申通、圆通、中通、百世汇通、韵达五家民营快递公司)共36个城市的总部",
        ] {
            assert!(!list(prose).is_bare(), "{prose}");
        }
    }
}
