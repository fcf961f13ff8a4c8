//! Decodes the form of opening hours: a week with several spans a day, and dates with their own hours.

use crate::domain::{
    problem::Problem,
    settings::{DateHours, DaySpan, OpeningHours},
    text, typed,
};
use std::collections::BTreeMap;

/// Spans of a weekday, and of a date, that the form has fields for.
pub const SPANS: usize = 4;
pub const DATE_SPANS: usize = 2;
/// Dates that a form may have.
const MOST_DATES: usize = 100;
const MAX_NOTE: usize = 80;
/// In minutes.
const DAY: u16 = 1440;
/// The form's action that copies Monday to the other weekdays.
pub const COPY: &str = "copy_monday";

const NAMES: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// A weekday in words; 0 is Monday.
pub fn day_name(day: usize) -> &'static str {
    NAMES.get(day).copied().unwrap_or_default()
}

/// The field of a weekday's span: its start or its end.
pub fn week_field(day: usize, span: usize, end: &str) -> String {
    format!("d{}-{span}-{end}", day + 1)
}

/// A field of a date: `date`, `closed`, `note`, `remove`, or `0-from`.
pub fn date_field(row: usize, part: &str) -> String {
    format!("x{row}-{part}")
}

/// The sent fields by name.
type Fields = BTreeMap<String, Vec<String>>;

fn text<'a>(sent: &'a Fields, name: &str) -> &'a str {
    sent.get(name).and_then(|values| values.first()).map_or("", String::as_str)
}

/// The fields with Monday's spans on Tuesday to Friday.
pub fn copy_monday(sent: &mut Fields) {
    for span in 0..SPANS {
        for end in ["from", "to"] {
            let monday = text(sent, &week_field(0, span, end)).to_owned();
            for day in 1..5 {
                sent.insert(week_field(day, span, end), vec![monday.clone()]);
            }
        }
    }
}

/// The form's hours, or all problems. The server checks that the dates exist.
pub fn decode(sent: &Fields) -> Result<OpeningHours, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut hours = OpeningHours::default();
    for (day, spans) in hours.week.iter_mut().enumerate() {
        let name = |span, end: &str| week_field(day, span, end);
        *spans = self::spans(sent, SPANS, &name, day_name(day), &mut problems);
    }
    if problems.is_empty() {
        overlaps_of_week(&hours.week, &mut problems);
    }
    for row in 0..MOST_DATES {
        if let Some(date) = date(sent, row, &mut problems) {
            if hours.dates.iter().any(|other| other.date == date.date) {
                let words = format!("{} is there twice. Enter all its times in one row.", date.date);
                problems.push(Problem::new(date_field(row, "date"), "twice", words));
            }
            hours.dates.push(date);
        }
    }
    hours.dates.sort_by(|left, right| left.date.cmp(&right.date));
    if problems.is_empty() { Ok(hours) } else { Err(problems) }
}

/// The spans of a day in order; a row without times is none.
fn spans(
    sent: &Fields,
    most: usize,
    name: &dyn Fn(usize, &str) -> String,
    day: &str,
    problems: &mut Vec<Problem>,
) -> Vec<DaySpan> {
    let mut spans = Vec::new();
    for row in 0..most {
        let (from, to) = (text(sent, &name(row, "from")), text(sent, &name(row, "to")));
        let missing = |end: &str, words: String| Problem::new(name(row, end), "required", words);
        match (typed::is_seen(from), typed::is_seen(to)) {
            (false, false) => {}
            (true, false) => problems.push(missing("to", format!("{day}: enter when you close."))),
            (false, true) => problems.push(missing("from", format!("{day}: enter when you open."))),
            (true, true) => match (minute(from).filter(|minute| *minute < DAY), minute(to)) {
                (None, _) => problems.push(wrong(name(row, "from"), day)),
                (_, None) => problems.push(wrong(name(row, "to"), day)),
                (Some(opens), Some(closes)) => {
                    // At or before the opening is the next day.
                    let closes = if closes <= opens { closes + DAY } else { closes };
                    let span = DaySpan { opens, closes };
                    if spans.iter().any(|other| overlap(*other, span)) {
                        let words = format!("{day}: these times overlap. Join them, or change one.");
                        problems.push(Problem::new(name(row, "from"), "overlap", words));
                    }
                    spans.push(span);
                }
            },
        }
    }
    spans.sort_unstable();
    spans
}

