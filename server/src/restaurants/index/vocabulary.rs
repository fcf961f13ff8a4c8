//! All distinct words of an index, found by a part of them or with typos.

use memchr::memmem;
use std::collections::HashMap;

/// Between two words; part of none.
const SEPARATOR: char = '\n';

/// Words by number. A word that no text has any more stays: words are few compared with texts.
#[derive(Debug, Default)]
pub struct Vocabulary {
    numbers: HashMap<Box<str>, u32>,
    /// All words in the order of their numbers, each followed by [`SEPARATOR`].
    text: String,
    /// Where each word begins in `text`.
    starts: Vec<usize>,
    /// The letters of each word, see [`letters`].
    letters: Vec<u64>,
}

impl Vocabulary {
    /// The number of a word; a new one is added.
    pub fn number(&mut self, word: &str) -> u32 {
        if let Some(number) = self.numbers.get(word) {
            return *number;
        }
        let number = u32::try_from(self.starts.len()).unwrap_or(u32::MAX);
        self.numbers.insert(word.into(), number);
        self.starts.push(self.text.len());
        self.letters.push(letters(word));
        self.text.push_str(word);
        self.text.push(SEPARATOR);
        number
    }

    /// The words that contain a text, in the order of their numbers.
    pub fn containing(&self, part: &str) -> Vec<usize> {
        let found = memmem::find_iter(self.text.as_bytes(), part);
        let numbers = found.map(|at| self.starts.partition_point(|start| *start <= at).saturating_sub(1));
        let mut numbers: Vec<_> = numbers.collect();
        numbers.dedup();
        numbers
    }

    /// The words that contain a word, or differ from it by typos only.
    pub fn resembling(&self, word: &str) -> Vec<usize> {
        let (mut found, typos) = (self.containing(word), typos(word));
        if typos > 0 {
            let letters = letters(word);
            // A typo removes at most one letter from the set and adds at most one.
            let near = self.letters.iter().enumerate().filter(|(_, other)| {
                usize::try_from((letters ^ **other).count_ones()).is_ok_and(|differing| differing <= 2 * typos)
            });
            let same = near.filter(|(number, _)| strsim::osa_distance(word, self.word(*number)) <= typos);
            found.extend(same.map(|(number, _)| number));
        }
        found
    }

    fn word(&self, number: usize) -> &str {
        let start = self.starts.get(number).copied().unwrap_or_default();
        let rest = self.text.get(start..).unwrap_or_default();
        rest.split(SEPARATOR).next().unwrap_or_default()
    }
}

/// Typos that are tolerated in a word: an added, missing, wrong or transposed letter each.
fn typos(word: &str) -> usize {
    match word.chars().count() {
        0..=3 => 0,
        4..=7 => 1,
        _ => 2,
    }
}

/// The set of a word's letters, several of which may share a bit.
fn letters(word: &str) -> u64 {
    word.chars().fold(0, |set, letter| set | 1 << (u32::from(letter) % 64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn vocabulary(words: &[&str]) -> Vocabulary {
        let mut vocabulary = Vocabulary::default();
        for word in words {
            vocabulary.number(word);
        }
        vocabulary
    }

    #[test]
    fn finds_parts_and_typos() {
        let words = vocabulary(&["pizza", "pizzeria", "味噌ラーメン", "marinara", "kitchen", "pasta", "pizza"]);
        assert_eq!(words.containing("pizz"), [0, 1]);
        assert_eq!(words.containing("ラーメン"), [2]);
        assert_eq!(words.containing("az"), [0_usize; 0]);
        for (typed, number) in [("marinarra", 3), ("mrinara", 3), ("kitchne", 4), ("paste", 5), ("izza", 0)] {
            assert!(words.resembling(typed).contains(&number), "{typed}");
        }
        assert!(words.resembling("pix").is_empty());
    }

    proptest! {
        #[test]
        fn finds_the_words_that_a_plain_search_finds(
            words in proptest::collection::vec("[abü寿]{1,6}", 1..20), part in "[abü寿]{1,3}", typed in "[abü寿]{4,9}",
        ) {
            let mut distinct: Vec<&str> = Vec::new();
            for word in &words {
                if !distinct.contains(&word.as_str()) {
                    distinct.push(word);
                }
            }
            let vocabulary = vocabulary(&words.iter().map(String::as_str).collect::<Vec<_>>());
            let plain = |matches: &dyn Fn(&str) -> bool| {
                (0..distinct.len()).filter(|number| matches(distinct[*number])).collect::<Vec<_>>()
            };
            prop_assert_eq!(vocabulary.containing(&part), plain(&|word| word.contains(&part)));
            let mut resembling = vocabulary.resembling(&typed);
            resembling.sort_unstable();
            resembling.dedup();
            let near = |word: &str| word.contains(&typed) || strsim::osa_distance(word, &typed) <= typos(&typed);
            prop_assert_eq!(resembling, plain(&near));
        }
    }
}
