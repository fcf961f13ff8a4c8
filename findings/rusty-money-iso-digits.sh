#!/usr/bin/env bash
# rusty-money 0.5.1 (Rust), feature iso.
# Guess: the table of ISO 4217 currencies has ISO's decimals, 2 for each of these.
# Behaviour: the forint has none; ariary and ouguiya have 1 (their subunit is a fifth, their ISO exponent is 2).
# Why it matters: 123456 minor units become 123,456 forints instead of 1,234.56: a charge a hundred times too high, or
#   a refund that a payment provider refuses.

# shellcheck source=findings/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cat >main.rs <<'RS'
use rusty_money::{iso, Money};

fn main() {
    for currency in [iso::EUR, iso::HUF, iso::MGA, iso::MRU] {
        println!("{} {}: {}", currency.iso_alpha_code, currency.exponent, Money::from_minor(123_456, currency).amount());
    }
}
RS
rust_program <<'TOML'
rusty-money = { version = "=0.5.1", features = ["iso"] }
TOML
expect "EUR 2: 1234.56
HUF 0: 123456
MGA 1: 12345.6
MRU 1: 12345.6" target/debug/finding
