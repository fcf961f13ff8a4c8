//! SQL of staff and sessions. Each table is distributed by its lookup column, so each statement is executed by one
//! shard.

use crate::{
    db::{DistributionKey, ReadFrom, Store, instant, timestamp},
    error::ServerError,
};
use app::domain::{
    id::{RestaurantId, StaffId},
    role::Role,
    time::Timestamp,
};
use app::services::Workplace;
use futures::{FutureExt as _, TryFutureExt as _};
use uuid::Uuid;

/// An account as sign-in needs it.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    pub(crate) id: StaffId,
    pub(crate) name: String,
    /// An argon2id hash in PHC format.
    pub(crate) password_hash: String,
}

/// An open session.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) staff: StaffId,
    pub(crate) name: String,
    pub(crate) created_at: Timestamp,
    /// The last use, to within some minutes.
    pub(crate) seen_at: Timestamp,
    pub(crate) expires_at: Timestamp,
}

#[derive(Debug, Clone)]
pub(crate) struct NewAccount {
    /// In lower case.
    pub(crate) email: String,
    pub(crate) id: Uuid,
    pub(crate) name: String,
}

/// The account of an e-mail address in lower case.
pub(crate) async fn account(store: &Store, source: ReadFrom, email: &str) -> Result<Option<Account>, ServerError> {
    let statement = sqlx::query!("SELECT staff_id, name, password_hash FROM staff_accounts WHERE email = $1", email,);
    let row =
        store.of(DistributionKey::Email(email)).from(source).read(|db| statement.fetch_optional(db).boxed()).await?;
    Ok(row.map(|row| Account {
        id: StaffId::from_uuid(row.staff_id),
        name: row.name,
        password_hash: row.password_hash,
    }))
}

