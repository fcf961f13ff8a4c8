//! Delivery zones by circle and polygon: drawn by the owner, and what guests with and without a location are told.

use crate::{
    app::FRIDAY_EVENING,
    guest,
    web::{
        forms::with_cart,
        serving::Form,
        site::{Browser, TestServer, hidden},
    },
};
use serde_json::{Value, json};

/// The fixture restaurant is at 52.5403, 13.4127.
const INSIDE: &str = "52.5450, 13.4150";
const ON_THE_BORDER: &str = "52.55, 13.41";
const OUTSIDE: &str = "52.6, 13.6";
const CORNERS: &str = "52.5300, 13.4000\n52.5300, 13.4300\n52.5500, 13.4300\n52.5500, 13.4000";

/// An owner, and one zone that is drawn instead of the fixture's postcodes, for 2.50.
async fn drawn(fields: &[(&str, &str)]) -> (TestServer, Browser) {
    let site = TestServer::start().await;
    let owner = Browser::new();
    site.sign_in(&owner).await;
    let zone = [("zone-0-areas", ""), ("zone-0-fee", "2.50"), ("zone-0-minimum", ""), ("zone-0-free_from", "")];
    let form = Form::of(&site, &owner, "delivery").await;
    let form = zone.iter().chain(fields).fold(form, |form, (name, value)| form.with(name, value));
    form.save(&owner).await;
    (site, owner)
}

async fn polygon() -> (TestServer, Browser) {
    drawn(&[("zone-0-by", "polygon"), ("zone-0-corners", CORNERS)]).await
}

/// The response to the checkout form of a guest with two Marinara: its status and page.
async fn ordered(site: &TestServer, more: &[(&str, &str)]) -> (u16, String, Browser) {
    let guest = with_cart(site).await;
    let address = site.restaurant("/checkout");
    let mut fields = vec![
        ("mode", "delivery"),
        ("due", "asap"),
        ("name", "Ada"),
        ("phone", "+49 30 5550199"),
        ("street", "Kastanienallee 1"),
        ("postcode", "99999"),
        ("tip", "0"),
    ];
    fields.retain(|(name, _)| more.iter().all(|(other, _)| other != name));
    fields.extend(more);
    let update: Vec<_> = fields.iter().copied().chain([("update", "1")]).collect();
    let page = guest.post(&address, &update).await.text().await.unwrap();
    let known = ["order", "agreed", "wait-delivery"].map(|name| (name, hidden(&page, name)));
    fields.extend(known.iter().map(|(name, value)| (*name, value.as_str())));
    let response = guest.post(&address, &fields).await;
    let (status, location) = (response.status().as_u16(), response.headers().get("location").cloned());
    let page = match location {
        Some(location) => guest.page(&site.url(location.to_str().unwrap())).await,
        None => response.text().await.unwrap(),
    };
    (status, page, guest)
}

