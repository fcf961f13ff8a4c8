//! Days and times in recipes.

use crate::{demo::recipe::Times, scheduling::hours::Span};

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const DAY: u16 = 1440;

/// Every weekday (1 for Monday) with its span, or the parse error.
pub fn spans(times: &[Times]) -> Result<Vec<(i16, Span)>, String> {
    let mut spans = Vec::new();
    for times in times {
        let span = span(&times.from, &times.to)?;
        for weekday in days(&times.days)? {
            if spans.iter().any(|(other, taken): &(i16, Span)| *other == weekday && taken.opens == span.opens) {
                return Err(format!("{} {} is there twice", times.days, times.from));
            }
            spans.push((weekday, span));
        }
    }
    Ok(spans)
}

/// A span of a day; an end at or before the start is after midnight.
pub fn span(from: &str, to: &str) -> Result<Span, String> {
    let (opens, closes) = (minute(from)?, minute(to)?);
    if opens >= DAY {
        return Err(format!("nothing begins at {from}"));
    }
    let closes = if closes <= opens { closes + DAY } else { closes };
    Ok(Span { opens, closes })
}

fn days(text: &str) -> Result<Vec<i16>, String> {
    let mut days = Vec::new();
    for part in text.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last) = (day(first)?, day(last)?);
        if last < first {
            return Err(format!("{part} runs backwards"));
        }
        days.extend(first..=last);
    }
    Ok(days)
}

fn day(text: &str) -> Result<i16, String> {
    let day = DAYS.iter().zip(1..).find(|(name, _)| **name == text.trim());
    day.map(|(_, number)| number).ok_or_else(|| format!("{text} is not one of {}", DAYS.join(" ")))
}

fn minute(text: &str) -> Result<u16, String> {
    let wrong = || format!("{text} is not a time such as 18:30");
    let (hours, minutes) = text.split_once(':').ok_or_else(wrong)?;
    let digits = |text: &str| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = |text: &str| text.parse::<u16>().ok().filter(|_| digits(text));
    let (hours, minutes) = number(hours).zip(number(minutes)).ok_or_else(wrong)?;
    let minute = hours * 60 + minutes;
    if minutes < 60 && minute <= DAY { Ok(minute) } else { Err(wrong()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_days_and_times() {
        assert_eq!(days("mon-wed,sun"), Ok(vec![1, 2, 3, 7]));
        assert_eq!(span("18:00", "03:00"), Ok(Span { opens: 1080, closes: 1620 }));
        assert_eq!(span("00:00", "24:00"), Ok(Span { opens: 0, closes: 1440 }));
        assert_eq!(span("12:00", "00:00"), Ok(Span { opens: 720, closes: 1440 }));
        for wrong in ["24:01", "9:00", "noon", "12:60", "+1:00"] {
            assert!(span(wrong, "23:00").is_err(), "{wrong}");
        }
        assert!(days("fri-mon").is_err());
        assert!(days("montag").is_err());
    }
}
