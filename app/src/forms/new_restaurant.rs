//! Decodes the form of a new restaurant.

use crate::{
    domain::{locale::Locale, money::Currency, problem::Problem, settings::NewRestaurant, text, typed},
    forms::{choices, fields},
};

/// Characters of a restaurant's name and of its address.
pub const MAX_NAME: usize = 80;
pub const MAX_ADDRESS: usize = 200;

/// The form's values, or all problems. The server checks that the zone exists.
pub fn decode<'a>(field: impl Fn(&'static str) -> &'a str) -> Result<NewRestaurant, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut keep = |value: Result<String, Problem>| {
        value.unwrap_or_else(|problem| {
            problems.push(problem);
            String::new()
        })
    };
    let new = NewRestaurant {
        key: field(fields::KEY).to_owned(),
        name: keep(name(field(fields::NAME))),
        address: keep(address(field(fields::ADDRESS))),
        phone: keep(phone(field(fields::PHONE))),
        zone: keep(required(fields::ZONE, field(fields::ZONE), "Choose the time zone of the restaurant.")),
        currency: keep(currency(field(fields::CURRENCY))),
        language: keep(language(field(fields::LANGUAGE))),
        template: keep(template(field(fields::TEMPLATE))),
    };
    if problems.is_empty() { Ok(new) } else { Err(problems) }
}

/// A restaurant's name.
pub fn name(typed: &str) -> Result<String, Problem> {
    text::line(fields::NAME, typed, MAX_NAME, Some("Enter the name of the restaurant."))
}

/// A restaurant's address, which guests and search engines read.
pub fn address(typed: &str) -> Result<String, Problem> {
    text::line(fields::ADDRESS, typed, MAX_ADDRESS, Some("Enter street, number, postcode and city."))
}

/// A restaurant's phone, which may be missing.
pub fn phone(sent: &str) -> Result<String, Problem> {
    if typed::is_seen(sent) { text::phone(sent) } else { Ok(String::new()) }
}

/// A currency's code.
pub fn currency(code: &str) -> Result<String, Problem> {
    let known = Currency::from_code(code).map(|currency| currency.code().to_owned());
    known.ok_or_else(|| Problem::new(fields::CURRENCY, "unknown", "Choose the currency of the prices."))
}

/// A language's tag.
pub fn language(tag: &str) -> Result<String, Problem> {
    let known = Locale::new(tag).is_well_formed() && tag.len() <= 35;
    let problem = || Problem::new(fields::LANGUAGE, "unknown", "Choose the language of the menu.");
    if known { Ok(tag.to_owned()) } else { Err(problem()) }
}

fn template(code: &str) -> Result<String, Problem> {
    let known = code.is_empty() || choices::TEMPLATES.iter().any(|template| template.code == code);
    let problem = || Problem::new(fields::TEMPLATE, "unknown", "Choose one of the menus, or an empty one.");
    if known { Ok(code.to_owned()) } else { Err(problem()) }
}

fn required(field: &str, value: &str, words: &str) -> Result<String, Problem> {
    if value.is_empty() { Err(Problem::new(field, "required", words)) } else { Ok(value.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_problems_are_told_at_once() {
        let problems = decode(|_| "").unwrap_err();
        let fields: Vec<_> = problems.iter().map(|problem| problem.field.as_str()).collect();
        assert_eq!(fields, ["name", "address", "zone", "currency", "language"]);
    }

    #[test]
    fn a_complete_form_is_read() {
        let new = decode(|name| match name {
            "name" => "  Chez  Zoé ",
            "address" => "Rue de la Paix 1, 75002 Paris",
            "zone" => "Europe/Paris",
            "currency" => "EUR",
            "language" => "fr",
            "template" => "cafe",
            _ => "",
        });
        assert_eq!(new.unwrap().name, "Chez Zoé");
    }
}
