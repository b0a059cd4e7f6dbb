//! What went wrong with a request, as RFC 9457 has it: `application/problem+json`, with the field at fault.
//!
//! The kinds are a closed list, each with one status and a page of the documentation; what varies is the detail.

use crate::answer::Answer;
use hyper::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

/// A kind of problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // `KINDS` says what each is
pub enum Kind {
    BadRequest,
    Unauthorized,
    Forbidden,
    NotFound,
    MethodNotAllowed,
    Timeout,
    Conflict,
    TooLarge,
    UnsupportedType,
    Unprocessable,
    TooMany,
    Internal,
    Unavailable,
}

/// Each kind with its name in `type`, its status and its title.
const KINDS: [(Kind, &str, StatusCode, &str); 13] = [
    (
        Kind::BadRequest,
        "/problems/bad-request",
        StatusCode::BAD_REQUEST,
        "The request cannot be read",
    ),
    (Kind::Unauthorized, "/problems/unauthorized", StatusCode::UNAUTHORIZED, "No valid API key"),
    (
        Kind::Forbidden,
        "/problems/forbidden",
        StatusCode::FORBIDDEN,
        "The API key does not allow this",
    ),
    (Kind::NotFound, "/problems/not-found", StatusCode::NOT_FOUND, "There is no such thing"),
    (
        Kind::MethodNotAllowed,
        "/problems/method-not-allowed",
        StatusCode::METHOD_NOT_ALLOWED,
        "This address has no such method",
    ),
    (
        Kind::Timeout,
        "/problems/timeout",
        StatusCode::REQUEST_TIMEOUT,
        "The request came too slowly",
    ),
    (Kind::Conflict, "/problems/conflict", StatusCode::CONFLICT, "The state does not allow this"),
    (
        Kind::TooLarge,
        "/problems/too-large",
        StatusCode::PAYLOAD_TOO_LARGE,
        "The request is too large",
    ),
    (
        Kind::UnsupportedType,
        "/problems/unsupported-type",
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "The content type is none that can be read",
    ),
    (
        Kind::Unprocessable,
        "/problems/unprocessable",
        StatusCode::UNPROCESSABLE_ENTITY,
        "A value is not what it may be",
    ),
    (
        Kind::TooMany,
        "/problems/too-many",
        StatusCode::TOO_MANY_REQUESTS,
        "More than there is room for now",
    ),
    (Kind::Internal, "/problems/internal", StatusCode::INTERNAL_SERVER_ERROR, "The server failed"),
    (
        Kind::Unavailable,
        "/problems/unavailable",
        StatusCode::SERVICE_UNAVAILABLE,
        "The server cannot answer now",
    ),
];

/// One of several faults of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldFault {
    /// JSON pointer to the field, such as `/3/time`.
    pub field: String,
    /// What is wrong with it.
    pub detail: String,
}

/// A problem document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Problem {
    /// What kind of problem: a part of `docs/problems.md`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The kind in words.
    pub title: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// What is wrong with this request.
    #[schema(value_type = String)]
    pub detail: Box<str>,
    /// The path that was asked for.
    #[serde(skip_serializing_if = "str::is_empty")]
    #[schema(value_type = String)]
    pub instance: Box<str>,
    /// JSON pointer to the field at fault, or the name of a parameter or header.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub field: Option<Box<str>>,
    /// Several faults, at most a hundred of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldFault>,
    /// Seconds to wait before trying again.
    #[serde(skip)]
    pub retry_after: Option<u32>,
}

/// A member's name as a part of a JSON pointer.
#[must_use]
pub fn pointed(name: &str) -> String {
    let short: String = name.chars().take(64).collect();
    short.replace('~', "~0").replace('/', "~1")
}

/// Faults that a document lists.
const LISTED: usize = 100;

impl Problem {
    /// A problem of a kind.
    #[must_use]
    pub fn new(kind: Kind, detail: impl Into<String>) -> Problem {
        let (_, kind, status, title) = KINDS[kind as usize];
        Problem {
            kind,
            title,
            status: status.as_u16(),
            detail: detail.into().into(),
            instance: Box::default(),
            field: None,
            errors: Vec::new(),
            retry_after: None,
        }
    }

    /// The same, with the field at fault.
    #[must_use]
    pub fn at(mut self, field: impl Into<String>) -> Problem {
        self.field = Some(field.into().into());
        self
    }

    /// The same, with several faults; the first names the field.
    #[must_use]
    pub fn with(mut self, mut errors: Vec<FieldFault>) -> Problem {
        errors.truncate(LISTED);
        self.field = errors.first().map(|fault| fault.field.as_str().into());
        self.errors = errors;
        self
    }

    /// The same, with a time after which trying again makes sense.
    #[must_use]
    pub fn after(mut self, seconds: u32) -> Problem {
        self.retry_after = Some(seconds.max(1));
        self
    }

    /// The answer that carries it.
    #[must_use]
    pub fn answer(mut self, path: &str) -> Answer {
        self.instance = path.chars().take(256).collect::<String>().into();
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::BAD_REQUEST);
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut answer = Answer::of(status, "application/problem+json", body);
        answer.retry_after = self.retry_after;
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_at_its_place_and_documented() {
        let page = include_str!("../../../docs/problems.md");
        for (at, (kind, name, status, title)) in KINDS.into_iter().enumerate() {
            assert_eq!(kind as usize, at);
            let part = name.strip_prefix("/problems/").unwrap();
            assert!(page.contains(&format!("## {part}\n{}.", status.as_u16())), "{name}");
            assert!(!title.is_empty());
        }
    }

    #[test]
    fn a_document_names_its_fields() {
        let fault = FieldFault { field: "/0/time".to_owned(), detail: "is empty".to_owned() };
        let problem = Problem::new(Kind::Unprocessable, "one event").with(vec![fault]);
        let answer = problem.answer("/v1/events");
        let text: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(text["type"], "/problems/unprocessable");
        assert_eq!(text["status"], 422);
        assert_eq!(text["field"], "/0/time");
        assert_eq!(text["instance"], "/v1/events");
        assert_eq!(text["errors"][0]["detail"], "is empty");
    }
}
