//! What this process remembers of sessions, and of tries that are counted nowhere else.

use crate::{
    accounts::{SignedIn, passwords::Passwords, tries::one_more},
    error::ServerError,
    queries::sign_ins::Tries,
};
use app::domain::time::Timestamp;
use moka::{
    future::Cache,
    ops::compute::{CompResult, Op},
};
use std::{
    future::{Future, ready},
    sync::Arc,
    time::Duration,
};

/// A session ended elsewhere is noticed within this time.
const BELIEVED: Duration = Duration::from_secs(5);
/// While the node of a session is away, its word is taken for so long after it was last read: who moves another
/// restaurant's orders must not stop for it. A session ended meanwhile through another server lives as long.
const BELIEVED_ALONE: Duration = Duration::from_mins(10);
/// Tries that only this process counts are forgotten after this time.
const TRIES: Duration = Duration::from_hours(24);

/// Who is signed in, as far as this process remembers.
#[derive(Debug, Clone)]
pub struct Sessions {
    pub(super) passwords: Passwords,
    known: Cache<String, Option<Arc<SignedIn>>>,
    remembered: Cache<String, Arc<SignedIn>>,
    /// By origin: tries of an address that nobody has, or whose account is away. They lock as an account would, so that the
    /// lock does not tell them apart.
    tries: Cache<String, Tries>,
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
        read: impl Future<Output = Result<Option<Arc<SignedIn>>, ServerError>>,
    ) -> Result<Option<Arc<SignedIn>>, ServerError> {
        match self.known.get(fingerprint).await {
            Some(known) => Ok(known),
            None => self.renewed(fingerprint, read).await,
        }
    }

    /// The session of a fingerprint, read now whatever is remembered, as far as its node can be asked.
    pub(super) async fn renewed(
        &self,
        fingerprint: &str,
        read: impl Future<Output = Result<Option<Arc<SignedIn>>, ServerError>>,
    ) -> Result<Option<Arc<SignedIn>>, ServerError> {
        let session = match read.await {
            Err(error) if error.is_unavailable() => Some(self.remembered.get(fingerprint).await.ok_or(error)?),
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

    /// Counts a try that can be counted nowhere else; answers the earlier ones instead when they lock.
    pub(super) async fn count(&self, origin: &str, now: Timestamp) -> Option<Tries> {
        let counted = self.tries.entry_by_ref(origin).and_compute_with(|before| {
            let counted = one_more(before.map(moka::Entry::into_value), now);
            ready(counted.map_or(Op::Nop, Op::Put))
        });
        match counted.await {
            CompResult::Unchanged(before) => Some(before.into_value()),
            _ => None,
        }
    }

    /// Gives back a try that was no guess.
    pub(super) async fn give_back(&self, origin: &str) {
        let given_back = self.tries.entry_by_ref(origin).and_compute_with(|before| {
            let fewer =
                before.map(moka::Entry::into_value).map(|before| Tries { failures: before.failures - 1, ..before });
            ready(fewer.filter(|fewer| fewer.failures > 0).map_or(Op::Remove, Op::Put))
        });
        given_back.await;
    }

    /// Forgets tries.
    pub(super) async fn forgive(&self, origin: &str) {
        self.tries.invalidate(origin).await;
    }
}
