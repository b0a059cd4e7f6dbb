//! An answer before it is bytes on a connection: status, content type, body.

use bytes::Bytes;
use hyper::StatusCode;

/// What a request is answered, but for streams.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The content type.
    pub content_type: &'static str,
    /// The body.
    pub body: Bytes,
    /// Seconds for the `Retry-After` header.
    pub retry_after: Option<u32>,
    /// Methods for the `Allow` header.
    pub allow: Option<&'static str>,
}

impl Answer {
    /// An answer.
    #[must_use]
    pub fn of(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Answer {
        Answer { status, content_type, body: body.into(), retry_after: None, allow: None }
    }

    /// JSON with status 200.
    #[must_use]
    pub fn json(body: impl Into<Bytes>) -> Answer {
        Answer::of(StatusCode::OK, "application/json", body)
    }

    /// A value as JSON with status 200.
    #[must_use]
    pub fn value<T: serde::Serialize>(value: &T) -> Answer {
        Answer::json(serde_json::to_vec(value).unwrap_or_default())
    }
}
