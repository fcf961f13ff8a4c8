//! Reads the source tree: words that the terms of docs/GLOSSARY.md have replaced do not return to names, logs, help or comments.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::{
    fs,
    path::{Path, PathBuf},
};

/// All folders with text that this test reads.
const FOLDERS: &[&str] =
    &["app", "server", "deploy", "testing", "scripts", "end2end", "style", "frontend", "public", "findings", "docs"];

/// File types with names, messages or comments.
const EXTENSIONS: &[&str] =
    &["rs", "ts", "js", "mjs", "sh", "sql", "toml", "j2", "nix", "css", "lua", "py", "html", "hujson", "md"];

/// Not read: dependencies and build output, and text that is not ours to change.
const SKIPPED: &[&str] = &[
    "end2end/node_modules",
    "end2end/test-results",
    // Menus in several languages.
    "server/demo",
    // The checksum of an applied migration includes its comments.
    "server/migrations",
    "server/tests/words.rs",
];

/// Not allowed anywhere, also in file names. A term matches whole words in any spelling: `wakeAll`, `WAKE_ALL`, `wake all`.
/// A term whose last use is gone moves here from [`DIALECT`].
const RETIRED: &[&str] = &[
    "behind everybody's back",
    "kept right",
    "means ill",
    "nobody hears",
    "put right",
    // Operations.
    "keeper",
    "stand in mesh",
    // Tests of installations.
    "accident",
    "accidents",
    "annoy",
    "annoyed",
    "census",
    "cutter",
    "deafen",
    "forgetful",
    "knock",
    "knocks",
    "laboratory",
    "mishap",
    "nuisance",
    "reins",
    "walls of the world",
];

/// Not allowed in [`REWRITTEN`].
const DIALECT: &[&str] = &[
    // Personified programs and indefinite people.
    "everybody",
    "nobody",
    "somebody",
    "whoever",
    "behind the back",
    "hangs himself",
    "in its hands",
    "who waits",
    // Bodies and doors.
    "asleep",
    "awake",
    "closing the door",
    "ear",
    "ears",
    "hear",
    "heard",
    "hears",
    "its word",
    "letter box",
    "speaks",
    // Adverbs of a translation.
    "all the same",
    "anew",
    "beside",
    "for ever",
    "in vain",
    "meanwhile",
    "side by side",
    "so manieth",
    "so many",
    // Names with a standard term.
    "call off",
    "called off",
    "complain",
    "desk",
    "errand",
    "errands",
    "film",
    "foresee",
    "gathering",
    "left behind",
    "mistrust",
    "mood",
    "obey",
    "planting",
    "replant",
    "retaken",
    "trouble",
    "troubles",
    "wakeups",
    "walls",
    "wish",
    "wishes",
];

/// Paths whose text has been rewritten. The list grows until it is [`FOLDERS`].
const REWRITTEN: &[&str] = &[
    "app",
    "deploy",
    "docs",
    "end2end",
    "frontend",
    "public",
    "scripts",
    "server/benches",
    "server/src",
    "server/tests",
    "style",
    "testing",
];

/// Legitimate uses: path prefix and term, with the reason as a comment.
const ALLOWED: &[(&str, &str)] = &[
    // The user of that name, under which the test's unit runs.
    ("testing/testbed/tests/faults.rs", "nobody"),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// A file by its path from the root, with `/` between folders.
struct Source {
    path: String,
    text: String,
}

/// The files below a folder. A missing or empty folder is an error of the test.
fn sources(folder: &str) -> Vec<Source> {
    let mut found = Vec::new();
    walk(&root(), &root().join(folder), &mut found);
    assert!(!found.is_empty(), "no files in {folder}");
    found
}

fn walk(root: &Path, folder: &Path, found: &mut Vec<Source>) {
    for entry in fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.unwrap().path();
        let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
        if is_below(&name, SKIPPED) {
            continue;
        }
        if path.is_dir() {
            walk(root, &path, found);
        } else if path.extension().is_some_and(|extension| EXTENSIONS.iter().any(|known| extension == *known)) {
            found.push(Source { path: name, text: fs::read_to_string(&path).unwrap() });
        }
    }
}

