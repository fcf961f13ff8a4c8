//! Exact money: an amount in minor units of a currency.

mod apportion;
mod currency;
#[cfg(target_arch = "wasm32")]
#[path = "money/browser.rs"]
mod written;
#[cfg(not(target_arch = "wasm32"))]
mod written;

use crate::domain::{locale::Locale, typed};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

pub use currency::Currency;
use utoipa::ToSchema;

/// Why a calculation has no result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// The result does not fit into 64 bits of minor units.
    #[error("the amount is too large")]
    Overflow,
    /// Amounts of different currencies cannot be added or compared.
    #[error("amounts in {0} and {1} cannot be combined")]
    Mixed(Currency, Currency),
    /// An amount cannot be divided by negative weights, or by weights of which none is positive.
    #[error("the amount cannot be divided over these parts")]
    Weights,
}

/// An amount in minor units (cents, yen, fils) of one currency.
///
/// Arithmetic is checked: it returns [`MoneyError`] instead of wrapping. There is no conversion to a float.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Money {
    minor: i64,
    currency: Currency,
}

impl Money {
    /// An amount in minor units of a currency.
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Zero, in a currency.
    pub const fn zero(currency: Currency) -> Self {
        Self::new(0, currency)
    }

    pub const fn minor(self) -> i64 {
        self.minor
    }

    pub const fn currency(self) -> Currency {
        self.currency
    }

    pub const fn is_zero(self) -> bool {
        self.minor == 0
    }

    /// The sum of two amounts of one currency.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        self.agree(other)?;
        let minor = self.minor.checked_add(other.minor).ok_or(MoneyError::Overflow)?;
        Ok(Self { minor, ..self })
    }

    /// The difference; may be negative.
    pub fn minus(self, other: Self) -> Result<Self, MoneyError> {
        self.agree(other)?;
        let minor = self.minor.checked_sub(other.minor).ok_or(MoneyError::Overflow)?;
        Ok(Self { minor, ..self })
    }

    /// The amount times `count`.
    pub fn times(self, count: u32) -> Result<Self, MoneyError> {
        let minor = self.minor.checked_mul(i64::from(count)).ok_or(MoneyError::Overflow)?;
        Ok(Self { minor, ..self })
    }

    /// A percentage of the amount, rounded half away from zero to a whole minor unit.
    pub fn percent(self, percent: u32) -> Result<Self, MoneyError> {
        let hundredths = i128::from(self.minor) * i128::from(percent);
        let rounded = (hundredths.abs() + 50) / 100 * hundredths.signum();
        let minor = i64::try_from(rounded).map_err(|_| MoneyError::Overflow)?;
        Ok(Self { minor, ..self })
    }

    /// The sum of amounts; zero of `currency` without any.
    pub fn sum(currency: Currency, amounts: impl IntoIterator<Item = Self>) -> Result<Self, MoneyError> {
        amounts.into_iter().try_fold(Self::zero(currency), Self::plus)
    }

    /// The order of two amounts of one currency.
    pub fn compare(self, other: Self) -> Result<Ordering, MoneyError> {
        self.agree(other)?;
        Ok(self.minor.cmp(&other.minor))
    }

    /// The amount as people of a place write it: `27,40 €`, `£27.40`, `￥1,200`, `CHF 6.90`; by CLDR, on the server from a
    /// table, in the browser from its own `Intl`.
    ///
    /// CLDR writes no minor units of some currencies that have them (forint, Colombian peso, Iraqi dinar). Where there are
    /// some, they are written too: no part of an amount is hidden.
    pub fn text(self, locale: &Locale) -> String {
        let whole = self.split().1 == 0;
        let places = if whole { self.currency.shown_places() } else { self.currency.exponent() };
        written::text(self, places, locale)
    }

    /// The amount as a plain decimal number (`12.50`), as schema.org wants prices.
    pub fn decimal(self) -> String {
        let sign = if self.minor < 0 { "-" } else { "" };
        let (whole, fraction) = self.split();
        match self.currency.exponent() as usize {
            0 => format!("{sign}{whole}"),
            places => format!("{sign}{whole}.{fraction:0places$}"),
        }
    }

    /// The amount as it is typed: digits, and the place's decimal sign where that is a comma.
    pub fn typed(self, locale: &Locale) -> String {
        with_decimal_sign(self.decimal(), self.currency, locale)
    }

    /// Reads an amount as people type it: `12`, `12.5`, `12,50`, `1 200`, `١٢٫٥٠`; none when it is not one, is negative, or
    /// has more digits than the currency counts.
    pub fn parse(text: &str, currency: Currency) -> Option<Self> {
        let text: String = typed::plain(text).chars().filter(|letter| !letter.is_whitespace()).collect();
        let (whole, fraction) = text.split_once(['.', ',']).unwrap_or((&text, ""));
        let places = currency.exponent() as usize;
        let all_digits = |part: &str| part.chars().all(|letter| letter.is_ascii_digit());
        if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) || fraction.len() > places {
            return None;
        }
        format!("{whole}{fraction:0<places$}").parse().ok().map(|minor| Self::new(minor, currency))
    }

    const fn split(self) -> (u64, u64) {
        let scale = 10u64.pow(self.currency.exponent());
        let minor = self.minor.unsigned_abs();
        (minor / scale, minor % scale)
    }

    fn agree(self, other: Self) -> Result<(), MoneyError> {
        if self.currency == other.currency { Ok(()) } else { Err(MoneyError::Mixed(self.currency, other.currency)) }
    }
}

