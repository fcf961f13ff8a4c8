//! Extractors of forms and JSON with size limits and clear errors.

use crate::http::{api::shape, errors::BadRequest};
use app::domain::problem::Problem;
use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, Path, Request},
    response::{IntoResponse, Response},
};
use bytes::BytesMut;
use futures::StreamExt;
use http::{HeaderMap, Uri, header};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Number, Value};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Bytes.
pub const MAX_BODY: usize = 256 * 1024;
/// Bytes that are read and dropped of a too large body before the response.
const MAX_DRAIN_BYTES: usize = 32 * 1024 * 1024;

/// A form: its fields by name, each with all its values in order.
#[derive(Debug, Clone, Default)]
pub struct Form(pub BTreeMap<String, Vec<String>>);

impl Form {
    /// The first value of a field, not trimmed; empty when it was not sent.
    pub fn text(&self, name: &str) -> &str {
        self.0.get(name).and_then(|values| values.first()).map_or("", String::as_str)
    }

    /// Whether the field was sent.
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// All values of a field.
    pub fn all(&self, name: &str) -> &[String] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }
}

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = Response;

    async fn from_request(request: Request, _: &S) -> Result<Self, Self::Rejection> {
        let typed = is_type(request.headers(), "application/x-www-form-urlencoded");
        let bytes = read_body(request.into_body()).await.map_err(IntoResponse::into_response)?;
        if !typed && !bytes.is_empty() {
            return Err(BadRequest::WrongType("a form as application/x-www-form-urlencoded").into_response());
        }
        let pairs: Vec<(String, String)> = serde_urlencoded::from_bytes(&bytes)
            .map_err(|error| BadRequest::Malformed(format!("The form cannot be read: {error}.")).into_response())?;
        let mut fields = BTreeMap::<String, Vec<String>>::new();
        for (name, value) in pairs {
            // PostgreSQL text cannot contain NUL.
            fields.entry(name).or_default().push(value.replace('\0', ""));
        }
        Ok(Self(fields))
    }
}

/// A form with all that handlers need to show its page again: the part of the path, the address and the headers.
pub type FormAtPath = (Path<String>, Uri, HeaderMap, Form);

/// A JSON body of a documented shape.
#[derive(Debug, Clone)]
pub struct JsonBody<T>(pub T);

impl<T: DeserializeOwned + Serialize + ToSchema, S: Send + Sync> FromRequest<S> for JsonBody<T> {
    type Rejection = Response;

    async fn from_request(request: Request, _: &S) -> Result<Self, Self::Rejection> {
        if !is_type(request.headers(), "application/json") {
            return Err(BadRequest::WrongType("JSON as application/json").into_response());
        }
        let bytes = read_body(request.into_body()).await.map_err(IntoResponse::into_response)?;
        parse_strict(&bytes).map(Self).map_err(IntoResponse::into_response)
    }
}

/// Parses the documented shape and no other. serde accepts more than it writes: a list for an object, `{"asap": null}` for
/// a string, an id without hyphens. So the value is written again and compared with the request.
fn parse_strict<T: DeserializeOwned + Serialize + ToSchema>(bytes: &[u8]) -> Result<T, BadRequest> {
    let sent: Value = serde_json::from_slice(bytes).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        BadRequest::Malformed(format!("The body is not JSON: it cannot be read from line {line}, column {column} on."))
    })?;
    if let Some(path) = zero(&sent) {
        let words = format!("`{path}` contains a NUL character (U+0000). Remove it.");
        return Err(BadRequest::Shape(vec![Problem::new(path, "zero_character", words)]));
    }
    let Ok(parsed) = serde_json::from_slice::<T>(bytes) else { return Err(unlike::<T>(&sent, "")) };
    let written = serde_json::to_value(&parsed).unwrap_or_default();
    match difference(&sent, &written) {
        None => Ok(parsed),
        Some(path) => Err(unlike::<T>(&sent, path.trim_start_matches('/'))),
    }
}

