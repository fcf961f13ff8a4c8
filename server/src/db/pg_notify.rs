//! Hints between processes by `LISTEN` and `NOTIFY`, on a connection outside the pool.

use crate::{db::Store, error::ServerError};
use futures::{FutureExt as _, TryFutureExt as _};
use sqlx::{
    Executor as _, Row as _,
    postgres::{PgListener, PgPoolOptions},
};
use std::time::Duration;

const CHANNEL: &str = "toast";
/// Limit of connecting and of each check.
const TIMEOUT: Duration = Duration::from_secs(4);
/// Idle time after which the connection is checked.
const IDLE_CHECK: Duration = Duration::from_secs(5);

/// A connection that receives messages.
#[derive(Debug)]
pub(crate) struct Listener(PgListener);

/// Sends a message to all listening processes.
pub(crate) async fn send(store: &Store, message: &str) -> Result<(), ServerError> {
    let statement = sqlx::query!("SELECT pg_notify($1, $2)", CHANNEL, message);
    store.itself().write(|db| statement.execute(db).map_ok(drop).boxed()).await
}

/// Opens a connection outside the pool, since it is in use all the time.
pub(crate) async fn listen(store: &Store) -> Result<Listener, ServerError> {
    let options = store.pool().connect_options().as_ref().clone();
    let connecting = async {
        let own = PgPoolOptions::new().max_connections(1).connect_lazy_with(options);
        let mut listener = PgListener::connect_with(&own).await?;
        listener.ignore_pool_close_event(true);
        listener.eager_reconnect(false);
        listener.listen(CHANNEL).await?;
        let mut listener = Listener(listener);
        listener.ensure_leader().await?;
        Ok(listener)
    };
    tokio::time::timeout(TIMEOUT, connecting).await.unwrap_or(Err(ServerError::Deadline))
}

impl Listener {
    /// Waits for the next message. A lost connection is an error, since messages may be lost with it. An idle connection is
    /// checked: messages go through the primary alone.
    pub(crate) async fn receive(&mut self) -> Result<String, ServerError> {
        loop {
            match tokio::time::timeout(IDLE_CHECK, self.0.try_recv()).await {
                Ok(received) => {
                    let lost = || ServerError::Broken("the database closed the connection".to_owned());
                    return received?.map(|message| message.payload().to_owned()).ok_or_else(lost);
                }
                Err(_) => {
                    tokio::time::timeout(TIMEOUT, self.ensure_leader()).await.unwrap_or(Err(ServerError::Deadline))?;
                }
            }
        }
    }

    async fn ensure_leader(&mut self) -> Result<(), ServerError> {
        // `LISTEN` is idempotent; both together are one round trip.
        let answer = self.0.fetch_one(sqlx::raw_sql("LISTEN toast; SHOW transaction_read_only")).await?;
        if answer.try_get::<String, _>(0)? == "on" {
            Err(ServerError::Broken("the database is not the primary".to_owned()))
        } else {
            Ok(())
        }
    }
}
