//! Settings of how a restaurant serves: from the form to what guests see, and what happens to those who are ordering.

use crate::web::site::{Browser, TestServer};
use reqwest::Response;
use serde_json::Value;

/// A form of a settings page as the browser has it: all fields that the page shows, in order.
pub struct Form {
    address: String,
    pub fields: Vec<(String, String)>,
}

impl Form {
    /// The form of a page of the fixture restaurant.
    pub async fn of(site: &TestServer, owner: &Browser, page: &str) -> Self {
        let address = site.dashboard(&format!("/settings/{page}"));
        let html = owner.page(&address).await;
        Self { address, fields: fields(&html) }
    }

    /// With another value of a field, or one more field.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        match self.fields.iter_mut().find(|(of, _)| of == name) {
            Some((_, old)) => value.clone_into(old),
            None => self.fields.push((name.to_owned(), value.to_owned())),
        }
        self
    }

    /// With one more value of a field, such as a checkbox of several.
    pub fn and(mut self, name: &str, value: &str) -> Self {
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Sent to another address than that of its page, such as the page without what fills the form.
    pub fn at(self, site: &TestServer, page: &str) -> Self {
        Self { address: site.dashboard(&format!("/settings/{page}")), ..self }
    }

    /// Without a field, such as a checkbox that is not checked.
    pub fn without(mut self, name: &str) -> Self {
        self.fields.retain(|(of, _)| of != name);
        self
    }

    /// The form on a page that a response shows again.
    pub fn again(&self, html: &str) -> Self {
        Self { address: self.address.clone(), fields: fields(html) }
    }

    pub async fn send(&self, browser: &Browser) -> Response {
        let fields: Vec<_> = self.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        browser.post(&self.address, &fields).await
    }

    /// Sends it and expects that it is saved.
    pub async fn save(&self, browser: &Browser) {
        let response = self.send(browser).await;
        let (status, place) = (response.status(), response.headers().get("location").cloned());
        assert_eq!(status, 303, "{}", response.text().await.unwrap());
        assert!(place.unwrap().to_str().unwrap().ends_with("?saved=1"));
    }
}

/// The values of the inputs, areas and choices of the first form with the method POST besides that of signing out.
fn fields(html: &str) -> Vec<(String, String)> {
    let form = html.split("<form ").find(|form| form.contains("name=\"base\"")).expect("a settings form");
    let form = form.split("</form>").next().unwrap();
    let mut found = Vec::new();
    for part in form.split('<').skip(1) {
        let (tag, after) = part.split_once('>').unwrap_or((part, ""));
        let attribute = |name: &str| {
            let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
            Some(rest.split('"').next().unwrap().to_owned())
        };
        let is_box = tag.contains("type=\"checkbox\"") || tag.contains("type=\"radio\"");
        if tag.starts_with("input") && (!is_box || tag.contains(" checked")) {
            found.push((attribute("name").unwrap(), attribute("value").unwrap_or_default()));
        } else if tag.starts_with("textarea") {
            found.push((attribute("name").unwrap(), after.trim_start_matches('\n').to_owned()));
        } else if tag.starts_with("select") {
            found.push((attribute("name").unwrap(), String::new()));
        } else if tag.starts_with("option") && tag.contains(" selected") {
            found.last_mut().unwrap().1 = attribute("value").unwrap_or_default();
        }
    }
    found
}

pub async fn owner(site: &TestServer) -> Browser {
    let owner = Browser::new();
    site.sign_in(&owner).await;
    owner
}

pub async fn page_of(response: Response, status: u16) -> String {
    assert_eq!(response.status(), status);
    response.text().await.unwrap()
}

/// A row of the audit log of an action: its old and new value.
pub async fn audited(site: &TestServer, action: &str) -> Vec<(Value, Value)> {
    let mut connection = <sqlx::PgConnection as sqlx::Connection>::connect(site.app.url()).await.unwrap();
    sqlx::query_as("SELECT before, after FROM audit_log WHERE restaurant_id = $1 AND action = $2 ORDER BY entry_id")
        .bind(site.app.restaurant.uuid())
        .bind(action)
        .fetch_all(&mut connection)
        .await
        .unwrap()
}

#[tokio::test]
async fn every_page_saves_what_it_shows_without_a_change() {
    let site = TestServer::start().await;
    let owner = owner(&site).await;
    for page in ["service", "delivery", "charges", "tables", "tax"] {
        let form = Form::of(&site, &owner, page).await;
        form.save(&owner).await;
        assert_eq!(audited(&site, &format!("settings.{page}")).await, [], "{page}");
        let again = Form::of(&site, &owner, page).await;
        assert_eq!(again.fields, form.fields, "{page}");
        let html = owner.page(&site.dashboard(&format!("/settings/{page}?saved=1"))).await;
        assert!(html.contains("Saved.") && html.contains("noindex"), "{page}");
    }
    for role in ["kitchen", "floor"] {
        let browser = Browser::new();
        site.sign_in_as(&browser, role).await;
        for page in ["service", "delivery", "charges", "tables", "tables/print", "tax"] {
            assert_eq!(browser.get(&site.dashboard(&format!("/settings/{page}"))).await.status(), 403, "{page}");
        }
        let form = Form::of(&site, &owner, "tax").await;
        assert_eq!(form.send(&browser).await.status(), 403);
    }
}

