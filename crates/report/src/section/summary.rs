//! The headline: what was found, in two sentences and six numbers, and where to look first.

use maud::{Markup, html};

use super::{View, num, text};
use crate::found::Group;
use crate::lang::fill;
use crate::number;

/// Groups that the summary points to.
const FIRST: usize = 3;

pub(crate) fn render(view: &View, groups: &[&Group]) -> Markup {
    let texts = &view.texts.summary;
    html! {
        section #summary {
            h2 { (texts.title) }
            p.lead { (sentences(view, groups.len())) }
            @if view.model.intake.events > 0 { (tiles(view)) }
            @if !groups.is_empty() {
                h3 { (texts.look_first) }
                ol.first { @for group in groups.iter().take(FIRST) { li { (pointer(view, group)) } } }
            }
        }
    }
}

fn sentences(view: &View, groups: usize) -> Markup {
    let (texts, totals) = (&view.texts.summary, &view.model.totals);
    let counted = ("counted", num(totals.counted));
    if view.model.intake.events == 0 && totals.counted == 0 {
        return text(texts.nothing_read);
    }
    let all_groups = view.model.groups.total.max(groups as u64);
    html! {
        @if totals.counted == 0 {
            (fill(texts.nothing_counted, &[("events", num(view.model.intake.events))]))
        } @else if totals.fake == 0 && totals.suspect == 0 {
            (fill(texts.nothing_found, &[counted]))
        } @else {
            (fill(texts.found, &[
                counted,
                ("fake", num(totals.fake)),
                ("share", text(&number::share(totals.fake, totals.counted))),
            ]))
            @if totals.suspect > 0 {
                (view.texts.words.gap) (fill(texts.held, &[
                    ("held", num(totals.suspect)),
                    ("share", text(&number::share(totals.suspect, totals.counted))),
                ]))
            }
        }
        @if all_groups > 0 {
            (view.texts.words.gap) (fill(texts.groups, &[
                ("groups", num(all_groups)),
                ("fake", num(totals.groups_fake)),
            ]))
        }
    }
}

fn tiles(view: &View) -> Markup {
    let (texts, totals, intake) = (&view.texts.summary, &view.model.totals, &view.model.intake);
    let share = |part| ("share", text(&number::share(part, totals.counted)));
    let tile = |name: &str, value: u64, class: &str, note: Markup| {
        html! { div.tile.(class) { dt { (name) } dd { strong { (num(value)) } span { (note) } } } }
    };
    html! {
        dl.tiles {
            (tile(texts.tile_counted, totals.counted, "plain",
                fill(texts.tile_counted_note, &[("events", num(intake.events))])))
            (tile(texts.tile_fake, totals.fake, "fake",
                fill(texts.tile_fake_note, &[share(totals.fake)])))
            (tile(texts.tile_held, totals.suspect, "held",
                fill(texts.tile_held_note, &[share(totals.suspect)])))
            (tile(texts.tile_accounts, totals.accounts_fake, "plain",
                fill(texts.tile_accounts_note, &[
                    ("accounts", num(totals.accounts)),
                    ("suspect", num(totals.accounts_suspect)),
                ])))
            (tile(texts.tile_groups, totals.groups_fake + totals.groups_suspect, "plain",
                fill(texts.tile_groups_note, &[
                    ("fake", num(totals.groups_fake)),
                    ("suspect", num(totals.groups_suspect)),
                ])))
            (tile(texts.tile_reach, view.model.subjects.total, "plain",
                fill(texts.tile_reach_note, &[
                    ("subjects", num(totals.subjects)),
                    ("owners", num(totals.owners)),
                ])))
        }
    }
}

fn pointer(view: &View, group: &Group) -> Markup {
    let name = fill(view.texts.words.group_number, &[("n", text(&group.group.to_string()))]);
    fill(
        view.texts.summary.look_at,
        &[
            (
                "group",
                html! { (view.verdict(group.verdict)) " " a href=(format!("#g{}", group.group)) { (name) } },
            ),
            ("accounts", num(group.accounts)),
            ("events", num(group.events)),
            ("subjects", num(group.subject_count)),
            ("bits", text(&number::bits(group.bits))),
        ],
    )
}
