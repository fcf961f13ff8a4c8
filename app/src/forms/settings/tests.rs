//! Forms of settings: what is written reads back, and what is wrong is told at its field.

use super::*;
use crate::domain::{
    location::Location,
    shape::Shape,
    tax::{Percentage, TaxClass, TaxComponent, TaxRate, TaxRules},
    terms::{
        Charge, Extent, Rate, ServiceMode, Zone,
        settings::{ChargeSettings, ModeSettings, ServiceSettings, TaxSettings},
    },
};
use proptest::prelude::*;

const EUR: Currency = Currency::Eur;

fn today() -> Date {
    Date::new(2026, 11, 20).unwrap()
}

fn typing(locale: &Locale) -> Typing<'_> {
    Typing { currency: EUR, locale }
}

fn fields(pairs: &[(&str, &str)]) -> Fields {
    let mut fields = Fields::new();
    for (name, value) in pairs {
        put(&mut fields, *name, *value);
    }
    fields
}

fn codes(part: TermsPart, pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    let problems = read(part, &fields(pairs), typing(&Locale::new("en")), today()).unwrap_err();
    problems.into_iter().map(|problem| (problem.field, problem.code)).collect()
}

fn pair(field: &str, code: &str) -> (String, String) {
    (field.to_owned(), code.to_owned())
}

#[test]
fn tables_are_lines_and_ranges() {
    let tables = |text: &str| tables::read(&fields(&[("tables", text)]));
    assert_eq!(
        tables("1-3\r\nTerrace 4\n\n 9 – 10 "),
        Ok(["1", "2", "3", "Terrace 4", "9", "10"].map(str::to_owned).to_vec())
    );
    assert_eq!(tables("Bar-left\nA-1"), Ok(vec!["Bar-left".to_owned(), "A-1".to_owned()]));
    assert_eq!(tables("  \n"), Ok(Vec::new()));
    for (text, code) in [
        ("3-1", "range"),
        ("1-3\n2", "twice"),
        ("Bar\nbar", "twice"),
        ("1-501", "too_many"),
        ("123456789012345678901", "too_long"),
    ] {
        assert_eq!(tables(text).unwrap_err()[0].code, code, "{text}");
    }
}

#[test]
fn zones_are_told_what_is_missing() {
    let delivery = |pairs: &[(&str, &str)]| codes(TermsPart::Delivery, pairs);
    assert_eq!(delivery(&[("zone-0-name", "North")]), [pair("zone-0-areas", "required")]);
    assert_eq!(
        delivery(&[("zone-0-name", ""), ("zone-0-areas", "10435, hello!"), ("zone-0-fee", "-1")]),
        [pair("zone-0-name", "required"), pair("zone-0-areas", "area"), pair("zone-0-fee", "amount")]
    );
    assert_eq!(
        delivery(&[("zone-0-name", "A"), ("zone-0-areas", "1*"), ("zone-0-fee", "1000000,01")]),
        [pair("zone-0-fee", "out_of_range")]
    );
    let blank = [("zone-0-name", " "), ("zone-0-areas", ""), ("zone-1-name", "A"), ("zone-1-areas", "e1 , 104…")];
    let zones = delivery::read(&fields(&blank), typing(&Locale::new("en"))).unwrap();
    assert_eq!(zones.len(), 1);
    assert_eq!(
        (zones[0].extent.clone(), zones[0].fee.minor()),
        (Extent::Postcodes(vec!["E1".to_owned(), "104*".to_owned()]), 0)
    );
}

