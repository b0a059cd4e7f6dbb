//! Whether the server is well, and what it counts.

use super::Call;
use super::view::Health;
use crate::answer::Answer;
use crate::metrics::Exposition;
use crate::problem::{Kind, Problem};
use crate::service::Service;

/// What Prometheus asks for.
const EXPOSITION: &str = "text/plain; version=0.0.4";

/// Whether the process runs.
#[utoipa::path(
    get, path = "/health/live", tag = "health",
    responses((status = 200, description = "It does.", body = Health))
)]
pub fn alive() -> Answer {
    Answer::value(&Health { status: "ok".to_owned() })
}

/// Whether requests are served.
#[utoipa::path(
    get, path = "/health/ready", tag = "health",
    responses(
        (status = 200, description = "Events of every tenant are taken.", body = Health),
        (status = 503, response = super::view::Unavailable),
    )
)]
pub fn ready(service: &Service) -> Result<Answer, Problem> {
    if service.is_ending() {
        return Err(Problem::new(Kind::Unavailable, "the server is ending").after(10));
    }
    if let Some(why) = service.tenants.values().find_map(|tenant| tenant.unfit()) {
        return Err(Problem::new(Kind::Unavailable, why).after(10));
    }
    Ok(alive())
}

/// What is counted, for Prometheus. Off unless it is switched on.
#[utoipa::path(
    get, path = "/metrics", tag = "health", security(("key" = ["read"])),
    responses(
        (status = 200, description = "Prometheus' text form. Numbers of this tenant; those of the whole server if there is no other.", body = String, content_type = "text/plain"),
        (status = 401, response = super::view::Unauthorized), (status = 403, response = super::view::Forbidden),
        (status = 404, response = super::view::NotFound),
    )
)]
pub fn metrics(call: &Call<'_>) -> Result<Answer, Problem> {
    if !call.service.config.metrics.on || !call.service.config.metrics.address.is_empty() {
        return Err(Problem::new(Kind::NotFound, "metrics are not switched on here"));
    }
    let mut out = Exposition::default();
    // What is counted over all tenants would tell one of the others.
    if call.service.tenants.len() == 1 {
        call.service.metrics.write(&mut out);
    }
    call.tenant.write(&mut out);
    Ok(text(out))
}

/// All that is counted, for the address that metrics have for themselves.
pub fn all_metrics(service: &Service) -> Answer {
    let mut out = Exposition::default();
    service.metrics.write(&mut out);
    service.tenants.values().for_each(|tenant| tenant.write(&mut out));
    text(out)
}

fn text(out: Exposition) -> Answer {
    Answer::of(hyper::StatusCode::OK, EXPOSITION, out.finish())
}
