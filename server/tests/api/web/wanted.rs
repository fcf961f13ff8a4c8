//! Scheduled orders through HTTP: the chosen time decides about menu, cart and checkout, with and without scripts.

use crate::{
    app::FRIDAY_EVENING,
    guest,
    web::site::{Browser, TestServer},
};
use app::domain::{
    board::SoldOut,
    order::{Due, NewOrder},
    time::Timestamp,
};
use reqwest::{Client, Response};
use serde_json::{Value, json};

/// Saturday, 18:30: items sold out on Friday are available again.
const TOMORROW: Timestamp = FRIDAY_EVENING.plus_minutes(24 * 60 + 30);

async fn place(site: &TestServer, key: &str, order: &NewOrder) -> Response {
    Client::new().post(site.api("/orders")).header("idempotency-key", key).json(order).send().await.unwrap()
}

async fn json_of(response: Response, status: u16) -> Value {
    let was = response.status();
    let text = response.text().await.unwrap();
    assert_eq!(was, status, "{text}");
    serde_json::from_str(&text).unwrap()
}

async fn water_is_sold_out_today(site: &TestServer) {
    let mark = app::domain::board::MenuChange::ItemSoldOut(site.app.item("water"), SoldOut::Today);
    let app = &site.app;
    server::menus::change(&app.context, &app.staff(), &app.slug, &mark).await.unwrap();
}

/// The row of an item on a menu page.
fn row<'a>(page: &'a str, id: &str) -> &'a str {
    let row = page.split_once(&format!("data-dish=\"{id}\"")).expect("the dish is on the page").1;
    row.split("</li>").next().unwrap()
}

#[tokio::test]
async fn a_pause_refuses_what_is_wanted_before_its_end_only() {
    let site = TestServer::start().await;
    let staff = Browser::new();
    site.sign_in(&staff).await;
    let pause = [("change", "pause"), ("value", "60"), ("target", "")];
    assert_eq!(staff.post(&site.dashboard("/menu"), &pause).await.status(), 303);

    let order = guest::pickup(&site.app);
    let asap = json_of(place(&site, "asap", &order).await, 409).await;
    assert_eq!(asap["code"], "paused");
    let during = NewOrder { due: Due::At(FRIDAY_EVENING.plus_minutes(30)), ..order.clone() };
    let during = json_of(place(&site, "during", &during).await, 409).await;
    assert_eq!((during["code"].as_str(), during["errors"][0]["field"].as_str()), (Some("paused"), Some("due")));
    assert_eq!(during["detail"], "The kitchen has paused orders until 19:00. Choose 19:15 or later.");

    let asked = json!({ "lines": order.lines, "mode": "pickup" });
    let quote = Client::new().post(site.api("/quotes")).json(&asked).send().await.unwrap();
    let quote = json_of(quote, 200).await;
    let first = quote["slots"][0]["at"].as_i64().unwrap();
    assert_eq!(first, FRIDAY_EVENING.plus_minutes(75).millis());
    let after = NewOrder { due: Due::At(Timestamp::from_millis(first)), ..order };
    json_of(place(&site, "after", &after).await, 201).await;
}

#[tokio::test]
async fn a_guest_chooses_a_time_without_scripts_and_sees_its_menu() {
    let site = TestServer::start().await;
    water_is_sold_out_today(&site).await;
    let water = site.app.item("water").to_string();
    let (browser, at) = (Browser::new(), TOMORROW.millis().to_string());
    let now = browser.page(&site.restaurant("")).await;
    assert!(row(&now, &water).contains("Sold out until Sat 18:00"), "{}", row(&now, &water));
    assert!(now.contains(&format!("<option value=\"{at}\"")) && now.contains("Sat 18:30"));

    let chosen = browser.post(&site.restaurant("/cart"), &[("action", "due"), ("due", &at)]).await;
    assert_eq!(chosen.status(), 303);
    let address = chosen.headers()["location"].to_str().unwrap().to_owned();
    assert_eq!(address, format!("/restaurants/{}?due={at}", site.app.slug));
    let then = browser.get(&site.url(&address)).await;
    assert_eq!(then.headers()["cache-control"], "no-store");
    let then = then.text().await.unwrap();
    assert!(then.contains("Dishes for Sat 18:30."));
    assert!(then.contains("Not served Sat 18:30, only "));
    let form = row(&then, &water);
    assert!(!form.contains("Sold out") && form.contains(&format!("name=\"due\" value=\"{at}\"")), "{form}");

    let add = [("action", "add"), ("item", water.as_str()), ("quantity", "1"), ("due", at.as_str())];
    assert_eq!(browser.post(&site.restaurant(&format!("/items/{water}")), &add).await.status(), 303);
    let cart = browser.page(&site.restaurant("/cart")).await;
    assert!(cart.contains("Dishes for Sat 18:30.") && cart.contains(&format!("href=\"{address}\"")));
    assert!(browser.page(&site.restaurant(&format!("/items/{water}"))).await.contains("Dishes for Sat 18:30."));
    let checkout = browser.page(&site.restaurant("/checkout")).await;
    assert!(checkout.contains(&format!("<option value=\"{at}\" selected")), "the time is chosen already");
    // ASAP it is sold out, which the checkout reports before the order.
    let update = [("update", "1"), ("due", "asap"), ("mode", "pickup")];
    let asap = browser.post(&site.restaurant("/checkout"), &update).await.text().await.unwrap();
    assert!(asap.contains("Still water: Sold out until Sat 18:00."));

    // The page that all guests share does not depend on it.
    let shared = Browser::new().page(&site.restaurant("")).await;
    assert!(row(&shared, &water).contains("Sold out until Sat 18:00"));
    assert_eq!(browser.page(&site.restaurant("")).await, shared);
}

