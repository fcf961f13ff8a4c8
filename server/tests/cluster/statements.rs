//! Plans all statements of `.sqlx` on the cluster: each is executed by one shard, except for a few that read all
//! restaurants and are not on a guest's critical path.

use crate::cluster;
use serde::Deserialize;
use sqlx::{Connection, PgConnection};
use std::path::PathBuf;

/// Statements that may use every shard, by a part of their text, with the reason.
const OVER_ALL_RESTAURANTS: &[(&str, &str)] = &[
    ("SELECT DISTINCT restaurant_id FROM outbox", "the scan for undelivered messages"),
    ("SELECT c.restaurant_id FROM order_counters c WHERE NOT EXISTS", "the scan for undelivered orders"),
    ("jsonb_populate_recordset(NULL::", "seeding many restaurants at once"),
    ("jsonb_to_recordset($1) AS row(restaurant_id uuid)", "their counters of orders"),
    ("SELECT * FROM unnest($1::text[], $2::uuid[])", "seeding their slugs"),
    ("SELECT restaurant_id, menu_version, paused_until FROM restaurants", "the directory behind home"),
    ("AS \"card!\"", "the cards of home"),
    ("UPDATE staff_memberships SET slug", "a renamed restaurant, whose team is on many shards"),
    ("DELETE FROM account_tokens WHERE expires_at", "the sweep of expired tokens"),
    ("DELETE FROM sessions WHERE expires_at", "of expired sessions"),
    ("DELETE FROM staff_sessions WHERE expires_at", "of their lists"),
    ("DELETE FROM sign_in_tries WHERE tried_at", "of attempts that count no more"),
    ("DELETE FROM shared_screens WHERE seen_at", "of shared screens that are used no more"),
    ("DELETE FROM pin_tries WHERE tried_at", "of their attempts"),
    ("LEFT JOIN retention_positions", "the scan for restaurants with personal data to remove"),
    ("SELECT DISTINCT visitor_id FROM visitor_orders", "the scan for visitors with old orders"),
    ("SELECT DISTINCT email FROM mails WHERE sent_at", "the scan for old mails"),
    ("FROM mails WHERE sent_at IS NULL", "the scan for mail that is due, and the list of kept mail in development"),
    ("FROM staff_people WHERE operator", "the list of operators"),
    ("WHERE strpos(search_text", "an operator's search"),
    ("WHERE listing = $1", "restaurants that wait for an operator"),
];

/// Statements without our tables.
const ABOUT_THE_DATABASE: &[&str] = &["pg_notify", "pg_extension", "SELECT 1", "SET LOCAL"];

/// A statement as saved by the macros.
#[derive(Debug, Deserialize)]
struct Saved {
    query: String,
    describe: Describe,
}

#[derive(Debug, Deserialize)]
struct Describe {
    parameters: Parameters,
}

#[derive(Debug, Deserialize)]
struct Parameters {
    #[serde(rename = "Left")]
    types: Vec<serde_json::Value>,
}

#[tokio::test]
#[ignore = "needs TOAST_TEST_CLUSTER_URL"]
async fn each_is_answered_by_one_shard() {
    let url = cluster::database().await;
    let mut connection = PgConnection::connect(&url).await.unwrap();
    let statements = saved();
    assert!(statements.len() > 30, "only {} statements were saved by `cargo sqlx prepare`", statements.len());
    let mut spread = Vec::new();
    for statement in &statements {
        let plan = plan(&mut connection, statement).await.unwrap_or_else(|error| error.to_string());
        let one = plan.lines().any(|line| line.trim() == "Task Count: 1");
        let excused = OVER_ALL_RESTAURANTS.iter().any(|(piece, _)| statement.query.contains(piece))
            || ABOUT_THE_DATABASE.iter().any(|piece| statement.query.contains(piece));
        if !one && !excused {
            spread.push(format!("{}\n{plan}", statement.query));
        }
    }
    assert!(spread.is_empty(), "{} statements ask more than one shard:\n{}", spread.len(), spread.join("\n\n"));
}

/// The negative control: a statement without a restaurant is found.
#[tokio::test]
#[ignore = "needs TOAST_TEST_CLUSTER_URL"]
async fn one_that_names_no_restaurant_is_found() {
    let url = cluster::database().await;
    let mut connection = PgConnection::connect(&url).await.unwrap();
    let parameters = Parameters { types: vec!["Text".into()] };
    let query = "SELECT order_id FROM orders WHERE token = $1".to_owned();
    let plan = plan(&mut connection, &Saved { query, describe: Describe { parameters } }).await.unwrap();
    assert!(plan.contains("Task Count: 32"), "{plan}");
}

fn saved() -> Vec<Saved> {
    let folder = std::env::var("SQLX_OFFLINE_DIR")
        .map_or_else(|_| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../.sqlx"), PathBuf::from);
    let files = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let files = files.map(|file| file.unwrap().path()).filter(|path| path.extension().is_some_and(|end| end == "json"));
    files.map(|path| serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()).collect()
}

async fn plan(connection: &mut PgConnection, statement: &Saved) -> Result<String, sqlx::Error> {
    let types = &statement.describe.parameters.types;
    let arguments: Vec<_> = types.iter().map(|kind| sample(kind.as_str().unwrap_or("Text"))).collect();
    let arguments = if arguments.is_empty() { String::new() } else { format!("({})", arguments.join(", ")) };
    run(connection, "DEALLOCATE ALL").await?;
    run(connection, &format!("PREPARE one AS {}", statement.query)).await?;
    let plan: Vec<String> =
        sqlx::query_scalar(sqlx::AssertSqlSafe(format!("EXPLAIN (COSTS OFF) EXECUTE one{arguments}")))
            .persistent(false)
            .fetch_all(&mut *connection)
            .await?;
    Ok(plan.join("\n"))
}

async fn run(connection: &mut PgConnection, statement: &str) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(sqlx::AssertSqlSafe(statement.to_owned())).execute(&mut *connection).await.map(drop)
}

/// An SQL literal of a type.
fn sample(kind: &str) -> String {
    let (value, kind) = match kind {
        "Uuid" => ("6f2ab0a5-0d3c-4d4f-9d0c-0f1f6a3c7d11", "uuid"),
        "UuidArray" => ("{6f2ab0a5-0d3c-4d4f-9d0c-0f1f6a3c7d11}", "uuid[]"),
        "Int8" => ("7", "bigint"),
        "Int4" => ("7", "integer"),
        "Int2" => ("7", "smallint"),
        "Int8Array" => ("{7}", "bigint[]"),
        "Int4Array" => ("{7}", "integer[]"),
        "Int2Array" => ("{7}", "smallint[]"),
        "Float8" => ("1.5", "double precision"),
        "Float8Array" => ("{1.5}", "double precision[]"),
        "Bool" => ("true", "boolean"),
        "BoolArray" => ("{true}", "boolean[]"),
        "Timestamptz" => ("2026-11-20 18:00Z", "timestamptz"),
        "TimestamptzArray" => ("{2026-11-20 18:00Z}", "timestamptz[]"),
        "Date" => ("2026-11-20", "date"),
        "DateArray" => ("{2026-11-20}", "date[]"),
        "Jsonb" => ("{}", "jsonb"),
        "JsonbArray" => ("{\"{}\"}", "jsonb[]"),
        "Bytea" => ("\\x01", "bytea"),
        "Bpchar" => ("EUR", "char(3)"),
        "TextArray" | "VarcharArray" => ("{a}", "text[]"),
        // Also a date, for text that a statement casts to one.
        _ => ("2026-11-20", "text"),
    };
    format!("'{value}'::{kind}")
}
