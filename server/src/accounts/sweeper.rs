//! Removes expired tokens, sessions and counted attempts, and the personal data in them.

use crate::{
    accounts::lock::REMEMBERED_MINUTES,
    context::AppContext,
    error::ServerError,
    queries::expired::{sweep_lists, sweep_pin_tries, sweep_screens, sweep_sessions, sweep_tokens, sweep_tries},
    screens::UNSEEN_MINUTES,
};
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

const INTERVAL: Duration = Duration::from_hours(1);

/// Sweeps every hour until the server drains.
pub(crate) fn start(context: AppContext, closing: CancellationToken) -> JoinHandle<()> {
    tokio::spawn(async move {
        while closing.run_until_cancelled(tokio::time::sleep(INTERVAL)).await.is_some() {
            match sweep(&context).await {
                Ok(0) => {}
                Ok(removed) => tracing::info!(removed, "expired rows of accounts removed"),
                Err(error) => tracing::warn!(%error, "expired rows of accounts not removed"),
            }
        }
    })
}

/// Removes all that is expired now, and returns the number of rows.
pub async fn sweep(context: &AppContext) -> Result<u64, ServerError> {
    let (store, now) = (&context.store, context.clock.now());
    let mut removed = sweep_tokens(store, now).await?;
    removed += sweep_sessions(store, now).await?;
    removed += sweep_lists(store, now).await?;
    removed += sweep_screens(store, now.plus_minutes(-UNSEEN_MINUTES)).await?;
    removed += sweep_pin_tries(store, now.plus_minutes(-REMEMBERED_MINUTES)).await?;
    removed += sweep_tries(store, now.plus_minutes(-REMEMBERED_MINUTES)).await?;
    Ok(removed)
}
