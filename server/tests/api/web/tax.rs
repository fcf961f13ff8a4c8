//! Taxes: from the settings to bills, receipts, takings and the export.

use crate::{
    app::FRIDAY_EVENING,
    guest,
    web::{
        forms::with_cart,
        serving::{Form, audited, owner, page_of},
        site::{Browser, TestServer},
    },
};
use app::domain::{
    bill::Bill,
    order::{NewOrder, PlacedOrder, Verb},
};
use serde_json::{Value, json};

/// The fixture restaurant with the taxes of a preset, saved by its owner.
async fn with_preset(code: &str) -> (TestServer, Browser) {
    let site = TestServer::start().await;
    let owner = owner(&site).await;
    Form::of(&site, &owner, &format!("tax?preset={code}")).await.at(&site, "tax").save(&owner).await;
    (site, owner)
}

/// The id of something on the menu by its name.
async fn id_of(site: &TestServer, table: &str, id: &str, name: &str) -> String {
    let statement = format!(
        "SELECT {id}::text FROM {table} WHERE restaurant_id = '{}' AND name = '{name}'",
        site.app.restaurant.uuid()
    );
    super::text_of(site, &statement).await.unwrap()
}

async fn set_class(site: &TestServer, owner: &Browser, change: &str, target: &str, class: &str) -> (u16, String) {
    let fields = [("change", change), ("target", target), ("value", class)];
    let response = owner.post(&site.dashboard("/menu"), &fields).await;
    (response.status().as_u16(), response.text().await.unwrap())
}

async fn bill_of(site: &TestServer, order: &PlacedOrder) -> Bill {
    guest::page(&site.app, &order.token).await.bill.unwrap()
}

fn rows(bill: &Bill) -> Vec<(String, i64, i64)> {
    let rows = bill.tax.rows.iter();
    rows.map(|row| (format!("{} {}", row.label, row.percentage), row.net.minor(), row.tax.minor())).collect()
}

