//! Earlier slugs of a restaurant: the last five lead to it, and older ones are free.

use super::change;
use crate::{
    app::{FRIDAY_EVENING, TestApp},
    web::site::{Browser, TestServer},
};

#[tokio::test]
async fn slugs_before_the_last_five_are_free_for_others() {
    let site = TestServer::start().await;
    let second = site.second(&[]).await;
    let (owner, guest) = (Browser::new(), Browser::new());
    site.sign_in(&owner).await;
    let mut slugs = vec![site.app.slug.clone()];
    for number in 1..=6 {
        site.at(FRIDAY_EVENING.plus_minutes(number));
        let general = site.url(&format!("/dashboard/{}/settings/general", slugs[slugs.len() - 1]));
        let slug = format!("{}-{number}", site.app.slug);
        assert_eq!(change(&owner, &general, &[("slug", &slug)]).await.status(), 303, "{slug}");
        slugs.push(slug);
    }
    let on_second = |slug: &str| format!("http://{}/restaurants/{slug}", second.addr);
    assert_eq!(guest.get(&site.restaurant("")).await.status(), 404, "the oldest is free");
    for slug in &slugs[1..6] {
        let moved = guest.get(&on_second(slug)).await;
        assert_eq!(moved.headers()["location"].to_str().unwrap(), format!("/restaurants/{}", slugs[6]), "{slug}");
    }
    let general = site.url(&format!("/dashboard/{}/settings/general", slugs[6]));
    assert!(owner.page(&general).await.contains("the last five addresses before"));
    // One more frees the next one; another restaurant takes it, also where the earlier owner is remembered.
    assert_eq!(change(&owner, &general, &[("slug", &format!("{}-7", site.app.slug))]).await.status(), 303);
    site.app.import(&TestApp::fixture(&slugs[1])).await;
    let taken = guest.get(&on_second(&slugs[1])).await;
    assert_eq!(taken.status(), 200);
    assert_eq!(guest.get(&on_second(&slugs[2])).await.status(), 301);
}
