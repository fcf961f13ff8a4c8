//! A writer that repeats one statement on long-lived sessions, as a server does.

use serde::{Deserialize, Serialize};
use sqlx::{Connection, PgConnection};
use std::time::Duration;
use support::{Error, Timestamp};
use tokio::{
    task::JoinSet,
    time::{Instant, sleep, timeout},
};

/// The database cancels the statement, also on workers.
const STATEMENT_TIMEOUT: &str = "SET statement_timeout = '4s'";
/// The writer abandons the session.
const SESSION_TIMEOUT: Duration = Duration::from_secs(6);
/// Between two writes of one session.
const PAUSE: Duration = Duration::from_millis(200);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AcknowledgedWrite {
    pub(crate) started: Timestamp,
    pub(crate) acknowledged: Timestamp,
}

/// Returns the acknowledged writes, ordered by their acknowledgement.
pub async fn write(
    url: &str,
    statement: &str,
    sessions: usize,
    length: Duration,
) -> Result<Vec<AcknowledgedWrite>, Error> {
    let until = Instant::now() + length;
    let mut running = JoinSet::new();
    for _ in 0..sessions {
        let (url, statement) = (url.to_owned(), statement.to_owned());
        running.spawn(async move { write_until(&url, &statement, until).await });
    }
    let mut writes = Vec::new();
    while let Some(done) = running.join_next().await {
        writes.extend(done.map_err(|error| Error::failed("a writer", error))?);
    }
    writes.sort_unstable_by_key(|write| write.acknowledged);
    Ok(writes)
}

async fn write_until(url: &str, statement: &str, until: Instant) -> Vec<AcknowledgedWrite> {
    let (mut session, mut writes) = (None, Vec::new());
    while Instant::now() < until {
        let started = Timestamp::now();
        session = match timeout(SESSION_TIMEOUT, write_once(session.take(), url, statement)).await {
            Ok(Ok(kept)) => {
                writes.push(AcknowledgedWrite { started, acknowledged: Timestamp::now() });
                Some(kept)
            }
            // After any error: a new session.
            Ok(Err(_)) | Err(_) => None,
        };
        sleep(PAUSE).await;
    }
    writes
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
    sqlx::raw_sql(STATEMENT_TIMEOUT).execute(&mut session).await?;
    Ok(session)
}
