//! Pictures as SVG inside the page: charts drawn by plotters, small bars and the network written directly.
//!
//! A picture that cannot be drawn is left out rather than stopping the page. Colours come from one palette that keeps
//! its order of darkness in grey print.

pub(crate) mod axis;
pub(crate) mod bar;
pub(crate) mod meetings;
pub(crate) mod network;
pub(crate) mod stack;

use maud::{Markup, PreEscaped, html};
use plotters::style::RGBColor;

pub(crate) const GENUINE: RGBColor = RGBColor(0x8f, 0xbc, 0xc6);
pub(crate) const HELD: RGBColor = RGBColor(0xdd, 0xa6, 0x3a);
pub(crate) const FAKE: RGBColor = RGBColor(0xa3, 0x2c, 0x1c);
pub(crate) const INK: RGBColor = RGBColor(0x4a, 0x56, 0x62);
pub(crate) const RULE: RGBColor = RGBColor(0xe3, 0xe7, 0xea);

/// The drawing as a picture that scales with the page and says what it shows to who cannot see it.
pub(crate) fn frame(drawn: &str, (width, height): (u32, u32), label: &str) -> Markup {
    // Plotters fixes the size in its opening tag; the page wants its own.
    let body = drawn.split_once('>').map_or("", |(_, rest)| rest).replace('\n', "");
    if !body.ends_with("</svg>") {
        return html! {};
    }
    html! {
        svg viewBox=(format!("0 0 {width} {height}")) role="img" aria-label=(label) {
            (PreEscaped(body.trim_end_matches("</svg>")))
        }
    }
}
