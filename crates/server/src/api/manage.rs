//! What whoever runs a tenant does: the policy, a judgement now.

use super::Call;
use super::view::{Judgement, PolicyView};
use crate::answer::Answer;
use crate::problem::{Kind, Problem, pointed};
use live::{LiveError, Refused};
use policy::Policy;
use tokio::sync::oneshot;

/// What an engine that failed is answered with; the reason is for the log, not for clients.
pub(super) fn failed(fault: &LiveError) -> Problem {
    tracing::error!(%fault, "the engine failed");
    Problem::new(Kind::Unavailable, "the engine could not do it; see the server's log").after(10)
}

pub(super) fn refused(refused: &Refused) -> Problem {
    Problem::new(Kind::Unavailable, refused.to_string()).after(1)
}

/// The policy in force.
#[utoipa::path(
    get, path = "/v1/policy", tag = "manage", security(("key" = ["read"])),
    responses(
        (status = 200, description = "The policy.", body = PolicyView),
        (status = 401, response = super::view::Unauthorized), (status = 403, response = super::view::Forbidden),
    )
)]
pub fn policy(call: &Call<'_>) -> Result<Answer, Problem> {
    Ok(told(&call.tenant.live.policy()))
}

fn told(policy: &Policy) -> Answer {
    let toml = toml::to_string(policy).unwrap_or_default();
    Answer::value(&PolicyView { name: policy.name.clone(), version: policy.version, toml })
}

/// Puts another policy in force, for decisions at once and for verdicts with the next judgement. No window is lost.
#[utoipa::path(
    put, path = "/v1/policy", tag = "manage", security(("key" = ["admin"])),
    request_body(content = String, content_type = "application/toml", description = "The policy, as TOML; what it leaves out is as in the default."),
    responses(
        (status = 200, description = "The policy now in force.", body = PolicyView),
        (status = 400, response = super::view::BadRequest), (status = 401, response = super::view::Unauthorized),
        (status = 403, response = super::view::Forbidden), (status = 422, response = super::view::Unprocessable),
        (status = 503, response = super::view::Unavailable),
    )
)]
pub async fn set_policy(call: &Call<'_>) -> Result<Answer, Problem> {
    let text = std::str::from_utf8(&call.body)
        .map_err(|_| Problem::new(Kind::BadRequest, "the policy is not valid UTF-8"))?;
    if text.trim().is_empty() {
        // As a policy it would be the default one: too easily sent by mistake.
        return Err(Problem::new(Kind::BadRequest, "the body is empty; a policy is expected"));
    }
    let policy = Policy::parse(text).map_err(|fault| {
        let problem = Problem::new(Kind::Unprocessable, fault.to_string());
        match &fault {
            policy::PolicyError::Value { name, .. } => problem.at(format!("/{name}")),
            policy::PolicyError::Text(fault) => match key_at(text, fault.span()) {
                Some(key) => problem.at(format!("/{}", pointed(key))),
                None => problem,
            },
        }
    })?;
    let (send, receive) = oneshot::channel();
    let done = Box::new(move |done| {
        let _ = send.send(done);
    });
    call.tenant.live.set_policy(text, done).map_err(|fault| failed(&fault))?;
    match receive.await {
        Ok(Ok(_)) => {
            tracing::info!(tenant = call.tenant.name, version = policy.version, "policy changed");
            Ok(told(&policy))
        }
        Ok(Err(why)) => Err(refused(&why)),
        Err(_) => Err(refused(&Refused::Stopped)),
    }
}

/// The key of the line on which a fault of a policy is: a policy is flat.
fn key_at(text: &str, span: Option<std::ops::Range<usize>>) -> Option<&str> {
    let before = text.get(..span?.start)?;
    let line = text.get(before.rfind('\n').map_or(0, |end| end + 1)..)?.lines().next()?;
    let key = line.split_once('=')?.0.trim().trim_matches(['"', '\'']);
    (!key.is_empty() && !key.starts_with(['#', '['])).then_some(key)
}

/// Judges everything that is there now; answers when the judgement is in effect.
#[utoipa::path(
    post, path = "/v1/judge", tag = "manage", security(("key" = ["admin"])),
    responses(
        (status = 200, description = "The judgement that is in effect.", body = Judgement),
        (status = 401, response = super::view::Unauthorized), (status = 403, response = super::view::Forbidden),
        (status = 503, response = super::view::Unavailable),
    )
)]
pub async fn judge(call: &Call<'_>) -> Result<Answer, Problem> {
    let (send, receive) = oneshot::channel();
    let done = Box::new(move |done| {
        let _ = send.send(done);
    });
    call.tenant.live.judge_now(done).map_err(|why| refused(&why))?;
    match receive.await {
        Ok(Ok(judgement)) => Ok(Answer::value(&Judgement { judgement })),
        Ok(Err(why)) => Err(refused(&why)),
        Err(_) => Err(refused(&Refused::Stopped)),
    }
}