const fn overlap(left: DaySpan, right: DaySpan) -> bool {
    left.opens < right.closes && right.opens < left.closes
}

/// Hours past midnight may not run into the next day's.
fn overlaps_of_week(week: &[Vec<DaySpan>; 7], problems: &mut Vec<Problem>) {
    for (day, spans) in week.iter().enumerate() {
        let next = (day + 1) % week.len();
        let ends = spans.iter().map(|span| span.closes.saturating_sub(DAY)).max().unwrap_or_default();
        let begins = week.get(next).and_then(|spans| spans.first()).map(|span| span.opens);
        if begins.is_some_and(|begins| begins < ends) {
            let (day, next_name) = (day_name(day), day_name(next));
            let words = format!(
                "{day}’s hours run into {next_name}’s: they end at {}. Let {next_name} begin then or later.",
                clock(ends)
            );
            problems.push(Problem::new(week_field(next, 0, "from"), "overlap", words));
        }
    }
}

/// The date of a row; none for an empty or a removed one.
fn date(sent: &Fields, row: usize, problems: &mut Vec<Problem>) -> Option<DateHours> {
    let field = |part: &str| text(sent, &date_field(row, part));
    if sent.contains_key(&date_field(row, "remove")) {
        return None;
    }
    let date = typed::plain(field("date")).trim().to_owned();
    let name = |span, end: &str| date_field(row, &format!("{span}-{end}"));
    let day = if date.is_empty() { "The date" } else { date.as_str() };
    let spans = spans(sent, DATE_SPANS, &name, day, problems);
    let note = match text::line(&date_field(row, "note"), field("note"), MAX_NOTE, None) {
        Ok(note) => note,
        Err(problem) => {
            problems.push(problem);
            String::new()
        }
    };
    let closed = sent.contains_key(&date_field(row, "closed"));
    if date.is_empty() && spans.is_empty() && note.is_empty() && !closed {
        return None;
    }
    if !is_date(&date) {
        let words = "Enter a date such as 2026-12-24.";
        problems.push(Problem::new(date_field(row, "date"), "date", words));
        return None;
    }
    if closed && !spans.is_empty() {
        let words = format!("{date}: choose either closed, or times.");
        problems.push(Problem::new(date_field(row, "closed"), "closed", words));
    }
    if !closed && spans.is_empty() {
        let words = format!("{date}: enter when you are open, or choose closed.");
        problems.push(Problem::new(date_field(row, "0-from"), "required", words));
    }
    Some(DateHours { date, spans, note })
}

/// Four, two and two digits.
fn is_date(text: &str) -> bool {
    let parts: Vec<_> =
        text.split('-').map(|part| (part.len(), part.bytes().all(|byte| byte.is_ascii_digit()))).collect();
    parts == [(4, true), (2, true), (2, true)]
}

fn wrong(field: String, day: &str) -> Problem {
    Problem::new(field, "time", format!("{day}: enter a time such as 18:30."))
}

/// The minutes after midnight of `9:00`, `09:00` or `24:00`.
fn minute(sent: &str) -> Option<u16> {
    let plain = typed::plain(sent);
    let (hours, minutes) = plain.trim().split_once([':', '.'])?;
    let digits =
        |text: &str, most: usize| (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(hours, 2) || !digits(minutes, 2) || minutes.len() != 2 {
        return None;
    }
    let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
    let minute = hours * 60 + minutes;
    (minutes < 60 && minute <= DAY).then_some(minute)
}

/// The value of a time field.
pub fn clock(minute: u16) -> String {
    let minute = minute % DAY;
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

#[cfg(test)]
mod tests;