#[tokio::test]
async fn a_preset_is_shown_before_it_is_saved() {
    let site = TestServer::start().await;
    let owner = owner(&site).await;
    let page = owner.page(&site.dashboard("/settings/tax?preset=DE")).await;
    for part in ["Filled in for Germany. Nothing is saved yet.", "MwSt. 7", "MwSt. 19", "UStG § 12", "2026-01-01"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(!owner.page(&site.dashboard("/settings/tax")).await.contains("MwSt."));
    let form = Form::of(&site, &owner, "tax?preset=DE").await.at(&site, "tax").with("tax_number", "DE 1");
    form.save(&owner).await;
    let saved = owner.page(&site.dashboard("/settings/tax")).await;
    assert!(saved.contains("MwSt. 19") && saved.contains("value=\"DE 1\"") && !saved.contains("Nothing is saved yet"));
    let log = audited(&site, "settings.tax").await;
    assert_eq!(
        log[0].1["rates"],
        json!({ "food from 2026-01-01": "MwSt. 7 %", "drinks from 2021-01-01": "MwSt. 19 %" })
    );
    let words = owner.page(&site.dashboard("/log")).await;
    assert!(words.contains("changed the tax details") && words.contains("MwSt. 7 %"), "{words}");
    assert_eq!(owner.get(&site.dashboard("/settings/tax?preset=XX")).await.status(), 200);
}

#[tokio::test]
async fn mistakes_are_told_and_nothing_typed_is_lost() {
    let (site, owner) = with_preset("DE").await;
    let form = || async { Form::of(&site, &owner, "tax").await };
    for (field, value, words) in [
        ("rate-1-class", "food", "“Food” has two rates for pickup"),
        ("rate-0-from", "2027-06-01", "“Food” has no rate for pickup from 2026-11-20 to 2027-05-31."),
        ("rate-0-until", "2026-12-31", "“Food” has no rate for delivery from 2027-01-01 on."),
        ("rate-0-components", "MwSt. 101", "more than 100 %"),
        ("rate-0-components", "seven", "“seven” is no tax."),
        ("rate-0-class", "wine", "There is no class “wine”."),
        ("rate-0-until", "2025-12-31", "It ends before it begins."),
        ("class-1-code", "food", "“food” is the code of two classes."),
        ("delivery_class", "wine", "There is no class “wine”."),
    ] {
        let refused = form().await.with("legal_name", "Corner GmbH").with(field, value).send(&owner).await;
        let page = page_of(refused, 422).await;
        assert!(page.contains(words), "{words}: {page}");
        assert!(page.contains("value=\"Corner GmbH\"") && page.contains(value), "{value} stays");
    }
    assert_eq!(audited(&site, "settings.tax").await.len(), 1);
    // One class more, by the button.
    let longer = page_of(form().await.with("step", "class-add").send(&owner).await, 200).await;
    let longer = form().await.again(&longer).with("class-2-name", "Wine & spirits");
    let longer = page_of(longer.with("step", "rate-add").send(&owner).await, 200).await;
    assert!(longer.contains("value=\"wine-spirits\""), "the new class can be chosen: {longer}");
}

#[tokio::test]
async fn two_people_who_edit_taxes_are_told() {
    let (site, owner) = with_preset("DE").await;
    let manager = Browser::new();
    site.sign_in_as(&manager, "manager").await;
    let (first, second) = (Form::of(&site, &owner, "tax").await, Form::of(&site, &manager, "tax").await);
    first.with("rate-1-components", "MwSt. 20").save(&owner).await;
    let page = page_of(second.with("rate-0-components", "MwSt. 8").send(&manager).await, 409).await;
    assert!(page.contains("changed this page while you were editing") && page.contains("MwSt. 8"), "{page}");
    let log = audited(&site, "settings.tax").await;
    assert_eq!(log[1].1["rates"]["food from 2026-01-01"], "MwSt. 7 %");
}

#[tokio::test]
async fn a_class_in_use_stays() {
    let (site, owner) = with_preset("DE").await;
    let drinks = id_of(&site, "sections", "section_id", "Drinks").await;
    assert_eq!(set_class(&site, &owner, "section_tax_class", &drinks, "drinks").await.0, 303);
    let (status, page) = set_class(&site, &owner, "section_tax_class", &drinks, "wine").await;
    assert!(status == 422 && page.contains("This tax class was removed."), "{page}");
    let form = Form::of(&site, &owner, "tax?preset=DK").await.at(&site, "tax");
    let page = page_of(form.send(&owner).await, 422).await;
    assert!(page.contains("The class “drinks” is still that of “Drinks”."), "{page}");
    assert_eq!(set_class(&site, &owner, "section_tax_class", &drinks, "").await.0, 303);
    form.save(&owner).await;
    let log = owner.page(&site.dashboard("/log")).await;
    assert!(log.contains("changed the tax class of"), "{log}");
}

#[tokio::test]
async fn prices_with_tax_name_it_from_the_cart_to_the_takings() {
    let (site, owner) = with_preset("DE").await;
    let drinks = id_of(&site, "sections", "section_id", "Drinks").await;
    set_class(&site, &owner, "section_tax_class", &drinks, "drinks").await;
    let mut order = guest::pickup(&site.app);
    order.lines.push(site.app.line("water", &[]));
    let order = guest::place(&site.app, &order).await.unwrap();
    let bill = bill_of(&site, &order).await;
    let of_class = |class: &str| {
        let parts = bill.lines.iter().flat_map(|line| &line.taxes).chain(bill.rows.iter().flat_map(|row| &row.taxes));
        parts.filter(|part| part.class == class).map(|part| part.gross.minor()).sum::<i64>()
    };
    // Each rate once, by its amounts with tax: amount × rate ÷ (100 + rate), half up.
    let tax = |gross: i64, rate: i64| (2 * gross * rate + 100 + rate) / (2 * (100 + rate));
    let expected: Vec<_> = [("food", 7), ("drinks", 19)]
        .into_iter()
        .map(|(class, rate)| {
            let (gross, tax) = (of_class(class), tax(of_class(class), rate));
            (format!("MwSt. {rate}"), gross - tax, tax)
        })
        .collect();
    assert_eq!(rows(&bill), expected);
    assert_eq!(bill.tax.rows.iter().map(|row| row.gross.minor()).sum::<i64>(), bill.total.minor());
    // The line stores its class and its tax, also for the kitchen.
    let stored = super::text_of(&site, "SELECT snapshot -> 'taxes' -> 0 ->> 'class' FROM order_lines LIMIT 1").await;
    assert_eq!(stored.as_deref(), Some("food"));
    let page = owner.page(&site.url(&format!("/orders/{}", order.token))).await;
    assert!(page.contains("includes ") && page.contains("MwSt. 7 %"), "{page}");
    let receipt = owner.page(&site.dashboard(&format!("/history/{}/receipt", order.id))).await;
    let table = receipt.split("id=\"taxes\"").nth(1).unwrap().split("</table>").next().unwrap();
    for part in ["Net", "Gross", "MwSt. 7 %", &bill.tax.rows[0].net.text(&bill_locale())] {
        assert!(table.contains(part), "{part}: {table}");
    }
    let takings = owner.page(&site.dashboard("/takings")).await;
    let by_rate = takings.split("By tax rate").nth(1).unwrap();
    assert!(by_rate.contains("Fri 20 Nov 2026") && by_rate.contains(&bill.tax.rows[0].tax.text(&bill_locale())));
    assert!(!takings.contains("Added tax"), "{takings}");
    guest::step(&site.app, &order, Verb::Reject).await.unwrap();
    assert!(!owner.page(&site.dashboard("/takings")).await.contains("By tax rate"), "rejected orders earn nothing");
}

fn bill_locale() -> app::domain::locale::Locale {
    app::domain::locale::Locale::new("en")
}

#[tokio::test]
async fn prices_without_tax_add_it_to_the_bill() {
    let (site, owner) = with_preset("US-NYC").await;
    let guest = with_cart(&site).await;
    // Two Marinara for 15.80 with packaging 0.50: 16.30 × 8.875 % = 1.446625, so 1.45, of which 32 : 36 : 3 parts of 71 are
    // 65.35, 73.52 and 6.13 cents.
    let cart = guest.page(&site.restaurant("/cart")).await;
    for part in ["New York City 4.5 %", "€0.74", "€17.75"] {
        assert!(cart.contains(part), "{part}: {cart}");
    }
    let order = NewOrder { tip_minor: 200, ..guest::pickup(&site.app) };
    let order = guest::place(&site.app, &order).await.unwrap();
    let bill = bill_of(&site, &order).await;
    let tax: i64 = bill.tax.rows.iter().map(|row| row.tax.minor()).sum();
    let taxed = bill.subtotal.minor() + 50;
    assert_eq!(tax, (taxed * 88_750 + 500_000) / 1_000_000);
    assert_eq!(bill.total.minor(), taxed + tax + 200);
    let takings = owner.page(&site.dashboard("/takings")).await;
    assert!(takings.contains("Added tax"), "{takings}");
    let file = owner.page(&site.dashboard("/takings.csv")).await;
    let mut reader = csv::Reader::from_reader(file.as_bytes());
    let names = reader.headers().unwrap().clone();
    let row = reader.records().next().unwrap().unwrap();
    let cell = |name: &str| row[names.iter().position(|column| column == name).unwrap()].to_owned();
    assert_eq!((cell("charges"), cell("tip")), ("0.50".to_owned(), "2.00".to_owned()));
    assert_eq!((cell("tax"), cell("tax_in_prices")), (format!("{}.{:02}", tax / 100, tax % 100), "no".to_owned()));
    assert!(cell("taxes").starts_with("New York State 4 % of "), "{}", cell("taxes"));
}

#[tokio::test]
async fn the_day_of_supply_decides_also_for_orders_of_before() {
    let (site, owner) = with_preset("DK").await;
    // Until Friday 25 %, from Saturday 10 %.
    let form = Form::of(&site, &owner, "tax").await.with("rate-0-until", "2026-11-20").with("step", "rate-add");
    let longer = page_of(form.send(&owner).await, 200).await;
    let form = form.again(&longer).with("rate-1-class", "food").with("rate-1-from", "2026-11-21");
    let form = form.with("rate-1-components", "Moms 10");
    let form = ["pickup", "delivery", "dine_in"].into_iter().fold(form, |form, mode| form.and("rate-1-modes", mode));
    form.save(&owner).await;
    let of = |rate: &str| format!("Moms {rate}");
    let now = guest::place(&site.app, &guest::pickup(&site.app)).await.unwrap();
    assert_eq!(rows(&bill_of(&site, &now).await)[0].0, of("25"));
    // Saturday 20:00, ordered on Friday.
    let due = app::domain::order::Due::At(FRIDAY_EVENING.plus_minutes(26 * 60));
    let later = NewOrder { due, ..guest::pickup(&site.app) };
    let asked = json!({ "lines": later.lines, "mode": "pickup", "due": due });
    let quote = reqwest::Client::new().post(site.api("/quotes")).json(&asked).send().await.unwrap();
    let quote: Value = quote.json().await.unwrap();
    assert_eq!(quote["bill"]["tax"]["rows"][0]["millionths"], 100_000, "{quote}");
    let later = guest::place(&site.app, &later).await.unwrap();
    assert_eq!(rows(&bill_of(&site, &later).await)[0].0, of("10"));
}

#[tokio::test]
async fn an_order_of_before_taxes_shows_none() {
    let (site, owner) = with_preset("DE").await;
    let order = guest::place(&site.app, &guest::pickup(&site.app)).await.unwrap();
    guest::change(&site.app, "UPDATE orders SET bill = bill - 'tax' WHERE restaurant_id = $1").await;
    let bill = bill_of(&site, &order).await;
    assert!(bill.tax.rows.is_empty());
    let receipt = owner.page(&site.dashboard(&format!("/history/{}/receipt", order.id))).await;
    assert!(receipt.contains(&bill.total.text(&bill_locale())) && !receipt.contains("id=\"taxes\""), "{receipt}");
    let takings = owner.page(&site.dashboard("/takings")).await;
    assert!(takings.contains("Fri 20 Nov 2026") && !takings.contains("By tax rate"), "{takings}");
}
