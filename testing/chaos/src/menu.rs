//! A menu as the public API shows it, read by this program's own types: only what a price depends on.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What a restaurant offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Menu {
    /// Whose it is.
    pub restaurant: Uuid,
    /// Equal versions price equally.
    pub version: i64,
    /// ISO 4217.
    pub currency: String,
    /// The headings.
    pub sections: Vec<Section>,
    /// Choices that items share.
    pub groups: Vec<Group>,
}

/// A part of a menu.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// Whether it can be ordered from now.
    pub available: bool,
    /// Its dishes.
    pub items: Vec<Item>,
}

/// A dish.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Names it in orders.
    pub id: Uuid,
    /// Its sizes.
    pub variants: Vec<Variant>,
    /// The choices it asks for.
    pub groups: Vec<Use>,
    /// Why it cannot be had.
    pub sold_out: Option<String>,
}

/// A size.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variant {
    /// Names it in orders.
    pub id: Uuid,
    /// By which modifiers are priced.
    pub size: String,
    /// What it costs alone.
    pub price: Amount,
}

/// How a dish uses a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Use {
    /// Which group.
    pub group: Uuid,
    /// Fewest picks.
    pub min: u32,
    /// Most picks.
    pub max: u32,
    /// So many cost nothing.
    pub free: u32,
}

/// A set of choices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Named by dishes.
    pub id: Uuid,
    /// The choices.
    pub modifiers: Vec<Modifier>,
}

/// A choice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Modifier {
    /// Names it in orders.
    pub id: Uuid,
    /// What one costs.
    pub price: Amount,
    /// What one costs on a size.
    pub size_prices: BTreeMap<String, Amount>,
    /// Most of it.
    pub max: u32,
    /// Cannot be had now.
    pub sold_out: bool,
}

/// A sum in minor units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amount {
    /// Cents, yen, fils.
    pub minor: i64,
    /// ISO 4217.
    pub currency: String,
}

impl Menu {
    /// What can be ordered now.
    pub fn on_offer(&self) -> impl Iterator<Item = &Item> {
        let sections = self.sections.iter().filter(|section| section.available);
        sections.flat_map(|section| &section.items).filter(|item| item.sold_out.is_none())
    }
}

/// On which terms a restaurant sells: what an order costs besides its dishes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// Names the restaurant in addresses.
    pub slug: String,
    /// Names it in the database.
    pub restaurant: Uuid,
    /// `pickup`, `delivery`, `dine_in`, as far as they are offered.
    pub modes: Vec<String>,
    /// Tables that can be named.
    pub tables: Vec<String>,
    /// Where it delivers to.
    pub zones: Vec<Zone>,
    /// What comes on top.
    pub charges: Vec<Charge>,
}

/// A delivery area.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Zone {
    /// Beginnings of postcodes.
    pub postcodes: Vec<String>,
    /// What delivery costs.
    pub fee: i64,
    /// Least worth of the dishes.
    pub minimum: i64,
    /// From here delivery is free.
    pub free_from: Option<i64>,
}

/// A charge: a sum or a percentage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charge {
    /// For which modes.
    pub modes: Vec<String>,
    /// A sum.
    pub fixed: Option<i64>,
    /// Hundredths of the dishes.
    pub percent: Option<i64>,
}

/// What somebody wants to order, as the API takes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Basket {
    /// The dishes.
    pub lines: Vec<Line>,
    /// How they get to the guest.
    pub mode: String,
    /// Where to deliver to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postcode: Option<String>,
    /// Where to serve.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// For the staff.
    pub tip: i64,
}

/// One dish of a basket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Which dish.
    pub item: Uuid,
    /// Which size.
    pub variant: Uuid,
    /// What was chosen.
    pub modifiers: Vec<Pick>,
    /// How many.
    pub quantity: u32,
}

/// A chosen modifier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pick {
    /// Which.
    pub modifier: Uuid,
    /// How many for one portion.
    pub quantity: u32,
}
