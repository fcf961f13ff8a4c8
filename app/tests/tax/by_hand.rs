//! Bills of whole orders, with the arithmetic written out.

use crate::kitchen::{Order, taxes};
use app::domain::{
    bill::Bill,
    money::Currency,
    pricing::PriceProblem,
    tax::{Percentage, Rounded, Rounding, TaxProblem, presets},
    terms::ServiceMode::{self, DineIn, Pickup},
};
use serde_json::json;

const TODAY: &str = "2026-12-01";

fn bill(order: &Order, sold: &[(i64, &str, u32)]) -> Bill {
    order.price(sold).unwrap()
}

#[test]
fn awkward_amounts_with_the_tax_inside() {
    let germany = Order::of("DE", Currency::Eur, Pickup, TODAY);
    // 9.99 × 19 ÷ 119 = 1.59504, so 1.60; 9.99 − 1.60 = 8.39.
    assert_eq!(taxes(&bill(&germany, &[(999, "drinks", 1)])), ["MwSt. 19 of 8.39: 1.60"]);
    // 0.01 × 7 ÷ 107 = 0.00065: no tax.
    assert_eq!(taxes(&bill(&germany, &[(1, "food", 1)])), ["MwSt. 7 of 0.01: 0.00"]);
    // 1.07 × 7 ÷ 107 is 0.07 exactly.
    assert_eq!(taxes(&bill(&germany, &[(107, "food", 1)])), ["MwSt. 7 of 1.00: 0.07"]);
    assert_eq!(bill(&germany, &[(107, "food", 1)]).total.minor(), 107);
}

#[test]
fn rounding_by_line_and_by_rate() {
    let mut germany = Order::of("DE", Currency::Eur, Pickup, TODAY);
    let three = [(5, "drinks", 1), (5, "drinks", 1), (5, "drinks", 1)];
    // 0.15 × 19 ÷ 119 = 0.02395, so 0.02.
    assert_eq!(taxes(&bill(&germany, &three)), ["MwSt. 19 of 0.13: 0.02"]);
    // 0.05 × 19 ÷ 119 = 0.00798, so 0.01 for each of three lines.
    germany.rules.rounded = Rounded::Line;
    assert_eq!(taxes(&bill(&germany, &three)), ["MwSt. 19 of 0.12: 0.03"]);
}

#[test]
fn a_half_is_rounded_up() {
    let mut emirates = Order::of("AE", Currency::Aed, Pickup, TODAY);
    emirates.rules.inclusive = false;
    // 0.10 × 5 % = 0.005, so 0.01; 0.09 × 5 % = 0.0045, so nothing.
    assert_eq!(taxes(&bill(&emirates, &[(10, "", 1)])), ["VAT 5 of 0.10: 0.01"]);
    assert_eq!(taxes(&bill(&emirates, &[(9, "", 1)])), ["VAT 5 of 0.09: 0.00"]);
    emirates.rules.rounding = Rounding::Down;
    assert_eq!(taxes(&bill(&emirates, &[(10, "", 1)])), ["VAT 5 of 0.10: 0.00"]);
}

#[test]
fn new_york_adds_three_taxes_rounded_together() {
    let new_york = Order::of("US-NYC", Currency::Usd, Pickup, TODAY);
    let bill = bill(&new_york, &[(1230, "", 1), (745, "", 1), (320, "", 1)]);
    // 22.95 × 8.875 % = 2.0368125, so 2.04. Of it, in proportion to 4 : 4.5 : 0.375 = 32 : 36 : 3 of 71:
    // 204 × 32 ÷ 71 = 91.94, 204 × 36 ÷ 71 = 103.44, 204 × 3 ÷ 71 = 8.62. Rounded down these are 202; the two cents left go
    // to the first (0.94) and the third (0.62).
    let rows = ["New York State 4 of 22.95: 0.92", "New York City 4.5 of 22.95: 1.03", "MCTD 0.375 of 22.95: 0.09"];
    assert_eq!(taxes(&bill), rows);
    assert_eq!((bill.subtotal.minor(), bill.total.minor()), (2295, 2499));
}

#[test]
fn quebec_rounds_each_tax_by_itself() {
    let mut quebec = Order::of("CA-QC", Currency::Cad, Pickup, TODAY);
    // 0.30 × 5 % = 0.015, so 0.02; 0.30 × 9.975 % = 0.029925, so 0.03.
    let three = [(10, "", 1), (10, "", 1), (10, "", 1)];
    assert_eq!(taxes(&bill(&quebec, &three)), ["GST 5 of 0.30: 0.02", "QST 9.975 of 0.30: 0.03"]);
    assert_eq!(bill(&quebec, &three).total.minor(), 35);
    // 100.00 × 9.975 % = 9.975, a half, so 9.98.
    assert_eq!(taxes(&bill(&quebec, &[(10_000, "", 1)])), ["GST 5 of 100.00: 5.00", "QST 9.975 of 100.00: 9.98"]);
    // Together 0.30 × 14.975 % = 0.044925, so 0.04, of which 5 : 9.975 is 1.34 : 2.66.
    quebec.rules.separate = false;
    assert_eq!(taxes(&bill(&quebec, &three)), ["GST 5 of 0.30: 0.01", "QST 9.975 of 0.30: 0.03"]);
}

