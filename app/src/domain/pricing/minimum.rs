//! Minimum prices of the items, by service mode and delivery zone.

use crate::domain::{
    locale::Locale,
    money::Money,
    pricing::PriceProblem,
    terms::{ModeTerms, Zone},
};

/// Rejects items below the minimum of the mode or, for delivery, of the zone. Of two minimums the higher one is told, so
/// that what is added for it is enough.
pub(super) fn ensure(
    mode: &ModeTerms,
    zone: Option<&Zone>,
    subtotal: Money,
    locale: &Locale,
) -> Result<(), PriceProblem> {
    let (mut of, mut minimum) = (mode.mode.label(), mode.minimum);
    if let Some(zone) = zone.filter(|zone| zone.minimum.minor() >= minimum.minor()) {
        (of, minimum) = (&zone.name, zone.minimum);
    }
    if subtotal.compare(minimum)?.is_ge() {
        return Ok(());
    }
    let missing = minimum.minus(subtotal)?.text(locale);
    Err(PriceProblem::BelowMinimum { zone: of.to_owned(), minimum: minimum.text(locale), missing })
}

/// The problem of items below the minimum of their mode.
pub fn below(mode: &ModeTerms, subtotal: Money, locale: &Locale) -> Option<PriceProblem> {
    ensure(mode, None, subtotal, locale).err()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        money::Currency,
        terms::{Extent, ServiceMode},
    };
    use proptest::prelude::*;

    fn euros(minor: i64) -> Money {
        Money::new(minor, Currency::Eur)
    }

    fn mode(minimum: i64) -> ModeTerms {
        let mode = ServiceMode::Delivery;
        ModeTerms { mode, lead_minutes: 30, tables: Vec::new(), minimum: euros(minimum), hours: None }
    }

    fn zone(minimum: i64) -> Zone {
        let (name, nothing) = ("Mitte".to_owned(), euros(0));
        Zone { name, extent: Extent::Postcodes(Vec::new()), fee: nothing, minimum: euros(minimum), free_from: None }
    }

    fn told(mode: &ModeTerms, zone: Option<&Zone>, subtotal: i64) -> Option<String> {
        ensure(mode, zone, euros(subtotal), &Locale::new("en")).err().map(|problem| problem.to_string())
    }

    #[test]
    fn the_higher_minimum_is_told() {
        let needs = |of: &str, least: &str, missing: &str| {
            Some(format!("{of} needs items for at least €{least}; €{missing} is missing."))
        };
        assert_eq!(told(&mode(1_000), None, 999), needs("Delivery", "10.00", "0.01"));
        assert_eq!(told(&mode(1_000), Some(&zone(1_500)), 999), needs("Mitte", "15.00", "5.01"));
        assert_eq!(told(&mode(2_000), Some(&zone(1_500)), 999), needs("Delivery", "20.00", "10.01"));
        assert_eq!(told(&mode(0), Some(&zone(0)), 0), None);
    }

    proptest! {
        #[test]
        fn what_is_missing_is_enough(of_mode in 0i64..5_000, of_zone in 0i64..5_000, subtotal in 0i64..5_000) {
            let most = of_mode.max(of_zone);
            prop_assert_eq!(told(&mode(of_mode), Some(&zone(of_zone)), subtotal).is_some(), subtotal < most);
            prop_assert_eq!(told(&mode(of_mode), Some(&zone(of_zone)), most), None);
        }
    }
}
