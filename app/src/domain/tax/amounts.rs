//! Amounts of tax on bills and their lines, as they are stored with an order.

use crate::domain::{
    locale::Locale,
    money::{Currency, Money, MoneyError, with_decimal_sign},
    tax::Percentage,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The part of a line or row that is of one tax class, with its tax.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TaxPart {
    /// Code of the class at the time of the order.
    pub class: String,
    /// Without tax.
    pub net: Money,
    /// With tax.
    pub gross: Money,
    /// The tax, by component of the rate.
    pub shares: Vec<TaxShare>,
}

/// The tax of one component of a rate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TaxShare {
    /// Name of the tax.
    pub label: String,
    /// Of the amount without tax, in millionths: 88,750 is 8.875 %.
    #[serde(rename = "millionths")]
    pub percentage: Percentage,
    /// The amount.
    pub tax: Money,
}

/// The tax of a bill.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TaxSummary {
    /// Whether the amounts of the bill include it. Otherwise it is added to the total.
    pub inclusive: bool,
    /// One row for each component of each rate.
    pub rows: Vec<TaxRow>,
}

/// All amounts of a bill with the same component of a rate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TaxRow {
    /// Name of the tax.
    pub label: String,
    /// Of the amount without tax, in millionths: 88,750 is 8.875 %.
    #[serde(rename = "millionths")]
    pub percentage: Percentage,
    /// The amounts without tax.
    pub net: Money,
    /// The tax.
    pub tax: Money,
    /// `net` plus `tax`, without other components on the same amounts.
    pub gross: Money,
}

impl TaxPart {
    /// The tax of all components.
    pub fn tax(&self) -> Result<Money, MoneyError> {
        self.gross.minus(self.net)
    }
}

impl TaxRow {
    /// `VAT 7 %`.
    pub fn name(&self, locale: &Locale) -> String {
        name(&self.label, self.percentage, self.net.currency(), locale)
    }
}

/// `VAT 7 %`.
fn name(label: &str, percentage: Percentage, currency: Currency, locale: &Locale) -> String {
    format!("{label} {} %", with_decimal_sign(percentage.to_string(), currency, locale))
}

impl TaxSummary {
    /// Sums up parts. The rows have the order of `order`; other ones follow.
    pub(crate) fn of<'a>(
        inclusive: bool,
        order: &[(&str, Percentage)],
        parts: impl Iterator<Item = &'a TaxPart>,
    ) -> Result<Self, MoneyError> {
        let mut summary = Self { inclusive, rows: Vec::new() };
        for part in parts {
            for share in &part.shares {
                summary.add(&share.label, share.percentage, part.net, share.tax)?;
            }
        }
        let place = |row: &TaxRow| order.iter().position(|name| *name == (row.label.as_str(), row.percentage));
        summary.rows.sort_by_key(|row| place(row).unwrap_or(order.len()));
        Ok(summary)
    }

    /// Adds the rows of another bill.
    pub fn merge(&mut self, other: &Self) -> Result<(), MoneyError> {
        other.rows.iter().try_for_each(|row| self.add(&row.label, row.percentage, row.net, row.tax))
    }

    fn add(&mut self, label: &str, percentage: Percentage, net: Money, tax: Money) -> Result<(), MoneyError> {
        let same = |row: &&mut TaxRow| row.label == label && row.percentage == percentage;
        if let Some(row) = self.rows.iter_mut().find(same) {
            row.net = row.net.plus(net)?;
            row.tax = row.tax.plus(tax)?;
            row.gross = row.net.plus(row.tax)?;
        } else {
            let gross = net.plus(tax)?;
            self.rows.push(TaxRow { label: label.to_owned(), percentage, net, tax, gross });
        }
        Ok(())
    }

    /// The tax of all rows.
    pub fn total(&self, currency: Currency) -> Result<Money, MoneyError> {
        Money::sum(currency, self.rows.iter().map(|row| row.tax))
    }

    /// The amount that it adds to the total: nothing when prices include it.
    pub fn added(&self, currency: Currency) -> Result<Money, MoneyError> {
        if self.inclusive { Ok(Money::zero(currency)) } else { self.total(currency) }
    }
}
