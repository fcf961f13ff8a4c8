//! The settings of how a restaurant serves: read from its rows, and changed part by part.

use crate::{
    context::AppContext,
    db::unreadable::Unreadable,
    error::ServerError,
    menus::rules::{hours, location, mode_rules, service, terms, unreadable},
    queries::menus::{self, Record},
    scheduling::local_time::WallClock,
    settings::{Edit, Part, record, serving_rows as written, tax},
};
use app::{
    domain::{
        error::AppError,
        listing::ListingStatus,
        locale::Locale,
        money::{Currency, Money},
        role::Permission,
        shape::Shape,
        terms::{
            ServiceMode, Terms, Zone,
            settings::{
                ChargeSettings, ModeSettings, ServiceSettings, TaxSettings, TermsChange, TermsPart, TermsSettings,
                WeekSpans,
            },
        },
        time::Timestamp,
    },
    forms::settings::spans,
    services::{ServingView, Staff},
};
use serde_json::{Map, Value, json};

/// Of a mode that was never offered.
const USUAL_SLOT_MINUTES: u16 = 15;

/// All parts as stored.
pub(crate) async fn view(context: &AppContext, staff: &Staff, slug: &str) -> Result<ServingView, ServerError> {
    let record = record(context, staff, slug, Permission::EditSettings).await?;
    let currency = currency(&record)?;
    let terms = terms(&record, currency);
    Ok(ServingView {
        slug: record.restaurant.slug.clone(),
        name: record.restaurant.name.clone(),
        listing: ListingStatus::from_code(&record.restaurant.listing),
        currency,
        locale: Locale::new(&record.restaurant.language),
        settings: stored(&record, currency, &terms),
        never_open: never_open(&record, context.clock.now())?,
        terms,
        bases: TermsPart::ALL.map(|of| (of, part(of).base(&record))).to_vec(),
    })
}

/// The offered modes without an opening to come, at a restaurant that has one.
fn never_open(record: &Record, now: Timestamp) -> Result<Vec<ServiceMode>, Unreadable> {
    let zone = &record.restaurant.zone;
    let clock = WallClock::of(zone).ok_or_else(|| unreadable("time zone", zone))?;
    let service = service(record, hours(record, &clock)?, &mode_rules(record));
    if service.hours.running_or_later(now).next().is_none() {
        return Ok(Vec::new());
    }
    let never = service.own.iter().filter(|(_, own)| own.hours.running_or_later(now).next().is_none());
    Ok(never.map(|(mode, _)| *mode).collect())
}

/// Changes one part.
pub(crate) async fn change(
    context: &AppContext,
    staff: &Staff,
    slug: &str,
    base: &str,
    change: &TermsChange,
) -> Result<(), ServerError> {
    let mut edit = Edit::begin(context, staff, slug, part(change.part()), base).await?;
    context.store.bounded(edit.tx.node(), apply(&mut edit, change)).await?;
    edit.finish().await
}

async fn apply(edit: &mut Edit<'_>, change: &TermsChange) -> Result<(), ServerError> {
    let restaurant = edit.restaurant;
    match change {
        TermsChange::Service(settings) => {
            let (modes, hours) = written::modes(&edit.record, &settings.modes);
            let last = i32::try_from(settings.last_order_minutes).unwrap_or(i32::MAX);
            menus::replace_modes(&mut edit.tx, restaurant, last, &modes, &hours).await
        }
        TermsChange::Delivery(zones) => {
            ensure_middles(&edit.record, zones)?;
            menus::replace_zones(&mut edit.tx, restaurant, &written::zones(restaurant, zones)).await
        }
        TermsChange::Charges(settings) => {
            tax::ensure_charges(&edit.record, &settings.charges)?;
            let rows = written::charges(restaurant, &settings.charges);
            menus::replace_charges(&mut edit.tx, restaurant, &rows, &written::percents(&settings.tip_percents)).await
        }
        TermsChange::Tables(tables) => {
            let last = edit.record.restaurant.last_order_minutes;
            let modes = written::with_tables(&edit.record, tables);
            menus::replace_modes(&mut edit.tx, restaurant, last, &modes, &edit.record.mode_hours).await
        }
        TermsChange::Tax(TaxSettings { legal_name, tax_number, rules }) => {
            tax::ensure_classes(&edit.record, rules)?;
            menus::set_tax(&mut edit.tx, restaurant, legal_name, tax_number, rules).await
        }
    }
}

/// A circle around the restaurant needs its location.
fn ensure_middles(record: &Record, zones: &[Zone]) -> Result<(), AppError> {
    let around = zones.iter().find(|zone| matches!(zone.shape(), Some(Shape::Circle { centre: None, .. })));
    match around.filter(|_| location(record).is_none()) {
        None => Ok(()),
        Some(zone) => {
            let words = format!(
                "“{}” is a circle around the restaurant, whose location is not known. Enter it on the page “General” first, or enter the middle of the circle.",
                zone.name
            );
            Err(AppError::invalid("", "location", words))
        }
    }
}

