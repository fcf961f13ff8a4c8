//! Reads a location as people type or paste it.

use crate::domain::{location::Location, plus_code, problem::Problem, typed};

/// Characters that fields of a location take.
pub const LONGEST: usize = 80;

/// A location: degrees north and east (`52.5403, 13.4127`, `52,5403 13,4127`, `52.5403° N, 13.4127° E`), the address of one
/// (`geo:52.5403,13.4127`), or a plus code (`9F4MGCR7+43`). A short plus code, with or without the name of a town, is the one
/// nearest to `near`.
pub fn read(text: &str, near: Option<Location>) -> Option<Location> {
    let text = typed::plain(text).trim().to_uppercase();
    let text = text.strip_prefix("GEO:").and_then(|uri| uri.split([';', '?']).next()).unwrap_or(&text);
    let code = text.split([' ', ',']).find(|word| word.contains('+') && !word.starts_with('+'));
    match code {
        Some(code) => plus_code::location(code, near),
        None => degrees(text),
    }
}

/// The same for a field that may be empty.
pub fn optional(field: &str, text: &str, near: Option<Location>) -> Result<Option<Location>, Problem> {
    if !typed::is_seen(text) {
        return Ok(None);
    }
    read(text, near).map(Some).ok_or_else(|| problem(field))
}

/// The sentence of a text that is no location.
pub fn problem(field: &str) -> Problem {
    let words = "Enter latitude and longitude, such as 52.5403, 13.4127, or a plus code, such as 9F4MGCR7+43.";
    Problem::new(field, "location", words)
}

fn degrees(text: &str) -> Option<Location> {
    let text = text.replace('°', "");
    let text = ["N", "S", "E", "W"].iter().fold(text, |text, way| text.replace(&format!(" {way}"), way));
    let (north, east) = [";", ", ", ",", " "].iter().find_map(|between| {
        let mut parts = text.split(between).map(str::trim).filter(|part| !part.is_empty());
        match (parts.next(), parts.next(), parts.next()) {
            (Some(north), Some(east), None) => Some((north, east)),
            _ => None,
        }
    })?;
    Location::new(number(north.trim_end_matches(','), "N", "S")?, number(east, "E", "W")?)
}

/// A number with the letter of its direction, if it has one.
fn number(text: &str, ahead: &str, back: &str) -> Option<f64> {
    let (number, sign) = match (text.strip_suffix(ahead), text.strip_suffix(back)) {
        (Some(number), _) => (number, 1.0),
        (None, Some(number)) => (number, -1.0),
        (None, None) => (text, 1.0),
    };
    let number = number.trim().replace(',', ".");
    let is_plain = number.chars().all(|letter| letter.is_ascii_digit() || ".+-".contains(letter));
    number.parse::<f64>().ok().filter(|_| is_plain).map(|number| sign * number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn locations_are_read_as_they_are_pasted() {
        let here = Location::new(52.5403, 13.4127);
        for text in [
            "52.5403, 13.4127",
            "52.5403,13.4127",
            " 52.5403 13.4127 ",
            "52,5403 13,4127",
            "52,5403; 13,4127",
            "52,5403, 13,4127",
            "52.5403° N, 13.4127° E",
            "52.5403N 13.4127E",
            "52.5403°, 13.4127°",
            "geo:52.5403,13.4127?z=17",
            "geo:52.5403,13.4127;u=35",
            "\u{202a}٥٢٫٥٤٠٣ ١٣٫٤١٢٧\u{202c}",
        ] {
            assert_eq!(read(text, None), here, "{text}");
        }
        assert_eq!(read("33.8568° S, 151.2153° E", None), Location::new(-33.8568, 151.2153));
        assert_eq!(read("-16.8, -179.95", None), Location::new(-16.8, -179.95));
        assert_eq!(read("9F4MGCR7+43", None), read("GCR7+43 Berlin", here));
        assert!(read("9f4mgcr7+43", None).is_some());
        for bad in [
            "",
            "52.5403",
            "91, 13",
            "52, 181",
            "52, 13, 7",
            "north, east",
            "NaN, 1",
            "1e1, 1",
            "GCR7+43",
            "52.54.03, 13",
        ] {
            assert_eq!(read(bad, None), None, "{bad}");
        }
        assert_eq!(optional("location", " ", None), Ok(None));
        assert_eq!(optional("location", "Berlin", None).unwrap_err().code, "location");
    }

    proptest! {
        #[test]
        fn a_written_location_reads_back(north in -90.0..=90.0, east in -180.0..=180.0) {
            let location = Location::new(north, east).unwrap();
            prop_assert_eq!(read(&location.to_string(), None), Some(location));
        }

        #[test]
        fn no_text_breaks_the_decoder(text in "\\PC{0,40}") {
            let _ = read(&text, Location::new(52.5, 13.4));
        }
    }
}
