//! Normalization of search text: without case and accents, so that `creme brulee` finds `Crème brûlée`.

use unicode_normalization::UnicodeNormalization as _;

/// Further words of a query are ignored.
const MOST_WORDS: usize = 6;
/// Characters of a word; the rest is cut.
const LONGEST_WORD: usize = 40;

/// Removes case and accents. Marks that change a letter in their script (Japanese voicing, Thai and Indic vowels)
/// stay.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let lower = text.nfkd().flat_map(char::to_lowercase).nfkd();
    lower.filter(|letter| !is_accent(*letter)).flat_map(plain).nfc().collect()
}

/// The distinct words of a query, in the order typed.
pub fn words(query: &str) -> Vec<String> {
    let folded = fold(query);
    let mut words = Vec::new();
    for word in parts(&folded) {
        let word: String = word.chars().take(LONGEST_WORD).collect();
        if !words.contains(&word) && words.len() < MOST_WORDS {
            words.push(word);
        }
    }
    words
}

/// The words of a normalized text.
pub fn parts(folded: &str) -> impl Iterator<Item = &str> {
    folded.split(|letter: char| !is_part_of_word(letter)).filter(|word| !word.is_empty())
}

/// The part of an item's search text that is its names.
pub fn dish_names(name: &str, name_en: Option<&str>) -> String {
    fold(&[name, name_en.unwrap_or_default()].join(" "))
}

/// The search text of an item; the name comes first, since an earlier match ranks higher.
pub fn dish(name: &str, name_en: Option<&str>, description: &str, section: &str) -> String {
    fold(&[name, name_en.unwrap_or_default(), section, description].join(" "))
}

/// The search text of a restaurant.
pub fn restaurant(name: &str, cuisines: &[String], tagline: &str, address: &str) -> String {
    fold(&[name, &cuisines.join(" "), tagline, address].join(" "))
}

/// Accents of Latin, Greek and Cyrillic; vowel points of Hebrew and Arabic, which most people do not type.
const fn is_accent(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5c7}' | '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{640}')
}

/// Marks that [`fold`] keeps are part of a word.
fn is_part_of_word(letter: char) -> bool {
    letter.is_alphanumeric() || unicode_normalization::char::is_combining_mark(letter)
}

/// Letters that are not a plain letter with an accent, but are typed as one.
fn plain(letter: char) -> impl Iterator<Item = char> {
    let (first, second) = match letter {
        'ß' => ('s', Some('s')),
        'æ' => ('a', Some('e')),
        'œ' => ('o', Some('e')),
        'ø' => ('o', None),
        'ł' => ('l', None),
        'đ' | 'ð' => ('d', None),
        'ı' => ('i', None),
        'أ' | 'إ' | 'آ' | 'ٱ' => ('ا', None),
        other => (other, None),
    };
    std::iter::once(first).chain(second)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn folds_what_people_do_not_type() {
        assert_eq!(fold("Crème Brûlée"), "creme brulee");
        assert_eq!(fold("Weißbier SMØRREBRØD Łódź"), "weissbier smorrebrod lodz");
        assert_eq!(fold("ＳＵＳＨＩ"), "sushi");
        assert_eq!(fold("كَبَاب"), "كباب");
        assert_eq!(fold("がんも"), "がんも");
        assert_ne!(fold("かき"), fold("かぎ"));
        assert_eq!(fold("한국"), "한국");
    }

    #[test]
    fn takes_words_apart() {
        assert_eq!(words("  Pizza, pizza & PASTA!"), ["pizza", "pasta"]);
        assert_eq!(words("寿司 ラーメン"), ["寿司", "ラーメン"]);
        assert_eq!(words("ผัดไทย"), ["ผัดไทย"]);
        assert_eq!(words("100%_\\"), ["100"]);
        assert!(words(" \t ?!").is_empty());
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in "\\PC{0,40}") {
            let folded = fold(&text);
            prop_assert_eq!(fold(&folded), folded);
        }
    }
}
