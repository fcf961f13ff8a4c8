//! Refunds of parts of an order, with the arithmetic written out.

use crate::kitchen::{Order, taxes};
use app::domain::{
    money::Currency,
    tax::{Refund, RefundProblem, Refunded, refund},
    terms::{Charge, Rate, ServiceMode},
};

fn order() -> Order {
    let mut order = Order::of("DE", Currency::Eur, ServiceMode::Pickup, "2026-12-01");
    let packaging = Charge {
        name: "Packaging".to_owned(),
        modes: vec![ServiceMode::Pickup],
        rate: Rate::Fixed(order.money(50)),
        tax_class: None,
    };
    order.charges.push(packaging);
    order.tip = 100;
    order
}

fn shown(refund: &Refund) -> (i64, Vec<(String, i64, i64)>) {
    let rows = refund.tax.rows.iter();
    (refund.total.minor(), rows.map(|row| (row.percentage.to_string(), row.net.minor(), row.tax.minor())).collect())
}

fn row(percentage: &str, net: i64, tax: i64) -> (String, i64, i64) {
    (percentage.to_owned(), net, tax)
}

#[test]
fn an_order_of_two_rates_is_given_back_piece_by_piece() {
    let bill = order().price(&[(890, "food", 3), (420, "drinks", 2)]).unwrap();
    // Food 3 × 8.90 = 26.70, drinks 2 × 4.20 = 8.40. The packaging of 0.50 in proportion: 50 × 2670 ÷ 3510 = 38.03 and
    // 50 × 840 ÷ 3510 = 11.97; rounded down these are 49, and the cent left goes to the drinks: 0.38 and 0.12.
    // Food 27.08 × 7 ÷ 107 = 1.7716, so 1.77; drinks 8.52 × 19 ÷ 119 = 1.3603, so 1.36. The tip of 1.00 has no tax.
    assert_eq!(taxes(&bill), ["MwSt. 7 of 25.31: 1.77", "MwSt. 19 of 7.16: 1.36"]);
    assert_eq!(bill.total.minor(), 3660);
    // Of 1.77 the pizzas have 177 × 2670 ÷ 2708 = 174.52, the packaging 2.48: 175 and 2. Of 1.36 the beers have
    // 136 × 840 ÷ 852 = 134.08, the packaging 1.92: 134 and 2.
    let taxes_of =
        |parts: &[app::domain::tax::TaxPart]| parts.iter().map(|part| part.tax().unwrap().minor()).collect::<Vec<_>>();
    assert_eq!(taxes_of(&bill.lines[0].taxes), [175]);
    assert_eq!(taxes_of(&bill.lines[1].taxes), [134]);
    assert_eq!(taxes_of(&bill.rows[0].taxes), [2, 2]);

    // One of three pizzas has 175 ÷ 3 = 58.3, rounded down: 0.58, and 8.90 − 0.58 = 8.32.
    let one = Refunded { lines: vec![1], rows: Vec::new() };
    let first = refund(&bill, &Refunded::default(), &one).unwrap();
    assert_eq!(shown(&first), (890, vec![row("7", 832, 58)]));
    // With the second it is 175 × 2 ÷ 3 = 116.7, so 116, of which 58 were given back; the third brings it to 175.
    let second = refund(&bill, &one, &one).unwrap();
    assert_eq!(shown(&second), (890, vec![row("7", 832, 58)]));
    // The rest: a pizza with 0.59, the beers, the packaging and the tip.
    let before = Refunded { lines: vec![2], rows: Vec::new() };
    let rest = Refunded { lines: vec![1, 2], rows: vec![true, true] };
    let rest = refund(&bill, &before, &rest).unwrap();
    // Food 8.90 + 0.38 with 0.59 + 0.02, drinks 8.52 with 1.36; together 8.90 + 8.40 + 0.50 + 1.00 = 18.80.
    assert_eq!(shown(&rest), (1880, vec![row("7", 867, 61), row("19", 716, 136)]));
}

#[test]
fn no_more_than_was_sold_is_given_back() {
    let bill = order().price(&[(890, "food", 3)]).unwrap();
    let lines = |lines: &[u32]| Refunded { lines: lines.to_vec(), rows: Vec::new() };
    let rows = |rows: &[bool]| Refunded { lines: Vec::new(), rows: rows.to_vec() };
    let none = Refunded::default();
    assert_eq!(refund(&bill, &lines(&[1]), &lines(&[3])), Err(RefundProblem::TooMany(0)));
    assert_eq!(refund(&bill, &none, &lines(&[u32::MAX])), Err(RefundProblem::TooMany(0)));
    assert_eq!(refund(&bill, &none, &lines(&[0, 1])), Err(RefundProblem::NoLine(1)));
    assert_eq!(refund(&bill, &none, &rows(&[false, false, true])), Err(RefundProblem::NoRow(2)));
    assert_eq!(refund(&bill, &rows(&[true]), &rows(&[true])), Err(RefundProblem::RowTwice(0)));
}
