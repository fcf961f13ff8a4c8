//! JSON parsed by the browser: `serde_json` with derived readers would double the customer bundle.

use js_sys::{Array, JSON, JsString, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// A value of a JSON document.
pub struct JsJson(JsValue);

impl JsJson {
    /// Parses a document.
    pub fn parse(text: &str) -> Option<Self> {
        JSON::parse(text).ok().map(Self)
    }

    /// A field of an object; none when it is absent or null.
    pub fn field(&self, name: &str) -> Option<Self> {
        let value = Reflect::get(&self.0, &name.into()).ok()?;
        (!value.is_null() && !value.is_undefined()).then_some(Self(value))
    }

    /// The string in a field.
    pub fn text(&self, name: &str) -> Option<String> {
        self.field(name)?.as_text()
    }

    /// The value as a string.
    pub fn as_text(&self) -> Option<String> {
        self.0.dyn_ref::<JsString>().map(String::from)
    }

    /// The whole number in a field.
    pub fn number(&self, name: &str) -> Option<i64> {
        let number = self.field(name)?.0.as_f64()?;
        // Counts and minor units stay far below 2^53, up to which every whole number is exact.
        #[expect(clippy::cast_possible_truncation, reason = "checked to be whole and in range")]
        (number.abs() < 9_007_199_254_740_992.0 && number % 1.0 == 0.0).then_some(number as i64)
    }

    /// The count in a field.
    pub fn count(&self, name: &str) -> Option<u32> {
        self.number(name)?.try_into().ok()
    }

    /// The boolean in a field.
    pub fn is(&self, name: &str) -> Option<bool> {
        self.field(name)?.0.as_bool()
    }

    /// The list in a field.
    pub fn list(&self, name: &str) -> Option<Vec<Self>> {
        Some(self.field(name)?.0.dyn_ref::<Array>()?.iter().map(Self).collect())
    }

    /// The names and values of the object in a field.
    pub fn entries(&self, name: &str) -> Option<Vec<(String, Self)>> {
        let object = self.field(name)?.0.dyn_into::<Object>().ok()?;
        let entries = Object::entries(&object);
        let pairs = entries.iter().map(|entry| {
            let pair: Array = entry.unchecked_into();
            Some((pair.get(0).as_string()?, Self(pair.get(1))))
        });
        pairs.collect()
    }
}
