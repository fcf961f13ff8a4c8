//! Creating a restaurant: its slug, then its rows in one transaction, then the membership of its owner.
//!
//! The id derives from the person and the key of the form. Each step finds its own result again, so that a form that is
//! sent again after a failure completes the restaurant instead of creating another one.

use crate::{
    audit::{self, Change},
    context::AppContext,
    db::ReadFrom,
    demo::{MenuRows, templates},
    error::ServerError,
    queries::{
        memberships,
        menus::{self, ModeRow, Record, RestaurantRow},
        staff,
        team::{self, MemberRow},
    },
    restaurants::{normalize, slug},
    scheduling::canonical,
};
use app::{
    domain::{
        error::AppError,
        id::{RestaurantId, StaffId},
        listing::ListingStatus,
        money::Currency,
        role::Role,
        settings::NewRestaurant,
        tax::{TaxRules, presets},
    },
    forms::fields,
    services::{Staff, Workplace},
};
use serde_json::{Value, json};
use uuid::Uuid;

/// Namespace of the ids.
const CREATED: Uuid = Uuid::from_u128(0x2c1f_90b7_6d1e_5f0c_8b64_d3a9_17e2_05fa);
/// Until the owner sets it.
const LEAD_MINUTES: u32 = 20;
const SLOT_MINUTES: u16 = 15;
/// Before closing, in minutes.
const LAST_ORDER_MINUTES: i32 = 15;
/// A limit on slugs that one person can reserve.
const MOST_RESTAURANTS: usize = 50;
/// In days.
const RETENTION: i32 = 90;

/// Creates a restaurant that only its team sees, once per person and key, and returns its slug.
pub async fn create(context: &AppContext, staff: &Staff, new: &NewRestaurant) -> Result<String, ServerError> {
    let zone = canonical(&new.zone)
        .ok_or_else(|| AppError::invalid(fields::ZONE, "unknown", "Choose one of the time zones."))?;
    let restaurant = id_of(staff.id, &new.key)?;
    let stored = match stored(context, restaurant).await? {
        Some(stored) => stored,
        None if staff.restaurants.len() >= MOST_RESTAURANTS => return Err(too_many().into()),
        None => {
            let slug = slug::reserve_for(context, restaurant, &new.name).await?;
            let record = record(restaurant, &slug, zone, new)?;
            insert(context, staff, restaurant, record).await?
        }
    };
    let place = Workplace { restaurant, slug: stored.slug, name: stored.name, role: Role::Owner };
    memberships::assign(&context.store, staff.id.uuid(), &place).await?;
    Ok(place.slug)
}

/// A key of another length was not made by our page.
fn id_of(staff: StaffId, key: &str) -> Result<RestaurantId, AppError> {
    let key: Uuid =
        key.parse().map_err(|_| AppError::invalid("", "unknown", "This form is out of date. Reload the page."))?;
    let name = [staff.uuid().into_bytes(), key.into_bytes()].concat();
    Ok(RestaurantId::from_uuid(Uuid::new_v5(&CREATED, &name)))
}

fn too_many() -> AppError {
    let words = format!("You already work for {MOST_RESTAURANTS} restaurants. Ask the operator of this site for more.");
    AppError::conflict("too_many", words)
}

async fn stored(context: &AppContext, restaurant: RestaurantId) -> Result<Option<RestaurantRow>, ServerError> {
    let record = menus::read(&context.store, ReadFrom::Leader, restaurant).await?;
    Ok(record.map(|record| record.restaurant))
}

/// The rows of a restaurant; those of the same form that arrived first win.
async fn insert(
    context: &AppContext,
    staff: &Staff,
    restaurant: RestaurantId,
    record: Record,
) -> Result<RestaurantRow, ServerError> {
    let email = staff::email(&context.store, staff.id).await?.unwrap_or_default();
    let (name, role) = (staff.name.clone(), Role::Owner);
    let member = MemberRow { staff: staff.id, email, name, role, pending: false };
    // The inserts of a whole menu go through the coordinator of a cluster.
    let mut tx = context.store.everywhere().begin().await?;
    match menus::insert(&mut tx, std::slice::from_ref(&record)).await {
        Err(error) if error.is_duplicate() => {
            drop(tx);
            let gone = || ServerError::Broken(format!("restaurant {restaurant} is neither there nor missing"));
            return stored(context, restaurant).await?.ok_or_else(gone);
        }
        inserted => inserted?,
    }
    team::add(&mut tx, restaurant, &member, context.clock.now()).await?;
    let after = json!({ "name": record.restaurant.name, "slug": record.restaurant.slug });
    let change = Change { action: "restaurant.created", subject: "", before: Value::Null, after };
    audit::record(context, &mut tx, restaurant, staff, change).await?;
    context.store.commit(tx).await?;
    Ok(record.restaurant)
}

