//! A queue that holds each item once until it is drained.

use parking_lot::Mutex;
use std::{collections::HashSet, hash::Hash};
use tokio::sync::Notify;

/// Bounded by the number of distinct items.
#[derive(Debug)]
pub(crate) struct CoalescingQueue<T> {
    items: Mutex<HashSet<T>>,
    filled: Notify,
}

impl<T> Default for CoalescingQueue<T> {
    fn default() -> Self {
        Self { items: Mutex::new(HashSet::new()), filled: Notify::new() }
    }
}

impl<T: Eq + Hash> CoalescingQueue<T> {
    pub(crate) fn add(&self, item: T) {
        self.items.lock().insert(item);
        self.filled.notify_one();
    }

    /// Waits until there is an item, and drains the queue.
    pub(crate) async fn next(&self) -> Vec<T> {
        loop {
            let items = std::mem::take(&mut *self.items.lock());
            if !items.is_empty() {
                return items.into_iter().collect();
            }
            self.filled.notified().await;
        }
    }
}
