//! How a language writes numbers and in which direction it reads.

use serde::{Deserialize, Serialize};

/// A BCP 47 language tag, such as `de`, `en-GB` or `ar`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct Locale(String);

impl Locale {
    /// Takes a tag as it is written.
    pub fn new(tag: impl Into<String>) -> Self {
        Self(tag.into())
    }

    /// The tag, for `lang` attributes.
    pub fn tag(&self) -> &str {
        &self.0
    }

    /// The writing direction, for `dir` attributes.
    pub fn direction(&self) -> &'static str {
        if matches!(self.language(), "ar" | "fa" | "he" | "ur") { "rtl" } else { "ltr" }
    }

    pub(crate) fn decimal(&self) -> char {
        if self.writes_comma() { ',' } else { '.' }
    }

    pub(crate) fn thousands(&self) -> char {
        match self.language() {
            "fr" | "pl" | "cs" | "sv" | "nb" | "da" | "hu" => '\u{202f}',
            _ if self.writes_comma() => '.',
            _ => ',',
        }
    }

    pub(crate) fn symbol_follows(&self) -> bool {
        self.writes_comma()
    }

    fn writes_comma(&self) -> bool {
        matches!(
            self.language(),
            "de" | "fr" | "es" | "it" | "nl" | "pt" | "pl" | "cs" | "sv" | "nb" | "da" | "hu" | "tr" | "el" | "fi"
        )
    }

    fn language(&self) -> &str {
        self.0.split('-').next().unwrap_or_default()
    }
}

impl Default for Locale {
    fn default() -> Self {
        Self::new("en")
    }
}
