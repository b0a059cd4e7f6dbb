//! What is known: decisions, accounts, counts, groups, findings.

use super::Call;
use super::view::{
    Account, Counts, Decision, Finding, Findings, Group, GroupSummary, Groups, Now, Then,
};
use crate::answer::Answer;
use crate::clock::{read, written_micros};
use crate::problem::{Kind, Problem};
use detectors::CATALOGUE;
use events::{EntityKind, EventTime, Key};
use live::LiveError;

/// Rows of a page, unless another number is asked for.
const PAGE: usize = 100;
/// The most.
const MOST: usize = 1000;

fn nothing(what: &str) -> Problem {
    Problem::new(Kind::NotFound, format!("{what} is not known"))
}

/// What was decided of an event.
#[utoipa::path(
    get, path = "/v1/decisions/{id}", tag = "read", security(("key" = ["read"])),
    params(("id" = String, Path, description = "The event's id.")),
    responses(
        (status = 200, description = "What was decided when it came, and what holds now.", body = Decision),
        (status = 400, response = super::view::BadRequest), (status = 401, response = super::view::Unauthorized),
        (status = 403, response = super::view::Forbidden), (status = 404, response = super::view::NotFound),
    )
)]
pub fn decision(call: &Call<'_>) -> Result<Answer, Problem> {
    call.query(&[])?;
    let id = call.name()?;
    let found = call.tenant.live.decision(Key::of(&id)).ok_or_else(|| nothing("the event"))?;
    let decided = found.decided.map(|decision| Then {
        verdict: decision.verdict.name(),
        action: decision.action().name(),
        score: decision.score,
        group: decision.group(),
        findings: decision.findings.iter().map(|code| code.entry().id).collect(),
    });
    let now =
        found.now.map(|(score, verdict, group)| Now { verdict: verdict.name(), score, group });
    Ok(Answer::value(&Decision { id, number: found.number, decided, now }))
}

/// What is known of an account.
#[utoipa::path(
    get, path = "/v1/accounts/{id}", tag = "read", security(("key" = ["review"])),
    params(("id" = String, Path, description = "The account.")),
    responses(
        (status = 200, description = "Verdict, score, group and findings; an account of which nothing is found is genuine.", body = Account),
        (status = 400, response = super::view::BadRequest), (status = 401, response = super::view::Unauthorized),
        (status = 403, response = super::view::Forbidden),
    )
)]
pub fn account(call: &Call<'_>) -> Result<Answer, Problem> {
    call.query(&[])?;
    let account = call.name()?;
    let key = call.service.decoder.key(EntityKind::Account, &account);
    let known = call.tenant.live.account(key);
    Ok(Answer::value(&Account {
        account,
        verdict: known.verdict.name(),
        score: known.score,
        group: known.group,
        findings: known.findings.into_iter().map(Finding::from).collect(),
        judgement: known.judgement,
    }))
}

/// The counts of a subject: raw, genuine, bounds, fake, held.
#[utoipa::path(
    get, path = "/v1/subjects/{id}/counts", tag = "read", security(("key" = ["read"])),
    params(
        ("id" = String, Path, description = "The subject."),
        ("at" = Option<String>, Query, format = DateTime, description = "A time, RFC 3339: events after it are left out. Reads the log, so it is slow."),
    ),
    responses(
        (status = 200, description = "One row a kind of event; none if nothing is known of the subject.", body = Counts),
        (status = 400, response = super::view::BadRequest), (status = 401, response = super::view::Unauthorized),
        (status = 403, response = super::view::Forbidden), (status = 503, response = super::view::Unavailable),
    )
)]
pub async fn counts(call: &Call<'_>) -> Result<Answer, Problem> {
    let query = call.query(&["at"])?;
    let subject = call.name()?;
    let key = call.service.decoder.key(EntityKind::Subject, &subject);
    let (rows, at) = match query.text("at") {
        None => (call.tenant.live.counts(key), None),
        Some(text) => {
            let seconds = read(text).ok_or_else(|| {
                Problem::new(Kind::BadRequest, "must be a time such as 2026-01-31T08:00:00Z")
                    .at("at")
            })?;
            let at = EventTime(seconds.saturating_mul(EventTime::SECOND));
            let live = call.tenant.live.clone();
            let counted = call.service.patiently(move || live.counts_at(key, at)).await?;
            let rows = counted.map_err(|fault| match fault {
                LiveError::Expired { kept } => {
                    let kept = written_micros(kept.0);
                    let what =
                        format!("must be {kept} or later: what happened before is no longer kept");
                    Problem::new(Kind::BadRequest, what).at("at")
                }
                fault => super::manage::failed(&fault),
            })?;
            (rows, Some(written_micros(at.0)))
        }
    };
    let counts = rows.into_iter().map(Into::into).collect();
    Ok(Answer::value(&Counts { subject, at, counts }))
}

