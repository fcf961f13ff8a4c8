//! The page of the audit log: newest first, by days of the restaurant's zone.

use crate::{
    audit::{differences::Differences, words},
    context::AppContext,
    error::ServerError,
    queries::audit::{self as stored, StoredEntry},
    scheduling::local_time::WallClock,
};
use app::{
    domain::{role::Permission, time::Timestamp},
    services::{LogDay, LogEntry, LogPosition, LogView, Staff},
};
use uuid::Uuid;

/// Entries of a page.
const PAGE: usize = 50;
/// Later than every entry: the end of the year 9999.
const LATEST: i64 = 253_402_300_799_000;

/// The entries before a position. Only for those who may read the log.
pub async fn view(
    context: &AppContext,
    staff: &Staff,
    slug: &str,
    before: Option<LogPosition>,
) -> Result<LogView, ServerError> {
    let restaurant = staff.allowed(slug, Permission::ReadAuditLog)?.restaurant;
    let snapshot = context.catalogue.by_id(restaurant).await?;
    let from = before.unwrap_or(LogPosition { millis: LATEST, entry: Uuid::max() });
    let position = (Timestamp::from_millis(from.millis.clamp(0, LATEST)), from.entry);
    // One more tells whether there is another page.
    let most = i64::try_from(PAGE).unwrap_or(i64::MAX).saturating_add(1);
    let mut entries = stored::before(&context.store, restaurant, position, most).await?;
    let is_last = entries.len() <= PAGE;
    entries.truncate(PAGE);
    let older =
        entries.last().filter(|_| !is_last).map(|last| LogPosition { millis: last.at.millis(), entry: last.id });
    let shown = &snapshot.restaurant;
    let differences = Differences { currency: shown.currency, locale: &shown.locale };
    Ok(LogView {
        slug: shown.slug.clone(),
        name: shown.name.clone(),
        days: days(&entries, snapshot.clock(), &differences),
        older,
        is_newest: before.is_none(),
    })
}

fn days(entries: &[StoredEntry], clock: &WallClock, differences: &Differences<'_>) -> Vec<LogDay> {
    let runs = entries.chunk_by(|left, right| clock.date(left.at) == clock.date(right.at));
    let day = |run: &[StoredEntry]| {
        let date = run.first().map(|entry| clock.date(entry.at).strftime("%A, %-d %B %Y").to_string());
        let entries = run.iter().map(|entry| LogEntry {
            time: clock.time(entry.at),
            who: if entry.actor == "operator" {
                format!("{} (operator of Toast)", entry.actor_name)
            } else {
                entry.actor_name.clone()
            },
            did: words::did(&entry.action),
            subject: entry.subject.clone(),
            lines: differences.lines(&entry.before, &entry.after),
        });
        LogDay { date: date.unwrap_or_default(), entries: entries.collect() }
    };
    runs.map(day).collect()
}
