//! The menu of a recipe as rows.

use crate::{
    demo::{
        ids::{group_id, item_id, modifier_id, section_id, variant_id},
        plan::{Notes, Planning},
        recipe::{Group, ItemPart, ModifierPart, SectionPart, VariantPart},
        times,
    },
    queries::menus::{GroupRow, ItemGroupRow, ItemRow, ModifierRow, SectionHoursRow, SectionRow, Until, VariantRow},
    restaurants::normalize,
};
use app::domain::diet::{Allergen, Diet};
use std::collections::HashSet;

/// The rows of a menu.
#[derive(Default)]
pub struct MenuRows {
    pub sections: Vec<SectionRow>,
    pub section_hours: Vec<SectionHoursRow>,
    pub items: Vec<ItemRow>,
    pub variants: Vec<VariantRow>,
    pub groups: Vec<GroupRow>,
    pub modifiers: Vec<ModifierRow>,
    pub item_groups: Vec<ItemGroupRow>,
}

/// The rows of a recipe's menu.
pub fn menu(planning: &Planning<'_>, notes: &mut Notes) -> MenuRows {
    let mut menu = MenuBuilder { planning, notes, rows: MenuRows::default() };
    menu.unique("groups", planning.recipe.groups.iter().map(|group| &group.key));
    menu.unique("sections", planning.recipe.sections.iter().map(|section| &section.name));
    let items = planning.recipe.sections.iter().flat_map(|section| &section.items);
    menu.unique("items", items.map(|item| &item.key));
    for group in &planning.recipe.groups {
        menu.group(group);
    }
    for (section, position) in planning.recipe.sections.iter().zip(1..) {
        menu.section(section, position);
    }
    menu.rows
}

struct MenuBuilder<'a> {
    planning: &'a Planning<'a>,
    notes: &'a mut Notes,
    rows: MenuRows,
}

