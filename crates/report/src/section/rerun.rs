//! How to reproduce the run: command, policy, seed, versions, digest of the input.

use maud::{Markup, html};

use super::View;
use crate::lang::fill;
use crate::name;

const COMMAND: usize = 4_000;
const VERSIONS: usize = 40;

pub(crate) fn render(view: &View) -> Markup {
    let (texts, run) = (&view.texts.rerun, &view.model.run);
    let number = |value: f64| name::shorten(&value.to_string(), 12);
    html! {
        section #rerun {
            h2 { (texts.title) }
            p { (texts.lead) }
            dl.rerun {
                dt { (texts.command) }
                dd { pre { (name::shorten(&run.command, COMMAND)) } }
                dt { (texts.policy) }
                dd { (name::tag_within(&run.policy, 60)) " " (name::tag_within(&run.policy_version, 40)) }
                dt { (texts.thresholds) }
                dd { (fill(texts.thresholds_value, &[
                    ("suspect", html! { (number(run.suspect_from)) }),
                    ("fake", html! { (number(run.fake_from)) }),
                ])) }
                dt { (texts.seed) }
                dd { code { (run.seed) } }
                dt { (texts.digest) }
                dd { code.digest { (name::shorten(&run.digest, 200)) } }
                dt { (texts.versions) }
                dd { @for (program, version) in run.versions.iter().take(VERSIONS) {
                    span.version { (name::tag_within(program, 40)) " " (name::tag_within(version, 40)) }
                } }
            }
        }
    }
}
