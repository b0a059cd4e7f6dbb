//! The page's languages and the way values get into its sentences.
//!
//! A sentence is a template with `{name}` places. Values are put in once and never read again as a template, and the
//! HTML form escapes the sentence and takes values that are escaped already.

use maud::{Markup, PreEscaped, Render};
use serde::Serialize;

use crate::texts::{Texts, en, zh};

/// A language that the page can be written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// Chinese, simplified.
    #[default]
    Zh,
    /// English.
    En,
}

impl Lang {
    /// The value of the page's `lang` attribute.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Lang::Zh => "zh-Hans",
            Lang::En => "en",
        }
    }

    pub(crate) fn texts(self) -> &'static Texts {
        match self {
            Lang::Zh => &zh::TEXTS,
            Lang::En => &en::TEXTS,
        }
    }
}

/// The sentence with its places filled, as plain text.
pub(crate) fn plain(template: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(template.len() + 32);
    walk(template, |part| match part {
        Part::Words(words) => out.push_str(words),
        Part::Place(name) => out.push_str(find(values, name).unwrap_or(&"–")),
    });
    out
}

/// The sentence with its places filled, as HTML.
pub(crate) fn fill(template: &str, values: &[(&str, Markup)]) -> Markup {
    let mut out = String::with_capacity(template.len() + 64);
    walk(template, |part| match part {
        Part::Words(words) => words.render_to(&mut out),
        Part::Place(name) => out.push_str(find(values, name).map_or("–", |value| value.0.as_str())),
    });
    PreEscaped(out)
}

enum Part<'a> {
    Words(&'a str),
    Place(&'a str),
}

fn find<'a, T>(values: &'a [(&str, T)], name: &str) -> Option<&'a T> {
    values.iter().find(|(key, _)| *key == name).map(|(_, value)| value)
}

fn walk<'a>(template: &'a str, mut each: impl FnMut(Part<'a>)) {
    let mut rest = template;
    while let Some((words, after)) = rest.split_once('{') {
        let Some((name, tail)) = after.split_once('}') else { break };
        each(Part::Words(words));
        each(Part::Place(name));
        rest = tail;
    }
    each(Part::Words(rest));
}

/// The names of a template's places, sorted.
#[cfg(test)]
pub(crate) fn places(template: &str) -> Vec<&str> {
    let mut names = Vec::new();
    walk(template, |part| {
        if let Part::Place(name) = part {
            names.push(name);
        }
    });
    names.sort_unstable();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use maud::html;

    #[test]
    fn values_are_not_read_as_templates() {
        assert_eq!(plain("{a} and {b}", &[("a", "{b}"), ("b", "x")]), "{b} and x");
        assert_eq!(plain("{gone}", &[]), "–");
        assert_eq!(plain("a { b", &[]), "a { b");
    }

    #[test]
    fn the_sentence_is_escaped_and_its_values_are_kept() {
        let link = html! { a href="#g1" { "<1>" } };
        let out = fill("a < {g}", &[("g", link)]).into_string();
        assert_eq!(out, "a &lt; <a href=\"#g1\">&lt;1&gt;</a>");
    }
}
