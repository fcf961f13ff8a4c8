//! Matches postcodes with the areas of delivery zones.
//!
//! A zone lists areas, each in one of these forms; case, spaces and hyphens in a code do not matter:
//!
//! | form | takes | example |
//! |---|---|---|
//! | a whole code | this code | `10435`, `SW1A 1AA` |
//! | a code's first part | all codes with it: a British district with its sub-districts, a Canadian or Irish routing area, Dutch digits, a ZIP code with any +4 | `E1`, `M5V`, `D02`, `1012`, `11211` |
//! | a British sector | all codes of it | `E1 6` |
//! | a beginning, with `*` | all codes that begin so | `104*` |
//! | a range of digits | all codes that begin with one of its numbers, both ends included | `10115-10119` |
//!
//! Numbers of British districts have one or two digits, so a beginning ends where letters and digits change there: `E1` and
//! `E1*` take E1 6AN and E1W 1AA, never E10 5AA or E16 1AA, and `E*` takes no EC1A 1BB. Codes of digits alone have the same
//! length throughout a country, and may be cut anywhere. Of several areas that match a code, the most specific one
//! counts.

use crate::domain::typed::plain;
use std::fmt;

/// An area of a zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Area {
    /// A code, or the first part of codes.
    Part(Postcode),
    /// Every code that begins so.
    Beginning(Postcode),
    /// Every code that begins with one of these numbers of equal length.
    Range(String, String),
}

/// A postcode in its two parts; many countries have one only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Postcode {
    first: String,
    rest: String,
}

impl Area {
    /// Reads an area; none when it is in none of the forms.
    pub fn parse(text: &str) -> Option<Self> {
        let text = plain(text).trim().to_uppercase();
        if let Some((from, to)) = range(&text) {
            return (from <= to).then_some(Self::Range(from, to));
        }
        let beginning = text.strip_suffix(['*', '…']);
        let code = beginning.unwrap_or(&text);
        let written = |letter: char| letter.is_ascii_alphanumeric() || letter == ' ' || letter == '-';
        if !code.starts_with(|letter: char| letter.is_ascii_alphanumeric()) || !code.chars().all(written) {
            return None;
        }
        let beginning = beginning.map(|code| Self::Beginning(Postcode::spaced(code)));
        Some(beginning.unwrap_or_else(|| Self::Part(Postcode::parse(code))))
    }

    /// How specific the area is for a code; none when it does not match.
    pub fn takes(&self, code: &Postcode) -> Option<usize> {
        match self {
            Self::Part(part) => part.takes(code),
            Self::Beginning(beginning) => beginning.begins(code).then(|| beginning.len() * 2),
            Self::Range(from, to) => {
                let whole = code.whole();
                let begin = whole.get(..from.len())?;
                (from.as_str() <= begin && begin <= to.as_str()).then_some(from.len() * 2)
            }
        }
    }
}

impl Postcode {
    /// Reads a postcode as it is typed.
    pub fn parse(text: &str) -> Self {
        let spaced = Self::spaced(text);
        let whole = spaced.whole();
        match second_part(&whole) {
            Some(at) => {
                let (first, rest) = whole.split_at(at);
                Self { first: first.to_owned(), rest: rest.to_owned() }
            }
            None => spaced,
        }
    }

    pub fn is_empty(&self) -> bool {
        self.first.is_empty()
    }

    /// Splits at the space, in codes that begin with a letter.
    fn spaced(text: &str) -> Self {
        let text = plain(text).to_uppercase();
        let (first, rest) = match text.trim().split_once(' ') {
            Some((first, rest)) if first.starts_with(char::is_alphabetic) => (first, rest),
            _ => (text.as_str(), ""),
        };
        let kept = |part: &str| part.chars().filter(char::is_ascii_alphanumeric).collect();
        Self { first: kept(first), rest: kept(rest) }
    }

    fn whole(&self) -> String {
        format!("{}{}", self.first, self.rest)
    }

    fn len(&self) -> usize {
        self.first.len() + self.rest.len()
    }

    /// Whether districts of the country have numbers of one or two digits.
    fn is_british(&self) -> bool {
        let shaped = self.first.starts_with(|letter: char| letter.is_ascii_alphabetic()) && self.first.len() <= 4;
        shaped && self.rest.len() <= 3
    }

    fn takes(&self, code: &Self) -> Option<usize> {
        if self.whole() == code.whole() {
            return Some(self.len() * 2 + 1);
        }
        let taken = if self.rest.is_empty() {
            code.first == self.first || self.has_sub_district(code)
        } else {
            code.first == self.first && code.rest.starts_with(&self.rest)
        };
        taken.then(|| self.len() * 2)
    }

    /// Whether the code's district is this one with a letter more, as E1W is of E1.
    fn has_sub_district(&self, code: &Self) -> bool {
        let Some(letter) = code.first.strip_prefix(self.first.as_str()) else { return false };
        let one = letter.len() == 1 && letter.starts_with(|letter: char| letter.is_ascii_alphabetic());
        one && self.first.ends_with(|digit: char| digit.is_ascii_digit()) && code.is_british()
    }

    fn begins(&self, code: &Self) -> bool {
        if !self.rest.is_empty() {
            return code.first == self.first && code.rest.starts_with(&self.rest);
        }
        if !code.is_british() {
            return code.whole().starts_with(&self.first);
        }
        let Some(follows) = code.first.strip_prefix(self.first.as_str()) else { return false };
        let is_digit = |letter: Option<char>| letter.map(|letter| letter.is_ascii_digit());
        follows.is_empty() || is_digit(follows.chars().next()) != is_digit(self.first.chars().last())
    }
}

