//! The terms of a recipe as rows: modes, delivery zones, charges.

use crate::{
    demo::plan::{Notes, Planning},
    queries::menus::{ChargeRow, ModeRow, ZoneRow},
};
use app::domain::{postcode::Area, terms::ServiceMode};

/// Default minutes between slots.
const SLOT_MINUTES: u16 = 15;

impl Planning<'_> {
    pub fn modes(&self, notes: &mut Notes) -> Vec<ModeRow> {
        if self.recipe.modes.is_empty() {
            notes.add("modes", "at least one is needed");
        }
        let rows = self.recipe.modes.iter().map(|mode| {
            let slot_minutes = mode.slot_minutes.unwrap_or(SLOT_MINUTES);
            let key = format!("modes/{}", mode.mode);
            if ServiceMode::from_code(&mode.mode).is_none() {
                notes.add(&key, "is none of pickup, delivery, dine_in");
            }
            if mode.lead_minutes > 600 || !(5..=240).contains(&slot_minutes) || mode.orders_per_slot == Some(0) {
                notes.add(&key, "lead_minutes up to 600, slot_minutes 5 to 240, orders_per_slot at least 1");
            }
            ModeRow {
                restaurant_id: self.id,
                mode: mode.mode.clone(),
                lead_minutes: mode.lead_minutes,
                slot_minutes,
                orders_per_slot: mode.orders_per_slot,
                tables: mode.tables.clone(),
                minimum_minor: 0,
                offered: true,
            }
        });
        rows.collect()
    }

    pub fn zones(&self, notes: &mut Notes) -> Vec<ZoneRow> {
        let zones = self.recipe.zones.iter().zip(0i16..);
        let rows = zones.map(|(zone, position)| {
            if zone.fee < 0 || zone.minimum < 0 || zone.free_from.is_some_and(|from| from < 0) {
                notes.add(format!("zones/{}", zone.name), "amounts cannot be negative");
            }
            if zone.postcodes.is_empty() {
                notes.add(format!("zones/{}", zone.name), "needs postcodes");
            }
            for area in zone.postcodes.iter().filter(|area| Area::parse(area).is_none()) {
                let words = "is no postcode (10435), beginning (104*), range (10115-10119) or British district (E1)";
                notes.add(format!("zones/{}", zone.name), format!("{area} {words}"));
            }
            ZoneRow {
                restaurant_id: self.id,
                position,
                name: zone.name.clone(),
                postcodes: zone.postcodes.clone(),
                fee_minor: zone.fee,
                minimum_minor: zone.minimum,
                free_from_minor: zone.free_from,
            }
        });
        rows.collect()
    }

    pub fn charges(&self, notes: &mut Notes) -> Vec<ChargeRow> {
        let charges = self.recipe.charges.iter().zip(0i16..);
        let rows = charges.map(|(charge, position)| {
            let key = format!("charges/{}", charge.name);
            if charge.fixed.is_some() == charge.percent.is_some() {
                notes.add(&key, "say either fixed or percent");
            }
            if charge.fixed.is_some_and(|fixed| fixed < 0) || charge.percent.is_some_and(|percent| percent > 100) {
                notes.add(&key, "fixed cannot be negative, percent is at most 100");
            }
            ChargeRow {
                restaurant_id: self.id,
                position,
                name: charge.name.clone(),
                modes: notes.known(&key, &charge.modes, |mode| ServiceMode::from_code(mode).is_some()),
                fixed_minor: charge.fixed,
                percent: charge.percent,
            }
        });
        rows.collect()
    }
}
