//! Decodes the choices of the checkout form, for its page and for the handler that places the order.

use crate::{
    domain::{locale::Locale, money::Money, order::Due, pricing::example_tip, problem::Problem},
    forms::fields,
};

/// The highest tip in percent of the items.
const HIGHEST_PERCENT: u32 = 100;

/// The requested time: as soon as possible, or an instant in milliseconds.
pub fn due(text: &str) -> Result<Due, Problem> {
    let unknown = || Problem::new(fields::DUE, "unknown_time", "Choose one of the offered times.");
    if text.is_empty() { Ok(Due::Asap) } else { Due::from_field(text).ok_or_else(unknown) }
}

/// The tip: nothing, a percentage of the items, or a typed amount.
pub fn tip(choice: &str, other: &str, subtotal: Money, locale: &Locale) -> Result<Money, Problem> {
    let refuse = |field| {
        let example = example_tip(subtotal).typed(locale);
        Problem::new(field, "tip_out_of_range", format!("Choose one of the tips, or enter a sum such as {example}."))
    };
    match choice {
        "" => Ok(Money::zero(subtotal.currency())),
        "other" => Money::parse(other, subtotal.currency()).ok_or_else(|| refuse(fields::TIP_OTHER)),
        percent => {
            let percent = percent.parse().ok().filter(|percent| *percent <= HIGHEST_PERCENT);
            percent.and_then(|percent| subtotal.percent(percent).ok()).ok_or_else(|| refuse(fields::TIP))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{money::Currency, time::Timestamp};

    #[test]
    fn a_time_is_now_or_an_instant() {
        assert_eq!((due(""), due("asap")), (Ok(Due::Asap), Ok(Due::Asap)));
        assert_eq!(due("1795194000000"), Ok(Due::At(Timestamp::from_millis(1_795_194_000_000))));
        assert_eq!(due("noon").unwrap_err().code, "unknown_time");
    }

    #[test]
    fn a_tip_is_a_part_or_a_sum() {
        let subtotal = Money::new(2_000, Currency::Eur);
        let minor = |choice, other| {
            tip(choice, other, subtotal, &Locale::new("en")).map(Money::minor).map_err(|problem| problem.field)
        };
        assert_eq!((minor("", ""), minor("0", ""), minor("10", "")), (Ok(0), Ok(0), Ok(200)));
        assert_eq!(minor("other", "2,50"), Ok(250));
        for unknown in ["101", "-1", "some"] {
            assert_eq!(minor(unknown, ""), Err("tip".to_owned()), "{unknown}");
        }
        for typed in ["", "a little"] {
            assert_eq!(minor("other", typed), Err("tip_other".to_owned()), "{typed}");
        }
    }
}
