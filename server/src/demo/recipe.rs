//! The format of the demo files, see `server/demo/` for examples of every field.

use serde::Deserialize;
use std::collections::BTreeMap;

/// A whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    pub slug: String,
    pub name: String,
    pub language: String,
    pub zone: String,
    pub currency: String,
    pub region: String,
    pub cuisines: Vec<String>,
    pub tagline: String,
    pub description: String,
    pub address: String,
    pub phone: String,
    pub latitude: f64,
    pub longitude: f64,
    pub picture: Option<String>,
    pub hours: Vec<Times>,
    #[serde(default)]
    pub exceptions: Vec<ExceptionDate>,
    /// Explains the modes' leads; not used otherwise.
    #[serde(default, rename = "prep_minutes")]
    pub _prep_minutes: Option<u32>,
    pub last_order_minutes: i32,
    #[serde(default)]
    pub tip_percents: Vec<u32>,
    pub modes: Vec<Mode>,
    #[serde(default)]
    pub zones: Vec<DeliveryZone>,
    #[serde(default)]
    pub charges: Vec<ChargeRule>,
    /// Code of a preset of taxes; none where nothing is taxed.
    pub tax: Option<String>,
    #[serde(default)]
    pub groups: Vec<Group>,
    pub sections: Vec<SectionPart>,
}

/// Days with a time: `{ days = "mon-fri", from = "11:00", to = "22:30" }`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Times {
    pub days: String,
    pub from: String,
    pub to: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExceptionDate {
    pub date: String,
    #[serde(default)]
    pub closed: bool,
    pub from: Option<String>,
    pub to: Option<String>,
    #[serde(default)]
    pub note: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_field_names, reason = "the key is called so in the files")]
pub struct Mode {
    pub mode: String,
    pub lead_minutes: u32,
    pub slot_minutes: Option<u16>,
    pub orders_per_slot: Option<u32>,
    #[serde(default)]
    pub tables: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeliveryZone {
    pub name: String,
    /// Areas, as `app::domain::postcode` describes them; a zone has these, a radius or corners.
    #[serde(default)]
    pub postcodes: Vec<String>,
    /// Metres around the restaurant.
    pub radius_m: Option<u32>,
    /// Degrees north and east of the corners of a polygon.
    pub corners: Option<Vec<(f64, f64)>>,
    pub fee: i64,
    pub minimum: i64,
    pub free_from: Option<i64>,
}

/// A charge: either an amount or a percentage.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChargeRule {
    pub name: String,
    pub modes: Vec<String>,
    pub fixed: Option<i64>,
    pub percent: Option<u32>,
    pub tax_class: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    pub key: String,
    pub name: String,
    pub min: u32,
    pub max: u32,
    #[serde(default)]
    pub free: u32,
    pub modifiers: Vec<ModifierPart>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModifierPart {
    pub key: String,
    pub name: String,
    pub price: i64,
    #[serde(default)]
    pub prices: BTreeMap<String, i64>,
    pub max: Option<u32>,
    #[serde(default)]
    pub default: bool,
    #[serde(default)]
    pub allergens: Vec<String>,
    pub sold_out: Option<String>,
    pub tax_class: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SectionPart {
    pub name: String,
    #[serde(default)]
    pub description: String,
    #[serde(default)]
    pub available: Vec<Times>,
    pub tax_class: Option<String>,
    #[serde(default)]
    pub items: Vec<ItemPart>,
}

/// An item: with a price, or with variants.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItemPart {
    pub key: String,
    pub name: String,
    pub name_en: Option<String>,
    #[serde(default)]
    pub description: String,
    pub picture: Option<String>,
    pub price: Option<i64>,
    #[serde(default)]
    pub variants: Vec<VariantPart>,
    #[serde(default)]
    pub groups: Vec<GroupName>,
    #[serde(default)]
    pub allergens: Vec<String>,
    #[serde(default)]
    pub may_contain: Vec<String>,
    #[serde(default)]
    pub diets: Vec<String>,
    #[serde(default)]
    pub kitchen_name: String,
    pub min_age: Option<u16>,
    pub kcal: Option<u32>,
    pub sold_out: Option<String>,
    pub tax_class: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VariantPart {
    pub key: String,
    pub name: String,
    pub price: i64,
}

/// A group used by an item, with its own or the item's limits.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum GroupName {
    Plain(String),
    Bounded(GroupBounds),
}

/// A group with the item's own limits.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupBounds {
    pub key: String,
    pub min: Option<u32>,
    pub max: Option<u32>,
    pub free: Option<u32>,
}

impl GroupName {
    pub fn bounds(&self) -> GroupBounds {
        match self {
            Self::Plain(key) => GroupBounds { key: key.clone(), ..GroupBounds::default() },
            Self::Bounded(bounds) => {
                GroupBounds { key: bounds.key.clone(), min: bounds.min, max: bounds.max, free: bounds.free }
            }
        }
    }
}
