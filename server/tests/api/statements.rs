//! The statements in `.sqlx` match the migrations and are all in use.

use crate::app::TestApp;
use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, SqlSafeStr as _};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Folders whose statements are saved in `.sqlx`.
const SOURCES: [&str; 3] = ["server", "deploy/agent", "testing"];
/// Macros may assemble a statement from pieces. A shorter piece would occur in any source.
const SHORTEST_PIECE: usize = 20;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every statement with the saved types of its parameters and columns.
fn saved() -> Vec<(String, Value)> {
    let folder = std::env::var("SQLX_OFFLINE_DIR").map_or_else(|_| root().join(".sqlx"), PathBuf::from);
    let files = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    files
        .map(|file| {
            let mut saved: Value = serde_json::from_slice(&fs::read(file.unwrap().path()).unwrap()).unwrap();
            (saved["query"].as_str().unwrap().to_owned(), saved["describe"].take())
        })
        .collect()
}

async fn described(connection: &mut PgConnection, query: &str) -> Value {
    let description = connection.describe(AssertSqlSafe(query.to_owned()).into_sql_str()).await;
    description.map_or_else(|error| error.to_string().into(), |found| serde_json::to_value(found).unwrap())
}

/// The statements whose saved types differ from the database's.
async fn outdated(connection: &mut PgConnection) -> Vec<String> {
    let mut outdated = Vec::new();
    for (query, expected) in saved() {
        let found = described(connection, &query).await;
        if found != expected {
            outdated.push(format!("{query}\nsaved: {expected}\nfound: {found}"));
        }
    }
    outdated
}

#[tokio::test]
async fn saved_statements_fit_the_migrations() {
    let app = TestApp::start().await;
    let mut connection = PgConnection::connect(app.url()).await.unwrap();
    let outdated = outdated(&mut connection).await;
    assert!(outdated.is_empty(), "Save them again (CONTRIBUTING.md, Set up):\n{}", outdated.join("\n\n"));
}

/// Negative controls: another type, another nullability, a missing column.
#[tokio::test]
async fn outdated_statements_are_found() {
    for change in
        ["ALTER COLUMN staff_name TYPE varchar", "ALTER COLUMN staff_name DROP NOT NULL", "DROP COLUMN staff_name"]
    {
        let app = TestApp::start().await;
        let mut connection = PgConnection::connect(app.url()).await.unwrap();
        app.sql(&format!("ALTER TABLE sessions {change}")).await;
        assert!(!outdated(&mut connection).await.is_empty(), "{change}");
    }
}

#[test]
fn saved_statements_are_in_use() {
    let sources = bare(&SOURCES.map(|folder| text_below(&root().join(folder))).concat());
    let unused: Vec<_> = saved().into_iter().filter(|(query, _)| !is_written_in(&sources, &bare(query))).collect();
    assert!(unused.is_empty(), "No source has these; delete their files in .sqlx: {unused:#?}");
    assert!(!is_written_in(&sources, &bare(&format!("SELECT {} FROM restaurants", "unknown".repeat(9)))));
}

fn text_below(folder: &Path) -> String {
    let mut text = String::new();
    for entry in fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.unwrap().path();
        if path.is_dir() {
            text += &text_below(&path);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            text += &fs::read_to_string(&path).unwrap();
        }
    }
    text
}

/// Without the characters in which a statement and its literal in Rust may differ.
fn bare(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_whitespace() && !matches!(letter, '"' | '\\' | '+')).collect()
}

/// Whether the query is in the sources, in one piece or in pieces that follow one another.
fn is_written_in(sources: &str, query: &str) -> bool {
    let mut rest = query;
    while !rest.is_empty() {
        let ends: Vec<_> = rest.char_indices().map(|(start, letter)| start + letter.len_utf8()).collect();
        let found = ends.partition_point(|end| sources.contains(&rest[..*end]));
        if found < SHORTEST_PIECE.min(ends.len()) {
            return false;
        }
        rest = &rest[ends[found - 1]..];
    }
    true
}
