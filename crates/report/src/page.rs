//! The frame of the page: head, contents, the sections in their order, and the limit on its size.
//!
//! Group articles are what makes a page large, so they are written first, in the order of their evidence, until their
//! share of the page is used up; the groups after that are rows of a table, and after those only a number.

use std::collections::BTreeSet;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::GROUPS_DRAWN;
use crate::found::Group;
use crate::lang::{Lang, fill};
use crate::model::Model;
use crate::name;
use crate::section::{
    View, cleared, group, intake, members, method, money, ranking, rerun, summary, text, timeline,
};

const STYLE: &str = include_str!("style.css");
/// Bytes that articles of groups may take.
const ARTICLES: usize = 3_300_000;
/// Rows of the table of further groups.
const ROWS: usize = 500;
/// Groups that the contents name.
const NAMED: usize = 12;

/// The page of `model` in `lang`: the same model gives the same bytes.
#[must_use]
pub fn render(model: &Model, lang: Lang) -> String {
    let view = View::new(model, lang);
    let mut groups: Vec<&Group> = model.groups.rows.iter().collect();
    groups.sort_by(|a, b| {
        b.bits.total_cmp(&a.bits).then(a.group.cmp(&b.group)).then(a.first.cmp(&b.first))
    });
    // A number used twice would make two places of one name.
    let mut seen = BTreeSet::new();
    groups.retain(|group| seen.insert(group.group));
    let (articles, drawn) = articles(&view, &groups);
    let rows_end = groups.len().min(drawn + ROWS);
    let rows = &groups[drawn..rows_end];
    let reachable: Vec<u32> = groups[..rows_end].iter().map(|group| group.group).collect();
    html! {
        (DOCTYPE)
        html lang=(lang.tag()) {
            (head(&view))
            body {
                (masthead(&view))
                div.frame {
                    (contents(&view, &groups[..drawn]))
                    main {
                        (summary::render(&view, &groups))
                        (intake::render(&view))
                        (timeline::render(&view))
                        (ranking::render(&view, &reachable))
                        (members::render(&view))
                        (money::render(&view))
                        (group_section(&view, articles, rows, groups.len(), drawn))
                        (cleared::render(&view))
                        (method::render(&view))
                        (rerun::render(&view))
                    }
                }
                footer { (view.texts.page.end) " · " (view.texts.page.internal) }
            }
        }
    }
    .into_string()
}

fn articles(view: &View, groups: &[&Group]) -> (String, usize) {
    let mut out = String::new();
    let mut drawn = 0;
    for group in groups.iter().take(GROUPS_DRAWN) {
        let article = group::article(view, group).into_string();
        if out.len() + article.len() > ARTICLES {
            break;
        }
        out.push_str(&article);
        drawn += 1;
    }
    (out, drawn)
}

fn title(view: &View) -> String {
    let run = name::shorten(&view.model.run.title, 80);
    if run.is_empty() {
        view.texts.page.title.to_owned()
    } else {
        format!("{run} · {}", view.texts.page.title)
    }
}

fn head(view: &View) -> Markup {
    html! {
        head {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width, initial-scale=1";
            // Nothing is fetched and nothing runs, whatever a hostile identifier tries.
            meta http-equiv="Content-Security-Policy"
                content="default-src 'none'; style-src 'unsafe-inline'; img-src data:";
            meta name="referrer" content="no-referrer";
            meta name="robots" content="noindex";
            title { (title(view)) }
            style { (PreEscaped(STYLE)) }
        }
    }
}

fn masthead(view: &View) -> Markup {
    let (page, run, intake) = (&view.texts.page, &view.model.run, &view.model.intake);
    html! {
        header {
            p.product { (page.product) }
            h1 { (page.title) }
            @if !run.title.is_empty() { p.input { (name::tag_within(&run.title, 100)) } }
            p.meta {
                @if let (Some(first), Some(last)) = (intake.first, intake.last) {
                    span { time { (view.zone.minute(first)) } " – " time { (view.zone.minute(last)) } }
                }
                span { (fill(page.zone, &[("zone", text(&view.zone.name()))])) }
                @if !run.policy.is_empty() {
                    span { (view.texts.rerun.policy) " "
                        (name::tag(&run.policy)) " " (name::tag(&run.policy_version)) }
                }
            }
            p.internal { (page.internal) }
        }
    }
}

fn contents(view: &View, drawn: &[&Group]) -> Markup {
    let texts = view.texts;
    html! {
        nav aria-label=(texts.page.contents) {
            h2 { (texts.page.contents) }
            ol {
                li { a href="#summary" { (texts.summary.title) } }
                li { a href="#intake" { (texts.intake.title) } }
                li { a href="#timeline" { (texts.timeline.title) } }
                li {
                    a href="#worst" { (texts.ranking.title) }
                    ol {
                        li { a href="#worst-subjects" { (texts.ranking.subjects) } }
                        li { a href="#worst-owners" { (texts.ranking.owners) } }
                        li { a href="#worst-accounts" { (texts.ranking.accounts) } }
                    }
                }
                @if !view.model.members.cohorts.is_empty() {
                    li { a href="#members" { (texts.members.title) } }
                }
                @if !view.model.losses.rows.is_empty() {
                    li { a href="#money" { (texts.money.title) } }
                }
                li {
                    a href="#groups" { (texts.group.title) }
                    @if !drawn.is_empty() { ol.wide { @for group in drawn.iter().take(NAMED) { li {
                        a href=(format!("#g{}", group.group)) {
                            (fill(texts.words.group_number, &[("n", text(&group.group.to_string()))]))
                        }
                    } } } }
                }
                li { a href="#cleared" { (texts.cleared.title) } }
                li { a href="#method" { (texts.method.title) } }
                li { a href="#rerun" { (texts.rerun.title) } }
            }
        }
    }
}

fn group_section(
    view: &View,
    articles: String,
    rows: &[&Group],
    known: usize,
    drawn: usize,
) -> Markup {
    let (texts, words) = (&view.texts.group, &view.texts.words);
    html! {
        section #groups {
            h2 { (texts.title) }
            @if known == 0 { p { (texts.none) } } @else { p { (texts.lead) } }
            (PreEscaped(articles))
            @if !rows.is_empty() {
                h3 { (texts.rest) }
                p { (texts.rest_note) }
                table.rest {
                    thead { tr {
                        th.num { (words.group) } th { (words.verdict) } th.num { (words.bits) }
                        th.num { (words.accounts) } th.num { (words.subjects) } th.num { (words.events) }
                        th { (texts.first) } th { (texts.last) } th { (texts.classes) }
                    } }
                    tbody { @for group in rows { (group::row(view, group)) } }
                }
            }
            (view.cut(drawn + rows.len(), view.model.groups.total.max(known as u64), "groups.parquet"))
        }
    }
}

#[cfg(test)]
mod tests;
