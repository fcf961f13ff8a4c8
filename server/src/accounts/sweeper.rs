//! Removes expired tokens, with the names and password hashes of registrations that were not confirmed.

use crate::{context::AppContext, queries::account_tokens};
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

const INTERVAL: Duration = Duration::from_hours(1);

/// Sweeps now and then until the server drains.
pub(crate) fn start(context: AppContext, closing: CancellationToken) -> JoinHandle<()> {
    tokio::spawn(async move {
        while closing.run_until_cancelled(tokio::time::sleep(INTERVAL)).await.is_some() {
            match account_tokens::sweep(&context.store, context.clock.now()).await {
                Ok(0) => {}
                Ok(removed) => tracing::info!(removed, "expired account tokens removed"),
                Err(error) => tracing::warn!(%error, "expired account tokens not removed"),
            }
        }
    })
}
