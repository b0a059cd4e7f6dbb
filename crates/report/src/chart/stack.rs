//! Raw against genuine over time: the hours gathered into steps, and two charts of them.
//!
//! Steps are as fine as two hundred of them allow. A few events with broken times (1970, 2099) would squeeze the rest
//! to a line, so a thin tail far from the bulk is left out of the picture and counted.

use maud::{Markup, html};
use plotters::backend::{DrawingBackend, SVGBackend};
use plotters::chart::ChartBuilder;
use plotters::drawing::{DrawingAreaErrorKind, IntoDrawingArea};
use plotters::element::Polygon;
use plotters::style::{Color, IntoFont, RGBColor, TRANSPARENT};

use super::axis::TimeAxis;
use super::{FAKE, GENUINE, HELD, INK, RULE, frame};
use crate::clock::{DAY, HOUR, Zone};
use crate::model::Hour;
use crate::number;

/// The most steps that are drawn.
const STEPS: i64 = 200;
/// Lengths of a step, in hours.
const LENGTHS: [i64; 10] = [1, 3, 6, 24, 48, 168, 672, 2_184, 8_736, 87_360];
const WIDTH: u32 = 860;

/// The hours gathered into steps of one length.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Steps {
    /// Length of a step in seconds.
    pub length: i64,
    /// Start of the first, in seconds since 1970, at a round local time.
    pub start: i64,
    /// Events of each step.
    pub steps: Vec<Step>,
    /// Events that lie outside.
    pub outside: u64,
}

/// Events of one step.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Step {
    pub raw: u64,
    pub fake: u64,
    pub held: u64,
}

impl Step {
    fn genuine(&self) -> u64 {
        self.raw.saturating_sub(self.fake).saturating_sub(self.held)
    }
}

/// Gathers the hours; `None` where no hour has an event.
pub(crate) fn gather(hours: &[Hour], zone: Zone) -> Option<Steps> {
    let mut hours: Vec<Hour> = hours.iter().copied().filter(|h| h.raw > 0).collect();
    hours.sort_unstable_by_key(|h| h.hour);
    let (first, last) = bulk(&hours)?;
    let span = last.saturating_sub(first).saturating_add(1);
    let hours_each =
        LENGTHS.into_iter().find(|length| span / length < STEPS).unwrap_or(span / STEPS + 1);
    let length = hours_each.saturating_mul(HOUR);
    let ahead = zone.seconds();
    let local = first.saturating_mul(HOUR).saturating_add(ahead);
    let start = (local.div_euclid(length) * length).saturating_sub(ahead);
    let mut out = Steps { length, start, ..Steps::default() };
    for hour in hours {
        if !(first..=last).contains(&hour.hour) {
            out.outside = out.outside.saturating_add(hour.raw);
            continue;
        }
        let place = (hour.hour.saturating_mul(HOUR) - start) / length;
        let place = usize::try_from(place).unwrap_or(0).min(STEPS as usize);
        if out.steps.len() <= place {
            out.steps.resize(place + 1, Step::default());
        }
        let step = &mut out.steps[place];
        step.raw = step.raw.saturating_add(hour.raw);
        step.fake = step.fake.saturating_add(hour.fake);
        step.held = step.held.saturating_add(hour.suspect);
    }
    Some(out)
}

/// First and last hour to draw: all of them, or all but a thousandth where that thousandth stretches the picture
/// more than four times.
fn bulk(hours: &[Hour]) -> Option<(i64, i64)> {
    let (first, last) = (hours.first()?.hour, hours.last()?.hour);
    let total: u128 = hours.iter().map(|h| u128::from(h.raw)).sum();
    let tail = total / 2_000;
    let reach = |hours: &mut dyn Iterator<Item = &Hour>| {
        let mut seen = 0u128;
        for hour in hours {
            seen += u128::from(hour.raw);
            if seen > tail {
                return hour.hour;
            }
        }
        first
    };
    let (low, high) = (reach(&mut hours.iter()), reach(&mut hours.iter().rev()));
    let wide = |from: i64, to: i64| to.saturating_sub(from).saturating_add(1);
    let stretched = wide(first, last) > wide(low, high).saturating_mul(4).saturating_add(48);
    Some(if stretched { (low, high) } else { (first, last) })
}

