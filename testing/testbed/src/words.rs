//! Command lines: how systemd splits and expands them, and how a shell is told the same.

/// A word of a command line; its parts follow each other without a gap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    parts: Vec<Part>,
}

/// A part of a word.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    /// As it stands.
    Text(String),
    /// `${NAME}`: the value, as one piece.
    Value(String),
    /// `$NAME` as a whole word: the value, split at blanks.
    Values(String),
}

/// Splits a line into words without expanding anything: `Environment=`, names of folders.
pub fn split(line: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut letters = line.chars().peekable();
    while let Some(first) = letters.peek().copied() {
        if first.is_whitespace() {
            letters.next();
        } else {
            words.push(next_word(&mut letters)?);
        }
    }
    Ok(words)
}

/// Splits the line of a command, with its variables.
pub fn command(line: &str) -> Result<Vec<Word>, String> {
    split(line)?.iter().map(|word| expand(word)).collect()
}

/// Puts something into single quotes, as one word of a shell.
pub fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

impl Word {
    /// The word, for a shell.
    pub fn for_shell(&self) -> String {
        let shell = |part: &Part| match part {
            Part::Text(text) => quoted(text),
            Part::Value(name) => format!("\"${{{name}-}}\""),
            Part::Values(name) => format!("${{{name}-}}"),
        };
        if self.parts.is_empty() { quoted("") } else { self.parts.iter().map(shell).collect() }
    }
}

fn next_word(letters: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Result<String, String> {
    let mut word = String::new();
    let mut quote = None;
    while let Some(letter) = letters.next() {
        match (letter, quote) {
            ('\\', _) => word.push(escaped(letters.next().ok_or("a line ends with a backslash")?)?),
            (_, Some(open)) if letter == open => quote = None,
            ('"' | '\'', None) => quote = Some(letter),
            (_, None) if letter.is_whitespace() => return Ok(word),
            _ => word.push(letter),
        }
    }
    if quote.is_some() { Err(format!("a quote is not closed after {word:?}")) } else { Ok(word) }
}

fn escaped(letter: char) -> Result<char, String> {
    match letter {
        'n' => Ok('\n'),
        't' => Ok('\t'),
        's' => Ok(' '),
        '\\' | '"' | '\'' | ';' => Ok(letter),
        other => Err(format!("the escape \\{other} is not known here")),
    }
}

fn expand(word: &str) -> Result<Word, String> {
    if let Some(name) = word.strip_prefix('$').filter(|name| is_name(name)) {
        return Ok(Word { parts: vec![Part::Values(name.to_owned())] });
    }
    let mut parts = Vec::new();
    let mut text = String::new();
    let mut rest = word;
    while let Some(place) = rest.find(['$', '%']) {
        let (before, sign) = rest.split_at(place);
        text.push_str(before);
        rest = if let Some(after) = sign.strip_prefix("$$") {
            text.push('$');
            after
        } else if let Some(after) = sign.strip_prefix("%%") {
            text.push('%');
            after
        } else if let Some((name, after)) = sign.strip_prefix("${").and_then(|inner| inner.split_once('}')) {
            if !is_name(name) {
                return Err(format!("${{{name}}} is no variable"));
            }
            if !text.is_empty() {
                parts.push(Part::Text(std::mem::take(&mut text)));
            }
            parts.push(Part::Value(name.to_owned()));
            after
        } else if sign.starts_with('%') {
            return Err(format!("the specifier in {word:?} is not known here"));
        } else {
            text.push('$');
            sign.get(1..).unwrap_or_default()
        };
    }
    text.push_str(rest);
    if !text.is_empty() {
        parts.push(Part::Text(text));
    }
    Ok(Word { parts })
}

fn is_name(text: &str) -> bool {
    let letter = |one: char| one.is_ascii_alphanumeric() || one == '_';
    text.starts_with(|one: char| one.is_ascii_alphabetic() || one == '_') && text.chars().all(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(line: &str) -> String {
        command(line).unwrap().iter().map(Word::for_shell).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn quotes_keep_blanks_and_join_what_touches_them() {
        assert_eq!(split(r#"a "b c"  'd "e'f g\ "#.trim_end_matches("\\ ")).unwrap(), ["a", "b c", "d \"ef", "g"]);
        assert_eq!(split(r#""" x"#).unwrap(), ["", "x"]);
    }

    #[test]
    fn an_open_quote_and_an_unknown_escape_are_told() {
        assert!(split("'a").is_err());
        assert!(split(r"a\q").is_err());
        assert!(split("a\\").is_err());
    }

    #[test]
    fn variables_become_the_shells() {
        assert_eq!(shell("/bin/a $OPTIONS --x=${NAME}/y"), r#"'/bin/a' ${OPTIONS-} '--x='"${NAME-}"'/y'"#);
    }

    #[test]
    fn doubled_signs_are_plain() {
        assert_eq!(shell("a $$1 50%% 5$"), "'a' '$1' '50%' '5$'");
        assert!(command("a %i").is_err());
    }

    #[test]
    fn single_quotes_survive() {
        assert_eq!(quoted("it's"), r"'it'\''s'");
    }
}
