//! The fields of a settings form: as stored, or as they were sent.

use crate::{
    domain::{error::AppError, terms::settings::TermsPart},
    forms::{
        fields,
        settings::{self, Fields, Typing},
    },
    services::{ServingView, Submission},
};

/// The fields with their problems.
pub struct Entered {
    fields: Fields,
    sent: Submission,
    base: String,
}

impl Entered {
    /// The sent fields, else other ones to begin with, else the stored values.
    pub fn new(part: TermsPart, view: &ServingView, sent: Submission, filled: Option<Fields>) -> Self {
        let base = sent.value(fields::BASE).unwrap_or_else(|| view.base(part)).to_owned();
        let typing = Typing { currency: view.currency, locale: &view.locale };
        let fields = if sent.fields.is_empty() {
            filled.unwrap_or_else(|| settings::write(part, &view.settings, typing))
        } else {
            sent.fields.clone()
        };
        Self { fields, sent, base }
    }

    /// Why the form was rejected.
    pub const fn error(&self) -> Option<&AppError> {
        self.sent.error.as_ref()
    }

    /// Identifies the values that the form was first shown with.
    pub fn base(&self) -> String {
        self.base.clone()
    }

    /// All fields.
    pub const fn fields(&self) -> &Fields {
        &self.fields
    }

    pub fn text(&self, name: &str) -> String {
        self.fields.get(name).and_then(|values| values.first()).cloned().unwrap_or_default()
    }

    /// Whether a field has this value.
    pub fn has(&self, name: &str, value: &str) -> bool {
        self.fields.get(name).is_some_and(|values| values.iter().any(|sent| sent == value))
    }

    /// Name and code of the tax class at a position.
    pub fn tax_class(&self, at: usize) -> (String, String) {
        settings::tax::class_entry(&self.fields, at)
    }

    /// The number of entries of a list.
    pub fn entries(&self, list: &str, names: &[&str], most: usize) -> usize {
        settings::entries(&self.fields, list, names, most)
    }

    /// The problem at a field, in a sentence.
    pub fn problem(&self, name: &str) -> Option<String> {
        self.sent.problem(name).map(ToOwned::to_owned)
    }
}
