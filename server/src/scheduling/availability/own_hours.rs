//! Modes with hours of their own, within the restaurant's.

use super::{
    tests::{at, corner, naively_open, some_hours, some_span, span, winter},
    *,
};
use crate::scheduling::hours::{Exception, Week};
use jiff::civil::date;
use proptest::prelude::*;

const DELIVERY: ServiceMode = ServiceMode::Delivery;

/// A rule with a mode that has these hours within the restaurant's.
fn with_own(service: Service, mode: ServiceMode, lead: u32, week: Week) -> Service {
    let hours = Hours { within: Some(week), ..service.hours.clone() };
    let alone = Service { hours, leads: vec![(mode, lead)], own: Vec::new(), ..service.clone() };
    let mut own = service.own;
    own.push((mode, alone));
    Service { own, ..service }
}

fn every_day(opens: u16, closes: u16) -> Week {
    Week::of((1..=7).map(|day| (day, span(opens, closes))))
}

/// The corner restaurant that delivers in the evening, from 18:00 to 21:00 within 40 minutes.
fn evenings() -> Service {
    with_own(corner(), DELIVERY, 40, every_day(1080, 1260))
}

fn modes(service: &Service, now: Timestamp) -> Vec<ServiceMode> {
    service.state(now).earliest.iter().map(|earliest| earliest.mode).collect()
}

#[test]
fn a_mode_takes_orders_in_its_hours_alone() {
    let evenings = evenings();
    let both = vec![ServiceMode::Pickup, DELIVERY];
    assert_eq!(modes(&evenings, winter("2026-11-20T17:59")), [ServiceMode::Pickup]);
    assert_eq!(modes(&evenings, winter("2026-11-20T18:00")), both);
    assert_eq!(modes(&evenings, winter("2026-11-20T20:20")), both);
    assert_eq!(modes(&evenings, winter("2026-11-20T20:21")), [ServiceMode::Pickup], "it would arrive after nine");
    assert_eq!(evenings.state(winter("2026-11-20T20:21")).text, "Open until 22:30");
    assert_eq!(evenings.leads_now(winter("2026-11-20T18:00")), Some((15, 40)));
    assert_eq!(evenings.leads_now(winter("2026-11-20T12:00")), Some((15, 15)));
    assert_eq!(evenings.leads_now(winter("2026-11-20T09:00")), None);
    assert_eq!(evenings.state(winter("2026-11-20T17:00")).until, Some(winter("2026-11-20T18:00")));
}

#[test]
fn without_another_mode_its_hours_are_the_restaurants() {
    let alone = Service { leads: Vec::new(), ..evenings() };
    let text = |now| alone.state(winter(now)).text;
    assert_eq!(text("2026-11-20T12:00"), "Opens 18:00");
    assert_eq!(text("2026-11-20T18:30"), "Open until 21:00");
    assert_eq!(text("2026-11-20T20:50"), "Last orders are in, opens Sat 18:00");
    assert_eq!(alone.refusal(winter("2026-11-20T12:00")), Some(Refusal::Closed));
}

#[test]
fn the_last_mode_that_is_open_counts() {
    let lunch = with_own(Service { leads: Vec::new(), ..evenings() }, ServiceMode::DineIn, 10, every_day(660, 840));
    let text = |now| lunch.state(winter(now)).text;
    assert_eq!(text("2026-11-20T12:00"), "Open until 14:00");
    assert_eq!(text("2026-11-20T15:00"), "Opens 18:00");
    assert_eq!(text("2026-11-20T18:00"), "Open until 21:00");
    let paused = Service { paused_until: Some(winter("2026-11-20T19:00")), ..lunch };
    let paused = paused.own.iter().fold(Service { own: Vec::new(), ..paused.clone() }, |service, (mode, own)| {
        with_own(service, *mode, own.leads[0].1, own.hours.within.clone().unwrap())
    });
    assert_eq!(paused.refusal(winter("2026-11-20T18:30")), Some(Refusal::Paused));
    assert_eq!(paused.state(winter("2026-11-20T18:30")).text, "Paused until 19:00");
}

#[test]
fn a_closed_kitchen_delivers_nothing() {
    let mut closed = corner();
    closed.hours.exceptions.insert(date(2026, 11, 20), Exception::default());
    closed
        .hours
        .exceptions
        .insert(date(2026, 11, 23), Exception { spans: vec![span(1170, 1320)], ..Exception::default() });
    let closed = with_own(closed, DELIVERY, 20, every_day(1080, 1260));
    let delivers = |now| modes(&closed, winter(now)).contains(&DELIVERY);
    assert!(!delivers("2026-11-20T19:00") && delivers("2026-11-21T19:00"));
    assert!(!delivers("2026-11-23T19:00") && delivers("2026-11-23T19:30") && !delivers("2026-11-23T21:00"));
}