async fn quoted(site: &TestServer, more: Value) -> (u16, Value) {
    let lines = json!([{ "item": site.app.item("marinara"), "quantity": 2 }]);
    let mut body = json!({ "lines": lines, "mode": "delivery" });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let answer = Browser::new().0.post(site.api("/quotes")).json(&body).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

fn fee(quote: &Value) -> Option<i64> {
    let rows = quote["bill"]["rows"].as_array()?;
    rows.iter().find(|row| row["kind"] == "delivery")?["amount"]["minor"].as_i64()
}

#[tokio::test]
async fn a_polygon_takes_guests_by_their_location_up_to_its_border() {
    let (site, owner) = polygon().await;
    let saved = Form::of(&site, &owner, "delivery").await;
    let corners = "52.53000, 13.40000\n52.53000, 13.43000\n52.55000, 13.43000\n52.55000, 13.40000";
    assert!(saved.fields.contains(&("zone-0-corners".to_owned(), corners.to_owned())), "{:?}", saved.fields);
    for location in [INSIDE, ON_THE_BORDER, "9F4MGCR7+43", "GCR7+43 Berlin", "52.545° N, 13.415° E"] {
        let (status, page, _) = ordered(&site, &[("location", location)]).await;
        assert_eq!(status, 303, "{location}: {page}");
        assert!(page.contains("€18.80"), "15.80, packaging and 2.50: {page}");
    }
    let (status, page, _) = ordered(&site, &[("location", OUTSIDE)]).await;
    assert_eq!(status, 422);
    assert!(page.contains("The restaurant does not deliver to this location.") && page.contains(OUTSIDE), "{page}");
}

#[tokio::test]
async fn a_guest_without_a_location_is_asked_for_it_and_loses_nothing() {
    let (site, _) = polygon().await;
    let (status, page, guest) = ordered(&site, &[]).await;
    assert_eq!(status, 422);
    assert!(page.contains("99999 alone does not tell whether the restaurant delivers to you."), "{page}");
    assert!(page.contains("href=\"#location\"") && page.contains("value=\"Kastanienallee 1\""), "{page}");
    for text in ["Berlin", "91, 13", "52.54"] {
        let (status, page, _) = ordered(&site, &[("location", text), ("name", "")]).await;
        assert_eq!(status, 422);
        assert!(page.contains("Enter latitude and longitude, such as 52.5403, 13.4127"), "{page}");
        assert!(page.contains(&format!("value=\"{text}\"")), "typed text stays: {page}");
        assert!(page.contains("Enter the name the order is called out by."), "with all other problems: {page}");
    }
    assert_eq!(site.app.count("orders").await, 0);
    guest.post(&site.restaurant("/cart"), &[("action", "mode"), ("mode", "delivery")]).await;
    let cart = guest.page(&site.restaurant("/cart")).await;
    assert!(cart.contains("by your location on the map of the checkout"), "{cart}");
}

#[tokio::test]
async fn a_circle_is_around_the_restaurant_or_another_middle() {
    let (site, owner) = drawn(&[("zone-0-by", "circle"), ("zone-0-radius", "1,5")]).await;
    let near = json!({ "location": { "latitude": 52.5450, "longitude": 13.4150 } });
    let far = json!({ "location": { "latitude": 52.5600, "longitude": 13.4127 } });
    assert_eq!(fee(&quoted(&site, near.clone()).await.1), Some(250));
    // Phones have more decimals than are kept.
    let exact = json!({ "location": { "latitude": 52.545_004_928_3, "longitude": 13.414_998_123_4 } });
    assert_eq!(fee(&quoted(&site, exact).await.1), Some(250));
    let (status, refused) = quoted(&site, far.clone()).await;
    assert_eq!((status, &refused["errors"][0]["field"]), (422, &json!("location")), "{refused}");
    assert_eq!(refused["errors"][0]["code"], "outside_zones");
    let form = Form::of(&site, &owner, "delivery").await;
    assert!(form.fields.contains(&("zone-0-radius".to_owned(), "1.5".to_owned())), "{:?}", form.fields);
    form.with("zone-0-centre", "52.5600, 13.4127").save(&owner).await;
    assert_eq!(fee(&quoted(&site, far).await.1), Some(250));
    assert_eq!(quoted(&site, near).await.0, 422);
}

#[tokio::test]
async fn postcodes_take_who_is_in_no_shape() {
    let (site, owner) = polygon().await;
    let page = Form::of(&site, &owner, "delivery").await.with("step", "add").send(&owner).await.text().await.unwrap();
    assert!(page.contains("name=\"zone-1-name\""));
    let form = Form::of(&site, &owner, "delivery").await.with("zone-1-name", "Code").with("zone-1-areas", "10435");
    form.with("zone-1-fee", "4").save(&owner).await;
    let outside = json!({ "latitude": 52.6, "longitude": 13.6 });
    let inside = json!({ "latitude": 52.545, "longitude": 13.415 });
    for (asked, expected) in [
        (json!({ "postcode": "10435" }), Some(400)),
        (json!({ "postcode": "10435", "location": outside }), Some(400)),
        (json!({ "postcode": "10435", "location": inside }), Some(250)),
        (json!({ "location": inside }), Some(250)),
    ] {
        assert_eq!(fee(&quoted(&site, asked.clone()).await.1), expected, "{asked}");
    }
    let (status, needed) = quoted(&site, json!({ "postcode": "99999" })).await;
    assert_eq!((status, &needed["errors"][0]["code"]), (422, &json!("location_needed")), "{needed}");
    for (location, part) in [
        (json!({ "latitude": 91, "longitude": 0 }), "a number from -90 to 90"),
        (json!({ "latitude": 0, "longitude": "13" }), "a number from -180 to 180"),
        (json!({ "latitude": 0 }), "`location/longitude` is missing"),
        (json!([52, 13]), "an object with `latitude` and `longitude` or null"),
    ] {
        let (status, told) = quoted(&site, json!({ "location": location })).await;
        assert_eq!(status, 400, "{told}");
        assert!(told["detail"].as_str().unwrap().contains(part), "{told}");
    }
    let page = owner.page(&site.dashboard("/settings/delivery?try=52.545%2C+13.415")).await;
    assert!(page.contains("52.545, 13.415 is in “Prenzlauer Berg”: €2.50"), "{page}");
    let page = owner.page(&site.dashboard("/settings/delivery?try=99999")).await;
    assert!(page.contains("No zone takes 99999 by its postcode"), "{page}");
}

#[tokio::test]
async fn what_cannot_be_drawn_is_told_at_its_field() {
    let (site, owner) = polygon().await;
    for (field, value, words) in [
        ("corners", "52.53, 13.40\n52.53, 13.43", "Set at least 3 corners."),
        ("corners", "52.53, 13.40\nhere\n52.55, 13.43", "“here” is no location."),
        ("corners", "52.53, 13.40\n52.55, 13.43\n52.53, 13.43\n52.55, 13.40", "The sides cross or touch"),
        ("corners", "52.53, 13.40\n5.53, 13.43\n52.55, 13.40", "more than 200 km apart"),
        ("corners", "-16.8, 179.9\n-16.8, -179.9\n-16.9, 179.9", "180th meridian"),
    ] {
        let form = Form::of(&site, &owner, "delivery").await.with(&format!("zone-0-{field}"), value);
        let response = form.send(&owner).await;
        assert_eq!(response.status(), 422);
        let page = response.text().await.unwrap();
        assert!(page.contains(words) && page.contains(&format!("href=\"#zone-0-{field}\"")), "{words}: {page}");
        assert!(page.contains(value.lines().last().unwrap()), "typed text stays: {page}");
    }
    for radius in ["", "0", "101", "near", "-1"] {
        let form = Form::of(&site, &owner, "delivery").await.with("zone-0-by", "circle").with("zone-0-radius", radius);
        let page = form.send(&owner).await.text().await.unwrap();
        assert!(page.contains("Enter kilometres from 0.05 to 100, such as 2.5."), "{radius}: {page}");
    }
    let refused = Form::of(&site, &owner, "general").await.with("location", "").send(&owner).await;
    assert_eq!(refused.status(), 303, "a polygon needs no restaurant");
    let page = owner.page(&site.dashboard("/settings/delivery")).await;
    assert!(page.contains("Enter it in the general settings") && page.contains("52.53000, 13.40000"), "{page}");
    let circle = Form::of(&site, &owner, "delivery").await.with("zone-0-by", "circle").with("zone-0-radius", "3");
    let page = circle.send(&owner).await.text().await.unwrap();
    assert!(page.contains("is a circle around the restaurant, whose location is not known."), "{page}");
    Form::of(&site, &owner, "general").await.with("location", "9F4MGCR7+43").save(&owner).await;
    circle.save(&owner).await;
    let refused = Form::of(&site, &owner, "general").await.with("location", "").send(&owner).await;
    assert_eq!(refused.status(), 422);
    assert!(refused.text().await.unwrap().contains("A delivery zone is a circle around this location."));
}

#[tokio::test]
async fn the_audit_log_says_the_area_in_words() {
    let (site, owner) = polygon().await;
    let form = Form::of(&site, &owner, "delivery").await.with("zone-0-by", "circle").with("zone-0-radius", "2.5");
    form.save(&owner).await;
    let log = owner.page(&site.dashboard("/log")).await;
    assert!(log.contains("between 4 corners: 52.53000, 13.40000; 52.53000, 13.43000"), "{log}");
    assert!(log.contains("within 2.5 km of the restaurant"), "{log}");
}

#[tokio::test]
async fn an_order_keeps_the_location_for_the_courier() {
    let (site, owner) = polygon().await;
    let (status, page, _) = ordered(&site, &[("location", "52.545004, 13.415006")]).await;
    assert_eq!(status, 303, "{page}");
    let board = owner.page(&site.dashboard("/orders")).await;
    assert!(board.contains("href=\"geo:52.54500,13.41501\""), "{board}");
    let stored = "SELECT count(*) FROM orders WHERE restaurant_id = $1 AND latitude = 52.545 AND longitude = 13.41501";
    assert_eq!(guest::number(&site.app, stored).await, 1);
    // By the API, with the location rounded as well.
    let mut order = guest::delivery(&site.app, FRIDAY_EVENING.plus_minutes(120));
    let address = order.address.as_mut().unwrap();
    address.location = app::domain::location::Location::new(52.540_001, 13.42);
    let placed = guest::place(&site.app, &order).await.unwrap();
    let stored = "SELECT count(*) FROM orders WHERE restaurant_id = $1 AND latitude = 52.54 AND longitude = 13.42";
    assert_eq!(guest::number(&site.app, stored).await, 1, "{placed:?}");
}

#[tokio::test]
async fn an_area_that_changes_during_the_checkout_is_told() {
    let (site, owner) = polygon().await;
    let guest = with_cart(&site).await;
    let address = site.restaurant("/checkout");
    let fields = |page: &str| {
        let mut fields: Vec<_> = [
            ("mode", "delivery"),
            ("due", "asap"),
            ("name", "Ada"),
            ("phone", "+49 30 5550199"),
            ("street", "Kastanienallee 1"),
            ("postcode", "99999"),
            ("location", INSIDE),
            ("tip", "0"),
        ]
        .map(|(name, value)| (name, value.to_owned()))
        .to_vec();
        let known = ["order", "agreed", "wait-delivery"];
        fields.extend(known.iter().filter(|_| !page.is_empty()).map(|name| (*name, hidden(page, name))));
        fields
    };
    let send = async |fields: Vec<(&str, String)>| {
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let response = guest.post(&address, &fields).await;
        (response.status().as_u16(), response.text().await.unwrap())
    };
    let mut open = fields("");
    open.push(("update", "1".to_owned()));
    let agreed = fields(&send(open).await.1);
    let change = async |name: &str, value: &str| {
        Form::of(&site, &owner, "delivery").await.with(name, value).save(&owner).await;
    };
    change("zone-0-fee", "3").await;
    let (status, page) = send(agreed.clone()).await;
    assert_eq!(status, 409);
    assert!(page.contains("The total is now €19.30 instead of €18.80"), "{page}");
    change("zone-0-corners", "52.60, 13.50\n52.60, 13.60\n52.70, 13.60").await;
    let (status, page) = send(agreed.clone()).await;
    assert_eq!(status, 422);
    assert!(page.contains("The restaurant does not deliver to this location."), "{page}");
    assert_eq!(site.app.count("orders").await, 0);
    change("zone-0-corners", CORNERS).await;
    change("zone-0-fee", "2.50").await;
    assert_eq!(send(agreed).await.0, 303);
}
