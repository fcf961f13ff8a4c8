//! Operators over HTTP: who gets in, and what they may change.

use crate::{
    guest,
    web::site::{Browser, TestServer},
};
use server::operators;

async fn text(site: &TestServer, statement: &str) -> String {
    use sqlx::Connection as _;
    let mut connection = sqlx::PgConnection::connect(site.app.url()).await.unwrap();
    sqlx::query_scalar(sqlx::AssertSqlSafe(statement.to_owned())).fetch_one(&mut connection).await.unwrap()
}

/// A browser of an operator who works at no restaurant of the tests.
async fn operator(site: &TestServer) -> Browser {
    let browser = Browser::new();
    let email = "op@toast.example";
    let hash = server::accounts::hash(crate::web::site::PASSWORD).unwrap();
    let id = uuid::Uuid::new_v4();
    site.app.sql(&format!("INSERT INTO staff_accounts VALUES ('{email}', '{id}', 'Olga Op', '{hash}', 0, NULL)")).await;
    let form = [("email", email), ("password", crate::web::site::PASSWORD)];
    assert_eq!(browser.post(&site.url("/sign-in"), &form).await.status(), 303);
    assert_eq!(operators::add(&site.app.context, " OP@Toast.example ").await.unwrap(), "Olga Op");
    browser
}

#[tokio::test]
async fn to_all_but_operators_the_pages_do_not_exist() {
    let site = TestServer::start().await;
    let (stranger, owner) = (Browser::new(), Browser::new());
    site.sign_in(&owner).await;
    let paths = ["/operator".to_owned(), format!("/operator/restaurants/{}", site.app.slug)];
    let unknown = owner.page(&site.url("/no/such/page")).await;
    for path in &paths {
        for browser in [&stranger, &owner] {
            let response = browser.get(&site.url(path)).await;
            assert_eq!(response.status(), 404, "{path}");
            let page = response.text().await.unwrap();
            assert!(page.contains("This page does not exist") && !page.contains("Suspend"), "{page}");
            assert_eq!(page.len(), unknown.len(), "the same page as for any unknown address");
            for form in [[("change", "approve"), ("reason", "")], [("change", "suspend"), ("reason", "x")]] {
                assert_eq!(browser.post(&site.url(path), &form).await.status(), 404, "{path}");
            }
            assert_eq!(
                browser.0.delete(site.url(path)).header("sec-fetch-site", "same-origin").send().await.unwrap().status(),
                404
            );
        }
    }
    assert_eq!(site.app.count("audit_log").await, 0);
}

#[tokio::test]
async fn operators_approve_suspend_and_readmit_with_an_entry_each() {
    let site = TestServer::start().await;
    let browser = operator(&site).await;
    let slug = &site.app.slug;
    let address = site.url(&format!("/operator/restaurants/{slug}"));
    guest::change(&site.app, "UPDATE restaurants SET listing = 'review' WHERE restaurant_id = $1").await;
    let version = guest::number(&site.app, "SELECT menu_version FROM restaurants WHERE restaurant_id = $1").await;
    let listing = format!("SELECT listing FROM restaurants WHERE slug = '{slug}'");
    let change = async |fields: &[(&str, &str)]| browser.post(&address, fields).await.status().as_u16();

    let start = browser.page(&site.url("/operator")).await;
    assert!(
        start.contains("Waiting for approval") && start.contains(&format!("/operator/restaurants/{slug}")),
        "{start}"
    );
    assert!(browser.page(&address).await.contains("Approve"));
    assert_eq!(change(&[("change", "lift")]).await, 409);
    assert_eq!(change(&[("change", "approve")]).await, 303);
    assert_eq!(text(&site, &listing).await, "published");
    assert_eq!(change(&[("change", "approve")]).await, 409, "twice");

    let response = browser.post(&address, &[("change", "suspend"), ("reason", " \u{200b} ")]).await;
    assert_eq!(response.status(), 422);
    assert!(response.text().await.unwrap().contains("Enter the reason"));
    assert_eq!(change(&[("change", "suspend"), ("reason", "Sold <b>mushrooms</b>")]).await, 303);
    assert_eq!(text(&site, &listing).await, "suspended");
    let page = browser.page(&address).await;
    assert!(page.contains("Sold &lt;b&gt;mushrooms") && page.contains("Lift the suspension"), "{page}");
    assert_eq!(change(&[("change", "lift")]).await, 303);
    assert_eq!(text(&site, &listing).await, "published");
    assert_eq!(change(&[("change", "close")]).await, 422);

    let entries = text(
        &site,
        "SELECT string_agg(actor || ' ' || actor_name || ' ' || action || ' ' || (before ->> 'listing') || ' ' || (after ->> 'listing'), '; ' ORDER BY at, entry_id)
         FROM audit_log",
    )
    .await;
    assert_eq!(
        entries,
        "operator Olga Op operator.approve review published; operator Olga Op operator.suspend published suspended; \
         operator Olga Op operator.lift suspended published"
    );
    let now = guest::number(&site.app, "SELECT menu_version FROM restaurants WHERE restaurant_id = $1").await;
    assert_eq!(now, version + 3, "caches notice each change");
    // A restaurant that was suspended before it was approved waits again.
    guest::change(&site.app, "UPDATE restaurants SET listing = 'review' WHERE restaurant_id = $1").await;
    assert_eq!(change(&[("change", "suspend"), ("reason", "Looks odd")]).await, 303);
    assert_eq!(change(&[("change", "lift")]).await, 303);
    assert_eq!(text(&site, &listing).await, "review");
}

#[tokio::test]
async fn operators_look_up_restaurants_and_see_no_orders() {
    let site = TestServer::start().await;
    let browser = operator(&site).await;
    site.employ("owner").await;
    let slug = &site.app.slug;
    let link = format!("/operator/restaurants/{slug}");
    for (query, found) in [
        (slug.clone(), true),
        ("corner+KITCH".to_owned(), true),
        (site.email("owner").to_uppercase(), true),
        ("unheard+of".to_owned(), false),
        ("stranger%40toast.example".to_owned(), false),
    ] {
        let page = browser.page(&site.url(&format!("/operator?q={query}"))).await;
        assert_eq!(page.contains(&link), found, "{query}: {page}");
    }
    assert_eq!(browser.get(&site.url("/operator/restaurants/unknown-slug")).await.status(), 404);
    for path in ["/orders", "/menu", "/history", "/takings", "/settings/privacy"] {
        assert_eq!(browser.get(&site.dashboard(path)).await.status(), 403, "{path}");
    }
    // A removal takes effect at once.
    assert!(
        operators::add(&site.app.context, "unknown@toast.example").await.unwrap_err().to_string().contains("registers")
    );
    assert_eq!(
        operators::all(&site.app.context).await.unwrap(),
        [("op@toast.example".to_owned(), "Olga Op".to_owned())]
    );
    operators::remove(&site.app.context, "op@toast.example").await.unwrap();
    assert_eq!(browser.get(&site.url("/operator")).await.status(), 404);
    let again = operators::remove(&site.app.context, "op@toast.example").await.unwrap_err().to_string();
    assert!(again.contains("is not an operator"), "{again}");
}
