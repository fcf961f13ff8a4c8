//! Reads the documents: files, folders and headings that they name exist.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Documents outside of `docs`.
const OTHERS: &[&str] = &["README.md", "CONTRIBUTING.md"];
/// It names files of other projects.
const ABOUT_OTHERS: &str = "COMPARISON.md";
/// Folders of this repository; a path in backticks that begins with one is checked.
const FOLDERS: &[&str] = &[
    "app/",
    "deploy/",
    "docs/",
    "end2end/",
    "findings/",
    "frontend/",
    "public/",
    "scripts/",
    "server/",
    "style/",
    "testing/",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn documents() -> Vec<PathBuf> {
    let pages = fs::read_dir(root().join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let pages = pages.filter(|path| path.extension().is_some_and(|extension| extension == "md"));
    let documents: Vec<_> = OTHERS.iter().map(|name| root().join(name)).chain(pages).collect();
    assert!(documents.len() > OTHERS.len(), "docs has no pages");
    documents
}

/// A document's path from the root.
fn shown(document: &Path) -> String {
    document.strip_prefix(root()).unwrap().display().to_string()
}

/// Paths in backticks. Those with placeholders or patterns are left out.
fn named_paths(text: &str) -> Vec<&str> {
    let quoted = text.split('`').skip(1).step_by(2);
    let plain = |path: &&str| path.chars().all(|letter| letter.is_ascii_alphanumeric() || "/._-".contains(letter));
    quoted.filter(|quoted| FOLDERS.iter().any(|folder| quoted.starts_with(folder))).filter(plain).collect()
}

/// Targets of links, without those of the web.
fn links(text: &str) -> Vec<&str> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    targets.filter(|target| !target.contains("://")).collect()
}

/// The anchors of a page's headings, as code hosts make them.
fn anchors(text: &str) -> Vec<String> {
    let headings = text.lines().filter(|line| line.starts_with('#')).map(|line| line.trim_start_matches('#').trim());
    let keep = |letter: &char| letter.is_alphanumeric() || " -_".contains(*letter);
    headings.map(|heading| heading.to_lowercase().chars().filter(keep).collect::<String>().replace(' ', "-")).collect()
}

#[test]
fn reading_finds_paths_links_and_anchors() {
    let text = "## A menu: read\n`server/src/http.rs`, `make run`, `server/demo/*.toml`, [x](../README.md#top) [y](https://a.example/)";
    assert_eq!(named_paths(text), ["server/src/http.rs"]);
    assert_eq!(links(text), ["../README.md#top"]);
    assert_eq!(anchors(text), ["a-menu-read"]);
}

#[test]
fn named_files_exist() {
    let mut missing = Vec::new();
    for document in documents().iter().filter(|document| !document.ends_with(ABOUT_OTHERS)) {
        let text = fs::read_to_string(document).unwrap();
        let unknown = named_paths(&text).into_iter().filter(|path| !root().join(path).exists());
        missing.extend(unknown.map(|path| format!("{}: {path}", shown(document))));
    }
    assert!(missing.is_empty(), "documents name files that do not exist:\n{}", missing.join("\n"));
}

#[test]
fn links_lead_to_pages_and_headings() {
    let mut broken = Vec::new();
    for document in documents() {
        let text = fs::read_to_string(&document).unwrap();
        for link in links(&text) {
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let page = if file.is_empty() { document.clone() } else { document.parent().unwrap().join(file) };
            let known = |anchor: &str| anchors(&fs::read_to_string(&page).unwrap()).iter().any(|known| known == anchor);
            if !page.exists() || !(anchor.is_empty() || known(anchor)) {
                broken.push(format!("{}: {link}", shown(&document)));
            }
        }
    }
    assert!(broken.is_empty(), "broken links:\n{}", broken.join("\n"));
}