#[test]
fn charges_and_tips_are_told_what_is_missing() {
    let charges = |pairs: &[(&str, &str)]| codes(TermsPart::Charges, pairs);
    assert_eq!(
        charges(&[("charge-0-name", "Box"), ("charge-0-value", "a lot"), ("tips", "5 10")]),
        [pair("charge-0-modes", "required"), pair("charge-0-value", "amount")]
    );
    let percent = [
        ("charge-0-name", "Service"),
        ("charge-0-modes", "dine_in"),
        ("charge-0-kind", "percent"),
        ("charge-0-value", "101"),
    ];
    assert_eq!(charges(&percent), [pair("charge-0-value", "out_of_range")]);
    assert_eq!(charges(&[("tips", "5, 101")]), [pair("tips", "out_of_range")]);
    assert_eq!(charges(&[("tips", "ten, 101")]), [pair("tips", "out_of_range")]);
    assert_eq!(charges(&[("tips", "1 2 3 4 5 6")]), [pair("tips", "too_many")]);
    let read = charges::read(&fields(&[("tips", "10 %, 5%, 0, 10")]), typing(&Locale::new("en"))).unwrap();
    assert_eq!((read.charges.len(), read.tip_percents), (0, vec![5, 10]));
}

#[test]
fn a_restaurant_offers_one_mode_at_least() {
    let mut sent = service::write(&settings(&[(1080, 1560)], 15), typing(&Locale::new("en")));
    sent.retain(|name, _| !name.ends_with("offered"));
    for name in ["last_order", "dine_in-minimum", "dine_in-orders"] {
        sent.insert(name.to_owned(), vec!["?".to_owned()]);
    }
    let problems = service::read(&sent, typing(&Locale::new("en"))).unwrap_err();
    let named: Vec<_> = problems.iter().map(|problem| problem.field.as_str()).collect();
    assert_eq!(named, ["pickup-offered", "dine_in-minimum", "dine_in-orders", "last_order"]);
    assert_eq!(problems[0].code, "none_offered");
    for (name, value) in [("last_order", "15"), ("dine_in-minimum", ""), ("dine_in-orders", "")] {
        sent.insert(name.to_owned(), vec![value.to_owned()]);
    }
    sent.insert("pickup-offered".to_owned(), vec!["1".to_owned()]);
    sent.insert("delivery-sat".to_owned(), vec!["18-3".to_owned()]);
    sent.insert("delivery-sun".to_owned(), vec!["2-4".to_owned()]);
    sent.insert("dine_in-slot".to_owned(), vec!["4".to_owned()]);
    let problems = service::read(&sent, typing(&Locale::new("en"))).unwrap_err();
    let told: Vec<_> = problems.iter().map(|problem| (problem.field.as_str(), problem.message.as_str())).collect();
    assert_eq!(told[0].0, "delivery-sun");
    assert_eq!(told[1], ("dine_in-slot", "Enter whole minutes from 5 to 240."));
}

#[test]
fn entries_are_added_removed_and_moved() {
    let mut sent = fields(&[("zone-0-name", "A"), ("zone-0-fee", "1"), ("zone-1-name", "B"), ("zone-2-name", "C")]);
    let names = |sent: &Fields| {
        (0..5).map_while(|at| sent.get(&format!("zone-{at}-name"))?.first().cloned()).collect::<Vec<_>>()
    };
    let mut make = |words: &str| {
        step(TermsPart::Delivery, &mut sent, words);
        (names(&sent), text(&sent, "zone-1-fee").to_owned())
    };
    let expect =
        |names: &[&str], fee: &str| (names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>(), fee.to_owned());
    assert_eq!(make("down-0"), expect(&["B", "A", "C"], "1"));
    assert_eq!(make("up-0"), expect(&["B", "A", "C"], "1"));
    assert_eq!(make("remove-0"), expect(&["A", "C"], ""));
    assert_eq!(make("add"), expect(&["A", "C", ""], ""));
    assert_eq!(make("remove-9"), expect(&["A", "C", ""], ""));
    assert_eq!(make("up-nonsense"), expect(&["A", "C", ""], ""));
    assert_eq!(make("up-1"), expect(&["C", "A", ""], "1"));
    for _ in 0..100 {
        make("add");
    }
    assert_eq!(entries(&sent, "zone", delivery::NAMES, limits::MOST_ZONES), limits::MOST_ZONES);
}

