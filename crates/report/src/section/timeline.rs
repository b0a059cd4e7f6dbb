//! Raw against genuine over time.

use maud::{Markup, html};

use super::{View, num, text};
use crate::chart::stack;
use crate::lang::{fill, plain};
use crate::number;

pub(crate) fn render(view: &View) -> Markup {
    let texts = &view.texts.timeline;
    let Some(steps) = stack::gather(&view.model.timeline, view.zone) else {
        return html! { section #timeline { h2 { (texts.title) } p { (texts.empty) } } };
    };
    let (unit, n) = stack::step_words(&steps);
    let step = plain(texts.steps[unit], &[("n", &n.to_string())]);
    html! {
        section #timeline {
            h2 { (texts.title) }
            p { (fill(texts.lead, &[("step", text(&step))])) }
            p.legend {
                span { i.genuine {} (texts.legend_genuine) }
                span { i.held {} (texts.legend_held) }
                span { i.fake {} (texts.legend_fake) }
            }
            figure { figcaption { (texts.counts) } (stack::counts(&steps, view.zone, texts.counts)) }
            figure { figcaption { (texts.shares) } (stack::shares(&steps, view.zone, texts.shares)) }
            @if let Some((time, step)) = stack::worst(&steps) {
                p { (fill(texts.worst, &[
                    ("share", text(&number::share(step.fake, step.raw))),
                    ("raw", num(step.raw)),
                    ("time", html! { time { (view.zone.minute_of_second(time)) } }),
                ])) }
            }
            @if steps.outside > 0 { p.cut { (fill(texts.outside, &[("n", num(steps.outside))])) } }
        }
    }
}
