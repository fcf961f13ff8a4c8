//! An inverted index of the words of restaurants and their dishes.

mod vocabulary;

use crate::restaurants::normalize;
use roaring::{MultiOps as _, RoaringBitmap};
use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher as _},
    ops::Range,
    sync::Arc,
};
use vocabulary::Vocabulary;

/// The normalized text of a restaurant.
#[derive(Debug, Hash)]
pub struct Text<'a> {
    /// Its own text.
    pub own: &'a str,
    /// Its dishes.
    pub dishes: Vec<DishText<'a>>,
}

/// The text of a dish.
#[derive(Debug, Hash)]
pub struct DishText<'a> {
    /// Its name as guests read it.
    pub name: &'a str,
    /// Its names, normalized.
    pub named: String,
    /// The rest of its text, normalized.
    pub described: &'a str,
}

/// How well a restaurant matches, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grade {
    /// Its own text contains all words.
    Itself,
    /// The longest word is in the name of a dish.
    DishName,
    /// A dish's text contains the words.
    DishText,
}

/// The index. Restaurants have numbers, small and used again; so have dishes, those of a restaurant in a row.
#[derive(Debug, Default)]
pub struct Index {
    vocabulary: Vocabulary,
    /// By the number of the word.
    postings: Vec<Postings>,
    /// By the number of the restaurant.
    restaurants: Vec<Indexed>,
    /// By the number of the dish.
    dishes: Vec<Dish>,
    names: Names,
}

/// Where a word occurs.
#[derive(Debug, Default)]
struct Postings {
    /// In the own text of these restaurants.
    own: RoaringBitmap,
    /// In the names of these dishes.
    named: RoaringBitmap,
    /// In the other text of these dishes.
    described: RoaringBitmap,
}

/// A restaurant's dishes, and a hash of its text; none when it is not in the index.
#[derive(Debug, Clone, Default)]
struct Indexed {
    dishes: Range<u32>,
    hash: Option<u64>,
}

#[derive(Debug, Clone, Copy)]
struct Dish {
    restaurant: u32,
    name: u32,
}

/// Equal names of dishes are stored once.
#[derive(Debug, Default)]
struct Names {
    numbers: HashMap<Arc<str>, u32>,
    names: Vec<Arc<str>>,
}

/// The restaurants and dishes that match a query.
#[derive(Debug, Default)]
pub struct Found {
    own: RoaringBitmap,
    named: RoaringBitmap,
    dishes: RoaringBitmap,
}

impl Index {
    /// Adds a restaurant or replaces its text; an equal text costs nothing.
    pub fn put(&mut self, restaurant: u32, text: &Text<'_>) {
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        let hash = Some(hasher.finish());
        if self.indexed(restaurant).hash == hash {
            return;
        }
        self.remove(restaurant);
        let dishes = self.reserve(restaurant, text.dishes.len());
        if let Some(indexed) = self.restaurants.get_mut(at(restaurant)) {
            indexed.hash = hash;
        }
        for word in normalize::parts(text.own) {
            self.update(word, |postings| postings.own.insert(restaurant));
        }
        for (number, dish) in dishes.zip(&text.dishes) {
            let name = self.names.number(dish.name);
            if let Some(stored) = self.dishes.get_mut(at(number)) {
                *stored = Dish { restaurant, name };
            }
            for word in normalize::parts(&dish.named) {
                self.update(word, |postings| postings.named.insert(number));
            }
            for word in normalize::parts(dish.described) {
                self.update(word, |postings| postings.described.insert(number));
            }
        }
    }

    /// Removes a restaurant.
    pub fn remove(&mut self, restaurant: u32) {
        let Some(indexed) = self.restaurants.get_mut(at(restaurant)) else { return };
        if indexed.hash.take().is_none() {
            return;
        }
        let dishes = indexed.dishes.clone();
        for postings in &mut self.postings {
            postings.own.remove(restaurant);
            postings.named.remove_range(dishes.clone());
            postings.described.remove_range(dishes.clone());
        }
    }

    /// Restaurants whose own text, together with that of one of their dishes, contains every word. A word may be a part
    /// of one in the text; if nothing matches, words with typos do.
    pub fn find(&self, words: &[String]) -> Found {
        let exact = self.all_of(words, |word| self.vocabulary.containing(word));
        if exact.own.is_empty() && exact.dishes.is_empty() {
            return self.all_of(words, |word| self.vocabulary.resembling(word));
        }
        exact
    }