/// Open for pickup only, and at no time yet.
fn record(restaurant: RestaurantId, slug: &str, zone: &str, new: &NewRestaurant) -> Result<Record, ServerError> {
    let id = restaurant.uuid();
    let currency = Currency::from_code(&new.currency)
        .ok_or_else(|| AppError::invalid(fields::CURRENCY, "unknown", "Choose the currency of the prices."))?;
    let tax = presets::of_zone(zone).map(|preset| preset.rules.clone());
    let mut menu = if new.template.is_empty() { None } else { Some(templates::menu(&new.template, id, currency)?) }
        .unwrap_or_default();
    keep_classes(&mut menu, tax.as_ref());
    let pickup = ModeRow {
        restaurant_id: id,
        mode: "pickup".to_owned(),
        lead_minutes: LEAD_MINUTES,
        slot_minutes: SLOT_MINUTES,
        orders_per_slot: None,
        tables: Vec::new(),
        minimum_minor: 0,
        offered: true,
    };
    Ok(Record {
        restaurant: RestaurantRow {
            restaurant_id: id,
            slug: slug.to_owned(),
            name: new.name.clone(),
            language: new.language.clone(),
            zone: zone.to_owned(),
            currency: new.currency.clone(),
            region: zone.split('/').next().unwrap_or_default().to_ascii_lowercase(),
            cuisines: Vec::new(),
            tagline: String::new(),
            description: String::new(),
            address: new.address.clone(),
            phone: new.phone.clone(),
            latitude: 0.0,
            longitude: 0.0,
            picture: None,
            search_text: normalize::restaurant(&new.name, &[], "", &new.address),
            last_order_minutes: LAST_ORDER_MINUTES,
            tip_percents: Vec::new(),
            menu_version: 1,
            paused_until: None,
            listing: ListingStatus::Draft.code().to_owned(),
            legal_name: String::new(),
            tax_number: String::new(),
            contact_email: String::new(),
            retention_days: RETENTION,
            tax,
        },
        hours: Vec::new(),
        exceptions: Vec::new(),
        modes: vec![pickup],
        mode_hours: Vec::new(),
        zones: Vec::new(),
        charges: Vec::new(),
        sections: menu.sections,
        section_hours: menu.section_hours,
        items: menu.items,
        variants: menu.variants,
        groups: menu.groups,
        modifiers: menu.modifiers,
        item_groups: menu.item_groups,
    })
}

/// Tax classes of the template's country that this restaurant's country does not have are left out.
fn keep_classes(menu: &mut MenuRows, tax: Option<&TaxRules>) {
    let of_sections = menu.sections.iter_mut().map(|row| &mut row.tax_class);
    let of_items = menu.items.iter_mut().map(|row| &mut row.tax_class);
    let of_modifiers = menu.modifiers.iter_mut().map(|row| &mut row.tax_class);
    for class in of_sections.chain(of_items).chain(of_modifiers) {
        class.take_if(|class| tax.is_none_or(|rules| rules.class(class).is_none()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use app::forms::choices;

    #[test]
    fn every_zone_on_offer_is_stored_by_its_own_name() {
        for (zone, _) in choices::ZONES.iter().flat_map(|(_, zones)| *zones) {
            assert_eq!(canonical(zone), Some(*zone));
        }
    }

    #[test]
    fn a_key_names_one_restaurant_of_one_person() {
        let [ada, bob] = [1, 2].map(|number| StaffId::from_uuid(Uuid::from_u128(number)));
        let key = Uuid::from_u128(3).to_string();
        let of = |staff, key: &str| id_of(staff, key).map(RestaurantId::uuid);
        assert_eq!(of(ada, &key), of(ada, &key.to_uppercase()));
        assert_ne!(of(ada, &key), of(bob, &key));
        assert!(of(ada, "").is_err() && of(ada, "x").is_err());
    }
}
