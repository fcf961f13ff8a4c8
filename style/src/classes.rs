//! Finds the class names in Rust sources.
//!
//! The rule: a name that is `class` or `classes`, or ends in `_class` or `_classes` (in any case), marks class text.
//! After `name=` that is the literal, or every literal in the `{…}`, `(…)` or `[…]` that follows; `class:x=` means `x`.
//! After `let`, `const` or `static` it is every literal up to the semicolon; after `fn`, every literal of its body.
//! Names are never concatenated, so a literal that contains `{` is rejected, and so is a bare `class=move || …`.

use std::collections::BTreeMap;

use crate::{
    error::{Place, Refusal},
    source::{Source, Token, TokenKind, tokens},
};

/// Every class, with the first place that uses it.
pub(crate) type Classes = BTreeMap<String, Place>;

/// The classes of all sources, and what cannot be read as one.
pub(crate) fn find(sources: &[Source]) -> (Classes, Vec<Refusal>) {
    let mut found = Found::default();
    for source in sources {
        match tokens(&source.text) {
            Ok(tokens) => {
                for at in 0..tokens.len() {
                    found.read(source, tokens.get(at..).unwrap_or_default());
                }
            }
            Err(error) => {
                let place = Place { file: source.file.clone(), line: error.span().start().line };
                found.refusals.push(Refusal::NotRust { place });
            }
        }
    }
    (found.classes, found.refusals)
}

#[derive(Default)]
struct Found {
    classes: Classes,
    refusals: Vec<Refusal>,
}

impl Found {
    /// Reads the class text that starts with the first of `tokens`, if it starts any.
    fn read(&mut self, source: &Source, tokens: &[Token]) {
        let texts = || tokens.iter().map(|token| token.text.as_str());
        match tokens {
            [keyword, rest @ ..] if matches!(keyword.text.as_str(), "let" | "const" | "static") => {
                let name = rest.iter().find(|token| token.text != "mut");
                if name.is_some_and(marks_classes) {
                    self.take_literals(source, until_semicolon(rest));
                }
            }
            [keyword, name, rest @ ..] if keyword.text == "fn" && marks_classes(name) => {
                let body = rest.iter().position(|token| token.text == "{").unwrap_or(rest.len());
                self.take_literals(source, group(rest.get(body..).unwrap_or_default()));
            }
            [name, equals, value, ..] if marks_classes(name) && equals.text == "=" && value.text != "=" => {
                match value.text.as_str() {
                    _ if value.kind == TokenKind::Literal => self.take(source, value),
                    "{" | "(" | "[" => self.take_literals(source, group(tokens.get(2..).unwrap_or_default())),
                    "move" | "|" | "if" | "match" => {
                        let place = Place { file: source.file.clone(), line: name.line };
                        self.refusals.push(Refusal::BareExpression { place });
                    }
                    _ => {}
                }
            }
            [name, colon, ..] if name.text == "class" && colon.text == ":" && is_directive(tokens) => {
                let class: String = texts().skip(2).take_while(|text| *text != "=").collect();
                self.put(source, &class, name.line);
            }
            _ => {}
        }
    }

    fn take_literals(&mut self, source: &Source, tokens: &[Token]) {
        for token in tokens.iter().filter(|token| token.kind == TokenKind::Literal) {
            self.take(source, token);
        }
    }

    fn take(&mut self, source: &Source, literal: &Token) {
        for class in literal.text.split_whitespace() {
            self.put(source, class, literal.line);
        }
    }

    fn put(&mut self, source: &Source, class: &str, line: usize) {
        let place = Place { file: source.file.clone(), line };
        if class.contains(['{', '}']) {
            self.refusals.push(Refusal::GluedClass { class: class.to_owned(), place });
        } else {
            self.classes.entry(class.to_owned()).or_insert(place);
        }
    }
}

fn marks_classes(token: &Token) -> bool {
    let name = token.text.to_ascii_lowercase();
    token.kind == TokenKind::Word
        && (matches!(name.as_str(), "class" | "classes") || name.ends_with("_class") || name.ends_with("_classes"))
}

/// `class:hidden=` in a view; `class: &str` in a list of parameters has a space or no `=` in sight.
fn is_directive(tokens: &[Token]) -> bool {
    let touching =
        tokens.windows(2).take_while(|pair| matches!(pair, [one, next] if one.range.end == next.range.start));
    touching.filter_map(<[Token]>::last).any(|token| token.text == "=")
}

fn until_semicolon(tokens: &[Token]) -> &[Token] {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate() {
        match token.text.as_str() {
            _ if token.kind == TokenKind::Literal => {}
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" => depth = depth.saturating_sub(1),
            ";" if depth == 0 => return tokens.get(..at).unwrap_or_default(),
            _ => {}
        }
    }
    tokens
}

/// The balanced group that the first token opens.
fn group(tokens: &[Token]) -> &[Token] {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate() {
        match token.text.as_str() {
            _ if token.kind == TokenKind::Literal => {}
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return tokens.get(..=at).unwrap_or_default();
                }
            }
            _ => {}
        }
    }
    tokens
}
