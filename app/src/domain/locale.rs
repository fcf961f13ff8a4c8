//! A language with its region, as menus and amounts are written in it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A BCP 47 language tag, such as `de`, `en-GB` or `ar`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct Locale(String);

impl Locale {
    /// Wraps a tag without validation.
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

    /// Whether the tag has a valid form: browsers' `Intl` throws for others.
    pub fn is_well_formed(&self) -> bool {
        let subtag =
            |part: &str| (1..=8).contains(&part.len()) && part.chars().all(|letter| letter.is_ascii_alphanumeric());
        let language = self.language();
        let known = matches!(language.len(), 2..=3) && language.chars().all(|letter| letter.is_ascii_alphabetic());
        let last_is_letter = self.0.split('-').next_back().is_some_and(|last| last.len() == 1);
        known && self.0.split('-').all(subtag) && !last_is_letter
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
