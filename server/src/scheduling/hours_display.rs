//! Opening hours as text.

use crate::scheduling::{
    hours::{Hours, Span, Week},
    local_time::DAY,
};
use app::domain::{restaurant::HoursLine, time::Timestamp};

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
/// Days ahead for which exceptional dates are displayed.
pub const AHEAD_DAYS: i64 = 60;

/// The week with one line per run of equal days, then the coming exceptional dates.
pub fn lines(hours: &Hours, now: Timestamp) -> Vec<HoursLine> {
    let (today, last) = (hours.clock.date(now), hours.clock.date(now.plus_minutes(AHEAD_DAYS * i64::from(DAY))));
    let exceptions = hours.exceptions.range(today..=last).map(|(date, exception)| {
        let note = if exception.note.is_empty() { String::new() } else { format!(", {}", exception.note) };
        HoursLine { days: format!("{}{note}", date.strftime("%a %-d %b")), times: times(&exception.spans) }
    });
    week(&hours.week).into_iter().chain(exceptions).collect()
}

/// A section's hours in one sentence: `Mon–Fri 11:30–14:30`.
pub fn sentence(hours: &Week) -> String {
    let open = week(hours).into_iter().filter(|line| line.times != "closed");
    open.map(|line| format!("{} {}", line.days, line.times)).collect::<Vec<_>>().join(", ")
}

fn week(week: &Week) -> Vec<HoursLine> {
    let named: Vec<_> = DAYS.iter().zip(week.days()).collect();
    let runs = named.chunk_by(|(_, left), (_, right)| left == right);
    runs.filter_map(|run| {
        let ((first, spans), (last, _)) = (run.first()?, run.last()?);
        let days = if first == last { (*first).to_string() } else { format!("{first}–{last}") };
        Some(HoursLine { days, times: times(spans) })
    })
    .collect()
}

fn times(spans: &[Span]) -> String {
    match spans {
        [] => "closed".to_owned(),
        [Span { opens: 0, closes: DAY }] => "24 hours".to_owned(),
        _ => spans
            .iter()
            .map(|span| format!("{}–{}", clock(span.opens), clock(span.closes)))
            .collect::<Vec<_>>()
            .join(", "),
    }
}

fn clock(minute: u16) -> String {
    let minute = minute % DAY;
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(opens: u16, closes: u16) -> Span {
        Span { opens, closes }
    }

    #[test]
    fn joins_equal_days() {
        let weekdays = (1..=5).flat_map(|day| [(day, span(690, 870)), (day, span(1020, 1350))]);
        let week = Week::of(weekdays.chain([(6, span(1080, 1620))]));
        let lines = super::week(&week);
        let words: Vec<_> = lines.iter().map(|line| (line.days.as_str(), line.times.as_str())).collect();
        assert_eq!(words, [("Mon–Fri", "11:30–14:30, 17:00–22:30"), ("Sat", "18:00–03:00"), ("Sun", "closed")]);
        assert_eq!(sentence(&week), "Mon–Fri 11:30–14:30, 17:00–22:30, Sat 18:00–03:00");
    }

    #[test]
    fn says_when_it_never_closes() {
        let week = Week::of((1..=7).map(|day| (day, span(0, DAY))));
        assert_eq!(super::week(&week), [HoursLine { days: "Mon–Sun".to_owned(), times: "24 hours".to_owned() }]);
    }
}
