//! All restaurants in memory: cards, alphabetical order, cuisines, locations, opening states and words.

use crate::{
    queries::{
        restaurants::Head,
        search::{CardRecord, DishRecord},
    },
    restaurants::{
        index::{DishText, Index, Text},
        listing::Listing,
        normalize,
        open_now::OpenNow,
    },
};
use app::domain::{id::RestaurantId, time::Timestamp};
use roaring::RoaringBitmap;
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

/// The restaurants, each with a small number that is used again after its removal.
#[derive(Debug, Default)]
pub struct List {
    numbers: HashMap<RestaurantId, u32>,
    entries: Vec<Option<Arc<Listing>>>,
    free: Vec<u32>,
    /// Restaurants that are not listed, with the version in which that was found: not published, or unreadable.
    omitted: HashMap<RestaurantId, Head>,
    /// By name, as of the last [`List::sort`].
    order: Vec<u32>,
    is_sorted: bool,
    cuisines: BTreeMap<String, RoaringBitmap>,
    /// Locations on a sphere of radius 1, by number.
    points: Vec<[f32; 3]>,
    open: OpenNow,
    index: Index,
}

impl List {
    /// The restaurant of a number.
    pub fn get(&self, number: u32) -> Option<&Arc<Listing>> {
        self.entries.get(at(number))?.as_ref()
    }

    /// All numbers, by name.
    pub fn order(&self) -> &[u32] {
        &self.order
    }

    /// All cuisines in alphabetical order, each with its restaurants.
    pub const fn cuisines(&self) -> &BTreeMap<String, RoaringBitmap> {
        &self.cuisines
    }

    /// The words of all restaurants.
    pub const fn index(&self) -> &Index {
        &self.index
    }

    /// Whether a restaurant takes orders at the instant of the last [`List::advance`].
    pub fn is_open(&self, number: u32) -> bool {
        self.open.is_open(number)
    }

    /// The square of the straight distance of a restaurant from a point, both on a sphere of radius 1; endless for
    /// coordinates that are none.
    pub fn distance(&self, number: u32, from: [f32; 3]) -> f32 {
        let point = self.points.get(at(number)).copied().unwrap_or([f32::NAN; 3]);
        let squares = point.iter().zip(from).map(|(here, there)| (here - there).powi(2));
        let sum: f32 = squares.sum();
        if sum.is_nan() { f32::INFINITY } else { sum }
    }

    /// Whether opening states are those of an instant.
    pub fn is_current(&self, now: Timestamp) -> bool {
        self.open.is_current(now)
    }

    /// Computes the opening states of an instant.
    pub fn advance(&mut self, now: Timestamp) {
        self.open.advance(&self.entries, now);
    }

    /// The restaurants whose version differs from the stored one, without those that are newer here: a lagging replica
    /// must not bring back versions older than those shown before.
    pub fn outdated(&self, stored: &HashMap<RestaurantId, Head>) -> Vec<RestaurantId> {
        let is_outdated = |(id, head): &(&RestaurantId, &Head)| match self.entry(**id) {
            Some(entry) => entry.head != **head && entry.head.menu_version <= head.menu_version,
            None => self.omitted.get(*id) != Some(*head),
        };
        stored.iter().filter(is_outdated).map(|(id, _)| *id).collect()
    }

    /// The restaurants that are not stored any more.
    pub fn gone(&self, stored: &HashMap<RestaurantId, Head>) -> Vec<RestaurantId> {
        let known = self.numbers.keys().chain(self.omitted.keys());
        known.filter(|id| !stored.contains_key(*id)).copied().collect()
    }

