#!/usr/bin/env bash
# cargo 1.95.0 with the crate types of Leptos' usual library, cdylib and rlib.
# Guess: `lto = "fat"` in the profile applies to the WebAssembly bundle of a Leptos crate, which is its cdylib.
# Behaviour: Cargo passes no `-C lto` for a library that is an rlib as well, and says nothing; for the cdylib alone it does.
# Why it matters: guests download the bundle before they order. With cdylib alone the customer bundle of an ordering page
#   became 12 % smaller, that of the kitchen 13 %.

# shellcheck source=findings/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

lto_of() {
    printf '[package]\nname = "bundle"\nversion = "0.0.0"\nedition = "2024"\n[lib]\ncrate-type = [%s]\n[profile.release]\nlto = "fat"\n' "$1" >Cargo.toml
    rm -rf target
    if cargo +1.95.0 build --release --verbose 2>&1 | grep -q -- '-C lto\b'; then echo "$1: lto"; else echo "$1: no lto"; fi
}

both() { lto_of '"cdylib", "rlib"' && lto_of '"cdylib"'; }

mkdir src
echo 'pub fn add(a: u32, b: u32) -> u32 { a + b }' >src/lib.rs
expect '"cdylib", "rlib": no lto
"cdylib": lto' both
