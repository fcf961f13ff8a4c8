//! Encoding of cart lines, including lines of a version that this one cannot decode.

use crate::db::unreadable::Unreadable;
use app::domain::{
    cart::CartLine,
    id::{CartLineId, ItemId},
};
use serde::{Deserialize as _, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

const WHAT: &str = "cart line";

/// A line that cannot be decoded.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Unread {
    /// Its own id, or one derived from its text, so that it is stable.
    pub(crate) id: CartLineId,
    /// The item that it names, if any.
    pub(crate) item: Option<ItemId>,
    written: Value,
}

impl Unread {
    fn of(written: Value) -> Self {
        let named = |field: &str| written.get(field).and_then(Value::as_str).and_then(|id| id.parse::<Uuid>().ok());
        let id = named("id").unwrap_or_else(|| made_of(&written));
        Self { id: CartLineId::from_uuid(id), item: named("item").map(ItemId::from_uuid), written }
    }
}

/// An entry of the list.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Entry<'a> {
    Read(&'a CartLine),
    Unread(&'a Value),
}

/// The decoded lines, and the others with the reason.
pub(crate) fn read(written: Value) -> (Vec<CartLine>, Vec<(Unread, Unreadable)>) {
    let entries = match written {
        Value::Array(entries) => entries,
        other => vec![other],
    };
    let (mut lines, mut torn) = (Vec::new(), Vec::new());
    for entry in entries {
        match CartLine::deserialize(&entry) {
            Ok(line) => lines.push(line),
            Err(error) => torn.push((Unread::of(entry), Unreadable::of(WHAT, &error))),
        }
    }
    (lines, torn)
}

/// The list to store: a line that cannot be decoded is kept for the version that can.
pub(crate) fn all<'a>(lines: &'a [CartLine], unread: &'a [Unread]) -> Vec<Entry<'a>> {
    let unread = unread.iter().map(|unread| Entry::Unread(&unread.written));
    lines.iter().map(Entry::Read).chain(unread).collect()
}

fn made_of(written: &Value) -> Uuid {
    let mut id = [0; 16];
    id.copy_from_slice(Sha256::digest(written.to_string()).get(..16).unwrap_or(&[0; 16]));
    uuid::Builder::from_custom_bytes(id).into_uuid()
}
