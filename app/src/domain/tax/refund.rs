//! The tax of what is given back: parts of an order that add up to it exactly, whatever the order of the refunds.

use crate::domain::{
    bill::{Bill, BillRow, PricedLine},
    money::{Money, MoneyError},
    tax::{TaxPart, TaxShare, TaxSummary},
};

/// The parts of an order that were or are given back. Lines and rows have the positions of the bill; what is missing is none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Refunded {
    /// The quantity of each line.
    pub lines: Vec<u32>,
    /// Whether each row.
    pub rows: Vec<bool>,
}

/// Amounts to give back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refund {
    /// The taxed parts of lines and rows, as far as they are given back.
    pub parts: Vec<TaxPart>,
    pub tax: TaxSummary,
    /// With tax.
    pub total: Money,
}

/// Why something cannot be given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RefundProblem {
    #[error("the order has no line at position {0}")]
    NoLine(usize),
    #[error("the order has no row at position {0}")]
    NoRow(usize),
    #[error("more than all of the line at position {0}")]
    TooMany(usize),
    #[error("the row at position {0} was given back before")]
    RowTwice(usize),
    #[error(transparent)]
    Money(#[from] MoneyError),
}

/// The amounts given back for a part of an order, after another part of it.
///
/// Of a line it is the amount for all that was given back until now, rounded down, less that of before: what single refunds
/// give back for a line sums up to its amounts exactly.
pub fn refund(bill: &Bill, before: &Refunded, now: &Refunded) -> Result<Refund, RefundProblem> {
    if let Some(line) = (bill.lines.len()..before.lines.len().max(now.lines.len())).next() {
        return Err(RefundProblem::NoLine(line));
    }
    if let Some(row) = (bill.rows.len()..before.rows.len().max(now.rows.len())).next() {
        return Err(RefundProblem::NoRow(row));
    }
    let inclusive = bill.tax.inclusive;
    let mut refund =
        Refund { parts: Vec::new(), tax: TaxSummary::default(), total: Money::zero(bill.total.currency()) };
    for (position, line) in bill.lines.iter().enumerate() {
        let quantity = |of: &Refunded| of.lines.get(position).copied().unwrap_or_default();
        let span = Span::of(line, quantity(before), quantity(now)).ok_or(RefundProblem::TooMany(position))?;
        refund.add(span.amount(line.total)?, span.parts(&line.taxes, inclusive)?, inclusive)?;
    }
    for (position, row) in bill.rows.iter().enumerate() {
        let is_in = |of: &Refunded| of.rows.get(position).copied().unwrap_or_default();
        match (is_in(before), is_in(now)) {
            (_, false) => {}
            (true, true) => return Err(RefundProblem::RowTwice(position)),
            (false, true) => refund.add_row(row, inclusive)?,
        }
    }
    let order: Vec<_> = bill.tax.rows.iter().map(|row| (row.label.as_str(), row.percentage)).collect();
    refund.tax = TaxSummary::of(inclusive, &order, refund.parts.iter())?;
    Ok(refund)
}

impl Refund {
    fn add_row(&mut self, row: &BillRow, inclusive: bool) -> Result<(), MoneyError> {
        self.add(row.amount, row.taxes.clone(), inclusive)
    }

    fn add(&mut self, amount: Money, parts: Vec<TaxPart>, inclusive: bool) -> Result<(), MoneyError> {
        self.total = self.total.plus(amount)?;
        for part in parts.into_iter().filter(|part| !part.gross.is_zero() || !part.net.is_zero()) {
            if !inclusive {
                self.total = self.total.plus(part.tax()?)?;
            }
            self.parts.push(part);
        }
        Ok(())
    }
}

/// The pieces of a line from one number to another, of all of them.
#[derive(Clone, Copy)]
struct Span {
    from: i128,
    to: i128,
    of: i128,
}

impl Span {
    fn of(line: &PricedLine, before: u32, now: u32) -> Option<Self> {
        let (from, of) = (i128::from(before), i128::from(line.quantity));
        let to = from + i128::from(now);
        // Without pieces nothing can be given back.
        (to <= of).then_some(Self { from, to, of: of.max(1) })
    }

    fn amount(self, whole: Money) -> Result<Money, MoneyError> {
        let until = |pieces: i128| i128::from(whole.minor()) * pieces / self.of;
        let minor = i64::try_from(until(self.to) - until(self.from)).map_err(|_| MoneyError::Overflow)?;
        Ok(Money::new(minor, whole.currency()))
    }

    /// The price in proportion, which is exact, and each amount of tax; what follows from both is calculated.
    fn parts(self, parts: &[TaxPart], inclusive: bool) -> Result<Vec<TaxPart>, MoneyError> {
        let part = |part: &TaxPart| {
            let share = |share: &TaxShare| Ok(TaxShare { tax: self.amount(share.tax)?, ..share.clone() });
            let shares: Vec<_> = part.shares.iter().map(share).collect::<Result<_, MoneyError>>()?;
            let tax = Money::sum(part.net.currency(), shares.iter().map(|share| share.tax))?;
            let (net, gross) = if inclusive {
                let gross = self.amount(part.gross)?;
                (gross.minus(tax)?, gross)
            } else {
                let net = self.amount(part.net)?;
                (net, net.plus(tax)?)
            };
            Ok(TaxPart { class: part.class.clone(), net, gross, shares })
        };
        parts.iter().map(part).collect()
    }
}
