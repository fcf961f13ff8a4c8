//! Who works at a shared screen: choosing a name, and the PIN, whose attempts are counted before it is checked.

use crate::{
    accounts::lock::{PINS, REMEMBERED_MINUTES},
    context::AppContext,
    error::ServerError,
    queries::{
        memberships,
        pins::{self as stored, Tried},
        screens,
        sign_ins::Tries,
    },
};
use app::{
    domain::{error::AppError, id::StaffId, pin, time::Timestamp},
    forms::fields,
    services::{AtScreen, PinOwner},
};

/// The people who can work at the screen, by name.
pub async fn people(context: &AppContext, at: &AtScreen) -> Result<Vec<PinOwner>, ServerError> {
    let owners = stored::owners(&context.store, at.place.restaurant).await?;
    let people = owners.into_iter().map(|row| PinOwner { id: row.staff, name: row.name, role: row.role });
    Ok(people.collect())
}

/// A person begins to work at the screen with their PIN. Wrong ones lock them at this screen for some minutes, and no one else,
/// nowhere else.
pub async fn begin(context: &AppContext, at: &AtScreen, member: StaffId, typed: &str) -> Result<(), ServerError> {
    let restaurant = at.place.restaurant;
    // Not a guess: no one has such a PIN.
    let typed = pin::read(fields::PIN, typed).map_err(|problem| AppError::Invalid { problems: vec![problem] })?;
    let hash = stored::hash(&context.store, restaurant, member).await?;
    let hash = hash.ok_or_else(no_pin)?;
    let tried = Tried { restaurant, screen: at.screen, staff: member };
    count(context, tried, context.clock.now()).await?;
    if !context.sessions.passwords.verify(&typed, Some(hash.clone())).await? {
        metrics::counter!("toast_pins_total", "outcome" => "refused").increment(1);
        let words = "This is not the PIN of the chosen name. Check both and try again.";
        return Err(AppError::invalid(fields::PIN, "wrong_pin", words).into());
    }
    // The list of the team may be behind.
    if memberships::role_at(&context.store, member, restaurant).await?.is_none() {
        return Err(no_pin().into());
    }
    stored::reset_failures(&context.store, tried).await?;
    let now = context.clock.now();
    if !screens::begin_work(&context.store, restaurant, at.screen, (member, &hash), now).await? {
        return Err(AppError::conflict("pin_changed", "The PIN was changed a moment ago. Type the new one.").into());
    }
    metrics::counter!("toast_pins_total", "outcome" => "accepted").increment(1);
    Ok(())
}

/// No one works at the screen any more.
pub async fn leave(context: &AppContext, at: &AtScreen) -> Result<(), ServerError> {
    screens::end_work(&context.store, at.place.restaurant, at.screen).await
}

/// One statement counts, so that parallel attempts count like sequential ones.
async fn count(context: &AppContext, tried: Tried, now: Timestamp) -> Result<(), ServerError> {
    let forgotten = now.plus_minutes(-REMEMBERED_MINUTES);
    if stored::count(&context.store, tried, now, &PINS.over(now), forgotten).await? {
        return Ok(());
    }
    metrics::counter!("toast_pins_total", "outcome" => "locked").increment(1);
    let found = stored::tries(&context.store, tried).await?;
    Err(PINS.too_many(found.unwrap_or(Tries { failures: PINS.free, at: now }), now).into())
}

fn no_pin() -> AppError {
    AppError::invalid(fields::MEMBER, "no_pin", "This person has no PIN here any more. Choose a name from the list.")
}
