//! Lets concurrent requests share one read.

use futures::{
    FutureExt,
    future::{BoxFuture, WeakShared},
};
use parking_lot::Mutex;
use std::fmt;

/// The read that is under way, if any. Nothing is kept once it is done.
pub struct InFlight<T>(Mutex<Option<WeakShared<BoxFuture<'static, T>>>>);

impl<T: Clone + Send + 'static> InFlight<T> {
    /// Waits for the read that is under way, or for a new one.
    pub async fn join(&self, read: impl FnOnce() -> BoxFuture<'static, T>) -> T {
        let shared = {
            let mut current = self.0.lock();
            let joined = current.as_ref().and_then(WeakShared::upgrade).filter(|shared| shared.peek().is_none());
            joined.unwrap_or_else(|| {
                let new = read().shared();
                *current = new.downgrade();
                new
            })
        };
        shared.await
    }
}

impl<T> Default for InFlight<T> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<T> fmt::Debug for InFlight<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("InFlight")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    };

    #[tokio::test]
    async fn requests_share_a_read_until_it_is_done() {
        let (reads, in_flight) = (Arc::new(AtomicU32::new(0)), InFlight::default());
        let read = || {
            let reads = reads.clone();
            async move {
                tokio::task::yield_now().await;
                reads.fetch_add(1, Ordering::Relaxed)
            }
            .boxed()
        };
        assert_eq!(tokio::join!(in_flight.join(read), in_flight.join(read)), (0, 0));
        assert_eq!(in_flight.join(read).await, 1);
        // One that gives up does not end the read for the others.
        let mut given_up = Box::pin(in_flight.join(read));
        assert!(futures::poll!(&mut given_up).is_pending());
        let other = in_flight.join(read);
        drop(given_up);
        assert_eq!(other.await, 2);
    }
}