/// The error for a body that does not match, at `path` if known. The document cannot express duplicate fields, or
/// alternative spellings that the decoder rejects.
fn unlike<T: ToSchema>(sent: &Value, path: &str) -> BadRequest {
    let mut problems = shape::problems(&T::name(), sent);
    if problems.is_empty() {
        let place = if path.is_empty() { "The body".to_owned() } else { format!("`{path}`") };
        let words = format!(
            "{place} is not as /api/v1/openapi.json describes it. Send each field once, in the form described there."
        );
        problems.push(Problem::new(path, "wrong_shape", words));
    }
    BadRequest::Shape(problems)
}

/// The path of the first text with a NUL character, which PostgreSQL text cannot contain.
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

/// The path of the first difference between request and parsed value.
fn difference(sent: &Value, parsed: &Value) -> Option<String> {
    let below = |name: &str, path: String| Some(format!("/{name}{path}"));
    match (sent, parsed) {
        (Value::Object(sent), Value::Object(parsed)) => {
            let unread = Value::Bool(false);
            sent.iter().find_map(|(name, sent)| below(name, difference(sent, parsed.get(name).unwrap_or(&unread))?))
        }
        (Value::Array(sent), Value::Array(parsed)) if sent.len() == parsed.len() => {
            let pairs = sent.iter().zip(parsed).enumerate();
            pairs.into_iter().find_map(|(at, (sent, parsed))| below(&at.to_string(), difference(sent, parsed)?))
        }
        // Ids may be sent in capital letters.
        (Value::String(sent), Value::String(parsed)) if sent.eq_ignore_ascii_case(parsed) => None,
        (Value::Number(sent), Value::Number(parsed)) if is_same_number(sent, parsed) => None,
        (sent, parsed) => (sent != parsed).then(String::new),
    }
}

/// Whether a number was read as it was sent. Fractions are only in locations, of which five decimals are kept.
fn is_same_number(sent: &Number, parsed: &Number) -> bool {
    let rounded = if sent.is_f64() && parsed.is_f64() { 0.000_005_1 } else { 0.0 };
    let (sent, parsed) = (sent.as_f64(), parsed.as_f64());
    sent.zip(parsed).is_some_and(|(sent, parsed)| (sent - parsed).abs() <= rounded)
}

/// Reads at most [`MAX_BODY`] bytes. Larger bodies are drained up to [`MAX_DRAIN_BYTES`], so that the client receives
/// the 413 instead of a connection reset.
async fn read_body(body: Body) -> Result<Bytes, BadRequest> {
    let (mut kept, mut size) = (BytesMut::new(), 0usize);
    let mut chunks = body.into_data_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|error| BadRequest::Malformed(format!("The body was cut off: {error}.")))?;
        size = size.saturating_add(chunk.len());
        if size <= MAX_BODY {
            kept.extend_from_slice(&chunk);
        } else if size > MAX_DRAIN_BYTES {
            break;
        }
    }
    if size > MAX_BODY { Err(BadRequest::TooLarge) } else { Ok(kept.freeze()) }
}

fn is_type(headers: &HeaderMap, expected: &str) -> bool {
    let sent = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    sent.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(expected)
}

/// Whether the client prefers JSON to a page.
pub fn wants_json(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accepted.contains("application/json") && !accepted.contains("text/html")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zero_is_an_escape_that_is_not_escaped_itself() {
        let parsed = |text: &str| zero(&serde_json::from_str(text).unwrap());
        for spelled in [r#""\u0000""#, r#""a\\\u0000b""#, r#""\n\u0000""#, r#""\"\u0000""#] {
            assert_eq!(parsed(spelled).as_deref(), Some(""), "{spelled}");
        }
        for text in [r#""\\u0000""#, r#""\\\\u0000""#, r#""u0000""#, r#""\u0041""#, r#""""#] {
            assert_eq!(parsed(text), None, "{text}");
        }
        assert_eq!(parsed(r#"{"lines":[{"note":""},{"note":"\u0000"}]}"#).as_deref(), Some("lines/1/note"));
        assert!(serde_json::from_str::<Value>("\"\0\"").is_err(), "as it is, it is no JSON");
    }
}
