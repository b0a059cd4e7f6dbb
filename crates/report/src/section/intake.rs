//! What was read, how its columns were understood, and what was turned away.

use maud::{Markup, html};

use super::{View, num, text};
use crate::lang::fill;
use crate::model::{Choice, Mapping};
use crate::name;
use crate::number;
use crate::texts::lookup;

const FILES: usize = 25;
const MAPPINGS: usize = 6;
const COLUMNS: usize = 40;
const KINDS: usize = 40;
const REJECTIONS: usize = 15;

pub(crate) fn render(view: &View) -> Markup {
    let (texts, intake) = (&view.texts.intake, &view.model.intake);
    html! {
        section #intake {
            h2 { (texts.title) }
            p {
                (fill(if intake.duplicates == 0 { texts.lead_unique } else { texts.lead }, &[
                    ("rows", num(intake.rows)),
                    ("files", num(intake.files.len() as u64)),
                    ("events", num(intake.events)),
                    ("duplicates", num(intake.duplicates)),
                ]))
                @if let (Some(first), Some(last)) = (intake.first, intake.last) {
                    (view.texts.words.gap) (fill(texts.span, &[
                        ("first", html! { time { (view.zone.minute(first)) } }),
                        ("last", html! { time { (view.zone.minute(last)) } }),
                    ]))
                }
                (view.texts.words.gap)
                @if intake.rejected == 0 { (texts.none_rejected) } @else {
                    (fill(texts.some_rejected, &[
                        ("rejected", num(intake.rejected)),
                        ("share", text(&number::share(intake.rejected, intake.rows))),
                    ]))
                }
            }
            (files(view))
            (kinds(view))
            (rejections(view))
            @if !intake.mappings.is_empty() { h3 { (texts.mappings) } }
            @for mapping in intake.mappings.iter().take(MAPPINGS) { (columns(view, mapping)) }
            (view.cut(intake.mappings.len().min(MAPPINGS), intake.mappings.len() as u64, "summary.json"))
        }
    }
}

fn files(view: &View) -> Markup {
    let (texts, files) = (&view.texts.intake, &view.model.intake.files);
    // A page that must not depend on how its input was cut and packed is given no sizes.
    let sized = files.iter().any(|file| file.bytes > 0);
    html! {
        @if !files.is_empty() {
            table {
                caption { (texts.files) }
                thead { tr {
                    th { (texts.file) } th { (texts.mapping) }
                    @if sized { th.num { (texts.size) } } th.num { (texts.rows) } th.num { (texts.rejected) }
                } }
                tbody { @for file in files.iter().take(FILES) { tr {
                    td { (name::tag_within(&file.name, 56)) }
                    td { (name::tag(&file.mapping)) }
                    @if sized { td.num { (number::bytes(file.bytes)) } }
                    td.num { (number::count(file.rows)) }
                    td.num { (number::count(file.rejected)) }
                } } }
            }
            (view.cut(files.len().min(FILES), files.len() as u64, "summary.json"))
        }
    }
}

fn kinds(view: &View) -> Markup {
    let (texts, words) = (&view.texts.intake, &view.texts.words);
    let mut kinds: Vec<_> = view.model.intake.kinds.iter().filter(|kind| kind.events > 0).collect();
    kinds.sort_by(|a, b| b.events.cmp(&a.events).then_with(|| a.kind.cmp(&b.kind)));
    let total = kinds.iter().map(|kind| kind.events).fold(0, u64::saturating_add);
    html! {
        @if !kinds.is_empty() {
            table.narrow {
                caption { (texts.kinds) }
                thead { tr {
                    th { (words.kind) } th.num { (words.events) }
                    th.num { (texts.kind_share) } th { (texts.kind_counts) }
                } }
                tbody { @for kind in kinds.iter().take(KINDS) { tr {
                    td { (kind_name(view, &kind.kind)) }
                    td.num { (number::count(kind.events)) }
                    td.num { (number::share(kind.events, total)) }
                    td { (if kind.counts { texts.yes } else { texts.no }) }
                } } }
            }
            (view.cut(kinds.len().min(KINDS), kinds.len() as u64, "summary.json"))
        }
    }
}

/// The kind in the page's language, with the contract's word beside it.
pub(crate) fn kind_name(view: &View, kind: &str) -> Markup {
    match lookup(view.texts.words.kinds, kind) {
        Some(words) => html! { span title=(kind) { (words) } },
        None => name::tag(kind),
    }
}

fn rejections(view: &View) -> Markup {
    let (texts, intake) = (&view.texts.intake, &view.model.intake);
    let shown = intake.rejections.len().min(REJECTIONS);
    html! {
        @if shown > 0 {
            table {
                caption { (texts.rejections) }
                thead { tr {
                    th { (texts.file) } th.num { (texts.row) } th { (texts.column) } th { (texts.reason) }
                } }
                tbody { @for rejection in &intake.rejections[..shown] { tr {
                    td { (name::tag_within(&rejection.file, 30)) }
                    td.num { (number::count(rejection.row)) }
                    td { (name::tag(&rejection.column)) }
                    td { (name::tag_within(&rejection.reason, 120)) }
                } } }
            }
            (view.cut(shown, intake.rejected, "rejected.parquet"))
        }
    }
}

fn columns(view: &View, mapping: &Mapping) -> Markup {
    let texts = &view.texts.intake;
    let why = match mapping.choice {
        Choice::Header => texts.by_header,
        Choice::Named => texts.by_name,
    };
    let unused: Vec<&str> = mapping.unused.iter().map(String::as_str).collect();
    html! {
        div.mapping {
            p {
                strong { (name::tag_within(&mapping.name, 60)) } " · "
                (fill(why, &[("columns", num(mapping.columns.len() as u64))]))
                @if !unused.is_empty() {
                    (view.texts.words.gap) (fill(texts.unused, &[("columns", view.names(&unused, 12))]))
                }
            }
            dl.pairs { @for (column, source) in mapping.columns.iter().take(COLUMNS) {
                div { dt { code { (name::tag(column)) } } dd { (name::tag_within(source, 28)) } }
            } }
        }
    }
}
