//! Plus codes, which maps show for locations without an address.
//!
//! Open Location Code, specification of version 1.1: pairs of base 20 for latitude and longitude, the first of 20 degrees, each
//! next a twentieth; from the eleventh letter on one letter for a part of a grid of five rows and four columns. A short code
//! lacks its first letters, which are those of a location nearby.

use crate::domain::location::Location;

const LETTERS: &str = "23456789CFGHJMPQRVWX";
/// Letters before the plus sign of a full code.
const BEFORE_PLUS: usize = 8;
/// Letters of pairs.
const PAIRED: usize = 10;
/// Fewer are an area of kilometres, more are smaller than what is stored.
const LENGTHS: std::ops::RangeInclusive<usize> = 10..=15;
const ROWS: f64 = 5.0;
const COLUMNS: f64 = 4.0;

/// The middle of a code's area; a short code is the nearest one to `near`. None for what is no code of a location.
pub fn location(code: &str, near: Option<Location>) -> Option<Location> {
    let code = code.trim().to_ascii_uppercase();
    let (before, after) = code.split_once('+')?;
    match BEFORE_PLUS.checked_sub(before.len())? {
        0 => full(&format!("{before}{after}")).and_then(|(north, east)| Location::new(north, east)),
        missing @ (2 | 4) => nearest(&format!("{before}{after}"), missing, near?),
        _ => None,
    }
}

/// Degrees north and east of the middle.
fn full(letters: &str) -> Option<(f64, f64)> {
    if !LENGTHS.contains(&letters.len()) {
        return None;
    }
    let values = letters.chars().map(|letter| LETTERS.find(letter)).collect::<Option<Vec<_>>>()?;
    let (mut south, mut west, mut height, mut width) = (-90.0, -180.0, 400.0, 400.0);
    for (at, value) in values.iter().enumerate() {
        #[expect(clippy::cast_precision_loss, reason = "below 20")]
        let value = *value as f64;
        if at >= PAIRED {
            (height, width) = (height / ROWS, width / COLUMNS);
            south += (value / COLUMNS).floor() * height;
            west += value % COLUMNS * width;
        } else if at % 2 == 0 {
            height /= 20.0;
            south += value * height;
        } else {
            width /= 20.0;
            west += value * width;
        }
    }
    Some((south + height / 2.0, west + width / 2.0))
}

/// Completes a short code with the letters of a location, and moves it by a whole area to be near it.
fn nearest(letters: &str, missing: usize, near: Location) -> Option<Location> {
    let prefix = prefix(near, missing);
    let (mut north, mut east) = full(&format!("{prefix}{letters}"))?;
    let area = if missing == 2 { 20.0 } else { 1.0 };
    for (degrees, of) in [(&mut north, near.latitude()), (&mut east, near.longitude())] {
        *degrees += ((of - *degrees) / area).round() * area;
    }
    Location::new(north.clamp(-90.0, 90.0), east - (east / 360.0).round() * 360.0)
}

/// The first letters of the code of a location.
fn prefix(of: Location, letters: usize) -> String {
    let (mut north, mut east) = ((of.latitude() + 90.0).min(179.999_99), (of.longitude() + 180.0).rem_euclid(360.0));
    let mut prefix = String::new();
    for area in [20.0, 1.0] {
        for degrees in [&mut north, &mut east] {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 17")]
            let value = (*degrees / area).floor() as usize;
            prefix.extend(LETTERS.chars().nth(value));
            *degrees %= area;
        }
    }
    prefix.chars().take(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn near_berlin(code: &str) -> Option<String> {
        location(code, Location::new(52.5403, 13.4127)).map(|found| found.to_string())
    }

    #[test]
    fn codes_of_the_specification_are_read() {
        // From its test data: code, and the middle of its area.
        for (code, middle) in [
            ("7FG49Q00+", None),
            ("7FG49QCJ+2V", Some("20.37006, 2.78219")),
            ("7FG49QCJ+2VX", Some("20.37011, 2.78223")),
            ("8FVC2222+22", Some("47.00006, 8.00006")),
            ("4VCPPQGP+Q9", Some("-41.27306, 174.78594")),
            ("62G20000+", None),
            ("22220000+", None),
        ] {
            assert_eq!(near_berlin(code).as_deref(), middle, "{code}");
        }
    }

    #[test]
    fn short_codes_are_near() {
        assert_eq!(near_berlin("9f4mgcr7+43"), near_berlin("GCR7+43"));
        assert!(near_berlin("GCR7+43").is_some());
        let edge = Location::new(51.3701, -1.2170);
        assert_eq!(location("9C3W9QCJ+2VX", None), location("CJ+2VX", edge).or(location("9QCJ+2VX", edge)));
        assert_eq!(location("GCR7+43", None), None);
        for bad in ["", "+", "GCR7", "GCR7+4", "9F4MGCR7+4A", "9F4MGCR70+43", "9F4M GCR7+43", "9F4MGCR+743", "ÄÖ+ÜÜ"]
        {
            assert_eq!(near_berlin(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_decoder(text in "\\PC{0,20}", north in -90.0..=90.0, east in -180.0..=180.0) {
            let _ = location(&text, Location::new(north, east));
        }

        #[test]
        fn a_short_code_is_found_within_half_an_area(letters in "[2-9CFGHJMPQRVWX]{4}", north in -80.0..80.0, east in -180.0..=180.0) {
            let near = Location::new(north, east).unwrap();
            let found = location(&format!("{letters}+22"), Some(near)).unwrap();
            prop_assert!((found.latitude() - north).abs() <= 0.501);
        }
    }
}
