//! Stored data that this version cannot read: logged once per process.

use crate::error::ServerError;
use app::domain::{error::AppError, id::RestaurantId};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
};
use uuid::Uuid;

/// Rows remembered as logged; beyond that all are forgotten and logged again.
const MAX_ROWS: usize = 10_000;

/// The kind of data, and the parser's error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unreadable {
    pub(crate) what: &'static str,
    pub(crate) why: String,
}

impl Unreadable {
    /// A document of another shape.
    pub(crate) fn of(what: &'static str, error: &serde_json::Error) -> Self {
        Self { what, why: without_quotes(&error.to_string()) }
    }
}

impl From<Unreadable> for ServerError {
    fn from(Unreadable { what, why }: Unreadable) -> Self {
        Self::Unreadable { what, why }
    }
}

impl From<&Unreadable> for ServerError {
    fn from(unreadable: &Unreadable) -> Self {
        unreadable.clone().into()
    }
}

fn incident(row: Uuid) -> String {
    row.simple().to_string()
}

/// The variant of a stored code.
pub(crate) fn word<T>(code: &str, what: &'static str, read: impl Fn(&str) -> Option<T>) -> Result<T, Unreadable> {
    read(code).ok_or_else(|| Unreadable { what, why: code.to_owned() })
}

/// A document stored as JSON.
pub(crate) fn document<T: DeserializeOwned>(value: Value, what: &'static str) -> Result<T, Unreadable> {
    serde_json::from_value(value).map_err(|error| Unreadable::of(what, &error))
}

/// A parser's message without the data that it quotes, from the first quotation mark to the last: guests' notes must not get into
/// a log.
fn without_quotes(words: &str) -> String {
    match (words.split_once('"'), words.rsplit_once('"')) {
        (Some((before, _)), Some((_, after))) => format!("{before}…{after}"),
        _ => words.to_owned(),
    }
}

/// Rows that were found unreadable by this process.
#[derive(Debug, Default)]
pub(crate) struct Found(Mutex<HashSet<(Uuid, &'static str)>>);

impl Found {
    /// Logs and counts an unreadable row the first time.
    pub(crate) fn tell(&self, restaurant: RestaurantId, row: Uuid, unreadable: &Unreadable) {
        if self.is_new(row, unreadable.what) {
            let Unreadable { what, why } = unreadable;
            metrics::counter!("toast_unreadable_total", "what" => *what).increment(1);
            let incident = incident(row);
            tracing::error!(%restaurant, incident, what, why, "stored row unreadable, skipped");
        }
    }

    /// The error of a request for this row alone. Open pages repeat it every few seconds; only the first one is logged, with the same
    /// incident id.
    pub(crate) fn refuse(&self, restaurant: RestaurantId, row: Uuid, unreadable: &Unreadable) -> ServerError {
        self.tell(restaurant, row, unreadable);
        AppError::Internal { incident: incident(row) }.into()
    }

    fn is_new(&self, row: Uuid, what: &'static str) -> bool {
        let mut found = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if found.len() >= MAX_ROWS {
            found.clear();
        }
        found.insert((row, what))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_logged_once() {
        let (found, row) = (Found::default(), Uuid::new_v4());
        assert!(found.is_new(row, "bill"));
        assert!(!found.is_new(row, "bill"));
        assert!(found.is_new(row, "order lines"));
        assert!(found.is_new(Uuid::new_v4(), "bill"));
    }

    #[test]
    fn guests_notes_are_not_logged() {
        let read = document::<Vec<u32>>(serde_json::json!(["Ada's \"nuts\""]), "order lines").unwrap_err();
        assert!(read.why.contains("invalid type"), "{}", read.why);
        assert!(!read.why.contains("Ada") && !read.why.contains("nuts"), "{}", read.why);
    }

    #[test]
    fn memory_is_bounded() {
        let found = Found::default();
        for _ in 0..MAX_ROWS + 3 {
            found.is_new(Uuid::new_v4(), "bill");
        }
        assert!(found.0.lock().unwrap().len() <= MAX_ROWS);
    }
}