#[tokio::test]
async fn a_time_that_is_not_offered_is_told_with_the_first_that_is() {
    let site = TestServer::start().await;
    let browser = Browser::new();
    let past = FRIDAY_EVENING.plus_minutes(-60).millis().to_string();
    let refused = browser.post(&site.restaurant("/cart"), &[("action", "due"), ("due", &past)]).await;
    assert_eq!(refused.status(), 422);
    let page = refused.text().await.unwrap();
    assert!(page.contains("17:00 is not offered any more. The first one is 18:15."));
    assert!(page.contains("Marinara"), "the menu is there to go on from");
    let words = [("action", "due"), ("due", "tomorrow")];
    assert_eq!(browser.post_for_json(&site.restaurant("/cart"), &words).await.status(), 422);
    let gone = browser.page(&site.restaurant(&format!("?due={past}"))).await;
    assert!(
        gone.contains("17:00 is not offered any more. The first one is 18:15.") && gone.contains("Dishes for now.")
    );
    assert!(gone.contains(&format!("<option value=\"{past}\" selected>17:00 · not available</option>")), "{gone}");
    let rubbish = browser.get(&site.restaurant("?due=9999999999999999999")).await;
    assert_eq!(rubbish.status(), 200, "an address that says no time shows the menu of now");
}

#[tokio::test]
async fn programs_read_the_menu_of_a_time() {
    let site = TestServer::start().await;
    water_is_sold_out_today(&site).await;
    let water = site.app.item("water").to_string();
    let sold_out = |menu: &Value| {
        let sections = menu["sections"].as_array().unwrap().iter();
        let mut items = sections.flat_map(|section| section["items"].as_array().unwrap());
        items.find(|item| item["id"] == *water).unwrap()["sold_out"].clone()
    };
    let read = async |query: String, status: u16| {
        json_of(reqwest::get(site.api(&format!("/menu{query}"))).await.unwrap(), status).await
    };
    let (now, asap) = (read(String::new(), 200).await, read("?due=asap".to_owned(), 200).await);
    assert_eq!(now, asap);
    assert_eq!(sold_out(&now), "Sold out until Sat 18:00");
    assert_eq!(sold_out(&read(format!("?due={}", TOMORROW.millis()), 200).await), Value::Null);
    assert_eq!(read("?due=12345".to_owned(), 409).await["code"], "time_not_offered");
    for wrong in ["?due=", "?due=-5", "?due=soon", "?due=%FF", "?due=9999999999999999999"] {
        assert_eq!(read(wrong.to_owned(), 422).await["errors"][0]["field"], "due", "{wrong}");
    }
    let asked = json!({
        "lines": [{ "item": water, "quantity": 1 }], "mode": "pickup", "due": { "at": TOMORROW.millis() }
    });
    let quote = Client::new().post(site.api("/quotes")).json(&asked).send().await.unwrap();
    assert_eq!(json_of(quote, 200).await["bill"]["total"]["minor"], 300);
}

