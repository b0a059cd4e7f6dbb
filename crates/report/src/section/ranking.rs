//! The worst subjects, owners, accounts and network points, and how often each detector spoke.
//!
//! Rows that nothing is said against are left out, so an audit that finds nothing has short tables, not full ones.

use std::cmp::Ordering;

use maud::{Markup, html};

use super::intake::kind_name;
use super::{View, num};
use crate::chart::bar;
use crate::found::{Account, Owner, Point, Subject};
use crate::lang::plain;
use crate::model::Ranked;
use crate::name;
use crate::number;
use crate::texts::lookup;
use crate::verdict::{OwnerVerdict, Verdict};

const SUBJECTS: usize = 40;
const OWNERS: usize = 25;
const ACCOUNTS: usize = 40;
const POINTS: usize = 20;

pub(crate) fn render(view: &View, groups: &[u32]) -> Markup {
    let texts = &view.texts.ranking;
    html! {
        section #worst {
            h2 { (texts.title) }
            p { (texts.lead) }
            (subjects(view))
            (owners(view))
            (accounts(view, groups))
            (points(view))
            (detectors(view))
        }
    }
}

/// The rows worth listing, worst first, at most `limit`, and how many there are in all.
fn worst<T>(
    table: &Ranked<T>,
    limit: usize,
    keep: impl Fn(&T) -> bool,
    order: impl Fn(&T, &T) -> Ordering,
) -> (Vec<&T>, u64) {
    let mut rows: Vec<&T> = table.rows.iter().filter(|row| keep(row)).collect();
    let total = table.total.max(rows.len() as u64);
    if rows.len() > limit {
        rows.select_nth_unstable_by(limit, |a, b| order(a, b));
        rows.truncate(limit);
    }
    rows.sort_by(|a, b| order(a, b));
    (rows, total)
}

fn subjects(view: &View) -> Markup {
    let (texts, words) = (&view.texts.ranking, &view.texts.words);
    let taken = |s: &Subject| s.raw.saturating_sub(s.genuine);
    let (rows, total) = worst(
        &view.model.subjects,
        SUBJECTS,
        |s| taken(s) > 0 || s.verdict != Verdict::Genuine,
        |a, b| {
            taken(b).cmp(&taken(a)).then_with(|| {
                (&a.subject, &a.metric, &a.owner).cmp(&(&b.subject, &b.metric, &b.owner))
            })
        },
    );
    let label = |s: &Subject| {
        plain(
            texts.bar,
            &[
                ("genuine", &number::count(s.genuine)),
                ("raw", &number::count(s.raw)),
                ("low", &number::count(s.low)),
                ("high", &number::count(s.high)),
            ],
        )
    };
    html! {
        h3 #worst-subjects { (texts.subjects) }
        @if rows.is_empty() { p { (texts.subjects_none) } } @else {
            table {
                thead { tr {
                    th { (words.subject) } th { (words.owner) } th { (words.kind) }
                    th.num { (words.raw) } th.num { (words.genuine) } th.num { (words.bounds) }
                    th {} th { (words.verdict) }
                } }
                tbody { @for s in &rows { tr {
                    td { (name::tag(&s.subject)) }
                    td { (name::tag_within(&s.owner, 16)) }
                    td { (kind_name(view, &s.metric)) }
                    td.num { (number::count(s.raw)) }
                    td.num { (number::count(s.genuine)) }
                    td.num.bounds { (number::count(s.low)) "–" (number::count(s.high)) }
                    td { (bar::restored(s.raw, s.genuine, s.low, s.high, &label(s))) }
                    td { (view.verdict(s.verdict)) }
                } } }
            }
            (view.cut(rows.len(), total, "subjects.parquet"))
        }
    }
}

fn owners(view: &View) -> Markup {
    let (texts, words) = (&view.texts.ranking, &view.texts.words);
    let taken = |o: &Owner| o.raw.saturating_sub(o.genuine);
    let (rows, total) = worst(
        &view.model.owners,
        OWNERS,
        |o| o.verdict != OwnerVerdict::Genuine,
        |a, b| {
            b.verdict
                .cmp(&a.verdict)
                .then_with(|| taken(b).cmp(&taken(a)))
                .then_with(|| b.score.total_cmp(&a.score))
                .then_with(|| a.owner.cmp(&b.owner))
        },
    );
    html! {
        h3 #worst-owners { (texts.owners) }
        @if rows.is_empty() { p { (texts.owners_none) } } @else {
            p { (texts.owners_note) }
            table {
                thead { tr {
                    th { (words.owner) } th.num { (words.raw) } th.num { (words.genuine) } th {}
                    th.num { (words.score) } th { (words.verdict) } th { (words.findings) }
                } }
                tbody { @for o in &rows { tr {
                    td { (name::tag(&o.owner)) }
                    td.num { (number::count(o.raw)) }
                    td.num { (number::count(o.genuine)) }
                    td { (bar::left(o.raw, o.genuine)) }
                    td.num { (score(o.score)) }
                    td { (owner_verdict(view, o.verdict)) }
                    td { (view.codes(&o.findings)) }
                } } }
            }
            (view.cut(rows.len(), total, "owners.parquet"))
        }
    }
}

