//! `qingliu train`: models from labels, their reports, and what they are worth on other labels.
//!
//! The model and its report are written beside each other, whole or not at all. A file that is no model is never
//! overwritten.

mod accounts;
mod labels;
mod table;
mod texts;

use crate::arguments::{CheckModel, Fitting, Train, TrainAccounts, TrainTexts, TrainWhat};
use crate::failure::{Failure, Status};
use crate::{Outcome, voice};
use anyhow::{Context, anyhow};
use learning::{Measures, Model, ModelError, Report, Settings, TextModel, Texts};
use std::fs;
use std::path::{Path, PathBuf};

pub(crate) use texts::Filter;

/// Runs the command.
pub(crate) fn train(arguments: &Train) -> Outcome {
    match &arguments.what {
        TrainWhat::Texts(texts) => train_texts(texts),
        TrainWhat::Accounts(accounts) => train_accounts(accounts),
        TrainWhat::Check(check) => check_model(check),
    }
}

fn train_texts(arguments: &TrainTexts) -> Outcome {
    free(&arguments.fitting.out)?;
    let labelled = texts::Labelled::read(&arguments.table, &arguments.columns)?;
    let rows = Texts {
        texts: &labelled.texts,
        labels: &labelled.labels,
        blocks: &labelled.blocks(),
        times: labelled.times.as_deref(),
    };
    let settings = settings(&arguments.fitting);
    let (model, report) =
        TextModel::fit(rows, settings, labelled.provenance.clone()).map_err(Failure::input)?;
    write(&arguments.fitting, &model.save().map_err(Failure::input)?, &report)
}

fn train_accounts(arguments: &TrainAccounts) -> Outcome {
    free(&arguments.fitting.out)?;
    let audited = accounts::Audited::read(&arguments.results)?;
    let labelled = audited.label(&arguments.truth, arguments.positive.as_deref())?;
    let settings = settings(&arguments.fitting);
    let (model, report) =
        Model::fit(&labelled.examples()?, settings, labelled.provenance).map_err(Failure::input)?;
    write(&arguments.fitting, &model.save().map_err(Failure::input)?, &report)
}

fn settings(fitting: &Fitting) -> Settings {
    Settings { seed: fitting.seed, folds: fitting.folds, ..Settings::default() }
}

/// The report lies beside the model, under its name.
fn report_path(model: &Path) -> PathBuf {
    let mut name = model.as_os_str().to_owned();
    name.push(".md");
    PathBuf::from(name)
}

/// Whether a model may be written there: nothing is, or an earlier model.
fn free(path: &Path) -> Result<(), Failure> {
    let shown = path.display();
    match fs::read(path) {
        Ok(bytes) if learning::kind(&bytes).is_some() => Ok(()),
        Ok(_) => Err(Failure::arguments(anyhow!("{shown}: is no model; name another file"))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => {
            let cause = anyhow::Error::new(error).context(format!("{shown}: cannot be written"));
            Err(Failure::arguments(cause))
        }
    }
}

fn write(fitting: &Fitting, model: &[u8], report: &Report) -> Outcome {
    let markdown = report.markdown();
    let report_at = report_path(&fitting.out);
    put(&report_at, markdown.as_bytes())?;
    put(&fitting.out, model)?;
    if fitting.json {
        let json = serde_json::to_value(report).map_err(Failure::input)?;
        voice::say(&format!("{json:#}\n"))?;
    } else {
        let (model, report) = (fitting.out.display(), report_at.display());
        voice::say(&format!("{markdown}\nModel: {model}\nReport: {report}\n"))?;
    }
    Ok(Status::Done)
}

/// Writes a file whole or not at all.
fn put(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let written = || -> anyhow::Result<()> {
        // A folder of its own, so that the file gets the rights that files get here.
        let staging = tempfile::Builder::new().prefix(".qingliu-").tempdir_in(folder)?;
        let staged = staging.path().join("model");
        fs::write(&staged, bytes)?;
        fs::rename(&staged, path)?;
        Ok(())
    };
    written()
        .with_context(|| format!("{}: cannot be written", path.display()))
        .map_err(Failure::input)
}

/// What a model is worth on labels that it was not fitted on.
fn check_model(arguments: &CheckModel) -> Outcome {
    let shown = arguments.model.display();
    let bytes = fs::read(&arguments.model)
        .with_context(|| format!("{shown}: cannot be read"))
        .map_err(Failure::input)?;
    let refused =
        |error: ModelError| Failure::input(anyhow::Error::new(error).context(format!("{shown}")));
    let scored = if learning::kind(&bytes) == Some("texts") {
        let model = TextModel::load(&bytes).map_err(refused)?;
        let labelled = texts::Labelled::read(&arguments.input, &arguments.columns)?;
        warn_of_seen(&model.provenance().inputs, &labelled.provenance.inputs);
        let scores = labelled.texts.iter().map(|text| model.score(text));
        scores.zip(labelled.labels.iter().copied()).collect::<Vec<_>>()
    } else {
        let model = Model::load(&bytes).map_err(refused)?;
        model.fits(&learning::account_feature_names()).map_err(refused)?;
        let Some(truth) = &arguments.truth else {
            return Err(Failure::arguments(anyhow!("a model of accounts is checked with --truth")));
        };
        let audited = accounts::Audited::read(&arguments.input)?;
        let labelled = audited.label(truth, arguments.columns.positive.as_deref())?;
        warn_of_seen(&model.provenance().inputs, &labelled.provenance.inputs);
        let score = |facts| model.score(&learning::account_features(facts));
        let scores = labelled.facts.iter().map(score);
        scores.zip(labelled.labels.iter().copied()).collect()
    };
    let measures = Measures::of(&scored).ok_or_else(|| {
        Failure::input(anyhow!("{}: the labels are all alike", arguments.input.display()))
    })?;
    let text = match arguments.json {
        true => format!("{:#}\n", serde_json::to_value(&measures).map_err(Failure::input)?),
        false => measures.markdown(),
    };
    voice::say(&text)?;
    Ok(Status::Done)
}

/// A model that is measured on the table that it was made from may be praised for what it has seen.
fn warn_of_seen(seen: &[learning::InputTable], asked: &[learning::InputTable]) {
    if let Some(table) = asked.iter().find(|table| seen.iter().any(|s| s.hash == table.hash)) {
        voice::note(&format!(
            "qingliu: the model was trained on {} too; rows that it has seen say nothing of it",
            table.name
        ));
    }
}
