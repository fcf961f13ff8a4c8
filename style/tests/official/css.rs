//! Reads CSS, nested or flat, into one entry per selector and set of conditions.

use std::collections::{BTreeMap, BTreeSet};

/// A rule without nesting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flat {
    pub conditions: BTreeSet<String>,
    pub selector: String,
    pub declarations: BTreeMap<String, String>,
}

/// Every rule of `text` that declares something.
pub fn flat(text: &str) -> Vec<Flat> {
    let mut rules = Vec::new();
    read(&mut text.chars().peekable(), &BTreeSet::new(), "", &mut rules);
    rules
}

type Letters<'a> = std::iter::Peekable<std::str::Chars<'a>>;

fn read(letters: &mut Letters, conditions: &BTreeSet<String>, selector: &str, rules: &mut Vec<Flat>) {
    let mut declarations = BTreeMap::new();
    let place = rules.len();
    loop {
        let (head, end) = until_end(letters);
        match end {
            Some('{') if head.starts_with("@layer") || head.starts_with("@utilities") => {
                read(letters, conditions, selector, rules);
            }
            Some('{') if head.starts_with("@property") || head.starts_with("@keyframes") => {
                read(letters, conditions, selector, &mut Vec::new());
            }
            Some('{') if head.starts_with('@') => {
                let mut inner = conditions.clone();
                inner.insert(super::normal::condition(&head));
                read(letters, &inner, selector, rules);
            }
            Some('{') => {
                read(letters, conditions, &nested(&head, selector), rules);
            }
            Some(_) | None => {
                if let Some((property, value)) = head.split_once(':') {
                    declarations.insert(property.trim().to_owned(), super::normal::value(value));
                }
            }
        }
        if matches!(end, Some('}') | None) {
            break;
        }
    }
    declarations.retain(|property, _| !super::normal::is_dropped(property));
    if !declarations.is_empty() && !selector.is_empty() {
        for selector in listed(selector) {
            let selector = super::normal::selector(&selector);
            rules.insert(place, Flat { conditions: conditions.clone(), selector, declarations: declarations.clone() });
        }
    }
}

/// A nested selector: an unescaped `&` is replaced by the outer one.
fn nested(head: &str, outer: &str) -> String {
    let marked = head.replace("\\&", "\u{0}");
    let inner = if marked.contains('&') { marked.replace('&', outer) } else { format!("{outer}{marked}") };
    inner.replace('\u{0}', "\\&")
}

/// The parts of a list of selectors.
fn listed(selector: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut depth = 0;
    let mut before = ' ';
    for letter in selector.chars() {
        match letter {
            _ if before == '\\' => {}
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(String::new());
                before = letter;
                continue;
            }
            _ => {}
        }
        if let Some(part) = parts.last_mut() {
            part.push(letter);
        }
        before = letter;
    }
    parts
}

/// The text before the next `;`, `{` or `}` that is not quoted, escaped or in brackets.
fn until_end(letters: &mut Letters) -> (String, Option<char>) {
    let mut text = String::new();
    let mut depth = 0;
    let mut quote = None;
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => {
                text.push(letter);
                text.extend(letters.next());
                continue;
            }
            '/' if letters.peek() == Some(&'*') => {
                let mut before = ' ';
                for letter in letters.by_ref() {
                    if before == '*' && letter == '/' {
                        break;
                    }
                    before = letter;
                }
                continue;
            }
            _ if quote.is_some() => quote = quote.filter(|open| *open != letter),
            '"' | '\'' => quote = Some(letter),
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            ';' | '{' | '}' if depth == 0 => return (text.trim().to_owned(), Some(letter)),
            _ => {}
        }
        text.push(letter);
    }
    (text.trim().to_owned(), None)
}
