//! Items of a generated restaurant.

use super::{ITEMS, Making, data::Course};
use crate::{
    demo::ids::{group_id, item_id, section_id, variant_id},
    queries::menus::{ItemGroupRow, ItemRow, SectionRow, VariantRow},
    restaurants::normalize,
};
use rand::Rng as _;
use uuid::Uuid;

/// The rows of a menu.
#[derive(Default)]
pub struct Menu {
    pub sections: Vec<SectionRow>,
    pub items: Vec<ItemRow>,
    pub variants: Vec<VariantRow>,
    pub item_groups: Vec<ItemGroupRow>,
}

impl Making<'_> {
    pub fn menu(&mut self) -> Menu {
        let mut menu = Menu::default();
        let total = self.rng.random_range(ITEMS);
        for ((course, share), position) in self.courses.clone().into_iter().zip(self.shares(total)).zip(1..) {
            menu.sections.push(SectionRow {
                restaurant_id: self.id,
                section_id: section_id(&self.slug, &course.name).uuid(),
                position,
                name: course.name.clone(),
                description: String::new(),
                tax_class: None,
            });
            for (number, position) in (0..share).zip(1..) {
                self.item(&mut menu, course, number, position);
            }
        }
        menu
    }

    /// Number of items per course: as equal as possible, limited by the course's variety.
    fn shares(&self, total: usize) -> Vec<usize> {
        let mut shares = vec![0; self.courses.len()];
        let most: usize = self.courses.iter().map(|course| course.dishes()).sum();
        while shares.iter().sum::<usize>() < total.min(most) {
            for (share, course) in shares.iter_mut().zip(&self.courses) {
                *share = (*share + 1).min(course.dishes());
            }
        }
        shares
    }

    /// Iterates over ways and bases of a course, so that no two items have the same name.
    fn item(&mut self, menu: &mut Menu, course: &Course, number: usize, position: i32) {
        let base = course.bases.get(number % course.bases.len());
        let way = course.ways.get(number / course.bases.len() % course.ways.len());
        let (Some(base), Some(way)) = (base, way) else { return };
        let name = if way.is_empty() { base.name.clone() } else { format!("{} {way}", base.name) };
        let key = format!("{}/{name}", course.name);
        let description = format!("{}.", base.with);
        let item = item_id(&self.slug, &key).uuid();
        menu.items.push(ItemRow {
            restaurant_id: self.id,
            item_id: item,
            section_id: section_id(&self.slug, &course.name).uuid(),
            position,
            search_text: normalize::dish(&name, None, &description, &course.name),
            name,
            name_en: None,
            kitchen_name: String::new(),
            description,
            picture: None,
            allergens: base.allergens.clone(),
            may_contain: Vec::new(),
            diets: base.diets.clone(),
            min_age: None,
            kcal: Some(self.rng.random_range(18..=110) * 10),
            sold_out_until: None,
            tax_class: None,
        });
        self.variants(menu, course, &key, item);
        for (group, position) in course.groups.iter().zip(1..) {
            menu.item_groups.push(ItemGroupRow {
                restaurant_id: self.id,
                item_id: item,
                group_id: group_id(&self.slug, group).uuid(),
                position,
                min_picks: None,
                max_picks: None,
                free_picks: None,
            });
        }
    }

    fn variants(&mut self, menu: &mut Menu, course: &Course, key: &str, item: Uuid) {
        let price = self.money(course.price.clone());
        let sizes: &[(&str, &str, i64)] =
            if course.sized { &[("small", "Small", 100), ("large", "Large", 140)] } else { &[("", "", 100)] };
        for ((size, name, percent), position) in sizes.iter().zip(1..) {
            menu.variants.push(VariantRow {
                restaurant_id: self.id,
                variant_id: variant_id(&self.slug, key, size).uuid(),
                item_id: item,
                position,
                size: (*size).to_owned(),
                name: (*name).to_owned(),
                price_minor: price * percent / 100,
            });
        }
    }
}
