//! A menu as the API sends it, read into the same types by which the server prices.

use crate::{
    client::{JSON, accepted, ask, json::Value},
    domain::{
        diet::{Allergen, Diet},
        error::AppError,
        locale::Locale,
        menu::{GroupUse, Item, Menu, Modifier, ModifierGroup, Section, Variant},
        money::{Currency, Money},
    },
};
use std::str::FromStr;

/// Reads a restaurant's menu.
pub async fn read(address: &str) -> Result<Menu, AppError> {
    let body = accepted(ask(address, JSON, None).await?)?;
    // A menu that cannot be read is as good as none: the dish has a page of its own.
    Value::parse(&body).and_then(|value| menu(&value)).ok_or(AppError::Offline)
}

fn menu(value: &Value) -> Option<Menu> {
    Some(Menu {
        restaurant: id(value, "restaurant")?,
        version: value.number("version")?,
        currency: Currency::from_code(&value.text("currency")?)?,
        locale: Locale::new(value.text("locale")?),
        sections: all(value, "sections", section)?,
        groups: all(value, "groups", group)?,
    })
}

fn section(value: &Value) -> Option<Section> {
    Some(Section {
        id: id(value, "id")?,
        name: value.text("name")?,
        description: value.text("description")?,
        hours: value.text("hours"),
        available: value.is("available")?,
        items: all(value, "items", item)?,
    })
}

fn item(value: &Value) -> Option<Item> {
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
        sold_out: value.text("sold_out"),
    })
}

fn variant(value: &Value) -> Option<Variant> {
    Some(Variant { id: id(value, "id")?, size: value.text("size")?, name: value.text("name")?, price: price(value)? })
}

fn group_use(value: &Value) -> Option<GroupUse> {
    let count = |name| value.count(name);
    Some(GroupUse { group: id(value, "group")?, min: count("min")?, max: count("max")?, free: count("free")? })
}

fn group(value: &Value) -> Option<ModifierGroup> {
    Some(ModifierGroup {
        id: id(value, "id")?,
        name: value.text("name")?,
        modifiers: all(value, "modifiers", modifier)?,
    })
}

fn modifier(value: &Value) -> Option<Modifier> {
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
    })
}

fn allergen(code: &Value) -> Option<Allergen> {
    Allergen::from_code(&code.as_text()?)
}

fn price(value: &Value) -> Option<Money> {
    money(&value.field("price")?)
}

fn money(value: &Value) -> Option<Money> {
    Some(Money::new(value.number("minor")?, Currency::from_code(&value.text("currency")?)?))
}

fn id<T: FromStr>(value: &Value, name: &str) -> Option<T> {
    value.text(name)?.parse().ok()
}

/// Every entry of a list; one that cannot be read spoils the whole, so that no price is guessed.
fn all<T>(value: &Value, name: &str, read: impl Fn(&Value) -> Option<T>) -> Option<Vec<T>> {
    value.list(name)?.iter().map(read).collect()
}
