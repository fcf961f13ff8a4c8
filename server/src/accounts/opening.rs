//! Opening and ending sessions, with the list that a person sees.

use crate::{
    accounts::{SESSION_MINUTES, secrets},
    context::AppContext,
    db::ReadFrom,
    error::ServerError,
    queries::{
        people::{self, Listed, Person},
        staff::{self as stored, Account},
    },
};
use app::domain::{id::StaffId, time::Timestamp};

/// Before every session: the start for people whose sessions were never ended together.
const ALWAYS: Timestamp = Timestamp::from_millis(0);

/// The person of an account; an account of the version before gets its row here. None while their node is down, which must
/// not keep them from signing in.
pub(super) async fn person(
    context: &AppContext,
    email: &str,
    account: &Account,
    now: Timestamp,
) -> Result<Option<Person>, ServerError> {
    let found = async {
        let read = |source| people::person(&context.store, source, account.id);
        let (person, source) = context.store.primary_or_replica(read).await?;
        if person.is_some() || source == ReadFrom::Standby {
            return Ok::<_, ServerError>(person);
        }
        let person = Person { email: email.to_owned(), name: account.name.clone(), sessions_from: ALWAYS };
        people::add(&context.store, account.id, &person, now).await?;
        Ok(Some(person))
    };
    match found.await {
        Err(error) if error.is_unavailable() => Ok(None),
        found => found,
    }
}

/// Whether the account is the rest of a change of address that was interrupted. Such a rest is removed: its password may be
/// an old one.
pub(super) async fn is_left_over(
    context: &AppContext,
    email: &str,
    account: &Account,
    person: &Person,
) -> Result<bool, ServerError> {
    if person.email == email {
        return Ok(false);
    }
    let current = stored::account(&context.store, ReadFrom::Leader, &person.email).await?;
    if current.is_none_or(|current| current.id != account.id) {
        return Ok(false);
    }
    stored::remove(&context.store, email, account).await?;
    Ok(true)
}

/// Opens a session and returns the secret for the cookie. It begins no earlier than `sessions_from`, which a server with a
/// faster clock may have set.
pub(super) async fn open(
    context: &AppContext,
    id: StaffId,
    name: &str,
    sessions_from: Option<Timestamp>,
    device: &str,
    now: Timestamp,
) -> Result<String, ServerError> {
    let created_at = sessions_from.map_or(now, |from| now.max(from));
    let expires_at = created_at.plus_minutes(SESSION_MINUTES);
    let store = &context.store;
    let opened =
        |fingerprint: String| async move { stored::open(store, &fingerprint, id, name, created_at, expires_at).await };
    let (secret, fingerprint) = secrets::minted(opened).await?;
    let listed = Listed { fingerprint, device: device.to_owned(), created_at, expires_at };
    match people::list_session(store, id, &listed).await {
        Err(error) if error.is_unavailable() => {
            tracing::warn!(%error, "session is not in the list of its person");
        }
        done => done?,
    }
    Ok(secret)
}

/// Ends all sessions of a person, on all servers, and opens a new one here.
pub(super) async fn replace_all(
    context: &AppContext,
    id: StaffId,
    name: &str,
    device: &str,
) -> Result<String, ServerError> {
    let now = context.clock.now();
    let from = people::end_sessions(&context.store, id, now).await?;
    if let Some(from) = from {
        for fingerprint in people::unlist_ended(&context.store, id, from, now).await? {
            context.sessions.forget(&fingerprint).await;
        }
    }
    open(context, id, name, from, device, now).await
}
