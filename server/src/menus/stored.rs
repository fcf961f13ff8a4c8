//! A menu as stored, and its availability at an instant.

use crate::{
    queries::menus::{GroupRow, ItemGroupRow, ItemRow, ModifierRow, Record, Until},
    scheduling::{
        hours::{Hours, Span, Week},
        hours_display,
        local_time::WallClock,
    },
};
use app::domain::{
    diet::{Allergen, Diet},
    id::{ItemId, ModifierGroupId, ModifierId, RestaurantId, SectionId, VariantId},
    locale::Locale,
    menu::{GroupUse, Item, Menu, Modifier, ModifierGroup, Section, Variant},
    money::{Currency, Money},
    time::Timestamp,
};
use std::collections::HashMap;
use uuid::Uuid;

/// A menu with everything that changes its availability.
#[derive(Debug)]
pub struct MenuPlan {
    /// As if everything were available.
    menu: Menu,
    clock: WallClock,
    section_hours: HashMap<SectionId, Hours>,
    items_sold_out: HashMap<ItemId, Until>,
    modifiers_sold_out: HashMap<ModifierId, Until>,
}

impl MenuPlan {
    /// Assembles the rows of a menu.
    pub fn of(record: &Record, clock: &WallClock, currency: Currency) -> Self {
        let rows = Rows::of(record, currency);
        let section_hours = section_hours(record, clock);
        let sections = record.sections.iter().map(|row| {
            let id = SectionId::from_uuid(row.section_id);
            Section {
                id,
                name: row.name.clone(),
                description: row.description.clone(),
                hours: section_hours.get(&id).map(|hours| hours_display::sentence(&hours.week)),
                available: true,
                tax_class: row.tax_class.clone(),
                items: rows.items_of(row.section_id),
            }
        });
        let sections: Vec<_> = sections.filter(|section| !section.items.is_empty()).collect();
        let used = |id: ModifierGroupId| {
            sections
                .iter()
                .flat_map(|section| &section.items)
                .flat_map(|item| &item.groups)
                .any(|usage| usage.group == id)
        };
        let groups = record.groups.iter().map(|row| rows.group(row)).filter(|group| used(group.id)).collect();
        Self {
            menu: Menu {
                restaurant: RestaurantId::from_uuid(record.restaurant.restaurant_id),
                version: record.restaurant.menu_version,
                currency,
                locale: Locale::new(&record.restaurant.language),
                sections,
                groups,
            },
            clock: clock.clone(),
            section_hours,
            items_sold_out: marks(record.items.iter().map(|row| (ItemId::from_uuid(row.item_id), row.sold_out_until))),
            modifiers_sold_out: marks(
                record.modifiers.iter().map(|row| (ModifierId::from_uuid(row.modifier_id), row.sold_out_until)),
            ),
        }
    }

    /// The menu available at an instant, with texts relative to now.
    pub fn at(&self, at: Timestamp, now: Timestamp) -> Menu {
        let mut menu = self.menu.clone();
        for modifier in menu.groups.iter_mut().flat_map(|group| &mut group.modifiers) {
            let until = self.modifiers_sold_out.get(&modifier.id);
            modifier.sold_out = until.is_some_and(|until| until.is_after(at));
        }
        let mut sections = std::mem::take(&mut menu.sections);
        for section in &mut sections {
            let hours = self.section_hours.get(&section.id);
            section.available = hours.is_none_or(|hours| hours.stretch(at).is_some());
            for item in &mut section.items {
                let until = self.items_sold_out.get(&item.id).filter(|until| until.is_after(at));
                item.sold_out = until.map(|until| self.words(*until, now)).or_else(|| menu.lacking(item));
            }
        }
        menu.sections = sections;
        menu
    }

    /// The next instant at which [`Self::at`] may change.
    pub fn boundary(&self, now: Timestamp) -> Option<Timestamp> {
        let ends =
            self.items_sold_out.values().chain(self.modifiers_sold_out.values()).filter_map(|until| match until {
                Until::At(until) if *until > now => Some((*until).min(self.clock.midnight_after(now))),
                Until::At(_) | Until::Forever => None,
            });
        let sections = self.section_hours.values().filter_map(|hours| hours.boundary(now));
        ends.chain(sections).min()
    }

    /// Why something is unavailable.
    fn words(&self, until: Until, now: Timestamp) -> String {
        match until {
            Until::Forever => "Sold out".to_owned(),
            Until::At(until) => format!("Sold out until {}", self.clock.words(until, now)),
        }
    }
}

/// The rows of a menu, grouped by parent.
struct Rows<'a> {
    currency: Currency,
    items: HashMap<Uuid, Vec<&'a ItemRow>>,
    variants: HashMap<Uuid, Vec<Variant>>,
    uses: HashMap<Uuid, Vec<GroupUse>>,
    modifiers: HashMap<Uuid, Vec<&'a ModifierRow>>,
}

