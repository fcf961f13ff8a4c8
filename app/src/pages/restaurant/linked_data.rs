//! The restaurant and its menu for search engines, as schema.org JSON-LD.

use crate::{
    domain::{
        diet::Diet,
        menu::{Item, Menu, Section},
        opening::{Opening, OpeningDays},
        restaurant::RestaurantPage,
    },
    pages::parts::{self, Part},
};
use serde_json::{Value, json};

/// The document for a `<script type="application/ld+json">`: no `<` in it can end the element. `address` is the page's own.
pub fn linked_data(page: &RestaurantPage, address: &str) -> String {
    let restaurant = &page.restaurant;
    // Zero is the stored value without a place.
    let is_placed = restaurant.latitude != 0.0 || restaurant.longitude != 0.0;
    let geo = is_placed.then(
        || json!({"@type": "GeoCoordinates", "latitude": restaurant.latitude, "longitude": restaurant.longitude}),
    );
    let document = json!({
        "@context": "https://schema.org",
        "@type": "Restaurant",
        "url": address,
        "name": restaurant.name,
        "description": restaurant.description,
        "servesCuisine": restaurant.cuisines,
        "telephone": restaurant.phone,
        "address": restaurant.address,
        "currenciesAccepted": restaurant.currency.code(),
        "geo": geo,
        "openingHoursSpecification": page.opening.iter().map(opening_data).collect::<Vec<_>>(),
    });
    let mut document = script_text(&document);
    let menu = parts::place(&page.menu, Part::LinkedData, || script_text(&menu_data(&page.menu)));
    document.pop();
    document + ",\"hasMenu\":" + &menu + "}"
}

fn script_text(document: &Value) -> String {
    document.to_string().replace('<', "\\u003c")
}

fn menu_data(menu: &Menu) -> Value {
    let sections = menu.sections.iter().map(|section| section_data(menu, section));
    json!({
        "@type": "Menu",
        "inLanguage": menu.locale.tag(),
        "hasMenuSection": sections.collect::<Vec<_>>(),
    })
}

fn opening_data(opening: &Opening) -> Value {
    let Opening { on, opens, closes } = opening;
    match on {
        OpeningDays::Weekly(days) => {
            let days: Vec<_> = days.iter().map(|day| format!("https://schema.org/{day}")).collect();
            json!({"@type": "OpeningHoursSpecification", "dayOfWeek": days, "opens": opens, "closes": closes})
        }
        OpeningDays::Date(date) => json!({
            "@type": "OpeningHoursSpecification",
            "validFrom": date,
            "validThrough": date,
            "opens": opens,
            "closes": closes,
        }),
    }
}

fn section_data(menu: &Menu, section: &Section) -> Value {
    json!({
        "@type": "MenuSection",
        "name": section.name,
        "hasMenuItem": section.items.iter().map(|item| item_data(menu, item)).collect::<Vec<_>>(),
    })
}

fn item_data(menu: &Menu, item: &Item) -> Value {
    let price = item
        .price_from()
        .map(|price| json!({"@type": "Offer", "price": price.decimal(), "priceCurrency": menu.currency.code()}));
    let diets: Vec<_> = item.diets.iter().map(|diet| schema_diet(*diet)).collect();
    json!({
        "@type": "MenuItem",
        "name": item.name,
        "description": item.description,
        "offers": price,
        "suitableForDiet": diets,
    })
}

const fn schema_diet(diet: Diet) -> &'static str {
    match diet {
        Diet::Vegetarian => "https://schema.org/VegetarianDiet",
        Diet::Vegan => "https://schema.org/VeganDiet",
        Diet::Halal => "https://schema.org/HalalDiet",
        Diet::Kosher => "https://schema.org/KosherDiet",
        Diet::GlutenFree => "https://schema.org/GlutenFreeDiet",
        Diet::LactoseFree => "https://schema.org/LowLactoseDiet",
    }
}
