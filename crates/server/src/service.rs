//! What answers a request: lets it in or not, reads it within its limits, has it done, counts it.

use crate::access::{Access, Caller, Scope};
use crate::answer::Answer;
use crate::api::{Call, data, health, view};
use crate::body::{self, Sent};
use crate::config::Config;
use crate::decode::Decoder;
use crate::listen::Answers;
use crate::metrics::{Metrics, Refusal};
use crate::otel::{Trace, Tracer};
use crate::problem::{Kind, Problem};
use crate::query::Query;
use crate::route::{Found, ROUTES, Route};
use crate::stream::Wanted;
use crate::tenants::{Tenant, Tenants};
use bytes::Bytes;
use hyper::body::{Body, Incoming};
use hyper::header::{
    ALLOW, AUTHORIZATION, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, HeaderValue, RETRY_AFTER,
    WWW_AUTHENTICATE,
};
use hyper::http::request::Parts;
use hyper::{Method, Request, Response, StatusCode};
use serde_json::json;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::{Semaphore, watch};

/// Requests that read the log or write keys at a time; they take long and hold a thread.
const PATIENT: usize = 4;

/// All that requests are answered from.
pub struct Service {
    /// What is set.
    pub config: Config,
    /// Who may do what.
    pub access: Arc<Access>,
    /// The tenants.
    pub tenants: Tenants,
    /// What reads bodies.
    pub decoder: Decoder,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// What traces requests.
    pub tracer: Option<Tracer>,
    /// The API's description.
    pub openapi: Bytes,
    ending: watch::Receiver<bool>,
    patient: Semaphore,
}

/// A route that a request was let in to, or what it is answered otherwise.
type Admitted<'a> = Result<(Route, &'a str, Arc<Caller>, Arc<Tenant>), Problem>;

impl Service {
    /// Puts the parts together.
    #[must_use]
    pub fn new(
        config: Config,
        access: Arc<Access>,
        tenants: Tenants,
        decoder: Decoder,
        metrics: Arc<Metrics>,
        tracer: Option<Tracer>,
        ending: watch::Receiver<bool>,
    ) -> Service {
        let openapi = Bytes::from(crate::openapi::document());
        let patient = Semaphore::new(PATIENT);
        Service { config, access, tenants, decoder, metrics, tracer, openapi, ending, patient }
    }

    /// Whether the server takes no more connections.
    #[must_use]
    pub fn is_ending(&self) -> bool {
        *self.ending.borrow()
    }

    /// Does something that takes long beside the requests, a few at a time.
    ///
    /// # Errors
    /// It failed.
    pub async fn patiently<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let failed = || Problem::new(Kind::Internal, "the request's work failed");
        let _permit = self.patient.acquire().await.map_err(|_| failed())?;
        tokio::task::spawn_blocking(work).await.map_err(|_| failed())
    }

    fn caller(&self, parts: &Parts) -> Option<Arc<Caller>> {
        let shown = parts.headers.get(AUTHORIZATION)?.to_str().ok()?;
        let (scheme, key) = shown.split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return None;
        }
        self.access.check(key.trim())
    }

    fn admit<'a>(&self, parts: &'a Parts, route: Route, part: &'a str) -> Admitted<'a> {
        let caller = self.caller(parts).ok_or_else(|| {
            self.metrics.refuse(Refusal::Key);
            Problem::new(Kind::Unauthorized, "show a valid API key: Authorization: Bearer …")
        })?;
        let scope = route.scope().unwrap_or(Scope::Admin);
        if !caller.record.scopes.has(scope) {
            self.metrics.refuse(Refusal::Scope);
            let detail = format!("the key lacks the scope {}", scope.name());
            return Err(Problem::new(Kind::Forbidden, detail));
        }
        let tenant = self.tenants.get(&caller.record.tenant).cloned().ok_or_else(|| {
            Problem::new(Kind::Forbidden, "the key's tenant is not served any more")
        })?;
        Ok((route, part, caller, tenant))
    }

    async fn respond(
        &self,
        parts: &Parts,
        incoming: Incoming,
        route: Route,
        part: &str,
        trace: Option<&mut Trace>,
    ) -> Result<Response<Sent>, Problem> {
        match route {
            Route::GetOpenApi => return Ok(sent(Answer::json(self.openapi.clone()))),
            Route::GetLive => return Ok(sent(health::alive())),
            Route::GetReady => return health::ready(self).map(sent),
            _ => {}
        }
        let (route, part, caller, tenant) = self.admit(parts, route, part)?;
        if route == Route::GetStream {
            return stream(self, parts, &tenant);
        }
        let listen = &self.config.listen;
        let body =
            body::read(incoming, listen.max_body_bytes, listen.body_timeout.0, &self.metrics)
                .await?;
        let call =
            Call { service: self, parts, caller: &caller, tenant: &tenant, part, body, trace };
        if route == Route::GetData {
            return data::export(&call).await;
        }
        call.answer(route).await.map(sent)
    }
}

