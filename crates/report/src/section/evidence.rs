//! The evidence of a group in words and bits: each class that speaks, and each pooled test behind them.

use maud::{Markup, html};

use super::{View, num, text};
use crate::chart::bar;
use crate::clock::HOUR;
use crate::found::{Group, Test};
use crate::lang::fill;
use crate::name;
use crate::number;
use crate::texts::{TestText, Unit, lookup};
use crate::verdict::Class;

const TESTS: usize = 24;

/// The hour with the most joint events: (start in microseconds, events); the group's first hour where none are known.
pub(crate) fn busiest_hour(group: &Group) -> (i64, u64) {
    const MICROS: i64 = HOUR * 1_000_000;
    let mut hours: Vec<i64> = group.meetings.iter().map(|m| m.time.div_euclid(MICROS)).collect();
    hours.sort_unstable();
    let mut best = (group.first.div_euclid(MICROS), 0);
    for run in hours.chunk_by(|a, b| a == b) {
        if run.len() as u64 > best.1 {
            best = (run[0], run.len() as u64);
        }
    }
    (best.0.saturating_mul(MICROS), best.1)
}

/// What members share, in words; the kinds in `only` first named, all others left out unless none is left.
pub(crate) fn shared_words(view: &View, group: &Group, only: &[&str], limit: usize) -> Markup {
    let mut things: Vec<_> =
        group.shared.iter().filter(|s| only.contains(&s.what.as_str())).collect();
    if things.is_empty() {
        things = group.shared.iter().collect();
    }
    things.sort_by(|a, b| {
        b.members.cmp(&a.members).then_with(|| (&a.what, &a.which).cmp(&(&b.what, &b.which)))
    });
    html! {
        @if things.is_empty() { "–" }
        @for (place, thing) in things.iter().take(limit).enumerate() {
            @if place > 0 { (view.texts.words.list_comma) }
            (fill(view.texts.group.shared_by, &[
                ("what", thing_name(view, &thing.what)),
                ("which", name::tag(&thing.which)),
                ("members", num(thing.members)),
            ]))
        }
    }
}

/// What a shared thing is called.
pub(crate) fn thing_name(view: &View, what: &str) -> Markup {
    match lookup(view.texts.words.things, what) {
        Some(words) => text(words),
        None => name::tag(what),
    }
}

/// The kinds of shared things that a class of evidence is drawn from.
pub(crate) fn things_of(class: Class) -> &'static [&'static str] {
    match class {
        Class::Synchrony | Class::Path => &["source", "agent"],
        Class::Infrastructure => &["device", "ip", "subnet", "address"],
        Class::Content => &["text"],
        Class::Logistics => &["point", "parcel", "counterparty"],
        Class::Money => &["counterparty", "payment", "address"],
        Class::Registration => &["phone", "agent", "ip"],
        Class::Device => &["device", "agent"],
    }
}

pub(crate) fn render(view: &View, group: &Group) -> Markup {
    let texts = &view.texts.evidence;
    let mut classes: Vec<(Class, f64)> =
        group.classes.iter().copied().filter(|(_, bits)| *bits > 0.0).collect();
    classes.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    classes.truncate(Class::ALL.len());
    let most = classes.iter().map(|(_, bits)| *bits).fold(0.0, f64::max);
    html! {
        h4 { (view.texts.group.evidence) }
        p { (fill(texts.total, &[
            ("bits", html! { strong { (number::bits(group.bits)) } }),
            ("odds", number::odds(group.bits, view.lang)),
        ])) }
        @if classes.is_empty() { p { (texts.none) } } @else {
            table.evidence {
                thead { tr {
                    th { (texts.class) } th { (texts.meaning) } th.num { (view.texts.words.bits) } th {}
                } }
                tbody { @for (class, bits) in classes { tr {
                    th scope="row" { (texts.classes[class as usize].name) }
                    td { (class_words(view, group, class, bits)) }
                    td.num { (number::bits(bits)) }
                    td { (bar::weight(bits, most)) }
                } } }
            }
        }
        (tests(view, &group.tests))
    }
}

fn class_words(view: &View, group: &Group, class: Class, bits: f64) -> Markup {
    let words = &view.texts.evidence.classes[class as usize];
    let (hour, busiest) = busiest_hour(group);
    let timeless = class == Class::Synchrony && (busiest == 0 || group.first == group.last);
    let says = if timeless { view.texts.evidence.timeless } else { words.says };
    html! {
        (fill(says, &[
            ("accounts", num(group.accounts)),
            ("subjects", num(group.subject_count)),
            ("hour", html! { time { (view.zone.minute(hour)) } }),
            ("busiest", num(busiest)),
            ("shared", shared_words(view, group, things_of(class), 3)),
        ]))
        (view.texts.words.gap)
        span.people { (fill(words.people, &[("odds", number::odds(bits, view.lang))])) }
    }
}

fn tests(view: &View, tests: &[Test]) -> Markup {
    let texts = &view.texts.evidence;
    let mut tests: Vec<&Test> = tests.iter().collect();
    tests.sort_by(|a, b| b.bits.total_cmp(&a.bits).then_with(|| a.name.cmp(&b.name)));
    tests.truncate(TESTS);
    let most =
        tests.iter().map(|test| test.bits.abs()).filter(|b| b.is_finite()).fold(0.0, f64::max);
    html! {
        @if !tests.is_empty() {
            table.evidence {
                caption { (texts.tests) }
                thead { tr {
                    th { (texts.test) } th.num { (texts.shows) } th.num { (texts.people) }
                    th.num { (view.texts.words.bits) } th {}
                } }
                tbody { @for test in tests { tr {
                    td { (test_words(view, test)) }
                    td.num { (value(view, test, test.observed)) }
                    td.num { (value(view, test, test.expected)) }
                    td.num { (number::bits(test.bits)) }
                    td { (bar::balance(test.bits, most)) }
                } } }
            }
            p.note { (texts.tests_note) }
        }
    }
}

fn known(view: &View, test: &Test) -> Option<&'static TestText> {
    view.texts.evidence.known_tests.iter().find(|known| known.name == test.name)
}

/// What the test looks at; a test without words of its own by its name.
pub(crate) fn test_words(view: &View, test: &Test) -> Markup {
    match known(view, test) {
        Some(known) => text(known.says),
        None => fill(view.texts.evidence.unknown_test, &[("name", name::tag(&test.name))]),
    }
}

/// A value of the test in its unit.
pub(crate) fn value(view: &View, test: &Test, value: f64) -> String {
    match known(view, test).map(|known| known.unit) {
        Some(Unit::Share) => number::percent(value),
        Some(Unit::Number) | None => number::real(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::found::Meeting;

    #[test]
    fn the_busiest_hour_is_the_first_of_equals() {
        let at = |time| Meeting { time, ..Meeting::default() };
        let hour = 3_600_000_000;
        let group = Group {
            meetings: vec![at(5 * hour + 1), at(5 * hour + 2), at(9 * hour), at(9 * hour + 5)],
            ..Group::default()
        };
        assert_eq!(busiest_hour(&group), (5 * hour, 2));
        assert_eq!(busiest_hour(&Group { first: 2 * hour + 7, ..Group::default() }), (2 * hour, 0));
    }
}
