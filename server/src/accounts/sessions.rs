//! What this process remembers of sessions, and of tries that are counted nowhere else.

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
const BELIEVED_ALONE: Duration = Duration::from_mins(10);
/// Tries that only this process counts are forgotten after this time.
const TRIES: Duration = Duration::from_hours(1);

/// Who is signed in, as far as this process remembers.
#[derive(Debug, Clone)]
pub struct Sessions {
    pub(super) passwords: Passwords,
    known: Cache<String, Option<Arc<SignedIn>>>,
    remembered: Cache<String, Arc<SignedIn>>,
    tries: Cache<String, Tries>,
}

/// Tries of an address that nobody has, or whose account is away: it locks as an account would, so that the lock does not tell
/// them apart.
#[derive(Debug, Clone, Copy)]
struct Tries {
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
            tries: Cache::builder().max_capacity(10_000).time_to_live(TRIES).build(),
        }
    }

    /// The session of a fingerprint.
    pub(super) async fn known(
        &self,
        fingerprint: &str,
        read: impl Future<Output = Result<Option<Arc<SignedIn>>, Fault>>,
    ) -> Result<Option<Arc<SignedIn>>, Fault> {
        match self.known.get(fingerprint).await {
            Some(known) => Ok(known),
            None => self.renewed(fingerprint, read).await,
        }
    }

    /// The session of a fingerprint, read now whatever is remembered, as far as its node can be asked.
    pub(super) async fn renewed(
        &self,
        fingerprint: &str,
        read: impl Future<Output = Result<Option<Arc<SignedIn>>, Fault>>,
    ) -> Result<Option<Arc<SignedIn>>, Fault> {
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

    /// Until when an address is locked by what this process counted.
    pub(super) async fn locked_until(&self, email: &str) -> Option<Timestamp> {
        self.tries.get(email).await?.locked_until
    }

    /// Counts a try that can be counted nowhere else.
    pub(super) async fn failed(&self, email: &str, now: Timestamp) {
        let tried = self.tries.entry_by_ref(email).and_upsert_with(|before| {
            let failures = before.map_or(0, |before| before.into_value().failures).saturating_add(1);
            std::future::ready(Tries { failures, locked_until: locked_until(failures, now) })
        });
        tried.await;
    }
}
