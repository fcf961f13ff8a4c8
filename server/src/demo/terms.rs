//! The terms of a recipe as rows: modes, delivery zones, charges.

use crate::{
    demo::{
        plan::{Notes, Planning},
        recipe::DeliveryZone,
    },
    queries::menus::{ChargeRow, ModeRow, ZoneRow},
};
use app::domain::{
    location::Location,
    postcode::Area,
    shape::{self, RADIUS_M, Shape},
    terms::ServiceMode,
};

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
            let shape = shape(zone, notes);
            if zone.postcodes.is_empty() == shape.is_none() {
                notes.add(
                    format!("zones/{}", zone.name),
                    "needs postcodes, a radius_m or corners, and only one of them",
                );
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
                shape,
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
                tax_class: charge.tax_class.clone(),
            }
        });
        rows.collect()
    }
}

/// The circle or polygon of a zone, if it has one.
fn shape(zone: &DeliveryZone, notes: &mut Notes) -> Option<Shape> {
    let key = format!("zones/{}", zone.name);
    if let Some(radius_m) = zone.radius_m {
        if !RADIUS_M.contains(&radius_m) || zone.corners.is_some() {
            notes.add(&key, "radius_m from 50 to 100000, and no corners");
        }
        return Some(Shape::Circle { centre: None, radius_m });
    }
    let corners = zone.corners.as_ref()?.iter().map(|(north, east)| Location::new(*north, *east));
    let polygon = corners.collect::<Option<Vec<_>>>().map(shape::polygon);
    match polygon {
        Some(Ok(polygon)) => Some(polygon),
        Some(Err(problem)) => {
            notes.add(&key, problem.to_string());
            None
        }
        None => {
            notes.add(&key, "corners not on earth");
            None
        }
    }
}
