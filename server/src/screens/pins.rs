//! The PIN of a person at a restaurant, which they set themselves.

use crate::{
    audit::{self, Change},
    context::AppContext,
    error::ServerError,
    queries::{memberships, pins as stored, team},
};
use app::{
    domain::{error::AppError, id::RestaurantId, pin},
    forms::fields,
    services::{PinView, Staff},
};
use serde_json::Value;

/// Whether the person has a PIN.
pub async fn view(context: &AppContext, staff: &Staff, slug: &str) -> Result<PinView, ServerError> {
    let restaurant = staff.workplace(slug)?.restaurant;
    let snapshot = context.catalogue.by_id(restaurant).await?;
    let set = stored::set_at(&context.store, restaurant, staff.id).await?;
    let now = context.clock.now();
    Ok(PinView {
        slug: snapshot.restaurant.slug.clone(),
        name: snapshot.restaurant.name.clone(),
        set: set.map(|at| snapshot.local(at, now).text),
    })
}

/// Sets the person's PIN, typed twice. A person who works with the one before is off the screens.
pub async fn set(
    context: &AppContext,
    staff: &Staff,
    slug: &str,
    (typed, again): (&str, &str),
) -> Result<(), ServerError> {
    let restaurant = staff.workplace(slug)?.restaurant;
    let invalid = |problem| AppError::Invalid { problems: vec![problem] };
    let chosen = pin::choose(fields::PIN, typed).map_err(invalid)?;
    if pin::read(fields::PIN_AGAIN, again).ok().as_ref() != Some(&chosen) {
        return Err(AppError::invalid(fields::PIN_AGAIN, "differs", "Type the same PIN again here.").into());
    }
    let hash = context.sessions.passwords.hash(&chosen).await?;
    let mut tx = context.store.of(restaurant).begin().await?;
    // A removal of the person waits for the lock, or is over.
    team::lock(&mut tx, restaurant).await?;
    ensure_member(context, staff, restaurant).await?;
    stored::set(&mut tx, restaurant, staff.id, &hash, context.clock.now()).await?;
    stored::forget(&mut tx, restaurant, staff.id).await?;
    audit::record(context, &mut tx, restaurant, staff, change("pin.set")).await?;
    context.store.commit(tx).await
}

/// Removes the person's PIN, and them from every screen.
pub async fn remove(context: &AppContext, staff: &Staff, slug: &str) -> Result<(), ServerError> {
    let restaurant = staff.workplace(slug)?.restaurant;
    let mut tx = context.store.of(restaurant).begin().await?;
    if stored::remove(&mut tx, restaurant, staff.id).await? {
        audit::record(context, &mut tx, restaurant, staff, change("pin.removed")).await?;
    }
    context.store.commit(tx).await
}

async fn ensure_member(context: &AppContext, staff: &Staff, restaurant: RestaurantId) -> Result<(), ServerError> {
    let role = memberships::role_at(&context.store, staff.id, restaurant).await?;
    Ok(role.map(drop).ok_or(AppError::Forbidden)?)
}

/// Without the PIN.
const fn change(action: &str) -> Change<'_> {
    Change { action, subject: "", before: Value::Null, after: Value::Null }
}
