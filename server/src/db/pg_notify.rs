//! Wake-ups between processes: PostgreSQL's notifications, on a connection of their own.

use crate::{db::Store, error::ServerError};
use futures::{FutureExt as _, TryFutureExt as _};
use sqlx::{
    Executor as _, Row as _,
    postgres::{PgListener, PgPoolOptions},
};
use std::time::Duration;

const CHANNEL: &str = "toast";
/// How long a connection may take.
const TIMEOUT: Duration = Duration::from_secs(4);
/// Silence that makes one wonder.
const IDLE_CHECK: Duration = Duration::from_secs(5);

/// A connection that hears what is sent.
#[derive(Debug)]
pub(crate) struct Listener(PgListener);

/// Sends a message to every process that listens.
pub(crate) async fn send(store: &Store, message: &str) -> Result<(), ServerError> {
    let statement = sqlx::query!("SELECT pg_notify($1, $2)", CHANNEL, message);
    store.itself().write(|db| statement.execute(db).map_ok(drop).boxed()).await
}

/// Opens a connection outside of the pool, so that waiting takes none away from those who work.
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
    /// Waits for the next message; a lost connection is an error, since messages may be lost with it. When it has been
    /// quiet for a while the server is asked whether it is still the one that messages are sent through.
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
        // Listening once more changes nothing; both together are one round trip.
        let answer = self.0.fetch_one(sqlx::raw_sql("LISTEN toast; SHOW transaction_read_only")).await?;
        if answer.try_get::<String, _>(0)? == "on" {
            Err(ServerError::Broken("the database is not the primary".to_owned()))
        } else {
            Ok(())
        }
    }
}
