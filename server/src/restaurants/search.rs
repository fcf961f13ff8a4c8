//! Search for restaurants: filters in memory, words in the database.

use crate::{
    context::AppContext,
    error::ServerError,
    queries::search::{self, Hit},
    restaurants::{directory::List, listing::Listing, normalize},
};
use app::domain::{
    id::RestaurantId,
    restaurant::{HomePage, HomeQuery},
    time::Timestamp,
};
use std::{collections::HashMap, sync::Arc};

/// Restaurants per page.
const MOST: usize = 60;

/// Restaurants that match: open ones first, then nearer ones, then better matches, then by name.
pub async fn home(context: &AppContext, query: &HomeQuery) -> Result<HomePage, ServerError> {
    let (list, mut partial) = context.catalogue.directory.list(context).await?;
    let words = normalize::words(&query.text);
    let hits = if words.is_empty() {
        None
    } else {
        match find(context, &words).await {
            Ok(hits) => Some(hits),
            Err(error) => {
                tracing::warn!(%error, "full-text search failed, searching restaurant names only");
                partial = true;
                Some(named(&list, &words))
            }
        }
    };
    let now = context.clock.now();
    let mut found: Vec<_> = match &hits {
        Some(hits) => hits
            .values()
            .filter_map(|hit| Match::of(list.entries.get(&hit.restaurant)?, Some(hit), query, now))
            .collect(),
        None => list.entries.values().filter_map(|entry| Match::of(entry, None, query, now)).collect(),
    };
    found.sort_by(|left, right| left.order().partial_cmp(&right.order()).unwrap_or(std::cmp::Ordering::Equal));
    let restaurants = found.into_iter().take(MOST).map(|found| found.card(now)).collect();
    Ok(HomePage { restaurants, cuisines: list.cuisines.clone(), partial })
}

/// A restaurant that matches a query.
struct Match<'a> {
    entry: &'a Arc<Listing>,
    hit: Option<&'a Hit>,
    open: bool,
    distance_km: Option<f64>,
}

impl<'a> Match<'a> {
    fn of(entry: &'a Arc<Listing>, hit: Option<&'a Hit>, query: &HomeQuery, now: Timestamp) -> Option<Self> {
        let cuisine = query.cuisine.as_ref().is_none_or(|cuisine| entry.cuisines().contains(cuisine));
        let wants_dish = !query.diets.is_empty() || !query.free_of.is_empty();
        let dish = !wants_dish || entry.dishes.any(&query.diets, &query.free_of);
        if !cuisine || !dish {
            return None;
        }
        let open = entry.is_open(now);
        if query.open && !open {
            return None;
        }
        let distance_km = query.near.and_then(|near| distance_km(near, entry.place));
        Some(Self { entry, hit, open, distance_km })
    }

    /// The sort key. A match of the restaurant's own text comes before one of an item.
    fn order(&self) -> (bool, f64, bool, i32, &str) {
        let by_itself = self.hit.is_none_or(|hit| hit.by_itself);
        let rank = self.hit.map_or(0, |hit| hit.rank);
        (!self.open, self.distance_km.unwrap_or_default(), !by_itself, rank, self.entry.name())
    }

    fn card(self, now: Timestamp) -> app::domain::restaurant::RestaurantCard {
        let dishes = self.hit.map(|hit| hit.dishes.clone()).unwrap_or_default();
        let rounded = self.distance_km.map(|km| (km * 10.0).round() / 10.0);
        self.entry.card(now, rounded, dishes)
    }
}

/// Exact matches, else matches with one typo per word.
async fn find(context: &AppContext, words: &[String]) -> Result<HashMap<RestaurantId, Hit>, ServerError> {
    let hits = context.store.prefer_replica(|source| async move {
        let exact = search::containing(&context.store, source, words).await?;
        if exact.is_empty() { search::resembling(&context.store, source, words).await } else { Ok(exact) }
    });
    let hits = hits.await?;
    Ok(hits.into_iter().map(|hit| (hit.restaurant, hit)).collect())
}

/// Without the database: the restaurants' own text only.
fn named(list: &List, words: &[String]) -> HashMap<RestaurantId, Hit> {
    let matching = list.entries.iter().filter(|(_, entry)| words.iter().all(|word| entry.search_text.contains(word)));
    let hits = matching.map(|(id, _)| (*id, Hit { restaurant: *id, by_itself: true, dishes: Vec::new(), rank: 0 }));
    hits.collect()
}

/// Great-circle distance on a sphere, accurate to 0.5 %; none for invalid coordinates.
fn distance_km(from: (f64, f64), to: (f64, f64)) -> Option<f64> {
    const RADIUS_KM: f64 = 6371.0;
    let on_earth = |(north, east): (f64, f64)| north.abs() <= 90.0 && east.abs() <= 180.0;
    if !on_earth(from) || !on_earth(to) {
        return None;
    }
    let (north, east) = ((to.0 - from.0).to_radians(), (to.1 - from.1).to_radians());
    let chord =
        (north / 2.0).sin().powi(2) + from.0.to_radians().cos() * to.0.to_radians().cos() * (east / 2.0).sin().powi(2);
    Some(2.0 * RADIUS_KM * chord.sqrt().min(1.0).asin())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_along_the_earth() {
        let (berlin, london) = ((52.5200, 13.4050), (51.5074, -0.1278));
        let km = distance_km(berlin, london).unwrap();
        assert!((km - 930.0).abs() < 5.0, "{km}");
        assert_eq!(distance_km(berlin, berlin), Some(0.0));
        assert_eq!(distance_km((f64::NAN, 0.0), berlin), None);
        assert_eq!(distance_km((91.0, 0.0), berlin), None);
    }
}