#[test]
fn a_night_continues_in_the_hours_of_the_next_day() {
    // Saturday's night lasts until 03:00; delivery is written as Saturday 22:00–24:00 and Sunday 00:00–02:00.
    let night = Week::of([(6, span(1320, 1440)), (7, span(0, 120))]);
    let split = with_own(corner(), DELIVERY, 20, night);
    let whole = with_own(corner(), DELIVERY, 20, Week::of([(6, span(1320, 1560))]));
    for service in [split, whole] {
        let delivers = |now| modes(&service, winter(now)).contains(&DELIVERY);
        assert!(!delivers("2026-11-21T21:59") && delivers("2026-11-21T22:00"));
        assert!(delivers("2026-11-21T23:50") && delivers("2026-11-22T01:40") && !delivers("2026-11-22T01:50"));
    }
}

#[test]
fn nights_of_changing_clocks_are_as_long_as_they_are() {
    let always = Service { leads: Vec::new(), last_order_minutes: 0, ..corner() };
    let always = Service { hours: Hours { week: every_day(0, 1440), ..always.hours }, ..always };
    let night = with_own(always, DELIVERY, 0, every_day(1320, 1620));
    let open = |now| night.state(at(now)).open;
    // 29 March 2026: 02:00 becomes 03:00; 25 October 2026: 03:00 becomes 02:00.
    assert!(open("2026-03-29T00:59:00Z") && !open("2026-03-29T01:00:00Z"));
    assert!(open("2026-10-25T01:59:00Z") && !open("2026-10-25T02:00:00Z"));
}

prop_compose! {
    /// A restaurant with pickup in its hours and delivery in hours of its own, and its first instant.
    fn some_service()(
        (hours, begin) in some_hours(), rows in proptest::collection::vec((1i16..=7, some_span()), 1..8),
        last_order_minutes in 0i64..90, shared in any::<bool>(), lead in 0u32..90,
    ) -> (Service, Week, Timestamp) {
        let leads = if shared { vec![(ServiceMode::Pickup, 15)] } else { Vec::new() };
        let service = Service { hours, last_order_minutes, paused_until: None, leads, own: Vec::new() };
        let week = Week::of(rows);
        (with_own(service, DELIVERY, lead, week.clone()), week, begin)
    }
}

proptest! {
    #[test]
    fn a_mode_is_open_where_both_are((service, week, begin) in some_service(), minutes in 0i64..20 * 1440) {
        let now = begin.plus_minutes(minutes);
        let own = Hours::weekly(service.hours.clock.clone(), week);
        let both = naively_open(&service.hours, now) && naively_open(&own, now);
        prop_assert_eq!(service.of(DELIVERY).hours.stretch(now).is_some(), both);
        prop_assert_eq!(service.of(ServiceMode::Pickup).hours.stretch(now).is_some(), naively_open(&service.hours, now));
    }

    #[test]
    fn a_stretch_ends_where_one_of_both_does((service, week, begin) in some_service(), minutes in 0i64..20 * 1440) {
        let now = begin.plus_minutes(minutes);
        let own = Hours::weekly(service.hours.clock.clone(), week);
        let both = |at| naively_open(&service.hours, at) && naively_open(&own, at);
        match service.of(DELIVERY).hours.stretch(now).map(|stretch| stretch.to) {
            Some(Some(to)) => {
                prop_assert!(!both(to));
                prop_assert!((0..now.minutes_until(to)).step_by(7).all(|minutes| both(now.plus_minutes(minutes))));
            }
            Some(None) => prop_assert!((0..7 * 1440).step_by(61).all(|minutes| both(now.plus_minutes(minutes)))),
            None => if let Some(next) = service.of(DELIVERY).hours.next_opening(now) {
                prop_assert!(both(next));
                prop_assert!((0..now.minutes_until(next)).step_by(7).all(|minutes| !both(now.plus_minutes(minutes))));
            },
        }
    }

    #[test]
    fn the_state_holds_until_it_says((service, _, begin) in some_service(), minutes in 0i64..20 * 1440) {
        let now = begin.plus_minutes(minutes);
        let state = service.state(now);
        let until = state.until.unwrap();
        prop_assert!(until > now);
        prop_assert_eq!(state.open, service.leads_now(now).is_some());
        for share in [1, 50, 99] {
            let between = Timestamp::from_millis(now.millis() + (until.millis() - now.millis()) * share / 100);
            let then = service.state(between);
            prop_assert_eq!((then.open, &then.text), (state.open, &state.text));
            prop_assert_eq!(service.leads_now(between), service.leads_now(now));
        }
    }
}
