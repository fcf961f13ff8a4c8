//! Text that people type, checked once for browser and server.

use crate::types::problem::Problem;

/// A name a guest goes by, 1 to 80 characters after trimming.
pub fn guest_name(text: &str) -> Result<String, Problem> {
    let name = single_line(text);
    match name.chars().count() {
        0 => Err(Problem::new("name", "required", "Enter the name the order is called out by.")),
        1..=80 => Ok(name),
        _ => Err(Problem::new("name", "too_long", "Keep the name under 80 characters.")),
    }
}

/// A phone number: digits with the usual separators, 6 to 15 digits (ITU-T E.164 allows 15).
pub fn phone(text: &str) -> Result<String, Problem> {
    let number = single_line(text);
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
    let address = text.trim().to_owned();
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
    match line.chars().count() {
        0 => Err(Problem::new(field, "required", "Enter the address to deliver to.")),
        1..=200 => Ok(line),
        _ => Err(Problem::new(field, "too_long", "Keep the address under 200 characters.")),
    }
}

/// A name on a menu, 1 to 120 characters after trimming.
pub fn menu_name(field: &str, text: &str) -> Result<String, Problem> {
    let name = single_line(text);
    match name.chars().count() {
        0 => Err(Problem::new(field, "required", "Enter a name.")),
        1..=120 => Ok(name),
        _ => Err(Problem::new(field, "too_long", "Keep the name under 120 characters.")),
    }
}

/// Words to the kitchen or a courier: up to `most` characters, line breaks kept, other control characters dropped.
pub fn note(field: &str, text: &str, most: usize) -> Result<String, Problem> {
    let kept: String = text.chars().filter(|letter| *letter == '\n' || !letter.is_control()).collect();
    let kept = kept.trim().to_owned();
    if kept.chars().count() > most {
        return Err(Problem::new(field, "too_long", format!("Keep the note under {most} characters.")));
    }
    Ok(kept)
}

/// Trims, and turns every run of blanks and control characters into one space.
fn single_line(text: &str) -> String {
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
