//! Databases for orders: filled, always open, and verified to be durable.

use crate::{
    failure::{Failure, written},
    settings::Bench,
};
use serde_json::Value;
use sqlx::{PgPool, postgres::PgPoolOptions};
use uuid::Uuid;

/// Orders per slot: capacity is counted, and no order is rejected.
const WINDOW: i32 = 1_000_000_000;

/// A database with restaurants.
pub struct Database {
    pub url: String,
    pool: PgPool,
    is_cluster: bool,
}

/// A restaurant to order at.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Restaurant {
    pub restaurant_id: Uuid,
    pub slug: String,
}

/// The arguments of an order's `place_order`, read from its rows.
#[derive(Debug, sqlx::FromRow)]
pub struct Arguments {
    pub restaurant_id: Uuid,
    pub fingerprint: String,
    pub menu_version: i64,
    pub slot_limit: Option<i32>,
    pub token: String,
    pub fields: Value,
}

impl Database {
    /// Creates tables and restaurants, with the same seed everywhere.
    pub async fn prepare(bench: &Bench, url: &str, restaurants: usize) -> Result<(Self, Vec<Restaurant>), Failure> {
        let pool = PgPoolOptions::new().max_connections(2).connect(url).await?;
        let is_cluster = sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'citus')");
        let is_cluster = is_cluster.fetch_one(&pool).await?;
        let database = Self { url: url.to_owned(), pool, is_cluster };
        database.ensure_durable().await?;
        database.run(bench, &["migrate"]).await?;
        database.run(bench, &["distribute"]).await?;
        database.run(bench, &["seed", "--restaurants", &restaurants.to_string()]).await?;
        let made: Vec<Restaurant> =
            sqlx::query_as("SELECT restaurant_id, slug FROM restaurants ORDER BY restaurant_id")
                .fetch_all(&database.pool)
                .await?;
        if made.len() != restaurants {
            return Err(Failure::untrue(format!("{} restaurants where {restaurants} were wanted", made.len())));
        }
        for restaurant in &made {
            database.keep_open(restaurant).await?;
        }
        Ok((database, made))
    }

    /// Runs a command of Toast on it.
    pub async fn run(&self, bench: &Bench, arguments: &[&str]) -> Result<(), Failure> {
        let mut toast = tokio::process::Command::new(&bench.settings.toast);
        toast.args(arguments).env("TOAST_DATABASE_URL", &self.url).kill_on_drop(true);
        let output = toast.output().await.map_err(Failure::system(bench.settings.toast.display()))?;
        written(&format!("toast {}", arguments.join(" ")), &output).map(drop)
    }

    /// Results of a database that is not durable would be meaningless.
    async fn ensure_durable(&self) -> Result<(), Failure> {
        for setting in ["fsync", "synchronous_commit", "full_page_writes"] {
            let ask = format!("SHOW {setting}");
            let on: String = sqlx::query_scalar(sqlx::AssertSqlSafe(ask)).fetch_one(&self.pool).await?;
            if on != "on" {
                return Err(Failure::untrue(format!("{setting} is {on}: the database to measure must be durable")));
            }
        }
        Ok(())
    }

    /// The restaurant of a slug, open around the clock from now on.
    pub async fn opened(&self, slug: &str) -> Result<Restaurant, Failure> {
        let statement = sqlx::query_as("SELECT restaurant_id, slug FROM restaurants WHERE slug = $1");
        let restaurant: Restaurant = statement.bind(slug).fetch_one(&self.pool).await?;
        self.keep_open(&restaurant).await?;
        Ok(restaurant)
    }

    async fn keep_open(&self, restaurant: &Restaurant) -> Result<(), Failure> {
        for statement in [
            "DELETE FROM hours_exceptions WHERE restaurant_id = $1",
            "DELETE FROM section_hours WHERE restaurant_id = $1",
            "DELETE FROM opening_hours WHERE restaurant_id = $1",
            "UPDATE restaurants SET last_order_minutes = 0, paused_until = NULL WHERE restaurant_id = $1",
        ] {
            sqlx::query(statement).bind(restaurant.restaurant_id).execute(&self.pool).await?;
        }
        for weekday in 1i16..=7 {
            sqlx::query("INSERT INTO opening_hours VALUES ($1, $2, 0, 1440)")
                .bind(restaurant.restaurant_id)
                .bind(weekday)
                .execute(&self.pool)
                .await?;
        }
        sqlx::query("UPDATE service_modes SET orders_per_slot = $2 WHERE restaurant_id = $1")
            .bind(restaurant.restaurant_id)
            .bind(WINDOW)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    pub async fn orders(&self) -> Result<u64, Failure> {
        let count: i64 = sqlx::query_scalar("SELECT count(*) FROM orders").fetch_one(&self.pool).await?;
        Ok(u64::try_from(count).unwrap_or_default())
    }

    /// Ends effects of the previous round: marks orders as delivered and writes dirty pages.
    pub async fn settle(&self) -> Result<(), Failure> {
        let delivered = "INSERT INTO outbox_positions SELECT restaurant_id, last_seq FROM order_counters
            ON CONFLICT (restaurant_id) DO UPDATE SET seq = excluded.seq";
        sqlx::query(delivered).execute(&self.pool).await?;
        sqlx::query("CHECKPOINT").execute(&self.pool).await?;
        if self.is_cluster {
            sqlx::query("SELECT run_command_on_workers('CHECKPOINT')").execute(&self.pool).await?;
        }
        Ok(())
    }

    /// The arguments of an order.
    pub async fn arguments_of(&self, restaurant: Uuid, order: Uuid) -> Result<Arguments, Failure> {
        let arguments = sqlx::query_as(
            "SELECT o.restaurant_id, encode(k.fingerprint, 'hex') AS fingerprint, o.menu_version,
                 s.orders_per_slot AS slot_limit, o.token,
                 jsonb_build_object(
                     'mode', o.mode, 'wanted_at', o.wanted_at, 'estimated_at', o.estimated_at, 'slot_at', o.slot_at,
                     'guest_name', o.guest_name, 'guest_phone', o.guest_phone, 'guest_email', o.guest_email,
                     'place', o.place, 'note', o.note, 'currency', o.currency, 'subtotal_minor', o.subtotal_minor,
                     'tip_minor', o.tip_minor, 'total_minor', o.total_minor, 'bill', o.bill,
                     'lines', l.lines, 'cart', NULL
                 ) AS fields
             FROM orders o
             JOIN idempotency_keys k ON k.restaurant_id = $1 AND k.scope = 'place' AND k.order_id = o.order_id
             JOIN service_modes s ON s.restaurant_id = $1 AND s.mode = o.mode
             JOIN (
                 SELECT order_id, jsonb_agg(snapshot ORDER BY position) AS lines
                 FROM order_lines WHERE restaurant_id = $1 AND order_id = $2 GROUP BY order_id
             ) l ON l.order_id = o.order_id
             WHERE o.restaurant_id = $1 AND o.order_id = $2",
        );
        Ok(arguments.bind(restaurant).bind(order).fetch_one(&self.pool).await?)
    }

    /// The database's versions, for the report.
    pub async fn version(&self) -> Result<String, Failure> {
        let number: String = sqlx::query_scalar("SELECT split_part(current_setting('server_version'), ' ', 1)")
            .fetch_one(&self.pool)
            .await?;
        let citus: Option<String> = sqlx::query_scalar("SELECT extversion FROM pg_extension WHERE extname = 'citus'")
            .fetch_optional(&self.pool)
            .await?;
        Ok(citus
            .map_or_else(|| format!("PostgreSQL {number}"), |citus| format!("PostgreSQL {number} with Citus {citus}")))
    }
}
