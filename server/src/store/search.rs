//! SQL over all restaurants: the cards of home, and who sells what a guest types. The only reads that cross shards.

use crate::{
    error::{Fault, Meaning, meaning},
    store::restaurants::Head,
    store::{
        Store,
        menus::{ExceptionRow, HoursRow, ModeRow, Record, RestaurantRow},
        on, timestamp,
    },
};
use app::types::id::RestaurantId;
use serde::Deserialize;
use sqlx::types::Json;
use uuid::Uuid;

/// Most dishes that are told per restaurant.
const DISHES: i32 = 3;

/// What a card is made of.
#[derive(Debug, Clone, Deserialize)]
pub struct CardRecord {
    /// The restaurant.
    pub restaurant: RestaurantRow,
    /// Its week.
    pub hours: Vec<HoursRow>,
    /// Its dates that differ.
    pub exceptions: Vec<ExceptionRow>,
    /// Its service modes.
    pub modes: Vec<ModeRow>,
    /// The fee of its cheapest zone.
    pub delivery_from: Option<i64>,
    /// What its dishes hold, each kind once.
    pub dishes: Vec<DishRecord>,
}

/// What dishes hold and suit, as far as a filter asks.
#[derive(Debug, Clone, Deserialize)]
pub struct DishRecord {
    /// Whom it suits.
    pub diets: Vec<String>,
    /// What it holds or may hold.
    pub allergens: Vec<String>,
    /// The groups that must be chosen from.
    pub required: Vec<RequiredRecord>,
}

/// A group that must be chosen from.
#[derive(Debug, Clone, Deserialize)]
pub struct RequiredRecord {
    /// Fewest picks.
    pub min: u32,
    /// Its choices: what each holds, and most of it.
    pub choices: Vec<(Vec<String>, u32)>,
}

/// A restaurant that matches a query.
#[derive(Debug, Clone)]
pub struct Hit {
    /// Which.
    pub restaurant: RestaurantId,
    /// Whether its own words match, without a dish.
    pub by_itself: bool,
    /// Dishes that match, best first.
    pub dishes: Vec<String>,
    /// Where in the text of the best dish the match stands; lower is better.
    pub rank: i32,
}

impl CardRecord {
    /// The same rows as a restaurant's record without its menu.
    pub(crate) fn record(&self) -> Record {
        Record {
            restaurant: self.restaurant.clone(),
            hours: self.hours.clone(),
            exceptions: self.exceptions.clone(),
            modes: self.modes.clone(),
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

/// What tells of every restaurant whether its card is still right.
pub(crate) async fn heads(store: &Store) -> Result<Vec<(RestaurantId, Head)>, Fault> {
    let statement = sqlx::query!("SELECT restaurant_id, menu_version, paused_until FROM restaurants");
    let rows = store.within(async { statement.fetch_all(store.pool()).await }).await?;
    let heads = rows.into_iter().map(|row| {
        let head = Head { menu_version: row.menu_version, paused_until: row.paused_until.map(timestamp) };
        (RestaurantId::from_uuid(row.restaurant_id), head)
    });
    Ok(heads.collect())
}

/// The cards of some restaurants.
pub(crate) async fn cards(store: &Store, restaurants: &[RestaurantId]) -> Result<Vec<CardRecord>, Fault> {
    let ids: Vec<Uuid> = restaurants.iter().map(|id| id.uuid()).collect();
    let statement = sqlx::query_scalar!(
        r#"
        SELECT json_build_object(
            'restaurant', json_build_object(
                'restaurant_id', r.restaurant_id, 'slug', r.slug, 'name', r.name, 'language', r.language,
                'zone', r.zone, 'currency', r.currency, 'region', r.region, 'cuisines', r.cuisines,
                'tagline', r.tagline, 'description', '', 'address', r.address, 'phone', r.phone,
                'latitude', r.latitude, 'longitude', r.longitude, 'picture', r.picture,
                'search_text', r.search_text, 'last_order_minutes', r.last_order_minutes,
                'tip_percents', r.tip_percents, 'menu_version', r.menu_version, 'paused_until', r.paused_until),
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
                    'slot_minutes', m.slot_minutes, 'orders_per_slot', m.orders_per_slot, 'tables', m.tables)), '[]')
                FROM service_modes m WHERE m.restaurant_id = r.restaurant_id),
            'delivery_from', (SELECT min(z.fee_minor) FROM delivery_zones z WHERE z.restaurant_id = r.restaurant_id),
            'dishes', (SELECT coalesce(jsonb_agg(DISTINCT jsonb_build_object(
                    'diets', i.diets, 'allergens', i.allergens || i.may_contain,
                    'required', (SELECT coalesce(jsonb_agg(jsonb_build_object(
                            'min', coalesce(u.min_picks, g.min_picks),
                            'choices', (SELECT coalesce(jsonb_agg(jsonb_build_array(c.allergens, c.max_picks)), '[]')
                                FROM modifiers c
                                WHERE c.restaurant_id = g.restaurant_id AND c.group_id = g.group_id))), '[]')
                        FROM item_groups u
                        JOIN modifier_groups g ON g.restaurant_id = u.restaurant_id AND g.group_id = u.group_id
                        WHERE u.restaurant_id = i.restaurant_id AND u.item_id = i.item_id
                          AND coalesce(u.min_picks, g.min_picks) > 0))), '[]')
                FROM items i WHERE i.restaurant_id = r.restaurant_id)
        ) AS "card!: Json<CardRecord>"
        FROM restaurants r
        WHERE r.restaurant_id = ANY($1)
        "#,
        &ids,
    );
    let rows = store.within(async { statement.fetch_all(store.pool()).await }).await?;
    Ok(rows.into_iter().map(|Json(card)| card).collect())
}

