//! The parts of the public API's menu that prices depend on, as independent types of the checker.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Menu {
    pub restaurant: Uuid,
    /// Equal versions have equal prices.
    pub version: i64,
    /// ISO 4217.
    pub currency: String,
    pub sections: Vec<Section>,
    /// Modifier groups shared by items.
    pub groups: Vec<Group>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// Whether it can be ordered from now.
    pub available: bool,
    pub items: Vec<Item>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    pub id: Uuid,
    pub variants: Vec<Variant>,
    pub groups: Vec<GroupUse>,
    /// Reason.
    pub sold_out: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variant {
    pub id: Uuid,
    /// Key of [`Modifier::size_prices`].
    pub size: String,
    /// Without modifiers.
    pub price: Amount,
}

/// How an item uses a modifier group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupUse {
    pub group: Uuid,
    /// Fewest picks.
    pub min: u32,
    /// Most picks.
    pub max: u32,
    /// Number of picks that cost nothing, cheapest first.
    pub free: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    pub id: Uuid,
    pub modifiers: Vec<Modifier>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Modifier {
    pub id: Uuid,
    /// Of one, on sizes without a price in `size_prices`.
    pub price: Amount,
    pub size_prices: BTreeMap<String, Amount>,
    /// Most picks of it.
    pub max: u32,
    pub sold_out: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amount {
    /// Minor units of the currency.
    pub minor: i64,
    /// ISO 4217.
    pub currency: String,
}

impl Menu {
    /// Items that can be ordered now.
    pub fn available_items(&self) -> impl Iterator<Item = &Item> {
        let sections = self.sections.iter().filter(|section| section.available);
        sections.flat_map(|section| &section.items).filter(|item| item.sold_out.is_none())
    }
}

/// A restaurant's terms of sale: everything apart from the menu that a total depends on. Amounts are minor units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    pub slug: String,
    pub restaurant: Uuid,
    /// Offered service modes: `pickup`, `delivery`, `dine_in`.
    pub modes: Vec<String>,
    /// Least subtotal by service mode; none for those without.
    #[serde(default)]
    pub minimums: BTreeMap<String, i64>,
    pub tables: Vec<String>,
    pub zones: Vec<Zone>,
    pub charges: Vec<Charge>,
    /// Tax that is added to prices, in millionths by service mode; none where prices include it. Only for restaurants that
    /// tax all goods alike.
    #[serde(default)]
    pub added_tax: BTreeMap<String, i64>,
}

/// A delivery zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Zone {
    /// Prefixes of postcodes.
    pub postcodes: Vec<String>,
    pub fee: i64,
    /// Least subtotal.
    pub minimum: i64,
    /// Subtotal from which delivery is free.
    pub free_from: Option<i64>,
}

/// A fixed or percentage charge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charge {
    /// Service modes that it applies to.
    pub modes: Vec<String>,
    pub fixed: Option<i64>,
    /// Of the subtotal.
    pub percent: Option<i64>,
}

/// The contents of an order, as the API takes them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Basket {
    pub lines: Vec<Line>,
    /// Service mode.
    pub mode: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postcode: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// Minor units.
    pub tip: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub item: Uuid,
    pub variant: Uuid,
    pub modifiers: Vec<Pick>,
    pub quantity: u32,
}

/// A chosen modifier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pick {
    pub modifier: Uuid,
    /// Per portion.
    pub quantity: u32,
}
