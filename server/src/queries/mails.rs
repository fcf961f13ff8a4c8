//! SQL of mail that is to be sent, beside the account of its receiver.

use crate::{
    db::{DistributionKey, Store, instant},
    error::ServerError,
};
use app::domain::time::Timestamp;
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
