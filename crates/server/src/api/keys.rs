//! API keys: made, listed, rotated, revoked by whoever runs the tenant.

use super::Call;
use super::view::{Key, KeyWish, Keys, NewKey, Rotation};
use crate::access::{AccessError, KeyRecord, Role, Scopes, Wish};
use crate::answer::Answer;
use crate::clock::{now, read, written};
use crate::problem::{Kind, Problem};
use hyper::StatusCode;

/// Seconds for which a rotated key stays valid, unless another time is asked for.
const OVERLAP: i64 = 86_400;

fn told(record: &KeyRecord) -> Key {
    let optional = |time| (time != 0).then(|| written(time));
    Key {
        id: record.id.clone(),
        label: record.label.clone(),
        scopes: record.scopes.names(),
        created: written(record.created),
        expires: optional(record.expires),
        revoked: optional(record.revoked),
    }
}

fn problem(fault: AccessError) -> Problem {
    let text = fault.to_string();
    match fault {
        AccessError::Unknown(_) => Problem::new(Kind::NotFound, "no key of that name is valid"),
        AccessError::LastAdmin | AccessError::TooMany => Problem::new(Kind::Conflict, text),
        AccessError::Value(field, _) => {
            Problem::new(Kind::Unprocessable, text).at(format!("/{field}"))
        }
        AccessError::File { .. } => {
            tracing::error!(fault = text, "keys cannot be changed");
            Problem::new(Kind::Unavailable, "the keys cannot be written").after(10)
        }
    }
}

/// The keys of this tenant, without the keys themselves.
#[utoipa::path(
    get, path = "/v1/keys", tag = "keys", security(("key" = ["admin"])),
    responses(
        (status = 200, description = "All of them, revoked and expired ones for 90 days.", body = Keys),
        (status = 401, response = super::view::Unauthorized), (status = 403, response = super::view::Forbidden),
    )
)]
pub fn list(call: &Call<'_>) -> Result<Answer, Problem> {
    let keys = call.service.access.list(&call.tenant.name).iter().map(told).collect();
    Ok(Answer::value(&Keys { keys }))
}

/// Makes a key.
#[utoipa::path(
    post, path = "/v1/keys", tag = "keys", security(("key" = ["admin"])), request_body = KeyWish,
    responses(
        (status = 201, description = "The key; it is shown this once.", body = NewKey),
        (status = 400, response = super::view::BadRequest), (status = 401, response = super::view::Unauthorized),
        (status = 403, response = super::view::Forbidden), (status = 409, response = super::view::Conflict),
        (status = 422, response = super::view::Unprocessable), (status = 503, response = super::view::Unavailable),
    )
)]
pub async fn make(call: &Call<'_>) -> Result<Answer, Problem> {
    let wish: KeyWish = call.json()?;
    let at = |field: &str, why: &str| Problem::new(Kind::Unprocessable, why).at(field);
    let scopes = match (&wish.role, &wish.scopes) {
        (Some(role), None) => Role::of(role)
            .ok_or_else(|| at("/role", "must be platform, analyst, reviewer or admin"))?
            .scopes(),
        (None, Some(scopes)) => Scopes::of(scopes.iter().map(String::as_str))
            .map_err(|_| at("/scopes", "must be of ingest, decide, read, review, admin"))?,
        _ => return Err(at("/role", "give either role or scopes")),
    };
    let expires = match &wish.expires {
        None => 0,
        Some(text) => time("/expires", text)?,
    };
    let wish = Wish { label: wish.label, scopes, expires };
    let (access, tenant) = (call.service.access.clone(), call.tenant.name.clone());
    let made = call.service.patiently(move || access.make(&tenant, wish)).await?;
    created(made)
}

/// Makes a key like another, which stays valid for a while.
#[utoipa::path(
    post, path = "/v1/keys/{id}/rotate", tag = "keys", security(("key" = ["admin"])), request_body = Option<Rotation>,
    params(("id" = String, Path, description = "The key's name.")),
    responses(
        (status = 201, description = "The new key; it is shown this once.", body = NewKey),
        (status = 400, response = super::view::BadRequest), (status = 401, response = super::view::Unauthorized),
        (status = 403, response = super::view::Forbidden), (status = 404, response = super::view::NotFound),
        (status = 422, response = super::view::Unprocessable), (status = 503, response = super::view::Unavailable),
    )
)]
pub async fn rotate(call: &Call<'_>) -> Result<Answer, Problem> {
    let wish: Option<Rotation> = match call.body.trim_ascii().is_empty() {
        true => None,
        false => call.json()?,
    };
    let until = match wish.unwrap_or_default().until {
        None => now() + OVERLAP,
        Some(text) => time("/until", &text)?,
    };
    let id = call.name()?;
    let (access, tenant) = (call.service.access.clone(), call.tenant.name.clone());
    created(call.service.patiently(move || access.rotate(&tenant, &id, until)).await?)
}

fn time(field: &str, text: &str) -> Result<i64, Problem> {
    let may = "must be a time such as 2026-12-31T00:00:00Z";
    let seconds = read(text).filter(|seconds| (0..253_402_300_800).contains(seconds));
    seconds.ok_or_else(|| Problem::new(Kind::Unprocessable, may).at(field))
}

fn created(made: Result<(String, KeyRecord), AccessError>) -> Result<Answer, Problem> {
    let (key, record) = made.map_err(problem)?;
    let mut answer = Answer::value(&NewKey { key, kept: told(&record) });
    answer.status = StatusCode::CREATED;
    Ok(answer)
}

/// Revokes a key at once.
#[utoipa::path(
    delete, path = "/v1/keys/{id}", tag = "keys", security(("key" = ["admin"])),
    params(("id" = String, Path, description = "The key's name.")),
    responses(
        (status = 200, description = "What is kept of it.", body = Key),
        (status = 400, response = super::view::BadRequest), (status = 401, response = super::view::Unauthorized),
        (status = 403, response = super::view::Forbidden), (status = 404, response = super::view::NotFound),
        (status = 409, response = super::view::Conflict), (status = 503, response = super::view::Unavailable),
    )
)]
pub async fn revoke(call: &Call<'_>) -> Result<Answer, Problem> {
    let id = call.name()?;
    let (access, tenant) = (call.service.access.clone(), call.tenant.name.clone());
    let revoked = call.service.patiently(move || access.revoke(&tenant, &id)).await?;
    Ok(Answer::value(&told(&revoked.map_err(problem)?)))
}
