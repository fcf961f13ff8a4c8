//! Reads the API's menu into the domain types, so that browser and server price by the same code.

use crate::{
    client::{JSON, accepted, ask, json::JsJson},
    domain::{
        diet::{Allergen, Diet},
        error::AppError,
        locale::Locale,
        menu::{GroupUse, Item, Menu, Modifier, ModifierGroup, Section, Variant},
        money::{Currency, Money},
    },
};
use std::str::FromStr;

/// Reads the menu at an address of the API.
pub async fn read(address: &str) -> Result<Menu, AppError> {
    let body = accepted(ask(address, JSON, None).await?)?;
    // Without a menu, the link to the dish's own page is followed.
    JsJson::parse(&body).and_then(|value| menu(&value)).ok_or(AppError::Offline)
}

fn menu(value: &JsJson) -> Option<Menu> {
    Some(Menu {
        restaurant: id(value, "restaurant")?,
        version: value.number("version")?,
        currency: Currency::from_code(&value.text("currency")?)?,
        locale: Locale::new(value.text("locale")?),
        sections: all(value, "sections", section)?,
        groups: all(value, "groups", group)?,
    })
}

fn section(value: &JsJson) -> Option<Section> {
    Some(Section {
        id: id(value, "id")?,
        name: value.text("name")?,
        description: value.text("description")?,
        hours: value.text("hours"),
        available: value.is("available")?,
        // Tax is calculated on the server: the dialog shows prices as the menu does.
        tax_class: None,
        items: all(value, "items", item)?,
    })
}

fn item(value: &JsJson) -> Option<Item> {
    Some(Item {
        id: id(value, "id")?,
        name: value.text("name")?,
        name_en: value.text("name_en"),
        description: value.text("description")?,
        picture: value.text("picture"),
        variants: all(value, "variants", variant)?,
        groups: all(value, "groups", group_use)?,
        allergens: all(value, "allergens", allergen)?,
        may_contain: all(value, "may_contain", allergen)?,
        diets: all(value, "diets", |code| Diet::from_code(&code.as_text()?))?,
        min_age: value.count("min_age").and_then(|age| age.try_into().ok()),
        kcal: value.count("kcal"),
        tax_class: None,
        sold_out: value.text("sold_out"),
    })
}

fn variant(value: &JsJson) -> Option<Variant> {
    Some(Variant { id: id(value, "id")?, size: value.text("size")?, name: value.text("name")?, price: price(value)? })
}

fn group_use(value: &JsJson) -> Option<GroupUse> {
    let count = |name| value.count(name);
    Some(GroupUse { group: id(value, "group")?, min: count("min")?, max: count("max")?, free: count("free")? })
}

fn group(value: &JsJson) -> Option<ModifierGroup> {
    Some(ModifierGroup {
        id: id(value, "id")?,
        name: value.text("name")?,
        modifiers: all(value, "modifiers", modifier)?,
    })
}

fn modifier(value: &JsJson) -> Option<Modifier> {
    let sizes = value.entries("size_prices")?.into_iter().map(|(size, price)| Some((size, money(&price)?)));
    Some(Modifier {
        id: id(value, "id")?,
        name: value.text("name")?,
        price: price(value)?,
        size_prices: sizes.collect::<Option<_>>()?,
        max: value.count("max")?,
        preselected: value.is("preselected")?,
        sold_out: value.is("sold_out")?,
        allergens: all(value, "allergens", allergen)?,
        tax_class: None,
    })
}

fn allergen(code: &JsJson) -> Option<Allergen> {
    Allergen::from_code(&code.as_text()?)
}

fn price(value: &JsJson) -> Option<Money> {
    money(&value.field("price")?)
}

fn money(value: &JsJson) -> Option<Money> {
    Some(Money::new(value.number("minor")?, Currency::from_code(&value.text("currency")?)?))
}

fn id<T: FromStr>(value: &JsJson, name: &str) -> Option<T> {
    value.text(name)?.parse().ok()
}

/// All entries of a list, or none if one cannot be read, so that no price is wrong.
fn all<T>(value: &JsJson, name: &str, read: impl Fn(&JsJson) -> Option<T>) -> Option<Vec<T>> {
    value.list(name)?.iter().map(read).collect()
}
