//! The agreement of a guest who places an order: the total and the time that the page showed.

use crate::{menus::Snapshot, scheduling::Promise};
use app::{
    domain::{
        bill::Bill,
        error::{AppError, Problem},
        money::Money,
        time::Timestamp,
    },
    forms::fields,
};

/// An order needs the total that the guest has seen.
pub(super) fn ensure_total(
    snapshot: &Snapshot,
    agreed: Option<i64>,
    bill: &Bill,
    bill_before: Option<&Bill>,
) -> Result<(), AppError> {
    let Some(agreed) = agreed.filter(|agreed| *agreed != bill.total.minor()) else {
        return Ok(());
    };
    let locale = &snapshot.restaurant.locale;
    let was = Money::new(agreed, bill.total.currency()).text(locale);
    let mut message = format!("The total is now {} instead of {was}", bill.total.text(locale));
    let changes = bill_before.map(|bill_before| changed_lines(snapshot, bill_before, bill)).unwrap_or_default();
    if changes.is_empty() {
        message.push_str(": your cart, the menu or its fees changed since you looked");
    } else {
        message.push_str(": ");
        message.push_str(&changes.join(", "));
    }
    message.push_str(". Look at the new prices and order again if you agree.");
    Err(AppError::conflict("total_changed", message))
}

/// As soon as possible may not be later than the guest has seen, beyond the minute by which ready times are rounded.
pub(super) fn ensure_wait(
    snapshot: &Snapshot,
    shown_minutes: Option<u32>,
    promise: &Promise,
    now: Timestamp,
) -> Result<(), AppError> {
    let Some(shown) = shown_minutes.filter(|_| promise.wanted_at.is_none()) else { return Ok(()) };
    let at = promise.estimated_at;
    if at <= now.plus_minutes(i64::from(shown) + 1) {
        return Ok(());
    }
    let (time, minutes) = (snapshot.local(at, now).text, now.minutes_until(at));
    let words = format!(
        "As soon as possible is now about {time}, in {minutes} minutes instead of {shown}. Order again if that suits you, or choose another time."
    );
    Err(AppError::Conflict { problem: Problem::new(fields::DUE, "later_now", words) })
}

fn changed_lines(snapshot: &Snapshot, bill_before: &Bill, now: &Bill) -> Vec<String> {
    let locale = &snapshot.restaurant.locale;
    let lines = bill_before.lines.iter().zip(&now.lines).filter(|(old, new)| old.total != new.total);
    let lines = lines
        .map(|(old, new)| format!("{} {} instead of {}", new.name, new.total.text(locale), old.total.text(locale)));
    let rows = now.rows.iter().filter_map(|row| {
        let old = bill_before.rows.iter().find(|old| old.label == row.label)?;
        (old.amount != row.amount)
            .then(|| format!("{} {} instead of {}", row.label, row.amount.text(locale), old.amount.text(locale)))
    });
    lines.chain(rows).collect()
}
