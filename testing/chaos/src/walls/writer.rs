//! Somebody who writes the same thing again and again on sessions that stay open, as a server does.

use crate::{failure::Failure, moment::Moment};
use serde::{Deserialize, Serialize};
use sqlx::{Connection, PgConnection};
use std::time::Duration;
use tokio::{
    task::JoinSet,
    time::{Instant, sleep, timeout},
};

/// The database gives a statement up after so long, and cancels what it has sent on.
const TO_ANSWER: &str = "SET statement_timeout = '4s'";
/// The writer gives it up after so long, and leaves.
const PATIENCE: Duration = Duration::from_secs(6);
/// Between two writes of one session.
const PAUSE: Duration = Duration::from_millis(200);

/// A write that was acknowledged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// When it was begun.
    pub begun: Moment,
    /// When it was acknowledged.
    pub done: Moment,
}

/// Writes on some sessions for some time.
pub async fn write(url: &str, statement: &str, sessions: usize, length: Duration) -> Result<Vec<Written>, Failure> {
    let until = Instant::now() + length;
    let mut open = JoinSet::new();
    for _ in 0..sessions {
        let (url, statement) = (url.to_owned(), statement.to_owned());
        open.spawn(async move { write_until(&url, &statement, until).await });
    }
    let mut written = Vec::new();
    while let Some(done) = open.join_next().await {
        written.extend(done.map_err(|error| Failure::wrong("a writer", error))?);
    }
    written.sort_unstable_by_key(|one| one.done);
    Ok(written)
}

async fn write_until(url: &str, statement: &str, until: Instant) -> Vec<Written> {
    let (mut session, mut written) = (None, Vec::new());
    while Instant::now() < until {
        let begun = Moment::now();
        session = match timeout(PATIENCE, write_once(session.take(), url, statement)).await {
            Ok(Ok(kept)) => {
                written.push(Written { begun, done: Moment::now() });
                Some(kept)
            }
            // Whatever went wrong, a new session knows nothing of it.
            Ok(Err(_)) | Err(_) => None,
        };
        sleep(PAUSE).await;
    }
    written
}

async fn write_once(session: Option<PgConnection>, url: &str, statement: &str) -> Result<PgConnection, sqlx::Error> {
    let mut session = match session {
        Some(session) => session,
        None => connect(url).await?,
    };
    sqlx::raw_sql(sqlx::AssertSqlSafe(statement.to_owned())).execute(&mut session).await?;
    Ok(session)
}

async fn connect(url: &str) -> Result<PgConnection, sqlx::Error> {
    let mut session = PgConnection::connect(url).await?;
    sqlx::raw_sql(TO_ANSWER).execute(&mut session).await?;
    Ok(session)
}
