//! The theme of Toast, and its stylesheet: Tailwind v4 classes found in the Rust sources, made into one plain CSS file.

mod classes;
mod error;
mod order;
mod property;
mod rule;
mod sheet;
mod source;
pub mod theme;
mod utility;
mod variant;

pub use error::{Place, Refusal, StyleError};
pub use source::Source;

use utility::Generator;

/// The layer below all utilities, written by hand.
const BASE: &str = include_str!("base.css");

/// The stylesheet for every class in `sources`, not yet minified; a class that generates nothing is an error.
pub fn stylesheet(sources: &[Source]) -> Result<String, StyleError> {
    let (classes, mut refusals) = classes::find(sources);
    let generator = Generator::new();
    let mut styled = Vec::new();
    for (class, place) in classes {
        match sheet::style(&class, &generator) {
            Some(style) => styled.push(style),
            None if marks_only(&class) || is_in_base(&class) => {}
            None => refusals.push(Refusal::UnknownClass { class, place }),
        }
    }
    if !refusals.is_empty() {
        return Err(StyleError::Refused(refusals));
    }
    Ok(format!("{}{}{}", theme::variables(), BASE, sheet::write(styled)))
}

/// Every class in `sources` with the first place that uses it.
pub fn class_names(sources: &[Source]) -> Result<Vec<(String, Place)>, StyleError> {
    let (classes, refusals) = classes::find(sources);
    if refusals.is_empty() { Ok(classes.into_iter().collect()) } else { Err(StyleError::Refused(refusals)) }
}

/// The CSS of one class alone, with the variables that it registers.
#[must_use]
pub fn class_css(class: &str) -> Option<String> {
    sheet::style(class, &Generator::new()).map(|styled| sheet::write(vec![styled]))
}

/// `group` and `peer` have no style; variants of other elements refer to them.
#[must_use]
pub fn marks_only(class: &str) -> bool {
    class.split('/').next().is_some_and(|name| matches!(name, "group" | "peer"))
}

/// Whether the base layer has a rule for this class.
fn is_in_base(class: &str) -> bool {
    let name =
        |rest: &'static str| rest.split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '-')).next();
    BASE.split('.').skip(1).filter_map(name).any(|known| known == class && known.starts_with(char::is_alphabetic))
}
