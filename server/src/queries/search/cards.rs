//! SQL of the cards of home, and of the data of their filters.

use crate::{
    db::{ReadFrom, Store, timestamp, unreadable::Unreadable},
    error::ServerError,
    queries::{
        menus::{ExceptionRow, HoursRow, ModeHoursRow, ModeRow, Record, RestaurantRow},
        restaurants::Head,
    },
};
use app::domain::id::RestaurantId;
use futures::FutureExt as _;
use serde::Deserialize;
use uuid::Uuid;

/// A card as it was read. Decoded one by one: an unreadable one must not hide the others.
#[derive(Debug)]
pub(crate) struct CardRow {
    /// The restaurant.
    pub restaurant: RestaurantId,
    /// Its version.
    pub head: Head,
    json: String,
}

impl CardRow {
    /// Decodes the card.
    pub(crate) fn record(&self) -> Result<CardRecord, Unreadable> {
        serde_json::from_str(&self.json).map_err(|error| Unreadable::of("card of a restaurant", &error))
    }
}

/// The rows of a card.
#[derive(Debug, Clone, Deserialize)]
pub struct CardRecord {
    /// The restaurant.
    pub restaurant: RestaurantRow,
    /// Its week.
    pub hours: Vec<HoursRow>,
    /// Exceptional dates.
    pub exceptions: Vec<ExceptionRow>,
    /// Its service modes.
    pub modes: Vec<ModeRow>,
    /// Hours of modes that have their own.
    pub mode_hours: Vec<ModeHoursRow>,
    /// The fee of its cheapest zone.
    pub delivery_from: Option<i64>,
    /// Its items.
    pub dishes: Vec<DishRecord>,
    /// For an item, a modifier group with a minimum, and that minimum.
    pub required: Vec<(Uuid, Uuid, u32)>,
    /// The modifiers of each group: their allergens and maximum quantity.
    pub choices: Vec<(Uuid, Vec<String>, u32)>,
}

/// An item as searches and filters need it.
#[derive(Debug, Clone, Deserialize)]
pub struct DishRecord {
    /// The item.
    pub item: Uuid,
    /// Its name.
    pub name: String,
    /// Its name in English, if it has one.
    pub name_en: Option<String>,
    /// Its normalized text, which begins with its names.
    pub search_text: String,
    /// Diets that it suits.
    pub diets: Vec<String>,
    /// Allergens, traces included.
    pub allergens: Vec<String>,
}

impl CardRecord {
    /// The same rows as a restaurant's record without its menu.
    pub(crate) fn record(&self) -> Record {
        Record {
            restaurant: self.restaurant.clone(),
            hours: self.hours.clone(),
            exceptions: self.exceptions.clone(),
            modes: self.modes.clone(),
            mode_hours: self.mode_hours.clone(),
            zones: Vec::new(),
            charges: Vec::new(),
            sections: Vec::new(),
            section_hours: Vec::new(),
            items: Vec::new(),
            variants: Vec::new(),
            groups: Vec::new(),
            modifiers: Vec::new(),
            item_groups: Vec::new(),
        }
    }
}

/// The versions of all restaurants, or of `most` of them.
pub(crate) async fn heads(
    store: &Store,
    source: ReadFrom,
    most: Option<i64>,
) -> Result<Vec<(RestaurantId, Head)>, ServerError> {
    let statement = sqlx::query!("SELECT restaurant_id, menu_version, paused_until FROM restaurants LIMIT $1", most);
    let rows = store.everywhere().from(source).read(|db| statement.fetch_all(db).boxed()).await?;
    let heads = rows.into_iter().map(|row| {
        let head = Head { menu_version: row.menu_version, paused_until: row.paused_until.map(timestamp) };
        (RestaurantId::from_uuid(row.restaurant_id), head)
    });
    Ok(heads.collect())
}

