//! Generated restaurants in any number, the same ones for the same seed.

mod data;
mod dishes;

use crate::{
    context::AppContext,
    demo::{
        ids::{group_id, modifier_id, restaurant_id},
        import,
    },
    error::ServerError,
    queries::menus::{ChargeRow, GroupRow, HoursRow, ModeRow, ModifierRow, Record, RestaurantRow, ZoneRow},
    restaurants::normalize,
    scheduling::local_time::DAY,
};
use data::{Choices, Course, Data, Place};
use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom as _};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Restaurants per transaction.
const BATCH: usize = 100;
/// Items per menu.
const ITEMS: std::ops::RangeInclusive<usize> = 40..=60;

/// Imports generated restaurants and returns the number of new ones.
pub async fn generated(context: &AppContext, count: usize, seed_number: u64) -> Result<usize, ServerError> {
    let data = Data::read()?;
    let mut imported = 0;
    for first in (0..count).step_by(BATCH) {
        let numbers = first..count.min(first + BATCH);
        let records: Vec<_> = numbers.filter_map(|number| record(&data, seed_number, number)).collect();
        imported += import(context, &records, false).await?;
        tracing::info!(imported, count, "restaurants generated");
    }
    Ok(imported)
}

/// One restaurant, determined by seed and number.
fn record(data: &Data, seed_number: u64, number: usize) -> Option<Record> {
    let mut rng = StdRng::seed_from_u64(seed_number.wrapping_mul(1_000_003).wrapping_add(number as u64));
    let (kitchen, place) = (data.kitchens.choose(&mut rng)?, data.places.choose(&mut rng)?);
    let name = format!("{} {}", pick(&mut rng, &data.owners), pick(&mut rng, &kitchen.rooms));
    let slug = format!("{}-{seed_number}-{number}", slug(&name));
    let making = Making {
        rng,
        cuisines: &kitchen.cuisines,
        taglines: &data.taglines,
        groups: data.groups_of(kitchen),
        courses: data.courses_of(kitchen),
        place,
        id: restaurant_id(&slug).uuid(),
        slug,
        name,
    };
    Some(making.record())
}

/// The state of generating a restaurant.
struct Making<'a> {
    rng: StdRng,
    cuisines: &'a [String],
    taglines: &'a [String],
    groups: Vec<&'a Choices>,
    courses: Vec<&'a Course>,
    place: &'a Place,
    id: Uuid,
    slug: String,
    name: String,
}

