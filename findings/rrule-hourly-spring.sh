#!/usr/bin/env bash
# rrule 0.14.0 (Rust), recurrence rules of RFC 5545.
# Guess: an hourly rule skips the hour that the clock skips in spring: instances at times that do not exist are ignored and not counted
#   (RFC 5545, 3.3.10).
# Behaviour: the skipped hour is moved onto the next one, which comes twice, and both are counted.
# Why it matters: pickup slots made by such a rule offer 03:00 twice with capacity of their own, and a day's count is one short.

# shellcheck source=findings/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cat >main.rs <<'RS'
fn main() {
    let rule = "DTSTART;TZID=Europe/Berlin:20260329T000000\nRRULE:FREQ=HOURLY;COUNT=5";
    let set: rrule::RRuleSet = rule.parse().expect("a rule");
    for date in set.all(10).dates {
        println!("{date}");
    }
}
RS
rust_program <<'TOML'
rrule = "=0.14.0"
TOML
expect "2026-03-29 00:00:00 CET
2026-03-29 01:00:00 CET
2026-03-29 03:00:00 CEST
2026-03-29 03:00:00 CEST
2026-03-29 04:00:00 CEST" target/debug/finding
