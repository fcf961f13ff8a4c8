//! In-memory cache of sessions, and counters of sign-in attempts that no account stores.

use crate::{
    accounts::{lock::Schedule, passwords::Passwords},
    error::ServerError,
    queries::sign_ins::Tries,
};
use app::{domain::time::Timestamp, services::Staff};
use moka::{
    future::Cache,
    ops::compute::{CompResult, Op},
};
use std::{
    future::{Future, ready},
    sync::Arc,
    time::Duration,
};

/// Delay until a session that was ended through another server is noticed.
const SESSION_TTL: Duration = Duration::from_secs(5);
/// While the node of a session is down, its last known state is valid for this time, so that staff of restaurants on
/// other nodes can work on. A session that is ended through another server lives as long.
const STALE_SESSION_TTL: Duration = Duration::from_mins(10);
/// Lifetime of attempts that only this process counts.
const ATTEMPT_TTL: Duration = Duration::from_hours(24);

/// A stored session with its person.
#[derive(Debug)]
pub struct SignedIn {
    pub(super) staff: Staff,
    pub(super) expires_at: Timestamp,
}

/// Cached sessions and attempts.
#[derive(Debug, Clone)]
pub struct Sessions {
    pub(crate) passwords: Passwords,
    known: Cache<String, Option<Arc<SignedIn>>>,
    stale_ok: Cache<String, Arc<SignedIn>>,
    /// By origin: attempts at unknown addresses, or at accounts whose node is down. They lock like those of accounts,
    /// so that the lock does not tell them apart. And by network: requests for mails, while the node that counts them is
    /// down.
    tries: Cache<String, Tries>,
}

impl Default for Sessions {
    fn default() -> Self {
        Self::new()
    }
}

impl Sessions {
    pub fn new() -> Self {
        Self {
            passwords: Passwords::new(),
            known: Cache::builder().max_capacity(10_000).time_to_live(SESSION_TTL).build(),
            stale_ok: Cache::builder().max_capacity(10_000).time_to_live(STALE_SESSION_TTL).build(),
            tries: Cache::builder().max_capacity(10_000).time_to_live(ATTEMPT_TTL).build(),
        }
    }

    pub(super) async fn known(
        &self,
        fingerprint: &str,
        read: impl Future<Output = Result<Option<Arc<SignedIn>>, ServerError>>,
    ) -> Result<Option<Arc<SignedIn>>, ServerError> {
        match self.known.get(fingerprint).await {
            Some(known) => Ok(known),
            None => self.revalidate(fingerprint, read).await,
        }
    }

    /// The session of a fingerprint, read from its node; from the cache only when the node is unavailable.
    pub(super) async fn revalidate(
        &self,
        fingerprint: &str,
        read: impl Future<Output = Result<Option<Arc<SignedIn>>, ServerError>>,
    ) -> Result<Option<Arc<SignedIn>>, ServerError> {
        let session = match read.await {
            Err(error) if error.is_unavailable() => Some(self.stale_ok.get(fingerprint).await.ok_or(error)?),
            session => {
                let session = session?;
                match &session {
                    Some(session) => self.stale_ok.insert(fingerprint.to_owned(), session.clone()).await,
                    None => self.stale_ok.invalidate(fingerprint).await,
                }
                session
            }
        };
        self.known.insert(fingerprint.to_owned(), session.clone()).await;
        Ok(session)
    }

    /// The next request reads the session again.
    pub(super) async fn expire(&self, fingerprint: &str) {
        self.known.invalidate(fingerprint).await;
    }

    pub(super) async fn forget(&self, fingerprint: &str) {
        self.stale_ok.invalidate(fingerprint).await;
        self.known.insert(fingerprint.to_owned(), None).await;
    }

    /// Counts an attempt in this process; returns the earlier ones instead when they lock.
    pub(super) async fn count(&self, origin: &str, schedule: Schedule, now: Timestamp) -> Option<Tries> {
        let counted = self.tries.entry_by_ref(origin).and_compute_with(|before| {
            let counted = schedule.one_more(before.map(moka::Entry::into_value), now);
            ready(counted.map_or(Op::Nop, Op::Put))
        });
        match counted.await {
            CompResult::Unchanged(before) => Some(before.into_value()),
            _ => None,
        }
    }

    /// Uncounts an attempt whose password was not checked.
    pub(super) async fn uncount_attempt(&self, origin: &str) {
        let given_back = self.tries.entry_by_ref(origin).and_compute_with(|before| {
            let fewer =
                before.map(moka::Entry::into_value).map(|before| Tries { failures: before.failures - 1, ..before });
            ready(fewer.filter(|fewer| fewer.failures > 0).map_or(Op::Remove, Op::Put))
        });
        given_back.await;
    }

    pub(super) async fn reset_failures(&self, origin: &str) {
        self.tries.invalidate(origin).await;
    }
}
