//! Setup: opens all restaurants around the clock, so that a run does not depend on the time of day.

use crate::{final_state::FinalState, menu::Terms};
use sqlx::PgPool;
use std::{collections::BTreeMap, time::Duration};
use support::Error;
use uuid::Uuid;

/// Orders per time slot: counted, but never exhausted.
const SLOT_CAPACITY: i32 = 1_000_000_000;

pub async fn open_restaurants(urls: &[String]) -> Result<Vec<Terms>, Error> {
    let terms = FinalState::terms(urls).await?;
    let pool = connect_to_leader(urls).await?;
    for one in &terms {
        open_around_the_clock(&pool, one.restaurant).await?;
    }
    pool.close().await;
    // Servers revalidate their caches once a second.
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    Ok(terms)
}

async fn connect_to_leader(urls: &[String]) -> Result<PgPool, Error> {
    let mut last = Error::failed("--database", "name at least one");
    for url in urls {
        match PgPool::connect(url).await.map_err(Error::database("connecting")) {
            Ok(pool) => {
                let is_standby = sqlx::query_scalar("SELECT pg_is_in_recovery()").fetch_one(&pool).await;
                if !is_standby.map_err(Error::database("looking for the leader"))? {
                    return Ok(pool);
                }
                last = Error::failed("the database", "is a standby");
            }
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// The database group of each restaurant, by slug; 0 for all without sharding.
pub async fn restaurant_groups(urls: &[String], terms: &[Terms]) -> Result<BTreeMap<String, i32>, Error> {
    let failed = || Error::database("locating restaurants");
    let pool = connect_to_leader(urls).await?;
    let is_cluster: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'citus')")
        .fetch_one(&pool)
        .await
        .map_err(failed())?;
    let mut groups = BTreeMap::new();
    for one in terms {
        let group = if is_cluster {
            sqlx::query_scalar(
                "SELECT groupid FROM pg_dist_placement
                 WHERE shardid = get_shard_id_for_distribution_column('restaurants', $1)",
            )
            .bind(one.restaurant)
            .fetch_one(&pool)
            .await
            .map_err(failed())?
        } else {
            0
        };
        groups.insert(one.slug.clone(), group);
    }
    Ok(groups)
}

async fn open_around_the_clock(pool: &PgPool, restaurant: Uuid) -> Result<(), Error> {
    for statement in [
        "DELETE FROM hours_exceptions WHERE restaurant_id = $1",
        "DELETE FROM section_hours WHERE restaurant_id = $1",
        "DELETE FROM opening_hours WHERE restaurant_id = $1",
        "INSERT INTO opening_hours SELECT $1, weekday, 0, 1440 FROM generate_series(1, 7) AS weekday",
        "UPDATE restaurants SET last_order_minutes = 0, paused_until = NULL, menu_version = menu_version + 1
         WHERE restaurant_id = $1",
    ] {
        let query = sqlx::query(statement).bind(restaurant);
        query.execute(pool).await.map_err(Error::database("opening a restaurant"))?;
    }
    sqlx::query("UPDATE service_modes SET orders_per_slot = $2 WHERE restaurant_id = $1")
        .bind(restaurant)
        .bind(SLOT_CAPACITY)
        .execute(pool)
        .await
        .map_err(Error::database("opening a restaurant"))?;
    Ok(())
}