/// A plain decimal number with the decimal sign of a place: a comma where its amounts have one.
pub fn with_decimal_sign(number: String, currency: Currency, locale: &Locale) -> String {
    let smallest = Money::new(1, currency).text(locale);
    let comma = smallest.split(char::is_numeric).any(|between| matches!(between, "," | "\u{66b}"));
    if comma { number.replace('.', ",") } else { number }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn money(minor: i64, currency: Currency) -> String {
        Money::new(minor, currency).text(&Locale::new("en"))
    }

    #[test]
    fn writes_each_exponent() {
        assert_eq!(money(2740, Currency::Eur), "€27.40");
        assert_eq!(money(1_234_567, Currency::Jpy), "¥1,234,567");
        assert_eq!(money(3750, Currency::Kwd), "KWD\u{a0}3.750");
        assert_eq!(money(-5, Currency::Gbp), "-£0.05");
        assert_eq!(Money::new(2740, Currency::Eur).text(&Locale::new("de")), "27,40\u{a0}€");
        assert_eq!(Money::new(1205, Currency::Eur).decimal(), "12.05");
    }

    #[test]
    fn reads_what_people_type() {
        let read = |text, currency| Money::parse(text, currency).map(Money::minor);
        assert_eq!(read("12,5", Currency::Eur), Some(1250));
        assert_eq!(read(" 1 200 ", Currency::Jpy), Some(1200));
        assert_eq!(read("3.75", Currency::Kwd), Some(3750));
        assert_eq!(read("١٢٫٥٠", Currency::Aed), Some(1250));
        assert_eq!(read("１２．５", Currency::Eur), Some(1250));
        assert_eq!(read("\u{202a}۱۲۰۰\u{202c}", Currency::Jpy), Some(1200));
        for bad in ["", "-1", "1.234", "1.2.3", "a", ".5", "99999999999999999999"] {
            assert_eq!(read(bad, Currency::Eur), None, "{bad}");
        }
    }

    #[test]
    fn writes_amounts_as_they_are_typed() {
        let typed = |minor, currency, tag: &str| Money::new(minor, currency).typed(&Locale::new(tag));
        assert_eq!(typed(1250, Currency::Eur, "en"), "12.50");
        assert_eq!(typed(1250, Currency::Eur, "de"), "12,50");
        assert_eq!(typed(1_234_550, Currency::Eur, "de"), "12345,50");
        assert_eq!(typed(1_234_550, Currency::Eur, "en"), "12345.50");
        assert_eq!(typed(1200, Currency::Jpy, "ja"), "1200");
        assert_eq!(typed(3750, Currency::Kwd, "ar"), "3.750");
        assert_eq!(typed(690, Currency::Chf, "de-CH"), "6.90");
        assert_eq!(typed(690, Currency::Egp, "ar-EG"), "6,90");
    }

    #[test]
    fn refuses_to_mix_currencies() {
        let sum = Money::new(1, Currency::Eur).plus(Money::new(1, Currency::Usd));
        assert_eq!(sum, Err(MoneyError::Mixed(Currency::Eur, Currency::Usd)));
    }

    proptest! {
        #[test]
        fn sums_never_wrap(a: i64, b: i64) {
            let sum = Money::new(a, Currency::Eur).plus(Money::new(b, Currency::Eur));
            let exact = a.checked_add(b).map(|exact| Money::new(exact, Currency::Eur));
            prop_assert_eq!(sum, exact.ok_or(MoneyError::Overflow));
        }

        #[test]
        fn percent_is_the_nearest_minor_unit(minor in -1_000_000_000i64..1_000_000_000, percent in 0u32..=300) {
            let part = Money::new(minor, Currency::Eur).percent(percent).unwrap();
            let error = i128::from(part.minor()) * 100 - i128::from(minor) * i128::from(percent);
            prop_assert!(error.abs() <= 50);
        }

        #[test]
        fn decimal_text_reads_back(minor in -10_000_000i64..10_000_000) {
            let text = Money::new(minor, Currency::Kwd).decimal();
            let back: i64 = text.replace('.', "").parse().unwrap();
            prop_assert_eq!(back, minor);
        }
    }
}
