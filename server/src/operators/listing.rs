//! Looking restaurants up, and changing whether guests find them.

use crate::{
    audit::{self, Change},
    context::AppContext,
    db::ReadFrom,
    error::ServerError,
    operators::ensure,
    queries::{
        menus,
        operators::{self, Card},
        restaurants, staff as accounts,
    },
    restaurants::normalize::fold,
};
use app::{
    domain::{
        error::AppError,
        id::RestaurantId,
        listing::{ListingChange, ListingStatus},
        role::Role,
        text, typed,
    },
    forms::fields,
    services::{FoundRestaurants, ListedRestaurant, RestaurantFile, Staff},
};
use serde_json::json;

/// Restaurants of a list.
const MOST: i64 = 50;
/// Characters of a search; the rest is ignored.
const LONGEST_SEARCH: usize = 254;
/// Characters of a reason.
const LONGEST_REASON: usize = 500;

/// Restaurants by part of a name, by slug, or by an owner's e-mail address, and those that wait for approval.
pub async fn find(context: &AppContext, staff: &Staff, text: &str) -> Result<FoundRestaurants, ServerError> {
    ensure(context, staff).await?;
    let text: String = typed::without_marks(text).trim().chars().take(LONGEST_SEARCH).collect();
    let store = &context.store;
    let waiting = operators::listed_as(store, ListingStatus::Review.code(), MOST).await?;
    let mut found = if text.contains('@') {
        of_owner(context, &text.to_lowercase()).await?
    } else if text.is_empty() {
        Vec::new()
    } else {
        let mut named = operators::named_like(store, &fold(&text), MOST + 1).await?;
        if let Some(restaurant) = restaurants::named(store, ReadFrom::Leader, &text).await? {
            let of_slug = operators::card(store, restaurant).await?;
            named.retain(|card| of_slug.as_ref().is_none_or(|of_slug| of_slug.slug != card.slug));
            named.splice(0..0, of_slug);
        }
        named
    };
    let most = usize::try_from(MOST).unwrap_or(usize::MAX);
    let more = found.len() > most;
    found.truncate(most);
    Ok(FoundRestaurants {
        found: found.into_iter().map(listed).collect(),
        waiting: waiting.into_iter().map(listed).collect(),
        more,
    })
}

async fn of_owner(context: &AppContext, email: &str) -> Result<Vec<Card>, ServerError> {
    let store = &context.store;
    let Some(account) = accounts::account(store, ReadFrom::Leader, email).await? else { return Ok(Vec::new()) };
    let places = accounts::at_work(store, ReadFrom::Leader, account.id).await?.restaurants;
    let mut cards = Vec::new();
    for place in places.into_iter().filter(|place| place.role == Role::Owner) {
        cards.extend(operators::card(store, place.restaurant).await?);
    }
    Ok(cards)
}

fn listed(card: Card) -> ListedRestaurant {
    ListedRestaurant {
        listing: ListingStatus::from_code(&card.listing),
        slug: card.slug,
        name: card.name,
        address: card.address,
        phone: card.phone,
        contact_email: card.contact_email,
    }
}

/// A restaurant with its owners.
pub async fn file(context: &AppContext, staff: &Staff, slug: &str) -> Result<RestaurantFile, ServerError> {
    ensure(context, staff).await?;
    let restaurant = restaurant_of(context, slug).await?;
    let card = operators::card(&context.store, restaurant).await?.ok_or_else(gone)?;
    let restaurant_card = listed(card);
    let is_suspended = restaurant_card.listing == ListingStatus::Suspended;
    let suspension = if is_suspended { operators::suspension(&context.store, restaurant).await? } else { None };
    Ok(RestaurantFile {
        owners: operators::owners(&context.store, restaurant).await?,
        reason: suspension.map(|(_, reason)| reason).unwrap_or_default(),
        restaurant: restaurant_card,
    })
}

/// Approves, suspends or readmits a restaurant.
pub async fn relist(
    context: &AppContext,
    staff: &Staff,
    slug: &str,
    change: &ListingChange,
) -> Result<(), ServerError> {
    ensure(context, staff).await?;
    let restaurant = restaurant_of(context, slug).await?;
    let reason = match change {
        ListingChange::Suspend(reason) => reason_of(reason)?,
        ListingChange::Approve | ListingChange::Lift => String::new(),
    };
    let before_suspension = operators::suspension(&context.store, restaurant).await?;
    let mut tx = context.store.of(restaurant).begin().await?;
    let stored = operators::hold(&mut tx, restaurant).await?.ok_or_else(gone)?;
    let status = ListingStatus::from_code(&stored);
    let (action, possible, next) = match change {
        ListingChange::Approve => ("operator.approve", status.can_be_approved(), ListingStatus::Published),
        ListingChange::Suspend(_) => ("operator.suspend", status.can_be_suspended(), ListingStatus::Suspended),
        ListingChange::Lift => {
            let before = before_suspension.map(|(before, _)| ListingStatus::from_code(&before));
            let before = before.filter(|before| *before != ListingStatus::Suspended);
            ("operator.lift", status.can_be_lifted(), before.unwrap_or(ListingStatus::Published))
        }
    };
    if !possible {
        let words = format!("The restaurant is now: {}. Look at this page again before you change it.", status.label());
        return Err(AppError::conflict("listing", words).into());
    }
    menus::bump(&mut tx, restaurant).await?;
    restaurants::list(&mut tx, restaurant, next).await?;
    let after = json!({ "listing": next.code(), "reason": reason });
    let change = Change { action, subject: "", before: json!({ "listing": stored }), after };
    audit::record_operator(context, &mut tx, restaurant, staff, change).await?;
    context.store.commit(tx).await?;
    tracing::info!(%restaurant, operator = %staff.id, action, "listing changed by an operator");
    // The change is stored; a snapshot that cannot be read now is read with the next request.
    if let Err(error) = crate::menus::announce(context, restaurant).await {
        tracing::warn!(%restaurant, %error, "restaurant unreadable after its listing changed");
    }
    Ok(())
}

fn reason_of(typed_reason: &str) -> Result<String, AppError> {
    let required = || AppError::invalid(fields::REASON, "required", "Enter the reason; the owner reads it.");
    if !typed::is_seen(typed_reason) {
        return Err(required());
    }
    text::note(fields::REASON, typed_reason, LONGEST_REASON)
        .map_err(|problem| AppError::Invalid { problems: vec![problem] })
}

async fn restaurant_of(context: &AppContext, slug: &str) -> Result<RestaurantId, ServerError> {
    Ok(restaurants::named(&context.store, ReadFrom::Leader, slug).await?.ok_or_else(gone)?)
}

fn gone() -> AppError {
    AppError::not_found("restaurant")
}
