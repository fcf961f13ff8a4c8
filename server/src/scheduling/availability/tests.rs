//! Opening hours at known instants, and against a naive implementation.

use super::*;
use crate::scheduling::{
    hours::{Exception, Span, Week},
    local_time::WallClock,
};
use jiff::civil::{Date, date};
use proptest::prelude::*;
use std::collections::BTreeMap;

pub(super) fn at(text: &str) -> Timestamp {
    Timestamp::from_millis(text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
}

/// An instant by the local time of Berlin in winter, one hour ahead of UTC.
pub(super) fn winter(text: &str) -> Timestamp {
    at(&format!("{text}+01:00"))
}

pub(super) fn span(opens: u16, closes: u16) -> Span {
    Span { opens, closes }
}

/// Monday to Friday 11:00–22:30, Saturday 18:00–03:00, closed on Sunday; last orders 15 minutes before.
pub(super) fn corner() -> Service {
    let weekdays = (1..=5).map(|day| (day, span(660, 1350)));
    service(Week::of(weekdays.chain([(6, span(1080, 1620))])), 15)
}

fn service(week: Week, last_order_minutes: i64) -> Service {
    Service {
        hours: Hours {
            clock: WallClock::of("Europe/Berlin").unwrap(),
            week,
            within: None,
            exceptions: BTreeMap::new(),
        },
        last_order_minutes,
        paused_until: None,
        leads: vec![(ServiceMode::Pickup, 15)],
        own: Vec::new(),
    }
}

/// Open each day alike, with no mode whose lead would matter.
fn every_day(opens: u16, closes: u16) -> Service {
    let service = service(Week::of((1..=7).map(|day| (day, span(opens, closes)))), 0);
    Service { leads: Vec::new(), ..service }
}

fn text(service: &Service, now: Timestamp) -> String {
    service.state(now).text
}

#[test]
fn says_until_when_and_from_when() {
    let corner = corner();
    assert_eq!(text(&corner, winter("2026-11-20T10:00")), "Opens 11:00");
    assert_eq!(text(&corner, winter("2026-11-20T11:00")), "Open until 22:30");
    assert_eq!(text(&corner, winter("2026-11-20T22:20")), "Last orders are in, opens Sat 18:00");
    assert_eq!(text(&corner, winter("2026-11-20T23:00")), "Opens Sat 18:00");
    assert_eq!(text(&corner, winter("2026-11-21T23:30")), "Open until 03:00");
    assert_eq!(text(&corner, winter("2026-11-22T02:30")), "Open until 03:00");
    assert_eq!(text(&corner, winter("2026-11-22T02:50")), "Last orders are in, opens Mon 11:00");
    assert_eq!(text(&corner, winter("2026-11-22T12:00")), "Opens Mon 11:00");
    assert_eq!(text(&every_day(0, 1440), winter("2026-11-22T12:00")), "Open 24 hours");
    assert_eq!(text(&service(Week::default(), 0), winter("2026-11-22T12:00")), "Closed");
}

#[test]
fn is_right_until_it_says() {
    let corner = corner();
    assert_eq!(corner.state(winter("2026-11-20T10:00")).until, Some(winter("2026-11-20T11:00")));
    assert_eq!(corner.state(winter("2026-11-20T11:00")).until, Some(winter("2026-11-20T22:15")));
    assert_eq!(corner.state(winter("2026-11-20T22:15")).until, Some(winter("2026-11-20T22:30")));
    assert_eq!(corner.state(winter("2026-11-20T23:00")).until, Some(winter("2026-11-21T00:00")));
}

#[test]
fn nothing_is_for_now_when_it_would_be_ready_after_closing() {
    let mut corner = corner();
    corner.leads = vec![(ServiceMode::Pickup, 30), (ServiceMode::Delivery, 45)];
    let modes = |now| corner.state(now).earliest.iter().map(|earliest| earliest.mode).collect::<Vec<_>>();
    assert_eq!(modes(winter("2026-11-20T21:45")), [ServiceMode::Pickup, ServiceMode::Delivery]);
    assert_eq!(modes(winter("2026-11-20T21:46")), [ServiceMode::Pickup]);
    assert_eq!(text(&corner, winter("2026-11-20T22:00")), "Open until 22:30");
    assert_eq!(modes(winter("2026-11-20T22:00")), [ServiceMode::Pickup]);
    let late = Timestamp::from_millis(winter("2026-11-20T22:00").millis() + 1);
    assert_eq!(corner.state(winter("2026-11-20T21:00")).until, Some(late));
    assert_eq!((corner.refusal(late), modes(late)), (Some(Refusal::Closed), vec![]));
    assert_eq!(text(&corner, late), "Last orders are in, opens Sat 18:00");
}

#[test]
fn a_date_that_differs_replaces_what_begins_on_it() {
    let mut corner = corner();
    let closed = Exception { spans: Vec::new(), note: String::new() };
    corner.hours.exceptions.insert(date(2026, 11, 22), closed.clone());
    corner.hours.exceptions.insert(date(2026, 11, 23), closed);
    corner.hours.exceptions.insert(date(2026, 11, 24), Exception { spans: vec![span(720, 780)], note: String::new() });
    assert!(corner.state(winter("2026-11-22T01:00")).open, "Saturday's night still runs");
    assert_eq!(text(&corner, winter("2026-11-23T12:00")), "Opens Tue 12:00");
    assert_eq!(text(&corner, winter("2026-11-24T12:30")), "Open until 13:00");
}

#[test]
fn a_pause_stops_orders_and_ends() {
    let mut corner = corner();
    corner.paused_until = Some(winter("2026-11-20T18:30"));
    let paused = corner.state(winter("2026-11-20T18:00"));
    assert_eq!((paused.open, paused.text.as_str()), (false, "Paused until 18:30"));
    assert_eq!(paused.until, Some(winter("2026-11-20T18:30")));
    assert_eq!(corner.refusal(winter("2026-11-20T18:00")), Some(Refusal::Paused));
    assert!(corner.state(winter("2026-11-20T18:30")).open);
    assert_eq!(text(&corner, winter("2026-11-20T10:30")), "Paused until 18:30");
}

#[test]
fn clocks_go_forward() {
    // 29 March 2026: 02:00 becomes 03:00. A night from 18:00 to 03:00 is an hour shorter.
    let night = every_day(1080, 1620);
    assert!(night.state(at("2026-03-29T00:59:00Z")).open);
    assert!(!night.state(at("2026-03-29T01:00:00Z")).open);
    // Hours within the skipped hour do not exist.
    let skipped = service(Week::of([(7, span(130, 170))]), 0);
    assert_eq!(text(&skipped, at("2026-03-28T12:00:00Z")), "Opens 5 Apr 02:10");
    // Lunch follows local time.
    assert!(every_day(720, 840).state(at("2026-03-29T10:00:00Z")).open);
    assert!(!every_day(720, 840).state(at("2026-03-29T09:59:00Z")).open);
}

#[test]
fn clocks_go_back() {
    // 25 October 2026: 03:00 becomes 02:00. A night until 03:00 is an hour longer.
    let night = every_day(1080, 1620);
    assert!(night.state(at("2026-10-25T01:59:00Z")).open);
    assert!(!night.state(at("2026-10-25T02:00:00Z")).open);
    // An end that occurs twice is the first of both.
    let until_half_past_two = every_day(1080, 1590);
    assert!(until_half_past_two.state(at("2026-10-25T00:29:00Z")).open);
    assert!(!until_half_past_two.state(at("2026-10-25T00:30:00Z")).open);
    assert!(!until_half_past_two.state(at("2026-10-25T01:15:00Z")).open);
}

#[test]
fn the_business_day_ends_in_the_small_hours() {
    let hours = corner().hours;
    let next = |now| hours.next_business_day(winter(now));
    assert_eq!(next("2026-11-20T15:00"), Some(winter("2026-11-21T18:00")));
    assert_eq!(next("2026-11-20T08:00"), Some(winter("2026-11-21T18:00")));
    assert_eq!(next("2026-11-21T00:30"), Some(winter("2026-11-21T18:00")));
    assert_eq!(next("2026-11-22T01:30"), Some(winter("2026-11-23T11:00")));
    let always = every_day(0, 1440).hours;
    assert_eq!(always.next_business_day(winter("2026-11-22T13:00")), Some(winter("2026-11-23T00:00")));
    assert_eq!(service(Week::default(), 0).hours.next_business_day(winter("2026-11-22T13:00")), None);
}

#[test]
fn an_order_counts_on_the_business_day_that_is_running() {
    let hours = corner().hours;
    let day = |now| hours.business_day(winter(now)).to_string();
    assert_eq!(day("2026-11-20T22:29"), "2026-11-20");
    // Friday is over, and Saturday has not begun.
    assert_eq!(day("2026-11-21T03:59"), "2026-11-20");
    assert_eq!(day("2026-11-21T04:00"), "2026-11-21");
    assert_eq!(day("2026-11-22T02:59"), "2026-11-21");
    assert_eq!(day("2026-11-22T12:00"), "2026-11-22");
    // The night in which an hour occurs twice is one day.
    let night = every_day(1080, 1620).hours;
    let day = |now| night.business_day(at(now)).to_string();
    assert_eq!([day("2026-10-25T00:30:00Z"), day("2026-10-25T01:30:00Z")], ["2026-10-24", "2026-10-24"]);
}

proptest! {
    #[test]
    fn business_days_are_inside_the_interval_around_them(
        opens in 0u16..1440, length in 1u16..=1440, minute in 0i64..600_000
    ) {
        let hours = every_day(opens, opens + length).hours;
        let now = winter("2026-01-01T00:00").plus_minutes(minute);
        let day = hours.business_day(now);
        prop_assert!(hours.around(day, day).contains(&now));
        // The next one begins later, on a later date.
        let next = hours.next_business_day(now).unwrap();
        prop_assert!(next > now && hours.business_day(next) > day);
    }
}

/// Whether an instant is in a span of its date or the previous one, without joining spans.
pub(super) fn naively_open(hours: &Hours, now: Timestamp) -> bool {
    let today = hours.clock.date(now);
    let begun_on = |date: Date| {
        let spans = match hours.exceptions.get(&date) {
            Some(exception) => exception.spans.clone(),
            None => hours.week.days()[usize::try_from(date.weekday().to_monday_zero_offset()).unwrap()].clone(),
        };
        let first = |minute| hours.clock.first(date, minute);
        spans.iter().any(|span| first(span.opens) <= now && now < first(span.closes))
    };
    begun_on(today) || begun_on(today.yesterday().unwrap())
}

prop_compose! {
    pub(super) fn some_span()(opens in 0u16..1440, length in 1u16..=1440) -> Span {
        span(opens, opens + length)
    }
}

prop_compose! {
    pub(super) fn some_hours()(
        rows in proptest::collection::vec((1i16..=7, some_span()), 0..10),
        exceptions in proptest::collection::btree_map(0i64..20, proptest::collection::vec(some_span(), 0..3), 0..4),
        zone in prop::sample::select(vec![
            "Europe/Berlin", "America/New_York", "Asia/Kuwait", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Auckland",
        ]),
        spring in any::<bool>(),
    ) -> (Hours, Timestamp) {
        let start = if spring { date(2026, 3, 20) } else { date(2026, 10, 18) };
        let dates = exceptions.into_iter().map(|(day, mut spans)| {
            spans.sort_unstable();
            (start.checked_add(jiff::Span::new().days(day)).unwrap(), Exception { spans, note: String::new() })
        });
        let clock = WallClock::of(zone).unwrap();
        let begin = clock.first(start, 0);
        (Hours { clock, week: Week::of(rows), within: None, exceptions: dates.collect() }, begin)
    }
}

proptest! {
    #[test]
    fn open_is_being_in_some_span((hours, begin) in some_hours(), minutes in 0i64..20 * 1440) {
        let now = begin.plus_minutes(minutes);
        let open = naively_open(&hours, now);
        let service = Service { hours, last_order_minutes: 0, paused_until: None, leads: Vec::new(), own: Vec::new() };
        prop_assert_eq!(service.state(now).open, open);
    }

    #[test]
    fn the_state_holds_until_it_says((hours, begin) in some_hours(), minutes in 0i64..20 * 1440, last in 0i64..90) {
        let now = begin.plus_minutes(minutes);
        let service = Service { hours, last_order_minutes: last, paused_until: None, leads: Vec::new(), own: Vec::new() };
        let state = service.state(now);
        let until = state.until.unwrap();
        prop_assert!(until > now);
        for share in [1, 50, 99] {
            let between = Timestamp::from_millis(now.millis() + (until.millis() - now.millis()) * share / 100);
            let then = service.state(between);
            prop_assert_eq!((then.open, &then.text), (state.open, &state.text));
        }
    }

    #[test]
    fn last_orders_are_before_the_end((hours, begin) in some_hours(), minutes in 0i64..20 * 1440, last in 0i64..90) {
        let now = begin.plus_minutes(minutes);
        let naive = (0..=last).all(|later| naively_open(&hours, now.plus_minutes(later)));
        let service = Service { hours, last_order_minutes: last, paused_until: None, leads: Vec::new(), own: Vec::new() };
        prop_assert_eq!(service.state(now).open, naive);
    }
}
