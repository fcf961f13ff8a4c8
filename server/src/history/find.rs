//! Searching a restaurant's past orders, a bounded number of them for each page.

use crate::{
    context::AppContext,
    error::ServerError,
    menus::Snapshot,
    queries::history::{self, Place, Row},
    restaurants::normalize::fold,
};
use app::{
    domain::{
        error::AppError,
        history::{GuestName, HistoryPage, HistoryQuery, PastRow, PastState},
        id::OrderId,
        money::{Currency, Money},
        order::OrderStatus,
        role::Permission,
        terms::ServiceMode,
        time::Timestamp,
        typed,
    },
    forms::fields,
    services::Staff,
};
use jiff::civil::Date;
use std::{ops::Range, str::FromStr};

/// Orders of a page.
const PER_PAGE: usize = 50;
/// Orders read by one statement of a search.
const BATCH: i64 = 2_000;
/// Orders that a page of a search reads; a link continues it.
const MOST_READ: usize = 20_000;
/// Fewer digits are a number of an order, not a part of a phone number.
const FEWEST_DIGITS: usize = 4;
/// Characters of a search; the rest is ignored.
const LONGEST_SEARCH: usize = 80;

/// The newest orders that match.
pub async fn history(
    context: &AppContext,
    staff: &Staff,
    slug: &str,
    query: &HistoryQuery,
) -> Result<HistoryPage, ServerError> {
    let restaurant = staff.allowed(slug, Permission::ReadHistory)?.restaurant;
    let snapshot = context.catalogue.by_id(restaurant).await?;
    let search = Search::of(&snapshot, query)?;
    let batch = if search.is_selective() { BATCH } else { i64::try_from(PER_PAGE + 1).unwrap_or(BATCH) };
    let mut position = position_of(&query.before);
    let (mut found, mut read, mut ended) = (Vec::new(), 0, false);
    while found.len() <= PER_PAGE && read < MOST_READ && !ended {
        let rows = history::older(&context.store, restaurant, &search.placed, position, batch).await?;
        ended = i64::try_from(rows.len()).is_ok_and(|count| count < batch);
        read += rows.len();
        position = rows.last().map_or(position, |row| row.place);
        found.extend(rows.into_iter().filter(|row| search.matches(&snapshot, row)));
    }
    let more = found.len() > PER_PAGE;
    found.truncate(PER_PAGE);
    let next = if more { found.last().map(|row| row.place) } else { Some(position).filter(|_| !ended) };
    let stopped = !more && !ended;
    Ok(HistoryPage {
        name: snapshot.restaurant.name.clone(),
        locale: snapshot.restaurant.locale.clone(),
        orders: found.iter().map(|row| shown(&snapshot, row)).collect(),
        older: next.map(text_of),
        searched_to: stopped.then(|| snapshot.hours().clock.date_time(position.at)),
    })
}

/// A decoded query.
struct Search {
    placed: Range<Timestamp>,
    day: Option<Date>,
    state: Option<PastState>,
    number: Option<i64>,
    /// A part of a name without case and accents; empty for none.
    name: String,
    /// A part of a phone number; empty for none.
    digits: String,
    is_text: bool,
}

impl Search {
    fn of(snapshot: &Snapshot, query: &HistoryQuery) -> Result<Self, AppError> {
        let day = if query.day.trim().is_empty() { None } else { Some(day_of(fields::DAY, &query.day)?) };
        let all = Timestamp::from_millis(0)..Timestamp::from_millis(i64::from(u32::MAX) * 1_000);
        let text: String = typed::plain(&query.text).trim().chars().take(LONGEST_SEARCH).collect();
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let is_number = text.chars().all(|letter| letter.is_ascii_digit() || " +-()./#".contains(letter));
        Ok(Self {
            placed: day.map_or(all, |day| snapshot.hours().around(day, day)),
            day,
            state: query.state,
            number: text.trim_start_matches('#').trim().parse().ok(),
            name: if is_number { String::new() } else { fold(&text) },
            digits: if is_number && digits.len() >= FEWEST_DIGITS { digits } else { String::new() },
            is_text: !text.is_empty(),
        })
    }

