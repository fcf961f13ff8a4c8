//! PINs, with which people say at a shared screen who they are: their shape, and those that are guessed first.

use crate::domain::{problem::Problem, typed::plain};

/// Digits.
pub const SHORTEST: usize = 4;
pub const LONGEST: usize = 8;

/// PINs that are chosen most often and that no rule below covers: the middle column of a keypad, corners, and the like.
const FREQUENT: [&str; 6] = ["2580", "0852", "1379", "1397", "1004", "147258"];

/// A typed PIN: its digits, of any script.
pub fn read(field: &str, text: &str) -> Result<String, Problem> {
    let digits = plain(text).trim().to_owned();
    let fits = (SHORTEST..=LONGEST).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    if fits { Ok(digits) } else { Err(Problem::new(field, "pin", "A PIN has 4 to 8 digits.")) }
}

/// A new PIN, unless it is guessed first.
pub fn choose(field: &str, text: &str) -> Result<String, Problem> {
    let pin = read(field, text)?;
    let refuse = |words: &str| Err(Problem::new(field, "common", words));
    if is_year(&pin) {
        return refuse("Years are guessed first. Choose other digits.");
    }
    if repeats(&pin) || counts(&pin) || FREQUENT.contains(&pin.as_str()) {
        return refuse("This PIN is among those that are guessed first, like 1234 and 0000. Choose other digits.");
    }
    Ok(pin)
}

/// One digit throughout, or two that alternate.
fn repeats(pin: &str) -> bool {
    let digits = pin.as_bytes();
    digits.iter().zip(digits.iter().skip(2)).all(|(digit, next)| digit == next)
        || digits.chunks(2).all(|pair| matches!(pair, [first, second] if first == second))
}

/// Up or down by one from digit to digit, also from 9 to 0.
fn counts(pin: &str) -> bool {
    let digits = pin.as_bytes();
    let by = |step: u8| digits.iter().zip(digits.iter().skip(1)).all(|(digit, next)| (digit + step) % 10 == next % 10);
    by(1) || by(9)
}

fn is_year(pin: &str) -> bool {
    pin.len() == 4 && (pin.starts_with("19") || pin.starts_with("20"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(pin: &str) -> String {
        choose("pin", pin).map_or_else(|problem| problem.code, |_| "fine".to_owned())
    }

    #[test]
    fn four_to_eight_digits_of_any_script() {
        assert_eq!(read("pin", " 0417 "), Ok("0417".to_owned()));
        assert_eq!(read("pin", "٤٧١٩"), Ok("4719".to_owned()));
        for wrong in ["", "471", "471902836", "47a9", "47 19", "-471"] {
            assert_eq!(read("pin", wrong).unwrap_err().code, "pin", "{wrong}");
        }
    }

    #[test]
    fn what_is_guessed_first_is_refused() {
        for pin in [
            "0000", "1111", "77777777", "1212", "6969", "343434", "1122", "8899", "1234", "4321", "7890", "0987",
            "98765", "1984", "2007", "2580",
        ] {
            assert_eq!(code(pin), "common", "{pin}");
        }
        for pin in ["4719", "0417", "830265", "1357", "19847"] {
            assert_eq!(code(pin), "fine", "{pin}");
        }
    }
}
