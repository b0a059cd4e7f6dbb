//! Crowds that acted together and were found innocent: the reader should see that they were looked at.

use maud::{Markup, html};

use super::{View, num, text};
use crate::found::Crowd;
use crate::lang::fill;
use crate::number;
use crate::section::evidence::{test_words, value};

const CROWDS: usize = 20;
const TESTS: usize = 3;

pub(crate) fn render(view: &View) -> Markup {
    let (texts, words) = (&view.texts.cleared, &view.texts.words);
    let mut crowds: Vec<&Crowd> = view.model.cleared.rows.iter().collect();
    crowds.sort_by(|a, b| b.bits.total_cmp(&a.bits).then_with(|| a.subjects.cmp(&b.subjects)));
    let total = view.model.cleared.total.max(crowds.len() as u64);
    crowds.truncate(CROWDS);
    html! {
        section #cleared {
            h2 { (texts.title) }
            @if crowds.is_empty() { p { (texts.none) } } @else {
                p { (texts.lead) }
                table.evidence {
                    thead { tr {
                        th.num { (words.accounts) } th.num { (words.events) } th.num { (words.bits) }
                        th { (texts.met_on) } th { (texts.because) }
                    } }
                    tbody { @for crowd in &crowds { tr {
                        td.num { (num(crowd.accounts)) }
                        td.num { (num(crowd.events)) }
                        td.num { (number::bits(crowd.bits)) }
                        td { (view.names(&crowd.subjects.iter().map(String::as_str).collect::<Vec<_>>(), 3)) }
                        td { (reasons(view, crowd)) }
                    } } }
                }
                (view.cut(crowds.len(), total, "summary.json"))
            }
        }
    }
}

fn reasons(view: &View, crowd: &Crowd) -> Markup {
    let mut tests: Vec<_> = crowd.tests.iter().filter(|test| test.bits < 0.0).collect();
    tests.sort_by(|a, b| a.bits.total_cmp(&b.bits).then_with(|| a.name.cmp(&b.name)));
    html! {
        @if tests.is_empty() { (view.texts.cleared.weak) }
        @for test in tests.iter().take(TESTS) {
            p { (fill(view.texts.cleared.because_item, &[
                ("says", test_words(view, test)),
                ("observed", text(&value(view, test, test.observed))),
                ("expected", text(&value(view, test, test.expected))),
                ("bits", text(&number::bits(test.bits))),
            ])) }
        }
    }
}
