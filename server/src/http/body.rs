//! Reading what clients send: forms and JSON, bounded, with answers that say what to change.

use crate::http::{api::shape, errors::Unreadable};
use app::domain::problem::Problem;
use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, Request},
    response::{IntoResponse, Response},
};
use bytes::BytesMut;
use futures::StreamExt;
use http::{HeaderMap, header};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Most bytes of a body.
pub const MAX_BODY: usize = 256 * 1024;
/// Most bytes that are taken off the wire before a body that is too large is answered.
const MAX_HEARD: usize = 32 * 1024 * 1024;

/// A form: its fields by name, each with all its values in order.
#[derive(Debug, Clone, Default)]
pub struct Form(pub BTreeMap<String, Vec<String>>);

impl Form {
    /// The first value of a field, trimmed of nothing; empty when it was not sent.
    pub fn text(&self, name: &str) -> &str {
        self.0.get(name).and_then(|values| values.first()).map_or("", String::as_str)
    }

    /// Whether the field was sent at all.
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Every value of a field.
    pub fn all(&self, name: &str) -> &[String] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }
}

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = Response;

    async fn from_request(request: Request, _: &S) -> Result<Self, Self::Rejection> {
        let typed = is_type(request.headers(), "application/x-www-form-urlencoded");
        let bytes = read(request.into_body()).await.map_err(IntoResponse::into_response)?;
        if !typed && !bytes.is_empty() {
            return Err(Unreadable::WrongType("a form as application/x-www-form-urlencoded").into_response());
        }
        let pairs: Vec<(String, String)> = serde_urlencoded::from_bytes(&bytes)
            .map_err(|error| Unreadable::Malformed(format!("The form cannot be read: {error}.")).into_response())?;
        let mut fields = BTreeMap::<String, Vec<String>>::new();
        for (name, value) in pairs {
            // A zero byte is text to no database.
            fields.entry(name).or_default().push(value.replace('\0', ""));
        }
        Ok(Self(fields))
    }
}

/// A JSON body of a known shape.
#[derive(Debug, Clone)]
pub struct JsonBody<T>(pub T);

impl<T: DeserializeOwned + Serialize + ToSchema, S: Send + Sync> FromRequest<S> for JsonBody<T> {
    type Rejection = Response;

    async fn from_request(request: Request, _: &S) -> Result<Self, Self::Rejection> {
        if !is_type(request.headers(), "application/json") {
            return Err(Unreadable::WrongType("JSON as application/json").into_response());
        }
        let bytes = read(request.into_body()).await.map_err(IntoResponse::into_response)?;
        read_faithfully(&bytes).map(Self).map_err(IntoResponse::into_response)
    }
}

/// Reads a value of the documented shape and of no other. The readers that serde makes take more than they write: a list for
/// an object, `{"asap": null}` for a word, an id without hyphens. So what was read is compared with what was sent.
fn read_faithfully<T: DeserializeOwned + Serialize + ToSchema>(bytes: &[u8]) -> Result<T, Unreadable> {
    let sent: Value = serde_json::from_slice(bytes).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        Unreadable::Malformed(format!("The body is not JSON: it cannot be read from line {line}, column {column} on."))
    })?;
    if let Some(path) = zero(&sent) {
        let words = format!("`{path}` has the zero character in its text. Leave it out.");
        return Err(Unreadable::Shape(vec![Problem::new(path, "zero_character", words)]));
    }
    let Ok(read) = serde_json::from_slice::<T>(bytes) else { return Err(unlike::<T>(&sent, "")) };
    let written = serde_json::to_value(&read).unwrap_or_default();
    match difference(&sent, &written) {
        None => Ok(read),
        Some(path) => Err(unlike::<T>(&sent, path.trim_start_matches('/'))),
    }
}

