//! How long data of guests is kept, over HTTP, and what pages show after it was removed.

use crate::{
    app::FRIDAY_EVENING,
    guest,
    web::site::{Browser, TestServer, hidden},
};
use ::app::domain::order::Verb;
use server::retention;

#[tokio::test]
async fn the_time_is_set_by_a_form_that_notices_other_changes() {
    let site = TestServer::start().await;
    let (owner, manager) = (Browser::new(), Browser::new());
    site.sign_in(&owner).await;
    site.sign_in_as(&manager, "manager").await;
    let address = site.dashboard("/settings/privacy");
    let page = owner.page(&address).await;
    let base = hidden(&page, "base");
    assert!(page.contains("value=\"90\"") && page.contains("It is 90 days now"), "{page}");
    for wrong in ["6", "3651", "", "ten", "-7", "1e3"] {
        let response = owner.post(&address, &[("base", &base), ("days", wrong)]).await;
        assert_eq!(response.status(), 422, "{wrong}");
        let page = response.text().await.unwrap();
        assert!(page.contains("from 7 to 3650") && page.contains(&format!("value=\"{wrong}\"")), "{wrong}: {page}");
    }
    assert_eq!(owner.post(&address, &[("base", &base), ("days", " ３０ ")]).await.status(), 303);
    assert!(manager.page(&address).await.contains("It is 30 days now"));
    // The manager's page is older than the owner's change.
    let response = manager.post(&address, &[("base", &base), ("days", "365")]).await;
    assert_eq!(response.status(), 409);
    let page = response.text().await.unwrap();
    assert!(page.contains("It is 30 days now") && page.contains("value=\"365\""), "{page}");
    // Nor does a form that was corrected since overwrite the change without a word.
    for days in ["3", "60"] {
        let page = manager.post(&address, &[("base", &base), ("days", days)]).await.text().await.unwrap();
        assert_eq!(hidden(&page, "base"), base, "{days}");
    }
    assert_eq!(site.app.count("audit_log WHERE action = 'settings.privacy'").await, 1);
    for role in ["floor", "kitchen"] {
        let other = Browser::new();
        site.sign_in_as(&other, role).await;
        assert_eq!(other.get(&address).await.status(), 403, "{role}");
        assert_eq!(other.post(&address, &[("base", &base), ("days", "7")]).await.status(), 403, "{role}");
    }
}

#[tokio::test]
async fn pages_say_that_a_name_was_removed() {
    let site = TestServer::start().await;
    let browser = Browser::new();
    let mut order = guest::delivery(&site.app, FRIDAY_EVENING.plus_minutes(120));
    order.contact.name = "Quillon".to_owned();
    let order = guest::place(&site.app, &order).await.unwrap();
    guest::step(&site.app, &order, Verb::Reject).await.unwrap();
    site.at(FRIDAY_EVENING.plus_minutes(91 * 24 * 60));
    assert_eq!(retention::sweep(&site.app.context).await.orders, 1);
    site.sign_in(&browser).await;
    let list = browser.page(&site.dashboard("/history")).await;
    assert!(list.contains("removed after 90 days") && !list.contains("Quillon"), "{list}");
    let page = browser.page(&site.dashboard(&format!("/history/{}", order.id))).await;
    assert!(page.contains("Name, contact, address and notes were") && page.contains("removed after 90 days"), "{page}");
    assert!(page.contains("Marinara") && !page.contains("Quillon") && !page.contains("Kastanienallee 1,"), "{page}");
    let receipt = browser.page(&site.dashboard(&format!("/history/{}/receipt", order.id))).await;
    assert!(receipt.contains("Marinara") && !receipt.contains("Quillon"));
    let own = browser.get(&site.url(&format!("/orders/{}", order.token))).await;
    assert_eq!(own.status(), 200);
    let own = own.text().await.unwrap();
    assert!(own.contains("removed after 90 days") && !own.contains("Quillon"), "{own}");
    let file = browser.page(&site.dashboard("/takings.csv?from=2026-11-20&to=2026-11-20")).await;
    assert!(file.contains("rejected") && !file.contains("Quillon"), "{file}");
}
