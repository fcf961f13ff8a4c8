//! The settings of a restaurant's opening hours: the week, and dates with their own hours.

use crate::{
    context::AppContext,
    error::ServerError,
    menus::rules,
    queries::{
        menus::{ExceptionRow, HoursRow, Record},
        profile,
    },
    scheduling::{hours_display, local_time::WallClock},
    settings::{Edit, Part, record},
};
use app::{
    domain::{
        error::{AppError, Problem},
        listing::ListingStatus,
        role::Permission,
        settings::{DateHours, DaySpan, OpeningHours},
    },
    forms::hours::{clock, day_name},
    services::{HoursSettings, Staff},
};
use jiff::civil::Date;
use serde_json::{Map, Value, json};

const PART: Part = Part { action: "settings.hours", values };

/// Spans as people read them: `18:00–03:00`.
fn values(record: &Record) -> Value {
    let hours = of_rows(record);
    let words = |spans: &[DaySpan]| {
        let spans = spans.iter().map(|span| format!("{}–{}", clock(span.opens), clock(span.closes)));
        Value::from(spans.collect::<Vec<_>>())
    };
    let week = hours.week.iter().enumerate().map(|(day, spans)| (day_name(day).to_owned(), words(spans)));
    let dates =
        hours.dates.iter().map(|date| (date.date.clone(), json!({ "times": words(&date.spans), "note": date.note })));
    json!({ "week": week.collect::<Map<_, _>>(), "dates": dates.collect::<Map<_, _>>() })
}

/// The hours as they are, and as guests read them.
pub async fn hours(context: &AppContext, staff: &Staff, slug: &str) -> Result<HoursSettings, ServerError> {
    let record = record(context, staff, slug, Permission::EditSettings).await?;
    let row = &record.restaurant;
    let zone = WallClock::of(&row.zone).ok_or_else(|| rules::unreadable("time zone", &row.zone))?;
    let now = context.clock.now();
    let shown = hours_display::lines(&rules::hours(&record, &zone)?, now);
    let today = zone.date(now).to_string();
    let mut hours = of_rows(&record);
    hours.dates.retain(|date| date.date >= today);
    Ok(HoursSettings {
        base: PART.base(&record),
        slug: row.slug.clone(),
        name: row.name.clone(),
        listing: ListingStatus::from_code(&row.listing),
        zone: row.zone.clone(),
        hours,
        shown,
    })
}

/// Saves the hours. Dates that are over are removed.
pub async fn save_hours(
    context: &AppContext,
    staff: &Staff,
    slug: &str,
    base: &str,
    hours: &OpeningHours,
) -> Result<(), ServerError> {
    ensure_dates(hours)?;
    let mut edit = Edit::begin(context, staff, slug, PART, base).await?;
    let id = edit.restaurant.uuid();
    let days = hours.week.iter().zip(1..);
    let week: Vec<_> = days
        .flat_map(|(spans, weekday)| {
            spans.iter().map(move |span| HoursRow {
                restaurant_id: id,
                weekday,
                opens_minute: span.opens,
                closes_minute: span.closes,
            })
        })
        .collect();
    let dates: Vec<_> = hours.dates.iter().flat_map(|date| date_rows(id, date)).collect();
    profile::replace_hours(&mut edit.tx, edit.restaurant, &week, &dates).await?;
    edit.finish().await
}

fn ensure_dates(hours: &OpeningHours) -> Result<(), AppError> {
    let unknown = hours.dates.iter().filter(|date| date.date.parse::<Date>().is_err());
    let problems: Vec<_> = unknown
        .map(|date| {
            let words = format!("{} is not in the calendar. Enter a date such as 2026-12-24.", date.date);
            Problem::new("", "date", words)
        })
        .collect();
    if problems.is_empty() { Ok(()) } else { Err(AppError::Invalid { problems }) }
}

/// A closed date has one row without times.
fn date_rows(id: uuid::Uuid, date: &DateHours) -> Vec<ExceptionRow> {
    let row = |position, span: Option<DaySpan>| ExceptionRow {
        restaurant_id: id,
        on_date: date.date.clone(),
        position,
        opens_minute: span.map(|span| span.opens),
        closes_minute: span.map(|span| span.closes),
        note: date.note.clone(),
    };
    match date.spans.as_slice() {
        [] => vec![row(0, None)],
        spans => spans.iter().zip(0..).map(|(span, position)| row(position, Some(*span))).collect(),
    }
}

/// The stored rows as the form has them.
fn of_rows(record: &Record) -> OpeningHours {
    let mut hours = OpeningHours::default();
    for row in &record.hours {
        let day = usize::try_from(row.weekday - 1).ok().and_then(|day| hours.week.get_mut(day));
        if let Some(day) = day {
            day.push(DaySpan { opens: row.opens_minute, closes: row.closes_minute });
            day.sort_unstable();
        }
    }
    for row in &record.exceptions {
        let known = hours.dates.iter().position(|date| date.date == row.on_date);
        let at = known.unwrap_or_else(|| {
            hours.dates.push(DateHours { date: row.on_date.clone(), spans: Vec::new(), note: row.note.clone() });
            hours.dates.len() - 1
        });
        if let (Some(opens), Some(closes), Some(date)) = (row.opens_minute, row.closes_minute, hours.dates.get_mut(at))
        {
            date.spans.push(DaySpan { opens, closes });
        }
    }
    hours
}
