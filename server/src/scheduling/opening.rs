//! Opening hours for search engines: each span once with its days, then the coming exceptional dates.

use crate::scheduling::{
    hours::{Hours, Span},
    hours_display::AHEAD_DAYS,
    local_time::DAY,
};
use app::domain::{
    opening::{Opening, OpeningDays},
    time::Timestamp,
};
use jiff::ToSpan;

const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// The week, and the exceptional dates of the next two months.
pub fn openings(hours: &Hours, now: Timestamp) -> Vec<Opening> {
    let today = hours.clock.date(now);
    let last = today.saturating_add(AHEAD_DAYS.days());
    let dates = hours.exceptions.range(today..=last).flat_map(|(date, exception)| {
        let on = || OpeningDays::Date(date.to_string());
        let closed = exception.spans.is_empty().then(|| opening(on(), CLOSED));
        exception.spans.iter().map(move |span| opening(on(), *span)).chain(closed)
    });
    week(hours.week.days()).into_iter().chain(dates).collect()
}

/// A date without openings is a span of no length.
const CLOSED: Span = Span { opens: 0, closes: 0 };

fn week(days: &[Vec<Span>; 7]) -> Vec<Opening> {
    let mut spans: Vec<(Span, Vec<&'static str>)> = Vec::new();
    for (name, day) in DAYS.iter().zip(days) {
        for span in day {
            match spans.iter_mut().find(|(known, _)| known == span) {
                Some((_, names)) => names.push(name),
                None => spans.push((*span, vec![name])),
            }
        }
    }
    spans.into_iter().map(|(span, names)| opening(OpeningDays::Weekly(names), span)).collect()
}

/// A span of 24 hours ends at its last minute: equal times would mean closed.
fn opening(on: OpeningDays, span: Span) -> Opening {
    let closes = if span.closes == span.opens + DAY { span.closes - 1 } else { span.closes };
    Opening { on, opens: clock(span.opens), closes: clock(closes) }
}

fn clock(minute: u16) -> String {
    let minute = minute % DAY;
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheduling::{
        hours::{Exception, Week},
        local_time::WallClock,
    };
    use jiff::civil::date;
    use std::collections::BTreeMap;

    /// Sunday 20 December 2026, 12:00 in Berlin.
    const NOW: Timestamp = Timestamp::from_millis(1_797_764_400_000);

    fn texts(week: Week, exceptions: &[(jiff::civil::Date, &[Span])]) -> Vec<String> {
        let exceptions = exceptions
            .iter()
            .map(|(date, spans)| (*date, Exception { spans: spans.to_vec(), note: "Holiday".to_owned() }));
        let clock = WallClock::of("Europe/Berlin").unwrap();
        let hours = Hours { clock, week, within: None, exceptions: exceptions.collect::<BTreeMap<_, _>>() };
        let words = openings(&hours, NOW).into_iter().map(|opening| {
            let on = match opening.on {
                OpeningDays::Weekly(days) => days.join(" "),
                OpeningDays::Date(date) => date,
            };
            format!("{on} {}–{}", opening.opens, opening.closes)
        });
        words.collect()
    }

    fn span(opens: u16, closes: u16) -> Span {
        Span { opens, closes }
    }

    #[test]
    fn days_share_a_span_and_nights_end_on_the_next_day() {
        let weekdays = (1..=5).flat_map(|day| [(day, span(690, 870)), (day, span(1020, 1350))]);
        let week = Week::of(weekdays.chain([(5, span(1380, 1440)), (6, span(1080, 1620))]));
        let expected = [
            "Monday Tuesday Wednesday Thursday Friday 11:30–14:30",
            "Monday Tuesday Wednesday Thursday Friday 17:00–22:30",
            "Friday 23:00–00:00",
            "Saturday 18:00–03:00",
        ];
        assert_eq!(texts(week, &[]), expected);
    }

    #[test]
    fn day_and_night_is_not_closed() {
        let week = Week::of([(1, span(0, DAY)), (2, span(600, 600 + DAY))]);
        assert_eq!(texts(week, &[]), ["Monday 00:00–23:59", "Tuesday 10:00–09:59"]);
    }

    #[test]
    fn coming_dates_replace_their_weekday() {
        let dates: [(_, &[Span]); 4] = [
            (date(2026, 12, 19), &[span(600, 720)]),
            (date(2026, 12, 24), &[]),
            (date(2026, 12, 31), &[span(660, 840), span(1020, 1560)]),
            (date(2027, 7, 1), &[]),
        ];
        let expected = ["2026-12-24 00:00–00:00", "2026-12-31 11:00–14:00", "2026-12-31 17:00–02:00"];
        assert_eq!(texts(Week::default(), &dates), expected);
    }
}
