//! Members: of those who came new, how many are real, in all and by when they came.

use maud::{Markup, html};

use super::{View, num, text};
use crate::chart::bar;
use crate::found::Cohort;
use crate::lang::{fill, plain};
use crate::number;

/// Cohorts that the page lists: the latest.
const COHORTS: usize = 60;

pub(crate) fn render(view: &View) -> Markup {
    let texts = &view.texts.members;
    let members = &view.model.members;
    let mut rows: Vec<&Cohort> = members.cohorts.iter().collect();
    if members.all == 0 || rows.is_empty() {
        return html! {};
    }
    rows.sort_by_key(|cohort| std::cmp::Reverse(cohort.begins));
    let total = rows.len() as u64;
    rows.truncate(COHORTS);
    let weeks = rows.iter().any(|cohort| cohort.days > 1);
    html! {
        section #members {
            h2 { (texts.title) }
            p.lead { (fill(texts.answer, &[
                ("all", num(members.all)),
                ("real", num(members.real)),
                ("share", text(&number::share(members.real, members.all))),
                ("low", num(members.low)),
                ("high", num(members.high)),
            ])) }
            p { (texts.lead) }
            table {
                thead { tr {
                    th { (if weeks { texts.week } else { texts.day }) }
                    th.num { (texts.members) } th.num { (texts.fake) } th.num { (texts.suspect) }
                    th.num { (texts.intent) }
                    @for age in texts.ages { th.num { (age) } }
                    th.num { (texts.real) } th.num { (texts.bounds) } th { (texts.picture) }
                } }
                tbody { @for cohort in &rows { tr { (row(view, cohort)) } } }
            }
            (view.cut(rows.len(), total, "cohorts.parquet"))
        }
    }
}

fn row(view: &View, cohort: &Cohort) -> Markup {
    let day = view.zone.day_of_second(cohort.begins);
    let label = plain(view.texts.members.picture_label, &[("day", &day)]);
    html! {
        td { time { (day) } }
        td.num { (num(cohort.members)) }
        td.num { (num(cohort.fake)) }
        td.num { (num(cohort.suspect)) }
        td.num { (number::share(cohort.intent, cohort.members)) }
        @for age in &cohort.ages { td.num { @if age.seen == 0 { "–" } @else {
            (number::share(age.active, age.seen))
            @if let Some(expected) = age.expected {
                " / " (number::percent(expected / age.seen as f64))
            }
        } } }
        td.num { (num(cohort.real)) }
        td.num { (num(cohort.low)) "–" (num(cohort.high)) }
        td { (bar::restored(cohort.members, cohort.real, cohort.low, cohort.high, &label)) }
    }
}
