//! A group's article: its picture, its timeline, the evidence, its members and what to check by hand.
//!
//! Lists are cut to what a reader can follow; the tables of results hold the rest.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::{View, checks, evidence, num, text};
use crate::chart::meetings;
use crate::chart::network::{self, Picture};
use crate::found::{Group, Member, Shared, Target};
use crate::lang::{fill, plain};
use crate::name;
use crate::number;

const ACCOUNTS: usize = 60;
const SUBJECTS: usize = 30;
const THINGS: usize = 12;
const LINES: usize = 20;
const MEMBERS: usize = 90;
const ABREAST: usize = 3;

pub(crate) fn article(view: &View, group: &Group) -> Markup {
    let texts = &view.texts.group;
    let members = strongest(group);
    let subjects = most_met(group);
    let title = fill(view.texts.words.group_number, &[("n", text(&group.group.to_string()))]);
    html! {
        article.group id=(format!("g{}", group.group)) {
            h3 {
                (title) " " (view.verdict(group.verdict)) " "
                span.bits { (fill(view.texts.words.bits_value, &[("n", text(&number::bits(group.bits)))])) }
            }
            p { (fill(texts.facts, &[
                ("accounts", num(group.accounts.max(members.len() as u64))),
                ("events", num(group.events)),
                ("subjects", num(group.subject_count.max(subjects.len() as u64))),
                ("first", html! { time { (view.zone.minute(group.first)) } }),
                ("last", html! { time { (view.zone.minute(group.last)) } }),
            ])) }
            (picture(view, group, &members, &subjects))
            (timeline(view, group, &subjects))
            (evidence::render(view, group))
            (checks::render(view, group, &members, &subjects))
            (member_table(view, group, &members))
        }
    }
}

fn strongest(group: &Group) -> Vec<&Member> {
    let mut members: Vec<&Member> = group.members.iter().collect();
    members.sort_by(|a, b| b.bits.total_cmp(&a.bits).then_with(|| a.account.cmp(&b.account)));
    members
}

fn most_met(group: &Group) -> Vec<&Target> {
    let mut subjects: Vec<&Target> = group.subjects.iter().collect();
    subjects.sort_by(|a, b| b.events.cmp(&a.events).then_with(|| a.subject.cmp(&b.subject)));
    subjects
}

fn most_shared(group: &Group) -> Vec<&Shared> {
    let mut things: Vec<&Shared> = group.shared.iter().collect();
    things.sort_by(|a, b| {
        b.members.cmp(&a.members).then_with(|| (&a.what, &a.which).cmp(&(&b.what, &b.which)))
    });
    things
}

/// Places by name of the first `limit`.
fn places<'a>(names: impl Iterator<Item = &'a str>, limit: usize) -> BTreeMap<&'a str, usize> {
    names.take(limit).enumerate().map(|(place, name)| (name, place)).collect()
}

fn picture(view: &View, group: &Group, members: &[&Member], subjects: &[&Target]) -> Markup {
    let texts = &view.texts.group;
    let things = most_shared(group);
    let account_at = places(members.iter().map(|m| m.account.as_str()), ACCOUNTS);
    let subject_at = places(subjects.iter().map(|s| s.subject.as_str()), SUBJECTS);
    let mut met: Vec<(usize, usize)> = group
        .meetings
        .iter()
        .filter_map(|m| {
            Some((*account_at.get(m.account.as_str())?, *subject_at.get(m.subject.as_str())?))
        })
        .collect();
    let mut shares: Vec<(usize, usize)> = Vec::new();
    for (place, thing) in things.iter().take(THINGS).enumerate() {
        let users = thing.accounts.iter().filter_map(|account| account_at.get(account.as_str()));
        shares.extend(users.map(|account| (*account, place)));
    }
    for pairs in [&mut met, &mut shares] {
        pairs.sort_unstable();
        pairs.dedup();
    }
    let more = |all: u64, shown: usize| match all.saturating_sub(shown as u64) {
        0 => String::new(),
        n => plain(view.texts.words.and_more, &[("n", &number::count(n))]),
    };
    let (accounts_shown, subjects_shown, things_shown) =
        (members.len().min(ACCOUNTS), subjects.len().min(SUBJECTS), things.len().min(THINGS));
    let drawn = Picture {
        accounts: members
            .iter()
            .take(ACCOUNTS)
            .enumerate()
            .map(|(place, m)| (place + 1, m.account.as_str(), m.bits))
            .collect(),
        subjects: subjects.iter().take(SUBJECTS).map(|s| (s.subject.as_str(), s.events)).collect(),
        things: things
            .iter()
            .take(THINGS)
            .map(|s| (thing_label(view, &s.what), s.which.as_str(), s.members))
            .collect(),
        more: [
            more(group.accounts, accounts_shown),
            more(group.subject_count, subjects_shown),
            more(things.len() as u64, things_shown),
        ],
        met,
        shares,
    };
    let untied = !drawn.things.is_empty() && drawn.shares.is_empty();
    html! {
        @if !drawn.accounts.is_empty() {
            figure.network {
                figcaption { strong { (texts.picture) } " " (texts.picture_note)
                    @if untied { (view.texts.words.gap) (texts.ties_unknown) } }
                (network::draw(&drawn, texts.picture))
            }
        }
    }
}