/// The step with the greatest share of fake events among those with at least a tenth of the mean traffic.
pub(crate) fn worst(steps: &Steps) -> Option<(i64, Step)> {
    let total: u64 = steps.steps.iter().map(|s| s.raw).fold(0, u64::saturating_add);
    let floor = (total / (steps.steps.len() as u64).max(1) / 10).max(1);
    let mut best: Option<(i64, Step)> = None;
    for (place, step) in steps.steps.iter().enumerate() {
        let worse = best.is_none_or(|(_, known)| {
            u128::from(step.fake) * u128::from(known.raw)
                > u128::from(known.fake) * u128::from(step.raw)
        });
        if step.raw >= floor && step.fake > 0 && worse {
            best = Some((steps.start + place as i64 * steps.length, *step));
        }
    }
    best
}

/// Whole days as against hours, for the words beside the picture: (is days, how many).
pub(crate) fn step_words(steps: &Steps) -> (usize, i64) {
    match steps.length {
        HOUR => (0, 1),
        DAY => (2, 1),
        length if length % DAY == 0 => (3, length / DAY),
        length => (1, length / HOUR),
    }
}

/// A layer: its colour, and where it begins and ends in a step.
type Layer = (RGBColor, fn(&Step) -> (f64, f64));

/// One of the two charts.
struct Chart<'a> {
    height: u32,
    top: f64,
    layers: &'a [Layer],
    format: &'a dyn Fn(&f64) -> String,
}

impl Chart<'_> {
    fn render(&self, steps: &Steps, zone: Zone, label: &str) -> Markup {
        let mut drawn = String::new();
        match draw(&mut drawn, steps, zone, self) {
            Ok(()) => frame(&drawn, (WIDTH, self.height), label),
            Err(_) => html! {},
        }
    }
}

/// The stacked counts: genuine below, held and fake above it.
pub(crate) fn counts(steps: &Steps, zone: Zone, label: &str) -> Markup {
    let top = steps.steps.iter().map(|s| s.raw).max().unwrap_or(0).max(1);
    let layers: [Layer; 3] = [
        (GENUINE, |s| (0.0, s.genuine() as f64)),
        (HELD, |s| (s.genuine() as f64, (s.genuine().saturating_add(s.held)) as f64)),
        (FAKE, |s| (s.raw.saturating_sub(s.fake) as f64, s.raw as f64)),
    ];
    let format = |value: &f64| number::count(value.max(0.0).round() as u64);
    let chart = Chart { height: 250, top: top as f64 * 1.05, layers: &layers, format: &format };
    chart.render(steps, zone, label)
}

/// The shares of fake and held events.
pub(crate) fn shares(steps: &Steps, zone: Zone, label: &str) -> Markup {
    let of = |part: u64, raw: u64| part as f64 / raw.max(1) as f64;
    let worst = steps.steps.iter().map(|s| of(s.fake.saturating_add(s.held), s.raw));
    let top = worst.fold(0.02, f64::max).min(1.0) * 1.05;
    let layers: [Layer; 2] = [
        (FAKE, |s| (0.0, s.fake as f64 / s.raw.max(1) as f64)),
        (HELD, |s| {
            let raw = s.raw.max(1) as f64;
            (s.fake as f64 / raw, s.fake.saturating_add(s.held) as f64 / raw)
        }),
    ];
    let format = |value: &f64| format!("{:.0} %", value * 100.0);
    Chart { height: 130, top, layers: &layers, format: &format }.render(steps, zone, label)
}

type Drawn<'a> = Result<(), DrawingAreaErrorKind<<SVGBackend<'a> as DrawingBackend>::ErrorType>>;

