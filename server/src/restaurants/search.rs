//! Search for restaurants, in the memory of each server.
//!
//! The order is by opening state first, so a page of a common word needs all restaurants that match: in PostgreSQL that
//! read and sorted tens of thousands of rows for each visit, and every shard of a cluster. A library of full-text
//! search (tantivy) has neither this order nor parts of words, which languages without spaces need. Compressed bitmaps
//! (`roaring`) of the words of dishes answer in a millisecond, also while the database is down.

use crate::{
    context::AppContext,
    error::ServerError,
    restaurants::{
        index::{Found, Grade},
        list::{List, point_of},
        listing::Listing,
        normalize,
    },
};
use app::domain::{
    restaurant::{HomePage, HomeQuery, RestaurantCard},
    time::Timestamp,
};

/// Restaurants per page: whole rows of two or three columns.
pub const PER_PAGE: usize = 24;
/// Names of dishes on a card.
const DISHES: usize = 3;
/// Letters below are of alphabets in which one letter is not a word (Latin, Greek, Cyrillic, Hebrew, Arabic).
const ONE_LETTER_WORDS: char = '\u{800}';

/// Restaurants that match: open ones first, then nearer ones, then better matches, then by name.
pub async fn home(context: &AppContext, query: &HomeQuery) -> Result<HomePage, ServerError> {
    let directory = &context.catalogue.directory;
    let partial = !directory.is_current().await?;
    let now = context.clock.now();
    Ok(directory.look(now, |list| Search::new(list, query, now).page(partial)))
}

/// A search in a list at an instant.
struct Search<'a> {
    list: &'a List,
    query: &'a HomeQuery,
    now: Timestamp,
    words: Vec<String>,
    found: Option<Found>,
}

impl<'a> Search<'a> {
    fn new(list: &'a List, query: &'a HomeQuery, now: Timestamp) -> Self {
        let mut words = normalize::words(&query.text);
        words.retain(|word| word.chars().nth(1).is_some() || word.chars().any(|letter| letter >= ONE_LETTER_WORDS));
        let found = (!words.is_empty()).then(|| list.index().find(&words));
        Self { list, query, now, words, found }
    }

    fn page(&self, partial: bool) -> HomePage {
        let mut groups = self.groups();
        let total = groups.iter().map(Vec::len).sum::<usize>();
        let pages = total.div_ceil(PER_PAGE).max(1);
        let page = usize::try_from(self.query.page).unwrap_or(usize::MAX).min(pages - 1);
        let first = page * PER_PAGE;
        if let Some(from) = self.query.near.map(point_of) {
            for group in &mut groups {
                self.sort_by_distance(group, from, first + PER_PAGE);
            }
        }
        let shown = groups.iter().flatten().skip(first).take(PER_PAGE);
        let number = |at| u32::try_from(at).unwrap_or(u32::MAX);
        HomePage {
            restaurants: shown.filter_map(|number| self.card(*number)).collect(),
            total: number(total),
            page: number(page),
            pages: number(pages),
            cuisines: self.list.cuisines().keys().cloned().collect(),
            no_words: self.found.is_none() && !self.query.text.is_empty(),
            partial,
        }
    }

    /// The restaurants that match, in alphabetical order within each group: open ones before closed ones, and, without
    /// a location, better matches before others.
    fn groups(&self) -> Vec<Vec<u32>> {
        const GRADES: usize = 3;
        let grades = self.found.as_ref().map(|found| self.list.index().grades(found));
        let cuisine = self.query.cuisine.as_ref().map(|cuisine| self.list.cuisines().get(cuisine));
        let mut groups = vec![Vec::new(); 2 * GRADES];
        for number in self.list.order() {
            let grade = match &grades {
                None => Some(Grade::Itself),
                Some(grades) => usize::try_from(*number).ok().and_then(|at| *grades.get(at)?),
            };
            let Some(grade) = grade else { continue };
            let is_open = self.list.is_open(*number);
            if (self.query.open && !is_open)
                || cuisine.is_some_and(|cuisine| cuisine.is_none_or(|restaurants| !restaurants.contains(*number)))
                || !self.has_dish(*number)
            {
                continue;
            }
            let grade = if self.query.near.is_some() { 0 } else { grade as usize };
            if let Some(group) = groups.get_mut(if is_open { grade } else { GRADES + grade }) {
                group.push(*number);
            }
        }
        groups
    }

    fn has_dish(&self, number: u32) -> bool {
        let HomeQuery { diets, free_of, .. } = self.query;
        (diets.is_empty() && free_of.is_empty())
            || self.list.get(number).is_some_and(|entry| entry.dishes.any(diets, free_of))
    }

    /// Sorts the nearest ones to the front; those with the same distance stay in their order.
    fn sort_by_distance(&self, group: &mut [u32], from: [f32; 3], most: usize) {
        let mut by_distance: Vec<_> =
            group.iter().enumerate().map(|(at, number)| (self.list.distance(*number, from), at, *number)).collect();
        let order =
            |left: &(f32, usize, u32), right: &(f32, usize, u32)| left.0.total_cmp(&right.0).then(left.1.cmp(&right.1));
        let most = most.min(by_distance.len());
        if let Some(last) = most.checked_sub(1) {
            by_distance.select_nth_unstable_by(last, order);
        }
        by_distance.get_mut(..most).into_iter().for_each(|nearest| nearest.sort_unstable_by(order));
        for (place, (_, _, number)) in group.iter_mut().zip(by_distance) {
            *place = number;
        }
    }

    fn card(&self, number: u32) -> Option<RestaurantCard> {
        let entry: &Listing = self.list.get(number)?;
        let longest = self.words.iter().max_by_key(|word| word.chars().count());
        let dishes = self.found.as_ref().zip(longest);
        let dishes = dishes.map(|(found, word)| self.list.index().dishes(found, number, word, DISHES));
        let distance_km = self.query.near.and_then(|near| distance_km(near, entry.place));
        let rounded = distance_km.map(|km| (km * 10.0).round() / 10.0);
        Some(entry.card(self.now, rounded, dishes.unwrap_or_default()))
    }
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
