//! The query of the home page's address.

use crate::{
    domain::{
        diet::{Allergen, Diet},
        restaurant::HomeQuery,
    },
    forms::routes,
};
use leptos_router::params::ParamsMap;

pub const TEXT: &str = "q";
/// `1` for restaurants that are open.
pub const OPEN: &str = "open";
pub const CUISINE: &str = "cuisine";
/// A diet's code; may be repeated.
pub const DIET: &str = "diet";
/// An allergen's code; may be repeated.
pub const FREE_OF: &str = "free_of";
/// `latitude,longitude`.
pub const NEAR: &str = "near";
/// Which page of the result, from 1.
pub const PAGE: &str = "page";

/// Longest search text in characters.
const MAX_TEXT: usize = 80;

/// Decodes a query string; invalid values are ignored.
pub fn query_of(params: &ParamsMap) -> HomeQuery {
    let all = |name| params.get_all(name).unwrap_or_default();
    let text = params.get(TEXT).unwrap_or_default();
    HomeQuery {
        text: text.trim().chars().take(MAX_TEXT).collect(),
        open: params.get(OPEN).as_deref() == Some("1"),
        cuisine: params.get(CUISINE).filter(|cuisine| !cuisine.is_empty()),
        diets: all(DIET).iter().filter_map(|code| Diet::from_code(code)).collect(),
        free_of: all(FREE_OF).iter().filter_map(|code| Allergen::from_code(code)).collect(),
        near: params.get(NEAR).and_then(|near| place(&near)),
        page: params.get(PAGE).and_then(|page| page.parse().ok()).map_or(0, |page: u32| page.saturating_sub(1)),
    }
}

/// The address of another page of a query's result.
pub fn address_of_page(query: &HomeQuery, page: u32) -> String {
    let mut params = ParamsMap::new();
    let mut add = |name: &'static str, value: String| params.insert_decoded(name, value);
    if !query.text.is_empty() {
        add(TEXT, query.text.clone());
    }
    if query.open {
        add(OPEN, "1".to_owned());
    }
    query.cuisine.iter().for_each(|cuisine| add(CUISINE, cuisine.clone()));
    query.diets.iter().for_each(|diet| add(DIET, diet.code().to_owned()));
    query.free_of.iter().for_each(|allergen| add(FREE_OF, allergen.code().to_owned()));
    query.near.iter().for_each(|(north, east)| add(NEAR, format!("{north},{east}")));
    if page > 0 {
        add(PAGE, (page + 1).to_string());
    }
    format!("{}{}", routes::HOME, params.to_query_string())
}

/// Whether no filter is set.
pub fn is_plain(query: &HomeQuery) -> bool {
    *query == HomeQuery { near: query.near, page: query.page, ..HomeQuery::default() }
}

fn place(text: &str) -> Option<(f64, f64)> {
    let (north, east) = text.split_once(',')?;
    let (north, east): (f64, f64) = (north.trim().parse().ok()?, east.trim().parse().ok()?);
    ((-90.0..=90.0).contains(&north) && (-180.0..=180.0).contains(&east)).then_some((north, east))
}
