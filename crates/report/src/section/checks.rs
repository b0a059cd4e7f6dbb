//! What to check by hand in a group: concrete accounts, subjects, hours and shared things, by the classes that spoke.

use maud::{Markup, html};

use super::View;
use super::evidence::{busiest_hour, shared_words, things_of};
use crate::found::{Group, Member, Target};
use crate::lang::fill;
use crate::verdict::{Class, Verdict};

/// Accounts and subjects that a line names.
const NAMED: usize = 3;
/// Lines for classes, strongest first.
const LINES: usize = 4;

/// `members` and `subjects` strongest first.
pub(crate) fn render(
    view: &View,
    group: &Group,
    members: &[&Member],
    subjects: &[&Target],
) -> Markup {
    let texts = &view.texts.evidence;
    let mut classes: Vec<(Class, f64)> =
        group.classes.iter().copied().filter(|(_, bits)| *bits > 0.0).collect();
    classes.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    if classes.is_empty() {
        classes.push((Class::Synchrony, 0.0));
    }
    let strongest: Vec<&str> = members.iter().take(NAMED).map(|m| m.account.as_str()).collect();
    let weakest: Vec<&str> = members.iter().rev().take(NAMED).map(|m| m.account.as_str()).collect();
    let met: Vec<&str> = subjects.iter().take(NAMED).map(|s| s.subject.as_str()).collect();
    let hour = view.zone.minute(busiest_hour(group).0);
    let values = |class: Class| {
        [
            ("members", view.names(&strongest, NAMED)),
            ("subjects", view.names(&met, NAMED)),
            ("hour", html! { time { (hour) } }),
            ("shared", shared_words(view, group, things_of(class), 2)),
            ("weakest", view.names(&weakest, NAMED)),
        ]
    };
    html! {
        h4 { (view.texts.group.checks) }
        ul.checks {
            @for (class, _) in classes.iter().take(LINES) {
                li { (fill(texts.classes[*class as usize].check, &values(*class))) }
            }
            li { (fill(texts.check_crowd, &values(Class::Synchrony))) }
            @if members.len() > NAMED {
                li { (fill(texts.check_outsiders, &values(Class::Synchrony))) }
            }
            @if group.verdict == Verdict::Suspect { li { (texts.check_weak) } }
        }
    }
}
