//! Values before and after as lines for people: only what differs, with amounts and times as they are written.

use crate::audit::week;
use app::{
    domain::{
        locale::Locale,
        money::{Currency, Money},
    },
    services::LogLine,
};
use serde_json::{Map, Value};

/// The restaurant's way of writing amounts.
pub(super) struct Differences<'a> {
    pub(super) currency: Currency,
    pub(super) locale: &'a Locale,
}

impl Differences<'_> {
    /// One line for each value that differs.
    pub(super) fn lines(&self, before: &Value, after: &Value) -> Vec<LogLine> {
        let mut lines = Vec::new();
        self.compare("", "", before, after, &mut lines);
        lines
    }

    /// `label` is the path so far in words, `key` its last part as stored.
    fn compare(&self, label: &str, key: &str, before: &Value, after: &Value, lines: &mut Vec<LogLine>) {
        if before == after {
            return;
        }
        let (before, after) = (&*week::with_days(key, before), &*week::with_days(key, after));
        match (fields(before), fields(after)) {
            (Some(old), Some(new)) => self.compare_fields(label, &old, &new, lines),
            (Some(old), None) if after.is_null() => self.compare_fields(label, &old, &Map::new(), lines),
            (None, Some(new)) if before.is_null() => self.compare_fields(label, &Map::new(), &new, lines),
            _ => {
                let (before, after) = (self.text(key, before), self.text(key, after));
                if before != after {
                    lines.push(LogLine { label: label.to_owned(), before, after });
                }
            }
        }
    }

    fn compare_fields(
        &self,
        label: &str,
        old: &Map<String, Value>,
        new: &Map<String, Value>,
        lines: &mut Vec<LogLine>,
    ) {
        let added = new.keys().filter(|key| !old.contains_key(*key));
        for key in week::in_order(old.keys().chain(added)) {
            let [before, after] = [old, new].map(|fields| fields.get(key).unwrap_or(&Value::Null));
            let name = name(key);
            let below = if label.is_empty() { capitalised(&name) } else { format!("{label}, {name}") };
            self.compare(&below, key, before, after, lines);
        }
    }

    /// None for no value.
    fn text(&self, key: &str, value: &Value) -> Option<String> {
        match value {
            Value::Null => None,
            _ if week::is_closed(key, value) => Some(week::CLOSED.to_owned()),
            Value::Bool(true) => Some("yes".to_owned()),
            Value::Bool(false) => Some("no".to_owned()),
            Value::Number(number) => Some(self.number(key, number)),
            Value::String(text) => (!text.is_empty()).then(|| week::span(text).to_owned()),
            Value::Array(entries) => {
                let texts: Vec<_> = entries.iter().filter_map(|entry| self.text(key, entry)).collect();
                (!texts.is_empty()).then(|| texts.join(", "))
            }
            Value::Object(fields) => {
                let part = |key: &String| Some(format!("{} {}", name(key), self.text(key, fields.get(key)?)?));
                let texts: Vec<_> = week::in_order(fields.keys()).into_iter().filter_map(part).collect();
                (!texts.is_empty()).then(|| texts.join(", "))
            }
        }
    }

    fn number(&self, key: &str, number: &serde_json::Number) -> String {
        match number.as_i64() {
            Some(minor) if key.ends_with("_minor") => Money::new(minor, self.currency).text(self.locale),
            Some(minutes) if key.ends_with("_minutes") => format!("{minutes} min"),
            Some(minute) if key.ends_with("_minute") => {
                let minute = minute.rem_euclid(24 * 60);
                format!("{:02}:{:02}", minute / 60, minute % 60)
            }
            Some(days) if key.ends_with("_days") => format!("{days} days"),
            Some(percent) if key.ends_with("percent") || key.ends_with("percents") => format!("{percent} %"),
            _ => number.to_string(),
        }
    }
}

/// An object, or a list of things with names as an object by name, so that each is compared with itself.
fn fields(value: &Value) -> Option<Map<String, Value>> {
    match value {
        Value::Object(fields) => Some(fields.clone()),
        Value::Array(entries) if !entries.is_empty() => {
            let mut named = Map::new();
            for entry in entries {
                let name = entry.get("name")?.as_str()?.to_owned();
                let mut entry = entry.as_object()?.clone();
                entry.remove("name");
                if named.insert(name, Value::Object(entry)).is_some() {
                    return None;
                }
            }
            Some(named)
        }
        _ => None,
    }
}

