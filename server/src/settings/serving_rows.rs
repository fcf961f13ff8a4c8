//! Changed settings of how a restaurant serves, as rows.

use crate::{
    queries::menus::{ChargeRow, ModeHoursRow, ModeRow, Record, ZoneRow},
    settings::serving::usual_lead,
};
use app::domain::{
    id::RestaurantId,
    terms::{Charge, Extent, Rate, ServiceMode, Zone, settings::ModeSettings},
};

/// All modes with their hours. Tables, which another page edits, are kept.
pub(super) fn modes(record: &Record, modes: &[ModeSettings]) -> (Vec<ModeRow>, Vec<ModeHoursRow>) {
    let restaurant_id = record.restaurant.restaurant_id;
    let rows = modes.iter().map(|of| {
        let before = record.modes.iter().find(|row| row.mode == of.mode.code());
        ModeRow {
            restaurant_id,
            mode: of.mode.code().to_owned(),
            lead_minutes: of.lead_minutes,
            slot_minutes: of.slot_minutes,
            orders_per_slot: of.orders_per_slot,
            tables: before.map(|row| row.tables.clone()).unwrap_or_default(),
            minimum_minor: of.minimum.minor(),
            offered: of.offered,
        }
    });
    let hours = modes.iter().flat_map(|of| {
        let days = (1i16..).zip(&of.week);
        days.flat_map(|(weekday, spans)| spans.iter().map(move |span| (weekday, *span))).map(
            move |(weekday, (opens_minute, closes_minute))| {
                let mode = of.mode.code().to_owned();
                ModeHoursRow { restaurant_id, mode, weekday, opens_minute, closes_minute }
            },
        )
    });
    (rows.collect(), hours.collect())
}

/// The modes with these tables; dine-in gets a row, not offered, when it has none.
pub(super) fn with_tables(record: &Record, tables: &[String]) -> Vec<ModeRow> {
    let dine_in = ServiceMode::DineIn;
    let mut rows = record.modes.clone();
    if !rows.iter().any(|row| row.mode == dine_in.code()) {
        rows.push(ModeRow {
            restaurant_id: record.restaurant.restaurant_id,
            mode: dine_in.code().to_owned(),
            lead_minutes: usual_lead(dine_in),
            slot_minutes: 15,
            orders_per_slot: None,
            tables: Vec::new(),
            minimum_minor: 0,
            offered: false,
        });
    }
    for row in rows.iter_mut().filter(|row| row.mode == dine_in.code()) {
        row.tables = tables.to_vec();
    }
    rows
}

pub(super) fn zones(restaurant: RestaurantId, zones: &[Zone]) -> Vec<ZoneRow> {
    let rows = zones.iter().zip(0i16..).map(|(zone, position)| {
        let (postcodes, shape) = match zone.extent.clone() {
            Extent::Postcodes(postcodes) => (postcodes, None),
            Extent::Shape(shape) => (Vec::new(), Some(shape)),
        };
        ZoneRow {
            restaurant_id: restaurant.uuid(),
            position,
            name: zone.name.clone(),
            postcodes,
            fee_minor: zone.fee.minor(),
            minimum_minor: zone.minimum.minor(),
            free_from_minor: zone.free_from.map(app::domain::money::Money::minor),
            shape,
        }
    });
    rows.collect()
}

pub(super) fn charges(restaurant: RestaurantId, charges: &[Charge]) -> Vec<ChargeRow> {
    let rows = charges.iter().zip(0i16..).map(|(charge, position)| {
        let (fixed_minor, percent) = match charge.rate {
            Rate::Fixed(amount) => (Some(amount.minor()), None),
            Rate::Percent(percent) => (None, Some(percent)),
        };
        ChargeRow {
            restaurant_id: restaurant.uuid(),
            position,
            name: charge.name.clone(),
            modes: charge.modes.iter().map(|mode| mode.code().to_owned()).collect(),
            fixed_minor,
            percent,
            tax_class: charge.tax_class.clone(),
        }
    });
    rows.collect()
}

pub(super) fn percents(percents: &[u32]) -> Vec<i32> {
    percents.iter().filter_map(|percent| i32::try_from(*percent).ok()).collect()
}
