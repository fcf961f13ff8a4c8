//! Hours, modes and terms of a restaurant, decoded from its rows.

use crate::{
    db::unreadable::Unreadable,
    queries::menus::{Record, Until},
    scheduling::{
        availability::Service,
        hours::{Exception, Hours, Span, Week},
        hours_display,
        local_time::WallClock,
        slots::ModeRules,
    },
};
use app::domain::{
    location::Location,
    money::{Currency, Money},
    terms::{Charge, Extent, ModeTerms, Rate, ServiceMode, Terms, Zone},
    time::Timestamp,
};
use jiff::civil::Date;
use std::collections::BTreeMap;

/// The path of a restaurant's picture, below the asset base.
pub(crate) fn picture(name: &str) -> String {
    format!("/pictures/{name}.svg")
}

/// A stored code or number that this version cannot decode.
pub(crate) fn unreadable(what: &'static str, why: &str) -> Unreadable {
    Unreadable { what, why: why.to_owned() }
}

/// The opening hours of a restaurant's rows.
pub(crate) fn hours(record: &Record, clock: &WallClock) -> Result<Hours, Unreadable> {
    let week =
        record.hours.iter().map(|row| (row.weekday, Span { opens: row.opens_minute, closes: row.closes_minute }));
    let mut exceptions = BTreeMap::<Date, Exception>::new();
    for row in &record.exceptions {
        let date = row.on_date.parse().map_err(|_| unreadable("date", &row.on_date))?;
        let exception = exceptions.entry(date).or_default();
        exception.note.clone_from(&row.note);
        if let (Some(opens), Some(closes)) = (row.opens_minute, row.closes_minute) {
            exception.spans.push(Span { opens, closes });
            exception.spans.sort_unstable();
        }
    }
    Ok(Hours { clock: clock.clone(), week: Week::of(week), within: None, exceptions })
}

/// The ordering rules of a restaurant's rows.
pub(crate) fn service(record: &Record, hours: Hours, modes: &[ModeRules]) -> Service {
    let paused_until = match record.restaurant.paused_until {
        Some(Until::At(until)) => Some(until),
        Some(Until::Forever) => Some(Timestamp::from_millis(i64::MAX)),
        None => None,
    };
    let last_order_minutes = record.restaurant.last_order_minutes.into();
    let (mut leads, mut own) = (Vec::new(), Vec::new());
    for rules in modes {
        let lead = (rules.mode, rules.lead_minutes);
        match mode_week(record, rules.mode) {
            None => leads.push(lead),
            within => {
                let hours = Hours { within, ..hours.clone() };
                let alone = Service { hours, last_order_minutes, paused_until, leads: vec![lead], own: Vec::new() };
                own.push((rules.mode, alone));
            }
        }
    }
    Service { hours, last_order_minutes, paused_until, leads, own }
}

/// The hours of a mode; none when they are the restaurant's.
pub(crate) fn mode_week(record: &Record, mode: ServiceMode) -> Option<Week> {
    let own = record.mode_hours.iter().filter(|row| row.mode == mode.code());
    let week = Week::of(own.map(|row| (row.weekday, Span { opens: row.opens_minute, closes: row.closes_minute })));
    (!week.is_empty()).then_some(week)
}

/// The modes in the order in which they are offered.
pub(crate) fn mode_rules(record: &Record) -> Vec<ModeRules> {
    let rules = record.modes.iter().filter(|row| row.offered).filter_map(|row| {
        Some(ModeRules {
            mode: ServiceMode::from_code(&row.mode)?,
            lead_minutes: row.lead_minutes,
            slot_minutes: row.slot_minutes,
            orders_per_slot: row.orders_per_slot,
        })
    });
    let mut rules: Vec<_> = rules.collect();
    rules.sort_unstable_by_key(|rules| rules.mode);
    rules
}

/// Where the restaurant is; none when unknown. Zero is the stored value of that, in the ocean south of Ghana.
pub(crate) fn location(record: &Record) -> Option<Location> {
    let row = &record.restaurant;
    Location::new(row.latitude, row.longitude).filter(|_| row.latitude != 0.0 || row.longitude != 0.0)
}

/// Modes, zones, charges, tips and taxes.
pub(crate) fn terms(record: &Record, currency: Currency) -> Terms {
    let mut modes: Vec<_> = record
        .modes
        .iter()
        .filter(|row| row.offered)
        .filter_map(|row| {
            let mode = ServiceMode::from_code(&row.mode)?;
            Some(ModeTerms {
                mode,
                lead_minutes: row.lead_minutes,
                tables: row.tables.clone(),
                minimum: Money::new(row.minimum_minor, currency),
                hours: mode_week(record, mode).as_ref().map(hours_display::sentence),
            })
        })
        .collect();
    modes.sort_unstable_by_key(|terms| terms.mode);
    let money = |minor| Money::new(minor, currency);
    let zones = record.zones.iter().map(|row| Zone {
        name: row.name.clone(),
        extent: match &row.shape {
            Some(shape) => Extent::Shape(shape.clone()),
            None => Extent::Postcodes(row.postcodes.clone()),
        },
        fee: money(row.fee_minor),
        minimum: money(row.minimum_minor),
        free_from: row.free_from_minor.map(money),
    });
    let charges = record.charges.iter().filter_map(|row| {
        let modes = row.modes.iter().filter_map(|mode| ServiceMode::from_code(mode)).collect();
        let fixed = row.fixed_minor.map(|minor| Rate::Fixed(money(minor)));
        let rate = fixed.or(row.percent.map(Rate::Percent))?;
        Some(Charge { name: row.name.clone(), modes, rate, tax_class: row.tax_class.clone() })
    });
    let mut tip_percents = record.restaurant.tip_percents.clone();
    tip_percents.push(0);
    tip_percents.sort_unstable();
    tip_percents.dedup();
    let tax = record.restaurant.tax.clone();
    Terms { modes, location: location(record), zones: zones.collect(), charges: charges.collect(), tip_percents, tax }
}
