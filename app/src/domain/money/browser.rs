//! Formats amounts by the browser's `Intl`, which adds nothing to the bundle.

use crate::domain::{locale::Locale, money::Money};
use js_sys::{
    Array, Intl,
    Intl::{NumberFormatOptions, NumberFormatStyle},
    Object,
};
use wasm_bindgen::{JsCast, JsValue};

/// An amount with `decimals` digits after the decimal sign.
pub(super) fn text(amount: Money, places: u32, locale: &Locale) -> String {
    let options: NumberFormatOptions = Object::new().unchecked_into();
    options.set_style(NumberFormatStyle::Currency);
    options.set_currency(amount.currency().code());
    let places = u8::try_from(places).unwrap_or_default();
    options.set_minimum_fraction_digits(places);
    options.set_maximum_fraction_digits(places);
    // For a language that the browser does not know, the server's format is used.
    let locales = Array::of2(&JsValue::from_str(locale.tag()), &JsValue::from_str("en"));
    let format = Intl::NumberFormat::new(&locales, &options).format();
    let written = format.call1(&JsValue::UNDEFINED, &JsValue::from_str(&amount.decimal()));
    written.ok().and_then(|written| written.as_string()).unwrap_or_default()
}
