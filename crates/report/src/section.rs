//! The parts of the page, in the order in which they stand, and what they share: the model, the language, the zone.

pub(crate) mod checks;
pub(crate) mod cleared;
pub(crate) mod evidence;
pub(crate) mod group;
pub(crate) mod intake;
pub(crate) mod members;
pub(crate) mod method;
pub(crate) mod money;
pub(crate) mod ranking;
pub(crate) mod rerun;
pub(crate) mod summary;
pub(crate) mod timeline;

use maud::{Markup, html};

use crate::clock::Zone;
use crate::lang::{Lang, fill};
use crate::model::Model;
use crate::name;
use crate::number;
use crate::texts::Texts;
use crate::verdict::Verdict;

/// What every part needs.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    pub model: &'a Model,
    pub lang: Lang,
    pub texts: &'static Texts,
    pub zone: Zone,
}

impl<'a> View<'a> {
    pub(crate) fn new(model: &'a Model, lang: Lang) -> View<'a> {
        let zone = Zone::ahead_by(model.run.utc_offset_minutes);
        View { model, lang, texts: lang.texts(), zone }
    }

    /// The verdict as a coloured word.
    pub(crate) fn verdict(&self, verdict: Verdict) -> Markup {
        let (class, place) = match verdict {
            Verdict::Genuine => ("genuine", 0),
            Verdict::Suspect => ("suspect", 1),
            Verdict::Fake => ("fake", 2),
        };
        html! { span.verdict.(class) { (self.texts.words.verdicts[place]) } }
    }

    /// The first of `names`, joined, with the number of those left out.
    pub(crate) fn names(&self, names: &[&str], shown: usize) -> Markup {
        let words = &self.texts.words;
        let left = names.len().saturating_sub(shown);
        html! {
            @if names.is_empty() { "–" }
            @for (place, name) in names.iter().take(shown).enumerate() {
                @if place > 0 { (words.list_comma) }
                (name::tag(name))
            }
            @if left > 0 {
                (words.list_comma) (fill(words.and_more, &[("n", text(&number::count(left as u64)))]))
            }
        }
    }

    /// Detector codes, each with what it looks for.
    pub(crate) fn codes(&self, codes: &[String]) -> Markup {
        html! {
            @for code in codes.iter().take(9) {
                @match crate::texts::lookup(self.texts.words.detectors, code) {
                    Some(says) => abbr title=(says) { (code) },
                    None => (name::tag_within(code, 10)),
                }
                " "
            }
        }
    }

    /// A line that says how much of a list is shown, where not all of it is.
    pub(crate) fn cut(&self, shown: usize, total: u64, file: &str) -> Markup {
        let total = total.max(shown as u64);
        html! {
            @if total > shown as u64 {
                p.cut { (fill(self.texts.page.cut, &[
                    ("shown", num(shown as u64)),
                    ("total", num(total)),
                    ("file", html! { code { (file) } }),
                ])) }
            }
        }
    }
}

/// Plain text as a value for a sentence.
pub(crate) fn text(plain: &str) -> Markup {
    html! { (plain) }
}

/// A number as a value for a sentence.
pub(crate) fn num(n: u64) -> Markup {
    html! { span.n { (number::count(n)) } }
}