impl Making<'_> {
    fn record(mut self) -> Record {
        let restaurant = self.restaurant();
        let (hours, modes, zones) = (self.hours(), self.modes(), self.zones());
        let charges = self.charges();
        let (groups, modifiers) = self.groups();
        let menu = self.menu();
        Record {
            restaurant,
            hours,
            exceptions: Vec::new(),
            modes,
            mode_hours: Vec::new(),
            zones,
            charges,
            sections: menu.sections,
            section_hours: Vec::new(),
            items: menu.items,
            variants: menu.variants,
            groups,
            modifiers,
            item_groups: menu.item_groups,
        }
    }

    fn restaurant(&mut self) -> RestaurantRow {
        let street = pick(&mut self.rng, &self.place.streets);
        let address = format!("{street} {}, {}", self.rng.random_range(1..180), self.place.city);
        let cuisines = self.cuisines.to_vec();
        let tagline = pick(&mut self.rng, self.taglines).to_owned();
        RestaurantRow {
            restaurant_id: self.id,
            slug: self.slug.clone(),
            name: self.name.clone(),
            language: "en".to_owned(),
            zone: self.place.zone.clone(),
            currency: self.place.currency.clone(),
            region: self.place.region.clone(),
            search_text: normalize::restaurant(&self.name, &cuisines, &tagline, &address),
            description: format!("{} A kitchen in {}.", tagline, self.place.city),
            cuisines,
            tagline,
            address,
            phone: format!("{} 555{:04}", self.place.phone, self.rng.random_range(0..10_000)),
            latitude: self.place.latitude + self.rng.random_range(-0.08..0.08),
            longitude: self.place.longitude + self.rng.random_range(-0.12..0.12),
            picture: None,
            last_order_minutes: self.rng.random_range(0..4) * 10,
            tip_percents: vec![0, 5, 10],
            menu_version: 1,
            paused_until: None,
            listing: "published".to_owned(),
            legal_name: String::new(),
            tax_number: String::new(),
            tax: None,
            contact_email: String::new(),
            retention_days: 90,
        }
    }

    fn hours(&mut self) -> Vec<HoursRow> {
        let closed_day = self.rng.random_range(1..=10);
        let opens = self.rng.random_range(7..=17u16) * 60;
        let closes = (opens + self.rng.random_range(6..=14u16) * 60).min(opens + DAY);
        let days = (1..=7).filter(|day| *day != closed_day);
        let row = |weekday| HoursRow { restaurant_id: self.id, weekday, opens_minute: opens, closes_minute: closes };
        days.map(row).collect()
    }

    fn modes(&mut self) -> Vec<ModeRow> {
        let lead = self.rng.random_range(2..=6) * 5;
        let mode = |mode: &str, lead_minutes, tables| ModeRow {
            restaurant_id: self.id,
            mode: mode.to_owned(),
            lead_minutes,
            slot_minutes: 15,
            orders_per_slot: None,
            tables,
            minimum_minor: 0,
            offered: true,
        };
        let mut modes = vec![mode("pickup", lead, Vec::new())];
        if self.rng.random_bool(0.8) {
            modes.push(mode("delivery", lead + 20, Vec::new()));
        }
        if self.rng.random_bool(0.5) {
            modes.push(mode("dine_in", lead, (1..=12).map(|table: u8| table.to_string()).collect()));
        }
        modes
    }

    fn zones(&mut self) -> Vec<ZoneRow> {
        let zones = self.place.postcodes.iter().zip(0i16..);
        let fee = self.money(180..350);
        let rows = zones.map(|(postcode, position)| ZoneRow {
            restaurant_id: self.id,
            position,
            name: format!("{} {postcode}", self.place.city),
            postcodes: vec![format!("{postcode}*")],
            shape: None,
            fee_minor: fee * (i64::from(position) + 1),
            minimum_minor: fee * 6,
            free_from_minor: Some(fee * 20),
        });
        rows.collect()
    }

    fn charges(&self) -> Vec<ChargeRow> {
        vec![ChargeRow {
            restaurant_id: self.id,
            position: 0,
            name: "Packaging".to_owned(),
            modes: vec!["pickup".to_owned(), "delivery".to_owned()],
            fixed_minor: Some(30 * self.place.price_factor),
            percent: None,
            tax_class: None,
        }]
    }

    fn groups(&mut self) -> (Vec<GroupRow>, Vec<ModifierRow>) {
        let (mut groups, mut modifiers) = (Vec::new(), Vec::new());
        for group in &self.groups {
            let group_id = group_id(&self.slug, &group.name).uuid();
            groups.push(GroupRow {
                restaurant_id: self.id,
                group_id,
                name: group.name.clone(),
                min_picks: group.min,
                max_picks: group.max,
                free_picks: 0,
            });
            for (modifier, position) in group.modifiers.iter().zip(1..) {
                modifiers.push(ModifierRow {
                    restaurant_id: self.id,
                    modifier_id: modifier_id(&self.slug, &group.name, &modifier.name).uuid(),
                    group_id,
                    position,
                    name: modifier.name.clone(),
                    price_minor: modifier.price * self.place.price_factor,
                    size_prices: BTreeMap::new(),
                    max_picks: 1,
                    preselected: false,
                    allergens: modifier.allergens.clone(),
                    sold_out_until: None,
                    tax_class: None,
                });
            }
        }
        (groups, modifiers)
    }

    /// An amount in local currency, in steps of ten cents.
    fn money(&mut self, cents: std::ops::Range<i64>) -> i64 {
        self.rng.random_range(cents) / 10 * 10 * self.place.price_factor
    }
}

fn pick<'a>(rng: &mut StdRng, words: &'a [String]) -> &'a str {
    words.choose(rng).map_or("", String::as_str)
}

fn slug(name: &str) -> String {
    normalize::words(name).join("-").chars().filter(|letter| letter.is_ascii_alphanumeric() || *letter == '-').collect()
}
