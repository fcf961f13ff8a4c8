//! The entered fields of the checkout form, and their problems.

use crate::{
    domain::{
        error::Problem, id::OrderId, locale::Locale, money::Money, order::Due, terms::ServiceMode, typed::is_seen,
    },
    forms::{checkout, fields},
    services::{CheckoutOptions, Submission},
};

/// The sent fields with the problems at them.
pub struct Entered {
    sent: Submission,
    standing: Vec<Problem>,
}

impl Entered {
    /// The sent fields, and the problems of the order that remain.
    pub fn new(sent: &Submission, standing: &[Problem]) -> Self {
        Self { sent: sent.clone(), standing: standing.to_vec() }
    }

    /// A field as it was typed.
    pub fn text(&self, name: &str) -> String {
        self.sent.value(name).unwrap_or_default().to_owned()
    }

    /// The problem of a field. An empty field is a problem only after the form was sent.
    pub fn problem(&self, name: &str) -> Option<String> {
        let sent = self.sent.problem(name).map(ToOwned::to_owned);
        let standing = self.standing.iter().find(|problem| problem.field == name && problem.code != "required");
        sent.or_else(|| standing.map(|problem| problem.message.clone()))
    }

    /// All problems except fields that are not filled in yet.
    pub fn obstacles(&self) -> impl Iterator<Item = &str> {
        let found = self.standing.iter().filter(|problem| problem.code != "required");
        found.map(|problem| problem.message.as_str())
    }

    /// The choices that decide times and prices.
    pub fn selection(&self) -> CheckoutOptions {
        let postcode = self.sent.value(fields::POSTCODE).filter(|code| !code.trim().is_empty());
        CheckoutOptions {
            mode: self.sent.value(fields::MODE).and_then(ServiceMode::from_code),
            postcode: postcode.map(ToOwned::to_owned),
            location: self.sent.value(fields::LOCATION).filter(|text| is_seen(text)).map(ToOwned::to_owned),
            tip_minor: 0,
            due: self.due(),
        }
    }

    /// The requested time, if it was sent.
    pub fn due(&self) -> Option<Due> {
        self.sent.value(fields::DUE).and_then(Due::from_field)
    }

    /// The tip in minor units; none when it is invalid.
    pub fn tip(&self, subtotal: Money, locale: &Locale) -> Option<i64> {
        let sent = |name| self.sent.value(name).unwrap_or_default();
        checkout::tip(sent(fields::TIP), sent(fields::TIP_OTHER), subtotal, locale).ok().map(Money::minor)
    }

    /// Whether a tip choice is the chosen one; no tip is the default.
    pub fn tips(&self, choice: &str) -> bool {
        self.sent.value(fields::TIP).unwrap_or("0") == choice
    }

    /// The id of the future order: the one the form was sent with, so that a retry is recognised, unless it names
    /// an existing order.
    pub fn order_id(&self, minted: OrderId) -> String {
        let reused = self.sent.error.as_ref().is_some_and(|error| error.code() == "already_ordered");
        let kept = self.sent.value(fields::ORDER).filter(|_| !reused).and_then(|id| id.parse::<OrderId>().ok());
        kept.unwrap_or(minted).to_string()
    }
}
