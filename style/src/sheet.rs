//! Builds the sheet from classes: variants around utilities, in the order of the cascade.

use std::fmt::Write;

use crate::{
    order, property,
    rule::Body,
    utility::{self, Generator},
    variant::{self, Variant},
};

/// Sort key of a rule; compared from the first field to the last.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    /// The ranks of the variants, highest first: the last variant decides.
    variants: Vec<(usize, i64)>,
    properties: (Vec<usize>, usize),
    name: Vec<Piece>,
}

/// A letter of a name, or the number that its digits represent: `size-6` precedes `size-11`.
type Piece = (char, u64);

/// One class as CSS.
#[derive(Debug)]
pub(crate) struct Styled {
    key: Key,
    /// Conditions, selector; several only when a variant has two ways to hold.
    rules: Vec<(Vec<String>, String)>,
    block: String,
    keyframes: Option<&'static str>,
}

/// The CSS of `class`, unless it generates nothing.
pub(crate) fn style(class: &str, generator: &Generator) -> Option<Styled> {
    let (names, utility, important) = parts(class);
    let variants: Vec<Variant> = names.into_iter().map(variant::named).collect::<Option<_>>()?;
    let body = utility::body(utility, generator)?;
    let mut rules = vec![(Vec::new(), format!(".{}", escaped(class)))];
    for variant in &variants {
        rules = rules.iter().map(|rule| wrapped(rule, variant)).collect::<Option<Vec<_>>>()?.concat();
    }
    if let Some(reach) = body.selector {
        for (_, selector) in &mut rules {
            *selector = reach.replace('&', selector);
        }
    }
    let mut ranks: Vec<(usize, i64)> = variants.iter().map(|variant| variant.rank).collect();
    ranks.sort_unstable_by(|one, other| other.cmp(one));
    let makes_content = variants.iter().any(|variant| variant.makes_content);
    Some(Styled {
        key: Key { variants: ranks, properties: order::rank(&body.declarations, body.sort_as), name: pieces(class) },
        rules,
        block: block(&body, important, makes_content),
        keyframes: body.keyframes,
    })
}

/// Variants, utility, and whether a `!` makes it important.
fn parts(class: &str) -> (Vec<&str>, &str, bool) {
    let mut depth = 0_usize;
    let mut names = Vec::new();
    let mut rest = class;
    let mut start = 0;
    for (at, letter) in class.char_indices() {
        match letter {
            '[' | '(' => depth += 1,
            ']' | ')' => depth = depth.saturating_sub(1),
            ':' if depth == 0 => {
                names.extend(class.get(start..at));
                start = at + 1;
                rest = class.get(start..).unwrap_or_default();
            }
            _ => {}
        }
    }
    let plain = rest.strip_suffix('!').or_else(|| rest.strip_prefix('!'));
    (names, plain.unwrap_or(rest), plain.is_some())
}

fn wrapped((conditions, selector): &(Vec<String>, String), variant: &Variant) -> Option<Vec<(Vec<String>, String)>> {
    let is_list = selector.contains(",.");
    variant
        .wraps
        .iter()
        .map(|wrap| {
            let selector = match &wrap.selector {
                Some(_) if is_list => return None,
                Some(template) => template.replace('&', selector),
                None => selector.clone(),
            };
            Some((conditions.iter().chain(&wrap.conditions).cloned().collect(), selector))
        })
        .collect()
}

fn block(body: &Body, important: bool, makes_content: bool) -> String {
    let mark = if important { "!important" } else { "" };
    let mut text = String::new();
    let content = body.declarations.iter().any(|declaration| declaration.property == "content");
    if makes_content && !content {
        let _ = write!(text, "content:var(--tw-content){mark};");
    }
    for declaration in &body.declarations {
        let _ = write!(text, "{}:{}{mark};", declaration.property, declaration.value);
    }
    text.pop();
    text
}

/// `md:p-1.5` as CSS writes it.
fn escaped(class: &str) -> String {
    let mut text = String::with_capacity(class.len() + 4);
    for (at, letter) in class.chars().enumerate() {
        if at == 0 && letter.is_ascii_digit() {
            let _ = write!(text, "\\3{letter} ");
        } else {
            if !(letter.is_alphanumeric() || matches!(letter, '-' | '_')) {
                text.push('\\');
            }
            text.push(letter);
        }
    }
    text
}

/// All of them as one text, sorted, with the properties and animations that they need.
pub(crate) fn write(mut styled: Vec<Styled>) -> String {
    styled.sort_by(|one, other| one.key.cmp(&other.key));
    let mut open: &[String] = &[];
    let mut rules = String::new();
    for class in &styled {
        for (conditions, selector) in &class.rules {
            if conditions.as_slice() != open {
                rules.push_str(&"}".repeat(open.len()));
                for condition in conditions {
                    let _ = write!(rules, "{condition}{{");
                }
                open = conditions;
            }
            let _ = write!(rules, "{selector}{{{}}}", class.block);
        }
    }
    rules.push_str(&"}".repeat(open.len()));
    let mut keyframes: Vec<&str> = styled.iter().filter_map(|class| class.keyframes).collect();
    keyframes.sort_unstable();
    keyframes.dedup();
    format!("{}{rules}{}", property::registrations(&rules), keyframes.concat())
}

fn pieces(class: &str) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut in_number = false;
    for letter in class.chars() {
        match (letter.to_digit(10).map(u64::from), pieces.last_mut()) {
            (Some(digit), Some((_, number))) if in_number => *number = number.saturating_mul(10).saturating_add(digit),
            (Some(digit), _) => pieces.push(('0', digit)),
            (None, _) => pieces.push((letter, 0)),
        }
        in_number = letter.is_ascii_digit();
    }
    pieces
}
