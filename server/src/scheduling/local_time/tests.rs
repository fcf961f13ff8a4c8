//! Time zones on days that are longer or shorter than others.

use super::*;
use proptest::prelude::*;

fn at(text: &str) -> Timestamp {
    Timestamp::from_millis(text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
}

fn berlin() -> WallClock {
    WallClock::of("Europe/Berlin").unwrap()
}

#[test]
fn a_skipped_time_is_where_the_clock_jumps() {
    let spring = jiff::civil::date(2026, 3, 29);
    assert_eq!(berlin().first(spring, 120), at("2026-03-29T01:00:00Z"));
    assert_eq!(berlin().first(spring, 150), at("2026-03-29T01:00:00Z"));
    assert_eq!(berlin().first(spring, 180), at("2026-03-29T01:00:00Z"));
    assert_eq!(berlin().first(spring, 181), at("2026-03-29T01:01:00Z"));
}

#[test]
fn a_repeated_time_is_the_first_of_both() {
    let autumn = jiff::civil::date(2026, 10, 25);
    assert_eq!(berlin().first(autumn, 150), at("2026-10-25T00:30:00Z"));
    assert_eq!(berlin().first(autumn, 180), at("2026-10-25T02:00:00Z"));
    assert_eq!(berlin().first(jiff::civil::date(2026, 10, 24), DAY + 150), at("2026-10-25T00:30:00Z"));
}

#[test]
fn names_the_day_only_when_it_is_another() {
    let now = at("2026-11-20T17:00:00Z");
    assert_eq!(berlin().words(at("2026-11-20T17:45:00Z"), now), "18:45");
    assert_eq!(berlin().words(at("2026-11-23T10:00:00Z"), now), "Mon 11:00");
    assert_eq!(berlin().words(at("2026-12-24T17:45:00Z"), now), "24 Dec 18:45");
}

#[test]
fn survives_instants_beyond_the_calendar() {
    for wild in [i64::MIN, i64::MAX] {
        berlin().words(Timestamp::from_millis(wild), at("2026-11-20T17:00:00Z"));
    }
    assert!(WallClock::of("Mars/Olympus").is_none());
}

#[test]
fn a_time_is_shown_never_once_or_twice() {
    let shown = |date, minute| berlin().showings(date, minute).collect::<Vec<_>>();
    let autumn = jiff::civil::date(2026, 10, 25);
    assert_eq!(shown(autumn, 150), [at("2026-10-25T00:30:00Z"), at("2026-10-25T01:30:00Z")]);
    assert_eq!(shown(autumn, 180), [at("2026-10-25T02:00:00Z")]);
    assert_eq!(shown(jiff::civil::date(2026, 3, 29), 150), []);
    assert_eq!(shown(jiff::civil::date(2026, 3, 29), 180), [at("2026-03-29T01:00:00Z")]);
}

#[test]
fn a_time_of_day_comes_again() {
    let next = |minute, now: &str| berlin().next(reading_of(Date::ZERO, minute).time(), at(now)).unwrap();
    assert_eq!(next(1050, "2026-11-20T16:29:00Z"), at("2026-11-20T16:30:00Z"));
    assert_eq!(next(1050, "2026-11-20T16:30:00Z"), at("2026-11-21T16:30:00Z"));
    // 25 October 2026: 02:30 occurs at 00:30 and at 01:30 UTC.
    assert_eq!(next(150, "2026-10-24T23:00:00Z"), at("2026-10-25T00:30:00Z"));
    assert_eq!(next(150, "2026-10-25T00:40:00Z"), at("2026-10-25T01:30:00Z"));
    assert_eq!(next(150, "2026-10-25T01:10:00Z"), at("2026-10-25T01:30:00Z"));
    assert_eq!(next(150, "2026-10-25T01:30:00Z"), at("2026-10-26T01:30:00Z"));
    // 29 March 2026: 02:30 is skipped at 01:00 UTC.
    assert_eq!(next(150, "2026-03-29T00:10:00Z"), at("2026-03-29T01:00:00Z"));
    assert_eq!(next(150, "2026-03-29T01:10:00Z"), at("2026-03-30T00:30:00Z"));
}

#[test]
fn says_which_of_two_equal_times_is_meant() {
    let now = at("2026-10-24T20:00:00Z");
    assert_eq!(berlin().words(at("2026-10-25T00:30:00Z"), now), "Sun 02:30 CEST");
    assert_eq!(berlin().words(at("2026-10-25T01:30:00Z"), now), "Sun 02:30 CET");
    assert_eq!(berlin().words(at("2026-10-25T02:00:00Z"), now), "Sun 03:00");
    assert_eq!(berlin().time(at("2026-10-25T01:59:00Z")), "02:59 CET");
    let lord_howe = WallClock::of("Australia/Lord_Howe").unwrap();
    assert_eq!(lord_howe.time(at("2026-04-04T14:45:00Z")), "01:45 UTC+11");
    assert_eq!(lord_howe.time(at("2026-04-04T15:15:00Z")), "01:45 UTC+10:30");
}

/// Zones that change by an hour or half an hour, by night or at midnight, in either half of the year, or never.
const ZONES: [&str; 10] = [
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Pacific/Auckland",
    "America/Santiago",
    "Africa/Cairo",
    "Asia/Beirut",
    "Atlantic/Azores",
    "Antarctica/Troll",
];

const MINUTE: i64 = 60_000;

prop_compose! {
    /// A zone and an instant within 36 hours of a change of its clock, if it has any.
    fn near_a_change()(
        zone in prop::sample::select(ZONES.to_vec()), change in 0usize..4, minutes in -36 * 60i64..36 * 60,
    ) -> (WallClock, Timestamp) {
        let clock = WallClock::of(zone).unwrap();
        let changes = clock.zone.following("2026-01-01T00:00:00Z".parse().unwrap()).map(|change| change.timestamp());
        // Some time zone databases end with a change in 2038 that does not exist.
        let changes: Vec<_> = changes.take_while(|change| *change < "2030-01-01T00:00:00Z".parse().unwrap()).take(4).collect();
        let millis = changes.get(change).map_or(1_795_194_000_000, |change| change.as_millisecond());
        (clock, Timestamp::from_millis(millis).plus_minutes(minutes))
    }
}

/// The first minute after an instant that shows or skips a local time of day, found by checking each minute.
fn watched(clock: &WallClock, wanted: u16, now: Timestamp) -> Timestamp {
    let mut before = clock.reading(now);
    let begin = now.millis().div_euclid(MINUTE) + 1;
    (begin..begin + 3 * 1440)
        .map(|minute| Timestamp::from_millis(minute * MINUTE))
        .find(|at| {
            let reading = clock.reading(*at);
            // Midnights are skipped as well.
            let jumped = [before.date(), reading.date()].into_iter().any(|date| {
                let time = reading_of(date, wanted);
                before < time && time < reading
            });
            before = reading;
            minute_of(reading.time()) == wanted || jumped
        })
        .unwrap()
}

proptest! {
    #[test]
    fn every_instant_is_a_showing((clock, now) in near_a_change()) {
        let reading = clock.reading(now);
        let shown: Vec<_> = clock.showings(reading.date(), minute_of(reading.time())).collect();
        prop_assert!(shown.contains(&now), "{reading} {shown:?}");
        prop_assert!(shown.iter().all(|at| clock.reading(*at) == reading));
        prop_assert_eq!(shown.first(), Some(&clock.first(reading.date(), minute_of(reading.time()))));
        prop_assert_eq!(shown.len() > 1, clock.time(now).contains(' '));
    }

    #[test]
    fn a_time_of_day_is_next_when_a_watcher_sees_it((clock, now) in near_a_change(), wanted in 0u16..DAY) {
        prop_assert_eq!(clock.next(reading_of(Date::ZERO, wanted).time(), now), Some(watched(&clock, wanted, now)));
    }
}
