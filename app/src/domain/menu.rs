//! A published menu: sections of items, their variants, and the modifier groups they share.

use crate::domain::{
    diet::{Allergen, Diet},
    id::{ItemId, ModifierGroupId, ModifierId, RestaurantId, SectionId, VariantId},
    locale::Locale,
    money::{Currency, Money},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The menu of a restaurant, as one document.
///
/// `version` increases with every visible change, including sold-out marks: equal versions give equal prices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Menu {
    /// The restaurant's id.
    pub restaurant: RestaurantId,
    /// Increases with every change; an order stores the version that it was priced by.
    pub version: i64,
    /// The currency of all prices.
    pub currency: Currency,
    /// The language of the texts, and the format of amounts.
    pub locale: Locale,
    /// In the order in which they are shown.
    pub sections: Vec<Section>,
    /// Every group that some item uses.
    pub groups: Vec<ModifierGroup>,
}

/// A part of a menu under one heading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Section {
    /// Names the section in addresses and anchors.
    pub id: SectionId,
    /// The heading.
    pub name: String,
    /// A sentence below the heading; may be empty.
    pub description: String,
    /// When it can be ordered, as text (`Mon–Fri 11:30–14:30`), if not always.
    pub hours: Option<String>,
    /// Whether it can be ordered for the time the menu is for.
    pub available: bool,
    /// Code of the tax class of its items; none for the usual one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_class: Option<String>,
    /// In the order in which they are shown.
    pub items: Vec<Item>,
}

/// A dish or drink.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Item {
    /// Names the item in addresses and orders.
    pub id: ItemId,
    /// As the menu prints it.
    pub name: String,
    /// The name in English, where the menu is in another script.
    pub name_en: Option<String>,
    /// Description; may be empty.
    pub description: String,
    /// Address of its picture, if it has one.
    pub picture: Option<String>,
    /// At least one; an item without sizes has exactly one, with an empty name.
    pub variants: Vec<Variant>,
    /// The modifier groups, in the order in which they are shown.
    pub groups: Vec<GroupUse>,
    /// Allergens that it contains.
    pub allergens: Vec<Allergen>,
    /// Allergens of which it may contain traces.
    pub may_contain: Vec<Allergen>,
    /// Diets that it suits as served.
    pub diets: Vec<Diet>,
    /// Age from which it is sold, if it is limited.
    pub min_age: Option<u16>,
    /// Energy of one portion in kilocalories.
    pub kcal: Option<u32>,
    /// Code of its tax class; none for its section's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_class: Option<String>,
    /// Why it cannot be ordered for the time the menu is for, as text (`Sold out until 17:00`); none when it can.
    pub sold_out: Option<String>,
}

/// A size or kind of an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Variant {
    /// Names the variant in orders.
    pub id: VariantId,
    /// The size that modifiers price by (`large`); shared by variants of several items.
    pub size: String,
    /// As the menu prints it; empty for the only variant of an item.
    pub name: String,
    /// Price before modifiers.
    pub price: Money,
}

/// How an item uses a group: its own bounds, resolved against the group's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GroupUse {
    /// Which group.
    pub group: ModifierGroupId,
    /// Fewest picks; 0 makes the group optional.
    pub min: u32,
    /// Most picks, counting quantities; at least `min` and at least 1.
    pub max: u32,
    /// Number of free picks, the cheapest first.
    pub free: u32,
}

/// A reusable set of choices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ModifierGroup {
    /// Names the group where items use it.
    pub id: ModifierGroupId,
    /// The question (`Choose a size`, `Extra toppings`).
    pub name: String,
    /// In the order in which they are shown.
    pub modifiers: Vec<Modifier>,
}