#[tokio::test]
async fn a_tip_in_percent_is_of_what_is_ordered_for_later() {
    let site = TestServer::start().await;
    let browser = Browser::new();
    let (water, marinara) = (site.app.item("water").to_string(), site.app.item("marinara").to_string());
    water_is_sold_out_today(&site).await;
    let at = TOMORROW.millis().to_string();
    // The cart's time is ASAP again, when the water is not on its bill.
    for (item, due) in [(&water, at.as_str()), (&marinara, "asap")] {
        let add = [("action", "add"), ("item", item.as_str()), ("quantity", "1"), ("due", due)];
        assert_eq!(browser.post(&site.restaurant("/cart"), &add).await.status(), 303);
    }
    let shown = [("update", "1"), ("due", at.as_str()), ("mode", "pickup"), ("tip", "10")];
    let page = browser.post(&site.restaurant("/checkout"), &shown).await.text().await.unwrap();
    let (order, agreed) = (crate::web::site::hidden(&page, "order"), crate::web::site::hidden(&page, "agreed"));
    let form = [
        ("order", order.as_str()),
        ("agreed", agreed.as_str()),
        ("mode", "pickup"),
        ("due", at.as_str()),
        ("name", "Ada"),
        ("phone", "+49 30 5550199"),
        ("tip", "10"),
    ];
    let placed = json_of(browser.post_for_json(&site.restaurant("/checkout"), &form).await, 201).await;
    assert_eq!(placed["total"]["minor"], 250 + 790 + 50 + 104);
}

#[tokio::test]
async fn the_editor_changes_the_price_that_counts() {
    let site = TestServer::start().await;
    let staff = Browser::new();
    site.sign_in(&staff).await;
    let mozzarella = site.app.modifier("toppings", "mozzarella").to_string();
    let editor = staff.page(&site.dashboard("/menu")).await;
    for (size, words) in [("small", "Price, 26 cm"), ("large", "Price, 33 cm")] {
        assert!(editor.contains(&format!("name=\"target\" value=\"{mozzarella}:{size}\"")), "{size}");
        assert!(editor.contains(words), "{words}");
    }
    assert!(!editor.contains(&format!("id=\"modifier_price-{mozzarella}\"")), "no field that changes nothing");
    let target = format!("{mozzarella}:large");
    let form = [("change", "modifier_size_price"), ("target", target.as_str()), ("value", "3.05")];
    assert_eq!(staff.post(&site.dashboard("/menu"), &form).await.status(), 303);
    let mut line = site.app.line("margherita", &[("toppings", "mozzarella")]);
    line.variant = Some(site.app.variant("margherita", "large"));
    let asked = json!({ "lines": [line], "mode": "pickup" });
    let quote = Client::new().post(site.api("/quotes")).json(&asked).send().await.unwrap();
    assert_eq!(json_of(quote, 200).await["bill"]["subtotal"]["minor"], 1_190 + 305);

    let wrong = [("change", "modifier_size_price"), ("target", target.as_str()), ("value", "cheap")];
    let refused = staff.post(&site.dashboard("/menu"), &wrong).await;
    assert_eq!(refused.status(), 422);
    let page = refused.text().await.unwrap();
    assert!(page.contains("value=\"cheap\"") && page.contains("Enter a price"), "what was typed stays at its field");
    assert!(!page.contains("id=\"problems\""), "it is told at its row");
    for target in [mozzarella.clone(), format!("{mozzarella}:giant"), "x:large".to_owned()] {
        let form = [("change", "modifier_size_price"), ("target", target.as_str()), ("value", "1.00")];
        assert_eq!(staff.post(&site.dashboard("/menu"), &form).await.status(), 422, "{target}");
    }
}

#[tokio::test]
async fn the_editor_says_which_dish_lacks_its_choices() {
    let site = TestServer::start().await;
    let staff = Browser::new();
    site.sign_in(&staff).await;
    for choice in ["fries", "bread"] {
        let target = site.app.modifier("side", choice).to_string();
        let form = [("change", "modifier_sold_out"), ("target", target.as_str()), ("value", "until_stocked")];
        assert_eq!(staff.post(&site.dashboard("/menu"), &form).await.status(), 303);
    }
    let steak = site.app.item("steak").to_string();
    let editor = staff.page(&site.dashboard("/menu")).await;
    let row = editor.split_once(&format!("id=\"row-{steak}\"")).unwrap().1.split("</details>").next().unwrap();
    assert!(row.contains("No choices left for “Choose a side”"), "{row}");
    assert!(row.contains("Sold out today") && !row.contains("Available again"), "it is not marked itself: {row}");
    let guest = Browser::new().page(&site.restaurant(&format!("/items/{steak}"))).await;
    assert!(guest.contains("No choices left for “Choose a side”") && guest.contains("Not available"));
}
