//! Differences between a JSON body and the API's document, in sentences.

use super::words::{allowed, example};
use app::domain::problem::Problem;
use serde::Deserialize;
use serde_json::Value;
use std::{collections::BTreeMap, sync::LazyLock};
use uuid::Uuid;

/// Problems per response; a long list of wrong lines repeats itself.
const MOST: usize = 20;
const NAMED: &str = "#/components/schemas/";
/// Length of a UUID with its hyphens.
const HYPHENATED: usize = 36;

/// The types of the document, by name.
static SHAPES: LazyLock<BTreeMap<String, Shape>> = LazyLock::new(|| {
    let document: Value = serde_json::from_str(&super::document()).unwrap_or_default();
    let shapes = document.pointer("/components/schemas").and_then(Value::as_object).cloned().unwrap_or_default();
    shapes.into_iter().filter_map(|(name, shape)| Some((name, serde_json::from_value(shape).ok()?))).collect()
});

/// The part of JSON Schema that bodies are described with.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Shape {
    #[serde(rename = "$ref")]
    named: Option<String>,
    r#type: Kinds,
    pub(super) r#enum: Vec<Value>,
    pub(super) format: Option<String>,
    pub(super) minimum: Option<f64>,
    pub(super) maximum: Option<f64>,
    pub(super) min_length: Option<u64>,
    pub(super) max_length: Option<u64>,
    pub(super) min_items: Option<u64>,
    pub(super) max_items: Option<u64>,
    pub(super) items: Option<Box<Shape>>,
    pub(super) one_of: Vec<Shape>,
    pub(super) properties: BTreeMap<String, Shape>,
    pub(super) required: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Kinds {
    One(String),
    Several(Vec<String>),
}

impl Default for Kinds {
    fn default() -> Self {
        Self::Several(Vec::new())
    }
}

impl Shape {
    /// The shape that a reference names.
    pub fn resolved(&self) -> &Self {
        let name = self.named.as_deref().and_then(|named| named.strip_prefix(NAMED));
        name.and_then(|name| SHAPES.get(name)).unwrap_or(self)
    }

    /// Whether it is the document's type of this name.
    pub fn is_named(&self, name: &str) -> bool {
        self.named.as_deref().and_then(|named| named.strip_prefix(NAMED)) == Some(name)
    }

    /// The JSON types that it accepts; none for any.
    pub fn kinds(&self) -> &[String] {
        match &self.r#type {
            Kinds::One(kind) => std::slice::from_ref(kind),
            Kinds::Several(kinds) => kinds,
        }
    }

    fn takes(&self, sent: &Value) -> bool {
        if !self.r#enum.is_empty() {
            return self.r#enum.contains(sent);
        }
        self.kinds().is_empty() || self.kinds().iter().any(|kind| self.is(kind, sent))
    }

    fn is(&self, kind: &str, sent: &Value) -> bool {
        match kind {
            "string" if self.format.as_deref() == Some("uuid") => {
                sent.as_str().is_some_and(|id| id.len() == HYPHENATED && id.parse::<Uuid>().is_ok())
            }
            "string" => sent.is_string(),
            "integer" => sent.as_f64().is_some_and(|number| {
                let enough = self.minimum.is_none_or(|minimum| number >= minimum);
                number.fract() == 0.0 && enough && self.maximum.is_none_or(|maximum| number <= maximum)
            }),
            "number" => sent.as_f64().is_some_and(|number| {
                let enough = self.minimum.is_none_or(|minimum| number >= minimum);
                enough && self.maximum.is_none_or(|maximum| number <= maximum)
            }),
            "boolean" => sent.is_boolean(),
            "array" => sent.is_array(),
            "object" => sent.is_object(),
            "null" => sent.is_null(),
            _ => true,
        }
    }
}

/// Each place where a body does not match the type of this name; empty when only the decoder knows the reason.
pub fn problems(name: &str, sent: &Value) -> Vec<Problem> {
    let mut found = Vec::new();
    if let Some(shape) = SHAPES.get(name) {
        look(shape, "", sent, &mut found);
    }
    found.truncate(MOST);
    found
}

fn look(place: &Shape, path: &str, sent: &Value, found: &mut Vec<Problem>) {
    let shape = place.resolved();
    match sent {
        _ if !shape.one_of.is_empty() => look_at_choice(shape, path, sent, found),
        Value::Object(fields) if !shape.properties.is_empty() => {
            for (name, field) in &shape.properties {
                match fields.get(name) {
                    Some(sent) => look(field, &below(path, name), sent, found),
                    None if shape.required.contains(name) => found.push(missing(&below(path, name), field)),
                    None => {}
                }
            }
            let unknown = fields.keys().filter(|name| !shape.properties.contains_key(*name));
            found.extend(unknown.map(|name| unknown_field(&below(path, name), shape)));
        }
        Value::Array(entries) if shape.items.is_some() => {
            for (at, sent) in entries.iter().enumerate() {
                if let Some(entry) = &shape.items {
                    look(entry, &below(path, &at.to_string()), sent, found);
                }
            }
        }
        sent if shape.takes(sent) => {}
        _ => found.push(wrong(path, place)),
    }
}

/// A choice is reported by the fields of the one shape that must be meant: the only one except `null`, or the one
/// with all the fields that were sent. Otherwise it is reported as a whole.
fn look_at_choice(shape: &Shape, path: &str, sent: &Value, found: &mut Vec<Problem>) {
    let fits = |one: &Shape| {
        let mut problems = Vec::new();
        look(one, path, sent, &mut problems);
        problems.is_empty()
    };
    if shape.one_of.iter().any(fits) {
        return;
    }
    let is_optional = shape.one_of.iter().any(|one| one.kinds() == ["null"]);
    let is_meant = |one: &&Shape| {
        let known = &one.resolved().properties;
        let fields = sent.as_object().filter(|fields| !fields.is_empty() && !known.is_empty());
        fields.is_some_and(|fields| is_optional || fields.keys().all(|name| known.contains_key(name)))
    };
    match shape.one_of.iter().find(is_meant) {
        Some(one) => look(one, path, sent, found),
        None => found.push(wrong(path, shape)),
    }
}

fn below(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") }
}

fn wrong(path: &str, shape: &Shape) -> Problem {
    let place = if path.is_empty() { "The body".to_owned() } else { format!("`{path}`") };
    let words = format!("{place} must be {}, such as {}.", allowed(shape), example(last_name(path), shape));
    Problem::new(path, "wrong_shape", words)
}

fn missing(path: &str, shape: &Shape) -> Problem {
    let example = example(last_name(path), shape);
    Problem::new(path, "missing", format!("`{path}` is missing. It must be {}, such as {example}.", allowed(shape)))
}

fn unknown_field(path: &str, shape: &Shape) -> Problem {
    let known: Vec<_> = shape.properties.keys().map(|name| format!("`{name}`")).collect();
    let words = format!("`{path}` is not a known field. Leave it out, or send one of {}.", known.join(", "));
    Problem::new(path, "unknown_field", words)
}

/// The name of the field that a path ends at, or of the list that it ends in.
fn last_name(path: &str) -> &str {
    let is_name = |part: &&str| !part.bytes().all(|byte| byte.is_ascii_digit());
    path.rsplit('/').find(is_name).unwrap_or_default()
}
