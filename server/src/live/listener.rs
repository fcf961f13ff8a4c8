//! Receives the hints of other processes on a separate connection, and notifies subscribers in this one.

use crate::{
    context::AppContext,
    db::pg_notify::{self, Listener},
    error::ServerError,
    live::{Hint, notifier::hints_for},
};
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

const MIN_BACKOFF: Duration = Duration::from_millis(500);
/// Short, so that hints arrive again soon after a failover.
const MAX_BACKOFF: Duration = Duration::from_secs(5);

/// Listens until the server drains. After each lost connection all subscribers resync, since hints may be missing.
pub fn start(context: AppContext, shutdown: CancellationToken) -> JoinHandle<()> {
    tokio::spawn(async move {
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = listen_loop(&context) => {}
        }
    })
}

async fn listen_loop(context: &AppContext) {
    let mut backoff = MIN_BACKOFF;
    let mut connection_lost = false;
    loop {
        match pg_notify::listen(&context.store).await {
            Ok(mut listener) => {
                backoff = MIN_BACKOFF;
                if connection_lost {
                    context.hub.request_resync();
                }
                let error = receive(context, &mut listener).await;
                tracing::warn!(%error, "pg_notify listener connection lost, reconnecting");
            }
            Err(error) => {
                tracing::warn!(%error, backoff_ms = backoff.as_millis(), "pg_notify listener connection failed, will retry");
            }
        }
        connection_lost = true;
        // Jitter: servers must not reconnect at the same instant.
        tokio::time::sleep(backoff.mul_f64(rand::random_range(0.5..1.0))).await;
        backoff = (backoff * 2).min(MAX_BACKOFF);
    }
}

async fn receive(context: &AppContext, listener: &mut Listener) -> ServerError {
    loop {
        let message = match listener.receive().await {
            Ok(message) => message,
            Err(error) => return error,
        };
        for (restaurant, hint) in hints_for(context.hub.instance(), &message) {
            if hint == Hint::Menu {
                context.catalogue.invalidate(restaurant);
            }
            context.hub.notify_local(restaurant, hint);
        }
    }
}
