//! `qingliu demo`: a market is simulated, audited, and the audit held against the truth.

use crate::arguments::{Audit, Demo};
use crate::failure::{Failure, Status};
use crate::progress::Line;
use crate::quantity::count;
use crate::{Outcome, audit, evaluate, folder, simulate, voice, words};
use evaluation::Options;

/// Runs the command.
pub(crate) fn demo(arguments: &Demo) -> Outcome {
    let (market, results) = (arguments.out.join("market"), arguments.out.join("audit"));
    let lang = arguments.lang;
    folder::check(&arguments.out, |name| ["market", "audit"].contains(&name), None)?;
    folder::check_results(&results)?;
    let line = Line::new(arguments.quiet);
    line.busy(lang.say("simulating a market", "模拟一个市场"));
    let truth = simulate::perform(&arguments.world, &market).inspect_err(|_| line.clear())?;
    line.clear();
    let (events, accounts) = (count(truth.events), count(truth.accounts.len() as u64));
    let input = market.join("events.parquet");
    let shown = input.display();
    let simulated = match lang {
        crate::arguments::Lang::En => {
            format!("Simulated a market: {events} events of {accounts} accounts, in {shown}.\n\n")
        }
        crate::arguments::Lang::Zh => {
            format!("已模拟一个市场：{accounts} 个账号的 {events} 个事件，见 {shown}。\n\n")
        }
    };
    voice::say(&simulated)?;

    let summary = audit::perform(&Audit {
        inputs: vec![input],
        out: results.clone(),
        mapping: None,
        policy: None,
        model: None,
        text_model: None,
        networks: Vec::new(),
        workers: arguments.workers,
        lateness: None,
        max_rejected: 0.05,
        fail_above: None,
        lang,
        quiet: arguments.quiet,
        json: false,
    })?;
    let evaluation =
        evaluation::evaluate(&market, &results, &Options::default()).map_err(Failure::input)?;
    let found = words::summary(&summary, lang, &results.join("report.html"));
    let (told, report) = split(&found);
    let right = lang.say("How right that was:", "与已知真相对照：");
    let own = lang.say(
        "Your own table: qingliu audit your-events.parquet --out audit",
        "审计您自己的数据表：qingliu audit your-events.parquet --out audit --lang zh",
    );
    let brief = evaluation.brief(evaluate::tables(lang));
    voice::say(&format!("{told}{right}\n{brief}\n{report}{own}\n"))?;
    Ok(Status::Done)
}

/// What was found, and the last line, which says where the page is.
fn split(found: &str) -> (&str, &str) {
    let body = found.trim_end_matches('\n');
    let start = body.rfind('\n').map_or(0, |end| end + 1);
    found.split_at(start)
}
