//! Reads the source tree: the rules of ARCHITECTURE.md about who may know whom hold.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken expectation is how a test fails")]

use std::{
    fs,
    path::{Path, PathBuf},
};

/// A module of a crate and those of its own crate that it may name.
type Layer = (&'static str, &'static [&'static str]);

const APP: &[Layer] = &[
    ("types", &["types"]),
    ("error", &["types", "error"]),
    ("backend", &["types", "error", "backend"]),
    ("api", &["types", "error", "backend", "api"]),
    ("components", &["types", "error", "api", "components"]),
    ("islands", &["types", "error", "api", "components", "islands"]),
    ("pages", &["types", "error", "backend", "api", "components", "islands", "pages"]),
];

const USE_CASES: &[&str] = &["accounts", "boards", "carts", "catalogue", "live", "ordering", "outbox", "seed"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

/// The file or files of a module: `name.rs` and everything in `name/`.
fn files_of(crate_root: &Path, module: &str) -> Vec<PathBuf> {
    let mut files = rust_files(&crate_root.join(module));
    let head = crate_root.join(format!("{module}.rs"));
    if head.exists() {
        files.push(head);
    }
    files
}

/// Code without comments, so that documentation may name anything.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

/// The modules of its own crate that a text names through `crate::`, groups included.
fn named_modules(code: &str) -> Vec<String> {
    let mut named = Vec::new();
    for rest in code.split("crate::").skip(1) {
        let paths = match rest.strip_prefix('{') {
            Some(group) => top_level_parts(group),
            None => vec![rest.to_owned()],
        };
        for path in paths {
            let word: String =
                path.trim().chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect();
            if !word.is_empty() {
                named.push(word);
            }
        }
    }
    named
}

fn top_level_parts(group: &str) -> Vec<String> {
    let (mut depth, mut parts, mut part) = (0, Vec::new(), String::new());
    for letter in group.chars() {
        match letter {
            '}' if depth == 0 => break,
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(std::mem::take(&mut part));
                continue;
            }
            _ => {}
        }
        part.push(letter);
    }
    parts.push(part);
    parts
}

fn breaches(crate_root: &Path, layer: &str, allowed: &dyn Fn(&str) -> bool) -> Vec<String> {
    let mut breaches = Vec::new();
    for file in files_of(crate_root, layer) {
        for module in named_modules(&code(&file)) {
            if !allowed(&module) {
                breaches.push(format!("{} names crate::{module}", file.display()));
            }
        }
    }
    breaches
}

#[test]
fn reading_finds_a_breach() {
    assert_eq!(named_modules("use crate::{pages::App, types::{id::X, money}, error};"), ["pages", "types", "error"]);
    assert_eq!(named_modules("crate::store::orders::find(x)"), ["store"]);
}

#[test]
fn app_imports_go_down_only() {
    let source = root().join("app/src");
    let found: Vec<_> = APP
        .iter()
        .flat_map(|(layer, allowed)| {
            assert!(!files_of(&source, layer).is_empty(), "the layer {layer} has no files: mend this test");
            breaches(&source, layer, &|module| allowed.contains(&module))
        })
        .collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn server_imports_go_down_only() {
    let source = root().join("server/src");
    let mut found = breaches(&source, "store", &|module| ["store", "error", "clock"].contains(&module));
    for layer in USE_CASES {
        assert!(!files_of(&source, layer).is_empty(), "the layer {layer} has no files: mend this test");
        found.extend(breaches(&source, layer, &|module| !["web", "boot", "config", "telemetry"].contains(&module)));
    }
    found.extend(breaches(&source, "backend", &|module| !["web", "boot", "config"].contains(&module)));
    found.extend(breaches(&source, "web", &|module| module != "boot" && module != "store"));
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn app_knows_no_sql_no_router_and_no_environment() {
    let manifest = fs::read_to_string(root().join("app/Cargo.toml")).unwrap();
    let shipped = manifest.split("[dev-dependencies]").next().unwrap();
    let dependencies: Vec<_> = shipped.lines().filter_map(|line| line.split([' ', '.', '=']).next()).collect();
    for stranger in ["sqlx", "axum", "tokio", "clap"] {
        assert!(!dependencies.contains(&stranger), "app depends on {stranger}");
    }
    for file in rust_files(&root().join("app/src")) {
        assert!(!code(&file).contains("std::env"), "{} reads the environment", file.display());
    }
}

#[test]
fn sql_stands_in_the_store_only() {
    for file in rust_files(&root().join("server/src")) {
        let inside = file.strip_prefix(root().join("server/src")).unwrap();
        if !inside.starts_with("store") && inside != Path::new("store.rs") {
            let code = code(&file);
            for sign in
                ["sqlx::query", "query!(", "query_as!(", "query_scalar!(", "SELECT ", "INSERT INTO", "DELETE FROM"]
            {
                assert!(!code.contains(sign), "{} holds SQL: {sign}", file.display());
            }
        }
    }
}

#[test]
fn only_settings_read_the_environment_and_only_the_clock_asks_the_time() {
    for file in rust_files(&root().join("server/src")) {
        let code = code(&file);
        let name = file.strip_prefix(root().join("server/src")).unwrap();
        assert!(!code.contains("env::var("), "{} reads the environment", file.display());
        if name != Path::new("clock.rs") {
            for sign in ["SystemTime::now", "jiff::Timestamp::now", "Timestamp::now()", "Zoned::now"] {
                assert!(!code.contains(sign), "{} asks the machine for the time", file.display());
            }
        }
    }
}

#[test]
fn features_are_switched_in_few_places() {
    let switch = "cfg(feature = \"ssr\")";
    let with_switch: Vec<_> = rust_files(&root().join("app/src"))
        .into_iter()
        .filter(|file| code(file).contains(switch))
        .map(|file| file.strip_prefix(root().join("app/src")).unwrap().to_owned())
        .collect();
    assert_eq!(with_switch, [Path::new("lib.rs")], "whole modules belong to the server, never lines");
}

#[test]
fn every_file_says_what_it_is_for_and_none_is_named_for_nothing() {
    for folder in ["app/src", "frontend/src", "server/src", "server/tests", "style/src"] {
        for file in rust_files(&root().join(folder)) {
            let text = fs::read_to_string(&file).unwrap();
            assert!(text.starts_with("//! "), "{} does not open with its purpose", file.display());
            let name = file.file_stem().unwrap().to_str().unwrap();
            assert!(!["mod", "utils", "util", "helpers", "common", "misc"].contains(&name), "{}", file.display());
        }
    }
}
