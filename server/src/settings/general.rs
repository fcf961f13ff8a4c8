//! The settings of a restaurant's name, address, contact, language, zone and currency.

use crate::{
    context::AppContext,
    error::ServerError,
    menus::rules::location,
    queries::{
        menus::{Record, RestaurantRow},
        profile,
    },
    restaurants::{normalize, slug},
    scheduling::canonical,
    settings::{Edit, Part, record},
};
use app::{
    domain::{
        error::AppError, id::RestaurantId, listing::ListingStatus, role::Permission, settings::General, shape::Shape,
    },
    forms::fields,
    services::{GeneralSettings, Staff},
};
use futures::future::try_join;
use serde_json::{Value, json};

const PART: Part = Part { action: "settings.general", values };

fn values(record: &Record) -> Value {
    let row = &record.restaurant;
    json!({
        "name": row.name, "slug": row.slug, "tagline": row.tagline, "description": row.description,
        "cuisines": row.cuisines, "address": row.address, "phone": row.phone, "contact_email": row.contact_email,
        "language": row.language, "zone": row.zone, "currency": row.currency,
        "latitude": row.latitude, "longitude": row.longitude,
    })
}

/// The values as they are.
pub async fn general(context: &AppContext, staff: &Staff, slug: &str) -> Result<GeneralSettings, ServerError> {
    let place = staff.workplace(slug)?;
    let record = record(context, staff, slug, Permission::EditSettings);
    let (record, has_orders) = try_join(record, profile::has_orders(&context.store, place.restaurant)).await?;
    let base = PART.base(&record);
    let location = location(&record);
    let row = record.restaurant;
    if place.slug != row.slug || place.name != row.name {
        rename_memberships(context, place.restaurant, &row).await;
    }
    Ok(GeneralSettings {
        base,
        listing: ListingStatus::from_code(&row.listing),
        has_orders,
        values: General {
            name: row.name,
            slug: row.slug,
            tagline: row.tagline,
            description: row.description,
            cuisines: row.cuisines,
            address: row.address,
            phone: row.phone,
            contact_email: row.contact_email,
            language: row.language,
            zone: row.zone,
            currency: row.currency,
            location,
        },
    })
}

/// Saves the values and returns the slug. The last five earlier slugs stay reserved and lead to the new one.
pub async fn save_general(
    context: &AppContext,
    staff: &Staff,
    slug: &str,
    base: &str,
    general: &General,
) -> Result<String, ServerError> {
    let restaurant = staff.allowed(slug, Permission::EditSettings)?.restaurant;
    let zone = canonical(&general.zone)
        .ok_or_else(|| AppError::invalid(fields::ZONE, "unknown", "Choose one of the time zones."))?;
    let current = context.catalogue.by_id(restaurant).await?.restaurant.slug.clone();
    let names = (current.as_str(), general.slug.as_str());
    if slug::is_address(&general.slug) || !slug::reserve_instead(context, restaurant, names).await? {
        let words = "Another restaurant has this address. Choose another one.";
        return Err(AppError::invalid(fields::SLUG, "taken", words).into());
    }
    let mut edit = Edit::begin(context, staff, slug, PART, base).await?;
    let before = &edit.record.restaurant;
    if before.currency != general.currency && profile::has_orders_in(&mut edit.tx, restaurant).await? {
        let words = "There are orders in the currency as it is, so it cannot be changed any more.";
        return Err(AppError::invalid(fields::CURRENCY, "has_orders", words).into());
    }
    if general.location.is_none() && edit.record.zones.iter().any(|zone| is_around_restaurant(zone.shape.as_ref())) {
        let words = "A delivery zone is a circle around this location. Change that zone first, or keep the location.";
        return Err(AppError::invalid(fields::LOCATION, "in_use", words).into());
    }
    let row = changed(before, general, zone);
    profile::update(&mut edit.tx, &row).await?;
    edit.finish().await?;
    rename_memberships(context, restaurant, &row).await;
    slug::free_oldest(context, restaurant, &row.slug).await;
    Ok(row.slug)
}

const fn is_around_restaurant(shape: Option<&Shape>) -> bool {
    matches!(shape, Some(Shape::Circle { centre: None, .. }))
}

/// Memberships with the earlier slug still open the restaurant's pages, so a failure is repaired when a member with such a
/// membership opens the settings.
async fn rename_memberships(context: &AppContext, restaurant: RestaurantId, row: &RestaurantRow) {
    if let Err(error) = profile::rename_memberships(&context.store, restaurant, &row.slug, &row.name).await {
        tracing::warn!(%restaurant, %error, "memberships keep the earlier name of a restaurant");
    }
}

fn changed(before: &RestaurantRow, general: &General, zone: &str) -> RestaurantRow {
    let General { name, slug, tagline, description, cuisines, address, phone, contact_email, .. } = general.clone();
    let (latitude, longitude) =
        general.location.map(|location| (location.latitude(), location.longitude())).unwrap_or_default();
    RestaurantRow {
        search_text: normalize::restaurant(&name, &cuisines, &tagline, &address),
        language: general.language.clone(),
        zone: zone.to_owned(),
        currency: general.currency.clone(),
        name,
        slug,
        tagline,
        description,
        cuisines,
        address,
        phone,
        contact_email,
        latitude,
        longitude,
        ..before.clone()
    }
}
