#!/usr/bin/env bash
# jiff 0.2.24 (Rust) with the feature tzdb-bundle-always.
# Guess: zones that the machine's own zone folder lacks come from the bundled database.
# Behaviour: the global database is the machine's when there is one; a name that it lacks is an error although the bundle has it.
# Why it matters: a restaurant in a zone that is newer than a server's tzdata, or under a legacy name that a distribution has put
#   into a package of its own, cannot be read on that server and can on the one beside it.

# shellcheck source=findings/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cat >main.rs <<'RS'
use jiff::tz::{TimeZone, TimeZoneDatabase};

fn main() {
    for name in ["Europe/Berlin", "America/Coyhaique"] {
        let word = |found: bool| if found { "found" } else { "error" };
        let (global, bundled) = (TimeZone::get(name).is_ok(), TimeZoneDatabase::bundled().get(name).is_ok());
        println!("{name}: by default {}, in the bundle {}", word(global), word(bundled));
    }
}
RS
rust_program <<'TOML'
jiff = { version = "=0.2.24", features = ["tzdb-bundle-always"] }
TOML
# A zone folder as an older machine has it: one zone is in it, the one that was added in 2025 is not.
mkdir -p zones/Europe
cp /usr/share/zoneinfo/Europe/Berlin zones/Europe/
TZDIR=$PWD/zones expect "Europe/Berlin: by default found, in the bundle found
America/Coyhaique: by default error, in the bundle found" target/debug/finding