/// The cards of some restaurants.
pub(crate) async fn cards(
    store: &Store,
    source: ReadFrom,
    restaurants: &[RestaurantId],
) -> Result<Vec<CardRow>, ServerError> {
    let ids: Vec<Uuid> = restaurants.iter().map(|id| id.uuid()).collect();
    let statement = sqlx::query!(
        r#"
        SELECT r.restaurant_id, r.menu_version, r.paused_until, json_build_object(
            'restaurant', json_build_object(
                'restaurant_id', r.restaurant_id, 'slug', r.slug, 'name', r.name, 'language', r.language,
                'zone', r.zone, 'currency', r.currency, 'region', r.region, 'cuisines', r.cuisines,
                'tagline', r.tagline, 'description', '', 'address', r.address, 'phone', r.phone,
                'latitude', r.latitude, 'longitude', r.longitude, 'picture', r.picture,
                'search_text', r.search_text, 'last_order_minutes', r.last_order_minutes,
                'tip_percents', r.tip_percents, 'menu_version', r.menu_version, 'paused_until', r.paused_until,
                'listing', r.listing, 'legal_name', '', 'tax_number', '', 'contact_email', '', 'retention_days', 0),
            'hours', (SELECT coalesce(json_agg(json_build_object(
                    'restaurant_id', h.restaurant_id, 'weekday', h.weekday,
                    'opens_minute', h.opens_minute, 'closes_minute', h.closes_minute)), '[]')
                FROM opening_hours h WHERE h.restaurant_id = r.restaurant_id),
            'exceptions', (SELECT coalesce(json_agg(json_build_object(
                    'restaurant_id', e.restaurant_id, 'on_date', e.on_date, 'position', e.position,
                    'opens_minute', e.opens_minute, 'closes_minute', e.closes_minute, 'note', e.note)), '[]')
                FROM hours_exceptions e WHERE e.restaurant_id = r.restaurant_id),
            'modes', (SELECT coalesce(json_agg(json_build_object(
                    'restaurant_id', m.restaurant_id, 'mode', m.mode, 'lead_minutes', m.lead_minutes,
                    'slot_minutes', m.slot_minutes, 'orders_per_slot', m.orders_per_slot, 'tables', m.tables,
                    'minimum_minor', m.minimum_minor, 'offered', m.offered)), '[]')
                FROM service_modes m WHERE m.restaurant_id = r.restaurant_id),
            'mode_hours', (SELECT coalesce(json_agg(json_build_object(
                    'restaurant_id', o.restaurant_id, 'mode', o.mode, 'weekday', o.weekday,
                    'opens_minute', o.opens_minute, 'closes_minute', o.closes_minute)), '[]')
                FROM mode_hours o WHERE o.restaurant_id = r.restaurant_id),
            'delivery_from', (SELECT min(z.fee_minor) FROM delivery_zones z WHERE z.restaurant_id = r.restaurant_id),
            'dishes', (SELECT coalesce(json_agg(json_build_object(
                    'item', i.item_id, 'name', i.name, 'name_en', i.name_en, 'search_text', i.search_text,
                    'diets', i.diets, 'allergens', i.allergens || i.may_contain)), '[]')
                FROM items i WHERE i.restaurant_id = r.restaurant_id),
            'required', (SELECT coalesce(json_agg(json_build_array(
                    u.item_id, u.group_id, coalesce(u.min_picks, g.min_picks))), '[]')
                FROM item_groups u
                JOIN modifier_groups g ON g.restaurant_id = u.restaurant_id AND g.group_id = u.group_id
                WHERE u.restaurant_id = r.restaurant_id AND coalesce(u.min_picks, g.min_picks) > 0),
            'choices', (SELECT coalesce(json_agg(json_build_array(c.group_id, c.allergens, c.max_picks)), '[]')
                FROM modifiers c WHERE c.restaurant_id = r.restaurant_id)
        )::text AS "card!"
        FROM restaurants r
        WHERE r.restaurant_id = ANY($1)
        "#,
        &ids,
    );
    let rows = store.everywhere().from(source).read(|db| statement.fetch_all(db).boxed()).await?;
    let cards = rows.into_iter().map(|row| CardRow {
        restaurant: RestaurantId::from_uuid(row.restaurant_id),
        head: Head { menu_version: row.menu_version, paused_until: row.paused_until.map(timestamp) },
        json: row.card,
    });
    Ok(cards.collect())
}
