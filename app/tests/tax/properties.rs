//! Rules that hold for every order: the parts of its tax sum up to the whole, in every currency and by all rules.

use crate::kitchen::Order;
use app::domain::{
    bill::Bill,
    money::{Currency, Money},
    tax::{Refunded, Rounded, Rounding, TaxPart, TaxRules, TaxSummary, presets, refund},
    terms::{Charge, Rate, ServiceMode},
};
use proptest::prelude::*;

/// Of every preset with a rate, rounded in every way.
fn rules() -> impl Strategy<Value = TaxRules> {
    let taxed: Vec<_> = presets::all().iter().filter(|preset| !preset.rules.rates.is_empty()).collect();
    let ways = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
    (prop::sample::select(taxed), ways).prop_map(|(preset, (inclusive, by_line, down, separate))| TaxRules {
        inclusive,
        rounded: if by_line { Rounded::Line } else { Rounded::Rate },
        rounding: if down { Rounding::Down } else { Rounding::HalfUp },
        separate,
        ..preset.rules.clone()
    })
}

/// A charge, and whether it has a class of its own.
fn charge() -> impl Strategy<Value = (Result<i64, u32>, bool)> {
    (prop_oneof![(0i64..5_000).prop_map(Ok), (0u32..=100).prop_map(Err)], any::<bool>())
}

prop_compose! {
    fn order()(
        rules in rules(),
        currency in prop::sample::select(Currency::ALL),
        mode in prop::sample::select(ServiceMode::ALL.to_vec()),
        charges in prop::collection::vec(charge(), 0..3),
        tip in 0i64..500,
    ) -> Order {
        let of = |(value, own): &(Result<i64, u32>, bool)| Charge {
            name: "Charge".to_owned(),
            modes: vec![mode],
            rate: match value {
                Ok(minor) => Rate::Fixed(Money::new(*minor, currency)),
                Err(percent) => Rate::Percent(*percent),
            },
            tax_class: own.then(|| rules.usual_class().to_owned()),
        };
        let charges = charges.iter().map(of).collect();
        Order { rules, currency, mode, date: "2026-12-01".parse().unwrap(), charges, tip }
    }
}

/// Price, a number that chooses the class, quantity.
fn sold() -> impl Strategy<Value = Vec<(i64, usize, u32)>> {
    prop::collection::vec((prop_oneof![0i64..20, 0i64..20_000], 0usize..4, 1u32..6), 1..8)
}

fn price(order: &Order, sold: &[(i64, usize, u32)]) -> Bill {
    let classes = &order.rules.classes;
    let class = |number: usize| classes[number % classes.len()].code.as_str();
    let sold: Vec<_> = sold.iter().map(|(price, number, quantity)| (*price, class(*number), *quantity)).collect();
    order.price(&sold).unwrap()
}

fn parts(bill: &Bill) -> impl Iterator<Item = &TaxPart> {
    bill.lines.iter().flat_map(|line| &line.taxes).chain(bill.rows.iter().flat_map(|row| &row.taxes))
}

fn sum(amounts: impl Iterator<Item = Money>) -> i64 {
    amounts.map(Money::minor).sum()
}