fn is_below(path: &str, prefixes: &[&str]) -> bool {
    prefixes.iter().any(|prefix| path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

/// A word in lower case, and the number of its line.
type Word = (String, usize);

/// The words of a text: runs of letters and apostrophes, divided before a capital that follows a small letter.
fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    for (line, number) in text.lines().zip(1..) {
        let (mut word, mut after_small) = (String::new(), false);
        for letter in line.chars().chain([' ']) {
            let goes_on = letter.is_alphabetic() || (letter == '\'' && !word.is_empty());
            if !word.is_empty() && (!goes_on || (after_small && letter.is_uppercase())) {
                words.push((std::mem::take(&mut word).trim_end_matches('\'').to_lowercase(), number));
            }
            if goes_on {
                word.push(letter);
            }
            after_small = letter.is_lowercase();
        }
    }
    words
}

/// The lines on which a term begins. It may go on in the next line.
fn lines_with(words: &[Word], term: &str) -> Vec<usize> {
    let parts: Vec<_> = term.split(' ').collect();
    let found = words.windows(parts.len()).filter(|window| window.iter().map(|(word, _)| word).eq(parts.iter()));
    found.map(|window| window[0].1).collect()
}

/// The lines on which a comment begins with the word “What”.
fn comments_with_what(text: &str) -> Vec<usize> {
    let (mut found, mut in_comment) = (Vec::new(), false);
    for (line, number) in text.lines().zip(1..) {
        let line = line.trim_start();
        let marks = ["//!", "///", "//", "/**", "/*", "*", "--", "#", "{#"];
        let comment = marks.iter().find_map(|mark| line.strip_prefix(mark));
        if !in_comment && comment.is_some_and(|comment| comment.trim_start().starts_with("What ")) {
            found.push(number);
        }
        in_comment = comment.is_some();
    }
    found
}

/// Each use of a term in a file that is not allowed, as `path:line: term`. Line 0 is the file's name.
fn breaches(source: &Source, terms: &[&str]) -> Vec<String> {
    let (named, written) = (words(&source.path), words(&source.text));
    let mut breaches = Vec::new();
    for term in terms
        .iter()
        .filter(|term| !ALLOWED.iter().any(|(path, allowed)| allowed == *term && is_below(&source.path, &[path])))
    {
        breaches.extend(lines_with(&named, term).iter().map(|_| format!("{}:0: {term}", source.path)));
        breaches.extend(lines_with(&written, term).iter().map(|line| format!("{}:{line}: {term}", source.path)));
    }
    breaches
}

fn assert_none(breaches: &[String]) {
    assert!(
        breaches.is_empty(),
        "{} uses of replaced words, see docs/GLOSSARY.md:\n{}",
        breaches.len(),
        breaches.join("\n")
    );
}

#[test]
fn terms_are_found_in_every_spelling() {
    let found = |text: &str, term: &str| lines_with(&words(text), term);
    assert_eq!(found("fn deliver_for_ever() {}\nlet deliverForEver = 1;\nFOR_EVER", "for ever"), [1, 2, 3]);
    assert_eq!(found("// is kept for\n// ever, and\n", "for ever"), [1]);
    assert_eq!(found("\"behind everybody's back\"", "behind everybody's back"), [1]);
    assert_eq!(found("firewalls and earlier wallsend", "walls"), [0; 0]);
    assert_eq!(
        comments_with_what("/// What it is.\n/// What else.\nlet what = 1;\n  // What for.\n\n# What is it\n"),
        [1, 4, 6]
    );
    let source = Source { path: "testing/chaos/src/census.rs".to_owned(), text: "//! A census.\n".to_owned() };
    assert_eq!(
        breaches(&source, &["census"]),
        ["testing/chaos/src/census.rs:0: census", "testing/chaos/src/census.rs:1: census"]
    );
}

#[test]
fn retired_words_do_not_return() {
    let sources = FOLDERS.iter().flat_map(|folder| sources(folder));
    assert_none(&sources.flat_map(|source| breaches(&source, RETIRED)).collect::<Vec<_>>());
}

#[test]
fn rewritten_folders_keep_to_the_glossary() {
    let mut found = Vec::new();
    let rewritten = REWRITTEN.iter().flat_map(|folder| sources(folder));
    for source in rewritten {
        found.extend(breaches(&source, DIALECT));
        let what = comments_with_what(&source.text);
        found.extend(what.iter().map(|line| format!("{}:{line}: a comment that opens with “What”", source.path)));
    }
    assert_none(&found);
}

#[test]
fn allowances_are_needed() {
    for (path, term) in ALLOWED {
        let mut sources =
            FOLDERS.iter().flat_map(|folder| sources(folder)).filter(|source| is_below(&source.path, &[path]));
        let is_used = |source: Source| {
            !lines_with(&words(&source.path), term).is_empty() || !lines_with(&words(&source.text), term).is_empty()
        };
        assert!(sources.any(is_used), "{term} is allowed in {path} and not used there");
    }
}
