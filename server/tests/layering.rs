//! Reads the source tree: the rules of docs/ARCHITECTURE.md about imports hold.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// A module of a crate and those of its own crate that it may name.
type Layer = (&'static str, &'static [&'static str]);

const APP: &[Layer] = &[
    ("domain", &["domain"]),
    ("services", &["domain", "services"]),
    ("forms", &["domain", "services", "forms"]),
    ("client", &["domain", "forms", "client"]),
    ("components", &["domain", "forms", "components"]),
    ("islands", &["domain", "forms", "client", "components", "islands"]),
    ("pages", &["domain", "services", "forms", "components", "islands", "pages"]),
];

/// Below all other modules of the server.
const GROUND: &[&str] = &["clock", "error"];
/// The only modules that contain SQL; `queries` is above `db`.
const DATABASE: &[&str] = &["db", "queries"];
/// They share the context, and may use each other.
const USE_CASES: &[&str] = &[
    "accounts",
    "audit",
    "carts",
    "context",
    "demo",
    "distribute",
    "history",
    "kitchen",
    "live",
    "mail",
    "menus",
    "operators",
    "orders",
    "outbox",
    "restaurants",
    "retention",
    "scheduling",
    "screens",
    "settings",
    "takings",
    "team",
];
/// Above them, each may name those before it; `main` may name all.
const ABOVE: &[&str] = &["config", "telemetry", "services", "http", "startup", "main"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Every source file below a folder. A missing or empty folder fails the test, since it would check nothing.
fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let found = walk(folder);
    assert!(!found.is_empty(), "{} holds no sources", folder.display());
    found
}

fn walk(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(walk(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

/// The file or files of a module: `name.rs` and everything in `name/`.
fn files_of(crate_root: &Path, module: &str) -> Vec<PathBuf> {
    let (folder, head) = (crate_root.join(module), crate_root.join(format!("{module}.rs")));
    let mut files = if folder.exists() { walk(&folder) } else { Vec::new() };
    if head.exists() {
        files.push(head);
    }
    assert!(!files.is_empty(), "the module {module} has no files: mend this test");
    files
}

/// The modules at the top of a crate, by their files and folders.
fn modules_of(crate_root: &Path) -> BTreeSet<String> {
    let names = fs::read_dir(crate_root).unwrap().map(|entry| entry.unwrap().path());
    let names = names.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned());
    names.filter(|name| name != "lib").collect()
}

/// Code without comments, so that documentation may name anything.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

/// The modules of its own crate that a text names through `crate::`, groups included, or through enough `super::`.
/// `depth` is the number of modules above the text.
fn named_modules(code: &str, depth: usize) -> Vec<String> {
    let to_the_top = "super::".repeat(depth);
    ["crate::", &to_the_top].iter().flat_map(|root| named_after(code, root)).collect()
}

fn named_after(code: &str, root: &str) -> Vec<String> {
    let mut named = Vec::new();
    for rest in code.split(root).skip(1) {
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
    let modules = modules_of(crate_root);
    let mut breaches = Vec::new();
    for file in files_of(crate_root, layer) {
        let depth = file.strip_prefix(crate_root).unwrap().components().count();
        for module in named_modules(&code(&file), depth) {
            if modules.contains(&module) && module != layer && !allowed(&module) {
                breaches.push(format!("{} names crate::{module}", file.display()));
            }
        }
    }
    breaches
}

/// The layers of the server, each with those that it may name.
fn server_layers() -> Vec<(&'static str, Vec<&'static str>)> {
    let mut layers: Vec<(&str, Vec<&str>)> = GROUND.iter().map(|ground| (*ground, vec!["error"])).collect();
    layers.push(("db", GROUND.to_vec()));
    layers.push(("queries", [GROUND, &["db"]].concat()));
    let reach = [GROUND, DATABASE, USE_CASES].concat();
    layers.extend(USE_CASES.iter().map(|case| (*case, reach.clone())));
    for (at, above) in ABOVE.iter().enumerate() {
        layers.push((above, [reach.as_slice(), &ABOVE[..at]].concat()));
    }
    layers
}

#[test]
fn reading_finds_a_breach() {
    let named = |code, depth| named_modules(code, depth);
    assert_eq!(named("use crate::{pages::App, domain::{id::X, money}, error};", 1), ["pages", "domain", "error"]);
    assert_eq!(named("crate::queries::orders::find(x)", 1), ["queries"]);
    assert_eq!(named("use super::{http::Web, startup};", 1), ["http", "startup"]);
    assert_eq!(named("use super::super::services::Toast;", 2), ["services"]);
    let source = root().join("server/src");
    // `http` names `config`, which is below it; were only use cases allowed, that would be a breach.
    assert!(!breaches(&source, "http", &|module| USE_CASES.contains(&module)).is_empty());
    let above =
        server_layers().into_iter().filter(|(_, allowed)| allowed.contains(&"services")).map(|(layer, _)| layer);
    assert_eq!(above.collect::<Vec<_>>(), ["http", "startup", "main"]);
}

#[test]
#[should_panic(expected = "holds no sources")]
fn a_folder_without_sources_is_no_success() {
    rust_files(&root().join("server/migrations"));
}

#[test]
fn app_imports_go_down_only() {
    let source = root().join("app/src");
    let found: Vec<_> =
        APP.iter().flat_map(|(layer, allowed)| breaches(&source, layer, &|module| allowed.contains(&module))).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
    let known: BTreeSet<_> = APP.iter().map(|(layer, _)| (*layer).to_owned()).collect();
    assert_eq!(modules_of(&source), known, "each module of app has its layer");
}

#[test]
fn server_imports_go_down_only() {
    let source = root().join("server/src");
    let layers = server_layers();
    let mut found = Vec::new();
    for (layer, allowed) in &layers {
        // HTTP handlers call use cases, never a query.
        let allows = |module: &str| allowed.contains(&module) && !(*layer == "http" && module == "queries");
        found.extend(breaches(&source, layer, &allows));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    let known: BTreeSet<_> = layers.iter().map(|(layer, _)| (*layer).to_owned()).collect();
    assert_eq!(modules_of(&source), known, "each module of the server has its layer");
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
fn only_the_database_modules_contain_sql() {
    for file in rust_files(&root().join("server/src")) {
        let inside = file.strip_prefix(root().join("server/src")).unwrap();
        if !DATABASE.iter().any(|module| inside.starts_with(module) || inside == Path::new(&format!("{module}.rs"))) {
            let code = code(&file);
            for sign in [
                "sqlx::query",
                "query!(",
                "query_as!(",
                "query_scalar!(",
                "SELECT ",
                "INSERT INTO",
                "UPDATE ",
                "DELETE FROM",
            ] {
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
