//! Hears on a connection of its own what other processes announce, and wakes those who wait here.

use crate::{
    context::AppContext,
    db::pg_notify::{self, Ear},
    error::ServerError,
    live::{Hint, notifier::hints_for},
};
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

const FIRST_PAUSE: Duration = Duration::from_millis(500);
/// Short enough to hear again soon after a database was replaced.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Listens until the server drains. After each lost connection everyone is told that hints may be missing.
pub fn start(context: AppContext, shutdown: CancellationToken) -> JoinHandle<()> {
    tokio::spawn(async move {
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = listen_for_ever(&context) => {}
        }
    })
}

async fn listen_for_ever(context: &AppContext) {
    let mut pause = FIRST_PAUSE;
    let mut missed = false;
    loop {
        match pg_notify::listen(&context.store).await {
            Ok(mut ear) => {
                pause = FIRST_PAUSE;
                if missed {
                    context.hub.wake_all();
                }
                let error = hear(context, &mut ear).await;
                tracing::warn!(%error, "the connection for wake-ups was lost");
            }
            Err(error) => tracing::warn!(%error, pause_ms = pause.as_millis(), "no connection for wake-ups"),
        }
        missed = true;
        // Not all servers come back at the same instant.
        tokio::time::sleep(pause.mul_f64(rand::random_range(0.5..1.0))).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

async fn hear(context: &AppContext, ear: &mut Ear) -> ServerError {
    loop {
        let message = match ear.hear().await {
            Ok(message) => message,
            Err(error) => return error,
        };
        for (restaurant, hint) in hints_for(context.hub.instance(), &message) {
            if hint == Hint::Menu {
                context.catalogue.invalidate(restaurant);
            }
            context.hub.wake(restaurant, hint);
        }
    }
}