/// The coordinated groups of the judgement in effect, strongest first.
#[utoipa::path(
    get, path = "/v1/groups", tag = "read", security(("key" = ["read"])),
    params(
        ("from" = Option<u32>, Query, description = "How many to pass over."),
        ("limit" = Option<u32>, Query, description = "How many at most, up to 1000.", maximum = 1000),
    ),
    responses(
        (status = 200, description = "A page of them.", body = Groups),
        (status = 400, response = super::view::BadRequest), (status = 401, response = super::view::Unauthorized),
        (status = 403, response = super::view::Forbidden),
    )
)]
pub fn groups(call: &Call<'_>) -> Result<Answer, Problem> {
    let query = call.query(&["from", "limit"])?;
    let from = query.number("from", 0, i32::MAX as usize)?;
    let limit = query.number("limit", PAGE, MOST)?;
    let judgement = call.tenant.live.judgement().number;
    let (groups, total) = call.tenant.live.groups(from, limit);
    let groups = groups.iter().map(GroupSummary::of).collect();
    Ok(Answer::value(&Groups { judgement, groups, total }))
}

/// A group with its members and what speaks for it.
#[utoipa::path(
    get, path = "/v1/groups/{number}", tag = "read", security(("key" = ["review"])),
    params(("number" = u32, Path, description = "Its number in the judgement in effect.")),
    responses(
        (status = 200, description = "All of it.", body = Group),
        (status = 400, response = super::view::BadRequest), (status = 401, response = super::view::Unauthorized),
        (status = 403, response = super::view::Forbidden), (status = 404, response = super::view::NotFound),
    )
)]
pub fn group(call: &Call<'_>) -> Result<Answer, Problem> {
    call.query(&[])?;
    let number = call.name()?.parse().map_err(|_| {
        Problem::new(Kind::BadRequest, "the group's number must be a whole number").at("number")
    })?;
    let group = call.tenant.live.group(number).ok_or_else(|| nothing("the group"))?;
    Ok(Answer::value(&Group::from(group)))
}

/// Findings of the judgement in effect, in the order of time.
#[utoipa::path(
    get, path = "/v1/findings", tag = "read", security(("key" = ["review"])),
    params(
        ("of" = Option<String>, Query, description = "Only of this account, subject, device, …"),
        ("code" = Option<String>, Query, pattern = "^[A-Z]{3}[0-9]{2}$", description = "Only by this detector, such as `VEL02`."),
        ("from" = Option<u32>, Query, description = "How many to pass over."),
        ("limit" = Option<u32>, Query, description = "How many at most, up to 1000.", maximum = 1000),
    ),
    responses(
        (status = 200, description = "A page of them.", body = Findings),
        (status = 400, response = super::view::BadRequest), (status = 401, response = super::view::Unauthorized),
        (status = 403, response = super::view::Forbidden), (status = 404, response = super::view::NotFound),
    )
)]
pub fn findings(call: &Call<'_>) -> Result<Answer, Problem> {
    let query = call.query(&["of", "code", "from", "limit"])?;
    let code = match query.text("code") {
        None => None,
        Some(text) => {
            let known = CATALOGUE.iter().find(|entry| entry.id == text);
            let form = text.len() == 5 && text.bytes().all(|b| b.is_ascii_alphanumeric());
            let kind = if form { Kind::NotFound } else { Kind::BadRequest };
            let problem = || Problem::new(kind, "must be a detector's code").at("code");
            Some(known.ok_or_else(problem)?.code)
        }
    };
    let from = query.number("from", 0, i32::MAX as usize)?;
    let limit = query.number("limit", PAGE, MOST)?;
    let named = query.text("of").map(|name| call.service.decoder.keys(name));
    let keys = named.map_or(vec![None], |keys| keys.into_iter().map(Some).collect());
    let live = &call.tenant.live;
    let mut found = keys.into_iter().map(|of| live.findings(of, code, from, limit));
    let (found, total) = found.find(|found| found.1 > 0).unwrap_or_default();
    let findings = found.into_iter().map(Finding::from).collect();
    Ok(Answer::value(&Findings { findings, total }))
}
