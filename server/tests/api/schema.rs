//! The schema follows the rules of Citus: tables can be distributed, and statements need one node.

use crate::app;
use server::db::placement::{LOCAL, PLACEMENTS};
use sqlx::{Connection, PgConnection};
use std::collections::BTreeSet;

/// Tables, unique indexes and foreign keys whose first column is not the restaurant, though the table has that column
/// and is distributed by it.
const NOT_LED_BY_RESTAURANT: &str = "
    WITH tenants AS (
        SELECT c.oid, c.relname, a.attnum FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = current_schema()
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'restaurant_id' AND NOT a.attisdropped
        WHERE c.relkind IN ('r', 'p') AND c.relname <> ALL($1)
    )
    SELECT relname || ': no primary key' FROM tenants t
    WHERE NOT EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = t.oid AND i.indisprimary)
    UNION ALL
    SELECT t.relname || ': ' || i.indexrelid::regclass FROM tenants t
    JOIN pg_index i ON i.indrelid = t.oid AND i.indisunique
    WHERE i.indkey[0] <> t.attnum
    UNION ALL
    SELECT t.relname || ': ' || k.conname FROM tenants t
    JOIN pg_constraint k ON k.conrelid = t.oid AND k.contype = 'f'
    WHERE k.conkey[1] <> t.attnum
        OR k.confkey[1] <> (SELECT a.attnum FROM pg_attribute a
                            WHERE a.attrelid = k.confrelid AND a.attname = 'restaurant_id')";

/// Features that Citus rejects, or that every node would evaluate differently.
const NOT_FOR_CLUSTERS: &str = "
    SELECT 'trigger ' || tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = current_schema()
    WHERE NOT t.tgisinternal
    UNION ALL
    SELECT 'sequence ' || relname FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = current_schema() WHERE relkind = 'S'
    UNION ALL
    SELECT 'default of ' || c.relname || '.' || a.attname FROM pg_attrdef d
        JOIN pg_class c ON c.oid = d.adrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = current_schema()
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.adnum
    -- A constant is the same on every node: a new column has one, so that the rows of the version before get a value.
    WHERE c.relname <> ALL($1) AND pg_get_expr(d.adbin, d.adrelid) LIKE '%(%'
    UNION ALL
    SELECT 'foreign key ' || k.conname FROM pg_constraint k
        JOIN pg_namespace n ON n.oid = k.connamespace AND n.nspname = current_schema()
    WHERE k.contype = 'f' AND (k.conrelid::regclass::text = ANY($2)) <> (k.confrelid::regclass::text = ANY($2))";

const TABLES: &str = "SELECT relname::text FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = current_schema() WHERE relkind IN ('r', 'p')";

async fn broken_rules(connection: &mut PgConnection) -> Vec<String> {
    let by_another_column: Vec<_> =
        PLACEMENTS.iter().filter(|place| place.column != "restaurant_id").map(|place| place.table).collect();
    let by_restaurant: Vec<_> =
        PLACEMENTS.iter().filter(|place| place.column == "restaurant_id").map(|place| place.table).collect();
    let mut broken: Vec<String> =
        sqlx::query_scalar(NOT_LED_BY_RESTAURANT).bind(&by_another_column).fetch_all(&mut *connection).await.unwrap();
    let others: Vec<String> = sqlx::query_scalar(NOT_FOR_CLUSTERS)
        .bind(LOCAL)
        .bind(&by_restaurant)
        .fetch_all(&mut *connection)
        .await
        .unwrap();
    broken.extend(others);
    let tables: Vec<String> = sqlx::query_scalar(TABLES).fetch_all(&mut *connection).await.unwrap();
    let placed = PLACEMENTS.iter().map(|place| place.table).chain(LOCAL.iter().copied()).collect::<BTreeSet<_>>();
    let there = tables.iter().map(String::as_str).collect::<BTreeSet<_>>();
    broken.extend(there.symmetric_difference(&placed).map(|table| format!("{table}: not in the placement")));
    broken
}

#[tokio::test]
async fn the_schema_can_be_placed() {
    let app = app::TestApp::start().await;
    let mut connection = PgConnection::connect(app.url()).await.unwrap();
    assert_eq!(broken_rules(&mut connection).await, Vec::<String>::new());
}

#[tokio::test]
async fn every_placed_table_has_its_column_in_its_primary_key() {
    let app = app::TestApp::start().await;
    let mut connection = PgConnection::connect(app.url()).await.unwrap();
    for place in PLACEMENTS {
        let first: String = sqlx::query_scalar(
            "SELECT a.attname::text FROM pg_index i
             JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
             WHERE i.indrelid = $1::text::regclass AND i.indisprimary",
        )
        .bind(place.table)
        .fetch_one(&mut connection)
        .await
        .unwrap();
        assert_eq!(first, place.column, "{}", place.table);
    }
}

/// The negative control: the queries find broken rules.
#[tokio::test]
async fn broken_rules_are_found() {
    let app = app::TestApp::start().await;
    let mut connection = PgConnection::connect(app.url()).await.unwrap();
    for (rule, statement) in [
        ("no primary key", "CREATE TABLE scratch (restaurant_id uuid, a int)"),
        ("scratch_pkey", "CREATE TABLE scratch (a int PRIMARY KEY, restaurant_id uuid)"),
        ("scratch_a_key", "CREATE TABLE scratch (restaurant_id uuid PRIMARY KEY, a int UNIQUE)"),
        ("fkey", "CREATE TABLE scratch (a uuid REFERENCES restaurants, restaurant_id uuid PRIMARY KEY)"),
        ("sequence", "CREATE TABLE scratch (restaurant_id uuid PRIMARY KEY, a serial)"),
        ("default of", "CREATE TABLE scratch (restaurant_id uuid PRIMARY KEY, a timestamptz DEFAULT now())"),
        ("not in the placement", "CREATE TABLE scratch (restaurant_id uuid PRIMARY KEY)"),
    ] {
        sqlx::query(statement).execute(&mut connection).await.unwrap();
        let broken = broken_rules(&mut connection).await;
        assert!(broken.iter().any(|found| found.contains(rule)), "{rule}: {broken:?}");
        sqlx::query("DROP TABLE scratch").execute(&mut connection).await.unwrap();
    }
}

/// Without the extension distribution has no effect and is no error.
#[tokio::test]
async fn distributing_a_plain_database_changes_nothing() {
    let app = app::TestApp::start().await;
    let done = server::distribute::distribute(&app.context.store).await.unwrap();
    assert_eq!(done, server::distribute::Distribution::NotACluster);
}