/// Two numbers of equal length with a hyphen between them; the parts of a code that has one differ in length.
fn range(text: &str) -> Option<(String, String)> {
    let (from, to) = text.split_once('-')?;
    let (from, to) = (from.trim(), to.trim());
    let digits = |part: &str| !part.is_empty() && part.chars().all(|letter| letter.is_ascii_digit());
    (digits(from) && digits(to) && from.len() == to.len()).then(|| (from.to_owned(), to.to_owned()))
}

/// Where the second part of a whole code begins, by the country's shape of codes.
fn second_part(code: &str) -> Option<usize> {
    let shape: String = code.chars().map(|letter| if letter.is_ascii_digit() { '9' } else { 'A' }).collect();
    match shape.as_str() {
        // Britain: E1 6AN, EC1A 1BB.
        "A99AA" | "A999AA" | "AA99AA" | "AA999AA" | "A9A9AA" | "AA9A9AA" => Some(shape.len() - 3),
        // Canada: M5V 2T6.
        "A9A9A9" => Some(3),
        // The Netherlands: 1012 AB.
        "9999AA" => Some(4),
        // The United States: 11211-1234.
        "999999999" => Some(5),
        // Ireland: D02 X285, D6W XY00.
        _ if shape.len() == 7 && (shape.starts_with("A99") || shape.starts_with("A9A")) => Some(3),
        _ => None,
    }
}

impl fmt::Display for Area {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Part(code) => code.fmt(f),
            Self::Beginning(code) => write!(f, "{code}…"),
            Self::Range(from, to) => write!(f, "{from}–{to}"),
        }
    }
}

impl fmt::Display for Postcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let space = if self.rest.is_empty() { "" } else { " " };
        write!(f, "{}{space}{}", self.first, self.rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn takes(area: &str, code: &str) -> bool {
        Area::parse(area).unwrap().takes(&Postcode::parse(code)).is_some()
    }

    #[test]
    fn districts_are_not_cut_in_their_number() {
        for area in ["E1", "e1", "E1*", "Ｅ１"] {
            for code in ["E1 6AN", "e16an", "E1", "E1W 1AA", "E1-6AN"] {
                assert!(takes(area, code), "{area} takes {code}");
            }
            for code in ["E10 5AA", "E105AA", "E16 1AA", "E161AA", "E11", "EC1A 1BB", "E2 6AN", ""] {
                assert!(!takes(area, code), "{area} takes {code}");
            }
        }
        for code in ["N11 1AA", "N17 6AB", "NW1 4NP"] {
            assert!(!takes("N1", code), "{code}");
        }
        assert!(takes("N1", "N1 9GU") && takes("N1", "N1C 4AG"));
        assert!(takes("EC1", "EC1A 1BB") && !takes("EC1", "EC2A 1BB"));
        assert!(takes("E*", "E17 4PP") && !takes("E*", "EC1A 1BB"));
        assert!(takes("SW1", "SW1A 1AA") && !takes("S*", "SW1A 1AA"));
    }

    #[test]
    fn sectors_and_whole_codes() {
        assert!(takes("E1 6", "E1 6AN") && takes("E1 6*", "E16AN"));
        assert!(!takes("E1 6", "E1 7AN") && !takes("E1 6", "E16 1AA"));
        assert!(takes("SW1A 1AA", "sw1a1aa") && !takes("SW1A 1AA", "SW1A 1AB"));
    }

    #[test]
    fn numbers_say_whether_they_are_whole() {
        assert!(takes("10435", "10435") && takes("10435", "１０４３５") && !takes("10435", "104351"));
        assert!(!takes("104", "10435"));
        assert!(takes("104*", "10435") && !takes("104*", "10535"));
        assert!(takes("10115-10119", "10115") && takes("10115–10119", "10119") && takes("10115 - 10119", "10117"));
        assert!(!takes("10115-10119", "10120") && !takes("10115-10119", "1011"));
        assert!(takes("101-104", "10435"));
        // Codes with a hyphen of their own.
        assert!(takes("150-0001", "1500001") && takes("150*", "150-0001") && takes("00*", "00-950"));
        assert!(takes("11211", "11211-1234") && !takes("11211-1234", "11211"));
    }

    #[test]
    fn first_parts_of_other_countries() {
        assert!(takes("M5V", "M5V 2T6") && takes("M5*", "m5v2t6") && !takes("M5V", "M5W 2T6"));
        assert!(takes("D02", "D02 X285") && takes("D6W", "D6WXY00") && !takes("D02", "D04 X285"));
        assert!(takes("1012", "1012 AB") && takes("1012AB", "1012 ab") && takes("10*", "1012 AB"));
        assert!(!takes("1012", "1013 AB"));
    }

    #[test]
    fn what_is_no_area_is_said() {
        for bad in ["", " ", "*", "10119-10115", "1*4", "104**", "E1;E2"] {
            assert_eq!(Area::parse(bad), None, "{bad:?}");
        }
        for (area, words) in [("e16an", "E1 6AN"), ("104*", "104…"), ("10115 - 10119", "10115–10119"), ("E1", "E1")]
        {
            assert_eq!(Area::parse(area).unwrap().to_string(), words);
        }
    }
}
