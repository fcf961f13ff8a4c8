//! SQL of people with accounts and of the list of their sessions, on the shard of the person.

use crate::{
    db::{DistributionKey, ReadFrom, Store, instant, timestamp},
    error::ServerError,
};
use app::domain::{id::StaffId, time::Timestamp};
use futures::{FutureExt as _, TryFutureExt as _};

/// A person with an account.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) email: String,
    pub(crate) name: String,
    /// Sessions that were opened before are ended.
    pub(crate) sessions_from: Timestamp,
}

/// A session in the list of a person.
#[derive(Debug, Clone)]
pub(crate) struct Listed {
    pub(crate) fingerprint: String,
    /// In plain words, such as `Firefox on Android`.
    pub(crate) device: String,
    pub(crate) created_at: Timestamp,
    pub(crate) expires_at: Timestamp,
}

pub(crate) async fn person(store: &Store, source: ReadFrom, id: StaffId) -> Result<Option<Person>, ServerError> {
    let statement = sqlx::query!("SELECT email, name, sessions_from FROM staff_people WHERE staff_id = $1", id.uuid());
    let row = store.of(DistributionKey::Staff(id)).from(source).read(|db| statement.fetch_optional(db).boxed()).await?;
    Ok(row.map(|row| Person { email: row.email, name: row.name, sessions_from: timestamp(row.sessions_from) }))
}

/// Stores a person, unless there is a row already.
pub(crate) async fn add(store: &Store, id: StaffId, person: &Person, now: Timestamp) -> Result<(), ServerError> {
    let statement = sqlx::query!(
        "INSERT INTO staff_people (staff_id, email, name, operator, sessions_from, created_at)
         VALUES ($1, $2, $3, false, $4, $5) ON CONFLICT (staff_id) DO NOTHING",
        id.uuid(),
        person.email,
        person.name,
        instant(person.sessions_from),
        instant(now),
    );
    store.of(DistributionKey::Staff(id)).write(|db| statement.execute(db).map_ok(drop).boxed()).await
}

pub(crate) async fn rename(store: &Store, id: StaffId, name: &str) -> Result<(), ServerError> {
    let statement = sqlx::query!("UPDATE staff_people SET name = $2 WHERE staff_id = $1", id.uuid(), name);
    store.of(DistributionKey::Staff(id)).write(|db| statement.execute(db).map_ok(drop).boxed()).await
}

pub(crate) async fn change_address(store: &Store, id: StaffId, email: &str) -> Result<(), ServerError> {
    let statement = sqlx::query!("UPDATE staff_people SET email = $2 WHERE staff_id = $1", id.uuid(), email);
    store.of(DistributionKey::Staff(id)).write(|db| statement.execute(db).map_ok(drop).boxed()).await
}

/// Ends all sessions of a person, and returns the instant from which sessions count again. It is later than the opening of
/// every listed one, also of those that a server with a faster clock opened.
pub(crate) async fn end_sessions(store: &Store, id: StaffId, now: Timestamp) -> Result<Option<Timestamp>, ServerError> {
    let statement = sqlx::query_scalar!(
        "UPDATE staff_people
         SET sessions_from = GREATEST($2, sessions_from, (
             SELECT max(created_at) + interval '1 millisecond' FROM staff_sessions WHERE staff_id = $1
         ))
         WHERE staff_id = $1 RETURNING sessions_from",
        id.uuid(),
        instant(now),
    );
    let from = store.of(DistributionKey::Staff(id)).write(|db| statement.fetch_optional(db).boxed()).await?;
    Ok(from.map(timestamp))
}

/// Adds a session to the list of its person.
pub(crate) async fn list_session(store: &Store, id: StaffId, session: &Listed) -> Result<(), ServerError> {
    let statement = sqlx::query!(
        "INSERT INTO staff_sessions (staff_id, fingerprint, device, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (staff_id, fingerprint) DO NOTHING",
        id.uuid(),
        session.fingerprint,
        session.device,
        instant(session.created_at),
        instant(session.expires_at),
    );
    store.of(DistributionKey::Staff(id)).write(|db| statement.execute(db).map_ok(drop).boxed()).await
}

/// The sessions in the list of a person, the newest first.
pub(crate) async fn sessions(store: &Store, id: StaffId, now: Timestamp) -> Result<Vec<Listed>, ServerError> {
    let statement = sqlx::query!(
        "SELECT fingerprint, device, created_at, expires_at FROM staff_sessions
         WHERE staff_id = $1 AND expires_at > $2 ORDER BY created_at DESC, fingerprint",
        id.uuid(),
        instant(now),
    );
    let rows = store.of(DistributionKey::Staff(id)).read(|db| statement.fetch_all(db).boxed()).await?;
    let sessions = rows.into_iter().map(|row| Listed {
        fingerprint: row.fingerprint,
        device: row.device,
        created_at: timestamp(row.created_at),
        expires_at: timestamp(row.expires_at),
    });
    Ok(sessions.collect())
}

/// Removes a session from the list of its person.
pub(crate) async fn unlist(store: &Store, id: StaffId, fingerprint: &str) -> Result<(), ServerError> {
    let statement =
        sqlx::query!("DELETE FROM staff_sessions WHERE staff_id = $1 AND fingerprint = $2", id.uuid(), fingerprint);
    store.of(DistributionKey::Staff(id)).write(|db| statement.execute(db).map_ok(drop).boxed()).await
}

/// Removes the sessions that were opened before an instant, and those that are expired; returns their fingerprints.
pub(crate) async fn unlist_ended(
    store: &Store,
    id: StaffId,
    from: Timestamp,
    now: Timestamp,
) -> Result<Vec<String>, ServerError> {
    let statement = sqlx::query_scalar!(
        "DELETE FROM staff_sessions WHERE staff_id = $1 AND (created_at < $2 OR expires_at <= $3) RETURNING fingerprint",
        id.uuid(),
        instant(from),
        instant(now),
    );
    store.of(DistributionKey::Staff(id)).write(|db| statement.fetch_all(db).boxed()).await
}