fn settings(spans: &[(u16, u16)], lead_minutes: u32) -> ServiceSettings {
    let modes = ServiceMode::ALL.map(|mode| ModeSettings {
        mode,
        offered: mode != ServiceMode::DineIn,
        lead_minutes,
        slot_minutes: 15,
        orders_per_slot: (lead_minutes > 20).then_some(lead_minutes),
        minimum: Money::new(i64::from(lead_minutes), EUR),
        week: std::array::from_fn(|day| if day == 0 { spans.to_vec() } else { Vec::new() }),
    });
    ServiceSettings { last_order_minutes: lead_minutes.min(240), modes: modes.to_vec() }
}

fn taxes(percent: u32, separate: bool) -> TaxRules {
    let component = |label: &str, percentage| TaxComponent { label: label.to_owned(), percentage };
    let rate = |from: Option<&str>, until: Option<&str>, components| TaxRate {
        class: "food".to_owned(),
        modes: ServiceMode::ALL.to_vec(),
        from: from.map(|date| date.parse().unwrap()),
        until: until.map(|date| date.parse().unwrap()),
        components,
    };
    let state = component("State of X", Percentage::from_millionths(percent * 8_875));
    let city = component("City", Percentage::from_millionths(1));
    TaxRules {
        inclusive: !separate,
        separate,
        classes: vec![TaxClass { code: "food".to_owned(), name: "Food & more".to_owned() }],
        rates: vec![
            rate(None, Some("2026-12-31"), vec![state.clone(), city]),
            rate(Some("2027-01-01"), None, vec![state]),
        ],
        delivery_class: separate.then(|| "food".to_owned()),
        ..TaxRules::default()
    }
}

#[test]
fn taxes_are_told_what_is_wrong() {
    let food = [("class-0-name", "Food")];
    let modes = ["pickup", "delivery", "dine_in"].map(|mode| ("rate-0-modes", mode));
    let rate = |more: &[(&'static str, &'static str)]| {
        let sent = [&food[..], &modes[..], &[("rate-0-class", "food")], more].concat();
        codes(TermsPart::Tax, &sent)
    };
    let whole = |code: &str| pair("", code);
    // A class alone has no rate in any of the three modes.
    assert_eq!(codes(TermsPart::Tax, &food), [whole("gap"), whole("gap"), whole("gap")]);
    assert_eq!(rate(&[("rate-0-components", "VAT")]), [pair("rate-0-components", "component")]);
    assert_eq!(rate(&[("rate-0-components", "VAT 7.12345")]), [pair("rate-0-components", "component")]);
    assert_eq!(rate(&[("rate-0-components", "VAT 7\nVAT 2")]), [pair("rate-0-components", "twice")]);
    assert_eq!(rate(&[("rate-0-components", "State 60 %\nCity 40,5 %")]), [pair("rate-0-components", "out_of_range")]);
    assert_eq!(rate(&[]), [pair("rate-0-components", "required")]);
    let seven = ("rate-0-components", "VAT 7");
    assert_eq!(rate(&[seven, ("rate-0-from", "tomorrow")]), [pair("rate-0-from", "date")]);
    assert_eq!(rate(&[seven, ("rate-0-from", "2026-12-24")]), [whole("gap"), whole("gap"), whole("gap")]);
    assert_eq!(rate(&[seven, ("rate-0-until", "2026-12-24")]), [whole("gap"), whole("gap"), whole("gap")]);
    let backwards = [seven, ("rate-0-from", "2026-02-02"), ("rate-0-until", "2026-02-01")];
    assert_eq!(rate(&backwards), [pair("rate-0-until", "range")]);
    let second = [seven, ("rate-1-class", "food"), ("rate-1-modes", "dine_in"), ("rate-1-components", "VAT 19")];
    assert_eq!(rate(&second), [pair("rate-1-from", "overlap")]);
    let unknown = [seven, ("rate-1-class", "wine"), ("rate-1-modes", "pickup"), ("rate-1-components", "VAT 19")];
    assert_eq!(rate(&unknown), [pair("rate-1-class", "unknown")]);
    assert_eq!(rate(&[seven, ("delivery_class", "wine")]), [pair("delivery_class", "unknown")]);
    assert_eq!(rate(&[seven, ("class-1-name", "Drinks"), ("class-1-code", "food")]), [pair("class-1-code", "twice")]);
    assert_eq!(rate(&[seven, ("class-1-name", "Drinks"), ("class-1-code", "drínks")]), [pair("class-1-code", "code")]);
    assert_eq!(rate(&[seven, ("class-1-code", "drinks")]), [pair("class-1-name", "required")]);
}

