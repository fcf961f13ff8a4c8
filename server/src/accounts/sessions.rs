//! What this process remembers of sessions, and of addresses that nobody has.

use crate::{
    accounts::{SignedIn, locked_until, passwords::Passwords},
    error::Fault,
};
use app::types::time::Timestamp;
use moka::future::Cache;
use std::{future::Future, sync::Arc, time::Duration};

/// A session ended elsewhere is noticed within this time.
const BELIEVED: Duration = Duration::from_secs(5);
/// While the node of a session is away, its word is taken for so long after it was last read: who moves another
/// restaurant's orders must not stop for it. A session ended meanwhile through another server lives as long.
const BELIEVED_ALONE: Duration = Duration::from_mins(2);
/// Tries of an unknown address are forgotten after this time.
const STRANGERS: Duration = Duration::from_hours(1);

/// Who is signed in, as far as this process remembers.
#[derive(Debug, Clone)]
pub struct Sessions {
    pub(super) passwords: Passwords,
    known: Cache<String, Option<Arc<SignedIn>>>,
    remembered: Cache<String, Arc<SignedIn>>,
    strangers: Cache<String, Stranger>,
}

/// Tries of an address that nobody has: it locks as an account would, so that the lock does not tell them apart.
#[derive(Debug, Clone, Copy)]
struct Stranger {
    failures: i32,
    locked_until: Option<Timestamp>,
}

impl Default for Sessions {
    fn default() -> Self {
        Self::new()
    }
}

impl Sessions {
    /// Remembers nobody yet.
    pub fn new() -> Self {
        Self {
            passwords: Passwords::new(),
            known: Cache::builder().max_capacity(10_000).time_to_live(BELIEVED).build(),
            remembered: Cache::builder().max_capacity(10_000).time_to_live(BELIEVED_ALONE).build(),
            strangers: Cache::builder().max_capacity(10_000).time_to_live(STRANGERS).build(),
        }
    }

    /// The session of a fingerprint.
    pub(super) async fn known(
        &self,
        fingerprint: &str,
        read: impl Future<Output = Result<Option<Arc<SignedIn>>, Fault>>,
    ) -> Result<Option<Arc<SignedIn>>, Fault> {
        if let Some(known) = self.known.get(fingerprint).await {
            return Ok(known);
        }
        let session = match read.await {
            Err(fault) if fault.is_absence() => Some(self.remembered.get(fingerprint).await.ok_or(fault)?),
            session => {
                let session = session?;
                match &session {
                    Some(session) => self.remembered.insert(fingerprint.to_owned(), session.clone()).await,
                    None => self.remembered.invalidate(fingerprint).await,
                }
                session
            }
        };
        self.known.insert(fingerprint.to_owned(), session.clone()).await;
        Ok(session)
    }

    /// Forgets a session.
    pub(super) async fn forget(&self, fingerprint: &str) {
        self.remembered.invalidate(fingerprint).await;
        self.known.insert(fingerprint.to_owned(), None).await;
    }

    /// Until when an address that nobody has is locked.
    pub(super) async fn stranger_locked_until(&self, email: &str) -> Option<Timestamp> {
        self.strangers.get(email).await?.locked_until
    }

    /// Counts a try of an address that nobody has.
    pub(super) async fn stranger_failed(&self, email: &str, now: Timestamp) -> i32 {
        let tried = self.strangers.entry_by_ref(email).and_upsert_with(|before| {
            let failures = before.map_or(0, |before| before.into_value().failures).saturating_add(1);
            std::future::ready(Stranger { failures, locked_until: locked_until(failures, now) })
        });
        tried.await.into_value().failures
    }
}
