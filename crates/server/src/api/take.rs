//! Events come in: taken, decided, or said why not, each by itself.

use super::Call;
use super::view::{Decisions, Taken};
use crate::answer::Answer;
use crate::clock;
use crate::decode::{Form, field_fault};
use crate::metrics::Refusal;
use crate::problem::{Kind, Problem};
use crate::stream;
use events::{Batch, Rejection};
use hyper::StatusCode;
use hyper::header::CONTENT_TYPE;
use live::{Refused, Wait};
use std::fmt::Write as _;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// Seconds after which a full queue is worth another try: it holds less than a second's work.
const QUEUE_WAIT: u32 = 1;
/// How long events wait for what came before them, if much of the queue is taken, before they are tried all the same. Who
/// sends one batch after another is held back so, without sending anything twice.
const PATIENCE: Duration = Duration::from_millis(500);
/// How often is looked whether there is room.
const LOOK: Duration = Duration::from_millis(5);
/// Seconds after which a failed disk is.
const DISK_WAIT: u32 = 10;

/// What became of the events of a request.
struct Outcome {
    answers: Vec<live::Answer>,
    rejected: Vec<Rejection>,
    events: usize,
    /// The ids of those that could be read, one after another, and where each ends; only where they are asked for.
    ids: (String, Vec<u32>),
    /// The body is one event, not a list.
    alone: bool,
}

/// Send events. The reply comes when they are on disk; they are decided a moment later.
#[utoipa::path(
    post, path = "/v1/events", tag = "events", security(("key" = ["ingest"])),
    request_body(content(
        (super::view::Events = "application/json"),
        (String = "application/x-ndjson"),
        (Vec<u8> = "application/vnd.apache.arrow.stream"),
    ), description = "One event or many, with the columns of the data contract."),
    responses(
        (status = 202, description = "Taken; what was not is listed.", body = Taken),
        (status = 400, response = super::view::BadRequest), (status = 401, response = super::view::Unauthorized),
        (status = 403, response = super::view::Forbidden), (status = 408, response = super::view::Slow),
        (status = 413, response = super::view::TooLarge), (status = 415, response = super::view::Unsupported),
        (status = 422, response = super::view::Unprocessable), (status = 429, response = super::view::TooMany),
        (status = 503, response = super::view::Unavailable),
    )
)]
pub async fn events(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let outcome = take(call, Wait::Durable).await?;
    let mut text = String::with_capacity(64);
    let repeated = outcome.answers.iter().filter(|answer| !answer.accepted).count();
    let accepted = outcome.answers.len() - repeated;
    let _ = write!(text, "{{\"accepted\":{accepted},\"duplicates\":[");
    let mut first = true;
    for (index, answer) in indexes(&outcome).zip(&outcome.answers) {
        if !answer.accepted {
            let comma = if std::mem::take(&mut first) { "" } else { "," };
            let _ = write!(text, "{comma}{index}");
        }
    }
    text.push_str("],");
    rejected(&outcome, &mut text);
    Ok(Answer::of(StatusCode::ACCEPTED, "application/json", text))
}

/// Send events and hear what is decided of each, before a count moves.
#[utoipa::path(
    post, path = "/v1/decisions", tag = "events", security(("key" = ["decide"])),
    request_body(content(
        (super::view::Events = "application/json"),
        (String = "application/x-ndjson"),
        (Vec<u8> = "application/vnd.apache.arrow.stream"),
    ), description = "One event or many, with the columns of the data contract."),
    responses(
        (status = 200, description = "Taken and decided, in the order of the body; what was not is listed.", body = Decisions),
        (status = 400, response = super::view::BadRequest), (status = 401, response = super::view::Unauthorized),
        (status = 403, response = super::view::Forbidden), (status = 408, response = super::view::Slow),
        (status = 413, response = super::view::TooLarge), (status = 415, response = super::view::Unsupported),
        (status = 422, response = super::view::Unprocessable), (status = 429, response = super::view::TooMany),
        (status = 503, response = super::view::Unavailable),
    )
)]
pub async fn decisions(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let outcome = take(call, Wait::Decided).await?;
    let mut text = String::with_capacity(160 * outcome.answers.len() + 40);
    text.push_str("{\"decisions\":[");
    let (ids, ends) = &outcome.ids;
    let mut start = 0;
    for ((index, answer), end) in indexes(&outcome).zip(&outcome.answers).zip(ends) {
        let comma = if start == 0 && text.ends_with('[') { "" } else { "," };
        let _ = write!(text, "{comma}{{\"index\":{index},\"id\":");
        stream::text(ids.get(start..*end as usize).unwrap_or(""), &mut text);
        start = *end as usize;
        let _ = write!(text, ",\"accepted\":{},", answer.accepted);
        match &answer.decision {
            Some(decision) => stream::decided(decision, &mut text),
            None => text.push_str("\"verdict\":null"),
        }
        text.push('}');
    }
    text.push_str("],");
    rejected(&outcome, &mut text);
    Ok(Answer::json(text))
}

