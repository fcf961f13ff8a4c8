//! The shared screen that a device is, and who works at it, read with each request: a switch, an end and a changed role count
//! at once, on all servers.

use crate::{
    accounts::tenant_secret,
    context::AppContext,
    error::ServerError,
    queries::{
        screens::{self as stored, ScreenRow},
        staff,
    },
    screens::UNSEEN_MINUTES,
};
use app::{
    domain::{
        id::{RestaurantId, ScreenId},
        time::Timestamp,
    },
    services::{AtScreen, OnDuty, Workplace},
};

/// Precision of the last request of a screen, in minutes; saves a write per request.
const SEEN_MINUTES: i64 = 2;

/// The screen of a device's secret; none when it is unknown or was ended.
pub async fn at(context: &AppContext, secret: &str) -> Result<Option<AtScreen>, ServerError> {
    let Some(opened) = tenant_secret::open(secret) else { return Ok(None) };
    let (restaurant, screen) = (opened.restaurant, ScreenId::from_uuid(opened.row));
    let Some(row) = stored::find(&context.store, restaurant, screen, &opened.fingerprint).await? else {
        return Ok(None);
    };
    let now = context.clock.now();
    if row.seen_at.plus_minutes(UNSEEN_MINUTES) <= now {
        return Ok(None);
    }
    if row.seen_at.plus_minutes(SEEN_MINUTES) <= now {
        stored::seen(&context.store, restaurant, screen, now).await?;
    }
    let snapshot = context.catalogue.by_id(restaurant).await?;
    let shown = &snapshot.restaurant;
    let place = Workplace { restaurant, slug: shown.slug.clone(), name: shown.name.clone(), role: row.role };
    let on_duty = on_duty(context, restaurant, &row, now).await?;
    Ok(Some(AtScreen { screen, name: row.name, place, on_duty }))
}

/// Who works at a screen now. No one does after its minutes without an action, or once the person was removed from the team or
/// has ended their sessions since.
pub(super) async fn on_duty(
    context: &AppContext,
    restaurant: RestaurantId,
    screen: &ScreenRow,
    now: Timestamp,
) -> Result<Option<OnDuty>, ServerError> {
    let Some(row) = screen.on_duty.as_ref().filter(|row| !is_idle(row.acted_at, screen.idle_minutes, now)) else {
        return Ok(None);
    };
    let at_work = |source| staff::at_work(&context.store, source, row.staff);
    let (person, _) = context.store.primary_or_replica(at_work).await?;
    if person.sessions_from.is_some_and(|from| row.since < from) {
        return Ok(None);
    }
    let place = person.restaurants.into_iter().find(|place| place.restaurant == restaurant);
    Ok(place.map(|place| OnDuty { id: row.staff, name: row.name.clone(), role: place.role }))
}

fn is_idle(acted_at: Timestamp, idle_minutes: i32, now: Timestamp) -> bool {
    acted_at.plus_minutes(i64::from(idle_minutes)) <= now
}

/// Notes an action of the person who works at a screen, from which their idle time begins again.
pub async fn acted(context: &AppContext, at: &AtScreen) -> Result<(), ServerError> {
    let Some(on_duty) = &at.on_duty else { return Ok(()) };
    stored::acted(&context.store, at.place.restaurant, at.screen, on_duty.id, context.clock.now()).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_idle_when_the_minutes_are_over() {
        let at = |minutes| Timestamp::from_millis(0).plus_minutes(minutes);
        assert!(!is_idle(at(0), 15, at(14)));
        assert!(is_idle(at(0), 15, at(15)) && is_idle(at(0), 15, at(600)));
    }
}
