//! A letter box that holds each thing once, however often it is put in, until somebody empties it.

use std::{
    collections::HashSet,
    hash::Hash,
    sync::{Mutex, PoisonError},
};
use tokio::sync::Notify;

/// Things to do, each once. It never holds more than there are different things, emptied or not.
#[derive(Debug)]
pub(crate) struct Gathering<T> {
    things: Mutex<HashSet<T>>,
    filled: Notify,
}

impl<T> Default for Gathering<T> {
    fn default() -> Self {
        Self { things: Mutex::new(HashSet::new()), filled: Notify::new() }
    }
}

impl<T: Eq + Hash> Gathering<T> {
    /// Puts something in.
    pub(crate) fn add(&self, thing: T) {
        self.things.lock().unwrap_or_else(PoisonError::into_inner).insert(thing);
        self.filled.notify_one();
    }

    /// Waits until something is in, and takes everything out.
    pub(crate) async fn next(&self) -> Vec<T> {
        loop {
            let things = std::mem::take(&mut *self.things.lock().unwrap_or_else(PoisonError::into_inner));
            if !things.is_empty() {
                return things.into_iter().collect();
            }
            self.filled.notified().await;
        }
    }
}
