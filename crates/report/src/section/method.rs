//! Method and limits in plain words: what the figures mean, what a verdict allows, what this data could not show.

use maud::{Markup, html};

use super::View;
use crate::texts::lookup;
use crate::verdict::Verdict;

pub(crate) fn render(view: &View) -> Markup {
    let texts = &view.texts.method;
    let mut absent: Vec<(&str, &str)> = Vec::new();
    for (column, _) in texts.without {
        if view.model.intake.absent.iter().any(|name| name == column) {
            absent.extend(lookup(texts.without, column).map(|says| (*column, says)));
        }
    }
    html! {
        section #method {
            h2 { (texts.title) }
            div.prose {
                @for (heading, paragraph) in texts.parts { h3 { (heading) } p { (paragraph) } }
                h3 { (texts.verdicts) }
                dl.meanings {
                    @for (verdict, says) in [
                        (Verdict::Fake, texts.verdict_fake),
                        (Verdict::Suspect, texts.verdict_suspect),
                        (Verdict::Genuine, texts.verdict_genuine),
                    ] { dt { (view.verdict(verdict)) } dd { (says) } }
                }
                h3 { (texts.limits) }
                @if absent.is_empty() { p { (texts.lacks_none) } } @else {
                    p { (texts.lacks) }
                    dl.lacks { @for (column, says) in absent { dt { code { (column) } } dd { (says) } } }
                }
            }
        }
    }
}
