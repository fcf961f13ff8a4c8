//! The bill of an order.

use crate::domain::{
    diet::Allergen,
    id::{ItemId, ModifierGroupId, ModifierId, VariantId},
    money::{Currency, Money, MoneyError},
    tax::{TaxPart, TaxSummary},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A priced line. Names and prices are copied, so that it stays readable after the menu changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PricedLine {
    /// The item it was priced as.
    pub item: ItemId,
    /// The variant it was priced as.
    pub variant: VariantId,
    /// The item's name as shown.
    pub name: String,
    /// The kitchen's own short name for it, when it has one; empty otherwise.
    pub kitchen_name: String,
    /// The variant's name as shown; may be empty.
    pub variant_name: String,
    /// How many.
    pub quantity: u32,
    /// The chosen modifiers.
    pub modifiers: Vec<PricedModifier>,
    /// The guest's note to the kitchen; may be empty.
    pub note: String,
    /// Allergens of the item and of all that was chosen.
    pub allergens: Vec<Allergen>,
    /// Price of the variant alone, for one.
    pub base: Money,
    /// Price of one with its modifiers.
    pub unit: Money,
    /// `unit` times `quantity`.
    pub total: Money,
    /// `total` by tax class, with the tax; empty where nothing is taxed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub taxes: Vec<TaxPart>,
}

/// A chosen modifier with its part of the price of one portion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PricedModifier {
    /// Which modifier.
    pub modifier: ModifierId,
    /// From which group.
    pub group: ModifierGroupId,
    /// The group's name as shown.
    pub group_name: String,
    /// The modifier's name as shown.
    pub name: String,
    /// How many for one portion.
    pub quantity: u32,
    /// How many of them were free.
    pub free: u32,
    /// Price of one beyond the free ones.
    pub unit: Money,
    /// `unit` times the ones that are not free.
    pub total: Money,
}

/// The kind of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BillRowKind {
    /// A charge of the restaurant.
    Charge,
    /// The delivery fee.
    Delivery,
    /// The tip.
    Tip,
}

/// An amount besides the items.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BillRow {
    /// The kind of amount.
    pub kind: BillRowKind,
    /// Label on the bill.
    pub label: String,
    /// How it was computed (`10 % of €24.00`, `free from €40.00`); may be empty.
    pub reason: String,
    /// The amount.
    pub amount: Money,
    /// `amount` by tax class, with the tax; empty where nothing is taxed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub taxes: Vec<TaxPart>,
}

impl BillRow {
    /// A row without tax.
    pub const fn new(kind: BillRowKind, label: String, reason: String, amount: Money) -> Self {
        Self { kind, label, reason, amount, taxes: Vec::new() }
    }
}

/// A bill: `total` is always the sum of `lines` and `rows`, and of the tax where prices do not include it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Bill {
    /// The items.
    pub lines: Vec<PricedLine>,
    /// The sum of the items.
    pub subtotal: Money,
    /// Amounts besides the items.
    pub rows: Vec<BillRow>,
    /// The tax on lines and rows; without rows where nothing is taxed, and on bills from before there were taxes.
    #[serde(default)]
    pub tax: TaxSummary,
    /// The total to pay.
    pub total: Money,
}

impl Bill {
    /// An empty bill.
    pub fn empty(currency: Currency) -> Self {
        let zero = Money::zero(currency);
        Self { lines: Vec::new(), subtotal: zero, rows: Vec::new(), tax: TaxSummary::default(), total: zero }
    }

    /// Sums lines, rows and added tax up.
    pub fn of(
        currency: Currency,
        lines: Vec<PricedLine>,
        rows: Vec<BillRow>,
        tax: TaxSummary,
    ) -> Result<Self, MoneyError> {
        let subtotal = Money::sum(currency, lines.iter().map(|line| line.total))?;
        let extra = Money::sum(currency, rows.iter().map(|row| row.amount))?;
        Ok(Self { total: subtotal.plus(extra)?.plus(tax.added(currency)?)?, lines, subtotal, rows, tax })
    }

    /// The total without the tip.
    pub fn before_tip(&self) -> Result<Money, MoneyError> {
        let tips = self.rows.iter().filter(|row| row.kind == BillRowKind::Tip);
        tips.map(|row| row.amount).try_fold(self.total, Money::minus)
    }

    /// Total quantity.
    pub fn count(&self) -> u32 {
        self.lines.iter().map(|line| line.quantity).sum()
    }
}

impl PricedLine {
    /// Size and choices as texts, for tickets and receipts.
    pub fn details(&self) -> Vec<String> {
        let size = (!self.variant_name.is_empty()).then(|| self.variant_name.clone());
        size.into_iter().chain(self.modifiers.iter().map(PricedModifier::words)).collect()
    }
}

impl PricedModifier {
    /// `Mozzarella`, or `2 × Mozzarella`.
    pub fn words(&self) -> String {
        if self.quantity == 1 { self.name.clone() } else { format!("{} × {}", self.quantity, self.name) }
    }
}