/// `free_from_minor` as `free from`.
fn name(key: &str) -> String {
    let unit = ["_minor", "_minutes", "_minute", "_days"].iter().find_map(|unit| key.strip_suffix(unit));
    unit.unwrap_or(key).replace('_', " ")
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn lines(before: Value, after: Value) -> Vec<String> {
        let differences = Differences { currency: Currency::Eur, locale: &Locale::new("de") };
        let text = |value: Option<String>| value.unwrap_or_else(|| "nothing".to_owned());
        let lines = differences.lines(&before, &after).into_iter();
        lines.map(|line| format!("{}: {} → {}", line.label, text(line.before), text(line.after))).collect()
    }

    #[test]
    fn only_what_differs_is_shown() {
        let before = json!({ "week": { "Monday": "closed", "Tuesday": "11:30–22:00" }, "last_order_minutes": 30 });
        let after = json!({ "week": { "Monday": "17:00–22:00", "Tuesday": "11:30–22:00" }, "last_order_minutes": 45 });
        assert_eq!(lines(before, after), ["Last order: 30 min → 45 min", "Week, Monday: closed → 17:00–22:00"]);
    }

    #[test]
    fn a_week_begins_on_monday_and_reads_as_in_the_settings() {
        let before = json!({ "week": { "Friday": ["11:30–22:00"], "Monday": [], "Sunday": ["17:00–22:00"] } });
        let after =
            json!({ "week": { "Friday": ["00:00–00:00"], "Monday": ["09:00–12:00", "17:00–22:00"], "Sunday": [] } });
        let shown = [
            "Week, Monday: closed → 09:00–12:00, 17:00–22:00",
            "Week, Friday: 11:30–22:00 → 24 hours",
            "Week, Sunday: 17:00–22:00 → closed",
        ];
        assert_eq!(lines(before, after), shown);
        let date = json!({ "dates": { "2026-12-24": { "note": "", "times": [] } } });
        assert_eq!(lines(json!({ "dates": {} }), date), ["Dates, 2026-12-24, times: nothing → closed"]);
    }

    #[test]
    fn hours_of_a_mode_name_their_days() {
        let of = |hours: [&str; 7]| json!({ "pickup": { "hours": hours } });
        let none = of([""; 7]);
        let lunch = of(["11:00–14:00", "", "", "", "00:00–24:00", "", ""]);
        let dinner = of(["17:00–22:00", "", "", "", "00:00–24:00", "", ""]);
        assert_eq!(lines(lunch.clone(), dinner), ["Pickup, hours, Monday: 11:00–14:00 → 17:00–22:00"]);
        let all = "Monday 11:00–14:00, Tuesday closed, Wednesday closed, Thursday closed, Friday 24 hours, \
                   Saturday closed, Sunday closed";
        assert_eq!(lines(none, lunch), [format!("Pickup, hours: as the restaurant → {all}")]);
    }

    #[test]
    fn things_with_names_are_compared_with_themselves() {
        let before = json!([{ "name": "City", "fee_minor": 250 }, { "name": "West", "fee_minor": 400 }]);
        let after = json!([{ "name": "West", "fee_minor": 450 }, { "name": "City", "fee_minor": 250 }, { "name": "Sea", "fee_minor": 900 }]);
        let shown = lines(before, after);
        assert_eq!(shown, ["West, fee: 4,00\u{a0}€ → 4,50\u{a0}€", "Sea, fee: nothing → 9,00\u{a0}€"]);
    }

    #[test]
    fn what_comes_and_goes_has_no_other_side() {
        assert_eq!(lines(Value::Null, json!({ "role": "Kitchen" })), ["Role: nothing → Kitchen"]);
        assert_eq!(lines(json!({ "role": "Kitchen" }), Value::Null), ["Role: Kitchen → nothing"]);
        assert_eq!(lines(json!("draft"), json!("published")), [": draft → published"]);
        assert_eq!(
            lines(json!({ "tables": ["1"], "open": true }), json!({ "tables": ["1", "2"], "open": false })),
            ["Open: yes → no", "Tables: 1 → 1, 2"]
        );
        assert!(lines(json!({ "note": "" }), json!({ "note": null })).is_empty());
    }
}
