//! The form of the service modes.

use crate::{
    domain::{
        money::Money,
        problem::Problem,
        terms::{
            ServiceMode,
            settings::{ModeSettings, ServiceSettings, WeekSpans},
        },
        typed,
    },
    forms::settings::{Fields, Problems, Typing, limits, put, spans, text},
};

pub const LAST_ORDER: &str = "last_order";
pub const OFFERED: &str = "offered";
pub const LEAD: &str = "lead";
pub const SLOT: &str = "slot";
pub const ORDERS: &str = "orders";
pub const MINIMUM: &str = "minimum";
/// The days of the week in names of fields, Monday first.
pub const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// The name of a field of a mode, such as `dine_in-lead`.
pub fn field(mode: ServiceMode, name: &str) -> String {
    format!("{}-{name}", mode.code())
}

/// The values, or all problems in the order of the page.
pub fn read(fields: &Fields, typing: Typing<'_>) -> Result<ServiceSettings, Vec<Problem>> {
    let mut problems = Problems::default();
    let modes: Vec<_> =
        ServiceMode::ALL.into_iter().map(|mode| read_mode(fields, mode, typing, &mut problems)).collect();
    if !modes.iter().any(|mode| mode.offered) {
        let words = "Offer at least one of the three. To take no orders for a while, pause the restaurant instead.";
        problems.0.insert(0, Problem::new(field(ServiceMode::Pickup, OFFERED), "none_offered", words));
    }
    let last_order_minutes = problems.whole(fields, LAST_ORDER, limits::LAST_ORDER);
    problems.result(ServiceSettings { last_order_minutes, modes })
}

fn read_mode(fields: &Fields, mode: ServiceMode, typing: Typing<'_>, problems: &mut Problems) -> ModeSettings {
    let name = |name: &str| field(mode, name);
    let orders = name(ORDERS);
    let limited = typed::is_seen(text(fields, &orders));
    ModeSettings {
        mode,
        offered: fields.contains_key(&name(OFFERED)),
        lead_minutes: problems.whole(fields, &name(LEAD), limits::LEAD),
        minimum: problems.optional_amount(fields, &name(MINIMUM), typing).unwrap_or(Money::zero(typing.currency)),
        slot_minutes: u16::try_from(problems.whole(fields, &name(SLOT), limits::SLOT)).unwrap_or(u16::MAX),
        orders_per_slot: limited.then(|| problems.whole(fields, &orders, limits::ORDERS)),
        week: read_week(fields, mode, problems),
    }
}

fn read_week(fields: &Fields, mode: ServiceMode, problems: &mut Problems) -> WeekSpans {
    let names = DAYS.map(|day| field(mode, day));
    let week = names.each_ref().map(|name| problems.or_default(spans::read(name, text(fields, name))));
    let nights = week.iter().zip(week.iter().cycle().skip(1)).zip(names.iter().cycle().skip(1));
    for ((today, tomorrow), name) in nights {
        if spans::overlaps_next(today, tomorrow) {
            let words = "These hours begin before those of the day before have ended. Change where one of them ends.";
            problems.add(name, "overlap", words);
        }
    }
    week
}

pub fn write(settings: &ServiceSettings, typing: Typing<'_>) -> Fields {
    let mut fields = Fields::new();
    put(&mut fields, LAST_ORDER, settings.last_order_minutes.to_string());
    for mode in &settings.modes {
        let name = |name: &str| field(mode.mode, name);
        if mode.offered {
            put(&mut fields, name(OFFERED), "1");
        }
        put(&mut fields, name(LEAD), mode.lead_minutes.to_string());
        put(&mut fields, name(SLOT), mode.slot_minutes.to_string());
        put(&mut fields, name(ORDERS), mode.orders_per_slot.map(|orders| orders.to_string()).unwrap_or_default());
        let minimum = if mode.minimum.is_zero() { String::new() } else { mode.minimum.typed(typing.locale) };
        put(&mut fields, name(MINIMUM), minimum);
        for (day, spans) in DAYS.iter().zip(&mode.week) {
            put(&mut fields, name(day), spans::write(spans));
        }
    }
    fields
}
