//! The shared screens of a restaurant: their list, starting one on the device that asks, ending one.

use crate::{
    accounts::{ago, tenant_secret},
    audit::{self, Change},
    context::AppContext,
    db::Tx,
    error::ServerError,
    queries::{
        memberships,
        screens::{self as stored, NewRow},
        team,
    },
    screens::device,
};
use app::{
    domain::{
        error::AppError,
        id::{RestaurantId, ScreenId},
        role::{Permission, Role},
        shared_screen::NewScreen,
    },
    forms::fields,
    services::{AtScreen, ScreensView, SharedScreen, Staff},
};
use serde_json::{Value, json};
use uuid::Uuid;

/// Screens of a restaurant.
const MOST: usize = 30;

/// The page of shared screens. Only for those who may start and end them.
pub async fn view(context: &AppContext, staff: &Staff, slug: &str) -> Result<ScreensView, ServerError> {
    let restaurant = staff.allowed(slug, Permission::ManageScreens)?.restaurant;
    let snapshot = context.catalogue.by_id(restaurant).await?;
    let now = context.clock.now();
    let mut screens = Vec::new();
    for row in stored::list(&context.store, restaurant).await? {
        let on_duty = device::on_duty(context, restaurant, &row, now).await?;
        screens.push(SharedScreen {
            id: row.id,
            on_duty: on_duty.map(|on_duty| on_duty.name),
            seen: ago(row.seen_at, now),
            idle_minutes: u32::try_from(row.idle_minutes).unwrap_or_default(),
            name: row.name,
            role: row.role,
            device: row.device,
            started_by: row.started_by,
        });
    }
    let shown = &snapshot.restaurant;
    Ok(ScreensView { slug: shown.slug.clone(), name: shown.name.clone(), screens })
}

/// Makes a device a shared screen, and returns the secret for its cookie.
pub async fn start(
    context: &AppContext,
    staff: &Staff,
    slug: &str,
    new: &NewScreen,
    device: &str,
) -> Result<String, ServerError> {
    let restaurant = staff.allowed(slug, Permission::ManageScreens)?.restaurant;
    let id = ScreenId::from_uuid(Uuid::now_v7());
    let (secret, fingerprint) = tenant_secret::mint(restaurant, id.uuid());
    let mut tx = context.store.of(restaurant).begin().await?;
    let role = lock(context, &mut tx, staff, restaurant).await?;
    if new.role.loses_with(role) {
        return Err(AppError::invalid(fields::ROLE, "role", "Choose a role that you have yourself.").into());
    }
    let names = stored::names(&mut tx, restaurant).await?;
    if names.iter().any(|name| name.to_lowercase() == new.name.to_lowercase()) {
        let words = "Another shared screen has this name. Choose another one, or end that screen first.";
        return Err(AppError::invalid(fields::NAME, "taken", words).into());
    }
    if names.len() >= MOST {
        let words = format!("A restaurant has {MOST} shared screens at most. End those that are not used.");
        return Err(AppError::invalid(fields::NAME, "too_many", words).into());
    }
    let row = NewRow {
        id,
        name: &new.name,
        role: new.role,
        idle_minutes: i32::try_from(new.idle_minutes).unwrap_or(i32::MAX),
        fingerprint: &fingerprint,
        device,
        started_by: &staff.name,
    };
    stored::add(&mut tx, restaurant, &row, context.clock.now()).await?;
    let after = json!({ "role": new.role.label(), "without_action_minutes": new.idle_minutes });
    let change = Change { action: "screen.started", subject: &new.name, before: Value::Null, after };
    audit::record(context, &mut tx, restaurant, staff, change).await?;
    context.store.commit(tx).await?;
    Ok(secret)
}

/// Ends a shared screen; its device shows nothing more, also where its board is open.
pub async fn end(context: &AppContext, staff: &Staff, slug: &str, screen: ScreenId) -> Result<(), ServerError> {
    let restaurant = staff.allowed(slug, Permission::ManageScreens)?.restaurant;
    remove(context, staff, restaurant, screen).await
}

/// Ends the screen of the device that asks, by the person who works at it. Their own role decides, not the screen's.
pub async fn end_here(context: &AppContext, at: &AtScreen) -> Result<(), ServerError> {
    let on_duty = at.on_duty.as_ref().ok_or(AppError::NoPersonAtScreen)?;
    if !on_duty.role.may(Permission::ManageScreens) {
        return Err(AppError::Forbidden.into());
    }
    remove(context, &at.person()?, at.place.restaurant, at.screen).await
}

async fn remove(
    context: &AppContext,
    staff: &Staff,
    restaurant: RestaurantId,
    screen: ScreenId,
) -> Result<(), ServerError> {
    let mut tx = context.store.of(restaurant).begin().await?;
    lock(context, &mut tx, staff, restaurant).await?;
    let name = stored::end(&mut tx, restaurant, screen).await?;
    let gone = || AppError::conflict("screen_gone", "This shared screen was ended in the meantime. Look at the list.");
    let name = name.ok_or_else(gone)?;
    let change = Change { action: "screen.ended", subject: &name, before: Value::Null, after: Value::Null };
    audit::record(context, &mut tx, restaurant, staff, change).await?;
    context.store.commit(tx).await
}

/// Locks the team until the end of the transaction, and reads the person's role again: that of the request may be some seconds
/// old.
async fn lock(context: &AppContext, tx: &mut Tx, staff: &Staff, restaurant: RestaurantId) -> Result<Role, ServerError> {
    team::lock(tx, restaurant).await?;
    let role = memberships::role_at(&context.store, staff.id, restaurant).await?;
    Ok(role.filter(|role| role.may(Permission::ManageScreens)).ok_or(AppError::Forbidden)?)
}
