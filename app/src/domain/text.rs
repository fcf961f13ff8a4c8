//! Validation of typed text, for browser and server.

use crate::domain::{
    problem::Problem,
    typed::{is_seen, plain, without_marks},
};

/// The longest description of a dish.
pub const MAX_DESCRIPTION: usize = 600;

/// The length of a text as JSON Schema counts it for `maxLength`: code points, a line break as one. Browsers count UTF-16 code
/// units for `maxlength`, which are never fewer, so that a text that a field took is never too long.
pub fn length(text: &str) -> usize {
    text.chars().count() - text.matches("\r\n").count()
}

/// A name a guest goes by, 1 to 80 characters after trimming, of which one can be seen at least.
pub fn guest_name(text: &str) -> Result<String, Problem> {
    let name = single_line(text);
    match length(&name) {
        0 => Err(Problem::new("name", "required", "Enter the name the order is called out by.")),
        1..=80 => Ok(name),
        _ => Err(Problem::new("name", "too_long", "Keep the name under 80 characters.")),
    }
}

/// A name of a person with an account, 1 to 80 characters after trimming, of which one can be seen at least.
pub fn person_name(field: &str, text: &str) -> Result<String, Problem> {
    let name = single_line(text);
    match length(&name) {
        0 => Err(Problem::new(field, "required", "Enter your name, as your colleagues know it.")),
        1..=80 => Ok(name),
        _ => Err(Problem::new(field, "too_long", "Keep the name under 80 characters.")),
    }
}

/// A phone number: digits with the usual separators, 6 to 15 digits (ITU-T E.164 allows 15). Digits of other scripts,
/// typographic hyphens and marks that came along from where it was copied are made plain.
pub fn phone(text: &str) -> Result<String, Problem> {
    let number = single_line(&plain(text));
    let digits = number.chars().filter(char::is_ascii_digit).count();
    let usual = number.chars().all(|letter| letter.is_ascii_digit() || " +-()./".contains(letter));
    if usual && (6..=15).contains(&digits) && number.len() <= 30 {
        Ok(number)
    } else {
        Err(Problem::new("phone", "phone", "Enter a phone number with 6 to 15 digits, such as +49 30 5550101."))
    }
}

/// An e-mail address: something, one @, a domain with a dot; at most 254 characters (RFC 5321).
pub fn email(text: &str) -> Result<String, Problem> {
    let address = without_marks(text).trim().to_owned();
    let shaped = address.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty()
            && domain.contains('.')
            && !domain.starts_with('.')
            && !domain.ends_with('.')
            && !domain.contains('@')
    });
    if shaped && address.len() <= 254 && !address.chars().any(|letter| letter.is_whitespace() || letter.is_control()) {
        Ok(address)
    } else {
        Err(Problem::new("email", "email", "Enter an e-mail address such as name@example.org."))
    }
}

/// One line of an address, 1 to 200 characters after trimming.
pub fn address_line(field: &str, text: &str) -> Result<String, Problem> {
    let line = single_line(text);
    match length(&line) {
        0 => Err(Problem::new(field, "required", "Enter the address to deliver to.")),
        1..=200 => Ok(line),
        _ => Err(Problem::new(field, "too_long", "Keep the address under 200 characters.")),
    }
}

/// A postcode: a line of an address in plain digits and letters.
pub fn postcode(field: &str, text: &str) -> Result<String, Problem> {
    address_line(field, &plain(text))
}

/// A name on a menu, 1 to 120 characters after trimming, of which one can be seen at least.
pub fn menu_name(field: &str, text: &str) -> Result<String, Problem> {
    let name = single_line(text);
    match length(&name) {
        0 => Err(Problem::new(field, "required", "Enter a name.")),
        1..=120 => Ok(name),
        _ => Err(Problem::new(field, "too_long", "Keep the name under 120 characters.")),
    }
}

/// One line of up to `most` characters after trimming; `required` is the sentence for an empty one, none where it may be
/// empty.
pub fn line(field: &str, text: &str, most: usize, required: Option<&str>) -> Result<String, Problem> {
    let line = single_line(text);
    match (length(&line), required) {
        (0, Some(words)) => Err(Problem::new(field, "required", words)),
        (length, _) if length > most => {
            Err(Problem::new(field, "too_long", format!("Keep this to {most} characters at most.")))
        }
        _ => Ok(line),
    }
}

/// A note of up to `most` characters; line breaks are kept, other control characters dropped.
pub fn note(field: &str, text: &str, most: usize) -> Result<String, Problem> {
    let kept = lines(text);
    if length(&kept) > most {
        return Err(Problem::new(field, "too_long", format!("Keep the note to {most} characters at most.")));
    }
    Ok(kept)
}

