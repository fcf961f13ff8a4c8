//! Menus that new restaurants begin with: those of demo restaurants, with example prices in the restaurant's currency.

use crate::{
    demo::{
        dishes::{self, MenuRows},
        fixtures::FILES,
        plan::{Notes, Planning},
        recipe::Recipe,
    },
    error::ServerError,
};
use app::domain::money::Currency;
use uuid::Uuid;

/// The file of each code in `app::forms::choices::TEMPLATES`.
const TEMPLATES: &[(&str, &str)] = &[
    ("pizzeria", "luigis-hearth.toml"),
    ("burger", "copper-griddle.toml"),
    ("cafe", "the-paper-boat.toml"),
    ("noodles", "kitsune-noodle-counter.toml"),
    ("bowls", "grain-and-grove.toml"),
    ("indian", "saffron-lantern.toml"),
];

/// The menu of a template as rows of a restaurant: nothing is sold out, and all sections are served at all hours.
pub(crate) fn menu(code: &str, restaurant: Uuid, currency: Currency) -> Result<MenuRows, ServerError> {
    let unknown = || ServerError::Broken(format!("there is no template {code}"));
    let (_, file) = TEMPLATES.iter().find(|(of, _)| *of == code).ok_or_else(unknown)?;
    let (_, text) = FILES.iter().find(|(name, _)| name == file).ok_or_else(unknown)?;
    let mut recipe: Recipe =
        toml::from_str(text).map_err(|error| ServerError::Broken(format!("{file} cannot be read: {error}")))?;
    // The ids of rows derive from it.
    recipe.slug = restaurant.to_string();
    let mut notes = Notes::of(file);
    let mut rows = dishes::menu(&Planning::of_menu(&recipe, restaurant), &mut notes);
    rows.section_hours.clear();
    rows.items.iter_mut().for_each(|item| item.sold_out_until = None);
    for modifier in &mut rows.modifiers {
        modifier.sold_out_until = None;
        modifier.price_minor = example(modifier.price_minor, currency);
        modifier.size_prices.values_mut().for_each(|price| *price = example(*price, currency));
    }
    for variant in &mut rows.variants {
        variant.price_minor = example(variant.price_minor, currency);
    }
    notes.result(rows)
}

/// An example price for one in cents of a euro, dollar or pound. Where these are of another order of magnitude than the
/// currency, the number is multiplied by a round rate.
fn example(cents: i64, currency: Currency) -> i64 {
    // Units for a euro, times 10.
    let tenths = match currency {
        Currency::Bhd | Currency::Kwd | Currency::Omr => 4,
        Currency::Czk => 250,
        Currency::Dkk => 70,
        Currency::Cny | Currency::Hkd => 80,
        Currency::Nok | Currency::Sek => 100,
        Currency::Zar | Currency::Mxn => 200,
        Currency::Thb => 300,
        Currency::Try | Currency::Egp => 400,
        Currency::Inr => 800,
        Currency::Jpy => 1_500,
        Currency::Huf => 4_000,
        Currency::Iqd | Currency::Krw => 15_000,
        Currency::Cop => 45_000,
        Currency::Vnd => 280_000,
        _ => 10,
    };
    let minor = 10_i64.pow(currency.exponent());
    let exact = cents.saturating_mul(tenths).saturating_mul(minor) / 1_000;
    // Rates above one end in a round amount: the power of ten below a tenth of a euro.
    let step = if tenths > 10 { 10_i64.pow((tenths * minor / 100).max(1).ilog10()) } else { (minor / 100).max(1) };
    (exact + step / 2) / step * step
}

#[cfg(test)]
mod tests {
    use super::*;
    use app::forms::choices;

    #[test]
    fn every_template_is_a_menu_in_every_currency() {
        for template in choices::TEMPLATES {
            for currency in Currency::ALL {
                let rows = menu(template.code, Uuid::from_u128(7), *currency).unwrap();
                assert!(rows.items.len() > 10, "{}", template.code);
                assert!(rows.items.iter().all(|item| item.restaurant_id == Uuid::from_u128(7)));
                assert!(rows.variants.iter().any(|variant| variant.price_minor > 0), "{}", template.code);
            }
        }
        assert!(menu("steakhouse", Uuid::nil(), Currency::Eur).is_err());
    }

    #[test]
    fn prices_have_the_magnitude_of_their_currency() {
        let prices = [
            (Currency::Eur, 1_290),
            (Currency::Usd, 1_290),
            (Currency::Jpy, 1_940),
            (Currency::Kwd, 5_160),
            (Currency::Vnd, 361_000),
            (Currency::Huf, 516_000),
        ];
        for (currency, price) in prices {
            assert_eq!(example(1_290, currency), price, "{currency}");
            assert_eq!(example(0, currency), 0, "{currency}");
        }
    }
}
