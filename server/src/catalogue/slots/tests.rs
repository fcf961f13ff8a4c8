//! Offered times against the rules they follow.

use super::*;
use crate::catalogue::{
    hours::{Hours, Span, Week},
    wall::WallClock,
};
use proptest::prelude::*;

fn at(text: &str) -> Timestamp {
    Timestamp::from_millis(text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
}

fn service(opens: u16, closes: u16, last_order_minutes: i64) -> Service {
    let week = Week::of((1..=7).map(|day| (day, Span { opens, closes })));
    let hours = Hours::weekly(WallClock::of("Europe/Berlin").unwrap(), week);
    Service { hours, last_order_minutes, paused_until: None, leads: Vec::new() }
}

fn rules(lead_minutes: u32, slot_minutes: u16) -> ModeRules {
    ModeRules { mode: ServiceMode::Pickup, lead_minutes, slot_minutes, orders_per_slot: None }
}

fn texts(service: &Service, rules: &ModeRules, now: &str) -> Vec<String> {
    Timetable { service, rules }.slots(at(now)).into_iter().map(|slot| slot.text).collect()
}

#[test]
fn offers_the_grid_within_the_hours() {
    // Open 11:30–13:00, last orders at 12:30: what takes 20 minutes is ready from 11:50 and before 12:50.
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

proptest! {
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
            // Whoever orders a lead before is not refused.
            let ordered = slot.at.plus_minutes(-i64::from(lead));
            prop_assert_eq!(service.refusal(ordered), None);
        }
        if let Ok(promise) = timetable.promise(Due::Asap, now) {
            prop_assert!(service.state(now).open && promise.slot_at <= promise.estimated_at);
        }
    }
}