fn accounts(view: &View, groups: &[u32]) -> Markup {
    let (texts, words) = (&view.texts.ranking, &view.texts.words);
    let (rows, total) = worst(
        &view.model.accounts,
        ACCOUNTS,
        |a: &Account| a.verdict != Verdict::Genuine,
        |a, b| {
            b.verdict
                .cmp(&a.verdict)
                .then_with(|| b.bits.total_cmp(&a.bits))
                .then_with(|| b.score.total_cmp(&a.score))
                .then_with(|| a.account.cmp(&b.account))
        },
    );
    html! {
        h3 #worst-accounts { (texts.accounts) }
        @if rows.is_empty() { p { (texts.accounts_none) } } @else {
            table {
                thead { tr {
                    th { (words.account) } th { (words.group) } th.num { (words.events) }
                    th.num { (words.bits) } th.num { (words.score) } th { (words.verdict) }
                    th { (words.findings) }
                } }
                tbody { @for a in &rows { tr {
                    td { (name::tag(&a.account)) }
                    td { @match a.group {
                        Some(group) if groups.contains(&group) =>
                            a href=(format!("#g{group}")) { (group) },
                        Some(group) => (group),
                        None => "–",
                    } }
                    td.num { (number::count(a.events)) }
                    td.num { (number::bits(a.bits)) }
                    td.num { (score(a.score)) }
                    td { (view.verdict(a.verdict)) }
                    td { (view.codes(&a.findings)) }
                } } }
            }
            (view.cut(rows.len(), total, "accounts.parquet"))
        }
    }
}

fn points(view: &View) -> Markup {
    let (texts, words) = (&view.texts.ranking, &view.texts.words);
    if view.model.totals.points == 0 && view.model.points.rows.is_empty() {
        return html! {};
    }
    let (rows, total) = worst(
        &view.model.points,
        POINTS,
        |p: &Point| p.verdict != Verdict::Genuine,
        |a, b| {
            b.verdict
                .cmp(&a.verdict)
                .then_with(|| b.score.total_cmp(&a.score))
                .then_with(|| a.point.cmp(&b.point))
        },
    );
    html! {
        h3 #worst-points { (texts.points) }
        @if rows.is_empty() { p { (texts.points_none) } } @else {
            table.narrow {
                thead { tr {
                    th { (words.point) } th.num { (words.parcels) } th.num { (words.score) }
                    th { (words.verdict) } th { (words.findings) }
                } }
                tbody { @for p in &rows { tr {
                    td { (name::tag(&p.point)) }
                    td.num { (number::count(p.parcels)) }
                    td.num { (score(p.score)) }
                    td { (view.verdict(p.verdict)) }
                    td { (view.codes(&p.findings)) }
                } } }
            }
            (view.cut(rows.len(), total, "points.parquet"))
        }
    }
}

fn detectors(view: &View) -> Markup {
    let texts = &view.texts.ranking;
    let mut findings: Vec<&(String, u64)> = view.model.findings.iter().collect();
    findings.sort();
    html! {
        @if !findings.is_empty() {
            h3 #detectors { (texts.detectors) }
            table.narrow {
                thead { tr { th { (texts.code) } th { (texts.looks_for) } th.num { (texts.number) } } }
                tbody { @for (code, findings) in findings.iter().take(100) { tr {
                    td { code { (name::tag(code)) } }
                    td { (lookup(view.texts.words.detectors, code).unwrap_or("–")) }
                    td.num { (num(*findings)) }
                } } }
            }
        }
    }
}

fn owner_verdict(view: &View, verdict: OwnerVerdict) -> Markup {
    let (class, place) = match verdict {
        OwnerVerdict::Genuine => ("genuine", 0),
        OwnerVerdict::Victim => ("victim", 1),
        OwnerVerdict::Suspect => ("suspect", 2),
        OwnerVerdict::Bought => ("fake", 3),
    };
    html! { span.verdict.(class) { (view.texts.words.owner_verdicts[place]) } }
}

fn score(score: f64) -> String {
    if score.is_finite() { format!("{score:.3}") } else { "–".to_owned() }
}
