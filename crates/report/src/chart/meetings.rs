//! A group's timeline: one line for each subject, dots for what members did there.
//!
//! Events close together share a dot, which keeps a page of many groups small; the dot's area grows with their number.

use maud::{Markup, html};
use plotters::backend::{DrawingBackend, SVGBackend};
use plotters::chart::ChartBuilder;
use plotters::drawing::{DrawingAreaErrorKind, IntoDrawingArea};
use plotters::element::{Circle, PathElement, Text};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, IntoFont, RGBColor, TRANSPARENT};

use super::axis::TimeAxis;
use super::{INK, RULE, frame};
use crate::clock::Zone;
use crate::name;

const WIDTH: u32 = 860;
const ROW: u32 = 19;
/// The most dots in one picture.
const DOTS: usize = 420;
const DOT: RGBColor = RGBColor(0x1d, 0x5f, 0x73);

/// Dots of a picture: (line, start of the stretch in seconds, events).
type Dots = Vec<(usize, i64, u64)>;

/// Draws `events`, each (line, seconds), over the lines named `subjects`, the first on top.
pub(crate) fn draw(subjects: &[&str], events: &[(usize, i64)], zone: Zone, label: &str) -> Markup {
    let times = || events.iter().map(|(_, time)| *time);
    let (Some(first), Some(last)) = (times().min(), times().max()) else { return html! {} };
    let height = 40 + ROW * subjects.len() as u32;
    let (dots, stretch) = gather(events, first, last);
    let mut drawn = String::new();
    let margin = (stretch / 2).max(last.saturating_sub(first) / 60).max(30);
    let axis = TimeAxis::new(first.saturating_sub(margin), last.saturating_add(margin), zone, 8);
    match plot(&mut drawn, (WIDTH, height), subjects, &dots, axis) {
        Ok(()) => frame(&drawn, (WIDTH, height), label),
        Err(_) => html! {},
    }
}

/// Events gathered into stretches, as fine as the limit on dots allows, and the length of a stretch.
fn gather(events: &[(usize, i64)], first: i64, last: i64) -> (Dots, i64) {
    let span = last.saturating_sub(first).max(1);
    let mut columns = 130;
    loop {
        let stretch = (span / columns).max(1);
        let mut places: Vec<(usize, i64)> = events
            .iter()
            .map(|(line, time)| (*line, time.saturating_sub(first) / stretch))
            .collect();
        places.sort_unstable();
        let mut dots: Dots = Vec::new();
        for (line, column) in places {
            let start = first.saturating_add(column.saturating_mul(stretch));
            match dots.last_mut() {
                Some(dot) if (dot.0, dot.1) == (line, start) => dot.2 += 1,
                _ => dots.push((line, start, 1)),
            }
        }
        if dots.len() <= DOTS || columns <= 5 {
            dots.truncate(DOTS);
            return (dots, stretch);
        }
        columns = columns * 2 / 3;
    }
}

fn plot<'a>(
    out: &'a mut String,
    size: (u32, u32),
    subjects: &[&str],
    dots: &Dots,
    axis: TimeAxis,
) -> Result<(), DrawingAreaErrorKind<<SVGBackend<'a> as DrawingBackend>::ErrorType>> {
    let lines = subjects.len() as i32;
    let root = SVGBackend::with_string(out, size).into_drawing_area();
    // Line 0 is on top: heights count down from 0, and half a line is left free at both ends.
    let mut chart = ChartBuilder::on(&root)
        .margin_top(2)
        .margin_right(40)
        .x_label_area_size(24)
        .y_label_area_size(168)
        .build_cartesian_2d(axis, -f64::from(lines) + 0.5..0.5)?;
    chart
        .configure_mesh()
        .disable_y_mesh()
        .disable_y_axis()
        .bold_line_style(RULE)
        .light_line_style(TRANSPARENT)
        .axis_style(INK)
        .x_labels(9)
        .y_labels(0)
        .label_style(("sans-serif", 15).into_font().color(&INK))
        .draw()?;
    let (from, to) = (chart.x_range().start, chart.x_range().end);
    let rules = (0..lines).map(|line| {
        PathElement::new([(from, -f64::from(line)), (to, -f64::from(line))], RULE.stroke_width(1))
    });
    chart.draw_series(rules)?;
    let most = dots.iter().map(|dot| dot.2).max().unwrap_or(1) as f64;
    chart.draw_series(dots.iter().map(|(line, start, events)| {
        let radius = 1.6 + 3.4 * (*events as f64 / most).sqrt();
        Circle::new((*start, -(*line as f64)), radius.round() as i32, DOT.mix(0.75).filled())
    }))?;
    for (line, subject) in subjects.iter().enumerate() {
        let (_, y) = chart.backend_coord(&(from, -(line as f64)));
        let end = Pos::new(HPos::Right, VPos::Center);
        let style = ("sans-serif", 15).into_font().color(&INK).pos(end);
        root.draw(&Text::new(name::shorten(subject, 22), (158, y), style))?;
    }
    root.present()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_are_limited_and_lose_no_event_below_the_limit() {
        let events: Vec<(usize, i64)> =
            (0..4_000).map(|n| (n % 20, (n * 7_919 % 90_000) as i64)).collect();
        let (dots, _) = gather(&events, 0, 90_000);
        assert!(dots.len() <= DOTS);
        assert_eq!(dots.iter().map(|dot| dot.2).sum::<u64>(), 4_000);
    }

    #[test]
    fn any_meetings_can_be_drawn() {
        assert_eq!(draw(&["a"], &[], Zone::ahead_by(0), "x").into_string(), "");
        for times in [[5, 5], [i64::MIN, i64::MAX]] {
            let events = [(0, times[0]), (0, times[1])];
            let svg = draw(&["<b>"], &events, Zone::ahead_by(0), "x").into_string();
            assert!(svg.starts_with("<svg") && svg.contains("&lt;b&gt;"), "{svg}");
        }
    }
}