    /// How well each restaurant matches, by its number.
    pub fn grades(&self, found: &Found) -> Vec<Option<Grade>> {
        let mut grades = vec![None; self.restaurants.len()];
        let mut grade = |restaurant: u32, grade| {
            if let Some(known) = grades.get_mut(at(restaurant)) {
                *known = Some(grade);
            }
        };
        let restaurant = |dish: u32| self.dishes.get(at(dish)).map(|dish| dish.restaurant);
        found.dishes.iter().filter_map(restaurant).for_each(|number| grade(number, Grade::DishText));
        found.named.iter().filter_map(restaurant).for_each(|number| grade(number, Grade::DishName));
        found.own.iter().for_each(|number| grade(number, Grade::Itself));
        grades
    }

    /// Names of a restaurant's dishes that match, best first, with the position at which `word` is in each.
    pub fn dishes(&self, found: &Found, restaurant: u32, word: &str, most: usize) -> Vec<String> {
        let dishes = found.dishes.range(self.indexed(restaurant).dishes);
        let names = dishes.filter_map(|dish| self.names.names.get(at(self.dishes.get(at(dish))?.name)));
        let position = |name: &Arc<str>| normalize::fold(name).find(word).unwrap_or(usize::MAX);
        let mut names: Vec<_> = names.map(|name| (position(name), name)).collect();
        names.sort_unstable();
        names.dedup();
        names.into_iter().take(most).map(|(_, name)| name.as_ref().to_owned()).collect()
    }

    fn all_of(&self, words: &[String], numbers: impl Fn(&str) -> Vec<usize>) -> Found {
        let mut each: Vec<_> = words.iter().map(|word| self.any_of(&numbers(word))).collect();
        if let [_] = each.as_slice() {
            return each.pop().unwrap_or_default();
        }
        let all = each.iter().map(|found| &found.dishes | self.dishes_of(&found.own)).intersection();
        let some = each.iter().map(|found| &found.dishes).union();
        let dishes = all & some;
        let longest = each.iter().zip(words).max_by_key(|(_, word)| word.chars().count());
        let named = longest.map(|(found, _)| &found.named & &dishes).unwrap_or_default();
        Found { own: each.iter().map(|found| &found.own).intersection(), named, dishes }
    }

    /// Where one of these words is.
    fn any_of(&self, words: &[usize]) -> Found {
        let postings = || words.iter().filter_map(|word| self.postings.get(*word));
        let named = postings().map(|postings| &postings.named).union();
        let described = postings().map(|postings| &postings.described).union();
        Found { own: postings().map(|postings| &postings.own).union(), dishes: described | &named, named }
    }

    /// All dishes of restaurants.
    fn dishes_of(&self, restaurants: &RoaringBitmap) -> RoaringBitmap {
        let mut dishes = RoaringBitmap::new();
        for restaurant in restaurants {
            dishes.insert_range(self.indexed(restaurant).dishes);
        }
        dishes
    }

    /// Numbers for a restaurant's dishes: the ones it has, or new ones when it has more dishes than before.
    fn reserve(&mut self, restaurant: u32, count: usize) -> Range<u32> {
        if self.restaurants.len() <= at(restaurant) {
            self.restaurants.resize(at(restaurant) + 1, Indexed::default());
        }
        let first = self.dishes.len();
        let Some(indexed) = self.restaurants.get_mut(at(restaurant)) else { return 0..0 };
        if indexed.dishes.len() < count {
            self.dishes.resize(first + count, Dish { restaurant, name: 0 });
            indexed.dishes = number(first)..number(first + count);
        }
        indexed.dishes.clone()
    }

    fn indexed(&self, restaurant: u32) -> Indexed {
        self.restaurants.get(at(restaurant)).cloned().unwrap_or_default()
    }

    fn update(&mut self, word: &str, change: impl FnOnce(&mut Postings) -> bool) {
        let number = at(self.vocabulary.number(word));
        if self.postings.len() <= number {
            self.postings.resize_with(number + 1, Postings::default);
        }
        self.postings.get_mut(number).map(change);
    }
}

impl Names {
    fn number(&mut self, name: &str) -> u32 {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let (name, number) = (Arc::<str>::from(name), number(self.names.len()));
        self.names.push(name.clone());
        self.numbers.insert(name, number);
        number
    }
}

fn at(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// Four billion dishes are out of reach.
fn number(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
