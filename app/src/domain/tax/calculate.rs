//! Calculates tax. Each amount of tax is rounded once, for a line or for a rate as the rules say, and then divided over the
//! components of the rate and over the parts of the bill, so that both sum up to it exactly.

use crate::domain::{
    date::Date,
    money::{Money, MoneyError},
    tax::{Percentage, Rounded, Rounding, TaxComponent, TaxPart, TaxProblem, TaxRules, TaxShare},
    terms::ServiceMode,
};

/// The facts that decide the rates of an order.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Supply<'a> {
    pub(crate) rules: &'a TaxRules,
    pub(crate) mode: ServiceMode,
    /// The date of supply in the restaurant's zone.
    pub(crate) date: Date,
}

/// An amount of one class, with or without tax as the prices are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Taxable {
    pub(crate) class: String,
    pub(crate) amount: Money,
}

/// An amount with the components of its rate, and the tax of each.
struct Taxed<'a> {
    taxable: &'a Taxable,
    components: &'a [TaxComponent],
    taxes: Vec<Money>,
}

/// The tax of all amounts of a bill, in their order.
pub(crate) fn calculate(supply: Supply<'_>, amounts: &[Taxable]) -> Result<Vec<TaxPart>, TaxProblem> {
    let Supply { rules, mode, date } = supply;
    let mut taxed = Vec::with_capacity(amounts.len());
    for taxable in amounts {
        if taxable.amount.minor() < 0 {
            return Err(TaxProblem::Negative);
        }
        let components = rules.components(&taxable.class, mode, date)?;
        let none = vec![Money::zero(taxable.amount.currency()); components.len()];
        taxed.push(Taxed { taxable, components, taxes: none });
    }
    match rules.rounded {
        Rounded::Line => taxed.iter_mut().try_for_each(|one| tax_together(rules, vec![one]))?,
        Rounded::Rate => by_rate(rules, &mut taxed)?,
    }
    taxed.into_iter().map(|one| part(rules, one)).collect::<Result<_, _>>().map_err(TaxProblem::from)
}

/// Amounts with the same rate are rounded once. Where components are separate, so is the same component of several rates.
fn by_rate(rules: &TaxRules, taxed: &mut [Taxed<'_>]) -> Result<(), MoneyError> {
    if rules.separate && !rules.inclusive {
        let mut names: Vec<&TaxComponent> = Vec::new();
        for component in taxed.iter().flat_map(|one| one.components) {
            if !names.contains(&component) {
                names.push(component);
            }
        }
        return names.into_iter().try_for_each(|name| tax_component(rules, name, taxed.iter_mut().collect()));
    }
    let mut rates: Vec<&[TaxComponent]> = Vec::new();
    for one in taxed.iter() {
        if !rates.contains(&one.components) {
            rates.push(one.components);
        }
    }
    rates
        .into_iter()
        .try_for_each(|rate| tax_together(rules, taxed.iter_mut().filter(|one| one.components == rate).collect()))
}

/// Taxes amounts of one rate, rounded once for all of them.
fn tax_together(rules: &TaxRules, mut taxed: Vec<&mut Taxed<'_>>) -> Result<(), MoneyError> {
    let Some(first) = taxed.first() else { return Ok(()) };
    let components = first.components;
    if rules.separate && !rules.inclusive {
        let one_by_one = |component| tax_component(rules, component, taxed.iter_mut().map(|one| &mut **one).collect());
        return components.iter().try_for_each(one_by_one);
    }
    let weights: Vec<_> = components.iter().map(|component| component.percentage.millionths().into()).collect();
    let whole = tax_of(rules, sum(&taxed)?, weights.iter().sum())?;
    // The components of an amount are taken from what is left of each, so that none is negative and all are exact.
    let mut left = whole.apportion(&weights)?;
    let parts = whole.apportion(&amounts(&taxed_amounts(&taxed)))?;
    for (one, tax) in taxed.iter_mut().zip(parts) {
        let weights = amounts(&left);
        one.taxes = tax.apportion(&weights)?;
        left = left.iter().zip(&one.taxes).map(|(left, taken)| left.minus(*taken)).collect::<Result<_, _>>()?;
    }
    Ok(())
}

/// Taxes amounts that have a component, rounded once for all of them.
fn tax_component(rules: &TaxRules, name: &TaxComponent, taxed: Vec<&mut Taxed<'_>>) -> Result<(), MoneyError> {
    let taxed: Vec<_> = taxed.into_iter().filter(|one| one.components.contains(name)).collect();
    if taxed.is_empty() {
        return Ok(());
    }
    let whole = tax_of(rules, sum(&taxed)?, name.percentage.millionths().into())?;
    let parts = whole.apportion(&amounts(&taxed_amounts(&taxed)))?;
    for (one, tax) in taxed.into_iter().zip(parts) {
        let names = one.components.iter().zip(&mut one.taxes);
        // A rate that names a component twice has it once.
        for (_, share) in names.filter(|(component, _)| *component == name).take(1) {
            *share = tax;
        }
    }
    Ok(())
}

fn sum(taxed: &[&mut Taxed<'_>]) -> Result<Money, MoneyError> {
    let mut amounts = taxed.iter().map(|one| one.taxable.amount);
    let first = amounts.next().ok_or(MoneyError::Weights)?;
    amounts.try_fold(first, Money::plus)
}

fn taxed_amounts(taxed: &[&mut Taxed<'_>]) -> Vec<Money> {
    taxed.iter().map(|one| one.taxable.amount).collect()
}

fn amounts(amounts: &[Money]) -> Vec<i64> {
    amounts.iter().map(|amount| amount.minor()).collect()
}

/// The tax of an amount that is not negative, rounded. Of an amount with tax it is `amount × rate ÷ (1 + rate)`.
fn tax_of(rules: &TaxRules, amount: Money, millionths: i64) -> Result<Money, MoneyError> {
    let (rate, whole) = (i128::from(millionths), i128::from(Percentage::WHOLE));
    let (part, of) = (i128::from(amount.minor()) * rate, if rules.inclusive { whole + rate } else { whole });
    let tax = match rules.rounding {
        Rounding::HalfUp => (2 * part + of) / (2 * of),
        Rounding::Down => part / of,
    };
    let minor = i64::try_from(tax).map_err(|_| MoneyError::Overflow)?;
    Ok(Money::new(minor, amount.currency()))
}

fn part(rules: &TaxRules, taxed: Taxed<'_>) -> Result<TaxPart, MoneyError> {
    let Taxed { taxable: Taxable { class, amount }, components, taxes } = taxed;
    let tax = Money::sum(amount.currency(), taxes.iter().copied())?;
    let (net, gross) = if rules.inclusive { (amount.minus(tax)?, *amount) } else { (*amount, amount.plus(tax)?) };
    let shares = components.iter().zip(taxes).map(|(component, tax)| TaxShare {
        label: component.label.clone(),
        percentage: component.percentage,
        tax,
    });
    Ok(TaxPart { class: class.clone(), net, gross, shares: shares.collect() })
}
