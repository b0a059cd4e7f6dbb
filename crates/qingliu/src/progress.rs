//! How far an audit is, on standard error: rows, rate, time left; nothing when that is no terminal.

use engine::{Listener, Progress};
use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// A line that is drawn over and over.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    bar: ProgressBar,
}

const BAR: &str = "{msg:40!} [{bar:24}] {percent:>3} %  {eta} left";
const BUSY: &str = "{msg:40!} {spinner} {elapsed}";

impl Line {
    /// A line, or none if it should be quiet.
    pub(crate) fn new(quiet: bool) -> Line {
        let target = if quiet {
            ProgressDrawTarget::hidden()
        } else {
            ProgressDrawTarget::stderr_with_hz(8)
        };
        let line = Line { bar: ProgressBar::with_draw_target(None, target) };
        if !line.bar.is_hidden() {
            line.bar.enable_steady_tick(Duration::from_millis(200));
        }
        line
    }

    /// Says what goes on for as long as it does.
    pub(crate) fn busy(&self, what: &str) {
        self.bar.set_style(style(BUSY));
        self.bar.set_message(what.to_owned());
    }

    /// Takes the line away.
    pub(crate) fn clear(&self) {
        self.bar.finish_and_clear();
    }

    /// What the engine tells its steps to. Bytes tell how much of the reading is left, rows how quick it is.
    pub(crate) fn listener(&self, input: &input::Input) -> Listener {
        let (line, reading, bytes) = (self.clone(), Arc::clone(input.progress()), input.bytes());
        if line.bar.is_hidden() {
            return Arc::new(|_| {});
        }
        line.bar.reset();
        line.bar.set_length(bytes);
        line.bar.set_style(style(BAR));
        let detecting = AtomicBool::new(false);
        Arc::new(move |progress| match progress {
            Progress::Read(_) => {
                line.bar.set_position(reading.bytes().min(bytes));
                line.rate("reading", reading.rows());
            }
            Progress::Detected(done, all) => {
                // Rate and time left are those of the step.
                if !detecting.swap(true, Ordering::Relaxed) {
                    line.bar.reset();
                }
                line.bar.set_length(all);
                line.bar.set_position(done);
                line.rate("detecting", done);
            }
            Progress::Judging => line.busy("looking for groups"),
            Progress::Delivering => line.busy("writing events"),
        })
    }

    fn rate(&self, what: &str, rows: u64) {
        let rate = rows as f64 / self.bar.elapsed().as_secs_f64().max(0.001);
        self.bar.set_message(format!(
            "{what} {} rows, {}/s",
            HumanCount(rows),
            HumanCount(rate as u64)
        ));
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("=> ")
}
