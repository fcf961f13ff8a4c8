//! Adds to the OpenAPI document what all operations have in common, and the constraints that decoding enforces and types do
//! not express.

use utoipa::{
    Modify,
    openapi::{
        ContentBuilder, OpenApi, Ref, RefOr, Response, Schema,
        path::Operation,
        schema::{AdditionalProperties, Object, SchemaType, Type},
    },
};

/// Types of requests: PostgreSQL text cannot contain NUL.
const READ: &[&str] = &["Address", "Choice", "Contact", "LineRequest", "NewOrder", "QuoteRequest"];
const NO_ZERO: &str = r"^[^\u0000]*$";
/// The last instant of the year 9999, the limit of calendars.
const INSTANT: &str = "Timestamp";
const LAST_INSTANT: i64 = 253_402_300_799_999;
/// A choice between shapes, each without further fields.
const CHOICE: &str = "Due";

pub struct Strict;

impl Modify for Strict {
    fn modify(&self, document: &mut OpenApi) {
        for (path, item) in &mut document.paths.paths {
            for operation in [&mut item.get, &mut item.post].into_iter().flatten() {
                add_errors(path, operation);
            }
        }
        let Some(components) = document.components.as_mut() else { return };
        for (name, schema) in &mut components.schemas {
            match schema {
                RefOr::T(Schema::Object(object)) if READ.contains(&name.as_str()) => {
                    object.properties.values_mut().for_each(without_zero);
                }
                RefOr::T(Schema::Object(instant)) if name == INSTANT => {
                    instant.minimum = Some(0.into());
                    instant.maximum = Some(LAST_INSTANT.into());
                }
                RefOr::T(Schema::OneOf(choice)) if name == CHOICE => choice.items.iter_mut().for_each(closed),
                _ => {}
            }
        }
    }
}

/// Adds the errors that are not the operation's own, and the body of all.
fn add_errors(path: &str, operation: &mut Operation) {
    let mut common = vec![("503", "Try again after Retry-After")];
    if path.contains("{slug}") {
        common.push(("404", "No such restaurant"));
    }
    if operation.request_body.is_some() {
        common.extend([("413", "Too large"), ("415", "Not application/json")]);
    }
    let responses = &mut operation.responses.responses;
    for (status, description) in common {
        responses.entry(status.to_owned()).or_insert_with(|| Response::new(description).into());
    }
    for (_, response) in responses.iter_mut().filter(|(status, _)| status.starts_with(['4', '5'])) {
        if let RefOr::T(response) = response {
            let body = ContentBuilder::new().schema(Some(Ref::from_schema_name("ProblemDetails"))).build();
            response.content.insert("application/problem+json".to_owned(), body);
        }
    }
}

fn without_zero(property: &mut RefOr<Schema>) {
    if let RefOr::T(Schema::Object(object)) = property
        && is_text(object)
    {
        object.pattern = Some(NO_ZERO.to_owned());
    }
}

fn is_text(object: &Object) -> bool {
    let text = match &object.schema_type {
        SchemaType::Type(kind) => *kind == Type::String,
        SchemaType::Array(kinds) => kinds.contains(&Type::String),
        SchemaType::AnyValue => false,
    };
    text && object.format.is_none() && object.enum_values.is_none() && object.pattern.is_none()
}

fn closed(shape: &mut RefOr<Schema>) {
    if let RefOr::T(Schema::Object(object)) = shape
        && !object.properties.is_empty()
    {
        object.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(false)));
    }
}