impl MenuBuilder<'_> {
    fn group(&mut self, group: &Group) {
        let key = format!("groups/{}", group.key);
        if group.max < 1 || group.max < group.min {
            self.notes.add(&key, "max is at least 1 and at least min");
        }
        self.unique(&key, group.modifiers.iter().map(|modifier| &modifier.key));
        self.rows.groups.push(GroupRow {
            restaurant_id: self.planning.id,
            group_id: group_id(self.slug(), &group.key).uuid(),
            name: group.name.clone(),
            min_picks: group.min,
            max_picks: group.max,
            free_picks: group.free,
        });
        for (modifier, position) in group.modifiers.iter().zip(1..) {
            self.modifier(group, modifier, position);
        }
    }

    fn modifier(&mut self, group: &Group, modifier: &ModifierPart, position: i32) {
        let key = format!("groups/{}/modifiers/{}", group.key, modifier.key);
        if modifier.price < 0 || modifier.prices.values().any(|price| *price < 0) {
            self.notes.add(&key, "a price cannot be negative");
        }
        let allergens = self.notes.known(&key, &modifier.allergens, |code| Allergen::from_code(code).is_some());
        let sold_out_until = self.sold_out(&key, modifier.sold_out.as_deref());
        self.rows.modifiers.push(ModifierRow {
            restaurant_id: self.planning.id,
            modifier_id: modifier_id(self.slug(), &group.key, &modifier.key).uuid(),
            group_id: group_id(self.slug(), &group.key).uuid(),
            position,
            name: modifier.name.clone(),
            price_minor: modifier.price,
            size_prices: modifier.prices.clone(),
            max_picks: modifier.max.unwrap_or(1).max(1),
            preselected: modifier.default,
            allergens,
            sold_out_until,
            tax_class: modifier.tax_class.clone(),
        });
    }

    fn section(&mut self, section: &SectionPart, position: i32) {
        let key = format!("sections/{}", section.name);
        let id = section_id(self.slug(), &section.name).uuid();
        self.rows.sections.push(SectionRow {
            restaurant_id: self.planning.id,
            section_id: id,
            position,
            name: section.name.clone(),
            description: section.description.clone(),
            tax_class: section.tax_class.clone(),
        });
        for (weekday, span) in self.notes.keep(format!("{key}/available"), times::spans(&section.available)) {
            self.rows.section_hours.push(SectionHoursRow {
                restaurant_id: self.planning.id,
                section_id: id,
                weekday,
                opens_minute: span.opens,
                closes_minute: span.closes,
            });
        }
        for (item, position) in section.items.iter().zip(1..) {
            self.item(section, item, position);
        }
    }

    fn item(&mut self, section: &SectionPart, item: &ItemPart, position: i32) {
        let key = format!("items/{}", item.key);
        let name_en = item.name_en.clone().filter(|name| *name != item.name);
        let allergen = |code: &str| Allergen::from_code(code).is_some();
        let row = ItemRow {
            restaurant_id: self.planning.id,
            item_id: item_id(self.slug(), &item.key).uuid(),
            section_id: section_id(self.slug(), &section.name).uuid(),
            position,
            name: item.name.clone(),
            kitchen_name: item.kitchen_name.clone(),
            description: item.description.clone(),
            picture: item.picture.clone(),
            allergens: self.notes.known(&key, &item.allergens, allergen),
            may_contain: self.notes.known(&key, &item.may_contain, allergen),
            diets: self.notes.known(&key, &item.diets, |code| Diet::from_code(code).is_some()),
            min_age: item.min_age,
            kcal: item.kcal,
            search_text: normalize::dish(&item.name, name_en.as_deref(), &item.description, &section.name),
            name_en,
            sold_out_until: self.sold_out(&key, item.sold_out.as_deref()),
            tax_class: item.tax_class.clone(),
        };
        self.rows.items.push(row);
        self.variants(&key, item);
        self.uses(&key, item);
    }

    fn variants(&mut self, key: &str, item: &ItemPart) {
        match (item.price, item.variants.as_slice()) {
            (Some(price), []) => {
                self.variant(key, item, &VariantPart { key: String::new(), name: String::new(), price }, 1);
            }
            (None, [_, ..]) => {
                self.unique(key, item.variants.iter().map(|variant| &variant.key));
                for (variant, position) in item.variants.iter().zip(1..) {
                    self.variant(key, item, variant, position);
                }
            }
            _ => self.notes.add(key, "say either price or variants"),
        }
    }

    fn variant(&mut self, key: &str, item: &ItemPart, variant: &VariantPart, position: i32) {
        if variant.price < 0 {
            self.notes.add(key, "a price cannot be negative");
        }
        self.rows.variants.push(VariantRow {
            restaurant_id: self.planning.id,
            variant_id: variant_id(self.slug(), &item.key, &variant.key).uuid(),
            item_id: item_id(self.slug(), &item.key).uuid(),
            position,
            size: variant.key.clone(),
            name: variant.name.clone(),
            price_minor: variant.price,
        });
    }

    fn uses(&mut self, key: &str, item: &ItemPart) {
        let bounds: Vec<_> = item.groups.iter().map(super::recipe::GroupName::bounds).collect();
        self.unique(&format!("{key}/groups"), bounds.iter().map(|bounds| &bounds.key));
        for (bounds, position) in bounds.iter().zip(1..) {
            let Some(group) = self.planning.recipe.groups.iter().find(|group| group.key == bounds.key) else {
                self.notes.add(key, format!("there is no group {}", bounds.key));
                continue;
            };
            let (min, max) = (bounds.min.unwrap_or(group.min), bounds.max.unwrap_or(group.max));
            let most: u32 = group.modifiers.iter().map(|modifier| modifier.max.unwrap_or(1)).sum();
            if max < min || max < 1 || min > most {
                self.notes.add(key, format!("group {}: {min} to {max} of {most} cannot be chosen", bounds.key));
            }
            self.rows.item_groups.push(ItemGroupRow {
                restaurant_id: self.planning.id,
                item_id: item_id(self.slug(), &item.key).uuid(),
                group_id: group_id(self.slug(), &bounds.key).uuid(),
                position,
                min_picks: bounds.min,
                max_picks: bounds.max,
                free_picks: bounds.free,
            });
        }
    }

    fn sold_out(&mut self, key: &str, word: Option<&str>) -> Option<Until> {
        match word? {
            "today" => Some(self.planning.tomorrow),
            "until-stocked" => Some(Until::Forever),
            word => {
                self.notes.add(key, format!("sold_out = {word} is none of today, until-stocked"));
                None
            }
        }
    }

    fn unique<'k>(&mut self, key: &str, keys: impl Iterator<Item = &'k String>) {
        let mut seen = HashSet::new();
        for name in keys.filter(|name| !seen.insert(*name)) {
            self.notes.add(key, format!("{name} is there twice"));
        }
    }

    fn slug(&self) -> &str {
        &self.planning.recipe.slug
    }
}
