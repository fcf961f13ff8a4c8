//! Wake-ups between processes: PostgreSQL's notifications, on a connection of their own.

use crate::{error::Fault, store::Store};
use sqlx::postgres::{PgListener, PgPoolOptions};

const CHANNEL: &str = "toast";

/// A connection that hears what is sent.
#[derive(Debug)]
pub(crate) struct Ear(PgListener);

/// Sends a message to every process that listens.
pub(crate) async fn send(store: &Store, message: &str) -> Result<(), Fault> {
    store
        .within(async {
            sqlx::query!("SELECT pg_notify($1, $2)", CHANNEL, message).execute(store.pool()).await.map(drop)
        })
        .await
}

/// Opens a connection outside of the pool, so that waiting takes none away from those who work.
pub(crate) async fn listen(store: &Store) -> Result<Ear, Fault> {
    let options = store.pool().connect_options().as_ref().clone();
    store
        .within(async {
            let own = PgPoolOptions::new().max_connections(1).connect_lazy_with(options);
            let mut listener = PgListener::connect_with(&own).await?;
            listener.ignore_pool_close_event(true);
            listener.eager_reconnect(false);
            listener.listen(CHANNEL).await?;
            Ok(Ear(listener))
        })
        .await
}

impl Ear {
    /// Waits for the next message; a lost connection is an error, since messages may be lost with it.
    pub(crate) async fn hear(&mut self) -> Result<String, Fault> {
        match self.0.try_recv().await? {
            Some(message) => Ok(message.payload().to_owned()),
            None => Err(Fault::Broken("the database closed the connection".to_owned())),
        }
    }
}