#[test]
fn yen_are_rounded_down_once_for_each_rate() {
    let japan = |mode| Order::of("JP", Currency::Jpy, mode, TODAY);
    let sold = [(980, "food", 1), (150, "food", 1), (600, "alcohol", 1)];
    // To take away: 1130 × 8 ÷ 108 = 83.7, so 83; beer 600 × 10 ÷ 110 = 54.5, so 54.
    assert_eq!(taxes(&bill(&japan(Pickup), &sold)), ["消費税 8 of 1047: 83", "消費税 10 of 546: 54"]);
    // At a table all has 10 %: 1730 × 10 ÷ 110 = 157.3, so 157.
    assert_eq!(taxes(&bill(&japan(DineIn), &sold)), ["消費税 10 of 1573: 157"]);
    assert_eq!(bill(&japan(DineIn), &sold).total.minor(), bill(&japan(Pickup), &sold).total.minor());
}

#[test]
fn dinars_have_a_thousand_fils() {
    let kuwait = Order::of("KW", Currency::Kwd, Pickup, TODAY);
    let untaxed = bill(&kuwait, &[(1375, "", 1)]);
    assert_eq!((taxes(&untaxed), untaxed.total.decimal().as_str()), (vec![], "1.375"));
    // 1.375 × 5 % = 0.06875, so 0.069.
    let mut taxed = Order::of("AE", Currency::Kwd, Pickup, TODAY);
    taxed.rules.inclusive = false;
    let taxed = bill(&taxed, &[(1375, "", 1)]);
    assert_eq!((taxes(&taxed), taxed.total.decimal().as_str()), (vec!["VAT 5 of 1.375: 0.069".to_owned()], "1.444"));
}

#[test]
fn the_service_mode_decides_the_rate() {
    let swiss = |mode| taxes(&bill(&Order::of("CH", Currency::Chf, mode, TODAY), &[(2000, "food", 1)]));
    // 20.00 × 2.6 ÷ 102.6 = 0.5068, 20.00 × 8.1 ÷ 108.1 = 1.4986.
    assert_eq!(swiss(ServiceMode::Delivery), ["MWST 2.6 of 19.49: 0.51"]);
    assert_eq!(swiss(DineIn), ["MWST 8.1 of 18.50: 1.50"]);
    let british = |mode| taxes(&bill(&Order::of("GB", Currency::Gbp, mode, TODAY), &[(300, "cold", 1)]));
    assert_eq!(british(Pickup), ["VAT 0 of 3.00: 0.00"]);
    assert_eq!(british(DineIn), ["VAT 20 of 2.50: 0.50"]);
}

#[test]
fn the_day_of_supply_decides_the_rate() {
    let irish = |date| taxes(&bill(&Order::of("IE", Currency::Eur, Pickup, date), &[(1500, "food", 1)]));
    // 15.00 × 13.5 ÷ 113.5 = 1.7841, 15.00 × 9 ÷ 109 = 1.2385. An order of 30 June for 1 July is of 1 July.
    assert_eq!(irish("2026-06-30"), ["VAT 13.5 of 13.22: 1.78"]);
    assert_eq!(irish("2026-07-01"), ["VAT 9 of 13.76: 1.24"]);
}

#[test]
fn what_has_no_rate_has_no_price() {
    let ireland = Order::of("IE", Currency::Eur, Pickup, "2020-01-01");
    let problem = ireland.price(&[(1500, "food", 1)]).unwrap_err();
    assert!(matches!(problem, PriceProblem::Tax(TaxProblem::NoRate { .. })), "{problem:?}");
    assert_eq!(problem.code(), "no_tax_rate");
    let wine = Order::of("DE", Currency::Eur, Pickup, TODAY).price(&[(1500, "wine", 1)]);
    let words = "There is no tax rate for “wine” with pickup on 2026-12-01. Please call the restaurant.";
    assert_eq!(wine.unwrap_err().to_string(), words);
    let mut huge = Order::of("US-NYC", Currency::Usd, Pickup, TODAY);
    assert_eq!(huge.price(&[(i64::MAX, "", 1)]).unwrap_err().code(), "too_large");
    huge.rules.rates[0].components[0].percentage = Percentage::from_millionths(u32::MAX);
    assert_eq!(huge.price(&[(i64::MAX / 4, "", 3)]).unwrap_err().code(), "too_large");
}

#[test]
fn a_bill_from_before_there_were_taxes_is_read() {
    let germany = Order::of("DE", Currency::Eur, Pickup, TODAY);
    let bill = bill(&germany, &[(999, "drinks", 2)]);
    let mut stored = serde_json::to_value(&bill).unwrap();
    assert_eq!(serde_json::from_value::<Bill>(stored.clone()).unwrap(), bill);
    let object = stored.as_object_mut().unwrap();
    object.remove("tax");
    object["lines"][0].as_object_mut().unwrap().remove("taxes");
    let old: Bill = serde_json::from_value(stored).unwrap();
    assert_eq!((taxes(&old), old.total, old.lines[0].taxes.len()), (vec![], bill.total, 0));
    assert_eq!(serde_json::to_value(&old.tax).unwrap(), json!({ "inclusive": false, "rows": [] }));
}

#[test]
fn a_restaurant_without_classes_shows_no_tax() {
    let states = Order::of("US", Currency::Usd, Pickup, TODAY);
    assert!(presets::of_code("US").unwrap().rules.classes.is_empty());
    let bill = bill(&states, &[(999, "", 1)]);
    assert_eq!((taxes(&bill), bill.total.minor()), (vec![], 999));
}
