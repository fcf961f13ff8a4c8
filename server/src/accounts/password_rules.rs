//! Rules for new passwords: length, and nothing that is guessed first. Passwords of earlier versions stay valid.

use crate::accounts::passwords::LONGEST;
use app::domain::{problem::Problem, text::length};

/// Characters.
const SHORTEST: usize = 10;
/// A password that is found within this many guesses (as a power of ten) is refused.
const GUESSES_LOG10: f64 = 6.0;
/// Names of fewer letters occur in passwords by chance.
const SHORTEST_NAME: usize = 4;

/// Checks a new password; `field` is that of the form.
pub fn check(field: &str, password: &str, name: &str, email: &str) -> Result<(), Problem> {
    let refuse = |code: &str, message: &str| Err(Problem::new(field, code, message));
    if length(password) < SHORTEST {
        return refuse("too_short", "Use a password of at least 10 characters. Several words are easy to remember.");
    }
    if password.len() > LONGEST {
        return refuse("too_long", "Use a shorter password: at most 1,024 characters, or fewer with accents.");
    }
    let (name, email) = (name.to_lowercase(), email.to_lowercase());
    let local = email.split('@').next().unwrap_or_default();
    let lower = password.to_lowercase();
    let contains = |part: &str| length(part) >= SHORTEST_NAME && lower.contains(part);
    if contains(&email) || contains(local) {
        return refuse("contains_email", "Leave your e-mail address out of the password. It is tried first.");
    }
    if contains(&name) {
        return refuse("contains_name", "Leave your name out of the password. It is tried first.");
    }
    let known: Vec<&str> = name.split_whitespace().chain(email.split(['@', '.', '-', '_', '+'])).collect();
    let known: Vec<&str> = known.into_iter().chain(["toast", local]).filter(|part| length(part) > 2).collect();
    if zxcvbn::zxcvbn(password, &known).guesses_log10() < GUESSES_LOG10 {
        return refuse(
            "common",
            "This password is among those that are guessed first. Add a few words that have nothing to do with each other.",
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(password: &str) -> String {
        let result = check("password", password, "Rosa Albers", "rosa.albers@kitchen.example");
        result.map_or_else(|problem| problem.code, |()| "fine".to_owned())
    }

    #[test]
    fn length_counts_and_no_composition_does() {
        for fine in
            ["correct horse battery", "drei kleine katzen", "ich mag am liebsten suppe", "パスワードは長いほど良いのだ"]
        {
            assert_eq!(code(fine), "fine", "{fine}");
        }
        assert_eq!(code("Xq7!x$9z"), "too_short");
        assert_eq!(code(&"ä".repeat(600)), "too_long");
        assert_eq!(code(&format!("correct horse battery {}", "ab cd ".repeat(150))), "fine");
    }

    #[test]
    fn what_is_guessed_first_is_refused() {
        for guessed in
            ["1234567890", "password123", "qwertyuiop", "aaaaaaaaaaaa", "toasttoast", "abcdefghij", "iloveyou12"]
        {
            assert_eq!(code(guessed), "common", "{guessed}");
        }
        assert_eq!(code("my Rosa Albers 7"), "contains_name");
        assert_eq!(code("xx-ROSA.ALBERS-17"), "contains_email");
        // A short name is part of many words.
        assert_eq!(check("password", "melted butter and jam", "Jo", "jo@kitchen.example"), Ok(()));
    }
}
