#!/usr/bin/env bash
# icalendar 0.17.17 (Rust), calendars of RFC 5545.
# Guess: all_day(date) makes an event that lasts that day.
# Behaviour: it writes DTEND equal to DTSTART. DTEND is the first day that is not part of the event (RFC 5545, 3.6.1), so the event
#   has no length; a calendar may drop or refuse it.
# Why it matters: holidays exported for a team's calendar are not there on the day the restaurant is closed.

# shellcheck source=findings/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cat >main.rs <<'RS'
use icalendar::{Component, Event, EventLike};

fn main() {
    let day = chrono::NaiveDate::from_ymd_opt(2026, 12, 24).expect("a date");
    let event = Event::new().summary("Closed").all_day(day).done().to_string();
    for line in event.lines().filter(|line| line.starts_with("DTSTART") || line.starts_with("DTEND")) {
        println!("{line}");
    }
}
RS
rust_program <<'TOML'
icalendar = "=0.17.17"
chrono = "0.4"
TOML
expect "DTEND;VALUE=DATE:20261224
DTSTART;VALUE=DATE:20261224" target/debug/finding
