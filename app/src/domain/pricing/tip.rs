//! Tips: amounts that guests choose, within a limit.

use crate::domain::{
    locale::Locale,
    money::{Money, MoneyError},
    pricing::PriceProblem,
};

/// The highest accepted tip: the items plus 1,000 major units; a higher one is probably a typing error.
pub fn highest(subtotal: Money) -> Result<Money, MoneyError> {
    let thousand = 1_000 * 10i64.pow(subtotal.currency().exponent());
    subtotal.plus(Money::new(thousand, subtotal.currency()))
}

/// A sum that could be a tip, for hints: a tenth of the items, rounded to two digits that count, so that it fits the
/// currency and what is ordered.
pub fn example(subtotal: Money) -> Money {
    let tenth = (subtotal.minor().max(0) / 10).max(10i64.pow(subtotal.currency().exponent()));
    let step = 10i64.pow(tenth.ilog10().saturating_sub(1));
    Money::new(tenth / step * step, subtotal.currency())
}

/// A tip within the limit.
pub(super) fn ensure(tip: Money, subtotal: Money, locale: &Locale) -> Result<(), PriceProblem> {
    let most = highest(subtotal)?;
    if tip.minor() < 0 || tip.compare(most)?.is_gt() {
        let least = Money::zero(subtotal.currency()).text(locale);
        return Err(PriceProblem::Tip { least, most: most.text(locale) });
    }
    Ok(())
}
