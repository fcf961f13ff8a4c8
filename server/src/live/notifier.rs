//! Sends hints to other processes, in batches.
//!
//! A notification inside an order's transaction would serialise all commits of the database behind one lock, so it is
//! sent after the commit. A crash in between is compensated by the subscribers' polling.

use crate::{
    context::AppContext,
    db::pg_notify,
    live::{Hint, Hub},
};
use app::domain::id::RestaurantId;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Wait after the first hint of a batch.
const BATCH_WINDOW: Duration = Duration::from_millis(8);
/// PostgreSQL takes payloads below 8,000 bytes; a hint takes 34.
const HINTS_PER_MESSAGE: usize = 200;

/// Sends hints until the server drains.
pub fn start(context: AppContext, shutdown: CancellationToken) -> JoinHandle<()> {
    tokio::spawn(async move {
        loop {
            let hints = tokio::select! {
                () = shutdown.cancelled() => return,
                hints = next_batch(&context.hub) => hints,
            };
            for some in hints.chunks(HINTS_PER_MESSAGE) {
                if let Err(error) = pg_notify::send(&context.store, &message(context.hub.instance(), some)).await {
                    tracing::warn!(%error, hints = some.len(), "pg_notify failed");
                }
            }
        }
    })
}

async fn next_batch(hub: &Hub) -> Vec<(RestaurantId, Hint)> {
    let mut hints = hub.next_outgoing().await;
    let more = async {
        loop {
            hints.extend(hub.next_outgoing().await);
        }
    };
    let _: Result<(), _> = tokio::time::timeout(BATCH_WINDOW, more).await;
    hints
}

/// `{instance} {kind}{restaurant} …`
fn message(instance: Uuid, hints: &[(RestaurantId, Hint)]) -> String {
    let mut text = instance.simple().to_string();
    for (restaurant, hint) in hints {
        text.push(' ');
        text.push(match hint {
            Hint::Orders => 'o',
            Hint::Menu => 'm',
        });
        text.push_str(&restaurant.uuid().simple().to_string());
    }
    text
}

/// The hints of another process's message; none of this process's own, which were published already.
pub(crate) fn hints_for(instance: Uuid, message: &str) -> Vec<(RestaurantId, Hint)> {
    let mut words = message.split(' ');
    if words.next().and_then(|word| word.parse::<Uuid>().ok()) == Some(instance) {
        return Vec::new();
    }
    words.filter_map(hint).collect()
}

fn hint(word: &str) -> Option<(RestaurantId, Hint)> {
    let (hint, restaurant) = match word.split_at_checked(1)? {
        ("o", restaurant) => (Hint::Orders, restaurant),
        ("m", restaurant) => (Hint::Menu, restaurant),
        _ => return None,
    };
    Some((restaurant.parse().ok()?, hint))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn others_understand_what_is_sent() {
        let (sender, reader) = (Uuid::new_v4(), Uuid::new_v4());
        let hints: Vec<_> = [Hint::Orders, Hint::Menu]
            .into_iter()
            .cycle()
            .take(HINTS_PER_MESSAGE)
            .map(|hint| (RestaurantId::from_uuid(Uuid::new_v4()), hint))
            .collect();
        let text = message(sender, &hints);
        assert!(text.len() < 8_000);
        assert_eq!(hints_for(reader, &text), hints);
        assert_eq!(hints_for(sender, &text), []);
        assert_eq!(hints_for(reader, "noise x12 o12"), []);
    }
}
