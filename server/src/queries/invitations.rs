//! SQL of invitations to the team of a restaurant.

use crate::{
    db::{Store, Tx, instant, on, timestamp},
    error::ServerError,
};
use app::domain::{
    id::{InvitationId, RestaurantId},
    role::Role,
    time::Timestamp,
};
use futures::FutureExt as _;

/// An invitation.
#[derive(Debug, Clone)]
pub(crate) struct InvitationRow {
    pub(crate) id: InvitationId,
    /// In lower case.
    pub(crate) email: String,
    pub(crate) role: Role,
    /// The name of a person.
    pub(crate) invited_by: String,
    /// SHA-256 of the secret in the link.
    pub(crate) fingerprint: String,
    pub(crate) expires_at: Timestamp,
    pub(crate) is_accepted: bool,
    pub(crate) is_withdrawn: bool,
}

macro_rules! invitation {
    ($row:expr) => {
        InvitationRow {
            id: InvitationId::from_uuid($row.invitation_id),
            email: $row.email,
            role: Role::from_code(&$row.role).unwrap_or(Role::Kitchen),
            invited_by: $row.invited_by,
            fingerprint: $row.fingerprint,
            expires_at: timestamp($row.expires_at),
            is_accepted: $row.accepted_at.is_some(),
            is_withdrawn: $row.withdrawn_at.is_some(),
        }
    };
}

/// Those that can be accepted, the newest first.
pub(crate) async fn open(
    store: &Store,
    restaurant: RestaurantId,
    now: Timestamp,
) -> Result<Vec<InvitationRow>, ServerError> {
    let statement = sqlx::query!(
        "SELECT invitation_id, email, role, invited_by, fingerprint, expires_at, accepted_at, withdrawn_at
         FROM invitations
         WHERE restaurant_id = $1 AND expires_at > $2 AND accepted_at IS NULL AND withdrawn_at IS NULL
         ORDER BY created_at DESC, invitation_id",
        restaurant.uuid(),
        instant(now),
    );
    let rows = store.of(restaurant).read(|db| statement.fetch_all(db).boxed()).await?;
    Ok(rows.into_iter().map(|row| invitation!(row)).collect())
}

/// An invitation, also one that was accepted, withdrawn or is expired.
pub(crate) async fn find(
    store: &Store,
    restaurant: RestaurantId,
    id: InvitationId,
) -> Result<Option<InvitationRow>, ServerError> {
    let statement = sqlx::query!(
        "SELECT invitation_id, email, role, invited_by, fingerprint, expires_at, accepted_at, withdrawn_at
         FROM invitations WHERE restaurant_id = $1 AND invitation_id = $2",
        restaurant.uuid(),
        id.uuid(),
    );
    let row = store.of(restaurant).read(|db| statement.fetch_optional(db).boxed()).await?;
    Ok(row.map(|row| invitation!(row)))
}

/// The same, locked until the end of the transaction.
pub(crate) async fn lock(
    tx: &mut Tx,
    restaurant: RestaurantId,
    id: InvitationId,
) -> Result<Option<InvitationRow>, ServerError> {
    let statement = sqlx::query!(
        "SELECT invitation_id, email, role, invited_by, fingerprint, expires_at, accepted_at, withdrawn_at
         FROM invitations WHERE restaurant_id = $1 AND invitation_id = $2 FOR UPDATE",
        restaurant.uuid(),
        id.uuid(),
    );
    let row = statement.fetch_optional(on(tx)).await?;
    Ok(row.map(|row| invitation!(row)))
}

/// The number of invitations since an instant.
pub(crate) async fn count_since(tx: &mut Tx, restaurant: RestaurantId, since: Timestamp) -> Result<i64, ServerError> {
    let statement = sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM invitations WHERE restaurant_id = $1 AND created_at > $2"#,
        restaurant.uuid(),
        instant(since),
    );
    Ok(statement.fetch_one(on(tx)).await?)
}

pub(crate) async fn insert(
    tx: &mut Tx,
    restaurant: RestaurantId,
    invitation: &InvitationRow,
    now: Timestamp,
) -> Result<(), ServerError> {
    let statement = sqlx::query!(
        "INSERT INTO invitations
             (restaurant_id, invitation_id, email, role, invited_by, fingerprint, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        restaurant.uuid(),
        invitation.id.uuid(),
        invitation.email,
        invitation.role.code(),
        invitation.invited_by,
        invitation.fingerprint,
        instant(now),
        instant(invitation.expires_at),
    );
    statement.execute(on(tx)).await?;
    Ok(())
}

/// Withdraws one invitation, or with an address all open ones to it; returns their addresses.
pub(crate) async fn withdraw(
    tx: &mut Tx,
    restaurant: RestaurantId,
    id: Option<InvitationId>,
    email: Option<&str>,
    now: Timestamp,
) -> Result<Vec<String>, ServerError> {
    let statement = sqlx::query_scalar!(
        "UPDATE invitations SET withdrawn_at = $4
         WHERE restaurant_id = $1 AND (invitation_id = $2 OR email = $3) AND accepted_at IS NULL AND withdrawn_at IS NULL
         RETURNING email",
        restaurant.uuid(),
        id.map(InvitationId::uuid),
        email,
        instant(now),
    );
    Ok(statement.fetch_all(on(tx)).await?)
}

pub(crate) async fn accept(
    tx: &mut Tx,
    restaurant: RestaurantId,
    id: InvitationId,
    now: Timestamp,
) -> Result<(), ServerError> {
    let statement = sqlx::query!(
        "UPDATE invitations SET accepted_at = $3 WHERE restaurant_id = $1 AND invitation_id = $2",
        restaurant.uuid(),
        id.uuid(),
        instant(now),
    );
    statement.execute(on(tx)).await?;
    Ok(())
}
