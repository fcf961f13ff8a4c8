//! The parts of generated restaurants, read from `server/demo/generated.toml`.

use crate::error::ServerError;
use serde::Deserialize;
use std::ops::Range;

#[derive(Deserialize)]
pub struct Data {
    pub owners: Vec<String>,
    pub taglines: Vec<String>,
    pub places: Vec<Place>,
    pub kitchens: Vec<Kitchen>,
    groups: Vec<Choices>,
    courses: Vec<Course>,
}

/// A city with time zone and currency.
#[derive(Deserialize)]
pub struct Place {
    pub city: String,
    pub zone: String,
    pub currency: String,
    /// Minor units of the currency per European cent.
    pub price_factor: i64,
    pub region: String,
    pub phone: String,
    pub latitude: f64,
    pub longitude: f64,
    pub postcodes: Vec<String>,
    pub streets: Vec<String>,
}

/// A kind of kitchen, with the names of its modifier groups and of its courses.
#[derive(Deserialize)]
pub struct Kitchen {
    pub cuisines: Vec<String>,
    pub rooms: Vec<String>,
    groups: Vec<String>,
    courses: Vec<String>,
}

#[derive(Deserialize)]
pub struct Choices {
    pub name: String,
    pub min: u32,
    pub max: u32,
    pub modifiers: Vec<Choice>,
}

#[derive(Deserialize)]
pub struct Choice {
    pub name: String,
    /// European cents.
    pub price: i64,
    #[serde(default)]
    pub allergens: Vec<String>,
}

/// A section: each combination of base and way is an item.
#[derive(Deserialize)]
pub struct Course {
    pub name: String,
    /// European cents.
    pub price: Range<i64>,
    pub ways: Vec<String>,
    /// Names of modifier groups.
    #[serde(default)]
    pub groups: Vec<String>,
    /// Whether its items have two sizes.
    #[serde(default)]
    pub sized: bool,
    pub bases: Vec<Base>,
}

#[derive(Deserialize)]
pub struct Base {
    pub name: String,
    pub with: String,
    #[serde(default)]
    pub allergens: Vec<String>,
    #[serde(default)]
    pub diets: Vec<String>,
}

impl Data {
    pub fn read() -> Result<Self, ServerError> {
        toml::from_str(include_str!("../../../demo/generated.toml"))
            .map_err(|error| ServerError::Broken(format!("generated.toml: {error}")))
    }

    pub fn groups_of(&self, kitchen: &Kitchen) -> Vec<&Choices> {
        kitchen.groups.iter().filter_map(|name| self.groups.iter().find(|group| group.name == *name)).collect()
    }

    pub fn courses_of(&self, kitchen: &Kitchen) -> Vec<&Course> {
        kitchen.courses.iter().filter_map(|name| self.courses.iter().find(|course| course.name == *name)).collect()
    }
}

impl Course {
    /// The number of possible items.
    pub fn dishes(&self) -> usize {
        self.bases.len() * self.ways.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_named_group_and_course_exists() {
        let data = Data::read().unwrap();
        for kitchen in &data.kitchens {
            let (groups, courses) = (data.groups_of(kitchen), data.courses_of(kitchen));
            assert_eq!((groups.len(), courses.len()), (kitchen.groups.len(), kitchen.courses.len()));
            let has = |name: &String| groups.iter().any(|group| group.name == *name);
            assert!(courses.iter().flat_map(|course| &course.groups).all(has), "{:?}", kitchen.cuisines);
        }
    }
}
