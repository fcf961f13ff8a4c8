//! Text with markup, for all text fields.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

/// Closes all elements with raw text content, then opens another.
pub const NAME: &str =
    "A</title></textarea></script></style></noscript></option></select>--><b data-named=x \"'>&amp;<!>";

/// The same value with [`NAME`] in each text, also where none was. Ids, codes and the like, which are no free text, stay.
pub fn named<T: Serialize + DeserializeOwned>(value: &T) -> T {
    let mut document = serde_json::to_value(value).unwrap();
    for text in texts(&document, "") {
        let before = std::mem::replace(document.pointer_mut(&text).unwrap(), Value::from(NAME));
        if T::deserialize(&document).is_err() {
            *document.pointer_mut(&text).unwrap() = before;
        }
    }
    assert!(document.to_string().contains("data-named"), "a value without any text proves nothing");
    T::deserialize(&document).unwrap()
}

/// Pointers to all texts of a document.
fn texts(value: &Value, at: &str) -> Vec<String> {
    match value {
        Value::String(_) | Value::Null => vec![at.to_owned()],
        Value::Array(values) => {
            let each = values.iter().enumerate();
            each.flat_map(|(index, value)| texts(value, &format!("{at}/{index}"))).collect()
        }
        Value::Object(fields) => {
            let escaped = |name: &str| name.replace('~', "~0").replace('/', "~1");
            fields.iter().flat_map(|(name, value)| texts(value, &format!("{at}/{}", escaped(name)))).collect()
        }
        _ => Vec::new(),
    }
}

/// Why a document is not the one that was meant; empty when it is.
pub fn escapes(html: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (what, wanted) in [("<title>", 1), ("</title>", 1), ("<b data-named", 0), ("--><b", 0)] {
        let counted = html.matches(what).count();
        if counted != wanted {
            found.push(format!("{what} stands {counted} times"));
        }
    }
    found
}
