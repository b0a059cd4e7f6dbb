//! A request's body becomes events: by its content type, within the limit, identifiers replaced where that is wanted.

use crate::problem::{FieldFault, Kind, Problem, pointed};
use crate::pseudonyms::Pseudonyms;
use events::{EntityKind, Key, Networks, Rejection, is_token};
use hyper::header::HeaderValue;
use input::{Bodies, Body, BodyFault};
use std::sync::{Arc, Mutex, PoisonError};

/// Readers that are kept for the next request; there are no more of them at work than threads.
const KEPT: usize = 64;

/// How a body is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `application/json`: one object or a list.
    Json,
    /// `application/x-ndjson`: one object a line.
    Lines,
    /// `application/vnd.apache.arrow.stream`.
    Arrow,
}

impl Form {
    /// The form that a content type names.
    ///
    /// # Errors
    /// It names none of these, or there is none.
    pub fn of(content_type: Option<&HeaderValue>) -> Result<Form, Problem> {
        let text = content_type.map_or(b"".as_slice(), HeaderValue::as_bytes);
        let bare = text.split(|b| *b == b';').next().unwrap_or(text).trim_ascii();
        for (name, form) in [
            ("application/json", Form::Json),
            ("application/x-ndjson", Form::Lines),
            ("application/vnd.apache.arrow.stream", Form::Arrow),
            ("application/jsonl", Form::Lines),
        ] {
            if bare.eq_ignore_ascii_case(name.as_bytes()) {
                return Ok(form);
            }
        }
        let detail = "send application/json, application/x-ndjson or \
                      application/vnd.apache.arrow.stream";
        Err(Problem::new(Kind::UnsupportedType, detail).at("Content-Type"))
    }
}

/// What reads bodies.
#[derive(Debug)]
pub struct Decoder {
    limit: usize,
    pseudonyms: Option<Pseudonyms>,
    networks: Option<Arc<Networks>>,
    idle: Mutex<Vec<Reader>>,
}

#[derive(Debug)]
struct Reader {
    bodies: Bodies,
    pseudonyms: Option<Pseudonyms>,
}

impl Decoder {
    /// A decoder of bodies with at most `limit` events.
    #[must_use]
    pub fn new(limit: usize, pseudonyms: Option<Pseudonyms>) -> Decoder {
        Decoder { limit, pseudonyms, networks: None, idle: Mutex::new(Vec::new()) }
    }

    /// The same, where it is known whose networks addresses are of.
    #[must_use]
    pub fn among(self, networks: Option<Arc<Networks>>) -> Decoder {
        Decoder { networks, ..self }
    }

    /// Reads a body.
    ///
    /// # Errors
    /// It cannot be read at all; what is wrong with single events is in what it gives back.
    pub fn read(&self, form: Form, bytes: &[u8]) -> Result<Body, Problem> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut reader = match idle {
            Some(reader) => reader,
            None => {
                let mut bodies =
                    Bodies::new(self.limit).map_err(|fault| Problem::new(Kind::Internal, fault))?;
                bodies.set_networks(self.networks.clone());
                Reader { bodies, pseudonyms: self.pseudonyms.clone() }
            }
        };
        let mut read = match form {
            Form::Json => reader.bodies.json(bytes),
            Form::Lines => reader.bodies.json_lines(bytes),
            Form::Arrow => reader.bodies.arrow(bytes),
        };
        if let (Ok(body), Some(pseudonyms)) = (&mut read, &mut reader.pseudonyms) {
            pseudonyms.replace(&mut body.batch);
        }
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < KEPT {
            idle.push(reader);
        }
        drop(idle);
        read.map_err(|fault| problem(&fault))
    }

    /// The key under which something is kept whose text is this, as it came or as it was answered.
    #[must_use]
    pub fn key(&self, kind: EntityKind, text: &str) -> Key {
        let key = Key::of(text);
        match &self.pseudonyms {
            Some(pseudonyms) if pseudonyms.replaces(kind) && key.is_some() && !is_token(text) => {
                Key::of(&pseudonyms.text(kind, key))
            }
            _ => key,
        }
    }

    /// The keys under which something of any kind may be kept whose text is this.
    #[must_use]
    pub fn keys(&self, text: &str) -> Vec<Key> {
        let mut keys = vec![Key::of(text)];
        for kind in EntityKind::ALL {
            let key = self.key(kind, text);
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        keys
    }
}

fn problem(fault: &BodyFault) -> Problem {
    let detail = fault.to_string();
    match fault {
        BodyFault::TooMany { .. } => Problem::new(Kind::TooLarge, detail),
        BodyFault::Header(fault) => {
            Problem::new(Kind::Unprocessable, detail).at(format!("/{}", fault.column))
        }
        _ => Problem::new(Kind::BadRequest, detail),
    }
}

/// The field at fault of a rejected event. `alone`: the body is that one event.
#[must_use]
pub fn field_fault(rejection: &Rejection, alone: bool) -> FieldFault {
    let mut field = if alone { String::new() } else { format!("/{}", rejection.row) };
    if !rejection.column.is_empty() {
        field.push('/');
        field.push_str(&pointed(&rejection.column));
    }
    FieldFault { field, detail: rejection.reason.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_types_name_forms() {
        let of = |text: &'static str| Form::of(Some(&HeaderValue::from_static(text)));
        assert_eq!(of("application/json").unwrap(), Form::Json);
        assert_eq!(of("Application/JSON; charset=utf-8").unwrap(), Form::Json);
        assert_eq!(of("application/x-ndjson").unwrap(), Form::Lines);
        assert_eq!(of("text/plain").unwrap_err().status, 415);
        assert_eq!(Form::of(None).unwrap_err().status, 415);
    }

    #[test]
    fn faults_point_to_their_fields() {
        let decoder = Decoder::new(2, None);
        let body = decoder.read(Form::Json, br#"[{"id":"a"},{}]"#).unwrap();
        let fields: Vec<_> =
            body.rejected.iter().map(|fault| field_fault(fault, false).field).collect();
        assert_eq!(fields, ["/0/time", "/1/id"]);
        assert_eq!(field_fault(&body.rejected[0], true).field, "/time");
        assert_eq!(decoder.read(Form::Lines, b"{}\n{}\n{}").unwrap_err().status, 413);
        assert_eq!(decoder.read(Form::Json, b"[").unwrap_err().status, 400);
        assert_eq!(decoder.read(Form::Arrow, b"[").unwrap_err().status, 400);
    }
}
