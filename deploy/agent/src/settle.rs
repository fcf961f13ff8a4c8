//! Settling prepared transactions that a fault left open, only ever on the elected leader.
//!
//! Recovery by the database itself is off: a coordinator that was frozen and wakes would roll back what its successor
//! is committing. The proxy beside the server leads here to the elected leader and nowhere else.

use crate::error::Trouble;
use sqlx::{Connection, PgConnection};
use std::time::Duration;

/// How often open transactions are looked for.
pub const EVERY: Duration = Duration::from_secs(3);

/// Settles what can be settled; answers how many transactions that were.
pub async fn settle(password: &str) -> Result<i32, Trouble> {
    let url = format!("postgres://toast:{password}@127.0.0.1:5000/toast?sslmode=disable");
    let work = async {
        let mut connection = PgConnection::connect(&url).await?;
        let settled = sqlx::query_scalar("SELECT toast_settle_prepared()").fetch_one(&mut connection).await?;
        connection.close().await?;
        Ok::<_, sqlx::Error>(settled)
    };
    tokio::time::timeout(Duration::from_secs(10), work)
        .await
        .map_err(|_| Trouble::Waiting("the leader to settle prepared transactions".to_owned()))?
        .map_err(Trouble::from)
}