/// One choice of a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Modifier {
    /// Names the modifier in orders.
    pub id: ModifierId,
    /// As the menu prints it.
    pub name: String,
    /// Price of one, unless there is a price for the size.
    pub price: Money,
    /// Price of one for a size, by [`Variant::size`].
    pub size_prices: BTreeMap<String, Money>,
    /// Most of this one; at least 1.
    pub max: u32,
    /// Chosen unless the guest removes it.
    pub preselected: bool,
    /// Not available at the time the menu is for.
    pub sold_out: bool,
    /// Allergens that it adds to the item's.
    pub allergens: Vec<Allergen>,
    /// Code of its tax class; none for the item's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_class: Option<String>,
}

impl Menu {
    /// The item with this id, and its section.
    pub fn item(&self, id: ItemId) -> Option<(&Section, &Item)> {
        self.sections.iter().find_map(|section| {
            let item = section.items.iter().find(|item| item.id == id)?;
            Some((section, item))
        })
    }

    /// The group with this id.
    pub fn group(&self, id: ModifierGroupId) -> Option<&ModifierGroup> {
        self.groups.iter().find(|group| group.id == id)
    }

    /// Why an item cannot be completed, as text without a full stop: a group has fewer modifiers left
    /// than it requires.
    pub fn lacking(&self, item: &Item) -> Option<String> {
        self.groups_of(item).find(|(usage, group)| group.left() < u64::from(usage.min)).map(|(_, group)| {
            let name = &group.name;
            let any = group.modifiers.iter().any(|modifier| !modifier.sold_out);
            if any {
                format!("Too few choices left for “{name}”")
            } else {
                format!("No choices left for “{name}”")
            }
        })
    }

    /// The sizes that a group's prices go by: one variant for each size of the dishes that ask for it.
    pub fn sizes_of(&self, group: ModifierGroupId) -> Vec<&Variant> {
        let items = self.sections.iter().flat_map(|section| &section.items);
        let items = items.filter(|item| item.groups.iter().any(|usage| usage.group == group));
        let mut sizes: Vec<&Variant> = Vec::new();
        for variant in items.flat_map(|item| &item.variants) {
            if sizes.iter().all(|known| known.size != variant.size) {
                sizes.push(variant);
            }
        }
        sizes
    }

    /// The groups of an item, each with the item's bounds.
    pub fn groups_of<'a>(&'a self, item: &'a Item) -> impl Iterator<Item = (&'a GroupUse, &'a ModifierGroup)> {
        item.groups.iter().filter_map(|usage| Some((usage, self.group(usage.group)?)))
    }
}

impl Section {
    /// Whether an item of this section can be ordered for the time the menu is for.
    pub fn offers(&self, item: &Item) -> bool {
        self.available && item.sold_out.is_none()
    }
}

impl ModifierGroup {
    /// The number of available picks.
    fn left(&self) -> u64 {
        self.modifiers.iter().filter(|modifier| !modifier.sold_out).map(|modifier| u64::from(modifier.max)).sum()
    }
}

impl Item {
    /// The variant with this id.
    pub fn variant(&self, id: VariantId) -> Option<&Variant> {
        self.variants.iter().find(|variant| variant.id == id)
    }

    /// The lowest price of its variants.
    pub fn price_from(&self) -> Option<Money> {
        self.variants.iter().map(|variant| variant.price).min_by_key(|price| price.minor())
    }

    /// Whether there is more than one price to choose from.
    pub fn has_sizes(&self) -> bool {
        self.variants.len() > 1
    }

    /// Whether it can be added with one tap: one size, and no required choice.
    pub fn is_simple(&self) -> bool {
        !self.has_sizes() && self.groups.is_empty()
    }
}

impl Modifier {
    /// Price of one on a variant.
    pub fn price_on(&self, variant: &Variant) -> Money {
        self.size_prices.get(&variant.size).copied().unwrap_or(self.price)
    }

    /// Whether the price that is not for a size counts on one of these: else changing it changes no bill.
    pub fn has_price_besides(&self, sizes: &[&Variant]) -> bool {
        self.size_prices.is_empty() || sizes.iter().any(|variant| !self.size_prices.contains_key(&variant.size))
    }
}
