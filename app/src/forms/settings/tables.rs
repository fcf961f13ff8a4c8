//! The form of the tables: one name a line, ranges such as `1-12` expanded.

use crate::{
    domain::{problem::Problem, text as texts, typed::plain},
    forms::settings::{
        Fields,
        limits::{LONGEST_TABLE, MOST_TABLES, too_many},
        put, text,
    },
};

pub const TABLES: &str = "tables";

/// The names in their order. Names that differ in case or blanks alone are one table.
pub fn read(fields: &Fields) -> Result<Vec<String>, Vec<Problem>> {
    let refuse = |code: &str, words: String| vec![Problem::new(TABLES, code, words)];
    let mut tables: Vec<String> = Vec::new();
    for line in texts::lines(text(fields, TABLES)).lines() {
        let line = texts::single_line(line);
        let names = match range(&line) {
            Some((from, to)) if from > to => {
                return Err(refuse("range", format!("“{line}” counts down. Write {to}-{from}.")));
            }
            Some((from, to)) => (from..=to).take(MOST_TABLES + 1).map(|number| number.to_string()).collect(),
            None => vec![line],
        };
        for name in names.into_iter().filter(|name| !name.is_empty()) {
            if texts::length(&name) > LONGEST_TABLE {
                let words = format!("“{name}” is too long. Keep each name to {LONGEST_TABLE} characters at most.");
                return Err(refuse("too_long", words));
            }
            if tables.iter().any(|table| table.to_lowercase() == name.to_lowercase()) {
                return Err(refuse("twice", format!("“{name}” is listed twice. Remove one of them.")));
            }
            tables.push(name);
            if tables.len() > MOST_TABLES {
                return Err(vec![too_many(TABLES, MOST_TABLES, "tables")]);
            }
        }
    }
    Ok(tables)
}

pub fn write(tables: &[String]) -> Fields {
    let mut fields = Fields::new();
    put(&mut fields, TABLES, tables.join("\n"));
    fields
}

/// Two numbers with a hyphen between them.
fn range(line: &str) -> Option<(u32, u32)> {
    let line = plain(line);
    let (from, to) = line.split_once('-')?;
    let number = |text: &str| {
        let text = text.trim();
        let digits = !text.is_empty() && text.len() <= 4 && text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.parse().ok()).flatten()
    };
    Some((number(from)?, number(to)?))
}
