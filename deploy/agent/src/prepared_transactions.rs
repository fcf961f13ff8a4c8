//! In-doubt recovery: commits or rolls back prepared transactions that a fault left open, on the elected leader only.
//!
//! Citus' own recovery is off: a coordinator that resumes after a freeze would roll back transactions that its successor
//! commits. The `HAProxy` on this machine connects to the elected leader only.

use crate::error::AgentError;
use sqlx::{Connection, PgConnection};
use std::time::Duration;

/// How often open prepared transactions are looked up.
pub const INTERVAL: Duration = Duration::from_secs(3);

/// Recovers prepared transactions and returns how many.
pub async fn recover(password: &str) -> Result<i32, AgentError> {
    let url = format!("postgres://toast:{password}@127.0.0.1:5000/toast?sslmode=disable");
    let recover = async {
        let mut connection = PgConnection::connect(&url).await?;
        sqlx::query_scalar("SELECT toast_settle_prepared()").fetch_one(&mut connection).await
    };
    let late = |_| AgentError::Waiting("the leader to recover prepared transactions".to_owned());
    Ok(tokio::time::timeout(Duration::from_secs(10), recover).await.map_err(late)??)
}