fn thing_label(view: &View, what: &str) -> String {
    crate::texts::lookup(view.texts.words.things, what)
        .map_or_else(|| name::shorten(what, 16), str::to_owned)
}

fn timeline(view: &View, group: &Group, subjects: &[&Target]) -> Markup {
    let texts = &view.texts.group;
    let names: Vec<&str> = subjects.iter().take(LINES).map(|s| s.subject.as_str()).collect();
    let lines = places(names.iter().copied(), LINES);
    let events: Vec<(usize, i64)> = group
        .meetings
        .iter()
        .filter_map(|m| Some((*lines.get(m.subject.as_str())?, m.time.div_euclid(1_000_000))))
        .collect();
    html! {
        @if !events.is_empty() {
            figure {
                figcaption {
                    strong { (texts.timeline) } " " (texts.timeline_note)
                    @if (events.len() as u64) < group.events {
                        (view.texts.words.gap) (fill(texts.timeline_cut, &[
                            ("shown", num(events.len() as u64)),
                            ("events", num(group.events)),
                        ]))
                    }
                }
                (meetings::draw(&names, &events, view.zone, texts.timeline))
            }
        }
    }
}

fn member_table(view: &View, group: &Group, members: &[&Member]) -> Markup {
    let words = &view.texts.words;
    let shown = &members[..members.len().min(MEMBERS)];
    // Read down, then across: as many rows as a third of the members.
    let rows = shown.len().div_ceil(ABREAST);
    html! {
        @if !shown.is_empty() {
            h4 { (view.texts.group.members) }
            table.members {
                thead { tr { @for _ in 0..ABREAST.min(shown.len()) {
                    th.num { "#" } th { (words.account) } th.num { (words.bits) }
                } } }
                tbody { @for row in 0..rows { tr {
                    @for place in (row..shown.len()).step_by(rows) {
                        td.num { (place + 1) }
                        td { (name::tag(&shown[place].account)) }
                        td.num { (number::bits(shown[place].bits)) }
                    }
                } } }
            }
            (view.cut(shown.len(), group.accounts, "members.parquet"))
        }
    }
}

/// A row of the table of further groups.
pub(crate) fn row(view: &View, group: &Group) -> Markup {
    let mut classes = group.classes.clone();
    classes.retain(|(_, bits)| *bits > 0.0);
    classes.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    html! {
        tr id=(format!("g{}", group.group)) {
            td.num { (group.group) }
            td { (view.verdict(group.verdict)) }
            td.num { (number::bits(group.bits)) }
            td.num { (number::count(group.accounts)) }
            td.num { (number::count(group.subject_count)) }
            td.num { (number::count(group.events)) }
            td { time { (view.zone.minute(group.first)) } }
            td { time { (view.zone.minute(group.last)) } }
            td { @for (place, (class, _)) in classes.iter().take(8).enumerate() {
                @if place > 0 { (view.texts.words.list_comma) }
                (view.texts.evidence.classes[*class as usize].name)
            } }
        }
    }
}
