//! Tokens of Rust sources, as far as class names need them: words, string literals, punctuation.

use crate::error::StyleError;
use proc_macro2::{Delimiter, LexError, Span, TokenStream, TokenTree};
use std::{fs, io, ops::Range, path::Path};
use syn::Lit;

/// A source text with its path for errors.
#[derive(Debug, Clone)]
pub struct Source {
    pub file: String,
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
    /// In bytes.
    pub(crate) range: Range<usize>,
}

/// The tokens of `text` without comments.
pub(crate) fn tokens(text: &str) -> Result<Vec<Token>, LexError> {
    let mut tokens = Vec::new();
    flatten(text.parse()?, &mut tokens);
    Ok(tokens)
}

fn flatten(stream: TokenStream, tokens: &mut Vec<Token>) {
    for tree in stream {
        match tree {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                tokens.push(token(TokenKind::Sign, open, group.span_open()));
                flatten(group.stream(), tokens);
                tokens.push(token(TokenKind::Sign, close, group.span_close()));
            }
            TokenTree::Ident(word) => tokens.push(token(TokenKind::Word, word.to_string(), word.span())),
            TokenTree::Punct(sign) => tokens.push(token(TokenKind::Sign, sign.as_char(), sign.span())),
            TokenTree::Literal(literal) => {
                let (number, span) = (literal.to_string(), literal.span());
                tokens.push(match Lit::new(literal) {
                    Lit::Str(text) => token(TokenKind::Literal, text.value(), span),
                    _ => token(TokenKind::Word, number, span),
                });
            }
        }
    }
}

fn token(kind: TokenKind, text: impl Into<String>, span: Span) -> Token {
    Token { kind, text: text.into(), line: span.start().line, range: span.byte_range() }
}
