//! Totals of business days.

use crate::{
    context::AppContext,
    error::ServerError,
    queries::takings::Amounts,
    takings::range::{Days, Orders},
};
use app::{
    domain::{
        money::{Currency, Money, MoneyError},
        order::OrderStatus,
        role::Permission,
        takings::{DayTotals, Takings, Totals},
        tax::TaxSummary,
        terms::ServiceMode,
    },
    services::Staff,
};
use jiff::civil::Date;
use std::{cmp::Reverse, collections::BTreeMap};

/// Orders read by one statement.
const BATCH: i64 = 5_000;

/// The totals of the business days from one date to another; without dates, of the last thirty.
pub async fn takings(
    context: &AppContext,
    staff: &Staff,
    slug: &str,
    from: &str,
    to: &str,
) -> Result<Takings, ServerError> {
    let restaurant = staff.allowed(slug, Permission::ReadTakings)?.restaurant;
    let snapshot = context.catalogue.by_id(restaurant).await?;
    let range = Days::of(&snapshot, from, to, context.clock.now())?;
    let none = nothing(snapshot.restaurant.currency);
    let (mut sum, mut tax) = (none, TaxSummary::default());
    let (mut days, mut modes) = (BTreeMap::<Reverse<Date>, (Totals, TaxSummary)>::new(), BTreeMap::new());
    let mut orders = Orders::of(context, snapshot.clone(), range);
    while let Some(rows) = orders.next(BATCH).await? {
        for (day, amounts) in rows {
            add(&mut sum, &amounts)?;
            let (totals, tax_of_day) = days.entry(Reverse(day)).or_insert_with(|| (none, TaxSummary::default()));
            add(totals, &amounts)?;
            if is_earned(&amounts) {
                [&mut tax, tax_of_day].into_iter().try_for_each(|of| of.merge(&amounts.tax)).map_err(broken)?;
            }
            if let Some(mode) = ServiceMode::from_code(&amounts.mode) {
                add(modes.entry(mode).or_insert(none), &amounts)?;
            }
        }
    }
    let days = days.into_iter().map(|(Reverse(day), (totals, tax))| DayTotals {
        label: day.strftime("%a %-d %b %Y").to_string(),
        date: day.to_string(),
        totals,
        tax,
    });
    Ok(Takings {
        name: snapshot.restaurant.name.clone(),
        locale: snapshot.restaurant.locale.clone(),
        from: range.from.to_string(),
        to: range.to.to_string(),
        days: days.collect(),
        modes: modes.into_iter().collect(),
        sum,
        tax,
    })
}

const fn nothing(currency: Currency) -> Totals {
    let zero = Money::zero(currency);
    Totals {
        orders: 0,
        items: zero,
        charges: zero,
        delivery: zero,
        tips: zero,
        added_tax: zero,
        total: zero,
        rejected: 0,
        cancelled: 0,
        lost: zero,
    }
}

fn add(totals: &mut Totals, order: &Amounts) -> Result<(), ServerError> {
    added(*totals, order).map(|sum| *totals = sum).map_err(broken)
}

fn broken(error: MoneyError) -> ServerError {
    ServerError::Broken(error.to_string())
}

/// Neither rejected nor cancelled.
fn is_earned(order: &Amounts) -> bool {
    let status = OrderStatus::from_code(&order.status);
    !matches!(status, Some(OrderStatus::Rejected | OrderStatus::Cancelled))
}

fn added(totals: Totals, order: &Amounts) -> Result<Totals, MoneyError> {
    let currency = Currency::from_code(&order.currency).unwrap_or(totals.total.currency());
    let money = |minor| Money::new(minor, currency);
    let total = money(order.total);
    let ended_unpaid = |totals: Totals| Ok(Totals { lost: totals.lost.plus(total)?, ..totals });
    match OrderStatus::from_code(&order.status) {
        Some(OrderStatus::Rejected) => ended_unpaid(Totals { rejected: totals.rejected + 1, ..totals }),
        Some(OrderStatus::Cancelled) => ended_unpaid(Totals { cancelled: totals.cancelled + 1, ..totals }),
        _ => {
            let (items, delivery, tip) = (money(order.items), money(order.delivery), money(order.tip));
            let charges = money(order.charges());
            Ok(Totals {
                orders: totals.orders + 1,
                items: totals.items.plus(items)?,
                charges: totals.charges.plus(charges)?,
                delivery: totals.delivery.plus(delivery)?,
                tips: totals.tips.plus(tip)?,
                added_tax: totals.added_tax.plus(money(order.added_tax()))?,
                total: totals.total.plus(total)?,
                ..totals
            })
        }
    }
}