#[tokio::test]
async fn names_for_the_tax_office_are_kept_as_typed() {
    let site = TestServer::start().await;
    let owner = owner(&site).await;
    let form = Form::of(&site, &owner, "tax").await;
    form.with("legal_name", " Corner <Kitchen>  GmbH ").with("tax_number", "DE 123").save(&owner).await;
    let saved = Form::of(&site, &owner, "tax").await;
    assert!(saved.fields.contains(&("legal_name".to_owned(), "Corner &lt;Kitchen&gt; GmbH".to_owned())));
    let log = audited(&site, "settings.tax").await;
    assert_eq!((log[0].0["tax_number"].as_str(), log[0].1["tax_number"].as_str()), (Some(""), Some("DE 123")));
    let refused = Form::of(&site, &owner, "tax").await.with("tax_number", &"1".repeat(33));
    let page = page_of(refused.send(&owner).await, 422).await;
    assert!(page.contains("Keep it to 32 characters at most.") && page.contains(&"1".repeat(33)), "{page}");
}

#[tokio::test]
async fn two_people_who_edit_are_told_and_nothing_is_overwritten() {
    let site = TestServer::start().await;
    let owner = owner(&site).await;
    let manager = Browser::new();
    site.sign_in_as(&manager, "manager").await;
    let (first, second) = (Form::of(&site, &owner, "tables").await, Form::of(&site, &manager, "tables").await);
    first.with("tables", "1-4").save(&owner).await;
    let refused = second.with("tables", "Bar").send(&manager).await;
    let page = page_of(refused, 409).await;
    assert!(page.contains("changed this page while you were editing") && page.contains("Cook changed"), "{page}");
    assert!(page.contains(">Bar</textarea>"), "the typed text stays");
    let tables = Form::of(&site, &owner, "tables").await;
    assert!(tables.fields.contains(&("tables".to_owned(), "1\n2\n3\n4".to_owned())));
    // Edits of other parts do not conflict.
    let (delivery, tax) = (Form::of(&site, &owner, "delivery").await, Form::of(&site, &manager, "tax").await);
    delivery.with("zone-0-fee", "3").save(&owner).await;
    tax.with("tax_number", "1").save(&manager).await;
}

#[tokio::test]
async fn zones_are_added_moved_and_tried() {
    let site = TestServer::start().await;
    let owner = owner(&site).await;
    let form = Form::of(&site, &owner, "delivery").await.with("zone-0-name", "Nearby");
    let page = page_of(form.with("step", "add").send(&owner).await, 200).await;
    let longer = Form { address: site.dashboard("/settings/delivery"), fields: fields(&page) };
    assert!(longer.fields.contains(&("zone-0-name".to_owned(), "Nearby".to_owned())), "typed text stays");
    let longer = longer.with("zone-1-name", "Everywhere").with("zone-1-areas", "10*").with("zone-1-fee", "4,50");
    let wrong = longer.with("zone-1-minimum", "lots");
    let page = page_of(wrong.send(&owner).await, 422).await;
    assert!(page.contains("href=\"#zone-1-minimum\"") && page.contains("such as 12.50"), "{page}");
    wrong.with("zone-1-minimum", "20").save(&owner).await;
    let page = owner.page(&site.dashboard("/settings/delivery?try=10999")).await;
    assert!(page.contains("10999 is in “Everywhere”: €4.50, from €20.00 of dishes."), "{page}");
    let page = owner.page(&site.dashboard("/settings/delivery?try=99999")).await;
    assert!(page.contains("No zone takes 99999"), "{page}");
    for name in ["Nearby", "Everywhere"] {
        assert!(page.split("Postcodes in two zones").nth(1).unwrap().contains(name), "overlaps are told by name");
    }
    let form = Form::of(&site, &owner, "delivery").await.with("step", "remove-0");
    let page = page_of(form.send(&owner).await, 200).await;
    Form { address: site.dashboard("/settings/delivery"), fields: fields(&page) }.save(&owner).await;
    let log = audited(&site, "settings.delivery").await;
    assert_eq!((log[1].0.as_array().unwrap().len(), log[1].1.as_array().unwrap().len()), (2, 1));
}

#[tokio::test]
async fn hours_that_are_never_within_the_opening_hours_are_told() {
    let site = TestServer::start().await;
    let owner = owner(&site).await;
    let words = "The hours for delivery are never within the opening hours";
    Form::of(&site, &owner, "service").await.with("delivery-mon", "8-10").save(&owner).await;
    assert!(owner.page(&site.dashboard("/settings/service")).await.contains(words));
    Form::of(&site, &owner, "service").await.with("delivery-tue", "10:30-12").save(&owner).await;
    let page = owner.page(&site.dashboard("/settings/service")).await;
    assert!(!page.contains(words) && page.contains("Mon 08:00–10:00, Tue 10:30–12:00"), "{page}");
    let wrong = Form::of(&site, &owner, "service").await.with("delivery-wed", "noon").with("pickup-lead", "601");
    let page = page_of(wrong.send(&owner).await, 422).await;
    assert!(page.contains("href=\"#delivery-wed\"") && page.contains("Enter whole minutes from 0 to 600."), "{page}");
    assert!(page.contains("value=\"noon\"") && page.contains("value=\"601\""), "typed text stays");
}
