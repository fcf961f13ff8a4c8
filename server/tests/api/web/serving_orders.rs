//! Settings change while guests stand in the checkout: they get what they agreed to, or are shown what changed.

use crate::{
    app::FRIDAY_EVENING,
    guest,
    web::{
        forms::with_cart,
        serving::Form,
        site::{Browser, TestServer, hidden},
    },
};
use app::domain::time::Timestamp;
use reqwest::Response;

/// A guest with two Marinara for 15.80 in the checkout, and the owner.
struct Scene {
    site: TestServer,
    guest: Browser,
    owner: Browser,
    fields: Vec<(String, String)>,
}

impl Scene {
    /// With the checkout open for a mode and a time.
    async fn at_checkout(mode: &str, due: &str) -> Self {
        let site = TestServer::start().await;
        let owner = Browser::new();
        site.sign_in(&owner).await;
        let guest = with_cart(&site).await;
        let mut scene = Self { site, guest, owner, fields: Vec::new() };
        scene.open(mode, due).await;
        scene
    }

    /// Opens the checkout as it is now.
    async fn open(&mut self, mode: &str, due: &str) {
        let address = self.site.restaurant("/checkout");
        let personal = [
            ("mode", mode),
            ("due", due),
            ("name", "Ada"),
            ("phone", "+49 30 5550199"),
            ("street", "Kastanienallee 1"),
            ("postcode", "10435"),
            ("table", "1"),
            ("tip", "0"),
        ];
        let update: Vec<_> = personal.iter().copied().chain([("update", "1")]).collect();
        let page = self.guest.post(&address, &update).await.text().await.unwrap();
        let wait = format!("wait-{mode}");
        self.fields = personal.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        for name in ["order", "agreed", &wait] {
            if page.contains(&format!("name=\"{name}\"")) {
                self.fields.push((name.to_owned(), hidden(&page, name)));
            }
        }
    }

    async fn change(&self, page: &str, changes: &[(&str, &str)]) {
        let mut form = Form::of(&self.site, &self.owner, page).await;
        for (name, value) in changes {
            form =
                if value.is_empty() && name.ends_with("offered") { form.without(name) } else { form.with(name, value) };
        }
        form.save(&self.owner).await;
    }

    async fn order(&self) -> Response {
        let fields: Vec<_> = self.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.guest.post(&self.site.restaurant("/checkout"), &fields).await
    }

    /// Expects that the order is not placed, and that the page says why.
    async fn is_told(&self, status: u16, words: &str) {
        let response = self.order().await;
        let got = response.status();
        let page = response.text().await.unwrap();
        assert_eq!(got, status, "{page}");
        assert!(page.contains(words), "{words}: {page}");
        assert_eq!(self.site.app.count("orders").await, 0);
    }

    /// The promised time of the order in minutes after the beginning.
    async fn promised(&self) -> i64 {
        let statement = "SELECT (extract(epoch FROM estimated_at) * 1000)::bigint FROM orders WHERE restaurant_id = $1";
        let at = Timestamp::from_millis(guest::number(&self.site.app, statement).await);
        FRIDAY_EVENING.minutes_until(at)
    }

    /// Expects that the order is placed, and returns its page.
    async fn is_placed(&self) -> String {
        let response = self.order().await;
        let (status, place) = (response.status(), response.headers().get("location").cloned());
        assert_eq!(status, 303, "{}", response.text().await.unwrap());
        self.guest.page(&self.site.url(place.unwrap().to_str().unwrap())).await
    }
}

#[tokio::test]
async fn a_longer_lead_is_shown_before_it_counts() {
    let mut scene = Scene::at_checkout("pickup", "asap").await;
    scene.change("service", &[("pickup-lead", "50")]).await;
    scene.is_told(409, "As soon as possible is now about 18:50, in 50 minutes instead of 15.").await;
    scene.open("pickup", "asap").await;
    scene.is_placed().await;
    assert_eq!(scene.promised().await, 50);
}

#[tokio::test]
async fn a_shorter_lead_keeps_a_chosen_time() {
    let at = FRIDAY_EVENING.plus_minutes(60);
    let scene = Scene::at_checkout("pickup", &at.millis().to_string()).await;
    scene.change("service", &[("pickup-lead", "5")]).await;
    assert!(scene.is_placed().await.contains("19:00"));
}

#[tokio::test]
async fn a_chosen_time_that_a_longer_lead_rules_out_is_told() {
    let at = FRIDAY_EVENING.plus_minutes(30);
    let scene = Scene::at_checkout("pickup", &at.millis().to_string()).await;
    scene.change("service", &[("pickup-lead", "45")]).await;
    scene.is_told(422, "18:30 is not offered any more. The first one is 18:45.").await;
}

#[tokio::test]
async fn time_that_passes_in_the_checkout_is_no_change() {
    let scene = Scene::at_checkout("pickup", "asap").await;
    let later = Timestamp::from_millis(FRIDAY_EVENING.millis() + 7 * 60_000 + 1_234);
    scene.site.at(later);
    scene.is_placed().await;
    assert_eq!(scene.promised().await, 23);
}

#[tokio::test]
async fn another_fee_is_shown_before_it_counts() {
    let mut scene = Scene::at_checkout("delivery", "asap").await;
    scene.change("delivery", &[("zone-0-fee", "3,50")]).await;
    scene.is_told(409, "The total is now €19.80 instead of €18.20").await;
    scene.open("delivery", "asap").await;
    assert!(scene.is_placed().await.contains("19.80"));
}

