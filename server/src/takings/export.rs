//! Orders as CSV, a batch at a time.

use crate::{
    context::AppContext,
    error::ServerError,
    menus::Snapshot,
    queries::takings::{Amounts, Particulars, particulars},
    takings::range::{Days, Orders},
};
use app::{
    domain::{
        id::OrderId,
        money::{Currency, Money},
        role::Permission,
        tax::TaxSummary,
        time::Timestamp,
    },
    services::Staff,
};
use jiff::civil::Date;
use std::collections::HashMap;

/// Orders read by one statement.
const BATCH: i64 = 500;

const COLUMNS: [&str; 23] = [
    "business_day",
    "placed_at",
    "number",
    "order_id",
    "state",
    "payment",
    "service",
    "wanted_for",
    "changed_at",
    "guest",
    "phone",
    "email",
    "place",
    "reason",
    "items",
    "charges",
    "delivery",
    "tip",
    "total",
    "currency",
    "tax",
    "tax_in_prices",
    "taxes",
];

/// An export in progress.
pub struct Export {
    /// `toast-luigis-hearth-2026-11-01-2026-11-30.csv`.
    pub file_name: String,
    context: AppContext,
    orders: Orders,
    has_begun: bool,
}

/// Begins an export of the orders of business days.
pub async fn export(
    context: &AppContext,
    staff: &Staff,
    slug: &str,
    from: &str,
    to: &str,
) -> Result<Export, ServerError> {
    let restaurant = staff.allowed(slug, Permission::ReadTakings)?.restaurant;
    let snapshot = context.catalogue.by_id(restaurant).await?;
    let days = Days::of(&snapshot, from, to, context.clock.now())?;
    let file_name = format!("toast-{}-{}-{}.csv", snapshot.restaurant.slug, days.from, days.to);
    Ok(Export { file_name, context: context.clone(), orders: Orders::of(context, snapshot, days), has_begun: false })
}

impl Export {
    /// The next part of the file; none at its end.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, ServerError> {
        let Some(rows) = self.orders.next(BATCH).await? else { return Ok(None) };
        let snapshot = self.orders.snapshot.clone();
        let ids: Vec<_> = rows.iter().map(|(_, row)| row.place.order).collect();
        let known = particulars(&self.context.store, snapshot.restaurant.id, &ids).await?;
        let known: HashMap<OrderId, Particulars> = known.into_iter().map(|of| (of.order, of)).collect();
        let mut writer = csv::Writer::from_writer(Vec::new());
        if !self.has_begun {
            self.has_begun = true;
            writer.write_record(COLUMNS).map_err(broken)?;
        }
        for (day, amounts) in rows {
            if let Some(of) = known.get(&amounts.place.order) {
                writer.write_record(record(&snapshot, day, &amounts, of)).map_err(broken)?;
            }
        }
        writer.into_inner().map(Some).map_err(broken)
    }
}

fn broken(error: impl std::fmt::Display) -> ServerError {
    ServerError::Broken(format!("export: {error}"))
}

fn record(snapshot: &Snapshot, day: Date, order: &Amounts, of: &Particulars) -> [String; 23] {
    let clock = &snapshot.hours().clock;
    let time = |at: Timestamp| clock.rfc3339(at);
    let currency = Currency::from_code(&order.currency).unwrap_or(snapshot.restaurant.currency);
    let amount = |minor| Money::new(minor, currency).decimal();
    [
        day.to_string(),
        time(order.place.at),
        of.number.to_string(),
        of.order.to_string(),
        order.status.clone(),
        of.payment.clone(),
        order.mode.clone(),
        of.wanted_at.map(time).unwrap_or_default(),
        time(of.moved_at),
        text(&of.guest_name),
        phone(&of.guest_phone),
        text(&of.guest_email),
        text(&of.place),
        of.reason.clone().unwrap_or_default(),
        amount(order.items),
        amount(order.charges()),
        amount(order.delivery),
        amount(order.tip),
        amount(order.total),
        currency.code().to_owned(),
        order.tax.total(currency).map(Money::decimal).unwrap_or_default(),
        tax_in_prices(&order.tax).to_owned(),
        text(&taxes(&order.tax)),
    ]
}

/// Empty for an order without tax.
const fn tax_in_prices(tax: &TaxSummary) -> &'static str {
    match (tax.rows.is_empty(), tax.inclusive) {
        (true, _) => "",
        (false, true) => "yes",
        (false, false) => "no",
    }
}

/// Each rate with the amount without tax and the tax: `VAT 7 % of 10.00: 0.70; VAT 19 % of 3.36: 0.64`.
fn taxes(tax: &TaxSummary) -> String {
    let rows = tax.rows.iter();
    let rows =
        rows.map(|row| format!("{} {} % of {}: {}", row.label, row.percentage, row.net.decimal(), row.tax.decimal()));
    rows.collect::<Vec<_>>().join("; ")
}

/// A cell of text. Spreadsheets calculate one that begins like a formula; an apostrophe makes it text
/// (OWASP, "CSV Injection").
fn text(words: &str) -> String {
    let is_formula = words.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    if is_formula { format!("'{words}") } else { words.to_owned() }
}

/// Always as text: as numbers, `+49 30` becomes a formula and `030` loses its zero.
fn phone(number: &str) -> String {
    if number.is_empty() { String::new() } else { format!("'{number}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_text() {
        for formula in ["=1+1", "+1", "-1", "@sum", "\t=1", "\r=1", "＝1"] {
            assert_eq!(text(formula), format!("'{formula}"));
        }
        for plain in ["", "Ada", "1=1", "a@b.example", " =1"] {
            assert_eq!(text(plain), plain);
        }
        assert_eq!(phone("+49 30 5550101"), "'+49 30 5550101");
        assert_eq!(phone("0305550101"), "'0305550101");
        assert_eq!(phone(""), "");
    }
}
