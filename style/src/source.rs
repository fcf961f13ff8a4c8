//! Tokens of Rust sources, as far as class names need them: words, string literals, punctuation.

use std::{fs, io, path::Path};

use crate::error::StyleError;

/// A source text with its path for errors.
#[derive(Debug, Clone)]
pub struct Source {
    /// The path, as errors show it.
    pub file: String,
    /// The Rust source.
    pub text: String,
}

impl Source {
    /// Every `.rs` file below `folder`, sorted by path.
    pub fn below(folder: &Path) -> Result<Vec<Self>, StyleError> {
        let mut sources = Vec::new();
        collect(folder, &mut sources)
            .map_err(|cause| StyleError::File { path: folder.display().to_string(), cause })?;
        sources.sort_by(|one: &Self, other| one.file.cmp(&other.file));
        Ok(sources)
    }
}

fn collect(folder: &Path, sources: &mut Vec<Source>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, sources)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            sources.push(Source { file: path.display().to_string(), text: fs::read_to_string(&path)? });
        }
    }
    Ok(())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// An identifier, keyword or number.
    Word,
    /// A string, without its quotes.
    Literal,
    /// One character of punctuation.
    Sign,
}

#[derive(Debug, Clone)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    pub(crate) text: String,
    pub(crate) line: usize,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// The tokens of `text`; comments and characters in single quotes are left out.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut at = 0;
    let mut line = 1;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let (length, token) = next(rest);
        if let Some((kind, content)) = token {
            tokens.push(Token { kind, text: content, line, start: at, end: at + length });
        }
        line += rest.get(..length).map_or(0, |read| read.matches('\n').count());
        at += length;
    }
    tokens
}

/// The length of the next token of `rest`, and the token unless it is skipped.
fn next(rest: &str) -> (usize, Option<(TokenKind, String)>) {
    let first = rest.chars().next().unwrap_or(' ');
    if rest.starts_with("//") {
        (rest.find('\n').unwrap_or(rest.len()), None)
    } else if rest.starts_with("/*") {
        (rest.find("*/").map_or(rest.len(), |end| end + 2), None)
    } else if first == '"' {
        let length = quoted_length(rest);
        let inside = rest.get(1..length.saturating_sub(1)).unwrap_or_default();
        (length, Some((TokenKind::Literal, inside.replace("\\\n", " ").replace("\\n", " ").replace("\\\"", "\""))))
    } else if let Some((length, inside)) = raw_string(rest) {
        (length, Some((TokenKind::Literal, inside.to_owned())))
    } else if first == '\'' {
        (character_length(rest), None)
    } else if first.is_alphanumeric() || first == '_' {
        let length = rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(rest.len());
        (length, Some((TokenKind::Word, rest.get(..length).unwrap_or_default().to_owned())))
    } else if first.is_whitespace() {
        (first.len_utf8(), None)
    } else {
        (first.len_utf8(), Some((TokenKind::Sign, first.to_string())))
    }
}

fn quoted_length(rest: &str) -> usize {
    let mut escaped = false;
    for (at, letter) in rest.char_indices().skip(1) {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

fn raw_string(rest: &str) -> Option<(usize, &str)> {
    let hashes = rest.strip_prefix('r')?.chars().take_while(|letter| *letter == '#').count();
    let opening = hashes + 2;
    let inside = rest.get(1 + hashes..)?.strip_prefix('"')?;
    let closing = format!("\"{}", "#".repeat(hashes));
    let end = inside.find(&closing)?;
    Some((opening + end + closing.len(), inside.get(..end)?))
}

/// The length of a character literal, or of a lifetime's quote.
fn character_length(rest: &str) -> usize {
    let mut letters = rest.char_indices().skip(1);
    match letters.next() {
        Some((_, '\\')) => {
            letters.next();
            rest.get(3..).and_then(|tail| tail.find('\'')).map_or(rest.len(), |end| end + 4)
        }
        Some((_, _)) => match letters.next() {
            Some((at, '\'')) => at + 1,
            _ => 1,
        },
        None => rest.len(),
    }
}