#[tokio::test]
async fn a_zone_that_is_gone_or_wants_more_is_told() {
    let scene = Scene::at_checkout("delivery", "asap").await;
    scene.change("delivery", &[("zone-0-minimum", "20")]).await;
    scene.is_told(422, "Prenzlauer Berg needs items for at least €20.00; €4.20 is missing.").await;
    scene.change("delivery", &[("zone-0-areas", "12*")]).await;
    scene.is_told(422, "The restaurant does not deliver to 10435.").await;
}

#[tokio::test]
async fn a_minimum_of_the_mode_is_told_everywhere() {
    let scene = Scene::at_checkout("pickup", "asap").await;
    scene.change("service", &[("pickup-minimum", "16")]).await;
    let words = "Pickup needs items for at least €16.00; €0.20 is missing.";
    scene.is_told(422, words).await;
    for page in ["/cart", "/checkout"] {
        let page = scene.guest.page(&scene.site.restaurant(page)).await;
        assert!(page.contains(words) && page.contains("€16.30"), "with the bill: {page}");
    }
    assert!(scene.guest.page(&scene.site.restaurant("")).await.contains("Pickup: from €16.00 of dishes"));
    let asked =
        serde_json::json!({ "lines": [{ "item": scene.site.app.item("marinara"), "quantity": 2 }], "mode": "pickup" });
    let quote = scene.guest.0.post(scene.site.api("/quotes")).json(&asked).send().await.unwrap();
    assert_eq!(quote.status(), 422);
    assert!(quote.text().await.unwrap().contains("below_minimum"));
    scene.change("service", &[("pickup-minimum", "15,80")]).await;
    scene.is_placed().await;
}

#[tokio::test]
async fn places_that_others_took_are_shown_before_they_count() {
    let mut scene = Scene::at_checkout("pickup", "asap").await;
    scene.change("service", &[("pickup-orders", "1")]).await;
    let slot = format!(
        "INSERT INTO slot_loads VALUES ('{}', 'pickup', to_timestamp(1795194000 + 900), 1)",
        scene.site.app.restaurant
    );
    scene.site.app.sql(&slot).await;
    scene.is_told(409, "As soon as possible is now about 18:30, in 30 minutes instead of 15.").await;
    scene.open("pickup", "asap").await;
    scene.is_placed().await;
    assert_eq!(scene.promised().await, 30);
    let at = FRIDAY_EVENING.plus_minutes(30);
    let mut late = Scene { guest: with_cart(&scene.site).await, ..scene };
    late.open("pickup", &at.millis().to_string()).await;
    let response = late.order().await;
    assert_eq!(response.status(), 409);
    assert!(response.text().await.unwrap().contains("The time you chose, 18:30, is full. Choose another."));
}

#[tokio::test]
async fn another_charge_is_shown_before_it_counts() {
    let mut scene = Scene::at_checkout("pickup", "asap").await;
    scene.change("charges", &[("charge-0-name", "Box"), ("charge-0-value", "1")]).await;
    scene.is_told(409, "The total is now €16.80 instead of €16.30").await;
    scene.open("pickup", "asap").await;
    assert!(scene.is_placed().await.contains("Box"));
}

#[tokio::test]
async fn hours_of_a_mode_count_at_once_and_everywhere() {
    let scene = Scene::at_checkout("delivery", "asap").await;
    let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].map(|day| (format!("delivery-{day}"), "19-21"));
    let days: Vec<_> = days.iter().map(|(name, hours)| (name.as_str(), *hours)).collect();
    scene.change("service", &days).await;
    scene
        .is_told(409, "The restaurant takes no orders for delivery now: opens 19:00. Choose one of the offered times.")
        .await;
    let page = scene.guest.page(&scene.site.restaurant("")).await;
    assert!(page.contains("Delivery: Mon–Sun 19:00–21:00") && page.contains("Open until 22:30"), "{page}");
    let at = |minutes| FRIDAY_EVENING.plus_minutes(minutes).millis().to_string();
    for (minutes, offered) in [(45, false), (90, false), (105, true), (180, true), (195, false)] {
        let page =
            scene.guest.post(&scene.site.restaurant("/checkout"), &[("mode", "delivery"), ("update", "1")]).await;
        let listed = page.text().await.unwrap().contains(&format!("<option value=\"{}\"", at(minutes)));
        assert_eq!(listed, offered, "{minutes}");
    }
    let mut scene = scene;
    scene.open("delivery", &at(105)).await;
    assert!(scene.is_placed().await.contains("19:45"));
    scene.site.at(FRIDAY_EVENING.plus_minutes(60));
    assert!(scene.guest.page(&scene.site.restaurant("")).await.contains("40 min"));
}

#[tokio::test]
async fn a_mode_that_is_switched_off_is_told_and_keeps_its_settings() {
    let scene = Scene::at_checkout("dine_in", "asap").await;
    scene.change("service", &[("dine_in-offered", "")]).await;
    scene.is_told(422, "This restaurant does not offer dine in.").await;
    let form = Form::of(&scene.site, &scene.owner, "service").await;
    let lead = ("dine_in-lead".to_owned(), "10".to_owned());
    assert!(form.fields.contains(&lead) && !form.fields.iter().any(|(name, _)| name == "dine_in-offered"));
    scene.change("service", &[("dine_in-offered", "1")]).await;
    scene.change("tables", &[("tables", "2\n3")]).await;
    scene.is_told(422, "There is no such table here. Choose one of the list.").await;
    scene.change("tables", &[("tables", "1-3")]).await;
    assert!(scene.is_placed().await.contains("Table 1"));
}
