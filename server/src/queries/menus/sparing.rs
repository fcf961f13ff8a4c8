//! Decodes a restaurant's document without the menu rows that this version cannot decode.

use crate::{
    db::unreadable::{Unreadable, document},
    queries::menus::{ItemRow, ModifierRow, Record, VariantRow},
};
use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;

/// A document, and its omitted rows with the reason. Only menu rows may be omitted, since they cannot be ordered
/// then; without an exceptional date or a charge the restaurant would be wrong, so such a document is unreadable.
pub(crate) fn record(text: &str) -> Result<(Record, Vec<(Uuid, Unreadable)>), Unreadable> {
    if let Ok(record) = serde_json::from_str(text) {
        return Ok((record, Vec::new()));
    }
    let mut whole: Value = serde_json::from_str(text).map_err(|error| Unreadable::of("menu", &error))?;
    let mut torn = left_out::<ItemRow>(&mut whole, "items", "item_id", "item");
    torn.extend(left_out::<VariantRow>(&mut whole, "variants", "variant_id", "variant"));
    torn.extend(left_out::<ModifierRow>(&mut whole, "modifiers", "modifier_id", "modifier"));
    document(whole, "menu").map(|record| (record, torn))
}

fn left_out<T: DeserializeOwned>(
    whole: &mut Value,
    list: &str,
    id: &str,
    what: &'static str,
) -> Vec<(Uuid, Unreadable)> {
    let mut torn = Vec::new();
    if let Some(Value::Array(rows)) = whole.get_mut(list) {
        rows.retain(|row| match T::deserialize(row) {
            Ok(_) => true,
            Err(error) => {
                let named = row.get(id).and_then(Value::as_str).and_then(|id| id.parse().ok());
                torn.push((named.unwrap_or_default(), Unreadable::of(what, &error)));
                false
            }
        });
    }
    torn
}