/// A body that was not read, or at `path` not as it was sent. What the document does not tell apart is a field that is there
/// twice, or one of the spellings that only the reader knows.
fn unlike<T: ToSchema>(sent: &Value, path: &str) -> Unreadable {
    let mut problems = shape::problems(&T::name(), sent);
    if problems.is_empty() {
        let place = if path.is_empty() { "The body".to_owned() } else { format!("`{path}`") };
        let words = format!(
            "{place} is not as /api/v1/openapi.json describes it. Send each field once, in the form described there."
        );
        problems.push(Problem::new(path, "wrong_shape", words));
    }
    Unreadable::Shape(problems)
}

/// The path to the first text with the zero character, which is text to no database.
fn zero(sent: &Value) -> Option<String> {
    let below = |name: &str, path: String| if path.is_empty() { name.to_owned() } else { format!("{name}/{path}") };
    match sent {
        Value::String(text) => text.contains('\0').then(String::new),
        Value::Array(entries) => {
            entries.iter().enumerate().find_map(|(at, entry)| Some(below(&at.to_string(), zero(entry)?)))
        }
        Value::Object(fields) => fields.iter().find_map(|(name, field)| Some(below(name, zero(field)?))),
        _ => None,
    }
}

/// The path to the first thing that was read as something else than was sent.
fn difference(sent: &Value, read: &Value) -> Option<String> {
    let below = |name: &str, path: String| Some(format!("/{name}{path}"));
    match (sent, read) {
        (Value::Object(sent), Value::Object(read)) => {
            let unread = Value::Bool(false);
            sent.iter().find_map(|(name, sent)| below(name, difference(sent, read.get(name).unwrap_or(&unread))?))
        }
        (Value::Array(sent), Value::Array(read)) if sent.len() == read.len() => {
            let pairs = sent.iter().zip(read).enumerate();
            pairs.into_iter().find_map(|(at, (sent, read))| below(&at.to_string(), difference(sent, read)?))
        }
        // Ids may be sent in capital letters.
        (Value::String(sent), Value::String(read)) if sent.eq_ignore_ascii_case(read) => None,
        (Value::Number(sent), Value::Number(read)) if sent.as_f64() == read.as_f64() => None,
        (sent, read) => (sent != read).then(String::new),
    }
}

/// Reads a body that is not too large. One that is, is listened to for a while and forgotten: a client that still
/// speaks when the door closes never hears why.
async fn read(body: Body) -> Result<Bytes, Unreadable> {
    let (mut kept, mut size) = (BytesMut::new(), 0usize);
    let mut chunks = body.into_data_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|error| Unreadable::Malformed(format!("The body broke off: {error}.")))?;
        size = size.saturating_add(chunk.len());
        if size <= MAX_BODY {
            kept.extend_from_slice(&chunk);
        } else if size > MAX_HEARD {
            break;
        }
    }
    if size > MAX_BODY { Err(Unreadable::TooLarge) } else { Ok(kept.freeze()) }
}

fn is_type(headers: &HeaderMap, expected: &str) -> bool {
    let sent = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    sent.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(expected)
}

/// Whether the client would rather have JSON than a page.
pub fn wants_json(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accepted.contains("application/json") && !accepted.contains("text/html")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zero_is_an_escape_that_is_not_escaped_itself() {
        let read = |text: &str| zero(&serde_json::from_str(text).unwrap());
        for spelled in [r#""\u0000""#, r#""a\\\u0000b""#, r#""\n\u0000""#, r#""\"\u0000""#] {
            assert_eq!(read(spelled).as_deref(), Some(""), "{spelled}");
        }
        for text in [r#""\\u0000""#, r#""\\\\u0000""#, r#""u0000""#, r#""\u0041""#, r#""""#] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(read(r#"{"lines":[{"note":""},{"note":"\u0000"}]}"#).as_deref(), Some("lines/1/note"));
        assert!(serde_json::from_str::<Value>("\"\0\"").is_err(), "as it is, it is no JSON");
    }
}
