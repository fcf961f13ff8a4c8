//! Descriptions and examples of the values that the API's document allows.

use super::shape::Shape;
use serde_json::{Value, json};

/// The type of instants, and an instant in the year 2026.
const INSTANT: (&str, i64) = ("Timestamp", 1_795_201_200_000);
const ID: &str = "0190b2f0-7c1e-7d43-9a55-3f2b8c6d1e07";
/// Samples of texts and amounts that are clearer than any text or the minimum.
const SAMPLES: &[(&str, &str)] = &[
    ("name", "Ada"),
    ("phone", "+49 30 5550101"),
    ("email", "ada@example.org"),
    ("street", "Kastanienallee 1"),
    ("postcode", "10435"),
    ("city", "Berlin"),
    ("directions", "2nd floor"),
    ("table", "4"),
    ("note", "No onions, please"),
];

/// A description to follow "must be".
pub fn allowed(shape: &Shape) -> String {
    if shape.is_named(INSTANT.0) {
        return "an instant in milliseconds since 1970-01-01T00:00:00Z".to_owned();
    }
    let shape = shape.resolved();
    if !shape.one_of.is_empty() {
        return one_of(shape.one_of.iter().map(allowed).collect());
    }
    if !shape.r#enum.is_empty() {
        return one_of(shape.r#enum.iter().map(Value::to_string).collect());
    }
    one_of(shape.kinds().iter().map(|kind| of_kind(kind, shape)).collect())
}

fn of_kind(kind: &str, shape: &Shape) -> String {
    match kind {
        "string" if shape.format.as_deref() == Some("uuid") => "an id of 32 hexadecimal digits with hyphens".to_owned(),
        "string" => sized("a text", "characters", shape.min_length, shape.max_length),
        "integer" => match (shape.minimum, shape.maximum) {
            (Some(least), Some(most)) => format!("a whole number from {least} to {most}"),
            _ => "a whole number".to_owned(),
        },
        "number" => match (shape.minimum, shape.maximum) {
            (Some(least), Some(most)) => format!("a number from {least} to {most}"),
            _ => "a number".to_owned(),
        },
        "array" => sized("a list", "entries", shape.min_items, shape.max_items),
        "object" => match shape.properties.iter().collect::<Vec<_>>().as_slice() {
            [(name, field)] => format!("{{\"{name}\": {}}}", allowed(field)),
            _ => format!("an object with {}", both(shape.required.iter().map(|name| format!("`{name}`")).collect())),
        },
        other => other.to_owned(),
    }
}

fn sized(what: &str, of: &str, least: Option<u64>, most: Option<u64>) -> String {
    match (least, most) {
        (Some(least), Some(most)) => format!("{what} of {least} to {most} {of}"),
        (None, Some(most)) => format!("{what} of at most {most} {of}"),
        _ => what.to_owned(),
    }
}

/// Joins alternatives, with `null` last.
fn one_of(mut words: Vec<String>) -> String {
    words.sort_by_key(|word| word == "null");
    listed(&words, "or")
}

fn both(words: Vec<String>) -> String {
    listed(&words, "and")
}

fn listed(words: &[String], last: &str) -> String {
    match words {
        [] => "something else".to_owned(),
        [only] => only.clone(),
        [first @ .., end] => format!("{} {last} {end}", first.join(", ")),
    }
}

/// An example of a shape; `name` is that of its field.
pub fn example(name: &str, shape: &Shape) -> Value {
    if shape.is_named(INSTANT.0) {
        return json!(INSTANT.1);
    }
    let shape = shape.resolved();
    let kind = shape.kinds().iter().find(|kind| *kind != "null").map_or("", String::as_str);
    if let Some(one) = shape.one_of.iter().rfind(|one| one.kinds() != ["null"]) {
        return example(name, one);
    }
    if let Some(word) = shape.r#enum.first() {
        return word.clone();
    }
    match kind {
        "string" if shape.format.as_deref() == Some("uuid") => json!(ID),
        "string" => json!(SAMPLES.iter().find(|(field, _)| *field == name).map_or("text", |(_, sample)| *sample)),
        "number" if name == "longitude" => json!(13.4127),
        "number" => json!(52.5403),
        "integer" if name.ends_with("_minor") => json!(250),
        "integer" => json!(2),
        "array" => shape.items.iter().map(|entry| example(name, entry)).collect(),
        "object" => {
            let fields = shape.properties.iter().filter(|(field, _)| shape.required.contains(field));
            fields.map(|(field, shape)| (field.clone(), example(field, shape))).collect()
        }
        _ => Value::Null,
    }
}