/// Restaurants of whose words, together with those of one of their dishes, every word of a query is a part.
///
/// `words` are folded; the longest is looked up in the index, the others are compared.
pub(crate) async fn containing(store: &Store, words: &[String]) -> Result<Vec<Hit>, Fault> {
    let patterns: Vec<String> = words.iter().map(|word| pattern(word)).collect();
    let statement = sqlx::query_as!(
        HitRow,
        r#"
        SELECT restaurant_id AS "restaurant_id!", bool_or(by_itself) AS "by_itself!",
            coalesce((array_agg(dish ORDER BY rank, dish) FILTER (WHERE dish IS NOT NULL))[1:$3], '{}') AS "dishes!",
            coalesce(min(rank), 0) AS "rank!"
        FROM (
            SELECT r.restaurant_id, true AS by_itself, NULL::text AS dish, NULL::integer AS rank
            FROM restaurants r
            WHERE r.search_text LIKE ALL ($1)
            UNION ALL
            SELECT i.restaurant_id, false, i.name, strpos(i.search_text, $2)
            FROM items i
            JOIN restaurants r ON r.restaurant_id = i.restaurant_id
            WHERE i.search_text LIKE ANY ($1) AND (i.search_text || ' ' || r.search_text) LIKE ALL ($1)
        ) hits
        GROUP BY restaurant_id
        "#,
        &patterns,
        longest(words),
        DISHES,
    );
    let rows = store.within(async { statement.fetch_all(store.pool()).await }).await?;
    Ok(rows.into_iter().map(HitRow::hit).collect())
}

/// The same with one typo per word forgiven. Nothing where the database cannot compare words.
pub(crate) async fn resembling(store: &Store, words: &[String]) -> Result<Vec<Hit>, Fault> {
    let patterns: Vec<String> = words.iter().map(|word| pattern(word)).collect();
    let mut tx = store.begin().await?;
    let found = store.within(async {
        // Two of six trigrams of a five-letter word survive a letter in its middle that is wrong.
        sqlx::query!("SET LOCAL pg_trgm.word_similarity_threshold = 0.45").execute(on(&mut tx)).await?;
        let statement = sqlx::query_as!(
            HitRow,
            r#"
            SELECT restaurant_id AS "restaurant_id!", bool_or(by_itself) AS "by_itself!",
                coalesce((array_agg(dish ORDER BY rank, dish) FILTER (WHERE dish IS NOT NULL))[1:$4], '{}')
                    AS "dishes!",
                coalesce(min(rank), 0) AS "rank!"
            FROM (
                SELECT r.restaurant_id, true AS by_itself, NULL::text AS dish, NULL::integer AS rank
                FROM restaurants r
                WHERE $2 <% r.search_text
                  AND NOT EXISTS (SELECT FROM unnest($1::text[], $3::text[]) AS word(word, part)
                    WHERE NOT (word.word <% r.search_text OR r.search_text LIKE word.part))
                UNION ALL
                SELECT i.restaurant_id, false, i.name,
                    (100 * (1 - word_similarity($2, i.search_text)))::integer
                FROM items i
                JOIN restaurants r ON r.restaurant_id = i.restaurant_id
                WHERE $2 <% i.search_text
                  AND NOT EXISTS (SELECT FROM unnest($1::text[], $3::text[]) AS word(word, part)
                    WHERE NOT (word.word <% (i.search_text || ' ' || r.search_text)
                        OR (i.search_text || ' ' || r.search_text) LIKE word.part))
            ) hits
            GROUP BY restaurant_id
            "#,
            words,
            longest(words),
            &patterns,
            DISHES,
        );
        statement.fetch_all(on(&mut tx)).await
    });
    match found.await {
        Ok(rows) => Ok(rows.into_iter().map(HitRow::hit).collect()),
        Err(Fault::Database(error)) if meaning(&error) == Meaning::Broken => {
            tracing::debug!(%error, "words cannot be compared: is pg_trgm there?");
            Ok(Vec::new())
        }
        Err(fault) => Err(fault),
    }
}

struct HitRow {
    restaurant_id: Uuid,
    by_itself: bool,
    dishes: Vec<String>,
    rank: i32,
}

impl HitRow {
    fn hit(self) -> Hit {
        let restaurant = RestaurantId::from_uuid(self.restaurant_id);
        Hit { restaurant, by_itself: self.by_itself, dishes: self.dishes, rank: self.rank }
    }
}

/// The word that tells most.
fn longest(words: &[String]) -> &str {
    words.iter().max_by_key(|word| word.chars().count()).map_or("", String::as_str)
}

/// Anything with the word in it.
fn pattern(word: &str) -> String {
    let mut pattern = String::with_capacity(word.len() + 2);
    pattern.push('%');
    for letter in word.chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}