pub(crate) async fn open(
    store: &Store,
    fingerprint: &str,
    staff: StaffId,
    name: &str,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(), ServerError> {
    let statement = sqlx::query!(
        "INSERT INTO sessions (fingerprint, staff_id, staff_name, created_at, seen_at, expires_at)
         VALUES ($1, $2, $3, $4, $4, $5)",
        fingerprint,
        staff.uuid(),
        name,
        instant(now),
        instant(expires_at),
    );
    store.of(DistributionKey::Session(fingerprint)).write(|db| statement.execute(db).map_ok(drop).boxed()).await
}

/// The session of a fingerprint, also an expired one.
pub(crate) async fn session(store: &Store, fingerprint: &str) -> Result<Option<Session>, ServerError> {
    let statement = sqlx::query!(
        "SELECT staff_id, staff_name, created_at, seen_at, expires_at FROM sessions WHERE fingerprint = $1",
        fingerprint,
    );
    let row = store.of(DistributionKey::Session(fingerprint)).read(|db| statement.fetch_optional(db).boxed()).await?;
    Ok(row.map(|row| Session {
        staff: StaffId::from_uuid(row.staff_id),
        name: row.staff_name,
        created_at: timestamp(row.created_at),
        seen_at: timestamp(row.seen_at),
        expires_at: timestamp(row.expires_at),
    }))
}

/// Stores the use of a session.
pub(crate) async fn seen(store: &Store, fingerprint: &str, now: Timestamp) -> Result<(), ServerError> {
    let statement = sqlx::query!("UPDATE sessions SET seen_at = $2 WHERE fingerprint = $1", fingerprint, instant(now));
    store.of(DistributionKey::Session(fingerprint)).write(|db| statement.execute(db).map_ok(drop).boxed()).await
}

/// Ends a session, and returns whose it was.
pub(crate) async fn end(store: &Store, fingerprint: &str) -> Result<Option<StaffId>, ServerError> {
    let statement = sqlx::query_scalar!("DELETE FROM sessions WHERE fingerprint = $1 RETURNING staff_id", fingerprint);
    let of = store.of(DistributionKey::Session(fingerprint)).write(|db| statement.fetch_optional(db).boxed()).await?;
    Ok(of.map(StaffId::from_uuid))
}

/// A person as their session shows them.
#[derive(Debug, Clone, Default)]
pub(crate) struct AtWork {
    /// The current name; none for an account of the version before.
    pub(crate) name: Option<String>,
    /// Sessions that were opened before are ended.
    pub(crate) sessions_from: Option<Timestamp>,
    /// By name.
    pub(crate) restaurants: Vec<Workplace>,
}

/// A person with their restaurants. One statement, since it is part of every request that is not cached.
pub(crate) async fn at_work(store: &Store, source: ReadFrom, staff: StaffId) -> Result<AtWork, ServerError> {
    let statement = sqlx::query!(
        r#"SELECT restaurant_id AS "restaurant?", slug AS "slug!", restaurant_name AS "name!", role AS "role!",
                  NULL::timestamptz AS "sessions_from?"
           FROM staff_memberships WHERE staff_id = $1
           UNION ALL
           SELECT NULL::uuid, '', name, '', sessions_from FROM staff_people WHERE staff_id = $1
           ORDER BY 3, 2"#,
        staff.uuid(),
    );
    let rows = store.of(DistributionKey::Staff(staff)).from(source).read(|db| statement.fetch_all(db).boxed()).await?;
    let mut at_work = AtWork::default();
    for row in rows {
        if let Some(restaurant) = row.restaurant {
            at_work.restaurants.push(Workplace {
                restaurant: RestaurantId::from_uuid(restaurant),
                slug: row.slug,
                name: row.name,
                // An unknown role of a later version gets the least rights.
                role: Role::from_code(&row.role).unwrap_or(Role::Kitchen),
            });
        } else {
            at_work.name = Some(row.name);
            at_work.sessions_from = row.sessions_from.map(timestamp);
        }
    }
    Ok(at_work)
}

/// Creates an account, unless the address has one; returns whether it was created.
pub(crate) async fn add(store: &Store, account: &NewAccount, password_hash: &str) -> Result<bool, ServerError> {
    let statement = sqlx::query!(
        "INSERT INTO staff_accounts (email, staff_id, name, password_hash, failures, locked_until)
         VALUES ($1, $2, $3, $4, 0, NULL) ON CONFLICT (email) DO NOTHING",
        account.email,
        account.id,
        account.name,
        password_hash,
    );
    let key = DistributionKey::Email(&account.email);
    let done = store.of(key).write(|db| statement.execute(db).boxed()).await?;
    Ok(done.rows_affected() == 1)
}

/// Replaces the hash of a password; false when it is another one by now, or the account is another person's.
pub(crate) async fn change_password(
    store: &Store,
    email: &str,
    account: &Account,
    password_hash: &str,
) -> Result<bool, ServerError> {
    let statement = sqlx::query!(
        "UPDATE staff_accounts SET password_hash = $4 WHERE email = $1 AND staff_id = $2 AND password_hash = $3",
        email,
        account.id.uuid(),
        account.password_hash,
        password_hash,
    );
    let done = store.of(DistributionKey::Email(email)).write(|db| statement.execute(db).boxed()).await?;
    Ok(done.rows_affected() == 1)
}

/// Deletes the account of an address; false when its password has changed since it was read.
pub(crate) async fn remove(store: &Store, email: &str, account: &Account) -> Result<bool, ServerError> {
    let statement = sqlx::query!(
        "DELETE FROM staff_accounts WHERE email = $1 AND staff_id = $2 AND password_hash = $3",
        email,
        account.id.uuid(),
        account.password_hash,
    );
    let done = store.of(DistributionKey::Email(email)).write(|db| statement.execute(db).boxed()).await?;
    Ok(done.rows_affected() == 1)
}

/// Creates an account if there is none; with `reset`, an existing one gets the name and the password.
pub(crate) async fn employ(
    store: &Store,
    account: &NewAccount,
    password_hash: &str,
    reset: bool,
) -> Result<(), ServerError> {
    let statement = sqlx::query!(
        "INSERT INTO staff_accounts AS a (email, staff_id, name, password_hash, failures, locked_until)
         VALUES ($1, $2, $3, $4, 0, NULL)
         ON CONFLICT (email) DO UPDATE
         SET name = excluded.name, password_hash = excluded.password_hash, failures = 0, locked_until = NULL
         WHERE $5",
        account.email,
        account.id,
        account.name,
        password_hash,
        reset,
    );
    store.of(DistributionKey::Email(&account.email)).write(|db| statement.execute(db).map_ok(drop).boxed()).await
}

/// The address of a person, where it is stored with the memberships.
pub(crate) async fn email(store: &Store, staff: StaffId) -> Result<Option<String>, ServerError> {
    let statement = sqlx::query_scalar!("SELECT email FROM staff_people WHERE staff_id = $1", staff.uuid());
    store.of(DistributionKey::Staff(staff)).read(|db| statement.fetch_optional(db).boxed()).await
}
