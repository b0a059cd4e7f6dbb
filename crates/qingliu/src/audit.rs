//! `qingliu audit`: tables in; results, a page and a summary out.

use crate::arguments::Audit;
use crate::failure::{Failure, Status};
use crate::folder::{self, Folder};
use crate::gathering::{Gathered, Gathering};
use crate::models::Models;
use crate::progress::Line;
use crate::results::{EventTable, write_rejected, write_tables};
use crate::summary::{SettingsSummary, Summary};
use crate::{Outcome, mappings, page, quantity, voice, words};
use anyhow::{Context, anyhow};
use engine::{EngineError, Settings};
use input::Input;
use policy::Policy;
use std::fs;
use std::path::Path;
use std::time::Instant;

/// All that is known when the engine has ended.
pub(crate) struct Run<'a> {
    pub(crate) arguments: &'a Audit,
    pub(crate) policy: &'a Policy,
    pub(crate) input: &'a Input,
    pub(crate) gathered: &'a Gathered,
    pub(crate) outcome: &'a engine::Outcome,
}

/// Runs the command.
pub(crate) fn audit(arguments: &Audit) -> Outcome {
    let summary = perform(arguments)?;
    if arguments.json {
        voice::say(&summary.json())?;
    } else {
        let report = arguments.out.join("report.html");
        voice::say(&words::summary(&summary, arguments.lang, &report))?;
    }
    let limit = arguments.fail_above.unwrap_or(1.0);
    if summary.rates.fake_events <= limit {
        return Ok(Status::Done);
    }
    voice::note(&format!(
        "qingliu: {} of the counted events are fake, and --fail-above allows {limit}",
        quantity::percent(summary.counts.fake_events, summary.counts.counted_events),
    ));
    Ok(Status::TooFake)
}

/// Audits and writes the results; what to say about it is left to the caller.
pub(crate) fn perform(arguments: &Audit) -> Result<Summary, Failure> {
    let begun = Instant::now();
    let policy = read_policy(arguments.policy.as_deref())?;
    let models = Models::read(arguments.model.as_deref(), arguments.text_model.as_deref())?;
    let mapping = arguments.mapping.as_deref().map(mappings::find).transpose()?;
    folder::check_results(&arguments.out)?;
    let networks = input::networks(&arguments.networks).map_err(Failure::input)?;
    let input = Input::open_among(&arguments.inputs, mapping.as_ref(), networks.as_ref())
        .map_err(Failure::input)?;
    let folder = Folder::open(&arguments.out)?;

    let line = Line::new(arguments.quiet);
    let (gathering, parts) = Gathering::of(&input, arguments.max_rejected);
    let workers = workers(arguments.workers);
    let settings = Settings {
        lateness: arguments.lateness,
        policy: policy.clone(),
        text_model: models.of_texts(),
        ..Settings::new(workers, folder.staging().to_owned())
    };
    let mut table = EventTable::create(folder.staging())?;
    let mut sink = |rows: &[engine::results::EventResult], arena: &str| {
        table.append(rows, arena).map_err(|failure| failure.to_string().into())
    };
    let ran = engine::run(parts, &settings, &line.listener(&input), &mut sink);
    let mut outcome = ran.inspect_err(|_| line.clear()).map_err(stopped)?;
    models.score(&mut outcome.results);
    line.busy("writing tables");
    let written = Instant::now();
    let tally = table.close()?;
    let gathered = gathering.finish();
    let told = SettingsSummary {
        workers,
        lateness_seconds: arguments.lateness.map(|lateness| lateness as f64 / 1e6),
        max_rejected: arguments.max_rejected,
        fail_above: arguments.fail_above,
        lang: arguments.lang.say("en", "zh"),
    };
    let mut summary = Summary::of(&input, &gathered, &outcome, tally, (&policy, told));
    summary.models = models.named();
    let run =
        Run { arguments, policy: &policy, input: &input, gathered: &gathered, outcome: &outcome };
    write(&run, folder.staging(), &summary)?;
    summary.took("write", written.elapsed());
    summary.took("total", begun.elapsed());
    put(&folder.staging().join("summary.json"), &summary.json())?;
    line.clear();
    folder.commit()?;
    Ok(summary)
}

fn write(run: &Run<'_>, dir: &Path, summary: &Summary) -> Result<(), Failure> {
    write_tables(dir, &run.outcome.results, &run.outcome.names)?;
    write_rejected(dir, &run.gathered.rejected)?;
    put(&dir.join("report.html"), &page::render(run, &summary.counts))
}

fn put(path: &Path, text: &str) -> Result<(), Failure> {
    fs::write(path, text)
        .with_context(|| format!("{}: cannot be written", path.display()))
        .map_err(Failure::input)
}

fn workers(asked: Option<u16>) -> usize {
    asked.map_or_else(
        || std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
        usize::from,
    )
}

fn read_policy(file: Option<&Path>) -> Result<Policy, Failure> {
    let Some(file) = file else { return Ok(Policy::default()) };
    let named = || format!("{}: not a policy", file.display());
    let text = fs::read_to_string(file).with_context(named).map_err(Failure::arguments)?;
    Policy::parse(&text).with_context(named).map_err(Failure::arguments)
}

/// What stopped the engine, in the words of whoever stopped it.
fn stopped(error: EngineError) -> Failure {
    match error {
        EngineError::Source { source, .. } => Failure::input(anyhow!(source)),
        EngineError::Sink(source) => Failure::input(anyhow!(source)),
        other => Failure::input(other),
    }
}
