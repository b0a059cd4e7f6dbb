//! The addresses of the API, as a closed list: what a request asks for, and what it needs to be allowed.

use crate::access::Scope;
use hyper::Method;

/// What a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // `ROUTES` says what each is
pub enum Route {
    PostEvents,
    PostDecisions,
    GetDecision,
    GetAccount,
    GetData,
    DeleteData,
    GetCounts,
    GetGroups,
    GetGroup,
    GetFindings,
    GetStream,
    GetPolicy,
    PutPolicy,
    PostJudge,
    GetKeys,
    PostKeys,
    RotateKey,
    DeleteKey,
    GetOpenApi,
    GetLive,
    GetReady,
    GetMetrics,
    Unknown,
}

/// Each route with its method, path and scope. `*` stands for one part of the path.
pub(crate) const ROUTES: [(Route, Method, &str, Option<Scope>); 22] = [
    (Route::PostEvents, Method::POST, "/v1/events", Some(Scope::Ingest)),
    (Route::PostDecisions, Method::POST, "/v1/decisions", Some(Scope::Decide)),
    (Route::GetDecision, Method::GET, "/v1/decisions/*", Some(Scope::Read)),
    (Route::GetAccount, Method::GET, "/v1/accounts/*", Some(Scope::Review)),
    (Route::GetData, Method::GET, "/v1/accounts/*/data", Some(Scope::Admin)),
    (Route::DeleteData, Method::DELETE, "/v1/accounts/*/data", Some(Scope::Admin)),
    (Route::GetCounts, Method::GET, "/v1/subjects/*/counts", Some(Scope::Read)),
    (Route::GetGroups, Method::GET, "/v1/groups", Some(Scope::Read)),
    (Route::GetGroup, Method::GET, "/v1/groups/*", Some(Scope::Review)),
    (Route::GetFindings, Method::GET, "/v1/findings", Some(Scope::Review)),
    (Route::GetStream, Method::GET, "/v1/stream", Some(Scope::Read)),
    (Route::GetPolicy, Method::GET, "/v1/policy", Some(Scope::Read)),
    (Route::PutPolicy, Method::PUT, "/v1/policy", Some(Scope::Admin)),
    (Route::PostJudge, Method::POST, "/v1/judge", Some(Scope::Admin)),
    (Route::GetKeys, Method::GET, "/v1/keys", Some(Scope::Admin)),
    (Route::PostKeys, Method::POST, "/v1/keys", Some(Scope::Admin)),
    (Route::RotateKey, Method::POST, "/v1/keys/*/rotate", Some(Scope::Admin)),
    (Route::DeleteKey, Method::DELETE, "/v1/keys/*", Some(Scope::Admin)),
    (Route::GetOpenApi, Method::GET, "/openapi.json", None),
    (Route::GetLive, Method::GET, "/health/live", None),
    (Route::GetReady, Method::GET, "/health/ready", None),
    (Route::GetMetrics, Method::GET, "/metrics", Some(Scope::Read)),
];

/// Where a request leads.
#[derive(Debug, PartialEq, Eq)]
pub enum Found<'a> {
    /// To a route, with the part of the path that `*` stands for.
    Route(Route, &'a str),
    /// To an address that has other methods: these.
    OtherMethod(&'static str),
    /// Nowhere.
    Nothing,
}

impl Route {
    /// Where a method and a path lead. HEAD leads where GET does; the answer is sent without its body.
    #[must_use]
    pub fn of<'a>(method: &Method, path: &'a str) -> Found<'a> {
        // Most requests are these two.
        if method == Method::POST {
            match path {
                "/v1/decisions" => return Found::Route(Route::PostDecisions, ""),
                "/v1/events" => return Found::Route(Route::PostEvents, ""),
                _ => {}
            }
        }
        let method = if *method == Method::HEAD { &Method::GET } else { method };
        let mut other = None;
        for (route, wanted, pattern, _) in &ROUTES {
            if let Some(part) = matched(pattern, path) {
                if wanted == method {
                    return Found::Route(*route, part);
                }
                other = Some(*pattern);
            }
        }
        other.map_or(Found::Nothing, |pattern| Found::OtherMethod(methods(pattern)))
    }

    /// What it needs to be allowed.
    #[must_use]
    pub fn scope(self) -> Option<Scope> {
        ROUTES.get(self as usize).and_then(|route| route.3)
    }

    /// Its address as metrics and traces have it: without what it was asked of.
    #[must_use]
    pub fn name(self) -> &'static str {
        ROUTES.get(self as usize).map_or("unknown", |route| route.2)
    }

    /// Its method.
    #[must_use]
    pub fn method(self) -> &'static str {
        ROUTES.get(self as usize).map_or("", |route| match route.1 {
            Method::POST => "POST",
            Method::PUT => "PUT",
            Method::DELETE => "DELETE",
            _ => "GET",
        })
    }
}

/// The part that `*` stands for, if the path has the pattern's form.
fn matched<'a>(pattern: &str, path: &'a str) -> Option<&'a str> {
    let Some((before, after)) = pattern.split_once('*') else {
        return (pattern == path).then_some("");
    };
    let part = path.strip_prefix(before)?.strip_suffix(after)?;
    (!part.is_empty() && !part.contains('/')).then_some(part)
}

fn methods(pattern: &str) -> &'static str {
    match pattern {
        "/v1/policy" => "GET, HEAD, PUT",
        "/v1/keys" => "GET, HEAD, POST",
        "/v1/keys/*" => "DELETE",
        "/v1/accounts/*/data" => "GET, HEAD, DELETE",
        "/v1/events" | "/v1/decisions" | "/v1/judge" | "/v1/keys/*/rotate" => "POST",
        _ => "GET, HEAD",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_find_their_way() {
        for (at, (route, method, pattern, scope)) in ROUTES.iter().enumerate() {
            assert_eq!(*route as usize, at);
            let path = pattern.replace('*', "x%2Fy");
            let part = if pattern.contains('*') { "x%2Fy" } else { "" };
            assert_eq!(Route::of(method, &path), Found::Route(*route, part));
            assert!(methods(pattern).split(", ").any(|m| m == method.as_str()), "{pattern}");
            assert_eq!(route.scope(), *scope);
            assert_eq!(route.method(), method.as_str());
        }
        assert_eq!(Route::of(&Method::GET, "/v1/events"), Found::OtherMethod("POST"));
        assert_eq!(Route::of(&Method::HEAD, "/v1/events"), Found::OtherMethod("POST"));
        assert_eq!(Route::of(&Method::HEAD, "/v1/groups"), Found::Route(Route::GetGroups, ""));
        for nowhere in ["", "/", "/v1", "/v1/accounts/", "/v1/accounts/a/b", "/v1/events/"] {
            assert_eq!(Route::of(&Method::GET, nowhere), Found::Nothing, "{nowhere}");
        }
    }
}