#[test]
fn a_tax_class_gets_a_code_of_its_name() {
    let code = |name: &str| tax::class_entry(&fields(&[("class-0-name", name)]), 0).1;
    assert_eq!(code(" Food & drinks, to go "), "food-drinks-to-go");
    assert_eq!(code("酒"), "class-1");
    assert_eq!(code("A very long name of a class"), "a-very-long-name-of");
}

proptest! {
    #[test]
    fn what_is_stored_is_written_and_reads_back(
        minor in 0i64..100_000_000, percent in 0u32..=100, lead in 0u32..=600, opens in 0u16..1440, length in 1u16..=1440,
        tag in prop::sample::select(vec!["en", "de", "ar-EG", "fr-CH"]),
    ) {
        let locale = Locale::new(tag);
        let amount = Money::new(minor, EUR);
        let zone = Zone { name: "Nord".to_owned(), extent: Extent::Postcodes(vec!["10435".to_owned(), "E1 6".to_owned()]), fee: amount, minimum: amount, free_from: Some(amount) };
        let free = Zone { free_from: None, ..zone.clone() };
        let shaped = |shape| Zone { extent: Extent::Shape(shape), ..zone.clone() };
        let middle = Location::new(52.5403, 13.4127);
        let corners = [(52.53, 13.4), (52.53, 13.43), (52.55, 13.43)].map(|(north, east)| Location::new(north, east).unwrap());
        let circle = shaped(Shape::Circle { centre: middle.filter(|_| lead > 300), radius_m: 50 + u32::from(opens) });
        let polygon = shaped(Shape::Polygon { corners: corners.to_vec() });
        let charge = |rate| Charge { name: "Box".to_owned(), modes: vec![ServiceMode::Pickup, ServiceMode::DineIn], rate, tax_class: Some("food".to_owned()) };
        let all = TermsSettings {
            service: settings(&[(opens, opens + length)], lead),
            zones: vec![zone.clone(), free, circle, polygon],
            charges: ChargeSettings { charges: vec![charge(Rate::Fixed(amount)), charge(Rate::Percent(percent))], tip_percents: vec![5, 10] },
            tables: ["1", "2", "Terrace 4"].map(str::to_owned).to_vec(),
            tax: TaxSettings { legal_name: "Nord GmbH".to_owned(), tax_number: "DE 123".to_owned(), rules: taxes(percent, minor % 2 == 0) },
        };
        for part in TermsPart::ALL {
            let change = read(part, &write(part, &all, typing(&locale)), typing(&locale), today()).unwrap();
            let same = match change {
                TermsChange::Service(service) => service == all.service,
                TermsChange::Delivery(zones) => zones == all.zones,
                TermsChange::Charges(charges) => charges == all.charges,
                TermsChange::Tables(tables) => tables == all.tables,
                TermsChange::Tax(tax) => tax == all.tax,
            };
            prop_assert!(same, "{:?}", part);
        }
    }

    #[test]
    fn no_form_breaks_the_decoder(name in "(zone|charge|class|rate)-[0-9]-(name|by|areas|radius|centre|corners|fee|value|modes|code|class|from|components)|tables|tips|pickup-mon", value in "\\PC{0,30}") {
        for part in TermsPart::ALL {
            let _ = read(part, &fields(&[(&name, &value)]), typing(&Locale::new("en")), today());
        }
    }
}
