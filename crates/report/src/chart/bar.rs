//! Small bars that stand in a table's cell.

use maud::{Markup, html};

const WIDTH: f64 = 120.0;

/// Raw as the full width, genuine filled, its bounds as a whisker.
pub(crate) fn restored(raw: u64, genuine: u64, low: u64, high: u64, label: &str) -> Markup {
    let at = |value: u64| place(value as f64 / raw.max(1) as f64);
    html! {
        svg.bar viewBox="0 0 120 12" role="img" aria-label=(label) {
            rect.away width="120" height="12" rx="1" {}
            rect.left width=(at(genuine)) height="12" rx="1" {}
            path.whisker d=(format!("M{0} 6H{1}M{0} 3V9M{1} 3V9", at(low), at(high))) {}
        }
    }
}

/// Raw as the full width, genuine filled, where no bounds are known.
pub(crate) fn left(raw: u64, genuine: u64) -> Markup {
    let at = place(genuine as f64 / raw.max(1) as f64);
    html! {
        svg.bar viewBox="0 0 120 12" aria-hidden="true" {
            rect.away width="120" height="12" rx="1" {}
            rect.left width=(at) height="12" rx="1" {}
        }
    }
}

/// A weight from the left edge; `most` is the greatest shown.
pub(crate) fn weight(bits: f64, most: f64) -> Markup {
    html! {
        svg.bar viewBox="0 0 120 12" aria-hidden="true" {
            rect.against width=(place(bits / most)) y="2" height="8" {}
        }
    }
}

/// Bits for and against, from the middle: right speaks against the group. `most` is the greatest size shown.
pub(crate) fn balance(bits: f64, most: f64) -> Markup {
    let part = if bits.is_finite() && most > 0.0 { (bits / most).clamp(-1.0, 1.0) } else { 0.0 };
    let width = format!("{:.1}", part.abs() * WIDTH / 2.0);
    let from = format!("{:.1}", if part < 0.0 { WIDTH / 2.0 * (1.0 + part) } else { WIDTH / 2.0 });
    html! {
        svg.bar viewBox="0 0 120 12" aria-hidden="true" {
            rect class=(if part < 0.0 { "for" } else { "against" }) x=(from) width=(width) y="2" height="8" {}
            path.zero d="M60 0V12" {}
        }
    }
}

fn place(share: f64) -> String {
    let held = if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 };
    format!("{:.1}", held * WIDTH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_stay_within_their_width() {
        let bar = restored(10, 99, 0, u64::MAX, "x").into_string();
        assert!(bar.contains("width=\"120.0\""), "{bar}");
        assert!(restored(0, 0, 0, 0, "x").into_string().contains("M0.0 6H0.0"));
        assert!(balance(f64::NAN, 0.0).into_string().contains("width=\"0.0\""));
        assert!(balance(-5.0, 10.0).into_string().contains("x=\"30.0\" width=\"30.0\""));
    }
}
