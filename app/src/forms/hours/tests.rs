//! Tests of the form of opening hours.

use super::*;

fn sent(fields: &[(&str, &str)]) -> Fields {
    fields.iter().map(|(name, value)| ((*name).to_owned(), vec![(*value).to_owned()])).collect()
}

fn refused(fields: &[(&str, &str)]) -> Vec<(String, String)> {
    let problems = decode(&sent(fields)).unwrap_err();
    problems.into_iter().map(|problem| (problem.field, problem.code)).collect()
}

#[test]
fn a_day_has_several_spans_that_may_end_after_midnight() {
    let hours = decode(&sent(&[
        ("d1-0-from", "17:00"),
        ("d1-0-to", "02:00"),
        ("d1-2-from", "11:30"),
        ("d1-2-to", "14.30"),
        ("d6-0-from", "００:００"),
        ("d6-0-to", "00:00"),
        ("d7-0-from", "0:00"),
        ("d7-0-to", "24:00"),
    ]))
    .unwrap();
    let span = |opens, closes| DaySpan { opens, closes };
    assert_eq!(hours.week[0], [span(690, 870), span(1020, 1560)]);
    assert_eq!((hours.week[5].clone(), hours.week[6].clone()), (vec![span(0, 1440)], vec![span(0, 1440)]));
    assert_eq!(clock(1560), "02:00");
}

#[test]
fn nonsense_is_refused_at_its_field() {
    let wrong = |field: &str, code: &str| vec![(field.to_owned(), code.to_owned())];
    assert_eq!(refused(&[("d1-0-from", "9:00")]), wrong("d1-0-to", "required"));
    assert_eq!(refused(&[("d1-1-to", "9:00")]), wrong("d1-1-from", "required"));
    for time in ["25:00", "9", "9:5", "12:60", "noon", "-1:00", "24:00"] {
        assert_eq!(refused(&[("d2-0-from", time), ("d2-0-to", "10:00")]), wrong("d2-0-from", "time"), "{time}");
    }
    let twice = [("d1-0-from", "10:00"), ("d1-0-to", "15:00"), ("d1-1-from", "14:00"), ("d1-1-to", "18:00")];
    assert_eq!(refused(&twice), wrong("d1-1-from", "overlap"));
    // Sunday's night runs into Monday.
    let night = [("d7-0-from", "18:00"), ("d7-0-to", "03:00"), ("d1-0-from", "02:00"), ("d1-0-to", "10:00")];
    assert_eq!(refused(&night), wrong("d1-0-from", "overlap"));
    let touching = [("d7-0-from", "18:00"), ("d7-0-to", "03:00"), ("d1-0-from", "03:00"), ("d1-0-to", "10:00")];
    assert!(decode(&sent(&touching)).is_ok());
}

#[test]
fn a_date_is_closed_or_has_times() {
    let hours = decode(&sent(&[
        ("x0-date", "2026-12-31"),
        ("x0-0-from", "18:00"),
        ("x0-0-to", "04:00"),
        ("x2-date", "2026-12-24"),
        ("x2-closed", "on"),
        ("x2-note", " Christmas  Eve "),
        ("x3-date", "2026-12-25"),
        ("x3-remove", "on"),
    ]))
    .unwrap();
    let dates: Vec<_> =
        hours.dates.iter().map(|date| (date.date.as_str(), date.spans.len(), date.note.as_str())).collect();
    assert_eq!(dates, [("2026-12-24", 0, "Christmas Eve"), ("2026-12-31", 1, "")]);
    let wrong = |field: &str, code: &str| vec![(field.to_owned(), code.to_owned())];
    assert_eq!(refused(&[("x0-date", "24.12.2026"), ("x0-closed", "on")]), wrong("x0-date", "date"));
    assert_eq!(refused(&[("x0-closed", "on")]), wrong("x0-date", "date"));
    assert_eq!(refused(&[("x0-date", "2026-12-24")]), wrong("x0-0-from", "required"));
    let both = [("x0-date", "2026-12-24"), ("x0-closed", "on"), ("x0-0-from", "18:00"), ("x0-0-to", "20:00")];
    assert_eq!(refused(&both), wrong("x0-closed", "closed"));
    let twice = [("x0-date", "2026-12-24"), ("x0-closed", "on"), ("x1-date", "2026-12-24"), ("x1-closed", "on")];
    assert_eq!(refused(&twice), wrong("x1-date", "twice"));
}

#[test]
fn monday_is_copied_to_the_other_weekdays() {
    let mut fields =
        sent(&[("d1-0-from", "09:00"), ("d1-0-to", "17:00"), ("d3-1-from", "20:00"), ("d6-0-from", "10:00")]);
    copy_monday(&mut fields);
    assert_eq!(
        (text(&fields, "d5-0-from"), text(&fields, "d3-1-from"), text(&fields, "d6-0-from")),
        ("09:00", "", "10:00")
    );
}

proptest::proptest! {
    #[test]
    fn any_hours_that_are_taken_do_not_overlap(times in proptest::collection::vec((0u16..1440, 0u16..1441), 7)) {
        let mut fields = Fields::new();
        for (day, (from, to)) in times.iter().enumerate() {
            fields.insert(week_field(day, 0, "from"), vec![clock(*from)]);
            fields.insert(week_field(day, 0, "to"), vec![clock(*to)]);
        }
        if let Ok(hours) = decode(&fields) {
            let week: Vec<_> = hours.week.iter().enumerate().flat_map(|(day, spans)| {
                let start = u32::try_from(day).unwrap() * 1440;
                spans.iter().map(move |span| (start + u32::from(span.opens), start + u32::from(span.closes)))
            }).collect();
            for (left, right) in week.iter().zip(week.iter().skip(1)) {
                proptest::prop_assert!(left.1 <= right.0, "{week:?}");
            }
            let (last, first) = (week.last().unwrap(), week.first().unwrap());
            proptest::prop_assert!(last.1 <= first.0 + 7 * 1440, "{week:?}");
        }
    }
}