/// The places in the body of the events that could be read.
fn indexes(outcome: &Outcome) -> impl Iterator<Item = usize> {
    let mut rejected = outcome.rejected.iter().map(|fault| fault.row as usize).peekable();
    (0..outcome.events).filter(move |index| rejected.next_if_eq(index).is_none())
}

fn rejected(outcome: &Outcome, text: &mut String) {
    text.push_str("\"rejected\":[");
    for (at, fault) in outcome.rejected.iter().enumerate() {
        let told = field_fault(fault, outcome.alone);
        let comma = if at == 0 { "" } else { "," };
        let _ = write!(text, "{comma}{{\"index\":{},\"field\":", fault.row);
        stream::text(&told.field, text);
        text.push_str(",\"detail\":");
        stream::text(&told.detail, text);
        text.push('}');
    }
    text.push_str("]}");
}

async fn take(call: &mut Call<'_>, wait: Wait) -> Result<Outcome, Problem> {
    let form = Form::of(call.parts.headers.get(CONTENT_TYPE))?;
    if wait == Wait::Durable {
        room(call).await;
    }
    if call.tenant.live.is_busy() {
        return Err(refused(call, Refused::Busy));
    }
    let alone = form == Form::Json && call.body.trim_ascii_start().starts_with(b"{");
    let start = Instant::now();
    let body = call.service.decoder.read(form, &call.body).inspect_err(|problem| {
        if problem.status == StatusCode::PAYLOAD_TOO_LARGE.as_u16() {
            call.service.metrics.refuse(Refusal::Batch);
        }
    })?;
    for fault in &body.rejected {
        if let Some(count) = call.tenant.rejected.get(fault.reason.place()) {
            count.fetch_add(1, Relaxed);
        }
    }
    let mut outcome = Outcome {
        answers: Vec::new(),
        rejected: body.rejected,
        events: body.events,
        ids: Default::default(),
        alone,
    };
    if body.batch.events.is_empty() {
        if outcome.events == 0 {
            return Ok(outcome);
        }
        let faults = outcome.rejected.iter().map(|fault| field_fault(fault, alone)).collect();
        let detail = "no event of the body can be taken";
        return Err(Problem::new(Kind::Unprocessable, detail).with(faults));
    }
    call.caller.bucket.take(body.batch.events.len()).map_err(|seconds| {
        call.service.metrics.refuse(Refusal::Rate);
        Problem::new(Kind::TooMany, "the key has used up its rate").after(seconds)
    })?;
    if wait == Wait::Decided {
        outcome.ids = ids(&body.batch);
    }
    let read = Instant::now();
    outcome.answers = submitted(call, body.batch, wait).await?;
    let heard = Instant::now();
    call.tenant.heard.observe_many(heard - read, outcome.answers.len() as u64);
    if let Some(trace) = &mut call.trace {
        trace.part("decode", start, read);
        trace.part("submit", read, heard);
    }
    Ok(outcome)
}

/// Waits until the queue is less than pressed, or patience ends. Who waits for decisions is told at once instead.
async fn room(call: &Call<'_>) {
    let until = Instant::now() + PATIENCE;
    while call.tenant.live.is_pressed() && Instant::now() < until {
        tokio::time::sleep(LOOK).await;
    }
}

fn ids(batch: &Batch) -> (String, Vec<u32>) {
    let mut all = String::with_capacity(batch.events.len() * 16);
    let ends = batch.events.iter().map(|event| {
        all.push_str(batch.text(event.id_text));
        all.len() as u32
    });
    let ends = ends.collect();
    (all, ends)
}

async fn submitted(
    call: &Call<'_>,
    batch: Batch,
    wait: Wait,
) -> Result<Vec<live::Answer>, Problem> {
    let (send, receive) = oneshot::channel();
    let reply = Box::new(move |answers| {
        // Nobody hears it when the client has gone; the events are taken all the same.
        let _ = send.send(answers);
    });
    call.tenant.live.submit(batch, wait, reply).map_err(|why| refused(call, why))?;
    let answers = receive.await.unwrap_or(Err(Refused::Stopped));
    let answers = answers.map_err(|why| refused(call, why))?;
    call.tenant.refused.store(0, Relaxed);
    Ok(answers)
}

fn refused(call: &Call<'_>, why: Refused) -> Problem {
    match why {
        Refused::Busy => {
            call.service.metrics.refuse(Refusal::Queue);
            Problem::new(Kind::TooMany, "too many events wait already").after(QUEUE_WAIT)
        }
        Refused::TooLong { .. } => {
            call.service.metrics.refuse(Refusal::Batch);
            Problem::new(Kind::TooLarge, format!("{why}: send fewer at a time"))
        }
        Refused::Disk(_) => {
            call.tenant.refused.store(clock::now(), Relaxed);
            Problem::new(Kind::Unavailable, "the log cannot be written").after(DISK_WAIT)
        }
        Refused::Stopped => {
            Problem::new(Kind::Unavailable, "the engine has stopped").after(DISK_WAIT)
        }
    }
}
