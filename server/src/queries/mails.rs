//! SQL of mail that is to be sent, on the shard of its receiver's account.

use crate::{
    db::{DistributionKey, Store, instant, timestamp},
    error::ServerError,
};
use app::{domain::time::Timestamp, services::KeptMail};
use futures::{FutureExt as _, TryFutureExt as _};
use uuid::Uuid;

/// A mail to one address.
#[derive(Debug, Clone)]
pub(crate) struct NewMail {
    pub(crate) id: Uuid,
    /// In lower case.
    pub(crate) email: String,
    /// A code such as `register`.
    pub(crate) kind: &'static str,
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) html: String,
}

/// Stores a mail for delivery, once per id.
pub(crate) async fn insert(store: &Store, mail: &NewMail, now: Timestamp) -> Result<(), ServerError> {
    let statement = sqlx::query!(
        "INSERT INTO mails (email, mail_id, kind, subject, text_body, html_body, attempts, run_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $7) ON CONFLICT (email, mail_id) DO NOTHING",
        mail.email,
        mail.id,
        mail.kind,
        mail.subject,
        mail.text,
        mail.html,
        instant(now),
    );
    store.of(DistributionKey::Email(&mail.email)).write(|db| statement.execute(db).map_ok(drop).boxed()).await
}

/// A claimed mail.
#[derive(Debug, Clone)]
pub(crate) struct DueMail {
    pub(crate) id: Uuid,
    pub(crate) email: String,
    pub(crate) kind: String,
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) html: String,
    /// Delivery attempts, this one included.
    pub(crate) attempts: i32,
    pub(crate) created_at: Timestamp,
}

/// Claims the oldest due mail to an address: a new one whatever its time, since server clocks differ, else one whose retry
/// time has come. It is due again at `lease_until`, so that a crash during delivery loses nothing.
pub(crate) async fn claim(
    store: &Store,
    email: &str,
    now: Timestamp,
    lease_until: Timestamp,
) -> Result<Option<DueMail>, ServerError> {
    let statement = sqlx::query!(
        "WITH due AS (
             SELECT email, mail_id FROM mails
             WHERE email = $1 AND sent_at IS NULL AND (attempts = 0 OR run_at <= $2)
             ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED
         )
         UPDATE mails m SET attempts = m.attempts + 1, run_at = $3
         FROM due WHERE m.email = $1 AND m.email = due.email AND m.mail_id = due.mail_id
         RETURNING m.mail_id, m.email, m.kind, m.subject, m.text_body, m.html_body, m.attempts, m.created_at",
        email,
        instant(now),
        instant(lease_until),
    );
    let row = store.of(DistributionKey::Email(email)).write(|db| statement.fetch_optional(db).boxed()).await?;
    Ok(row.map(|row| DueMail {
        id: row.mail_id,
        email: row.email,
        kind: row.kind,
        subject: row.subject,
        text: row.text_body,
        html: row.html_body,
        attempts: row.attempts,
        created_at: timestamp(row.created_at),
    }))
}

/// Ends a mail that was sent, or refused for good. Its texts are removed, since they hold secrets.
pub(crate) async fn done(
    store: &Store,
    email: &str,
    mail: Uuid,
    now: Timestamp,
    refusal: Option<&str>,
) -> Result<(), ServerError> {
    let statement = sqlx::query!(
        "UPDATE mails SET sent_at = $3, refusal = $4, text_body = '', html_body = '' WHERE email = $1 AND mail_id = $2",
        email,
        mail,
        instant(now),
        refusal,
    );
    store.of(DistributionKey::Email(email)).write(|db| statement.execute(db).map_ok(drop).boxed()).await
}

/// The words of the mail server that refused a mail for good.
pub(crate) async fn refusal(store: &Store, email: &str, mail: Uuid) -> Result<Option<String>, ServerError> {
    let statement = sqlx::query_scalar!("SELECT refusal FROM mails WHERE email = $1 AND mail_id = $2", email, mail);
    let found = store.of(DistributionKey::Email(email)).read(|db| statement.fetch_optional(db).boxed()).await?;
    Ok(found.flatten())
}

/// Sets the time of the next attempt.
pub(crate) async fn reschedule(store: &Store, email: &str, mail: Uuid, until: Timestamp) -> Result<(), ServerError> {
    let statement =
        sqlx::query!("UPDATE mails SET run_at = $3 WHERE email = $1 AND mail_id = $2", email, mail, instant(until));
    store.of(DistributionKey::Email(email)).write(|db| statement.execute(db).map_ok(drop).boxed()).await
}

/// The number of mails that are not sent yet, and addresses with due ones. Over all shards, as the ones below: they fail
/// while one node is down.
pub(crate) async fn receivers_with_due(
    store: &Store,
    now: Timestamp,
    at_most: i64,
) -> Result<(i64, Vec<String>), ServerError> {
    let waiting = sqlx::query_scalar!(r#"SELECT count(*) AS "count!" FROM mails WHERE sent_at IS NULL"#);
    let waiting = store.everywhere().read(|db| waiting.fetch_one(db).boxed()).await?;
    if waiting == 0 {
        return Ok((0, Vec::new()));
    }
    let statement = sqlx::query_scalar!(
        "SELECT DISTINCT email FROM mails WHERE sent_at IS NULL AND (attempts = 0 OR run_at <= $1) LIMIT $2",
        instant(now),
        at_most,
    );
    Ok((waiting, store.everywhere().read(|db| statement.fetch_all(db).boxed()).await?))
}

/// The newest mails that still have their texts, newest first.
pub(crate) async fn kept(store: &Store, at_most: i64) -> Result<Vec<KeptMail>, ServerError> {
    let statement = sqlx::query!(
        "SELECT email, subject, text_body, created_at FROM mails WHERE sent_at IS NULL
         ORDER BY created_at DESC, mail_id DESC LIMIT $1",
        at_most,
    );
    let rows = store.everywhere().read(|db| statement.fetch_all(db).boxed()).await?;
    let kept = rows.into_iter().map(|row| KeptMail {
        to: row.email,
        subject: row.subject,
        text: row.text_body,
        written_at: timestamp(row.created_at),
    });
    Ok(kept.collect())
}