impl<'a> Rows<'a> {
    fn of(record: &'a Record, currency: Currency) -> Self {
        let groups: HashMap<_, _> = record.groups.iter().map(|group| (group.group_id, group)).collect();
        let variants = record.variants.iter().map(|row| {
            let price = Money::new(row.price_minor, currency);
            let id = VariantId::from_uuid(row.variant_id);
            (row.item_id, Variant { id, size: row.size.clone(), name: row.name.clone(), price })
        });
        let uses =
            record.item_groups.iter().filter_map(|row| Some((row.item_id, usage(row, groups.get(&row.group_id)?))));
        Self {
            currency,
            items: gathered(record.items.iter().map(|row| (row.section_id, row))),
            variants: gathered(variants),
            uses: gathered(uses),
            modifiers: gathered(record.modifiers.iter().map(|row| (row.group_id, row))),
        }
    }

    /// The items of a section; one without a price cannot be sold and is left out.
    fn items_of(&self, section: Uuid) -> Vec<Item> {
        let rows = self.items.get(&section).map(Vec::as_slice).unwrap_or_default();
        rows.iter().filter_map(|row| self.item(row)).collect()
    }

    fn item(&self, row: &ItemRow) -> Option<Item> {
        Some(Item {
            id: ItemId::from_uuid(row.item_id),
            name: row.name.clone(),
            name_en: row.name_en.clone(),
            description: row.description.clone(),
            picture: row.picture.as_deref().map(|name| format!("/pictures/dish/{name}.svg")),
            variants: self.variants.get(&row.item_id)?.clone(),
            groups: self.uses.get(&row.item_id).cloned().unwrap_or_default(),
            allergens: known(&row.allergens, Allergen::from_code),
            may_contain: known(&row.may_contain, Allergen::from_code),
            diets: known(&row.diets, Diet::from_code),
            min_age: row.min_age,
            kcal: row.kcal,
            tax_class: row.tax_class.clone(),
            sold_out: None,
        })
    }

    fn group(&self, row: &GroupRow) -> ModifierGroup {
        let modifiers = self.modifiers.get(&row.group_id).map(Vec::as_slice).unwrap_or_default();
        let modifiers = modifiers.iter().map(|row| Modifier {
            id: ModifierId::from_uuid(row.modifier_id),
            name: row.name.clone(),
            price: Money::new(row.price_minor, self.currency),
            size_prices: row
                .size_prices
                .iter()
                .map(|(size, minor)| (size.clone(), Money::new(*minor, self.currency)))
                .collect(),
            max: row.max_picks,
            preselected: row.preselected,
            sold_out: false,
            allergens: known(&row.allergens, Allergen::from_code),
            tax_class: row.tax_class.clone(),
        });
        ModifierGroup {
            id: ModifierGroupId::from_uuid(row.group_id),
            name: row.name.clone(),
            modifiers: modifiers.collect(),
        }
    }
}

/// How an item uses a group: its own limits, else the group's.
fn usage(row: &ItemGroupRow, group: &GroupRow) -> GroupUse {
    let min = row.min_picks.unwrap_or(group.min_picks);
    GroupUse {
        group: ModifierGroupId::from_uuid(row.group_id),
        min,
        max: row.max_picks.unwrap_or(group.max_picks).max(min).max(1),
        free: row.free_picks.unwrap_or(group.free_picks),
    }
}

fn section_hours(record: &Record, clock: &WallClock) -> HashMap<SectionId, Hours> {
    let rows = record.section_hours.iter().map(|row| {
        let span = Span { opens: row.opens_minute, closes: row.closes_minute };
        (SectionId::from_uuid(row.section_id), (row.weekday, span))
    });
    let weeks = gathered(rows).into_iter();
    weeks.map(|(section, rows)| (section, Hours::weekly(clock.clone(), Week::of(rows)))).collect()
}

fn marks<Id: std::hash::Hash + Eq>(rows: impl Iterator<Item = (Id, Option<Until>)>) -> HashMap<Id, Until> {
    rows.filter_map(|(id, until)| Some((id, until?))).collect()
}

/// The codes that this version knows; those of a newer one are left out.
fn known<T>(codes: &[String], member: impl Fn(&str) -> Option<T>) -> Vec<T> {
    codes.iter().filter_map(|code| member(code)).collect()
}

fn gathered<Key: std::hash::Hash + Eq, T>(rows: impl Iterator<Item = (Key, T)>) -> HashMap<Key, Vec<T>> {
    let mut gathered = HashMap::<Key, Vec<T>>::new();
    for (key, row) in rows {
        gathered.entry(key).or_default().push(row);
    }
    gathered
}
