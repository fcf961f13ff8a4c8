//! Reads the terms of sale of all restaurants.

use super::{FinalState, reader::Reader};
use crate::menu::{Charge, Terms, Zone};
use serde::Deserialize;
use std::{collections::BTreeMap, time::Duration};
use support::{Error, Timestamp};
use uuid::Uuid;

/// Restaurant, mode, tables, minimum.
type ModeRow = (Uuid, String, Vec<String>, i64);
/// Restaurant, position, postcodes, fee, minimum, free from.
type ZoneRow = (Uuid, i16, Vec<String>, i64, i64, Option<i64>);
/// Restaurant, modes, fixed, percent.
type ChargeRow = (Uuid, Vec<String>, Option<i64>, Option<i32>);

impl FinalState {
    pub async fn terms(urls: &[String]) -> Result<Vec<Terms>, Error> {
        let deadline = Timestamp::now().plus(Duration::from_secs(20));
        read(&mut Reader::open(urls, deadline).await?).await
    }
}

/// Ordered by slug.
pub(super) async fn read(reader: &mut Reader) -> Result<Vec<Terms>, Error> {
    let slugs: Vec<(String, Uuid, Option<String>)> =
        reader.rows("restaurants", "slug, restaurant_id, tax::text", "").await?;
    let modes: Vec<ModeRow> =
        reader.rows("service_modes", "restaurant_id, mode, tables, minimum_minor", "WHERE offered").await?;
    let zones: Vec<ZoneRow> = reader
        .rows("delivery_zones", "restaurant_id, position, postcodes, fee_minor, minimum_minor, free_from_minor", "")
        .await?;
    let charges: Vec<ChargeRow> = reader.rows("charges", "restaurant_id, modes, fixed_minor, percent", "").await?;
    let mut terms: Vec<_> = slugs
        .into_iter()
        .map(|(slug, restaurant, tax)| {
            let own_modes = modes.iter().filter(|(id, ..)| *id == restaurant);
            let mut own_zones: Vec<_> = zones.iter().filter(|(id, ..)| *id == restaurant).collect();
            own_zones.sort_by_key(|(_, position, ..)| *position);
            let own_charges = charges.iter().filter(|(id, ..)| *id == restaurant);
            let mut modes: Vec<_> = own_modes.clone().map(|(_, mode, ..)| mode.clone()).collect();
            modes.sort_unstable();
            Terms {
                slug,
                restaurant,
                modes,
                minimums: own_modes.clone().map(|(_, mode, _, minimum)| (mode.clone(), *minimum)).collect(),
                tables: own_modes.flat_map(|(_, _, tables, _)| tables.clone()).collect(),
                zones: own_zones.into_iter().map(zone).collect(),
                charges: own_charges.map(charge).collect(),
                added_tax: tax.as_deref().map(added_tax).unwrap_or_default(),
            }
        })
        .collect();
    terms.sort_by(|one, other| one.slug.cmp(&other.slug));
    Ok(terms)
}

#[derive(Deserialize)]
struct Taxes {
    inclusive: bool,
    rates: Vec<TaxRate>,
}

#[derive(Deserialize)]
struct TaxRate {
    modes: Vec<String>,
    /// The last day of a rate that ended or will end.
    until: Option<String>,
    components: Vec<Component>,
}

#[derive(Deserialize)]
struct Component {
    millionths: i64,
}

/// The rates without an end, where prices are without tax.
fn added_tax(tax: &str) -> BTreeMap<String, i64> {
    let taxes = serde_json::from_str::<Taxes>(tax).ok().filter(|taxes| !taxes.inclusive);
    let rates = taxes.into_iter().flat_map(|taxes| taxes.rates).filter(|rate| rate.until.is_none());
    let by_mode = rates.flat_map(|rate| {
        let millionths = rate.components.iter().map(|component| component.millionths).sum();
        rate.modes.into_iter().map(move |mode| (mode, millionths))
    });
    by_mode.collect()
}

fn zone((_, _, postcodes, fee, minimum, free_from): &ZoneRow) -> Zone {
    Zone { postcodes: postcodes.clone(), fee: *fee, minimum: *minimum, free_from: *free_from }
}

fn charge((_, modes, fixed, percent): &ChargeRow) -> Charge {
    Charge { modes: modes.clone(), fixed: *fixed, percent: percent.map(i64::from) }
}
