//! Getting restaurants ready to be ordered from at any hour of the day: a run must not depend on when it is made.

use crate::{census::Census, failure::Failure, menu::Terms};
use sqlx::PgPool;
use std::{collections::BTreeMap, time::Duration};
use uuid::Uuid;

/// A window of time holds so many orders: capacity is kept count of, and nobody is turned away.
const WINDOW: i32 = 1_000_000_000;

/// Opens every restaurant around the clock, and answers on which terms they sell.
pub async fn open_all(urls: &[String]) -> Result<Vec<Terms>, Failure> {
    let terms = Census::terms(urls).await?;
    let pool = leader(urls).await?;
    for one in &terms {
        keep_open(&pool, one.restaurant).await?;
    }
    pool.close().await;
    // Servers look for a newer version once a second.
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    Ok(terms)
}

/// Connects to the one of the addresses that may be written to.
pub async fn leader(urls: &[String]) -> Result<PgPool, Failure> {
    let mut last = Failure::wrong("--database", "name at least one");
    for url in urls {
        let pool = PgPool::connect(url).await.map_err(Failure::database("connecting"));
        match pool {
            Ok(pool) => {
                let standby = sqlx::query_scalar("SELECT pg_is_in_recovery()").fetch_one(&pool).await;
                if !standby.map_err(Failure::database("asking who leads"))? {
                    return Ok(pool);
                }
                last = Failure::wrong("the database", "is a standby");
            }
            Err(failure) => last = failure,
        }
    }
    Err(last)
}

/// In which group of the database each restaurant's rows are; all in 0 where nothing is sharded.
pub async fn places(urls: &[String], terms: &[Terms]) -> Result<BTreeMap<String, i32>, Failure> {
    let failed = || Failure::database("asking where restaurants are");
    let pool = leader(urls).await?;
    let is_cluster: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'citus')")
        .fetch_one(&pool)
        .await
        .map_err(failed())?;
    let mut places = BTreeMap::new();
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
        places.insert(one.slug.clone(), group);
    }
    Ok(places)
}

async fn keep_open(pool: &PgPool, restaurant: Uuid) -> Result<(), Failure> {
    let failed = || Failure::database("opening a restaurant");
    for statement in [
        "DELETE FROM hours_exceptions WHERE restaurant_id = $1",
        "DELETE FROM section_hours WHERE restaurant_id = $1",
        "DELETE FROM opening_hours WHERE restaurant_id = $1",
    ] {
        sqlx::query(statement).bind(restaurant).execute(pool).await.map_err(failed())?;
    }
    for weekday in 1i16..=7 {
        sqlx::query("INSERT INTO opening_hours VALUES ($1, $2, 0, 1440)")
            .bind(restaurant)
            .bind(weekday)
            .execute(pool)
            .await
            .map_err(failed())?;
    }
    sqlx::query("UPDATE service_modes SET orders_per_slot = $2 WHERE restaurant_id = $1")
        .bind(restaurant)
        .bind(WINDOW)
        .execute(pool)
        .await
        .map_err(failed())?;
    sqlx::query(
        "UPDATE restaurants SET last_order_minutes = 0, paused_until = NULL, menu_version = menu_version + 1
         WHERE restaurant_id = $1",
    )
    .bind(restaurant)
    .execute(pool)
    .await
    .map_err(failed())?;
    Ok(())
}