fn draw<'a>(out: &'a mut String, steps: &Steps, zone: Zone, what: &Chart) -> Drawn<'a> {
    let root = SVGBackend::with_string(out, (WIDTH, what.height)).into_drawing_area();
    let end = steps.start.saturating_add(steps.steps.len() as i64 * steps.length);
    let mut chart = ChartBuilder::on(&root)
        .margin_top(8)
        .margin_right(40)
        .x_label_area_size(24)
        .y_label_area_size(64)
        .build_cartesian_2d(TimeAxis::new(steps.start, end, zone, 8), 0.0..what.top)?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .bold_line_style(RULE)
        .light_line_style(TRANSPARENT)
        .axis_style(INK)
        .y_labels(if what.height > 200 { 6 } else { 3 })
        .x_labels(9)
        .y_label_formatter(&what.format)
        .label_style(("sans-serif", 15).into_font().color(&INK))
        .draw()?;
    for (colour, heights) in what.layers {
        let mut outline = Vec::with_capacity(steps.steps.len() * 4);
        let corners = |place: usize| {
            let from = steps.start.saturating_add(place as i64 * steps.length);
            (from, from.saturating_add(steps.length))
        };
        for (place, step) in steps.steps.iter().enumerate() {
            let (from, to) = corners(place);
            outline.extend([(from, heights(step).1), (to, heights(step).1)]);
        }
        for (place, step) in steps.steps.iter().enumerate().rev() {
            let (from, to) = corners(place);
            outline.extend([(to, heights(step).0), (from, heights(step).0)]);
        }
        chart.draw_series([Polygon::new(outline, colour.filled())])?;
    }
    root.present()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hour(hour: i64, raw: u64, fake: u64) -> Hour {
        Hour { hour, raw, fake, suspect: 0 }
    }

    #[test]
    fn hours_are_gathered_into_local_days_and_nothing_is_lost() {
        let hours: Vec<Hour> = (0..24 * 100).map(|h| hour(h, 10, 1)).collect();
        let steps = gather(&hours, Zone::ahead_by(480)).expect("there are events");
        assert_eq!(steps.length, DAY);
        assert_eq!((steps.start + 8 * HOUR) % DAY, 0);
        assert_eq!(steps.steps.iter().map(|s| s.raw).sum::<u64>(), 24_000);
        assert_eq!(steps.outside, 0);
    }

    #[test]
    fn broken_times_do_not_flatten_the_picture() {
        let mut hours: Vec<Hour> = (400_000..400_048).map(|h| hour(h, 1_000, 0)).collect();
        hours.push(hour(0, 2, 0));
        hours.push(hour(1_139_000, 1, 0));
        let steps = gather(&hours, Zone::ahead_by(0)).expect("there are events");
        assert_eq!((steps.length, steps.outside), (HOUR, 3));
        assert_eq!(steps.steps.len(), 48);
    }

    #[test]
    fn any_hours_can_be_drawn() {
        assert_eq!(gather(&[], Zone::ahead_by(0)), None);
        for hours in [
            vec![hour(5, 1, 1)],
            vec![hour(i64::MIN, 1, 0), hour(i64::MAX, 1, 0)],
            vec![hour(0, u64::MAX, u64::MAX), hour(1, u64::MAX, 0)],
        ] {
            let steps = gather(&hours, Zone::ahead_by(-60)).expect("there are events");
            assert!(steps.steps.len() <= STEPS as usize + 1);
            let svg = counts(&steps, Zone::ahead_by(-60), "x").into_string();
            assert!(svg.starts_with("<svg") && svg.ends_with("</svg>"), "{svg}");
            shares(&steps, Zone::ahead_by(0), "x");
        }
    }

    #[test]
    fn the_worst_step_is_no_handful_at_night() {
        let hours = [hour(0, 1_000, 400), hour(1, 2, 2), hour(2, 1_000, 100)];
        let steps = gather(&hours, Zone::ahead_by(0)).expect("there are events");
        assert_eq!(worst(&steps).map(|(time, step)| (time, step.fake)), Some((0, 400)));
    }
}
