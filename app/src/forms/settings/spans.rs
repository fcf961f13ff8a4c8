//! Hours of a day as they are typed: `11:00–14:30, 17:00–02:00`.

use crate::{
    domain::{problem::Problem, terms::settings::DaySpan, typed::plain},
    forms::settings::limits::MOST_SPANS,
};

/// Minutes of a day.
const DAY: u16 = 1440;
/// Tells how hours are typed.
pub const HINT: &str = "Such as 11:00–14:30, 17:00–02:00";

/// The spans of a day, in order; none when the field is empty or says `closed`. A span that ends at or before its beginning
/// ends on the next day.
pub fn read(field: &str, text: &str) -> Result<Vec<DaySpan>, Problem> {
    let text = plain(text).to_lowercase();
    let text = text.trim();
    if text.is_empty() || text == "closed" || text == "-" {
        return Ok(Vec::new());
    }
    let unread = || Problem::new(field, "hours", "Enter hours such as 11:00–14:30, 17:00–02:00, or leave it empty.");
    let parts = text.split([',', ';', '\n']).map(str::trim).filter(|part| !part.is_empty());
    let mut spans = parts.map(|part| span(part).ok_or_else(unread)).collect::<Result<Vec<_>, _>>()?;
    spans.sort_unstable();
    if spans.len() > MOST_SPANS {
        return Err(Problem::new(field, "too_many", format!("Enter {MOST_SPANS} times a day at most.")));
    }
    if spans.windows(2).any(|pair| matches!(pair, [(_, closes), (opens, _)] if opens < closes)) {
        return Err(Problem::new(field, "overlap", "These times overlap. Make one of them, or change where they end."));
    }
    Ok(spans)
}

/// The spans as they are typed.
pub fn write(spans: &[DaySpan]) -> String {
    let written = spans.iter().map(|(opens, closes)| format!("{}–{}", clock(*opens), end(*opens, *closes)));
    written.collect::<Vec<_>>().join(", ")
}

/// Whether hours of the day before last into these.
pub fn overlaps_next(today: &[DaySpan], tomorrow: &[DaySpan]) -> bool {
    let latest = today.iter().map(|(_, closes)| *closes).max().unwrap_or_default();
    tomorrow.iter().any(|(opens, _)| opens + DAY < latest)
}

fn span(text: &str) -> Option<DaySpan> {
    let (from, to) = text.split_once('-').or_else(|| text.split_once(" to "))?;
    let (opens, closes) = (minute(from)?, minute(to)?);
    if opens >= DAY {
        return None;
    }
    Some((opens, if closes <= opens { closes + DAY } else { closes }))
}

/// `17`, `17:30` or `17.30`; midnight is also 24.
fn minute(text: &str) -> Option<u16> {
    let text = text.trim();
    let (hours, minutes) = text.split_once([':', '.']).unwrap_or((text, "00"));
    let digits = |part: &str, least: usize| {
        let fits = (least..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        fits.then(|| part.parse::<u16>().ok()).flatten()
    };
    let (hours, minutes) = (digits(hours, 1)?, digits(minutes, 2)?);
    let minute = hours * 60 + minutes;
    (minutes < 60 && minute <= DAY).then_some(minute)
}

/// A day from midnight to midnight ends at 24:00.
fn end(opens: u16, closes: u16) -> String {
    if opens == 0 && closes == DAY { "24:00".to_owned() } else { clock(closes) }
}

fn clock(minute: u16) -> String {
    let minute = minute % DAY;
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn hours_are_read_as_people_type_them() {
        for (text, spans) in [
            ("11:00–14:30, 17:00–22:30", vec![(660, 870), (1020, 1350)]),
            ("17-22.30; 11 - 14", vec![(660, 840), (1020, 1350)]),
            ("18:00-02:00", vec![(1080, 1560)]),
            ("18:00 to 24:00", vec![(1080, 1440)]),
            ("18:00-0:00", vec![(1080, 1440)]),
            ("0-24", vec![(0, 1440)]),
            ("１８：００－２２：００", vec![(1080, 1320)]),
            ("closed", vec![]),
            (" ", vec![]),
        ] {
            assert_eq!(read("hours", text), Ok(spans), "{text}");
        }
        for bad in ["noon", "11", "25-26", "11:60-12", "24-3", "11-14 17-22", "11:5-12"] {
            assert_eq!(read("hours", bad).unwrap_err().code, "hours", "{bad}");
        }
        assert_eq!(read("hours", "11-14, 13-15").unwrap_err().code, "overlap");
        assert!(overlaps_next(&[(1080, 1560)], &[(60, 120)]) && !overlaps_next(&[(1080, 1500)], &[(60, 120)]));
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(opens in 0u16..DAY, length in 1u16..=DAY) {
            let spans = vec![(opens, opens + length)];
            prop_assert_eq!(read("hours", &write(&spans)), Ok(spans));
        }

        #[test]
        fn no_text_breaks_it(text in "\\PC{0,40}") {
            if let Ok(spans) = read("hours", &text) {
                prop_assert!(spans.iter().all(|(opens, closes)| *opens < DAY && opens < closes && *closes <= opens + DAY));
            }
        }
    }
}
