//! `qingliu evaluate`: how right results are, beside what anybody would try first.

use crate::arguments::{Evaluate, Lang};
use crate::failure::{Failure, Status};
use crate::{Outcome, voice};
use evaluation::{Options, Prices};

/// Runs the command.
pub(crate) fn evaluate(arguments: &Evaluate) -> Outcome {
    let prices = match &arguments.prices {
        Some(file) => Prices::read(file).map_err(Failure::input)?,
        None => Prices::default(),
    };
    let options = Options { events: arguments.events.clone(), prices, ..Options::default() };
    let evaluation = evaluation::evaluate(&arguments.truth, &arguments.results, &options)
        .map_err(Failure::input)?;
    let baselines = if arguments.baselines.is_empty() {
        Vec::new()
    } else {
        evaluation::baselines(&arguments.baselines, &arguments.truth).map_err(Failure::input)?
    };
    let text = if arguments.json {
        let mut json = evaluation.to_json();
        if !baselines.is_empty() {
            json["baselines"] = serde_json::to_value(&baselines).map_err(Failure::input)?;
        }
        format!("{json:#}\n")
    } else {
        let lang = tables(arguments.lang);
        let mut text = evaluation.table(lang);
        if !baselines.is_empty() {
            text.push('\n');
            text.push_str(&evaluation::baseline_table(&baselines, lang));
        }
        text
    };
    voice::say(&text)?;
    Ok(Status::Done)
}

/// The language of the tables.
pub(crate) fn tables(lang: Lang) -> evaluation::Lang {
    match lang {
        Lang::Zh => evaluation::Lang::Zh,
        Lang::En => evaluation::Lang::En,
    }
}
