//! Times on tickets: countdown, delay and freshness of the board.

use crate::domain::time::{LocalTime, Timestamp};

/// Minutes before the due time from which an order is urgent.
const SOON_MINUTES: i64 = 5;
/// Minutes from which the time of day is shown instead of a countdown.
const FAR_MINUTES: i64 = 180;

/// Urgency of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pressure {
    Calm,
    Soon,
    Late,
}

/// The urgency of an order due at an instant.
pub const fn pressure(now: Timestamp, due: Timestamp) -> Pressure {
    let left = due.millis() - now.millis();
    if left <= -60_000 {
        Pressure::Late
    } else if left <= SOON_MINUTES * 60_000 {
        Pressure::Soon
    } else {
        Pressure::Calm
    }
}

/// `in 12 min`, `now`, `4 min late`, `in 1 h 20 min`, or `Mon 18:45` when that is hours away.
pub fn due_words(now: Timestamp, due: &LocalTime) -> String {
    let left = due.at.millis() - now.millis();
    if left >= FAR_MINUTES * 60_000 {
        return due.text.clone();
    }
    // Rounded up before and down after the due time, so that an order is never shown as late too early.
    let minutes = if left > 0 { (left + 59_999) / 60_000 } else { left / 60_000 };
    match minutes {
        0 => "now".to_owned(),
        1.. if left < 60_000 => "now".to_owned(),
        1.. => format!("in {}", span_words(minutes)),
        _ => format!("{} late", span_words(-minutes)),
    }
}

/// `12 min`, `1 h`, `1 h 20 min`.
fn span_words(minutes: i64) -> String {
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

/// How long the last move can still be undone (`1:40`); none when that is over.
pub fn undo_words(now: Timestamp, until: Timestamp) -> Option<String> {
    let left = (until.millis() - now.millis()) / 1000;
    (left > 0).then(|| format!("{}:{:02}", left / 60, left % 60))
}

/// The time of day with its seconds: zones differ by whole minutes, so the seconds are the same in all of them.
pub fn second_words(time: &LocalTime) -> String {
    if time.text.matches(':').count() == 1 {
        format!("{}:{:02}", time.text, time.at.millis().div_euclid(1000).rem_euclid(60))
    } else {
        time.text.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60_000;

    fn due(left: i64) -> String {
        let due = LocalTime { at: Timestamp::from_millis(1_000_000 + left), text: "Mon 18:45".to_owned() };
        due_words(Timestamp::from_millis(1_000_000), &due)
    }

    #[test]
    fn counts_down_and_up() {
        assert_eq!(due(12 * MINUTE), "in 12 min");
        assert_eq!(due(12 * MINUTE - 1), "in 12 min");
        assert_eq!(due(80 * MINUTE), "in 1 h 20 min");
        assert_eq!(due(120 * MINUTE), "in 2 h");
        assert_eq!(due(MINUTE), "in 1 min");
        assert_eq!(due(30_000), "now");
        assert_eq!(due(0), "now");
        assert_eq!(due(-59_999), "now");
        assert_eq!(due(-4 * MINUTE), "4 min late");
        assert_eq!(due(-65 * MINUTE), "1 h 5 min late");
        assert_eq!(due(200 * MINUTE), "Mon 18:45");
    }

    #[test]
    fn is_late_exactly_when_the_words_say_so() {
        for left in (-10 * MINUTE..10 * MINUTE).step_by(499) {
            let late = pressure(Timestamp::from_millis(0), Timestamp::from_millis(left)) == Pressure::Late;
            let said = due_words(
                Timestamp::from_millis(0),
                &LocalTime { at: Timestamp::from_millis(left), text: String::new() },
            );
            assert_eq!(late, said.ends_with("late"), "{left}: {said}");
        }
    }

    #[test]
    fn undo_ends() {
        let until = Timestamp::from_millis(100_000);
        assert_eq!(undo_words(Timestamp::from_millis(0), until).as_deref(), Some("1:40"));
        assert_eq!(undo_words(Timestamp::from_millis(99_500), until), None);
        assert_eq!(undo_words(Timestamp::from_millis(200_000), until), None);
    }

    #[test]
    fn seconds_are_added_once() {
        let at = Timestamp::from_millis(65_000);
        assert_eq!(second_words(&LocalTime { at, text: "18:31".to_owned() }), "18:31:05");
        assert_eq!(second_words(&LocalTime { at, text: "18:31:07".to_owned() }), "18:31:07");
    }
}