proptest! {
    #[test]
    fn parts_sum_up_to_the_whole(order in order(), sold in sold()) {
        let bill = price(&order, &sold);
        let tax = sum(bill.tax.rows.iter().map(|row| row.tax));
        let added = if order.rules.inclusive { 0 } else { tax };
        let rows = sum(bill.rows.iter().map(|row| row.amount));
        prop_assert_eq!(bill.total.minor(), bill.subtotal.minor() + rows + added);
        for line in &bill.lines {
            let prices = line.taxes.iter().map(|part| if order.rules.inclusive { part.gross } else { part.net });
            prop_assert_eq!(sum(prices), line.total.minor());
        }
        for part in parts(&bill) {
            let shares = sum(part.shares.iter().map(|share| share.tax));
            prop_assert_eq!(part.net.minor() + shares, part.gross.minor());
            prop_assert!(part.net.minor() >= 0 && part.shares.iter().all(|share| share.tax.minor() >= 0), "{:?}", part);
        }
        for row in &bill.tax.rows {
            let same = |part: &&TaxPart| part.shares.iter().any(|of| of.label == row.label && of.percentage == row.percentage);
            prop_assert_eq!(sum(parts(&bill).filter(same).map(|part| part.net)), row.net.minor());
            prop_assert_eq!(row.net.minor() + row.tax.minor(), row.gross.minor());
        }
        prop_assert_eq!(parts(&bill).map(|part| part.tax().unwrap().minor()).sum::<i64>(), tax);
    }

    #[test]
    fn the_order_of_the_lines_changes_nothing(order in order(), sold in sold()) {
        let bill = price(&order, &sold);
        let reversed: Vec<_> = sold.into_iter().rev().collect();
        let other = price(&order, &reversed);
        prop_assert_eq!(other.total, bill.total);
        if order.rules.rounded == Rounded::Rate {
            prop_assert_eq!(other.tax, bill.tax);
        }
    }

    #[test]
    fn another_dish_never_lowers_the_total(order in order(), sold in sold()) {
        // A charge that follows the goods can get a lower rate from a dish of another class.
        let mut order = order;
        order.charges.retain(|charge| charge.tax_class.is_some());
        let without = price(&order, &sold[1..].iter().copied().chain([(0, 0, 1)]).collect::<Vec<_>>());
        let with = price(&order, &sold[1..].iter().copied().chain([(0, 0, 1), sold[0]]).collect::<Vec<_>>());
        prop_assert!(with.total.minor() >= without.total.minor());
        prop_assert!(with.tax.total(order.currency).unwrap().minor() >= without.tax.total(order.currency).unwrap().minor());
    }

    #[test]
    fn refunds_of_all_parts_are_the_whole(order in order(), sold in sold(), choices in prop::collection::vec(any::<u32>(), 40)) {
        let bill = price(&order, &sold);
        let mut before = Refunded { lines: vec![0; bill.lines.len()], rows: vec![false; bill.rows.len()] };
        let (mut total, mut tax, mut choices) = (0, TaxSummary::default(), choices.into_iter().cycle());
        for round in 0.. {
            // Some of what is left of each line, and some of the rows.
            let left = |(line, gone): (&app::domain::bill::PricedLine, &u32)| line.quantity - gone;
            let left: Vec<_> = bill.lines.iter().zip(&before.lines).map(left).collect();
            let rows_left = before.rows.iter().any(|gone| !gone);
            if left.iter().all(|left| *left == 0) && !rows_left {
                break;
            }
            let now = Refunded {
                lines: left.iter().map(|left| if round > 9 { *left } else { choices.next().unwrap() % (left + 1) }).collect(),
                rows: before.rows.iter().map(|gone| !gone && (round > 9 || choices.next().unwrap() % 2 == 0)).collect(),
            };
            let part = refund(&bill, &before, &now).unwrap();
            prop_assert!(part.parts.iter().all(|part| part.net.minor() >= 0 && part.gross.minor() >= part.net.minor()));
            total += part.total.minor();
            tax.merge(&part.tax).unwrap();
            for (gone, now) in before.lines.iter_mut().zip(&now.lines) {
                *gone += now;
            }
            for (gone, now) in before.rows.iter_mut().zip(&now.rows) {
                *gone |= now;
            }
        }
        prop_assert_eq!(total, bill.total.minor());
        for row in &bill.tax.rows {
            let given = tax.rows.iter().find(|of| of.label == row.label && of.percentage == row.percentage);
            // A rate without any amount is in no refund.
            prop_assert_eq!(given.map_or((0, 0), |of| (of.net.minor(), of.tax.minor())), (row.net.minor(), row.tax.minor()));
        }
    }
}
