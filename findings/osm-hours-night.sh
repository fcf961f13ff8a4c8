#!/usr/bin/env bash
# opening_hours 3.15.0 (npm), OpenStreetMap's opening hours format.
# Guess: a Friday night that ends at 02:00 lasts until then, whatever another rule says of Saturday.
# Behaviour: rules joined by a semicolon replace each other by whole dates: a Saturday rule also removes the hours after
#   midnight that belong to Friday's span. Joined by a comma the night stays.
# Why it matters: hours with one span per weekday, written out rule by rule, close every bar at midnight in the system that imports them.

# shellcheck source=findings/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
npm_packages opening_hours@3.15.0
cat >finding.cjs <<'JS'
const OpeningHours = require("opening_hours");
const saturday = new Date("2026-12-05T01:00:00");
for (const hours of ["Fr 18:00-02:00", "Fr 18:00-02:00; Sa 12:00-22:00", "Fr 18:00-02:00, Sa 12:00-22:00", "Fr 18:00-02:00; Sa off"])
    console.log(`${hours}: Saturday 01:00 is ${new OpeningHours(hours, null).getState(saturday) ? "open" : "closed"}`);
JS
expect "Fr 18:00-02:00: Saturday 01:00 is open
Fr 18:00-02:00; Sa 12:00-22:00: Saturday 01:00 is closed
Fr 18:00-02:00, Sa 12:00-22:00: Saturday 01:00 is open
Fr 18:00-02:00; Sa off: Saturday 01:00 is closed" node finding.cjs