/// The values of a part, as the audit log shows them.
const fn part(part: TermsPart) -> Part {
    match part {
        TermsPart::Service => Part { action: "settings.service", values: service_values },
        TermsPart::Delivery => Part { action: "settings.delivery", values: zone_values },
        TermsPart::Charges => Part { action: "settings.charges", values: charge_values },
        TermsPart::Tables => Part { action: "settings.tables", values: table_values },
        TermsPart::Tax => Part { action: "settings.tax", values: tax::values },
    }
}

fn service_values(record: &Record) -> Value {
    let modes = record.modes.iter().map(|row| {
        let hours = ServiceMode::from_code(&row.mode).map(|mode| week(record, mode)).unwrap_or_default();
        let hours: Vec<_> = hours.iter().map(|spans| spans::write(spans)).collect();
        let values = json!({
            "offered": row.offered, "lead_minutes": row.lead_minutes, "slot_minutes": row.slot_minutes,
            "orders_per_slot": row.orders_per_slot, "minimum_minor": row.minimum_minor, "hours": hours,
        });
        (row.mode.clone(), values)
    });
    json!({ "last_order_minutes": record.restaurant.last_order_minutes, "modes": modes.collect::<Map<_, _>>() })
}

fn zone_values(record: &Record) -> Value {
    let zones = record.zones.iter().map(|row| {
        let mut values = json!({
            "name": row.name, "postcodes": row.postcodes, "fee_minor": row.fee_minor,
            "minimum_minor": row.minimum_minor, "free_from_minor": row.free_from_minor,
        });
        if let (Some(shape), Some(values)) = (&row.shape, values.as_object_mut()) {
            values.insert("area".to_owned(), shape.to_string().into());
        }
        values
    });
    zones.collect()
}

fn charge_values(record: &Record) -> Value {
    let charges = record.charges.iter().map(
        |row| json!({ "name": row.name, "modes": row.modes, "fixed_minor": row.fixed_minor, "percent": row.percent, "tax_class": row.tax_class }),
    );
    json!({ "charges": charges.collect::<Value>(), "tip_percents": tips(&record.restaurant.tip_percents) })
}

fn table_values(record: &Record) -> Value {
    tables(record).into()
}

fn stored(record: &Record, currency: Currency, terms: &Terms) -> TermsSettings {
    let row = &record.restaurant;
    TermsSettings {
        service: ServiceSettings {
            last_order_minutes: u32::try_from(row.last_order_minutes).unwrap_or_default(),
            modes: ServiceMode::ALL.map(|of| mode(record, of, currency)).to_vec(),
        },
        zones: terms.zones.clone(),
        charges: ChargeSettings { charges: terms.charges.clone(), tip_percents: tips(&terms.tip_percents) },
        tables: tables(record),
        tax: TaxSettings {
            legal_name: row.legal_name.clone(),
            tax_number: row.tax_number.clone(),
            rules: row.tax.clone().unwrap_or_default(),
        },
    }
}

fn mode(record: &Record, mode: ServiceMode, currency: Currency) -> ModeSettings {
    let week = week(record, mode);
    match record.modes.iter().find(|row| row.mode == mode.code()) {
        Some(row) => ModeSettings {
            mode,
            offered: row.offered,
            lead_minutes: row.lead_minutes,
            slot_minutes: row.slot_minutes,
            orders_per_slot: row.orders_per_slot,
            minimum: Money::new(row.minimum_minor, currency),
            week,
        },
        None => ModeSettings {
            mode,
            offered: false,
            lead_minutes: usual_lead(mode),
            slot_minutes: USUAL_SLOT_MINUTES,
            orders_per_slot: None,
            minimum: Money::zero(currency),
            week,
        },
    }
}

/// Minutes, for a mode that was never offered.
pub(super) const fn usual_lead(mode: ServiceMode) -> u32 {
    match mode {
        ServiceMode::Pickup => 20,
        ServiceMode::Delivery => 45,
        ServiceMode::DineIn => 15,
    }
}

fn week(record: &Record, mode: ServiceMode) -> WeekSpans {
    let rows = || record.mode_hours.iter().filter(|row| row.mode == mode.code());
    std::array::from_fn(|day| {
        let of_day = rows().filter(|row| usize::try_from(row.weekday).is_ok_and(|weekday| weekday == day + 1));
        let mut spans: Vec<_> = of_day.map(|row| (row.opens_minute, row.closes_minute)).collect();
        spans.sort_unstable();
        spans
    })
}

/// Without zero, which is always offered.
fn tips(percents: &[u32]) -> Vec<u32> {
    percents.iter().copied().filter(|percent| *percent > 0).collect()
}

fn tables(record: &Record) -> Vec<String> {
    let dine_in = record.modes.iter().find(|row| row.mode == ServiceMode::DineIn.code());
    dine_in.map(|row| row.tables.clone()).unwrap_or_default()
}

fn currency(record: &Record) -> Result<Currency, Unreadable> {
    let code = &record.restaurant.currency;
    Currency::from_code(code).ok_or_else(|| unreadable("currency", code))
}
