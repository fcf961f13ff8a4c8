//! Offered slots against their rules.

use super::*;
use crate::scheduling::{
    hours::{Hours, Span, Week},
    local_time::WallClock,
};
use jiff::{ToSpan, civil::date};
use proptest::prelude::*;

fn at(text: &str) -> Timestamp {
    Timestamp::from_millis(text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
}

fn service(opens: u16, closes: u16, last_order_minutes: i64) -> Service {
    let week = Week::of((1..=7).map(|day| (day, Span { opens, closes })));
    let hours = Hours::weekly(WallClock::of("Europe/Berlin").unwrap(), week);
    Service { hours, last_order_minutes, paused_until: None, leads: Vec::new(), own: Vec::new() }
}

fn rules(lead_minutes: u32, slot_minutes: u16) -> ModeRules {
    ModeRules { mode: ServiceMode::Pickup, lead_minutes, slot_minutes, orders_per_slot: None }
}

fn texts(service: &Service, rules: &ModeRules, now: &str) -> Vec<String> {
    Timetable { service, rules }.slots(at(now)).into_iter().map(|slot| slot.text).collect()
}

#[test]
fn offers_the_grid_within_the_hours() {
    // Open 11:30–13:00, last orders at 12:30: orders of 20 minutes are ready from 11:50 and before 12:50.
    let (lunch, rules) = (service(690, 780, 30), rules(20, 15));
    let today = ["12:00", "12:15", "12:30", "12:45"];
    let both: Vec<_> =
        today.iter().map(|text| (*text).to_owned()).chain(today.map(|text| format!("Sat {text}"))).collect();
    assert_eq!(texts(&lunch, &rules, "2026-11-20T10:40:00+01:00"), both);
    assert_eq!(texts(&lunch, &rules, "2026-11-20T12:05:00+01:00")[0], "12:30");
    assert_eq!(texts(&lunch, &rules, "2026-11-20T20:00:00+01:00")[0], "Sat 12:00");
    let mut paused = lunch.clone();
    paused.paused_until = Some(at("2026-11-20T12:10:00+01:00"));
    assert_eq!(texts(&paused, &rules, "2026-11-20T10:40:00+01:00")[0], "12:30");
    assert_eq!(texts(&service(690, 700, 30), &rules, "2026-11-20T10:40:00+01:00"), [""; 0]);
}

#[test]
fn a_long_day_is_thinned_out_evenly() {
    let (always, rules) = (service(0, 1440, 0), rules(10, 15));
    let offered = texts(&always, &rules, "2026-11-20T00:01:00+01:00");
    assert!((30..=60).contains(&offered.len()), "{}", offered.len());
    assert_eq!(offered[..3], ["00:15", "01:00", "02:00"]);
    let exact = Timetable { service: &always, rules: &rules };
    let now = at("2026-11-20T00:01:00+01:00");
    assert!(exact.promise(Due::At(at("2026-11-20T13:45:00+01:00")), now).is_ok(), "not listed, and offered");
}

#[test]
fn openings_that_touch_are_one() {
    // 14:00–15:00 and 15:00–16:00 count as one opening.
    let halves = |day| [(day, Span { opens: 840, closes: 900 }), (day, Span { opens: 900, closes: 960 })];
    let mut touching = service(0, 1, 30);
    touching.hours.week = Week::of((1..=7).flat_map(halves));
    let today = ["14:30", "14:45", "15:00", "15:15", "15:30", "15:45", "Sat 14:30"];
    assert_eq!(texts(&touching, &rules(30, 15), "2026-11-20T12:00:00+01:00")[..today.len()], today);
    touching.last_order_minutes = 0;
    assert_eq!(texts(&touching, &rules(30, 15), "2026-11-20T12:00:00+01:00")[6], "16:00");
    // Day and night: the first slots after midnight are like all others.
    let (always, rules) = (service(0, 1440, 0), rules(15, 15));
    let (timetable, now) = (Timetable { service: &always, rules: &rules }, at("2026-11-20T20:00:00+01:00"));
    for quarter in 1..24 * 4 {
        let time = now.plus_minutes(quarter * 15);
        assert!(timetable.promise(Due::At(time), now).is_ok(), "{quarter}");
    }
}

#[test]
fn nothing_is_promised_for_after_closing() {
    let (evening, rules) = (service(1080, 1320, 0), rules(40, 15));
    let timetable = Timetable { service: &evening, rules: &rules };
    let promise = |now| timetable.promise(Due::Asap, at(now));
    assert_eq!(promise("2026-11-20T21:20:00+01:00").unwrap().estimated_at, at("2026-11-20T22:00:00+01:00"));
    let refused = promise("2026-11-20T21:20:01+01:00").unwrap_err();
    assert_eq!((refused.code(), refused.status(), refused.problems()[0].field.as_str()), ("too_late", 409, "due"));
    assert!(refused.to_string().contains("takes 40 minutes, and the restaurant closes at 22:00"), "{refused}");
}

#[test]
fn as_soon_as_possible_is_the_next_time_with_room() {
    let (evening, rules) = (service(1080, 1320, 0), rules(15, 15));
    let (timetable, now) = (Timetable { service: &evening, rules: &rules }, at("2026-11-20T21:07:00+01:00"));
    let first = timetable.promise(Due::Asap, now).unwrap();
    assert_eq!((first.estimated_at, first.slot_at), (now.plus_minutes(15), now.plus_minutes(8)));
    let nine_to_ten = ["21:30", "21:45", "22:00"].map(|time| at(&format!("2026-11-20T{time}:00+01:00")));
    for time in nine_to_ten {
        let promise = timetable.instead_of(&first, now, |promise| promise.slot_at >= time).unwrap();
        assert_eq!((promise.estimated_at, promise.slot_at, promise.wanted_at), (time, time, None));
    }
    let refused = timetable.instead_of(&first, now, |_| false).unwrap_err();
    assert_eq!((refused.code(), refused.status()), ("slot_full", 409));
    assert!(refused.to_string().contains("no place left before it closes at 22:00"), "{refused}");
    let chosen = timetable.promise(Due::At(nine_to_ten[0]), now).unwrap();
    let refused = timetable.instead_of(&chosen, now, |_| true).unwrap_err();
    assert!(refused.to_string() == "The time you chose, 21:30, is full. Choose another.", "{refused}");
}

#[test]
fn a_mode_with_hours_of_its_own_offers_no_others() {
    // Open 11:30–22:00, this mode 18:00–20:00.
    let mut evening = service(690, 1320, 15);
    evening.hours.within = Some(Week::of((1..=7).map(|day| (day, Span { opens: 1080, closes: 1200 }))));
    let timetable = Timetable { service: &evening, rules: &rules(30, 30) };
    let today: Vec<_> = timetable.slots(at("2026-11-20T12:00:00+01:00")).into_iter().map(|slot| slot.text).collect();
    assert_eq!(today[..5], ["18:30", "19:00", "19:30", "20:00", "Sat 18:30"]);
    let refused = timetable.promise(Due::Asap, at("2026-11-20T12:00:00+01:00")).unwrap_err();
    assert_eq!((refused.code(), refused.status()), ("closed", 409));
    let words = "The restaurant takes no orders for pickup now: opens 18:00. Choose one of the offered times.";
    assert_eq!(refused.to_string(), words);
    let noon = Due::At(at("2026-11-20T13:00:00+01:00"));
    let refused = timetable.promise(noon, at("2026-11-20T12:00:00+01:00")).unwrap_err();
    assert_eq!(refused.problems()[0].code, "time_not_offered");
}

#[test]
fn a_closing_time_that_the_clock_skips_is_offered_at_the_change() {
    // 29 March 2026: 02:00 becomes 03:00. Until 02:00, which is the instant of the change.
    let (night, rules) = (service(1050, 1560, 0), rules(30, 30));
    let timetable = Timetable { service: &night, rules: &rules };
    let slots: Vec<_> = timetable.grid(at("2026-03-29T01:00:00+01:00")).map(|slot| slot.at).take(2).collect();
    assert_eq!(slots, [at("2026-03-29T01:30:00+01:00"), at("2026-03-29T03:00:00+02:00")]);
}

#[test]
fn an_hour_that_comes_twice_has_its_times_twice() {
    // 25 October 2026: 03:00 becomes 02:00. A night until 04:00.
    let (night, rules) = (service(1080, 1680, 0), rules(15, 30));
    let now = at("2026-10-25T01:10:00+02:00");
    assert_eq!(
        texts(&night, &rules, "2026-10-25T01:10:00+02:00")[..6],
        ["01:30", "02:00 CEST", "02:30 CEST", "02:00 CET", "02:30 CET", "03:00"]
    );
    let timetable = Timetable { service: &night, rules: &rules };
    for (time, window) in [("02:40:00+02:00", "02:30:00+02:00"), ("02:10:00+01:00", "02:00:00+01:00")] {
        let time = at(&format!("2026-10-25T{time}"));
        let promise = timetable.promise(Due::Asap, time.plus_minutes(-15)).unwrap();
        assert_eq!((promise.estimated_at, promise.slot_at), (time, at(&format!("2026-10-25T{window}"))));
    }
    assert!(timetable.promise(Due::At(at("2026-10-25T02:30:00+01:00")), now).is_ok());
    // An opening that begins in that hour has earlier minutes again.
    let early = service(150, 240, 0);
    let times = texts(&early, &ModeRules { lead_minutes: 0, ..rules }, "2026-10-25T01:10:00+02:00");
    assert_eq!(times[..4], ["02:30 CEST", "02:00 CET", "02:30 CET", "03:00"]);
}

prop_compose! {
    /// A restaurant near a change of its clock, perhaps with hours of a mode within its own, and an instant.
    fn primary_or_replica()(
        zone in prop::sample::select(vec![
            "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Auckland",
            "Africa/Cairo",
        ]),
        rows in prop::collection::vec((1i16..=7, 0u16..48, 1u16..=48), 1..9),
        always in prop::bool::weighted(0.2),
        own in prop::option::of(prop::collection::vec((1i16..=7, 0u16..48, 1u16..=48), 1..9)), last_order_minutes in 0i64..90,
        day in prop::sample::select(vec![
            date(2026, 3, 8), date(2026, 3, 29), date(2026, 4, 5), date(2026, 4, 24), date(2026, 9, 27),
            date(2026, 10, 4), date(2026, 10, 25), date(2026, 10, 30), date(2026, 11, 1),
        ]),
        minutes in 0i64..2 * 1440,
    ) -> (Service, Timestamp) {
        let span = |opens, length| Span { opens, closes: opens + length };
        let rows = rows.into_iter().map(|(day, opens, length)| (day, span(opens * 30, length * 30)));
        let rows: Vec<_> = if always { (1..=7).map(|day| (day, span(0, 1440))).collect() } else { rows.collect() };
        let own = own.map(|rows| Week::of(rows.into_iter().map(|(day, opens, length)| (day, span(opens * 30, length * 30)))));
        let hours = Hours { within: own, ..Hours::weekly(WallClock::of(zone).unwrap(), Week::of(rows)) };
        let now = hours.clock.first(day.yesterday().unwrap(), 0).plus_minutes(minutes);
        (Service { hours, last_order_minutes, paused_until: None, leads: Vec::new(), own: Vec::new() }, now)
    }
}

/// The slots from now on, found by checking each minute: on the grid, open from order to delivery, and while orders
/// are taken.
fn found_by_hand(service: &Service, rules: &ModeRules, now: Timestamp, last: Timestamp) -> Vec<Timestamp> {
    let clock = &service.hours.clock;
    let (begin, lead) = (service.ready(rules.lead_minutes, now), i64::from(rules.lead_minutes));
    // A night that is longer because of its clock may be the only one with room for a long lead, months away.
    let days = clock.date(now).checked_sub(3.days()).unwrap().series(1.day());
    let days = days.take_while(|date| *date <= clock.date(last).tomorrow().unwrap());
    let openings: Vec<_> = days.flat_map(|date| service.hours.on(date).collect::<Vec<_>>()).collect();
    let open = |at: Timestamp| openings.iter().any(|opening| opening.from <= at && at < opening.to);
    let minutes = (0..).map(|minutes| begin.plus_minutes(minutes)).take_while(|at| *at <= last);
    minutes
        .filter(|at| minute_of(clock.reading(*at).time()).is_multiple_of(rules.slot_minutes))
        .filter(|at| {
            let ordered = at.plus_minutes(-lead);
            (0..lead).all(|later| open(ordered.plus_minutes(later)))
                && (0..=service.last_order_minutes).all(|later| open(ordered.plus_minutes(later)))
        })
        .collect()
}

proptest! {
    #[test]
    fn the_grid_is_what_is_found_by_hand(
        (service, now) in primary_or_replica(), lead in 0u32..180,
        slot in prop::sample::select(vec![5u16, 10, 15, 20, 30, 60]),
    ) {
        let rules = rules(lead, slot);
        let timetable = Timetable { service: &service, rules: &rules };
        let grid: Vec<_> = timetable.grid(now).map(|slot| slot.at).collect();
        if let Some(last) = grid.last() {
            prop_assert_eq!(&grid, &found_by_hand(&service, &rules, now, *last));
        }
        prop_assert!(grid.iter().all(|at| timetable.slot_of(*at) == *at), "each has a window of its own");
    }

    #[test]
    fn windows_follow_each_other((service, now) in primary_or_replica(), minutes in 1i64..180) {
        let rules = rules(15, 15);
        let timetable = Timetable { service: &service, rules: &rules };
        let (one, other) = (timetable.slot_of(now), timetable.slot_of(now.plus_minutes(minutes)));
        prop_assert!(one <= now && now < one.plus_minutes(15));
        prop_assert!(one == other || one.plus_minutes(15) <= other);
    }

    #[test]
    fn every_offered_time_can_be_promised(
        opens in 0u16..1440, length in 1u16..=1440, last in 0i64..120, lead in 0u32..180,
        slot in prop::sample::select(vec![5u16, 10, 15, 20, 30, 60]), minutes in 0i64..14 * 1440, spring in any::<bool>(),
    ) {
        let (service, rules) = (service(opens, opens + length, last), rules(lead, slot));
        let start = if spring { at("2026-03-23T00:00:00Z") } else { at("2026-10-19T00:00:00Z") };
        let now = start.plus_minutes(minutes);
        let timetable = Timetable { service: &service, rules: &rules };
        let slots = timetable.slots(now);
        prop_assert!(slots.len() <= MOST_SLOTS + LEAST_SLOTS);
        prop_assert!(slots.is_sorted_by(|left, right| left.at < right.at));
        for slot in slots {
            let promise = timetable.promise(Due::At(slot.at), now).unwrap();
            prop_assert_eq!((promise.estimated_at, promise.slot_at), (slot.at, slot.at));
            prop_assert!(slot.at >= now.plus_minutes(i64::from(lead)));
            // An order one lead earlier must be accepted.
            let ordered = slot.at.plus_minutes(-i64::from(lead));
            prop_assert_eq!(service.refusal(ordered), None);
        }
        if let Ok(promise) = timetable.promise(Due::Asap, now) {
            prop_assert!(service.state(now).open && promise.slot_at <= promise.estimated_at);
        }
    }
}
