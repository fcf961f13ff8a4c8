//! The tax of an order: which class each amount of a bill is of, and its tax at the service mode and date of supply.

use crate::domain::{
    bill::{BillRow, BillRowKind, PricedLine},
    menu::Menu,
    money::{Money, MoneyError},
    pricing::Service,
    tax::{Supply, TaxPart, TaxProblem, TaxRules, TaxSummary, Taxable, calculate},
    terms::Terms,
};

/// Taxes lines and rows in place, and sums up. Tips are not taxed.
pub(super) fn add(
    menu: &Menu,
    terms: &Terms,
    service: Service<'_>,
    lines: &mut [PricedLine],
    rows: &mut [BillRow],
) -> Result<TaxSummary, TaxProblem> {
    let Some(rules) = terms.tax.as_ref().filter(|rules| !rules.classes.is_empty()) else {
        return Ok(TaxSummary::default());
    };
    let mut amounts = Vec::new();
    for line in lines.iter() {
        amounts.push(of_line(menu, rules, line)?);
    }
    let goods = goods(rules, menu, &amounts)?;
    let mut charges = terms.charges.iter().filter(|charge| charge.modes.contains(&service.mode));
    for row in rows.iter() {
        let code = match row.kind {
            BillRowKind::Charge => charges.next().and_then(|charge| charge.tax_class.as_deref()),
            BillRowKind::Delivery => rules.delivery_class.as_deref(),
            BillRowKind::Tip => {
                amounts.push(Vec::new());
                continue;
            }
        };
        amounts.push(of_row(rules, &goods, code, row.amount)?);
    }
    let supply = Supply { rules, mode: service.mode, date: service.date };
    let counts: Vec<_> = amounts.iter().map(Vec::len).collect();
    let mut parts = calculate(supply, &amounts.concat())?.into_iter();
    let targets = lines.iter_mut().map(|line| &mut line.taxes).chain(rows.iter_mut().map(|row| &mut row.taxes));
    for (target, count) in targets.zip(counts) {
        *target = parts.by_ref().take(count).collect();
    }
    let taxed = lines.iter().flat_map(|line| &line.taxes).chain(rows.iter().flat_map(|row| &row.taxes));
    Ok(summary(rules, taxed)?)
}

/// The rows in the order in which the rules name their rates.
fn summary<'a>(rules: &TaxRules, parts: impl Iterator<Item = &'a TaxPart>) -> Result<TaxSummary, MoneyError> {
    let components = rules.rates.iter().flat_map(|rate| &rate.components);
    let order: Vec<_> = components.map(|component| (component.label.as_str(), component.percentage)).collect();
    TaxSummary::of(rules.inclusive, &order, parts)
}

/// The amounts of a line by class: a modifier is of its own class, else of the item's, which is its own or its section's.
fn of_line(menu: &Menu, rules: &TaxRules, line: &PricedLine) -> Result<Vec<Taxable>, MoneyError> {
    let of_item =
        menu.item(line.item).and_then(|(section, item)| item.tax_class.as_ref().or(section.tax_class.as_ref()));
    let of_item = of_item.map_or(rules.usual_class(), String::as_str);
    let mut amounts: Vec<(&str, Money)> = vec![(of_item, line.base)];
    for pick in &line.modifiers {
        let modifiers = menu.group(pick.group).into_iter().flat_map(|group| &group.modifiers);
        let own = modifiers.filter(|modifier| modifier.id == pick.modifier).find_map(|of| of.tax_class.as_deref());
        let class = own.unwrap_or(of_item);
        match amounts.iter_mut().find(|(of, _)| *of == class) {
            Some((_, amount)) => *amount = amount.plus(pick.total)?,
            None => amounts.push((class, pick.total)),
        }
    }
    let whole =
        |(class, amount): (&str, Money)| Ok(Taxable { class: class.to_owned(), amount: amount.times(line.quantity)? });
    // A free modifier of another class is nothing to tax; a free item still shows its rate.
    let counts = |(at, (_, amount)): &(usize, (&str, Money))| *at == 0 || !amount.is_zero();
    amounts.into_iter().enumerate().filter(counts).map(|(_, amount)| whole(amount)).collect()
}

/// The amounts of all items by class, in the order of the classes, so that the order of the lines changes nothing.
fn goods(rules: &TaxRules, menu: &Menu, lines: &[Vec<Taxable>]) -> Result<Vec<(String, Money)>, MoneyError> {
    let sum = |class: &str| {
        let of_class = lines.iter().flatten().filter(|taxable| taxable.class == class);
        Money::sum(menu.currency, of_class.map(|taxable| taxable.amount))
    };
    rules.classes.iter().map(|class| Ok((class.code.clone(), sum(&class.code)?))).collect()
}

/// The amounts of a charge or fee: of its class, else in proportion to the goods.
fn of_row(
    rules: &TaxRules,
    goods: &[(String, Money)],
    class: Option<&str>,
    amount: Money,
) -> Result<Vec<Taxable>, MoneyError> {
    let weights: Vec<_> = goods.iter().map(|(_, amount)| amount.minor()).collect();
    let class = class.or_else(|| weights.iter().all(|weight| *weight == 0).then(|| rules.usual_class()));
    if amount.is_zero() {
        return Ok(Vec::new());
    }
    if let Some(class) = class {
        return Ok(vec![Taxable { class: class.to_owned(), amount }]);
    }
    let parts = goods.iter().zip(amount.apportion(&weights)?).filter(|(_, amount)| !amount.is_zero());
    Ok(parts.map(|((class, _), amount)| Taxable { class: class.clone(), amount }).collect())
}
