//! Hours of a week in the log of changes: from Monday on, in the words of the settings pages.

use app::forms::hours::day_name;
use serde_json::{Map, Value};
use std::borrow::Cow;

const DAYS: usize = 7;
/// A day without times.
pub(super) const CLOSED: &str = "closed";
const ALL_DAY: &str = "24 hours";
/// Hours of a mode that has none of its own.
const AS_RESTAURANT: &str = "as the restaurant";

/// The keys, with days of the week from Monday on instead of in the order of the alphabet.
pub(super) fn in_order<'a>(keys: impl Iterator<Item = &'a String>) -> Vec<&'a String> {
    let mut keys: Vec<_> = keys.collect();
    keys.sort_by_key(|key| day(key).map_or(0, |day| day + 1));
    keys
}

/// The hours of a service mode, which are stored as a list of seven texts, by the names of the days.
pub(super) fn with_days<'a>(key: &str, value: &'a Value) -> Cow<'a, Value> {
    let Some(days) = value.as_array().filter(|days| key == "hours" && days.len() == DAYS) else {
        return Cow::Borrowed(value);
    };
    if days.iter().all(|day| day == "") {
        return Cow::Owned(Value::from(AS_RESTAURANT));
    }
    let named = days.iter().enumerate().map(|(day, times)| (day_name(day).to_owned(), times.clone()));
    Cow::Owned(Value::from(named.collect::<Map<_, _>>()))
}

/// Whether a value says that a day or a date has no times.
pub(super) fn is_closed(key: &str, value: &Value) -> bool {
    (day(key).is_some() || key == "times") && (value == "" || value.as_array().is_some_and(Vec::is_empty))
}

/// From midnight to midnight in words; any other text as it is.
pub(super) fn span(text: &str) -> &str {
    if matches!(text, "00:00–00:00" | "00:00–24:00") { ALL_DAY } else { text }
}

fn day(name: &str) -> Option<usize> {
    (0..DAYS).find(|day| day_name(*day) == name)
}
