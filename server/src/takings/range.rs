//! The business days that totals and exports are about, and their orders page by page.

use crate::{
    context::AppContext,
    error::ServerError,
    history::day_of,
    menus::Snapshot,
    queries::{
        history::Place,
        takings::{self, Amounts},
    },
};
use app::{
    domain::{error::AppError, time::Timestamp},
    forms::fields,
};
use jiff::{Span, ToSpan, civil::Date};
use std::sync::Arc;

/// Days without a range.
const USUAL_DAYS: i64 = 30;
/// Most days of a range: a year.
const MOST_DAYS: i32 = 366;

/// Business days from one date to another, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Days {
    pub(super) from: Date,
    pub(super) to: Date,
}

impl Days {
    /// The range as typed. Without an end it is today, without a start a month before.
    pub(super) fn of(snapshot: &Snapshot, from: &str, to: &str, now: Timestamp) -> Result<Self, AppError> {
        let typed = |field, text: &str| (!text.trim().is_empty()).then(|| day_of(field, text)).transpose();
        let (from, to) = (typed(fields::FROM, from)?, typed(fields::TO, to)?);
        let to = to.unwrap_or_else(|| snapshot.hours().business_day(now));
        let from = from.unwrap_or_else(|| to.saturating_sub((USUAL_DAYS - 1).days()));
        if from > to {
            let words = format!("The first day is after the last one, {to}. Enter an earlier first day.");
            return Err(AppError::invalid(fields::FROM, "range", words));
        }
        if from.until(to).map_or(i32::MAX, |span: Span| span.get_days()) >= MOST_DAYS {
            let words = "Choose at most one year at a time. For a longer time, export each year for itself.";
            return Err(AppError::invalid(fields::FROM, "range", words));
        }
        Ok(Self { from, to })
    }

    fn includes(self, day: Date) -> bool {
        self.from <= day && day <= self.to
    }
}

/// The orders of a range, oldest first. Each read is one statement.
pub(super) struct Orders {
    context: AppContext,
    pub(super) snapshot: Arc<Snapshot>,
    days: Days,
    position: Place,
    ended: bool,
}

impl Orders {
    pub(super) fn of(context: &AppContext, snapshot: Arc<Snapshot>, days: Days) -> Self {
        let start = snapshot.hours().around(days.from, days.to).start;
        let position = Place::at(start);
        Self { context: context.clone(), snapshot, days, position, ended: false }
    }

    /// The next orders with their business days; none after the last one.
    pub(super) async fn next(&mut self, most: i64) -> Result<Option<Vec<(Date, Amounts)>>, ServerError> {
        if self.ended {
            return Ok(None);
        }
        let hours = self.snapshot.hours();
        let placed = hours.around(self.days.from, self.days.to);
        let restaurant = self.snapshot.restaurant.id;
        let rows = takings::amounts(&self.context.store, restaurant, &placed, self.position, most).await?;
        self.ended = i64::try_from(rows.len()).is_ok_and(|count| count < most);
        self.position = rows.last().map_or(self.position, |row| row.place);
        let with_day = rows.into_iter().map(|row| (hours.business_day(row.place.at), row));
        Ok(Some(with_day.filter(|(day, _)| self.days.includes(*day)).collect()))
    }
}