    /// Adds a restaurant or replaces an older version of it. It is found after [`List::sort`].
    pub fn put(&mut self, id: RestaurantId, listing: Listing, text: &Text<'_>, now: Timestamp) {
        if self.entry(id).is_some_and(|known| known.head.menu_version > listing.head.menu_version) {
            return;
        }
        self.omitted.remove(&id);
        let number = self.numbers.get(&id).copied().unwrap_or_else(|| self.new_number(id));
        let (listing, known) = (Arc::new(listing), self.get(number).cloned());
        if known.as_ref().is_none_or(|known| known.alphabetical() != listing.alphabetical()) {
            self.is_sorted = false;
        }
        if let Some(known) = known.filter(|known| known.cuisines() != listing.cuisines()) {
            self.leave_cuisines(number, &known);
        }
        for cuisine in listing.cuisines() {
            self.cuisines.entry(cuisine.clone()).or_default().insert(number);
        }
        self.index.put(number, text);
        self.open.put(number, &listing, now);
        if let (Some(point), Some(entry)) = (self.points.get_mut(at(number)), self.entries.get_mut(at(number))) {
            *point = point_of(listing.place);
            *entry = Some(listing);
        }
    }

    /// Omits a restaurant until its version changes.
    pub fn omit(&mut self, id: RestaurantId, head: Head) {
        self.remove(id);
        self.omitted.insert(id, head);
    }

    /// Removes a restaurant.
    pub fn remove(&mut self, id: RestaurantId) {
        self.omitted.remove(&id);
        let Some(number) = self.numbers.remove(&id) else { return };
        if let Some(known) = self.entries.get_mut(at(number)).and_then(Option::take) {
            self.leave_cuisines(number, &known);
        }
        self.index.remove(number);
        self.free.push(number);
        self.order.retain(|other| *other != number);
    }

    /// Sorts by name what was added or renamed.
    pub fn sort(&mut self) {
        if self.is_sorted {
            return;
        }
        let mut order = std::mem::take(&mut self.order);
        let mut listed = vec![false; self.entries.len()];
        for number in &order {
            listed.get_mut(at(*number)).into_iter().for_each(|listed| *listed = true);
        }
        let new = self.numbers.values().filter(|number| listed.get(at(**number)) == Some(&false));
        order.extend(new);
        order.sort_by(|left, right| {
            let name = |number: u32| self.get(number).map(|entry| entry.alphabetical());
            name(*left).cmp(&name(*right))
        });
        (self.order, self.is_sorted) = (order, true);
    }

    fn entry(&self, id: RestaurantId) -> Option<&Arc<Listing>> {
        self.get(*self.numbers.get(&id)?)
    }

    fn new_number(&mut self, id: RestaurantId) -> u32 {
        let number = self.free.pop().unwrap_or_else(|| {
            self.entries.push(None);
            self.points.push([f32::NAN; 3]);
            u32::try_from(self.entries.len() - 1).unwrap_or(u32::MAX)
        });
        self.numbers.insert(id, number);
        number
    }

    fn leave_cuisines(&mut self, number: u32, known: &Listing) {
        for cuisine in known.cuisines() {
            if let Some(restaurants) = self.cuisines.get_mut(cuisine) {
                restaurants.remove(number);
            }
        }
        self.cuisines.retain(|_, restaurants| !restaurants.is_empty());
    }
}

/// The words of a card.
pub fn text(record: &CardRecord) -> Text<'_> {
    Text { own: &record.restaurant.search_text, dishes: record.dishes.iter().map(dish_text).collect() }
}

fn dish_text(dish: &DishRecord) -> DishText<'_> {
    let names = normalize::dish_names(&dish.name, dish.name_en.as_deref());
    let text = &dish.search_text;
    match text.strip_prefix(&names) {
        Some(described) => DishText { name: &dish.name, named: names, described },
        None => DishText { name: &dish.name, named: String::new(), described: text },
    }
}

/// A point on a sphere of radius 1 for degrees north and east.
#[expect(clippy::cast_possible_truncation, reason = "the seventh digit is less than a metre on earth")]
pub fn point_of((north, east): (f64, f64)) -> [f32; 3] {
    if !(north.abs() <= 90.0 && east.abs() <= 180.0) {
        return [f32::NAN; 3];
    }
    let (north, east) = (north.to_radians(), east.to_radians());
    [north.cos() * east.cos(), north.cos() * east.sin(), north.sin()].map(|part| part as f32)
}

fn at(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