/// Text of several lines as stored: trimmed, each line break as one character, without other control characters.
pub fn lines(text: &str) -> String {
    let broken = text.replace("\r\n", "\n").replace('\r', "\n");
    let kept: String = broken.chars().filter(|letter| *letter == '\n' || !letter.is_control()).collect();
    kept.trim().to_owned()
}

/// Trims, and turns every run of blanks and control characters into one space. What cannot be seen at all is empty.
pub(crate) fn single_line(text: &str) -> String {
    if !is_seen(text) {
        return String::new();
    }
    let printable = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect::<String>();
    printable.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_names_of_every_script() {
        assert_eq!(guest_name("  محمد \u{0} علي ").unwrap(), "محمد علي");
        assert_eq!(guest_name("佐藤").unwrap(), "佐藤");
        assert!(guest_name(" \n ").is_err());
        // A Persian name keeps the zero-width joiner of its spelling.
        assert_eq!(guest_name("نازنین\u{200c}زهرا").unwrap(), "نازنین\u{200c}زهرا");
        for unseen in ["\u{200b}", "\u{feff}\u{200e} \u{2060}", "\u{3164}", "\u{2800}"] {
            assert_eq!(guest_name(unseen).unwrap_err().code, "required", "{unseen:?}");
            assert_eq!(menu_name("value", unseen).unwrap_err().code, "required", "{unseen:?}");
            assert_eq!(address_line("street", unseen).unwrap_err().code, "required", "{unseen:?}");
        }
    }

    #[test]
    fn takes_numbers_as_they_are_pasted_and_typed() {
        assert_eq!(phone("\u{202a}+49 30 5550101\u{202c}").unwrap(), "+49 30 5550101");
        assert_eq!(phone("\u{feff}030\u{2011}555\u{2013}0101\u{200e}").unwrap(), "030-555-0101");
        assert_eq!(phone("+٩٦٥ ٢٢٤٤ ٥٥٦٦").unwrap(), "+965 2244 5566");
        assert_eq!(phone("＋８１（３）５５５５－０１０１").unwrap(), "+81(3)5555-0101");
        assert_eq!(postcode("postcode", "１５０－０００１").unwrap(), "150-0001");
        assert_eq!(postcode("postcode", "٢٢٠٠١").unwrap(), "22001");
        assert_eq!(email("\u{200b}mina@example.org\u{feff}").unwrap(), "mina@example.org");
    }

    #[test]
    fn counts_text_as_the_document_does() {
        let typed = format!("{}\r\n{}", "a".repeat(139), "b".repeat(140));
        assert_eq!(note("note", &typed, 280).unwrap().len(), 280);
        assert!(note("note", &format!("{typed}c"), 280).is_err());
        assert_eq!(note("note", "one\r\ntwo\rthree\u{7}", 280).unwrap(), "one\ntwo\nthree");
        // One that needs two code units counts one, as in `maxLength`.
        assert!(note("note", &"🍕".repeat(280), 280).is_ok());
        assert!(note("note", &"🍕".repeat(281), 280).is_err());
        assert!(guest_name(&"🍕".repeat(80)).is_ok());
        assert!(guest_name(&"🍕".repeat(81)).is_err());
        assert!(address_line("street", &"🏠".repeat(200)).is_ok());
        assert!(address_line("street", &"🏠".repeat(201)).is_err());
        assert!(menu_name("value", &"🍕".repeat(120)).is_ok());
        assert!(menu_name("value", &"🍕".repeat(121)).is_err());
    }

    proptest::proptest! {
        #[test]
        fn what_a_field_of_a_form_takes_is_not_too_long(text in proptest::collection::vec(proptest::char::any(), 0..400)) {
            let text: String = text.into_iter().collect();
            let in_browser = text.replace("\r\n", "\n").encode_utf16().count();
            proptest::prop_assert!(in_browser > 280 || note("note", &text, 280).is_ok());
        }
    }

    #[test]
    fn tells_addresses_from_noise() {
        assert!(email("a@b.co").is_ok());
        for bad in ["a", "a@b", "@b.co", "a@b.co\r\nBcc: x@y.zz", "a@@b.co"] {
            assert!(email(bad).is_err(), "{bad}");
        }
        assert!(phone("+49 (30) 555-0101").is_ok());
        for bad in ["12", "call me", "+1234567890123456"] {
            assert!(phone(bad).is_err(), "{bad}");
        }
    }
}