impl Answers for Service {
    async fn answer(self: Arc<Self>, request: Request<Incoming>) -> Response<Sent> {
        let start = Instant::now();
        let (parts, incoming) = request.into_parts();
        let path = parts.uri.path();
        let (route, answered, trace) = match Route::of(&parts.method, path) {
            Found::Route(route, part) => {
                let mut trace = self.tracer.as_ref().and_then(|t| t.begin(&parts.headers));
                let done = self.respond(&parts, incoming, route, part, trace.as_mut()).await;
                (route, done, trace)
            }
            Found::OtherMethod(methods) => {
                let problem = Problem::new(Kind::MethodNotAllowed, format!("use {methods}"));
                let mut answer = problem.answer(path);
                answer.allow = Some(methods);
                (Route::Unknown, Ok(sent(answer)), None)
            }
            Found::Nothing => {
                let problem = Problem::new(Kind::NotFound, "there is no such address");
                (Route::Unknown, Err(problem), None)
            }
        };
        let response = answered.unwrap_or_else(|problem| sent(problem.answer(path)));
        let status = response.status();
        self.metrics.answered(route, status, start.elapsed());
        let response = if parts.method == Method::HEAD { bare(response) } else { response };
        if let (Some(tracer), Some(trace)) = (&self.tracer, trace) {
            let name = format!("{} {}", route.method(), route.name());
            let attributes = vec![
                ("http.request.method", json!(route.method())),
                ("http.route", json!(route.name())),
                ("http.response.status_code", json!(status.as_u16())),
            ];
            tracer.end(trace, name, attributes);
        }
        response
    }
}

/// Listen to decisions, revisions and judgements as they happen.
#[utoipa::path(
    get, path = "/v1/stream", tag = "events", security(("key" = ["read"])),
    params(
        ("kinds" = Option<String>, Query, description = "Of `decisions`, `revisions`, `judgements`, with commas; all if it is not given."),
        ("Last-Event-ID" = Option<String>, Header, description = "Go on after this event, as far as it is still kept."),
    ),
    responses(
        (status = 200, description = "Server-sent events `decision`, `account`, `count`, `judgement`; `lagged` says how many were missed. `account` and `count` are the revisions that webhooks post.", body = String, content_type = "text/event-stream"),
        (status = 400, response = view::BadRequest), (status = 401, response = view::Unauthorized),
        (status = 403, response = view::Forbidden), (status = 429, response = view::TooMany),
    )
)]
pub fn stream(
    service: &Service,
    parts: &Parts,
    tenant: &Tenant,
) -> Result<Response<Sent>, Problem> {
    let query = Query::read(parts.uri.query(), &["kinds"])?;
    let mut wanted = Wanted { decisions: true, revisions: true, judgements: true };
    if let Some(kinds) = query.text("kinds") {
        wanted = Wanted { decisions: false, revisions: false, judgements: false };
        for kind in kinds.split(',') {
            match kind {
                "decisions" => wanted.decisions = true,
                "revisions" => wanted.revisions = true,
                "judgements" => wanted.judgements = true,
                _ => {
                    let may = "must be of decisions, revisions, judgements";
                    return Err(Problem::new(Kind::BadRequest, may).at("kinds"));
                }
            }
        }
    }
    let last = parts.headers.get("last-event-id").and_then(|id| id.to_str().ok());
    let most = service.config.limits.streams;
    let pieces = tenant
        .ring
        .read(last, wanted, most, service.ending.clone())
        .ok_or_else(|| Problem::new(Kind::TooMany, "too many readers of the stream").after(30))?;
    let mut response = Response::new(Sent::Pieces(pieces));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// An answer without its body, of which it still says how long it is.
fn bare(response: Response<Sent>) -> Response<Sent> {
    let length = response.body().size_hint().exact();
    let (mut head, _) = response.into_parts();
    if let Some(length) = length {
        head.headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    }
    Response::from_parts(head, Sent::Whole(Bytes::new()))
}

/// An answer on its way.
pub(crate) fn sent(answer: Answer) -> Response<Sent> {
    let mut response = Response::new(Sent::Whole(answer.body));
    *response.status_mut() = answer.status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(answer.content_type));
    if let Some(seconds) = answer.retry_after {
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    if let Some(methods) = answer.allow {
        headers.insert(ALLOW, HeaderValue::from_static(methods));
    }
    if answer.status == StatusCode::UNAUTHORIZED {
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}

/// Answers on the address that metrics have for themselves: nothing but metrics and health.
pub struct MetricsOnly(pub Arc<Service>);

impl Answers for MetricsOnly {
    async fn answer(self: Arc<Self>, request: Request<Incoming>) -> Response<Sent> {
        let path = request.uri().path();
        let answer = match Route::of(request.method(), path) {
            Found::Route(Route::GetMetrics, _) => Ok(health::all_metrics(&self.0)),
            Found::Route(Route::GetLive, _) => Ok(health::alive()),
            Found::Route(Route::GetReady, _) => health::ready(&self.0),
            _ => Err(Problem::new(Kind::NotFound, "there are /metrics and /health here")),
        };
        let response = sent(answer.unwrap_or_else(|problem| problem.answer(path)));
        if *request.method() == Method::HEAD { bare(response) } else { response }
    }
}

/// The method, path and scope of every route, in their order; `*` stands for what varies.
pub fn scopes() -> impl Iterator<Item = (&'static str, &'static str, Option<&'static str>)> {
    ROUTES.iter().map(|route| (route.0.method(), route.2, route.3.map(Scope::name)))
}

/// The method and path of every route; `*` stands for what varies.
pub fn routes() -> impl Iterator<Item = (&'static str, &'static str)> {
    ROUTES.iter().map(|route| (route.0.method(), route.2))
}
