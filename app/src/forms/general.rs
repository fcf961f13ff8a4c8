//! Decodes the settings of a restaurant's name, location, contact, language and money.

use crate::{
    domain::{problem::Problem, settings::General, text, typed},
    forms::{fields, location, new_restaurant},
};

/// Characters.
pub const MAX_TAGLINE: usize = 120;
pub const MAX_DESCRIPTION: usize = 600;
const MAX_CUISINE: usize = 30;
/// Cuisines of a restaurant.
const MOST_CUISINES: usize = 5;
/// Characters of a slug.
const SLUG_LENGTH: std::ops::RangeInclusive<usize> = 3..=60;

/// The fields in the order of the page, which is that of their problems.
const ORDER: [&str; 12] = [
    fields::NAME,
    fields::TAGLINE,
    fields::DESCRIPTION,
    fields::CUISINES,
    fields::ADDRESS,
    fields::PHONE,
    fields::EMAIL,
    fields::LOCATION,
    fields::SLUG,
    fields::ZONE,
    fields::LANGUAGE,
    fields::CURRENCY,
];

/// The form's values, or all problems. The server checks that the zone exists and the slug is free.
pub fn decode<'a>(field: impl Fn(&'static str) -> &'a str) -> Result<General, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut keep = |value: Result<String, Problem>| {
        value.unwrap_or_else(|problem| {
            problems.push(problem);
            String::new()
        })
    };
    let mut general = General {
        name: keep(new_restaurant::name(field(fields::NAME))),
        slug: keep(slug(field(fields::SLUG))),
        tagline: keep(text::line(fields::TAGLINE, field(fields::TAGLINE), MAX_TAGLINE, None)),
        description: keep(text::note(fields::DESCRIPTION, field(fields::DESCRIPTION), MAX_DESCRIPTION)),
        cuisines: Vec::new(),
        address: keep(new_restaurant::address(field(fields::ADDRESS))),
        phone: keep(new_restaurant::phone(field(fields::PHONE))),
        contact_email: keep(email(field(fields::EMAIL))),
        language: keep(new_restaurant::language(field(fields::LANGUAGE))),
        zone: keep(Ok(field(fields::ZONE).to_owned())),
        currency: keep(new_restaurant::currency(field(fields::CURRENCY))),
        location: None,
    };
    match cuisines(field(fields::CUISINES)) {
        Ok(cuisines) => general.cuisines = cuisines,
        Err(problem) => problems.push(problem),
    }
    match location::optional(fields::LOCATION, field(fields::LOCATION), None) {
        Ok(location) => general.location = location,
        Err(problem) => problems.push(problem),
    }
    problems.sort_by_key(|problem| ORDER.iter().position(|field| *field == problem.field));
    if problems.is_empty() { Ok(general) } else { Err(problems) }
}

/// A slug: small letters, digits, and single hyphens between them.
fn slug(sent: &str) -> Result<String, Problem> {
    let slug = typed::plain(sent).trim().to_ascii_lowercase();
    let letters = slug.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    let hyphens = !slug.starts_with('-') && !slug.ends_with('-') && !slug.contains("--");
    if letters && hyphens && SLUG_LENGTH.contains(&slug.len()) {
        return Ok(slug);
    }
    let words = "Use 3 to 60 small letters from a to z, digits, and hyphens between them, such as luigis-hearth.";
    Err(Problem::new(fields::SLUG, "slug", words))
}

fn email(sent: &str) -> Result<String, Problem> {
    if typed::is_seen(sent) { text::email(sent) } else { Ok(String::new()) }
}

fn cuisines(sent: &str) -> Result<Vec<String>, Problem> {
    let mut cuisines = Vec::new();
    for word in sent.split([',', ';', '،', '、', '\n']) {
        let word = text::line(fields::CUISINES, word, MAX_CUISINE, None)?.to_lowercase();
        if !word.is_empty() && !cuisines.contains(&word) {
            cuisines.push(word);
        }
    }
    if cuisines.len() > MOST_CUISINES {
        let words = format!("Keep to {MOST_CUISINES} cuisines at most, the most important ones first.");
        return Err(Problem::new(fields::CUISINES, "too_many", words));
    }
    Ok(cuisines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_plain() {
        assert_eq!(slug(" Luigis-Hearth ").unwrap(), "luigis-hearth");
        for bad in ["", "ab", "-abc", "abc-", "a--b", "bäcker", "a b c", "a/b/c", &"a".repeat(61)] {
            assert!(slug(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn problems_come_in_the_order_of_the_page() {
        let refused = decode(|name| if name == fields::CUISINES { "a,b,c,d,e,f" } else { "?" }).unwrap_err();
        let named: Vec<_> = refused.iter().map(|problem| problem.field.as_str()).collect();
        let expected = [
            fields::CUISINES,
            fields::PHONE,
            fields::EMAIL,
            fields::LOCATION,
            fields::SLUG,
            fields::LANGUAGE,
            fields::CURRENCY,
        ];
        assert_eq!(named, expected);
    }

    #[test]
    fn cuisines_are_a_list_of_words() {
        assert_eq!(cuisines(" Pizza, italian;PIZZA,, ").unwrap(), ["pizza", "italian"]);
        assert!(cuisines("a,b,c,d,e,f").is_err());
        assert!(cuisines(&"x".repeat(31)).is_err());
    }
}