    /// Whether most orders may not match.
    const fn is_selective(&self) -> bool {
        self.is_text || self.day.is_some() || self.state.is_some()
    }

    fn matches(&self, snapshot: &Snapshot, row: &Row) -> bool {
        let of_day = self.day.is_none_or(|day| snapshot.hours().business_day(row.place.at) == day);
        let of_state = self
            .state
            .is_none_or(|state| OrderStatus::from_code(&row.status).is_some_and(|status| state.includes(status)));
        of_day && of_state && (!self.is_text || self.matches_text(row))
    }

    fn matches_text(&self, row: &Row) -> bool {
        let of_phone = || {
            let phone: String = row.guest_phone.chars().filter(char::is_ascii_digit).collect();
            phone.contains(&self.digits) || without_trunk_zero(&self.digits).is_some_and(|part| phone.contains(part))
        };
        self.number == Some(row.number)
            || (!self.digits.is_empty() && of_phone())
            || (!self.name.is_empty() && fold(&row.guest_name).contains(&self.name))
    }
}

/// The number as it is after a country code: 030 555 is +49 30 555.
fn without_trunk_zero(digits: &str) -> Option<&str> {
    digits.strip_prefix('0').filter(|rest| rest.len() >= FEWEST_DIGITS)
}

/// A date as typed.
pub(crate) fn day_of(field: &str, text: &str) -> Result<Date, AppError> {
    let words = "Enter a date as year, month and day, such as 2026-11-20.";
    let text = typed::plain(text);
    let date = Date::from_str(text.trim()).ok().filter(|date| (2000..=2100).contains(&date.year()));
    date.ok_or_else(|| AppError::invalid(field, "date", words))
}

/// Positions are written as milliseconds and id.
fn text_of(place: Place) -> String {
    format!("{}.{}", place.at.millis(), place.order)
}

/// An unreadable position is that of the newest order.
fn position_of(text: &str) -> Place {
    let read = text.split_once('.').and_then(|(at, order)| {
        let at = at.parse().ok().filter(|at| (0..=i64::from(u32::MAX) * 1_000).contains(at))?;
        Some(Place { at: Timestamp::from_millis(at), order: OrderId::from_str(order).ok()? })
    });
    read.unwrap_or_else(|| Place::at(Timestamp::from_millis(i64::from(u32::MAX) * 1_000)))
}

fn shown(snapshot: &Snapshot, row: &Row) -> PastRow {
    PastRow {
        id: row.place.order,
        number: row.number,
        placed: snapshot.hours().clock.date_time(row.place.at),
        mode: ServiceMode::from_code(&row.mode),
        guest: guest(&row.guest_name, row.removed_after_days),
        status: OrderStatus::from_code(&row.status),
        total: Currency::from_code(&row.currency).map(|currency| Money::new(row.total_minor, currency)),
    }
}

pub(super) fn guest(name: &str, removed_after_days: Option<i32>) -> GuestName {
    removed_after_days.map_or_else(|| GuestName::Stored(name.to_owned()), GuestName::Removed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_survive_an_address_and_noise_is_the_newest() {
        let place =
            Place { at: Timestamp::from_millis(1_795_194_000_123), order: OrderId::from_uuid(uuid::Uuid::now_v7()) };
        assert_eq!(position_of(&text_of(place)), place);
        for noise in ["", ".", "x.y", "99999999999999999.x", "-5.00000000-0000-0000-0000-000000000000"] {
            assert!(position_of(noise).at > Timestamp::from_millis(4_000_000_000_000), "{noise}");
        }
    }

    #[test]
    fn dates_are_typed_in_any_script_and_nonsense_is_named() {
        assert_eq!(day_of("day", " ２０２６-11-20 ").unwrap(), jiff::civil::date(2026, 11, 20));
        for wrong in ["20.11.2026", "2026-02-30", "tomorrow", "9999-12-31", "-009999-01-01"] {
            assert_eq!(day_of("day", wrong).unwrap_err().status(), 422, "{wrong}");
        }
    }
}
