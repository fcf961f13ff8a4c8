#!/usr/bin/env bash
# leptos 0.9.0-rc1 (Rust), rendered on the server.
# Guess: aria-expanded=true is written as aria-expanded="true", and false as "false": ARIA states are words, not boolean attributes.
# Behaviour: true is a bare attribute, which ARIA reads as undefined, and false leaves the attribute out.
# Why it matters: a screen reader does not say whether a dish's options are open; text values ("true") are written as they are.

# shellcheck source=findings/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cat >main.rs <<'RS'
use leptos::prelude::*;

fn main() {
    println!("{}", view! { <button aria-expanded=true>"a"</button> }.to_html());
    println!("{}", view! { <button aria-expanded=false>"b"</button> }.to_html());
    println!("{}", view! { <button aria-expanded="true">"c"</button> }.to_html());
}
RS
rust_program <<'TOML'
leptos = { version = "=0.9.0-rc1", features = ["ssr"] }
TOML
expect '<button aria-expanded>a</button>
<button>b</button>
<button aria-expanded="true">c</button>' target/debug/finding
